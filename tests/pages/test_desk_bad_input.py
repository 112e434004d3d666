"""What goes wrong at the desk: two at once, too late, an officer away or gone. Nothing is lost, nothing is twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from portal.accounts.actor import FamilyActor, StaffActor
from portal.cases.following import open_case, withdraw
from portal.cases.handing_on import hand_on_left_cases
from portal.cases.moves import StaleCase
from portal.cases.path import path_steps
from portal.cases.workflow import Move
from portal.config import Settings
from portal.core.clock import now
from portal.core.errors import Forbidden, NotFound
from portal.desk import service
from portal.desk.queue import Filters, read_queue
from tests.conftest import worker_of
from tests.factories import KECAMATAN, insert, make_staff
from tests.pages.test_cases_at_once import Village, at_once
from tests.pages.test_desk_pages import Told, told

__all__ = ["told"]
REASON = "Rumah sudah saya lihat sendiri."


@pytest.fixture
def village(app: Flask, committed: Engine) -> Iterator[Village]:
    yield Village(committed)


def holder_of(actor: FamilyActor, reference: str) -> str:
    officer = open_case(actor, reference).officer
    return officer.name if officer else ""


def away(owner: Engine, gone: StaffActor, there: StaffActor) -> None:
    with owner.begin() as connection:
        insert(connection, "staff_substitution", staff_id=gone.staff_id, substitute_id=there.staff_id,
               since=now().date(), until=now().date() + timedelta(days=5), made_by=there.staff_id)  # fmt: skip


def test_of_two_decisions_at_the_same_moment_one_counts(village: Village) -> None:
    """Accepted in one window and refused in another, by the holder and whoever stands in: one path, one notice."""
    reference = village.case()
    holder, other = village.first, village.second
    if holder_of(village.head, reference) != holder.name:
        holder, other = other, holder
    service.take(holder, reference, 1)
    results = at_once(
        lambda: service.decide(holder, reference, 2, Move.ACCEPT, REASON),
        lambda: service.decide(holder, reference, 2, Move.REFUSE, REASON),
        lambda: service.take_over(other, reference, 2),
    )
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "StaleCase", "StaleCase"]
    state = village.count("SELECT count(*) FROM cases WHERE decision IS NOT NULL AND closed_at IS NOT NULL")
    events = "SELECT count(*) FROM case_event WHERE event IN ('accepted', 'refused')"
    assert (
        village.count(events)
        == state
        == village.count("SELECT count(*) FROM notice WHERE key IN ('case_accepted', 'case_refused')")
    )
    accepted = village.count("SELECT count(*) FROM cases WHERE state = 'accepted'")
    assert (village.count("SELECT count(*) FROM statement") > 0) is bool(accepted)


def test_a_decision_after_the_family_took_it_back_says_so_and_keeps_the_words(told: Told) -> None:
    told.take()
    action, answers = told.desk.form("/putusan")
    told.phone.get(f"{told.own}/batalkan")
    told.phone.fill("/batalkan")
    told.desk.post(action, answers | {"decision": "accepted", "reason": REASON})
    assert told.desk.page.status_code == 409
    assert REASON in told.desk.words, "what was written is there to be copied"
    assert told.value("SELECT count(*) FROM statement") == 0 and told.value("SELECT state FROM cases") == "withdrawn"


def test_taken_back_and_decided_at_once_is_one_of_both(village: Village) -> None:
    reference = village.case()
    holder = next(one for one in (village.first, village.second) if one.name == holder_of(village.head, reference))
    service.take(holder, reference, 1)
    results = at_once(
        lambda: withdraw(village.head, reference, 2),
        lambda: service.decide(holder, reference, 2, Move.ACCEPT, REASON),
    )
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "StaleCase"]
    closed = village.count("SELECT count(*) FROM case_event WHERE event IN ('accepted', 'withdrawn')")
    assert closed == 1
    with pytest.raises(StaleCase):
        service.ask(holder, reference, 2, "Mohon kirim foto KK.")


def test_a_worker_on_leave_gets_nothing_and_who_stands_in_gets_all(village: Village) -> None:
    """Old cases are answered by the substitute as their holder, new ones go there, and the family reads who."""
    before = [village.case() for _ in range(2)]
    gone, there = village.first, village.second
    held = [one for one in before if holder_of(village.head, one) == gone.name]
    away(village.owner, gone, there)
    new = village.case()
    assert holder_of(village.head, new) == there.name
    assert len(held) == 1
    officer = open_case(village.head, held[0]).officer
    assert officer is not None and (officer.name, officer.substitute) == (gone.name, there.name)
    lines = {line.reference: line for line in read_queue(there, Filters(mine=True)).lines}
    assert set(lines) == {*before, new} and lines[held[0]].substitute == there.name
    assert read_queue(gone, Filters()).lines == []
    with pytest.raises((NotFound, Forbidden)):
        service.take(gone, held[0], 1)
    service.take(there, held[0], 1)
    service.decide(there, held[0], 2, Move.ACCEPT, REASON)


def test_a_village_that_lost_its_worker_says_so_and_the_supervisor_has_its_cases(
    village: Village, settings: Settings
) -> None:
    """What was in hand and what comes after: both go to the supervisor, and the family's path names it."""
    with village.owner.begin() as connection:
        chief = make_staff(connection, KECAMATAN, role="supervisor", name="Ibu Kecamatan")
    old = village.case()
    with village.owner.begin() as connection:
        connection.execute(text("UPDATE staff SET active = false WHERE role = 'social_worker'"))
        ended = text("UPDATE staff_assignment SET until = current_date - 1 WHERE staff_id <> :chief")
        connection.execute(ended, {"chief": chief.staff_id})
    with worker_of(village.owner, settings):
        assert hand_on_left_cases() == 1
    new = village.case()
    for reference in (old, new):
        view = open_case(village.head, reference)
        assert view.officer is not None and (view.officer.name, view.level) == (chief.name, "kecamatan")
        said = path_steps(view.events, view.state, view.promised_on)
        assert any("no social worker now" in step.note.key for step in said if step.note)
    assert village.count("SELECT count(*) FROM case_event WHERE event = 'handed_on'") == 1
    assert {line.reference for line in read_queue(chief, Filters(mine=True)).lines} == {old, new}
    service.take(chief, new, 1)
