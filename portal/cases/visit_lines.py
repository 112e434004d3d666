"""What a visit asks: the lines that are in doubt, or the whole form. No database here.

A line of the record is asked as the kinds ask it. What the family says and the record has no line for (an address) is
asked as «is it as the family says?».
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import NOT_RECORDED, Kind, Shown, World
from portal.cases.kinds.change import Change
from portal.cases.kinds.house import ASSET_LINES, HOUSING
from portal.cases.kinds.lines import Line, OneOf, YesNo, codes
from portal.cases.kinds.livelihood import LEVELS, WORK, may_learn, may_work
from portal.cases.kinds.review import GROUPS
from portal.cases.kinds.sorted_words import SortedWords
from portal.core.messages import N_
from portal.core.names import written_name
from portal.registry import codes as record
from portal.registry.facts import MemberFacts

MEMBER, THINGS = "member", "things"
DOUBT = N_("What is in doubt")
AS_SAID = N_("Is it as the family says?")
_AS_SAID = "ok_"  # begins the name of such a line
_WHOLE_HOUSE = (*GROUPS[:2], (*GROUPS[2][:2], ASSET_LINES))
_MEMBER_LINES = (
    Line(
        "relation",
        N_("Place in the family"),
        N_("What is the person in the family?"),
        codes(record.RELATION),
        MEMBER,
    ),
    Line("marital", N_("Marital status"), N_("Married, divorced or widowed?"), codes(record.MARITAL), MEMBER),
    Line(
        "school_participation",
        N_("School attendance"),
        N_("Does the person go to school now?"),
        codes(record.SCHOOL_PARTICIPATION),
        MEMBER,
    ),
    Line("school_level", N_("School level"), N_("Which level?"), OneOf(LEVELS), MEMBER),
    Line("work_status", N_("Work"), N_("What does the person do now?"), OneOf(WORK), MEMBER),
)
_OF_PUPILS, _OF_WORKERS = frozenset({"school_participation", "school_level"}), frozenset({"work_status"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a visit, with what the record and the family say of it, as answers and as words."""

    name: str  # of the field of the form, and in what is kept
    line: Line
    group: str  # a message key, or a name
    recorded: Any = None
    said: Any = None
    recorded_words: Shown = NOT_RECORDED
    said_words: Shown | None = None  # None: the family says nothing of it
    member: MemberFacts | None = None

    @property
    def states(self) -> bool:
        """Whether the record has the line, so that a decision can state it."""
        return self.line.subject is not None

    @property
    def about(self) -> str | None:
        """The member's name."""
        return written_name(self.member.name) if self.member else None


def asked_lines(kind: Kind, answers: Answers, world: World, *, whole: bool) -> list[Asked]:
    """What the case puts in doubt first; the rest of the form where the whole of it is wanted."""
    doubt = _in_doubt(kind, answers, world)
    if not whole:
        return doubt
    there = {one.name for one in doubt}
    return doubt + [one for one in _whole(world) if one.name not in there]


def whole_lines(world: World) -> list[Asked]:
    """The whole form, in its own order, with what the record says."""
    return _whole(world)


def differs(line: Line, one: Any, other: Any) -> bool:
    """Whether two answers say different things; one that is not there says nothing."""
    if is_empty(one) or is_empty(other):
        return False
    if isinstance(one, list) or isinstance(other, list):
        return sorted(one) != sorted(other)
    return line.ask.stated(str(one)).lower() != line.ask.stated(str(other)).lower()


def is_empty(value: Any) -> bool:
    """Whether nothing was answered."""
    return value is None or value in ("", [])


def line_named(kind: Kind, name: str) -> Line:
    """The line of that name, to put its answer into words; one that is not known any more shows as it is."""
    key = name.partition("_")[2] if name[:1] == "m" and name[1:].partition("_")[0].isdigit() else name
    if name.startswith(_AS_SAID):
        return Line(name, AS_SAID, AS_SAID, YesNo())
    known = {line.key: line for line in [*_MEMBER_LINES, *(line for _k, _t, lines in _WHOLE_HOUSE for line in lines)]}
    known |= {line.key: line for line in _lines_of(kind)}
    return known.get(key, Line(key, key, key, OneOf({})))


