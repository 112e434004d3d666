"""The register of keeping is what the nightly purge does, neither more nor less."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

import portal.working  # noqa: F401 - registers the jobs that the rules name
from portal.accounts import housekeeping as signing
from portal.audit import verifying
from portal.audit.trail import Event, record
from portal.cases import housekeeping as papers
from portal.commands import keep_command
from portal.core.clock import now
from portal.core.db import Scope
from portal.core.jobs import PERIODIC
from portal.extensions import blobs, db, keys
from portal.privacy import purging
from portal.privacy.purging import NAMES_PERSON, OF_CASE, OF_FAMILY, RULES, count_due, purge, without_period
from portal.privacy.retention import days_of, kinds_of_office, register
from tests import factories as make
from tests.pages.clients import PortalClient
from tests.pages.test_jobs_late import make_case

#: Every event two years older, and the chains over them.
AGE_AND_CHAIN_ANEW = """
DO $$
DECLARE one audit_event; before bytea; place smallint := -1;
BEGIN
    FOR one IN SELECT * FROM audit_event ORDER BY shard, seq LOOP
        IF one.shard <> place THEN before := '\\x00'; place := one.shard; END IF;
        one.at := one.at - interval '700 days';
        one.previous := before;
        before := audit_digest(before, one.shard, one.seq, one.at, one.event, one.actor_kind, one.actor_id,
                               one.family_id, one.data);
        UPDATE audit_event e SET at = one.at, previous = one.previous, hash = before
            WHERE e.shard = one.shard AND e.seq = one.seq;
        UPDATE audit_head h SET hash = before WHERE h.shard = one.shard AND h.seq = one.seq;
    END LOOP;
