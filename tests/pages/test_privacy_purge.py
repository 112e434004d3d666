"""The register of keeping is what the nightly purge does, neither more nor less."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

import portal.working  # noqa: F401 - registers the jobs that the rules name
from portal.accounts import housekeeping as signing
from portal.cases import housekeeping as papers
from portal.core.clock import now
from portal.core.jobs import PERIODIC
from portal.extensions import blobs, keys
from portal.privacy import purging
from portal.privacy.purging import RULES, count_due, purge
from portal.privacy.retention import days_of, register
from tests import factories as make
from tests.pages.clients import PortalClient


def test_the_register_and_the_rules_are_the_same_list() -> None:
    keyed = [kind.key for kind in register()]
    assert len(keyed) == len(set(keyed))
    assert {kind.key for kind in register() if kind.days is not None} == {rule.key for rule in RULES} | {purging.FILES}
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
    told = {
        f"{part}_{what}": value
        for part in ("people_told", "authority_told", "close_asked")
        for what, value in (("at", now()), ("by", officer))
    }
    make.make_breach(connection, officer, **told, closed_at=at("breaches"), closed_by=second)
    return {}


@pytest.fixture
def aged(as_worker: Engine, tmp_path, settings):  # type: ignore[no-untyped-def]
    """One row of every kind a day past its period, and one a day before."""
    blobs.bind(tmp_path)
    with as_worker.begin() as owner:
        family = make.make_family(owner)
        make.make_disbursement(owner, family.id)
        for days in (1.0, -0.9):
            rows(owner, family, days)
    yield as_worker
    blobs.bind(settings.uploads)


def totals(engine: Engine) -> dict[str, int]:
    tables = {rule.table for rule in RULES} | {"family", "member", "disbursement", "cases", "web_session", "staff"}
    with engine.connect() as owner:
        return {t: int(owner.execute(text(f"SELECT count(*) FROM {t}")).scalar_one()) for t in tables}


#: What goes of a kind beside the one row: nothing, but a reset's slip goes once the reset is gone.
EXPECTED = {rule.key: 1 for rule in RULES} | {"slips_used": 2, "files": 0}


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
        assert owner.execute(text("SELECT count(*) FROM extract_load WHERE report = '{}'")).scalar_one() == 1
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


def test_everybody_may_read_the_register(client: PortalClient) -> None:
    page = client.get("/privasi/masa-simpan")
    assert page.status_code == 200
    for kind in register():
        assert f'id="jenis-{kind.key}"' in page.text
