"""Ways to answer with a member of the family, or several: the choices stand on the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.cases.answers import shown
from portal.cases.kinds.base import Shown, World
from portal.cases.kinds.lines import Line, Plain, listed
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.wording import Message
from portal.registry.facts import MemberFacts
from portal.web.forms import ChecksField, RadiosField
from portal.web.speaking import speaker

GONE = Message(N_("a member who is not recorded any more"))
WITH_AGE = N_("%(name)s, %(age)s years old")
Fits = Callable[[MemberFacts, World], bool]


@dataclass(frozen=True, slots=True)
class Member(Plain):
    """A member of the family, of those who fit; stored by the id in the record."""

    fits: Fits = field(default=lambda member, _world: member.lives)

    def field(self, line: Line) -> Any:
        """Radios, filled in for the family."""
        return RadiosField(_l(line.question), line.checks, choices=[], **line.common())

    def prepare(self, field: Any, world: World) -> None:
        """The members who fit, with their age."""
        field.choices = member_choices(world, self.fits)
        if not field.choices:
            field.description = speaker().say(N_("Nobody in your record fits this. Go back and choose another way."))

    def words(self, value: Any, world: World) -> Shown:
        """The name."""
        member = member_of(world, value)
        return shown(written_name(member.name)) if member else GONE


@dataclass(frozen=True, slots=True)
class Members(Plain):
    """Any of the members who fit."""

    fits: Fits = field(default=lambda member, _world: member.lives)

    def field(self, line: Line) -> Any:
        """Boxes, filled in for the family."""
        return ChecksField(_l(line.question), line.checks, choices=[], **line.common())

    def prepare(self, field: Any, world: World) -> None:
        """The members who fit, with their age."""
        field.choices = member_choices(world, self.fits)

    def words(self, value: Any, world: World) -> Shown:
        """All the names."""
        found = [member_of(world, one) for one in value]
        return listed([shown(written_name(one.name)) if one else GONE for one in found])


def member_choices(world: World, fits: Fits) -> list[tuple[str, str]]:
    """The members who fit, as choices: name and age."""
    say = speaker().say
    return [(str(one.id), say(_with_age(one, world.today))) for one in world.facts.members if fits(one, world)]


def member_of(world: World, value: object) -> MemberFacts | None:
    """The member of that id; None where the record has nobody of it any more."""
    return next((member for member in world.facts.members if str(member.id) == str(value)), None)


def _with_age(member: MemberFacts, day: date) -> Message:
    age, name = member.age_on(day), written_name(member.name)
    return shown(name) if age is None else Message(WITH_AGE, {"name": name, "age": age})
