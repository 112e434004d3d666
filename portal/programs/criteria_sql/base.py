"""What twins are written over: prepared columns of a family and of a living member, and who asked for which.

The columns have fixed names, so that an expression says where it may stand:

``f``     the family, ``h`` its house, ``rank.desil`` its newest desil
``part``  programmes as bits: ``active_N`` those that go on, ``ever_W_N`` those recorded in the last W years
``kin``   the family's living members taken together: ``living`` is their number, ``qN`` the best answer of question N
``p``     one living member: its row, health row, and words folded as the rules fold them

Only values of the catalogue come as parameters; names of columns are those of this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    SmallInteger,
    case,
    func,
    literal,
    literal_column,
    null,
)
from sqlalchemy import cast as sql_cast

from portal.programs.catalog import CatalogDay, fold
from portal.programs.criteria.base import Rule
from portal.programs.criteria.combine import Group, asks_family, asks_member

Truth: TypeAlias = ColumnElement[bool]
Rows: TypeAlias = Select[*tuple[Any, ...]]
BITS = 60  # of a bigint, so that no sign is in the way
MET, OPEN, NOT_MET = 2, 1, 0  # answers as numbers: the largest is that of *any member*

_R = TypeVar("_R", bound=Rule)
Twin: TypeAlias = "Callable[[Any, Asked], Truth]"
#: The twin of each kind of condition.
TWINS: dict[type[Rule], Twin] = {}

UNKNOWN: Truth = sql_cast(null(), Boolean)
TRUE, FALSE = cast(Truth, literal_column("true", Boolean)), cast(Truth, literal_column("false", Boolean))


def twin_of(kind: type[_R]) -> Callable[[Callable[[_R, Asked], Truth]], Callable[[_R, Asked], Truth]]:
    """Mark a function as the twin of a kind of condition."""

    def mark(twin: Callable[[_R, Asked], Truth]) -> Callable[[_R, Asked], Truth]:
        TWINS[kind] = twin
        return twin

    return mark


@dataclass
class Asked:
    """What the conditions of one day ask of the tables: filled while their twins are written down."""

    day: date
    catalog: CatalogDay
    slots: dict[str, int] = field(default_factory=dict)  # a bit for each programme asked about, by code
    spans: set[int | None] = field(default_factory=set)  # years back that *never received* looks
    questions: dict[str, ColumnElement[int]] = field(default_factory=dict)  # of each member, answered by the best
    counting: Any = None  # the rules of PKH and its amounts, while a programme that counts is written down
    _names: dict[str, str] = field(default_factory=dict)  # of questions, by what they say

    def truth(self, rule: Rule) -> Truth:
        """The twin of a condition."""
        return TWINS[type(rule)](rule, self)

    def any_of_members(self, key: str, truth: Truth) -> ColumnElement[int]:
        """The best answer of a living member, as a number; NULL where nobody lives. ``key`` says what is asked."""
        name = self._names.setdefault(key, f"q{len(self._names)}")
        self.questions[name] = number_of(truth)
        return literal_column(f"kin.{name}", SmallInteger)

    def takes_part(self, codes: tuple[str, ...]) -> Truth:
        """Whether the family, or one of its members, is active in one of the programmes."""
        return self._holds("active", codes)

    def takes_part_whole(self, code: str) -> Truth:
        """Whether the family as a whole, and not one of its members, is active in the programme."""
        return self._holds("whole", (code,))

    def took_part(self, codes: tuple[str, ...], within_years: int | None) -> Truth:
        """Whether the record holds one of the programmes in the last years."""
        self.spans.add(within_years)
        return self._holds(f"ever_{'all' if within_years is None else within_years}", codes)

    def _holds(self, column: str, codes: tuple[str, ...]) -> Truth:
        words: dict[int, int] = {}
        for code in codes:
            word, bit = divmod(self.slot(code), BITS)
            words[word] = words.get(word, 0) | 1 << bit
        held = [
            func.coalesce(literal_column(f"part.{column}_{word}", BigInteger), 0).bitwise_and(literal(mask, BigInteger))
            != 0
            for word, mask in sorted(words.items())
        ]
        found = held[0]
        for one in held[1:]:
            found = found | one
        return found

    def slot(self, code: str) -> int:
        """The bit that stands for a programme."""
        return self.slots.setdefault(code, len(self.slots))

    def words_of(self, code: str) -> tuple[list[str], str | None]:
        """The folded words of the record that mean a programme, and the one word that is its own code unfolded."""
        labels: Mapping[str, str] = self.catalog.labels
        return [word for word, meant in labels.items() if meant == code], None if fold(code) in labels else code


def number_of(truth: Truth) -> ColumnElement[int]:
    """The answer as a number, of which the largest is that of *any*."""
    return func.coalesce(sql_cast(truth, Integer) * MET, OPEN)


def truth_of(number: ColumnElement[int]) -> Truth:
    """The answer again, out of its number."""
    return case((number == MET, TRUE), (number == NOT_MET, FALSE))


def mixes(rule: Rule) -> bool:
    """Whether a group asks members and, somewhere inside, the family too."""
    return isinstance(rule, Group) and asks_member(rule) and any(asks_family(part) for part in rule.criteria)


def of_house(column: str, type_: Any = None) -> ColumnElement[Any]:
    """A column of the house."""
    return literal_column(f"h.{column}", type_ or Integer)


def of_member(column: str, type_: Any = None) -> ColumnElement[Any]:
    """A prepared column of a living member."""
    return literal_column(f"p.{column}", type_ or Integer)
