"""The whole record of one family in one statement, for the page that is opened most.

The parts are the statements of ``registry/queries`` turned into JSON by the database, so the walls stand on
each of them as ever; one answer instead of six saves most of the time of the home page. A feature adds parts
of its own (``rows_of``) and gives the answer to :func:`facts_of`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from portal.core.names import written_name
from portal.registry.facts import (
    DesilFacts,
    DisbursementFacts,
    FamilyFacts,
    HealthFacts,
    HousingFacts,
    MemberFacts,
    ParticipationFacts,
)
from portal.registry.models import Participation, RecordChange, Statement
from portal.registry.queries import (
    DESILS,
    FAMILY,
    HOUSE,
    MEMBER_COLUMNS,
    MEMBERS,
    PARTICIPATIONS,
    RECENT_DISBURSEMENTS,
    Ended,
)

Row = Sequence[Any]
_PERSON, _NAME, _BIRTH = 1, 2, 3  # places in a row of MEMBERS
_LAST_CHANGES = (
    select(RecordChange.subject, func.max(RecordChange.at))
    .where(RecordChange.family_id == FAMILY)
    .group_by(RecordChange.subject)
)


def rows_of(statement: Select[*tuple[Any, ...]]) -> ColumnElement[Any]:
    """All rows of a statement as one JSON array of arrays, in its order; NULL where there are none."""
    inner = statement.subquery()
    return select(func.json_agg(func.json_build_array(*inner.c))).scalar_subquery()


#: The parts of a history, in the order in which :func:`history_of` takes them. Parameter: family.
HISTORY: tuple[ColumnElement[Any], ...] = (
    rows_of(DESILS),
    rows_of(PARTICIPATIONS.add_columns(Participation.ended_as_of)),
    rows_of(RECENT_DISBURSEMENTS),
    rows_of(_LAST_CHANGES),
)
_REPORTED_DEAD = select(Statement.subject_id).where(
    Statement.family_id == FAMILY,
    Statement.state != "accepted",
    Statement.subject == "member",
    Statement.field == "alive",
    func.lower(Statement.value) == "false",
)
#: The parts of a snapshot, in the order in which :func:`facts_of` takes them, with its parameter.
PARTS: tuple[ColumnElement[Any], ...] = (rows_of(HOUSE), rows_of(MEMBERS), rows_of(_REPORTED_DEAD), *HISTORY)


class History(NamedTuple):
    """The ranks, the aid and its payments, newest first, and when the record last changed, by subject."""

    desils: tuple[DesilFacts, ...]
    participations: tuple[ParticipationFacts, ...]
    payments: list[DisbursementFacts]
    ended: list[Ended]
    changed: Mapping[str, datetime]

    def changed_since(self, subject: str, moment: datetime | None) -> bool:
        """Whether the record of a subject (participation, desil) changed after the moment; false without a moment."""
        last = self.changed.get(subject)
        return moment is not None and last is not None and last > moment


class Snapshot(NamedTuple):
    """What the record says of a family now, and its history."""

    facts: FamilyFacts
    history: History


def facts_of(family_id: int, row: Sequence[Any], *, reader: int) -> Snapshot | None:
    """The values in a row of :data:`PARTS`; None where the reader may not see the family.

    Names are given as they are written, not in the capitals of the record.
    """
    house, members, dead, *rest = row
    if not house:
        return None
    history = history_of(rest)
    first = _dated(house[0], 1, -1)
    reported_dead = {one[0] for one in dead or ()}
    facts = FamilyFacts(
        id=family_id,
        village_id=first[0],
        as_of=first[1],
        housing=HousingFacts(*first[2:]),
        members=tuple(_member(one, reader, reported_dead) for one in members or ()),
        desils=history.desils,
        participations=history.participations,
    )
    return Snapshot(facts, history)


def history_of(row: Sequence[Any]) -> History:
    """The values in a row of :data:`HISTORY`."""
    desils, participations, payments, changed = row
    taking_part = [_dated(one, 1, 2, -1) for one in participations or ()]
    return History(
        tuple(DesilFacts(*_dated(one, 1)) for one in desils or ()),
        tuple(ParticipationFacts(*one[:-1]) for one in taking_part),
        [DisbursementFacts(*_dated(one, 5, 6)) for one in payments or ()],
        _ended(taking_part),
        {subject: datetime.fromisoformat(at) for subject, at in changed or ()},
    )


def _ended(taking_part: Sequence[Row]) -> list[Ended]:
    """The participations that ended, the newest news first; each row has its news at the end."""
    ended = [Ended(one[0], one[2], one[4], one[-1]) for one in taking_part if one[3] is False]
    return sorted(ended, key=lambda one: one.ended_as_of or date.min, reverse=True)


def _dated(row: Row, *places: int) -> list[Any]:
    """The row with the texts at these places as days; JSON has no days."""
    values = list(row)
    for place in places:
        if values[place] is not None:
            values[place] = date.fromisoformat(values[place])
    return values


def _member(row: Row, reader: int, reported_dead: Container[int]) -> MemberFacts:
    values = _dated(row[:MEMBER_COLUMNS], _BIRTH)
    values[_NAME] = written_name(values[_NAME])
    seen = row[MEMBER_COLUMNS] is not None
    values.append(HealthFacts(*row[MEMBER_COLUMNS + 1 :]) if seen else None)
    values.append(not seen and row[_PERSON] != reader)  # hidden from this reader
    values.append(values[0] in reported_dead)
    return MemberFacts(*values)
