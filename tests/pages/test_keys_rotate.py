"""Keys are changed while the portal reads and writes; a run that is killed goes on; nothing is lost."""

from __future__ import annotations

import base64
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Connection, Engine, LargeBinary, create_engine, text
from sqlalchemy.orm import Session

import portal.schema  # noqa: F401
from portal.accounts import signin, staffing
from portal.accounts.activation import code_hash, code_hashes
from portal.accounts.signin import Refused
from portal.accounts.staff_signin import login_hash
from portal.cases.drafts import begin_draft, load_draft, save_step
from portal.cases.kinds import KINDS
from portal.config import Settings
from portal.core.blobs import BlobStore
from portal.core.db import Base
from portal.core.sealing import Keyring, SealBroken
from portal.delivery.models import ENDPOINT
from portal.exchange import loads
from portal.extensions import blobs, keys
from portal.registry.changes import statement_hash
from portal.rotation import reindexing, resealing
from portal.rotation.cli import rotate
from portal.rotation.sealed import SEALED
from tests import factories as make
from tests.environments import variables_of
from tests.pages.clients import PortalClient
from tests.pages.signing import PIN, make_signing_family


def key(number: int) -> bytes:
    return bytes([number, *range(100, 131)])


@pytest.fixture
def rings(app: Flask, tmp_path: Path) -> Iterator[tuple[Keyring, Keyring, Keyring]]:
    """Before, meanwhile (both keys) and after. The first is bound, with a folder of this test's own for files."""
    run, folder = keys.ring, None
    before = Keyring({1: key(1)}, key(11), 1)
    meanwhile = Keyring({1: key(1), 2: key(2)}, key(12), 2, {1: key(11)})
    after = Keyring({2: key(2)}, key(12), 2)
    keys.bind(before)
    try:
        folder = blobs.folder
    except RuntimeError:
        pass
    blobs.bind(tmp_path)
    yield before, meanwhile, after
    keys.bind(run)
    if folder is not None:
        blobs.bind(folder)


def test_the_list_is_what_the_models_have() -> None:
    """Every sealed column of the models is in the list; a new one that is not fails here."""
    named = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name.endswith("_sealed")
    }
    assert {(one.table, one.column) for one in SEALED} == named
    hashes = {"family.fingerprint", "member.fingerprint", "cases.content_hash"}
    hashes |= {"audit_event.hash", "audit_head.hash", "audit_cut.hash"}
    others = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and not column.name.endswith(("_sealed", "_hash"))
    }
    assert others - hashes == {
        "audit_event.previous", "audit_mark_key.key", "audit_published_head.head", "passkey.credential_id",
        "passkey.public_key", "passkey.user_handle", "passkey_challenge.challenge", "passkey_challenge.key",
        "passkey_challenge.user_handle",
    }  # fmt: skip


