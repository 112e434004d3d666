"""The states of a case and what each means for the family. A pure rule module.

Derived from the flow of SIKS-NG (domain notes 2.2, 2.6): ours, not an official list. The names are stored and never
change; what happens after ``centre`` lies outside the portal and is recorded as told by SIKS-NG.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.core.messages import N_


class State(StrEnum):
    """Where a case stands."""

    RESTING = "resting"  # sent, and nothing is done with it before its days are over: leaving aid
    SENT = "sent"
    WITH_WORKER = "with_worker"
    NEEDS_MORE = "needs_more"
    ANSWERED = "answered"
    VISIT_SET = "visit_set"
    VISITED = "visited"
    VILLAGE = "village"
    KECAMATAN = "kecamatan"
    REGENCY = "regency"
    CONFIRMED = "confirmed"
    CENTRE = "centre"
    FOUND = "found"  # of a household: one officer found it to be so, a second looks
    OUTCOME = "outcome"  # of a household: what the centre did with what was found
    PAUSED = "paused"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DISOWNED = "disowned"  # an officer wrote it down, and the person says that these are not the own words
    VOID = "void"
    LISTED = "listed"  # a registration: everybody has a number in the order, and the place has states of its own
    CHECKED = "checked"  # looked into; who sent it is told no more


class Side(StrEnum):
    """Who makes a move, or whose turn it is."""

    FAMILY = "family"
    STAFF = "staff"
    PORTAL = "portal"
    NOBODY = "nobody"


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
    State.RESTING: StateInfo(
        N_("Rests: you can take it back"),
        "wait",
        Side.FAMILY,
        N_("Your submission is stored. Nobody does anything with it yet, and your aid goes on."),
        N_("If you do nothing, it goes to the officer after %(day)s. Until then you can change your mind."),
        N_("Changed your mind? One tap on «I want to keep the aid» is enough. Nobody asks you why."),
        at_desk=N_("Rests: the family can take it back"),
    ),
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
    State.VISITED: StateInfo(
        N_("Visited"),
        "wait",
        Side.STAFF,
        N_("The officer was at your house and wrote down what there is."),
        N_("The officer goes on with it, at the latest on %(day)s."),
        N_("Read what was written down about your house. If something is not right, say so."),
    ),
    State.VILLAGE: StateInfo(
        N_("With the village meeting"),
        "wait",
        Side.STAFF,
        N_("The officer has finished looking into it. The village talks about it in its meeting (musdes)."),
        N_("The officer writes down what the meeting said, at the latest on %(day)s."),
        N_("You may come to the meeting. Ask at the village office when it is. Coming is free."),
        at_desk=N_("Waits for the village meeting (musdes)"),
    ),
    State.KECAMATAN: StateInfo(
        N_("Being verified in the kecamatan"),
        "wait",
        Side.STAFF,
        N_("The village has finished. The supervisor of the kecamatan now looks whether everything is in order."),
        N_("The supervisor goes on with it, at the latest on %(day)s."),
        N_("You need not do anything now."),
        at_desk=N_("Waits for verification (kecamatan)"),
    ),
    State.REGENCY: StateInfo(
        N_("With the regency office"),
        "wait",
        Side.STAFF,
        N_("The kecamatan has verified it. The regency office (Dinas Sosial) now confirms it or not."),
        N_("The regency office goes on with it, at the latest on %(day)s."),
        N_("You need not do anything now."),
        at_desk=N_("Waits for confirmation (regency)"),
    ),
    State.CONFIRMED: StateInfo(
        N_("Confirmed by the regency"),
        "good",
        Side.STAFF,
        N_("The regency office agrees. What was found stands in your record here, and goes to the centre next."),
        N_("The regency office sends it to the centre through SIKS-NG, at the latest on %(day)s."),
        N_("You need not do anything now. This is not yet a yes of the centre."),
        at_desk=N_("Confirmed: to be sent to the centre"),
    ),
    State.CENTRE: StateInfo(
        N_("Sent to the centre"),
        "wait",
        Side.STAFF,
        N_("It is with the Ministry of Social Affairs and BPS now. They decide, not this portal or your officer."),
        N_("Nobody here can say when they decide. The regency office tells you what it knows by %(day)s."),
        N_("You need not do anything now. If your desil changes, it shows after months, not days."),
        at_desk=N_("With the centre (SIKS-NG)"),
    ),
    State.FOUND: StateInfo(
        N_("An officer found something"),
        "wait",
        Side.STAFF,
        N_("What the officer found is below. Your aid goes on: nobody takes it because of this alone."),
        N_("A second officer, of the regency office, looks at it, at the latest on %(day)s."),
        N_("Read what was found. If it is not so, tell the officer or call 021-171. You can object to it afterwards."),
        at_desk=N_("Found to be so: a second officer looks"),
    ),
    State.OUTCOME: StateInfo(
        N_("The centre has answered"),
        "info",
        Side.NOBODY,
        N_("What the centre says is below, as SIKS-NG tells it."),
        N_("Nothing more is done about it here."),
        N_("If you do not agree, ask below that another officer looks at it, or call 021-171."),
    ),
    State.PAUSED: StateInfo(
        N_("Paused"),
        "stop",
        Side.FAMILY,
        N_("The officer asked you something, and no answer came. So your submission rests. It is not closed."),
        N_("It is your turn: answer the question, or say that the officer should go on without it."),
        N_("One tap is enough to go on. You can also go to the village office."),
        at_desk=N_("Paused: no answer from the family"),
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
        N_("If you do not agree, ask below that another officer looks at it, or call 021-171."),
    ),
    State.REFUSED: StateInfo(
        N_("Not accepted"),
        "stop",
        Side.NOBODY,
        N_("The officer did not agree. The reason is below."),
        N_("It is finished, unless you ask that another officer looks at it."),
        N_("If you do not agree, ask below that another officer looks at it, or call 021-171."),
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
    State.LISTED: StateInfo(
        N_("The places have been given"),
        "info",
        Side.NOBODY,
        N_("The places were given by the order that was published before. Everybody who registered has a number."),
        N_("Open «Your place»: your number, whether there is a place for you, and until when you answer."),
        N_("Say that you come, or give your place back."),
    ),
    State.CHECKED: StateInfo(
        N_("Has been looked into"),
        "info",
        Side.NOBODY,
        N_("It was looked into. What was found is not told, to protect the other household."),
        N_("Nothing more is done about it."),
        N_("You need not do anything. Please do not talk about it with others."),
        at_desk=N_("Looked into"),
    ),
}
