"""What a visit found, in words, for the family's page and the desk's."""

from __future__ import annotations

from dataclasses import dataclass

from portal.cases.kinds.base import Kind, World
from portal.cases.visit_lines import is_as_said, line_named, words_of
from portal.cases.visit_records import Found, VisitView
from portal.cases.voice import say
from portal.core.messages import N_
from portal.core.wording import Message

_AS_SAID = {"yes": N_("as the family says"), "no": N_("not as the family says")}


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One line of what was found, in words."""

    name: str
    label: str  # translated, with the member's name before it
    key: str  # the message key of the label, as the comparison of the case names it
    found: str
    recorded: str
    said: str | None  # None: the family says nothing of it
    against_record: bool
    against_said: bool
    choice: str


def found_rows(kind: Kind, world: World, visit: VisitView) -> list[FoundRow]:
    """Every line that was looked at, those that differ first."""
    rows = [_row(kind, world, visit, one) for one in (visit.result.lines if visit.result else ())]
    return sorted(rows, key=lambda row: not (row.against_record or row.against_said))


def _row(kind: Kind, world: World, visit: VisitView, one: Found) -> FoundRow:
    line, label = line_named(kind, one.name), say(Message(one.label))
    if is_as_said(one.name):
        recorded = str(one.recorded)
        said: str | None = str(one.said)
        found = say(Message(_AS_SAID.get(str(one.found), str(one.found))))
    else:
        recorded = say(words_of(line, one.recorded, world)) if one.states else ""
        said = None if one.said is None else say(words_of(line, one.said, world))
        found = say(words_of(line, one.found, world))
    return FoundRow(
        name=one.name,
        label=f"{one.about}: {label}" if one.about else label,
        key=one.label,
        found=found,
        recorded=recorded,
        said=said,
        against_record=one.differs_from_record(kind),
        against_said=one.differs_from_said(kind),
        choice=visit.choice_of(one),
    )
