"""The cases of one event of life: each names the event, and finds the others."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.models import Case
from portal.cases.ways import OF_KIND, kind_of
from portal.cases.workflow import STATES, State, StateInfo


@dataclass(frozen=True, slots=True)
class Other:
    """Another case of the same event, as whoever asks may see it."""

    reference: str
    title: str
    state: State

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]


def others_of(session: Session, case: Case) -> list[Other]:
    """The other cases of the event, in the order in which they were sent."""
    if case.heading is None:
        return []
    same = (Case.family_id == case.family_id, Case.heading == case.heading, Case.id != case.id)
    found = session.execute(select(Case.reference, *OF_KIND, Case.state).where(*same).order_by(Case.id))
    return [Other(row.reference, kind_of(row).title, State(row.state)) for row in found]
