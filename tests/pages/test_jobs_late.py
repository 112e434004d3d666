"""A promise that was not kept: the case goes up by itself, once, and the family reads so."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection, Engine, text

from portal.cases import late
from portal.cases.loading import seal_answers
from portal.cases.promises import raised_until
from portal.core.clock import now, today
from tests import factories as make
from tests.pages.browsing import family_browser

_number = itertools.count()
ANSWERS = {"about": "p:PKH", "happened": "never_came", "since": "unknown", "card_elsewhere": "no", "cut_taken": "no"}
YESTERDAY = timedelta(days=1)


def make_case(connection: Connection, family: make.TestFamily, **values: Any) -> str:
    """A case of the family with its first step, due yesterday unless said otherwise; gives the reference."""
    reference = f"CCCC-{next(_number):04}".translate(str.maketrans("01258", "HJKMN"))
    values = {
        "kind": "aid_missing",
        "state": "sent",
        "level": "village",
        "promised_on": today() - YESTERDAY,
        "assigned_to": None,
    } | values
    case = make.insert(
        connection,
        "cases",
        "id",
        family_id=family.id,
        reference=reference,
        draft_id=uuid.uuid4(),
        content_hash=b"x",
        person_id=family.head.person_id,
        village_id=family.village_id,
        answers_sealed=seal_answers(ANSWERS),
        program="PKH",
        **values,
    )
    make.insert(
        connection,
        "case_event",
        family_id=family.id,
        case_id=case,
        event="sent",
        actor_kind="family",
        actor_name="Siti",
        state="sent",
        data={"level": values["level"]},
    )
    return reference


def row(connection: Connection, reference: str) -> Any:
    """Where the case stands."""
    make.as_owner(connection)
    return connection.execute(
        text("SELECT level, assigned_to, promised_on, version, state FROM cases WHERE reference = :r"), {"r": reference}
    ).one()


def told(connection: Connection, reference: str) -> tuple[int, int, int]:
    """How many steps, messages and trail events tell that the case went up."""
    make.as_owner(connection)
    counts = (
        (
            "SELECT count(*) FROM case_event e JOIN cases c ON c.id = e.case_id WHERE c.reference = :r"
            " AND e.event = 'raised' AND e.actor_kind = 'portal'"
        ),
        "SELECT count(*) FROM notice WHERE key = 'case_raised' AND case_reference = :r",
        (
            "SELECT count(*) FROM audit_event WHERE event = 'case_raised' AND data->>'reference' = :r"
            " AND actor_kind = 'worker'"
        ),
    )
    steps, notices, trail = (connection.execute(text(count), {"r": reference}).scalar_one() for count in counts)
    return steps, notices, trail


@pytest.fixture
def officers(connection: Connection) -> dict[str, int]:
    """A worker, two supervisors (one of another kecamatan) and an office."""
    return {
        "worker": make.make_staff(connection, make.VILLAGE).staff_id,
        "far": make.make_staff(connection, make.FAR_KECAMATAN, role="supervisor", name="Jauh").staff_id,
        "supervisor": make.make_staff(connection, make.KECAMATAN, role="supervisor", name="Ibu Camat").staff_id,
        "office": make.make_staff(connection, make.REGENCY, role="regency_office", name="Dinas").staff_id,
    }


def test_a_late_case_goes_up_once_and_the_family_sees_it(
    app: Flask, connection: Connection, officers: dict[str, int]
) -> None:
    family = make.make_family(connection)
    make.make_participation(connection, family.id)
    reference = make_case(connection, family, assigned_to=officers["worker"])
    browser = family_browser(app, connection, family.head)
    browser.get(f"/pengajuan/{reference}")
    assert "Kalau belum dijawab sampai hari itu, pengajuan ini otomatis diteruskan ke" in browser.words
    assert late.raise_late_cases() == 1
    until = raised_until("kecamatan", today())
    assert tuple(row(connection, reference)) == ("kecamatan", officers["supervisor"], until, 2, "sent")
    assert told(connection, reference) == (1, 1, 1)
    assert late.raise_late_cases() == 0
    assert row(connection, reference).version == 2 and told(connection, reference) == (1, 1, 1)
    browser.get(f"/pengajuan/{reference}")
    assert "Belum ada jawaban sampai hari yang dijanjikan" in browser.words and "Ibu Camat" in browser.words
    browser.get("/pesan")
    assert "belum dijawab tepat waktu" in browser.words


def test_the_next_broken_promise_goes_to_the_regency_and_stays(
    app: Flask, connection: Connection, officers: dict[str, int]
) -> None:
    family = make.make_family(connection)
    had = {"level": "kecamatan", "assigned_to": officers["supervisor"], "state": "with_worker"}
    reference = make_case(connection, family, **had)
    assert late.raise_late_cases() == 1
    found = row(connection, reference)
    assert tuple(found) == ("regency", officers["office"], raised_until("regency", today()), 2, "with_worker")
    connection.execute(text("UPDATE cases SET promised_on = current_date - 30"))
    assert late.raise_late_cases() == 0
    browser = family_browser(app, connection, family.head)
    browser.get(f"/pengajuan/{reference}")
    assert "021\N{NON-BREAKING HYPHEN}171" in browser.words and "otomatis" not in browser.words


@pytest.mark.parametrize(
    "values",
    [
        {"promised_on": today()},
        {"state": "needs_more"},
        {"state": "accepted", "closed_at": "2026-01-01"},
        {"level": "regency"},
        {"restricted": True, "level": "regency"},
    ],
    ids=lambda values: ",".join(map(str, values)),
)
def test_what_is_not_late_or_cannot_go_higher_stays(
    connection: Connection, officers: dict[str, int], values: dict[str, Any]
) -> None:
    reference = make_case(connection, make.make_family(connection), assigned_to=officers["worker"], **values)
    before = row(connection, reference)
    assert late.raise_late_cases() == 0
    assert row(connection, reference) == before and told(connection, reference) == (0, 0, 0)


def test_without_a_supervisor_it_goes_to_the_office_and_without_one_to_nobody(connection: Connection) -> None:
    family = make.make_family(connection)
    first = make_case(connection, family)
    assert late.raise_late_cases() == 1
    assert tuple(row(connection, first))[:2] == ("regency", None)
    relative = make.make_staff(connection, make.KECAMATAN, role="supervisor").staff_id
    make.insert(connection, "staff_kinship", staff_id=relative, family_id=family.id)
    office = make.make_staff(connection, make.REGENCY, role="regency_office").staff_id
    second = make_case(connection, family)
    assert late.raise_late_cases() == 1
    assert tuple(row(connection, second))[:2] == ("regency", office)


def test_one_that_fails_does_not_keep_the_others_down(connection: Connection, officers: dict[str, int]) -> None:
    family = make.make_family(connection)
    odd = make_case(connection, family, kind="of_a_newer_version", promised_on=today() - 2 * YESTERDAY)
    good = make_case(connection, family)
    with pytest.raises(late.NotAllRaised, match="1 late"):
        late.raise_late_cases()
    assert row(connection, good).level == "kecamatan"
    assert row(connection, odd).version == 1 and told(connection, odd) == (0, 0, 0)


def test_two_workers_at_once_raise_it_once(as_worker: Engine) -> None:
    committed = as_worker
    with committed.begin() as owner:
        family = make.make_family(owner)
        make.make_staff(owner, make.KECAMATAN, role="supervisor")
        reference = make_case(owner, family)
        case = owner.execute(text("SELECT id FROM cases")).scalar_one()
    with committed.begin() as other:  # an officer holds it at this moment
        other.execute(text("SELECT FROM cases FOR UPDATE"))
        assert late.raise_late_cases() == 0
    assert late._raise_case(family.id, case)
    assert not late._raise_case(family.id, case)  # the list of the second worker was made before
    with committed.begin() as owner:
        assert row(owner, reference).version == 2 and told(owner, reference) == (1, 1, 1)
        owner.execute(text("UPDATE cases SET promised_on = '2026-01-01', state = 'withdrawn', closed_at = now()"))
    assert not late._raise_case(family.id, case)  # taken back meanwhile


def test_the_zone_of_the_village_says_when_the_day_is_over(connection: Connection) -> None:
    reference = make_case(connection, make.make_family(connection), promised_on=date(2026, 12, 1))
    with time_machine.travel(datetime(2026, 12, 1, 16, 30, tzinfo=UTC), tick=False):  # in Jayapura it is the day after
        assert late.raise_late_cases() == 0
    with time_machine.travel(datetime(2026, 12, 1, 17, 30, tzinfo=UTC), tick=False):  # and now in Banyuwangi too
        assert late.raise_late_cases() == 1
    assert row(connection, reference).level == "regency"


def test_what_is_urgent_goes_up_by_the_clock_and_gets_a_day(connection: Connection, officers: dict[str, int]) -> None:
    family = make.make_family(connection)
    sent = {"kind": "no_food", "urgent": True, "promised_on": today(), "assigned_to": officers["worker"]}
    soon = make_case(connection, family, **sent, sent_at=now() - timedelta(hours=23))
    broken = make_case(connection, family, **sent, sent_at=now() - timedelta(hours=25))
    assert late.raise_late_cases() == 1
    assert row(connection, soon).level == "village"
    assert tuple(row(connection, broken))[:3] == ("kecamatan", officers["supervisor"], today() + timedelta(days=1))
