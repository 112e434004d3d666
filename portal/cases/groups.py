"""The six plain choices of the first screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.cases.kinds import KINDS, Kind
from portal.cases.kinds.base import Group
from portal.core.messages import N_

#: So many kinds stand on a page at once; the others are one tap further.
MOST_AT_ONCE = 7


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """A choice: its icon, its words and one line about it."""

    icon: str
    title: str
    line: str


GROUPS: Mapping[Group, GroupInfo] = {
    Group.STOPPED: GroupInfo(
        "coins", N_("Aid stopped or is too little"), N_("Not come, cut off, or trouble to take it")
    ),
    Group.CHANGED: GroupInfo("family", N_("Our data changed"), N_("Birth, death, move, work, house, school")),
    Group.WRONG: GroupInfo("document", N_("Our data are wrong"), N_("Name, NIK, desil, or a decision")),
    Group.DONE_WRONG: GroupInfo("shield", N_("Somebody did wrong"), N_("Asks for money, keeps the card, is unfair")),
    Group.HELP: GroupInfo("bell", N_("Someone needs help now"), N_("Treatment, no food, disaster, violence")),
    Group.TELL: GroupInfo("chat", N_("Just tell us"), N_("In your own words; an officer sorts it")),
}


def kinds_of(group: Group) -> tuple[list[Kind], list[Kind]]:
    """The kinds of a choice that can be begun from here: those shown at once, and the others."""
    listed = [kind for kind in KINDS.values() if kind.group is group and kind.listed]
    cut = MOST_AT_ONCE if len(listed) > MOST_AT_ONCE + 1 else len(listed)
    return listed[:cut], listed[cut:]


def has_kinds(groups: Iterable[Group]) -> list[Group]:
    """The choices behind which there is something."""
    return [group for group in groups if any(kinds_of(group))]
