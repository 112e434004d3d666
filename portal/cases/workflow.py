"""The stages of a case as a table: states, moves, who may make them and what each state means for the family.

A pure rule module. ``check_move`` raises ``MoveRefused`` with a reason; ``can_move`` answers. Derived from the
flow of SIKS-NG (domain notes 2.2, 2.6); the names of the states are stored and never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.core.messages import N_


class State(StrEnum):
    """Where a case stands."""

    SENT = "sent"
    WITH_WORKER = "with_worker"
    NEEDS_MORE = "needs_more"
    ANSWERED = "answered"
    VISIT_SET = "visit_set"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DISOWNED = "disowned"  # an officer wrote it down, and the person says that these are not the own words
    VOID = "void"


class Track(StrEnum):
    """Which way a kind of case goes."""

    SHORT = "short"  # the officer who has it decides: complaints, questions, what no ranking is made of
    LONG = "long"  # what families are ranked by: village, kecamatan and regency before the centre


class Side(StrEnum):
    """Who makes a move, or whose turn it is."""

    FAMILY = "family"
    STAFF = "staff"
    NOBODY = "nobody"


class Move(StrEnum):
    """What somebody does with a case. Also the name of the event on its path."""

    TAKE = "taken"
    TAKE_OVER = "taken_over"
    ASK = "asked"
    ANSWER = "answered"
    SET_VISIT = "visit_set"
    ACCEPT = "accepted"
    PARTLY = "partly"
    REFUSE = "refused"
    WITHDRAW = "withdrawn"
    DISOWN = "disowned"
    CLEAR_UP = "cleared_up"  # who looked into a disowned case says what was found; nothing in it counts


@dataclass(frozen=True, slots=True)
class StateInfo:
    """What a state means, in words for the family (message keys). ``%(day)s`` is the promised day."""

    word: str
    tone: str  # good, wait, stop, info
    turn: Side
    meaning: str
    next: str  # who acts next, and by when
    can_do: str
    at_desk: str = ""  # the word for officers, where the family's speaks to the family

    @property
    def desk_word(self) -> str:
        """The word for officers."""
        return self.at_desk or self.word


STATES: Mapping[State, StateInfo] = {
    State.SENT: StateInfo(
        N_("Sent"),
        "wait",
        Side.STAFF,
        N_("Your submission is stored and has reached the officer."),
        N_("The officer reads it and answers at the latest on %(day)s."),
        N_("You need not do anything now. You can withdraw it as long as nothing is decided."),
    ),
    State.WITH_WORKER: StateInfo(
        N_("Being checked"),
        "wait",
        Side.STAFF,
        N_("The officer is working on your submission."),
        N_("The officer answers at the latest on %(day)s."),
        N_("Keep your KTP and KK at hand in case the officer asks for them."),
    ),
    State.NEEDS_MORE: StateInfo(
        N_("Needs your answer"),
        "stop",
        Side.FAMILY,
        N_("The officer cannot go on without an answer from you."),
        N_("It is your turn: answer the officer's question."),
        N_("Answer below. You can write and send a photo. If you cannot, go to the village office."),
        at_desk=N_("Waits for the family"),
    ),
    State.ANSWERED: StateInfo(
        N_("Your answer has arrived"),
        "wait",
        Side.STAFF,
        N_("Your answer is stored and has reached the officer."),
        N_("The officer goes on and answers at the latest on %(day)s."),
        N_("You need not do anything now."),
        at_desk=N_("The family answered"),
    ),
    State.VISIT_SET: StateInfo(
        N_("Visit planned"),
        "wait",
        Side.STAFF,
        N_("The officer comes to your house to see how things are."),
        N_("The officer visits you and then answers, at the latest on %(day)s."),
        N_("Be at home, with KTP and KK. The visit is free. If you cannot, tell the officer before."),
    ),
    State.ACCEPTED: StateInfo(
        N_("Accepted"),
        "good",
        Side.NOBODY,
        N_("The officer has checked it and agrees with you."),
        N_("The reason says what happens now."),
        N_("If something is still wrong, ask the officer, send a new submission, or call 021-171."),
    ),
    State.PARTLY: StateInfo(
        N_("Accepted in part"),
        "good",
        Side.NOBODY,
        N_("The officer agrees with a part of it. The reason says which."),
        N_("Nothing more is done about this submission."),
        N_("If you do not agree, ask the officer, send a new submission, or call 021-171."),
    ),
    State.REFUSED: StateInfo(
        N_("Not accepted"),
        "stop",
        Side.NOBODY,
        N_("The officer did not agree. The reason is below."),
        N_("Nothing more is done about this submission."),
        N_("If you do not agree, ask the officer, send a new submission with other papers, or call 021-171."),
    ),
    State.WITHDRAWN: StateInfo(
        N_("Withdrawn"),
        "info",
        Side.NOBODY,
        N_("You took this submission back."),
        N_("Nothing more is done about it."),
        N_("You can send a new one at any time."),
    ),
    State.DISOWNED: StateInfo(
        N_("Not your words"),
        "stop",
        Side.STAFF,
        N_("You said that you did not say this. The submission has stopped, and nothing in it counts."),
        N_("Another officer, not the one who wrote it down, looks into it and answers at the latest on %(day)s."),
        N_("You need not do anything now. If you do want to say something, send a new submission."),
        at_desk=N_("The family says: not our words"),
    ),
    State.VOID: StateInfo(
        N_("Cancelled: not your words"),
        "info",
        Side.NOBODY,
        N_("This submission does not count. What was found is below."),
        N_("Nothing more is done about it."),
        N_("You can send a new one at any time. If you do not agree, call 021-171."),
        at_desk=N_("Cancelled: not the family's words"),
    ),
}

OPEN = frozenset(state for state, info in STATES.items() if info.turn is not Side.NOBODY)
CLOSED = frozenset(STATES) - OPEN
_AT_WORK = OPEN - {State.SENT, State.DISOWNED}
#: States of which the officer need not do anything before the family does.
WAITING_FOR_FAMILY = frozenset(state for state, info in STATES.items() if info.turn is Side.FAMILY)


@dataclass(frozen=True, slots=True)
class MoveRule:
    """One row of the table. ``to`` None leaves the state as it is. ``notice`` is the message to the family."""

    side: Side
    start: frozenset[State]
    to: State | None
    notice: str | None = None
    decides: bool = False
    holder_only: bool = False  # only the officer who has the case
    needs_words: bool = False  # a question, an answer or a reason that the other side reads


TABLE: Mapping[Move, MoveRule] = {
    Move.TAKE: MoveRule(Side.STAFF, frozenset({State.SENT}), State.WITH_WORKER, "case_taken"),
    Move.TAKE_OVER: MoveRule(Side.STAFF, _AT_WORK | {State.DISOWNED}, None, "case_taken_over"),
    Move.ASK: MoveRule(
        Side.STAFF,
        _AT_WORK - {State.NEEDS_MORE},
        State.NEEDS_MORE,
        "case_asked",
        holder_only=True,
        needs_words=True,
    ),
    Move.ANSWER: MoveRule(Side.FAMILY, frozenset({State.NEEDS_MORE}), State.ANSWERED, needs_words=True),
    Move.SET_VISIT: MoveRule(Side.STAFF, _AT_WORK, State.VISIT_SET, "case_visit_set", holder_only=True),
    Move.ACCEPT: MoveRule(
        Side.STAFF, _AT_WORK, State.ACCEPTED, "case_accepted", decides=True, holder_only=True, needs_words=True
    ),
    Move.PARTLY: MoveRule(
        Side.STAFF, _AT_WORK, State.PARTLY, "case_partly", decides=True, holder_only=True, needs_words=True
    ),
    Move.REFUSE: MoveRule(
        Side.STAFF, _AT_WORK, State.REFUSED, "case_refused", decides=True, holder_only=True, needs_words=True
    ),
    Move.WITHDRAW: MoveRule(Side.FAMILY, OPEN - {State.DISOWNED}, State.WITHDRAWN),
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
        decides=True,
        holder_only=True,
        needs_words=True,
    ),
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
    may_work: bool = False
    may_decide: bool = False
    is_kin: bool = False  # the officer's own family or a declared relative
    is_holder: bool = False
    is_sender: bool = False
    is_recorder: bool = False  # the officer who wrote it down for the person
    was_recorded: bool = False  # by any officer


OWN_FAMILY = N_("You may not work on a case of your own family or of a relative.")
OWN_RECORDING = N_("You wrote this submission down for the person. Another officer works on it and decides.")
NOT_YOURS = N_("This is not a move of yours.")
MAY_NOT_DECIDE = N_("You may not decide cases.")
NOT_HOLDER = N_("Another officer has this case. Take it over first.")
ALREADY_HOLDER = N_("You have this case already.")
IS_CLOSED = N_("This submission is already finished.")
NOT_NOW = N_("This cannot be done while the submission stands as it does now.")
SENDER_ONLY = N_("Only the person whose submission it is can do this.")


def check_move(move: Move, state: State, mover: Mover) -> MoveRule:
    """The rule of the move, where ``mover`` may make it now. Raises ``MoveRefused``."""
    rule = TABLE[move]
    _check_rights(rule, mover)
    if state not in rule.start:
        raise MoveRefused(IS_CLOSED if state in CLOSED else NOT_NOW)
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
    if rule.side is Side.STAFF and not mover.may_work:
        raise MoveRefused(NOT_YOURS, forbidden=True)
    if rule.side is Side.STAFF and mover.is_kin:
        raise MoveRefused(OWN_FAMILY, forbidden=True)
    if mover.is_recorder:
        raise MoveRefused(OWN_RECORDING, forbidden=True)
    if rule.decides and not mover.may_decide:
        raise MoveRefused(MAY_NOT_DECIDE, forbidden=True)


def can_move(move: Move, state: State, mover: Mover) -> bool:
    """Whether ``mover`` may make the move now."""
    try:
        check_move(move, state, mover)
    except MoveRefused:
        return False
    return True


def moves_of(state: State, mover: Mover) -> tuple[Move, ...]:
    """Every move that is open to ``mover`` now."""
    return tuple(move for move in Move if can_move(move, state, mover))


def is_late(state: State, days_left: int) -> bool:
    """Whether the promised day has passed while it was the officer's turn."""
    return state in OPEN and state not in WAITING_FOR_FAMILY and days_left < 0