def fill(owner: Connection) -> dict[tuple[str, str], str]:
    """A row with something sealed in every column of the list; gives what is in them."""
    family, _ = make_signing_family(owner)
    officer = make.make_staff(owner, make.VILLAGE)
    said: dict[tuple[str, str], str] = {}

    def sealed(table: str, column: str, purpose: str) -> bytes:
        said[table, column] = f"{table} {column}"
        return keys.ring.seal(purpose, said[table, column])

    mine: dict[str, Any] = {"family_id": family.id}
    make.insert(owner, "record_change", **mine, subject="family", field="address",
                old_sealed=sealed("record_change", "old_sealed", "address"),
                new_sealed=sealed("record_change", "new_sealed", "address"))  # fmt: skip
    make.insert(owner, "statement", **mine, subject="family", field="address", staff_id=1, staff_name="x",
                case_reference="AAAA-AAAA", value_hash=statement_hash(keys.ring, "address", "x"),
                value_sealed=sealed("statement", "value_sealed", "address"),
                before_sealed=sealed("statement", "before_sealed", "address"))  # fmt: skip
    person = {"family_id": family.id, "person_id": family.head.person_id}
    case = make.insert(owner, "cases", "id", **person, reference="AAAA-AAAB", draft_id=uuid.uuid4(), content_hash=b"x",
                       kind="moved", state="sent", village_id=make.VILLAGE, level="village",
                       promised_on=date(2026, 12, 1),
                       answers_sealed=sealed("cases", "answers_sealed", "cases.answers"))  # fmt: skip
    make.insert(owner, "case_event", **mine, case_id=case, event="asked", actor_kind="staff", actor_name="x",
                state="sent", words_sealed=sealed("case_event", "words_sealed", "case_event.words"))  # fmt: skip
    came = {**mine, "case_id": case, "staff_id": officer.staff_id, "planned_on": date(2026, 12, 1), "part": "morning"}
    make.insert(owner, "visit", **came, code_sealed=sealed("visit", "code_sealed", "visit.code"),
                draft_sealed=sealed("visit", "draft_sealed", "visit.draft"))  # fmt: skip
    make.insert(owner, "visit", **came, code_sealed=sealed("visit", "code_sealed", "visit.code"), done_at="2026-09-09",
                done_by=officer.staff_id, result_hash=b"x",
                result_sealed=sealed("visit", "result_sealed", "visit.result"),
                place_sealed=sealed("visit", "place_sealed", "visit.place"))  # fmt: skip
    make.insert(owner, "case_draft", **person, kind="moved",
                answers_sealed=sealed("case_draft", "answers_sealed", "case_draft.answers"))  # fmt: skip
    make.insert(owner, "contact", person_id=family.head.person_id, channel="sms", whose="own", case_reference="x",
                phone_sealed=sealed("contact", "phone_sealed", "contact.phone"), phone_hash=b"x")  # fmt: skip
    make.insert(owner, "push_subscription", **person, endpoint_hash=b"x", device="",
                endpoint_sealed=sealed("push_subscription", "endpoint_sealed", ENDPOINT))  # fmt: skip
    proposal = make.insert(owner, "proposal", "id", reference="AAAA-AAAC", once_hash=b"x", content_hash=b"x",
                           code_hash=b"x", village_id=make.VILLAGE, for_own=True, has_nik=False,
                           promised_on=date(2026, 12, 1),
                           answers_sealed=sealed("proposal", "answers_sealed", "proposal.answers"))  # fmt: skip
    make.insert(owner, "proposal_event", proposal_id=proposal, event="asked", actor_kind="staff", actor_name="x",
                state="sent",
                words_sealed=sealed("proposal_event", "words_sealed", "proposal_event.words"))  # fmt: skip
    make.insert(
        owner,
        "staff_credential",
        staff_id=officer.staff_id,
        login="bu.wahyu",
        password_hash="x",
        login_hash=login_hash("bu.wahyu"),
        totp_sealed=sealed("staff_credential", "totp_sealed", "staff-totp"),
    )
    make.make_breach(owner, officer.staff_id)
    return said


