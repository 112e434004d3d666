"""The table of moves: walked by random actors, and read row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cases.kinds import KINDS
from portal.cases.path import path_steps
from portal.cases.promises import due_at, promised_days, promised_on, promises, read_promises
from portal.cases.workflow import (
    CLOSED,
    EYES,
    LONG,
    OPEN,
    SHORT,
    STATES,
    TABLE,
    Move,
    Mover,
    MoveRefused,
    Right,
    Side,
    State,
    Track,
    can_move,
    check_move,
    is_late,
    moves_of,
)
from portal.inbox.texts import TEXTS

MOVERS = st.builds(
    Mover,
    side=st.sampled_from([Side.FAMILY, Side.STAFF]),
    rights=st.frozensets(st.sampled_from(Right)),
    is_kin=st.booleans(),
    is_holder=st.booleans(),
    is_sender=st.booleans(),
    is_recorder=st.booleans(),
    was_recorded=st.booleans(),
    decided_first=st.booleans(),
    did=st.frozensets(st.sampled_from(sorted(EYES)), max_size=2),
)
OFFICER = Mover(Side.STAFF, frozenset(Right), is_holder=True)
WORKER = Mover(Side.STAFF, frozenset({Right.WORK, Right.DECIDE}), is_holder=True)
SENDER = Mover(Side.FAMILY, is_sender=True)


@given(st.sampled_from(Track), st.lists(st.tuples(st.sampled_from(Move), MOVERS), max_size=60))
def test_a_walk_never_leaves_the_table(track: Track, steps: list[tuple[Move, Mover]]) -> None:
    state = State.SENT
    for move, mover in steps:
        try:
            rule = check_move(move, state, mover, track)
        except MoveRefused as refused:
            assert refused.reason and not can_move(move, state, mover, track)
            continue
        assert (state in OPEN or move is Move.DISOWN) and rule.side is mover.side
        assert not mover.is_recorder and not mover.decided_first
        if mover.side is Side.STAFF:
            assert {Right.WORK, rule.right} <= mover.rights and not mover.is_kin
        if move in EYES:
            assert {EYES[done] for done in mover.did} <= {EYES[move]}
        if rule.decides and track is Track.SHORT:
            assert mover.is_holder
        state = rule.to or state
    assert state in STATES


def test_every_open_state_has_a_next_step_for_whoever_has_the_turn() -> None:
    reached = ((track, state) for track in Track for state in OPEN if _reached(track, state))
    for track, state in (one for one in reached if one != (Track.CLAIM, State.RESTING)):
        turn = SENDER if STATES[state].turn is Side.FAMILY else OFFICER
        assert moves_of(state, turn, track), (track, state)
        ends = any(TABLE[track][move].to in CLOSED for move in moves_of(state, SENDER, track))
        # Nobody can talk the person out of the first one, and what the regency has confirmed is out of our hands.
        # What the office asks a household is the office's to end.
        own = track is not Track.CLAIM and state not in {State.DISOWNED, State.CONFIRMED, State.CENTRE}
        assert ends is own, (track, state)
    for track in Track:
        for state in CLOSED:
            assert not moves_of(state, OFFICER, track) and not moves_of(state, SENDER, track)


def _reached(track: Track, wanted: State) -> bool:
    """Whether some moves of the track lead from the beginning to the state."""
    seen, new = {State.SENT, State.RESTING}, {State.SENT, State.RESTING}
    while new:
        to = {rule.to for rule in TABLE[track].values() if rule.to and rule.start & new}
        new = to - seen
        seen |= new
    return wanted in seen


def test_both_ways_reach_what_they_should_and_nobody_above_comes_before_the_village() -> None:
    later = {State.VILLAGE, State.KECAMATAN, State.REGENCY, State.CONFIRMED, State.CENTRE}
    quiet, asked = {State.CHECKED}, {State.FOUND, State.OUTCOME}
    assert all(_reached(Track.LONG, state) for state in set(State) - quiet - asked)
    assert {state for state in State if not _reached(Track.SHORT, state)} == later | quiet | asked
    told = {State.SENT, State.RESTING, State.WITH_WORKER, State.NEEDS_MORE, State.ANSWERED, State.PAUSED}
    assert {state for state in State if _reached(Track.QUIET, state)} == told | quiet | {State.WITHDRAWN}
    visit = {State.VISIT_SET, State.VISITED, State.CENTRE}
    assert {state for state in State if _reached(Track.CLAIM, state)} == told | asked | visit
    found = Mover(Side.STAFF, rights=frozenset(Right), is_holder=True, did=frozenset({Move.VERIFY}))
    assert Move.CONFIRM not in moves_of(State.FOUND, found, Track.CLAIM), "found by one, confirmed by another"
    for state in OPEN - later - asked - {State.DISOWNED}:
        above = {Move.VERIFY, Move.CONFIRM, Move.SEND_ON, Move.ACCEPT, Move.PARTLY, Move.REFUSE}
        assert not above & set(moves_of(state, OFFICER, Track.LONG)), state
    assert Move.ACCEPT in moves_of(State.WITH_WORKER, WORKER) and Move.VISIT in moves_of(State.VISIT_SET, WORKER)


def test_nobody_does_two_of_the_steps_that_take_several_pairs_of_eyes() -> None:
    for state, move in ((State.KECAMATAN, Move.VERIFY), (State.REGENCY, Move.CONFIRM), (State.VILLAGE, Move.MEETING)):
        assert can_move(move, state, OFFICER, Track.LONG)
        for done in EYES:
            allowed = can_move(move, state, replace(OFFICER, did=frozenset({done})), Track.LONG)
            assert allowed is (EYES[done] == EYES[move]), (move, done)


def test_every_move_of_an_officer_tells_the_family_and_every_decision_gives_a_reason() -> None:
    for table in (SHORT, LONG):
        for move, rule in table.items():
            if rule.side in (Side.STAFF, Side.PORTAL):
                assert rule.notice in TEXTS, move
        assert all(rule.needs_words for rule in table.values() if rule.decides)


@pytest.mark.parametrize(
    ("move", "state", "mover", "forbidden"),
    [
        (Move.ACCEPT, State.WITH_WORKER, Mover(Side.STAFF, frozenset({Right.WORK}), is_holder=True), True),
        (Move.ACCEPT, State.WITH_WORKER, replace(WORKER, is_holder=False), False),
        (Move.ACCEPT, State.SENT, OFFICER, False),
        (Move.TAKE_OVER, State.WITH_WORKER, OFFICER, False),
        (Move.WITHDRAW, State.SENT, Mover(Side.FAMILY), True),
        (Move.WITHDRAW, State.REFUSED, SENDER, False),
        (Move.ANSWER, State.SENT, SENDER, False),
        (Move.ANSWER, State.NEEDS_MORE, OFFICER, True),
        (Move.TAKE, State.SENT, replace(WORKER, is_kin=True, is_holder=False), True),
        (Move.ACCEPT, State.WITH_WORKER, replace(OFFICER, is_recorder=True, was_recorded=True), True),
        (Move.CLEAR_UP, State.DISOWNED, replace(OFFICER, is_recorder=True, was_recorded=True), True),
        (Move.DISOWN, State.SENT, SENDER, True),  # no officer wrote it down
        (Move.DISOWN, State.SENT, Mover(Side.FAMILY, was_recorded=True), True),  # somebody else of the family
        (
            Move.DISOWN,
            State.SENT,
            replace(SENDER, is_recorder=True, was_recorded=True),
            True,
        ),  # at that officer's counter
        (Move.DISOWN, State.WITHDRAWN, replace(SENDER, was_recorded=True), False),
        (Move.ACCEPT, State.DISOWNED, replace(OFFICER, was_recorded=True), False),
        (Move.ASK, State.DISOWNED, replace(OFFICER, was_recorded=True), False),
    ],
)
def test_refused_with_a_reason(move: Move, state: State, mover: Mover, forbidden: bool) -> None:
    with pytest.raises(MoveRefused) as refused:
        check_move(move, state, mover)
    assert refused.value.forbidden is forbidden


def test_late_only_while_it_is_the_officers_turn() -> None:
    assert is_late(State.WITH_WORKER, -1) and not is_late(State.WITH_WORKER, 0)
    assert not is_late(State.NEEDS_MORE, -5) and not is_late(State.REFUSED, -5)


def test_promises_are_working_days_for_every_kind_and_stage(tmp_path) -> None:  # type: ignore[no-untyped-def]
    for kind in KINDS:
        assert set(promises()[kind]) in ({"sent", "answered"}, {"hours"})
    sent = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)  # a Friday: the clock counts the weekend too
    assert due_at("portal_data", sent) == sent + timedelta(hours=72) and due_at("moved", sent) is None
    assert promised_on("portal_data", "sent", date(2026, 11, 20)) == date(2026, 11, 23)
    assert promised_on("aid_missing", "sent", date(2026, 11, 20)) == date(2026, 11, 27)  # over a weekend
    assert promised_days("aid_missing", "sent", restricted=True) == 14
    assert promised_days("moved", "sent", restricted=True) == promised_days("moved", "sent")
    for wrong in (
        "[a]\nhours = 5",
        "[a]\nhours = 72\nsent = 1",
        "[a]\nsent = 1",
        "[a]\nsent = 0\nanswered = 1",
        "[a]\nsent = 'x'\nanswered = 1",
    ):
        (tmp_path / "p.toml").write_text(wrong)
        with pytest.raises(ValueError, match="needs sent"):
            read_promises(tmp_path / "p.toml")


def event(name: str, words: str | None = None, **data: object) -> SimpleNamespace:
    moment = datetime(2026, 11, 20, 3, tzinfo=UTC)
    return SimpleNamespace(event=name, actor_name="Wahyu", words=words, data=data, at=moment)


def test_the_path_tells_what_was_what_is_and_what_comes() -> None:
    due = date(2026, 12, 4)
    steps = path_steps(
        [
            event("sent", level="kecamatan", passed_on=True),
            event("asked", "Kirim foto."),
            event("visit_set", day="2026-11-24", part="morning"),
            event("opened"),
        ],
        State.VISIT_SET,
        due,
    )
    assert [step.state for step in steps] == ["done", "done", "done", "done", "now", "next"]
    assert steps[-1].when == due and steps[1].note is not None and steps[1].note.params["words"] == "Kirim foto."
    assert steps[0].note is not None and "no social worker" in steps[0].note.key
    assert steps[2].note is not None and steps[2].note.params["day"] == date(2026, 11, 24)
    closed = path_steps([event("sent", level="village"), event("refused", "Bukan.")], State.REFUSED, due)
    assert [step.state for step in closed] == ["done", "stop"]
    assert path_steps([event("from_a_newer_version")], State.REFUSED, due)[0].state == "done"


def test_a_disowned_case_can_be_so_after_a_decision_and_is_cleared_up_by_who_has_it() -> None:
    teller = replace(SENDER, was_recorded=True)
    assert all(can_move(Move.DISOWN, state, teller) for state in (State.SENT, State.ACCEPTED, State.REFUSED))
    assert moves_of(State.DISOWNED, replace(OFFICER, was_recorded=True)) == (Move.CLEAR_UP,)
    assert SHORT[Move.CLEAR_UP].to is State.VOID
