"""Random people work on cases through the services, for hundreds of steps: what the table allows happens with its event
and its notice, what it does not allow changes nothing, and no case is ever stuck."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, text

from portal.accounts.actor import FamilyActor, StaffActor
from portal.cases.drafts import begin_draft, load_draft, save_step
from portal.cases.following import answer, mover_of, open_case, resume, withdraw
from portal.cases.kinds import KINDS, LATER, PAPERS_PAGE
from portal.cases.loading import CaseView
from portal.cases.moves import NotPossible, StaleCase
from portal.cases.sending import send
from portal.cases.workflow import CLOSED, TABLE, Move, Side, State, moves_of
from portal.core.clock import today
from portal.core.errors import Forbidden, NotFound
from portal.desk import service
from tests import factories as make

WORDS = "Kata-kata untuk keluarga."
PAGES: dict[str, dict[str, dict[str, Any]]] = {
    "house": {"apa": {"changed": ["floor"]}, "floor": {"floor": "2"}, "cerita": {"more": ""}},
    "aid_missing": {
        "bantuan": {"about": "p:PKH"},
        "kejadian": {"happened": "stopped", "since": "unknown", "story": ""},
        "kartu": {"card_elsewhere": "no", "cut_taken": "no", "who": ""},
    },
}
#: Every move of an officer on any way, so also those of another way than the case takes.
STAFF_MOVES = [
    move for move in Move if any(move in table and table[move].side is Side.STAFF for table in TABLE.values())
]


class People:
    """A family of two, its village's two workers, the supervisor and two officers of the regency."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        family = make.make_family(connection)
        self.head = make.family_actor(family.head)
        self.other = make.family_actor(make.make_member(connection, family.id))
        office, above = {"role": "regency_office"}, {"role": "supervisor"}
        self.staff = [
            make.make_staff(connection, make.VILLAGE),
            make.make_staff(connection, make.VILLAGE),
            make.make_staff(connection, make.KECAMATAN, **above),
            make.make_staff(connection, make.REGENCY, **office),
            make.make_staff(connection, make.REGENCY, **office),
        ]

    def send(self, kind: str) -> str:
        draft_id = begin_draft(self.head, KINDS[kind], {})
        for page, given in PAGES[kind].items():
            save_step(self.head, draft_id, page, given)
        save_step(self.head, draft_id, PAPERS_PAGE, {LATER: []})
        return send(self.head, draft_id, load_draft(self.head, draft_id).seen).reference

    def count(self, sql: str, reference: str) -> int:
        make.as_owner(self.connection)
        return int(self.connection.execute(text(sql), {"r": reference}).scalar_one())


PEOPLE: list[People] = []  # of the test that runs: hypothesis makes the machines by itself


class Cases(RuleBasedStateMachine):
    """One case of each kind; every rule tries one move of one person."""

    def __init__(self) -> None:
        super().__init__()
        self.people = PEOPLE[-1]
        self.references = [self.people.send(kind) for kind in PAGES]
        self.sent = {reference: open_case(self.people.head, reference).answers for reference in self.references}

    def view(self, number: int) -> CaseView:
        return open_case(self.people.head, self.references[number])

    @precondition(lambda self: any(self.view(n).state not in CLOSED for n in range(len(PAGES))))
    @rule(number=st.integers(0, 1), who=st.integers(0, 4), move=st.sampled_from(STAFF_MOVES), fresh=st.booleans())
    def an_officer_tries(self, number: int, who: int, move: Move, fresh: bool) -> None:
        """Any officer, any move, perhaps with a page that is old."""
        before, actor = self.view(number), self.people.staff[who]
        allowed = move in self.moves(actor, before.reference)
        seen = before.version if fresh else before.version - 1
        self.tried(before, move, allowed and fresh, lambda: _act(actor, before.reference, seen, move))

    @rule(number=st.integers(0, 1), move=st.sampled_from([Move.ANSWER, Move.RESUME, Move.WITHDRAW]), own=st.booleans())
    def the_family_tries(self, number: int, move: Move, own: bool) -> None:
        """The one who sent it, or the other adult."""
        before, actor = self.view(number), self.people.head if own else self.people.other
        allowed = move in moves_of(before.state, mover_of(actor, before), before.kind.track)
        self.tried(before, move, allowed, lambda: _family_act(actor, before, move))

    def tried(self, before: CaseView, move: Move, allowed: bool, act: Any) -> None:
        """What is allowed happens, with its event and its notice; what is not changes nothing."""
        reference = before.reference
        notices = "SELECT count(*) FROM notice WHERE case_reference = :r"
        told = self.people.count(notices, reference)
        try:
            act()
        except (Forbidden, NotFound, NotPossible, StaleCase):
            after = open_case(self.people.head, reference)
            assert not allowed, (move, before.state)
            assert (after.state, after.version, len(after.events)) == (before.state, before.version, len(before.events))
            assert self.people.count(notices, reference) == told
            return
        after = open_case(self.people.head, reference)
        moved = TABLE[before.kind.track][move]
        assert allowed, (move, before.state)
        assert after.state is (moved.to or before.state) and after.version == before.version + 1
        assert [event.event for event in after.events[len(before.events) :]] == [move.value]
        assert self.people.count(notices, reference) - told == (moved.notice is not None)
        self.tell_of(after)

    def tell_of(self, view: CaseView) -> None:
        """An open case has a next step for somebody, and what was sent is there as it was sent."""
        assert view.answers == self.sent[view.reference]
        if view.state in CLOSED:
            assert view.closed_at is not None
            return
        family = moves_of(view.state, mover_of(self.people.head, view), view.kind.track)
        assert family or any(self.moves(who, view.reference) for who in self.people.staff), view.state

    def moves(self, who: StaffActor, reference: str) -> tuple[Move, ...]:
        return service.open_case(who, reference, noted=False).moves


def _act(actor: StaffActor, reference: str, seen: int, move: Move) -> None:
    if move in (Move.TAKE, Move.TAKE_OVER):
        (service.take if move is Move.TAKE else service.take_over)(actor, reference, seen)
    elif move is Move.ASK:
        service.ask(actor, reference, seen, WORDS)
    elif move is Move.SET_VISIT:
        service.set_visit(actor, reference, seen, today(actor.zone), "morning")
    elif move in (Move.ACCEPT, Move.PARTLY, Move.REFUSE):
        service.decide(actor, reference, seen, move, WORDS)
    elif move is Move.CLEAR_UP:
        service.clear_up(actor, reference, seen, WORDS)
    else:
        service.step(actor, reference, seen, move, WORDS)


def _family_act(actor: FamilyActor, before: CaseView, move: Move) -> None:
    if move is Move.ANSWER:
        answer(actor, before.reference, before.version, WORDS)
    else:
        (resume if move is Move.RESUME else withdraw)(actor, before.reference, before.version)


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("lives", [5, pytest.param(150, marks=pytest.mark.soak)])
def test_random_people_keep_to_the_table(connection: Connection, lives: int) -> None:
    PEOPLE.append(People(connection))
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    walk = settings(max_examples=lives, stateful_step_count=40, deadline=None, suppress_health_check=checks)
    try:
        run_state_machine_as_test(Cases, settings=walk)  # type: ignore[no-untyped-call]
    finally:
        PEOPLE.pop()


def test_the_states_that_are_walked_are_all_that_there_are() -> None:
    reached = {rule.to for table in TABLE.values() for rule in table.values() if rule.to}
    assert reached | {State.SENT, State.RESTING} == set(State)