def opened(owner: Connection, ring: Keyring) -> dict[tuple[str, str], set[str]]:
    """What every sealed column holds, opened with this ring alone."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in SEALED:
        purpose = one.purpose_column or f"'{one.purpose}'"
        rows = owner.execute(text(f"SELECT {purpose}, {one.column} FROM {one.table} WHERE {one.column} IS NOT NULL"))
        found[one.table, one.column] = {ring.unseal(said, bytes(sealed)) for said, sealed in rows}
    return found


def test_every_column_and_file_is_sealed_anew(committed: Engine, rings) -> None:  # type: ignore[no-untyped-def]
    before, meanwhile, after = rings
    with committed.begin() as owner:
        said = fill(owner)
        was = opened(owner, before)
    names = [blobs.put(before, f"file {number}".encode()) for number in range(3)]
    assert all(was[where] >= {words} for where, words in said.items()) and all(was.values())
    outcomes = [*resealing.reseal_tables(committed, meanwhile), resealing.reseal_blobs(blobs, meanwhile)]
    assert all(one.is_whole and one.resealed for one in outcomes), outcomes
    with committed.begin() as owner:
        assert opened(owner, after) == was
        with pytest.raises(SealBroken):
            opened(owner, before)
    assert [blobs.get(after, name) for name in names] == [b"file 0", b"file 1", b"file 2"]
    assert resealing.count_old(committed, meanwhile) == 0
    again = [*resealing.reseal_tables(committed, meanwhile), resealing.reseal_blobs(blobs, meanwhile)]
    assert [one.resealed for one in again] == [0] * len(again)


def test_rows_in_use_wait_for_the_next_run_and_broken_ones_are_named(committed: Engine, rings, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    _, meanwhile, _after = rings
    monkeypatch.setattr(resealing, "BATCH", 2)
    with committed.begin() as owner:
        families = [make.make_family(owner) for _ in range(7)]
    with committed.begin() as other:
        other.execute(text("SELECT FROM family WHERE id = :i FOR UPDATE"), {"i": families[3].id})
        outcome = next(resealing.reseal_tables(committed, meanwhile))
        assert (outcome.what, outcome.resealed, outcome.left, outcome.is_whole) == ("family", 6, 1, False)
    assert next(resealing.reseal_tables(committed, meanwhile)).resealed == 1
    with committed.begin() as owner:
        owner.execute(text("UPDATE family SET kk_sealed = '\\x0163' WHERE id = :i"), {"i": families[0].id})
    outcome = next(resealing.reseal_tables(committed, meanwhile))
    assert (outcome.resealed, outcome.broken, outcome.left) == (0, 1, 0)


def test_a_run_that_died_goes_on(committed: Engine, rings, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    _before, meanwhile, after = rings
    monkeypatch.setattr(resealing, "BATCH", 2)
    with committed.begin() as owner:
        for _ in range(5):
            make.make_family(owner)

    class Killed(Exception):
        pass

    def die(_rows: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        list(resealing.reseal_tables(committed, meanwhile, die))
    assert resealing.count_old(committed, meanwhile) == 5 - 2 + 5  # families and members left
    assert all(one.is_whole for one in resealing.reseal_tables(committed, meanwhile))
    with committed.begin() as owner:
        assert len(opened(owner, after)["member", "nik_sealed"]) == 5


def test_the_portal_reads_and_writes_meanwhile(client: PortalClient, committed: Engine, rings, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Both keys are in every process; one walks over the rows again and again while a family works on."""
    _, meanwhile, after = rings
    monkeypatch.setattr(resealing, "BATCH", 1)
    with committed.begin() as owner:
        family, account = make_signing_family(owner)
        for _ in range(30):
            make.make_family(owner)
    actor = make.family_actor(family.head, account)
    keys.bind(meanwhile)
    browser = client.as_(actor)
    draft = begin_draft(actor, KINDS["moved"], {})
    address = {"rt": "3", "rw": "1", "moved_on": "2026-09-01"}
    engine = create_engine(committed.url)
    outcomes: list[resealing.Outcome] = []
    walker = threading.Thread(target=lambda: outcomes.extend(resealing.reseal_tables(engine, meanwhile)))
    walker.start()
    turns = 0
    while walker.is_alive() or turns < 3:
        turns += 1
        save_step(actor, draft, "alamat", address | {"address": f"Dusun {turns}"})
        assert load_draft(actor, draft).answers["address"] == f"Dusun {turns}"
        assert browser.get("/desil").status_code == 200
    walker.join()
    engine.dispose()
    assert all(one.is_whole for one in outcomes) and turns >= 3
    keys.bind(after)  # the old key is gone, and everything opens
    assert load_draft(actor, draft).answers["address"] == f"Dusun {turns}"
    assert browser.get("/desil").status_code == 200


def signs_in(app: Flask, member: make.TestMember) -> bool:
    with app.test_request_context():
        return not isinstance(signin.sign_in(member.nik, PIN, b"device"), Refused)


def test_people_are_found_at_every_moment_of_a_new_index_key(app: Flask, committed: Engine, rings) -> None:  # type: ignore[no-untyped-def]
    before, meanwhile, after = rings
    with committed.begin() as owner:
        fill(owner)
        family, _ = make_signing_family(owner)
        owner.execute(
            text("UPDATE family SET kk_hash = :h, fingerprint = :p WHERE id = :i"),
            {"i": family.id, "h": before.blind_index("kk", family.kk), "p": b"\x01" + bytes(16) + b"a" * 16},
        )

    def kk_found() -> int:
        with Session(committed) as session:
            return staffing.family_of(session, family.kk)

    assert signs_in(app, family.head)
    assert reindexing.prepare(committed, meanwhile) == 2
    for ring in (before, meanwhile):  # old processes and new ones
        keys.bind(ring)
        assert signs_in(app, family.head)
        assert kk_found() == family.id
        with committed.connect() as connection:
            assert loads.hashed_otherwise(connection, ring.index_version)  # and no extract is loaded
    left = reindexing.finish(committed, meanwhile)
    assert (left.families, left.niks) == (0, 0)
    for ring in (meanwhile, after):
        keys.bind(ring)
        assert signs_in(app, family.head)
        assert kk_found() == family.id
    with committed.connect() as connection:
        assert not loads.hashed_otherwise(connection, 2)
        row = connection.execute(text("SELECT fingerprint FROM family WHERE id = :i"), {"i": family.id}).scalar_one()
        assert bytes(row) == b"\x02" + bytes(16) + statement_hash(after, "address", "Dusun Krajan No. 1")
        stated = connection.execute(text("SELECT value_hash FROM statement")).scalar_one()
        assert bytes(stated) == statement_hash(after, "address", "statement value_sealed")
        logins = connection.execute(text("SELECT login_hash FROM staff_credential")).scalars()
        assert [bytes(one) for one in logins] == [after.blind_index("staff-login", "bu.wahyu")]
    keys.bind(before)
    assert not signs_in(app, family.head)
    assert reindexing.finish(committed, meanwhile) == left  # again: the same