def _lines_of(kind: Kind) -> Iterable[Line]:
    if not isinstance(kind, Change):
        return ()
    return [*kind.picks, *(line for page in kind.pages for line in page.lines)]


def _in_doubt(kind: Kind, answers: Answers, world: World) -> list[Asked]:
    if isinstance(kind, SortedWords):  # the words name no line: those of the house that its kind is about
        lines = (line for line in _lines_of(kind.meant) if line.subject == HOUSING)
        return [_one(line, world, None, DOUBT) for line in lines]
    asked: list[Asked] = []
    covered: set[str] = set()
    if isinstance(kind, Change):
        member = kind.member(answers, world)
        for _page, line in kind.lines_asked(answers):
            of_member = line.subject == MEMBER
            if line.subject != HOUSING and line.key != THINGS and not (of_member and member is not None):
                continue
            covered.add(line.label)
            said = answers[line.key]
            one = _one(line, world, member if of_member else None, DOUBT)
            asked.append(replace(one, said=said, said_words=line.ask.words(said, world)))
    for number, row in enumerate(kind.compare(answers, world)):
        if row.changed and row.label not in covered:
            line = Line(f"{_AS_SAID}{number}", row.label, row.label, YesNo())
            asked.append(Asked(line.key, line, DOUBT, recorded_words=row.recorded, said="yes", said_words=row.asked))
    return asked


def _whole(world: World) -> list[Asked]:
    house = [_one(line, world, None, title) for _key, title, lines in _WHOLE_HOUSE for line in lines]
    people = [
        _one(line, world, member, written_name(member.name))
        for member in world.facts.members
        if member.lives
        for line in _MEMBER_LINES
        if _fits(line, member, world)
    ]
    return house + people


def _fits(line: Line, member: MemberFacts, world: World) -> bool:
    if line.key in _OF_PUPILS:
        return may_learn(member, world)
    return line.key not in _OF_WORKERS or may_work(member, world)


def _one(line: Line, world: World, member: MemberFacts | None, group: str) -> Asked:
    name = f"m{member.id}_{line.key}" if member else line.key
    if line.subject is None:
        return Asked(name, line, group)
    recorded = line.recorded(world, member)
    return Asked(name, line, group, recorded, recorded_words=line.recorded_words(world, member), member=member)


#: The lines in the order of the form of the centre, each with its number there (Regsosek form K).
FORM_ORDER: tuple[tuple[str, str], ...] = (
    *(("301a", "tenure"), ("301b", "land_proof"), ("302", "floor_area_m2"), ("303", "floor"), ("304", "wall")),
    *(("305", "roof"), ("306a", "water"), ("307a", "lighting"), ("307b", "power_va"), ("308", "fuel")),
    *(("309a", "toilet"), ("310", "sewage"), ("502", "motorcycles"), ("502", "cars"), ("502", THINGS)),
    *(("503", "land_m2"), ("506", "bank_accounts"), ("", "savings"), ("", "loan")),
)


def in_form_order(world: World) -> list[tuple[str, Asked]]:
    """The whole form as the centre orders it: the family's lines by their number, then each member's."""
    whole = {one.name: one for one in _whole(world)}
    family = [(number, whole.pop(name)) for number, name in FORM_ORDER]
    return family + [("", one) for one in whole.values()]


def words_of(line: Line, value: Any, world: World) -> Shown:
    """An answer in words, also one that the line does not know."""
    try:
        return NOT_RECORDED if is_empty(value) else line.ask.words(value, world)
    except (KeyError, ValueError):
        return shown(str(value))


def is_as_said(name: str) -> bool:
    """Whether the line asks only if it is as the family says."""
    return name.startswith(_AS_SAID)
