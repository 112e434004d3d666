"""One invented family with everything an extract says of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Household:
    """One family's rows in the format's column order. ``changes`` names what the quarter changed."""

    number: int
    family: list[str]
    members: list[list[str]] = field(default_factory=list)
    participations: list[list[str]] = field(default_factory=list)
    disbursements: list[list[str]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    @property
    def kk(self) -> str:
        """The No. KK."""
        return self.family[0]
