"""The way of a case as a table: moves, who may make them, and where they lead. A pure rule module.

``check_move`` raises ``MoveRefused`` with a reason; ``can_move`` answers. What the states mean stands in ``states``.
The names of the moves are stored as events of the path and never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from portal.cases.states import STATES, Side, State, StateInfo
from portal.core.messages import N_

__all__ = ["STATES", "Move", "MoveRefused", "MoveRule", "Mover", "Right", "Side", "State", "StateInfo", "Track"]


class Track(StrEnum):
    """Which way a kind of case goes."""

    SHORT = "short"  # the officer who has it decides: complaints, questions, what no ranking is made of
    QUIET = "quiet"  # who sends it hears only that it was looked into: about another household
    CLAIM = "claim"  # what a household is asked: two officers before the centre, and it never reaches the village
    LONG = "long"  # what families are ranked by: village, kecamatan and regency before the centre


class Right(StrEnum):
    """What an officer must be allowed to do for a move."""

    WORK = "work"
    DECIDE = "decide"
    VERIFY = "verify"  # for the kecamatan
    CONFIRM = "confirm"  # for the regency


class Move(StrEnum):
    """What somebody does with a case. Also the name of the event on its path."""

    TAKE = "taken"
    TAKE_OVER = "taken_over"
    ASK = "asked"
    ANSWER = "answered"
    PAUSE = "paused"
    RESUME = "resumed"
    REST_OVER = "rest_over"
    SET_VISIT = "visit_set"
    AGREE_VISIT = "visit_agreed"
    OTHER_DAY = "visit_other_day"
    VISIT = "visited"
    RECOMMEND = "recommended"
    MEETING = "meeting_held"
    VERIFY = "verified"
    CONFIRM = "confirmed"
    SEND_BACK = "sent_back"
    SEND_ON = "sent_on"
    CENTRE_SAID = "centre_said"
    ACCEPT = "accepted"
    PARTLY = "partly"
    REFUSE = "refused"
    WITHDRAW = "withdrawn"
    DISOWN = "disowned"
    CHECK = "checked"
    OUTCOME = "outcome"  # of the centre, about a household
    LIST = "listed"  # the places of an offering are given: an officer starts it, the published order does it
    CLEAR_UP = "cleared_up"  # who looked into a disowned case says what was found; nothing in it counts


OPEN = frozenset(state for state, info in STATES.items() if info.turn is not Side.NOBODY)
CLOSED = frozenset(STATES) - OPEN
#: With the village's officer: before anybody above has a say.
LOCAL = frozenset(
    {State.WITH_WORKER, State.NEEDS_MORE, State.ANSWERED, State.VISIT_SET, State.VISITED, State.PAUSED},
)
#: While it stands so, a promise in hours is counted by the clock; else, and of any other, the day counts.
BY_THE_CLOCK = frozenset({State.SENT, State.WITH_WORKER, State.ANSWERED})
_MAY_WITHDRAW = LOCAL | {State.RESTING, State.SENT, State.VILLAGE, State.KECAMATAN, State.REGENCY}
#: States of which the officer need not do anything before the family does.
WAITING_FOR_FAMILY = frozenset(state for state, info in STATES.items() if info.turn is Side.FAMILY)
#: Steps that take several pairs of eyes, by whose they are: one officer takes part in one of them only, in the whole
#: life of a case. The database holds to it too.
EYES: Mapping[Move, str] = {
    Move.RECOMMEND: "village",
    Move.MEETING: "village",
    Move.VERIFY: "kecamatan",
    Move.CONFIRM: "regency",
}
#: With whom a case is while it stands so; elsewhere it stays where it is.
LEVEL_OF: Mapping[State, str] = {
    State.KECAMATAN: "kecamatan",
    State.REGENCY: "regency",
    State.CONFIRMED: "regency",
    State.CENTRE: "regency",
}


@dataclass(frozen=True, slots=True)
class MoveRule:
    """One row of the table. ``to`` None leaves the state as it is. ``notice`` is the message to the family."""

    side: Side
    start: frozenset[State]
    to: State | None
    notice: str | None = None
    right: Right = Right.WORK
    decides: bool = False
    states_facts: bool = False  # what was found becomes verified statements
    holder_only: bool = False  # only the officer who has the case
    needs_words: bool = False  # a question, an answer or a reason that the other side reads
    promise: str | None = None  # the stage whose promise begins


def _family(
    start: frozenset[State], to: State | None, *, needs_words: bool = False, promise: str | None = None
) -> MoveRule:
    return MoveRule(Side.FAMILY, start, to, needs_words=needs_words, promise=promise)


def _decision(to: State, notice: str, start: frozenset[State]) -> MoveRule:
    return MoveRule(
        Side.STAFF,
        start,
        to,
        notice,
        right=Right.DECIDE,
        decides=True,
        states_facts=to is not State.REFUSED,
        holder_only=True,
        needs_words=True,
    )


_VISIT_SET, _WAITS = frozenset({State.VISIT_SET}), frozenset({State.NEEDS_MORE, State.PAUSED})
_ABOVE = frozenset({State.KECAMATAN, State.REGENCY})

#: The shorter way, and what both ways have in common.
SHORT: Mapping[Move, MoveRule] = {
    Move.TAKE: MoveRule(Side.STAFF, frozenset({State.SENT}), State.WITH_WORKER, "case_taken"),
    Move.TAKE_OVER: MoveRule(Side.STAFF, LOCAL | {State.VILLAGE, State.DISOWNED}, None, "case_taken_over"),
    Move.ASK: MoveRule(
        Side.STAFF,
        LOCAL - {State.NEEDS_MORE},
        State.NEEDS_MORE,
        "case_asked",
        holder_only=True,
        needs_words=True,
    ),
    Move.ANSWER: _family(_WAITS, State.ANSWERED, needs_words=True, promise="answered"),
    Move.PAUSE: MoveRule(Side.PORTAL, frozenset({State.NEEDS_MORE}), State.PAUSED, "case_paused"),
    Move.RESUME: _family(_WAITS, State.WITH_WORKER, promise="answered"),
    # Whoever may think it over for some days has had them.
    Move.REST_OVER: MoveRule(Side.PORTAL, frozenset({State.RESTING}), State.SENT, "case_rest_over", promise="answered"),
    Move.SET_VISIT: MoveRule(Side.STAFF, LOCAL, State.VISIT_SET, "case_visit_set", holder_only=True),
    Move.AGREE_VISIT: _family(_VISIT_SET, None),
    Move.OTHER_DAY: _family(_VISIT_SET, State.ANSWERED, needs_words=True),
    Move.VISIT: MoveRule(Side.STAFF, _VISIT_SET, State.VISITED, "case_visited", holder_only=True, promise="visited"),
    Move.ACCEPT: _decision(State.ACCEPTED, "case_accepted", LOCAL),
    Move.PARTLY: _decision(State.PARTLY, "case_partly", LOCAL),
    Move.REFUSE: _decision(State.REFUSED, "case_refused", LOCAL),
    Move.LIST: MoveRule(Side.PORTAL, LOCAL | {State.SENT}, State.LISTED, "case_listed"),
    Move.WITHDRAW: _family(_MAY_WITHDRAW, State.WITHDRAWN),
    # Also after a decision: that was about words which nobody said.
    Move.DISOWN: MoveRule(
        Side.FAMILY,
        frozenset(State) - {State.DISOWNED, State.VOID, State.WITHDRAWN},
        State.DISOWNED,
        "case_disowned",
        needs_words=True,
    ),
    Move.CLEAR_UP: MoveRule(
        Side.STAFF,
        frozenset({State.DISOWNED}),
        State.VOID,
        "case_cleared_up",
        right=Right.DECIDE,
        decides=True,
        holder_only=True,
        needs_words=True,
    ),
}


def _of_centre(move: Move) -> MoveRule:
    """The outcome of the centre, written down by the regency office. Statements were made when it confirmed."""
    start = frozenset({State.CENTRE}) | ({State.REGENCY} if move is Move.REFUSE else frozenset())
    return replace(SHORT[move], start=start, right=Right.CONFIRM, holder_only=False, states_facts=False)


#: The whole way of what families are ranked by. Nobody above has a say before the village has finished.
LONG: Mapping[Move, MoveRule] = {
    **SHORT,
    Move.RECOMMEND: MoveRule(
        Side.STAFF,
        LOCAL - WAITING_FOR_FAMILY,
        State.VILLAGE,
        "case_recommended",
        holder_only=True,
        needs_words=True,
        promise="village",
    ),
    Move.MEETING: MoveRule(
        Side.STAFF,
        frozenset({State.VILLAGE}),
        State.KECAMATAN,
        "case_meeting_held",
        holder_only=True,
        needs_words=True,
        promise="kecamatan",
    ),
    Move.VERIFY: MoveRule(
        Side.STAFF,
        frozenset({State.KECAMATAN}),
        State.REGENCY,
        "case_verified",
        right=Right.VERIFY,
        needs_words=True,
        promise="regency",
    ),
    Move.CONFIRM: MoveRule(
        Side.STAFF,
        frozenset({State.REGENCY}),
        State.CONFIRMED,
        "case_confirmed",
        right=Right.CONFIRM,
        states_facts=True,
        needs_words=True,
        promise="confirmed",
    ),
    Move.SEND_BACK: MoveRule(
        Side.STAFF,
        _ABOVE,
        State.WITH_WORKER,
        "case_sent_back",
        right=Right.VERIFY,
        needs_words=True,
        promise="answered",
    ),
    Move.SEND_ON: MoveRule(
        Side.STAFF,
        frozenset({State.CONFIRMED}),
        State.CENTRE,
        "case_sent_on",
        right=Right.CONFIRM,
        promise="centre",
    ),
    Move.CENTRE_SAID: MoveRule(
        Side.STAFF,
        frozenset({State.CENTRE}),
        None,
        "case_centre_said",
        right=Right.CONFIRM,
        needs_words=True,
        promise="centre",
    ),
    Move.ACCEPT: _of_centre(Move.ACCEPT),
    Move.PARTLY: _of_centre(Move.PARTLY),
    Move.REFUSE: _of_centre(Move.REFUSE),
}
#: What is said about another household: no decision that its sender would read, and no visit at the sender's home.
QUIET: Mapping[Move, MoveRule] = {
    **{
        move: SHORT[move]
        for move in (Move.TAKE, Move.TAKE_OVER, Move.ASK, Move.ANSWER, Move.PAUSE, Move.RESUME, Move.WITHDRAW)
    },
    Move.CHECK: MoveRule(Side.STAFF, LOCAL, State.CHECKED, "case_checked", right=Right.DECIDE, holder_only=True),
}
#: What a household is asked about itself. What is not so is erased (no move); what is so goes to the centre once a
#: second officer confirmed it. Nothing of it is a statement, and the aid goes on meanwhile.
CLAIM: Mapping[Move, MoveRule] = {
    **{
        move: SHORT[move]
        for move in (
            *(Move.TAKE, Move.TAKE_OVER, Move.ASK, Move.ANSWER, Move.PAUSE, Move.RESUME),
            *(Move.SET_VISIT, Move.AGREE_VISIT, Move.OTHER_DAY, Move.VISIT),
        )
    },
    Move.VERIFY: MoveRule(
        Side.STAFF,
        LOCAL - {State.VISIT_SET},
        State.FOUND,
        "claim_found",
        right=Right.VERIFY,
        holder_only=True,
        needs_words=True,
        promise="regency",
    ),
    Move.CONFIRM: MoveRule(
        Side.STAFF,
        frozenset({State.FOUND}),
        State.CENTRE,
        "claim_sent_on",
        right=Right.CONFIRM,
        decides=True,
        needs_words=True,
        promise="centre",
    ),
    Move.CENTRE_SAID: LONG[Move.CENTRE_SAID],
    Move.OUTCOME: MoveRule(
        Side.STAFF,
        frozenset({State.CENTRE}),
        State.OUTCOME,
        "claim_outcome",
        right=Right.CONFIRM,
        needs_words=True,
    ),
}
TABLE: Mapping[Track, Mapping[Move, MoveRule]] = {
    Track.SHORT: SHORT,
    Track.QUIET: QUIET,
    Track.CLAIM: CLAIM,
    Track.LONG: LONG,
}


class MoveRefused(Exception):
    """The move is not possible. ``reason`` is a message key; ``forbidden`` where it is a matter of rights."""

    def __init__(self, reason: str, *, forbidden: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.forbidden = forbidden


@dataclass(frozen=True, slots=True)
class Mover:
    """Who wants to make a move, as far as the table asks."""

    side: Side
    rights: frozenset[Right] = frozenset()
    is_kin: bool = False  # the officer's own family or a declared relative
    is_holder: bool = False
    is_sender: bool = False
    is_recorder: bool = False  # the officer who wrote it down for the person
    was_recorded: bool = False  # by any officer
    decided_first: bool = False  # the officer whose decision is appealed
    did: frozenset[Move] = frozenset()  # of the steps that take several pairs of eyes


OWN_FAMILY = N_("You may not work on a case of your own family or of a relative.")
OWN_RECORDING = N_("You wrote this submission down for the person. Another officer works on it and decides.")
OWN_DECISION = N_("This is an appeal against your own decision. Another officer works on it and decides.")
OTHER_STEP = N_("You did an earlier step of this submission. Another officer has to do this one.")
NOT_YOURS = N_("This is not a move of yours.")
MAY_NOT_DECIDE = N_("You may not decide cases.")
NOT_HOLDER = N_("Another officer has this case. Take it over first.")
ALREADY_HOLDER = N_("You have this case already.")
IS_CLOSED = N_("This submission is already finished.")
NOT_NOW = N_("This cannot be done while the submission stands as it does now.")
NOT_THIS_WAY = N_("A submission of this kind takes another way.")
SENDER_ONLY = N_("Only the person whose submission it is can do this.")


def check_move(move: Move, state: State, mover: Mover, track: Track = Track.SHORT) -> MoveRule:
    """The rule of the move, where ``mover`` may make it now. Raises ``MoveRefused``."""
    rule = TABLE[track].get(move)
    if rule is None:
        raise MoveRefused(NOT_THIS_WAY)
    _check_rights(rule, mover)
    if state not in rule.start:
        raise MoveRefused(IS_CLOSED if state in CLOSED else NOT_NOW)
    if move in EYES and any(EYES[done] != EYES[move] for done in mover.did):
        raise MoveRefused(OTHER_STEP, forbidden=True)
    if rule.holder_only and not mover.is_holder:
        raise MoveRefused(NOT_HOLDER)
    if move is Move.TAKE_OVER and mover.is_holder:
        raise MoveRefused(ALREADY_HOLDER)
    if move in (Move.WITHDRAW, Move.DISOWN) and not mover.is_sender:
        raise MoveRefused(SENDER_ONLY, forbidden=True)
    if move is Move.DISOWN and not mover.was_recorded:
        raise MoveRefused(NOT_YOURS, forbidden=True)
    return rule


def _check_rights(rule: MoveRule, mover: Mover) -> None:
    if rule.side is not mover.side:
        raise MoveRefused(NOT_YOURS, forbidden=True)
    if rule.side is Side.STAFF and Right.WORK not in mover.rights:
        raise MoveRefused(NOT_YOURS, forbidden=True)
    if rule.side is Side.STAFF and mover.is_kin:
        raise MoveRefused(OWN_FAMILY, forbidden=True)
    if mover.is_recorder:
        raise MoveRefused(OWN_RECORDING, forbidden=True)
    if mover.decided_first:
        raise MoveRefused(OWN_DECISION, forbidden=True)
    if rule.side is Side.STAFF and rule.right not in mover.rights:
        raise MoveRefused(MAY_NOT_DECIDE if rule.right is Right.DECIDE else NOT_YOURS, forbidden=True)


def can_move(move: Move, state: State, mover: Mover, track: Track = Track.SHORT) -> bool:
    """Whether ``mover`` may make the move now."""
    try:
        check_move(move, state, mover, track)
    except MoveRefused:
        return False
    return True


def moves_of(state: State, mover: Mover, track: Track = Track.SHORT) -> tuple[Move, ...]:
    """Every move that is open to ``mover`` now."""
    return tuple(move for move in Move if can_move(move, state, mover, track))


def is_late(state: State, days_left: int) -> bool:
    """Whether the promised day has passed while it was the officer's turn."""
    return state in OPEN and state not in WAITING_FOR_FAMILY and days_left < 0
