"""Who writes a case: the member, alone or with an officer beside, or an officer who writes down what a member says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from portal.accounts.actor import Helper, StaffActor
from portal.core.db import Scope


@dataclass(frozen=True, slots=True)
class Speaker:
    """A named helper who speaks for the person before the officer, by a mandate that the person signed."""

    mandate_id: int
    mandate: str  # its public id, for the trail
    name: str


class Writer(Protocol):
    """The person whose case it is, under the scope of whoever types. A signed-in member is one."""

    @property
    def scope(self) -> Scope: ...
    @property
    def person_id(self) -> int: ...
    @property
    def family_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def recorder(self) -> Helper | None: ...
    @property
    def helper(self) -> Helper | None: ...
    @property
    def speaker(self) -> Speaker | None: ...


@dataclass(frozen=True, slots=True)
class Recording:
    """A member as an officer writes for them: the member's case, the officer's walls."""

    scope: Scope
    person_id: int
    family_id: int
    name: str  # of the member
    recorder: Helper
    speaker: Speaker | None = None  # None where the person speaks

    helper = None


def recording_for(
    actor: StaffActor, person_id: int, family_id: int, name: str, speaker: Speaker | None = None
) -> Recording:
    """The member as this officer writes for them."""
    return Recording(actor.scope, person_id, family_id, name, Helper(actor.staff_id, actor.name), speaker)


def recorder_id(writer: Writer) -> int | None:
    """The officer who writes down, or None where the member writes."""
    return writer.recorder.staff_id if writer.recorder else None


def mandate_id(writer: Writer) -> int | None:
    """The mandate by which a helper speaks for the person, or None where nobody does."""
    return writer.speaker.mandate_id if writer.speaker else None
