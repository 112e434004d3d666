"""Where a case stands, for whoever holds its reference and knows the year of birth of who sent it. No login.

Only the state is told. Every wrong try gets one and the same answer: an unknown reference, a wrong year, and a case
that is nobody's to trace. How many tries count is held by ``case_trace`` in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from portal.accounts.guard import seconds_left
from portal.accounts.signin import Refused
from portal.cases.workflow import STATES, State, StateInfo, is_late
from portal.core.clock import now, today
from portal.core.db import ANONYMOUS
from portal.core.ids import ALPHABET, tidy_reference
from portal.core.messages import N_
from portal.extensions import db

_TRACE = text("SELECT state, level, promised_on, locked_until FROM case_trace(:reference, :born, :device)")
_LENGTH = 8
#: Where the words of a state point to what stands on the case's own page.
_MEANINGS: Mapping[State, str] = {
    State.REFUSED: N_("The officer did not agree. The reason stands in the submission, after signing in."),
    State.VOID: N_("This submission does not count. What was found stands in the submission, after signing in."),
}


@dataclass(frozen=True, slots=True)
class Traced:
    """All that is told: the state, who is to act, and the promised day."""

    state: State
    level: str
    promised_on: date

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]

    @property
    def meaning(self) -> str:
        """What the state means to somebody who is not signed in."""
        return _MEANINGS.get(self.state, self.info.meaning)

    @property
    def late(self) -> bool:
        """Whether the promised day has passed everywhere while it was the officer's turn."""
        return is_late(self.state, (self.promised_on - today()).days)


def looks_like_reference(typed: str) -> bool:
    """Whether it can be the number of a slip at all; a number that cannot is a slip of the pen and no try."""
    bare = tidy_reference(typed).replace("-", "")
    return len(bare) == _LENGTH and set(bare) <= set(ALPHABET)


def trace(reference: str, born: int, device: bytes) -> Traced | Refused:
    """The state of the case, or how long to wait before the next try counts (0: not at all)."""
    asked = {"reference": tidy_reference(reference), "born": born, "device": device}
    with db.begin(ANONYMOUS) as session:
        row = session.execute(_TRACE, asked).one()
    if row.state is None:
        return Refused(seconds_left(row.locked_until, now()))
    return Traced(State(row.state), row.level, row.promised_on)