END $$
"""


def value(connection: Connection, query: str, mark: str) -> Any:
    """The one value of that query."""
    return connection.execute(text(query), {"m": mark}).scalar_one()


def test_the_register_and_the_rules_are_the_same_list() -> None:
    keyed = [kind.key for kind in register()]
    assert len(keyed) == len(set(keyed))
    assert set(keyed) == {rule.key for rule in RULES} | {purging.FILES}
    assert set(kinds_of_office()) == {"record", "cases", "trail"} == {k.key for k in register() if k.days is None}
    assert {kind.sure for kind in register()} <= set("ABCG")
    assert {rule.job for rule in RULES if rule.job} <= set(PERIODIC)
    own = {"sessions": signing.SESSION_DAYS, "sign_in_tries": signing.TRY_DAYS, "pin_trials": signing.TRY_DAYS,
           "drafts": papers.DRAFT_DAYS, "files": papers.ORPHAN_S // 86_400}  # fmt: skip
    assert {key: days_of(key) for key in own} == own


def rows(connection: Connection, family: make.TestFamily, days: float) -> dict[str, Any]:
    """A row of every kind with that age beyond (or, below zero, before) its period, by kind."""

    def at(key: str) -> Any:
        return now() - timedelta(days=days_of(key) + days)

    officer = make.make_staff(connection, make.VILLAGE).staff_id
    second = make.make_staff(connection, make.VILLAGE).staff_id
    person, mark = family.head.person_id, uuid.uuid4().hex
    adult = make.make_member(connection, family.id, relation=2)
    account = make.make_account(connection, adult)
    connection.execute(
        text("UPDATE account SET closed_at = :a WHERE id = :i"), {"a": at("accounts_closed"), "i": account}
    )
    session = {"token_hash": mark.encode(), "idle_ends_after": 30, "expires_at": at("sessions"), "staff_id": officer}
    make.insert(connection, "web_session", **session)
    make.insert(
        connection,
        "web_session",
        token_hash=b"a" + mark.encode(),
        idle_ends_after=30,
        expires_at=now() + timedelta(days=9),
        account_id=account,
    )
    make.insert(connection, "known_device", account_id=account, device_hash=mark.encode(), last_seen_at=at("devices"))
    make.insert(
        connection, "staff_device", staff_id=officer, device_hash=mark.encode(), last_seen_at=at("staff_devices")
    )
    make.insert(connection, "signin_guard", subject_hash=mark.encode(), lane="x", last_failed_at=at("sign_in_tries"))
    make.insert(connection, "pin_trial", trial_hash=mark.encode(), subject_hash=b"s", at=at("pin_trials"))
    kiosk = make.insert(
        connection, "kiosk", "id", name="K", village_id=make.VILLAGE, device_hash=mark.encode(), registered_by=officer
    )
    make.insert(
        connection,
        "helped_pairing",
        token_hash=mark.encode(),
        code_hash=mark.encode(),
        account_id=account,
        subject_hash=b"s",
        lane="x",
        proven="x",
        kiosk_id=kiosk,
        expires_at=at("pairings"),
    )
    for serial, used in (("U", None), ("V", at("slips_used")), ("R", at("slips_used"))):
        values = {"used_at": used} if used else {"expires_at": at("slips_unused")}
        make.insert(connection, "slip", serial=serial + mark, code_hash=(serial + mark).encode(), **values)
    make.insert(
        connection,
        "pin_reset",
        family_id=family.id,
        person_id=person,
        serial="R" + mark,
        village_id=make.VILLAGE,
        started_by=officer,
        started_at=at("resets"),
        confirmed_by=second,
        confirmed_at=at("resets"),
        used_at=at("resets"),
    )
    make.insert(
        connection,
        "case_draft",
        family_id=family.id,
        person_id=person,
        kind="moved",
        answers_sealed=b"x",
        updated_at=at("drafts"),
    )
    make.insert(connection, "notice", family_id=family.id, person_id=person, key="k", created_at=at("notices"))
    make.insert(
        connection,
        "look",
        family_id=family.id,
        staff_id=officer,
        staff_name="x",
        staff_title="x",
        reason=mark,
        at=at("looks"),
    )
    for given in (True, False):
        make.insert(
            connection,
            "consent",
            family_id=family.id,
            person_id=person,
            purpose=mark,
            given=given,
            version=1,
            language="id",
            by_name="x",
            at=at("consents"),
        )
    say_right(connection, family, mark, at("said_right"))
    make.insert(
        connection,
        "mandate",
        family_id=family.id,
        person_id=person,
        helper_name="x",
        helper_relation="other",
        topic="aid",
        since=at("mandates").date() - timedelta(days=9),
        until=at("mandates").date(),
        granted_by=officer,
        officer_name="x",
    )
    left = make.insert(connection, "staff", "id", name="X", title="x", role="social_worker", active=False)
    make.insert(
        connection, "staff_photo", staff_id=left, blob=mark, media_type="image/jpeg", put_at=at("officer_photos")
    )
    make.insert(
        connection,
        "staff_invitation",
        staff_id=officer,
        login=mark,
        token_hash=mark.encode(),
        invited_by=second,
        expires_at=at("invitations"),
    )
    make.insert(
        connection,
        "staff_alarm",
        staff_id=officer,
        day=at("alarms").date(),
        in_hour=1,
        in_day=1,
        raised_at=at("alarms"),
    )
    load = make.insert(
        connection,
        "extract_load",
        "id",
        regency_id=make.REGENCY,
        as_of=make.AS_OF,
        state="loaded",
        report={"a": 1},
        created_at=at("load_reports"),
    )
    make.insert(connection, "finding", extract_id=load, kind="x", resolved_at=at("findings"))
    held = make.insert(
        connection, "extract_load", "id", as_of=make.AS_OF, state="awaiting_confirmation", created_at=at("staging")
    )
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS extract_stage"))
    connection.execute(text(f"CREATE TABLE extract_stage.load_{held}_family (n int)"))
    make.insert(connection, "nik_conflict", person_id=adult.person_id, families=[family.id], met_at=at("conflicts"))
    told = {
        f"{part}_{what}": value
        for part in ("people_told", "authority_told", "close_asked")
        for what, value in (("at", now()), ("by", officer))
    }
    grown = make.make_member(connection, family.id, relation=3)
    make.insert(connection, "contact", person_id=grown.person_id, channel="visit", whose="own", case_reference="x",
                since=at("contacts"))  # fmt: skip
    make.insert(connection, "push_subscription", family_id=family.id, person_id=grown.person_id, endpoint_sealed=b"x",
                endpoint_hash=mark.encode(), device="", created_at=at("news_devices"))  # fmt: skip
    make.make_proposal(connection, state="refused", closed_at=at("proposals"))
    make.make_breach(connection, officer, **told, closed_at=at("breaches"), closed_by=second)
    return {}


def say_right(connection: Connection, family: make.TestFamily, field: str, at: Any) -> None:
    """The family said of a recorded fact that it is right."""
    about = {"family_id": family.id, "subject": "housing", "subject_id": family.id, "field": field}
    change = make.insert(connection, "record_change", "id", **about, new="1")
    person = {"family_id": family.id, "person_id": family.head.person_id}
    make.insert(connection, "said_right", change_id=change, said_at=at, **person)


@pytest.fixture
def aged(as_worker: Engine, tmp_path, settings):  # type: ignore[no-untyped-def]
    """One row of every kind a day past its period, and one a day before."""
    blobs.bind(tmp_path)
    with as_worker.begin() as owner:
        family = make.make_family(owner)
        make.make_disbursement(owner, family.id)
        for days in (1.0, -0.9):
            rows(owner, family, days)
        say_right(owner, family, "floor", now())  # and the floor changes again: it holds no more
        make.insert(owner, "record_change", family_id=family.id, subject="housing", field="floor", new="2")
    yield as_worker
    blobs.bind(settings.uploads)


def totals(engine: Engine) -> dict[str, int]:
    tables = {rule.table for rule in RULES} | {"family", "member", "disbursement", "cases", "web_session", "staff"}
    with engine.connect() as owner:
        return {t: int(owner.execute(text(f"SELECT count(*) FROM {t}")).scalar_one()) for t in tables}


#: What goes of a kind beside the one row: nothing, but a reset's slip goes once the reset is gone. The office said
#: nothing about the record, cases and trail.
EXPECTED = (
    {rule.key: 1 for rule in RULES}
    | {"slips_used": 2, "said_right": 2, "files": 0}
    | dict.fromkeys(kinds_of_office(), 0)
)


def test_what_is_due_goes_and_nothing_else(aged: Engine) -> None:
    before = totals(aged)
    due = count_due()
    assert due == EXPECTED | {"slips_used": 1}  # the slip of a reset is free only when the reset is gone
    assert totals(aged) == before  # a dry run
    assert dict(purge()) == EXPECTED
    gone = {table: number - totals(aged)[table] for table, number in before.items()}
    for table in ("family", "member", "disbursement", "cases", "staff", "extract_load"):
        assert gone[table] == 0, table
    assert gone["consent"] == 1 and gone["slip"] == 3 and gone["web_session"] == 2
    with aged.connect() as owner:
        emptied = "SELECT count(*) FROM extract_load WHERE report = '{}' AND state = 'loaded'"
        assert owner.execute(text(emptied)).scalar_one() == 1
        waiting = owner.execute(text("SELECT state, id FROM extract_load WHERE state <> 'loaded'"))
        held = {row.state: row.id for row in waiting}
        staged = owner.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'extract_stage'")).scalars()
        assert set(held) == {"awaiting_confirmation", "cancelled"}
        assert list(staged) == [f"load_{held['awaiting_confirmation']}_family"]
        assert owner.execute(text("SELECT count(*) FROM consent WHERE NOT given")).scalar_one() == 2  # in force
        told = owner.execute(
            text("SELECT data->>'kind', sum((data->>'count')::int) FROM audit_event WHERE event = 'data_purged'"
                 " GROUP BY 1")).all()  # fmt: skip
    assert dict(tuple(row) for row in told) == {kind: n for kind, n in EXPECTED.items() if n}
    assert set(dict(purge()).values()) == {0}  # again: nothing
    assert sum(totals(aged).values()) == sum(before.values()) - sum(gone.values())


def test_in_batches(aged: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with aged.begin() as owner:
        family = make.make_family(owner)
        for _ in range(5):
            make.insert(owner, "notice", family_id=family.id, person_id=family.head.person_id, key="k",
                        created_at=now() - timedelta(days=days_of("notices") + 3))  # fmt: skip
    monkeypatch.setattr(purging, "BATCH", 2)
    assert dict(purge())["notices"] == 6


def test_a_file_of_a_draft_that_was_thrown_away_is_counted_and_goes(aged: Engine, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(purging, "_ORPHAN_S", -60)
    monkeypatch.setattr(papers, "ORPHAN_S", -60)
    with aged.begin() as owner:
        family = make.make_family(owner)
        kept = blobs.put(keys.ring, b"x")
        make.insert(owner, "case_file", family_id=family.id, draft_id=uuid.uuid4(), case_id=1,
                    person_id=family.head.person_id, label="x", blob=kept, media_type="image/jpeg", size=1)  # fmt: skip
    blobs.put(keys.ring, b"thrown away")
    assert count_due()["files"] == 1
    assert len(list(blobs.folder.glob("??/*"))) == 2
    assert dict(purge())["files"] == 1
    assert [path.name for path in blobs.folder.glob("??/*")] == [kept]


def test_everybody_may_read_the_register(client: PortalClient, connection: Connection) -> None:
    page = client.get("/privasi/masa-simpan")
    assert page.status_code == 200
    for kind in register():
        assert f'id="jenis-{kind.key}"' in page.text
    assert page.text.count("Belum: ini tidak dihapus") == 3
    make.as_owner(connection)
    make.insert(connection, "kept_for", kind="cases", days=3650, decision="SK Kepala Dinas 12/2026")
    page = client.get("/privasi/masa-simpan")
    assert page.text.count("Belum: ini tidak dihapus") == 2
    assert "3.650 hari" in page.text and "SK Kepala Dinas 12/2026" in page.text


def test_whatever_hangs_on_a_family_or_names_a_person_is_known_to_the_purge(connection: Connection) -> None:
    keys_of = text(
        "SELECT c.conrelid::regclass::text AS tbl, a.attname AS col FROM pg_constraint c JOIN pg_attribute a"
        " ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.confrelid = CAST(:of AS regclass) AND c.confdeltype NOT IN ('c', 'n')"
    )
    make.as_owner(connection)
    families = {row.tbl for row in connection.execute(keys_of, {"of": "family"})} - {"cases"}
    without_key = {"eligible", "finding", "member_health", "slip"}
    assert families == set(OF_FAMILY) - without_key
    people = {f"{row.tbl}.{row.col}" for row in connection.execute(keys_of, {"of": "person"})}
    hanging = {f"{table}.person_id" for table in ("contact", "nik_conflict", "nik_index")}
    assert people == set(NAMES_PERSON) | hanging
    cases = {row.tbl for row in connection.execute(keys_of, {"of": "cases"})}
    assert cases == {"cases"} | set(OF_CASE) - {"case_event", "case_file"}, "else ON DELETE CASCADE"


def keep(engine: Engine, kind: str, days: int | None, decision: str = "SK 12/2026") -> int:
    """``portal privacy keep``; gives its exit code."""

    @contextmanager
    def owner() -> Iterator[Session]:
        with Session(engine) as session, session.begin():
            yield session

    words = ["--always"] if days is None else ["--days", str(days), "--decision", decision]
    return CliRunner().invoke(keep_command, [kind, *words], obj=owner).exit_code


def test_what_the_office_gives_a_period_goes_and_before_nothing(as_worker: Engine) -> None:
    old, young = now() - timedelta(days=500), now() - timedelta(days=300)
    with as_worker.begin() as owner:
        gone, stays = make.make_family(owner), make.make_family(owner)
        for family, day in ((gone, old), (stays, young)):
            make.make_disbursement(owner, family.id)
            mark = make_case(owner, family, state="accepted", closed_at=day)
            of_case = {
                "family_id": family.id,
                "case_id": value(owner, "SELECT id FROM cases WHERE reference = :m", mark),
            }
            make.insert(owner, "case_event", **of_case, event="sent", actor_kind="family", actor_name="x", state="sent")
            owner.execute(text("UPDATE family SET closed_on = :d WHERE id = :f"), {"d": day.date(), "f": family.id})
    assert sorted(without_period()) == ["cases", "record", "trail"]
    assert not any(count_due()[kind] for kind in kinds_of_office())
    assert not any(dict(purge())[kind] for kind in kinds_of_office())
    assert keep(as_worker, "cases", 10) and keep(as_worker, "cases", 400, " ") and keep(as_worker, "notices", 400)
    assert keep(as_worker, "record", 400) == 0
    assert dict(purge())["record"] == 0, "a family whose submission is kept is kept"
    keep(as_worker, "cases", 400)
    assert count_due()["cases"] == 1
    assert {kind: number for kind, number in purge() if number} == {"cases": 1, "record": 1}
    with as_worker.connect() as owner:
        for table in ("family", "member", "cases", "case_event", "disbursement"):
            column = "id" if table == "family" else "family_id"
            left = set(owner.execute(text(f"SELECT {column} FROM {table}")).scalars())
            assert stays.id in left and gone.id not in left, table
        people = text("SELECT count(*) FROM person p WHERE p.id = :p")
        assert owner.execute(people, {"p": gone.head.person_id}).scalar_one() == 0
        assert owner.execute(people, {"p": stays.head.person_id}).scalar_one() == 1
        told = (
            owner.execute(text("SELECT data FROM audit_event WHERE event = 'period_set' ORDER BY seq")).scalars().all()
        )
    assert told == [{"kind": "record", "days": 400}, {"kind": "cases", "days": 400}]
    keep(as_worker, "cases", None)
    assert without_period() == ["cases", "trail"]


def test_the_trail_is_cut_from_its_beginning_and_the_rest_is_still_whole(as_worker: Engine) -> None:
    def find() -> list[str]:
        with as_worker.connect() as owner:
            found = [str(one) for one in verifying.verify_shards(owner, verifying.shards_of(owner))]
            return found + [str(one) for one in verifying.verify_kept(owner)]

    def write(family: int, number: int) -> None:
        with db.begin(Scope("worker", job="x")) as session:
            for one in range(number):
                record(session, Event.CASE_SENT, family_id=family, number=one)

    write(3, 4)
    write(4, 1)
    with as_worker.begin() as owner:  # two years pass: written anew as it would have been
        owner.execute(text("SELECT audit_publish(current_date - 700)"))
        owner.execute(text(AGE_AND_CHAIN_ANEW))
        owner.execute(text("DELETE FROM audit_published_head"))
        owner.execute(text("SELECT audit_publish(current_date - 700)"))
    assert find() == []
    write(3, 2)
    keep(as_worker, "trail", 400)
    assert count_due()["trail"] == 4, "the newest event of a chain stays, however old"
    assert dict(purge())["trail"] == 4
    with as_worker.connect() as owner:
        assert [tuple(row) for row in owner.execute(text("SELECT shard, seq FROM audit_cut"))] == [(3, 4)]
        assert owner.execute(text("SELECT count(*) FROM audit_event WHERE shard = 4")).scalar_one() == 1
    assert find() == [] and dict(purge())["trail"] == 0
    for harm in (
        "DELETE FROM audit_cut",
        "UPDATE audit_cut SET hash = sha256(hash)",
        "UPDATE audit_cut SET seq = seq - 1",
        "DELETE FROM audit_event WHERE shard = 3 AND seq = 5",
    ):
        with as_worker.connect() as owner:
            owner.execute(text(harm))
            assert list(verifying.verify_shards(owner, [3])), harm
            owner.rollback()
