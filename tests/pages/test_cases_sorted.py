"""Free words that an officer sorted go the way of what they are: its steps and eyes, its promise, its clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import Engine, text

from portal.cases import late
from portal.cases.drafts import begin_draft, load_draft, save_step
from portal.cases.following import open_case
from portal.cases.kinds import KINDS
from portal.cases.promises import promised_on
from portal.cases.sending import send
from portal.cases.visit_records import Found, Result
from portal.cases.ways import kind_of
from portal.cases.workflow import Move, State, Track
from portal.config import Settings
from portal.core.clock import now, today
from portal.core.errors import Forbidden, NotFound
from portal.desk import service, visits
from portal.desk.queue import Filters, read_queue
from portal.desk.sorting import kinds_for, sort_case
from tests.conftest import worker_of
from tests.pages.test_cases_long_way import LOOKED, Regency


@pytest.fixture
def regency(app: object, committed: Engine) -> Iterator[Regency]:
    yield Regency(committed)


def told(regency: Regency) -> str:
    """Free words, written a week ago, that the worker has."""
    draft = begin_draft(regency.head, KINDS["told"], {})
    save_step(regency.head, draft, "cerita", {"how": "words", "words": "Lantai masih tanah", "about_officer": "no"})
    reference = send(regency.head, draft, load_draft(regency.head, draft).seen).reference
    with regency.owner.begin() as connection:
        connection.execute(text("UPDATE cases SET sent_at = now() - interval '7 days'"))
    service.take(regency.worker, reference, 1)
    return reference


def test_sorted_as_what_families_are_ranked_by_takes_the_whole_way(regency: Regency) -> None:
    reference = told(regency)
    assert Move.RECOMMEND not in service.open_case(regency.worker, reference).moves
    sort_case(regency.worker, reference, 2, "house")
    view = open_case(regency.head, reference)
    assert view.kind.title == KINDS["house"].title and view.promised_on == promised_on("house", "sent", today())
    assert [str(row.value) for row in view.kind.rows(view.answers, view.world)]  # the words, as they were told
    found = [line.reference for line in read_queue(regency.worker, Filters(kind="house")).lines]
    assert found == [reference] and not read_queue(regency.worker, Filters(kind="told")).lines
    with pytest.raises(Forbidden):  # the village alone decides nothing that families are ranked by
        service.decide(regency.worker, reference, 3, Move.ACCEPT, LOOKED)
    for move in (Move.RECOMMEND, Move.MEETING):
        regency.step(regency.worker, reference, move)
    with pytest.raises(Forbidden):
        regency.step(regency.worker, reference, Move.VERIFY)
    regency.step(regency.above, reference, Move.VERIFY)
    regency.step(regency.office, reference, Move.CONFIRM)
    regency.step(regency.office, reference, Move.SEND_ON)
    service.decide(regency.office, reference, regency.version(reference), Move.ACCEPT, LOOKED)
    view = open_case(regency.head, reference)
    assert (view.state, view.level) == (State.ACCEPTED, "regency")


def test_a_visit_asks_what_it_is_about_and_what_it_found_is_stated(regency: Regency) -> None:
    reference = told(regency)
    service.set_visit(regency.worker, reference, 2, today(), "morning")
    assert visits.open_visit(regency.worker, reference).asked(whole=False) == []
    sort_case(regency.worker, reference, 3, "house")
    opened = visits.open_visit(regency.worker, reference)
    asked = {one.name: one for one in opened.asked(whole=False)}
    assert asked["floor"].recorded == "6" and "motorcycles" not in asked  # the record says so, and it is not its kind
    seen = Found("floor", "Floor", None, "6", None, "8", states=True)
    result = Result([seen], "", "Siti", is_right=True, word_text="")
    visit = str(opened.visit.public_id)
    visits.finish(regency.worker, reference, visit, {"floor": "8"}, result, place=None, paper_on=None)
    visits.weigh(regency.worker, reference, {"floor": "visit"})
    for actor, move in ((regency.worker, Move.RECOMMEND), (regency.worker, Move.MEETING), (regency.above, Move.VERIFY)):
        regency.step(actor, reference, move)
    assert regency.one("SELECT count(*) FROM statement") == 0
    regency.step(regency.office, reference, Move.CONFIRM)
    assert regency.one("SELECT field || '=' || value FROM statement") == "floor=8"


def test_one_pair_of_hands_in_two_places_is_found_out(regency: Regency) -> None:
    reference = told(regency)
    sort_case(regency.worker, reference, 2, "house")
    service.take_over(regency.above, reference, 3)
    regency.step(regency.above, reference, Move.RECOMMEND)
    regency.step(regency.above, reference, Move.MEETING)
    with pytest.raises(Forbidden, match="earlier step"):
        regency.step(regency.above, reference, Move.VERIFY)


def test_sorted_as_urgent_the_clock_runs_from_then_at_each_level(regency: Regency, settings: Settings) -> None:
    reference = told(regency)
    sort_case(regency.worker, reference, 2, "no_food")
    view = open_case(regency.head, reference)
    assert view.due_at is not None and timedelta(hours=23) < view.due_at - now() <= timedelta(hours=24)
    begun = now()
    with worker_of(regency.owner, settings):
        for hours, level in ((0, "village"), (23, "village"), (25, "kecamatan"), (48, "kecamatan"), (50, "regency")):
            with time_machine.travel(begun + timedelta(hours=hours), tick=False):
                late.raise_late_cases()
            assert regency.one("SELECT level FROM cases WHERE reference = :r", r=reference) == level, hours


def test_what_is_sealed_stays_with_who_opened_it_and_some_things_nobody_else_says(regency: Regency) -> None:
    sealed = SimpleNamespace(kind="told", sorted_as="house", restricted=True)
    assert kind_of(sealed).track is Track.SHORT and KINDS["house"].track is Track.LONG
    assert not {"leave_aid", "other_objection", "told"} & {kind.key for kind in kinds_for(needs_two=True)}
    with pytest.raises(NotFound):
        sort_case(regency.worker, told(regency), 2, "leave_aid")