def test_a_slip_that_was_printed_before_still_works(committed: Engine, rings) -> None:  # type: ignore[no-untyped-def]
    _, meanwhile, after = rings
    printed = code_hash("7KQ4-MX9T")
    keys.bind(meanwhile)
    assert printed in code_hashes("7kq4 mx9t") and code_hash("7KQ4-MX9T") != printed
    keys.bind(after)
    assert printed not in code_hashes("7KQ4-MX9T")


def test_no_index_key_is_changed_while_a_load_waits(committed: Engine, rings) -> None:  # type: ignore[no-untyped-def]
    with committed.begin() as owner:
        make.insert(owner, "extract_load", regency_id=make.REGENCY, as_of=make.AS_OF, state="awaiting_confirmation")
    with pytest.raises(reindexing.NotNow):
        reindexing.prepare(committed, rings[1])


def test_a_file_keeps_its_age_and_a_broken_one_is_named(rings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    before, meanwhile, _ = rings
    store = BlobStore()
    store.bind(tmp_path / "files")
    assert resealing.reseal_blobs(store, meanwhile).resealed == 0  # no folder yet
    name = store.put(before, b"x")
    path = tmp_path / "files" / name[:2] / name
    aged = path.stat().st_mtime_ns
    assert store.reseal(meanwhile, name) and not store.reseal(meanwhile, name)
    assert path.stat().st_mtime_ns == aged and oct(path.stat().st_mode)[-3:] == "600"
    path.write_bytes(base64.b64decode("AQID"))
    assert resealing.reseal_blobs(store, meanwhile).broken == 1
    assert not store.reseal(meanwhile, "0" * 32)


def test_the_command_says_what_it_did(committed: Engine, rings, settings: Settings, monkeypatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    _, meanwhile, _ = rings
    for name, value in (variables_of(settings) | {"PORTAL_INSTANCE": str(tmp_path / "here")}).items():
        monkeypatch.setenv(name, value)
    with committed.begin() as owner:
        family = make.make_family(owner)
    keys.bind(meanwhile)

    @contextmanager
    def owner_session() -> Iterator[Session]:
        with Session(committed) as session, session.begin():
            yield session

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(rotate, list(words), obj=owner_session)
        return result.exit_code, " ".join(result.output.split())

    with committed.begin() as other:
        other.execute(text("SELECT FROM family WHERE id = :i FOR UPDATE"), {"i": family.id})
        code, said = run()
        assert code == 1 and "family: 0 sealed anew, 1 were held by others: run this again" in said
    code, said = run()
    assert code == 0 and "Everything is sealed with key 2. Not needed any more: 1." in said
    with committed.begin() as owner:
        officer = make.make_staff(owner, make.REGENCY, role="regency_office").staff_id
        make.insert(owner, "kiosk", name="Meja", village_id=make.VILLAGE, device_hash=b"x", registered_by=officer)
    code, said = run()
    assert code == 0 and "Keep 1 until 1 kiosks were opened once" in said
    code, said = run("--index", "prepare")
    assert code == 0 and "1 hashes under index key 2 stand beside the older ones" in said
    code, said = run("--index", "finish")
    assert code == 0 and "Still under an older one: 0 families, 0 NIKs" in said
    with committed.begin() as owner:
        owner.execute(text("UPDATE member SET nik_sealed = '\\x0900'"))
    code, said = run()
    assert code == 1 and "member: 0 sealed anew, 1 do not open with any key" in said
