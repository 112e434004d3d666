"""What the pages of an office's own offerings say, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.office.offering_content import CONDITIONS, DAYS, TERMS, Faulty, written
from portal.office.offering_picks import AUDIENCES, Pick, criteria_of
from portal.office.offerings import Counted, Known, known_picks
from portal.programs.offerings import program_of
from portal.programs.place_order import ORDER_WORDS, Order
from portal.programs.preview import FEWER_THAN, hidden_villages

STATES: Mapping[str, tuple[str, str]] = {
    "draft": (N_("Draft"), "info"),
    "waiting": (N_("Waits for a second officer"), "wait"),
    "published": (N_("Published"), "good"),
    "closed": (N_("Registration is closed"), "info"),
    "withdrawn": (N_("Withdrawn"), "stop"),
}
_FEWER = N_("fewer than %(limit)s")


@dataclass(frozen=True, slots=True)
class ShownOffering:
    """One offering: the page of the programme as families read it, where it is complete, else what is missing."""

    state: str
    kind: str
    rules: tuple[str, ...]  # the conditions, in the words that families read
    missing: str
    missing_step: str
    first: date | None  # of the days on which it stands in the catalogue
    last: date | None
    days: Mapping[str, date | None]  # of registration and of the thing itself
    order: str  # in which places are given
    places: tuple[str, ...]  # the areas that are asked; none is the whole regency


@dataclass(frozen=True, slots=True)
class VillageLine:
    """One village: families and members, in words where they are few."""

    name: str
    families: str
    members: str


@dataclass(frozen=True, slots=True)
class CountedPage:
    """What was counted, in words; no count below the limit stands in it."""

    families: str
    members: str
    for_members: bool
    villages: tuple[VillageLine, ...]
    few: tuple[str, ...]  # the villages of which no number is shown
    hardest: str
    excluded: tuple[tuple[str, str], ...]  # condition, families that fit but for it
    is_change: bool
    added: str
    dropped: str


def shown(found: Known, names: Mapping[int, str], speaker: Speaker) -> ShownOffering:
    """The page of one offering."""
    word, kind = STATES[found.state]
    missing, step = "", ""
    first = last = None
    rules: tuple[str, ...] = ()
    try:
        made = written(found.newest.answers, known_picks())
    except Faulty as fault:
        missing, step = speaker.say(fault.message), fault.step
        rules = tuple(words for words, _ in condition_words(found, known_picks(), speaker))
    else:
        rules = tuple(speaker.say(rule.rule) for rule in program_of(made.content).criteria)
        first, last = made.valid_from, made.valid_until
    terms = found.newest.answers.get(TERMS, {})
    days = {key: date.fromisoformat(terms[key]) if terms.get(key) else None for key in DAYS}
    order = speaker.say(ORDER_WORDS[Order(terms.get("place_order") or Order.DESIL)])
    places = tuple(names.get(area, str(area)) for area in terms.get("asked", []))
    return ShownOffering(speaker.say(word), kind, rules, missing, step, first, last, days, order, places)


def condition_words(found: Known, known: Mapping[str, Pick], speaker: Speaker) -> list[tuple[str, str]]:
    """Each condition in the words that families read, and whom it is about."""
    rows = []
    for one in found.newest.answers.get(CONDITIONS, []):
        pick = known[one["pick"]]
        made = criteria_of([one], "member", known)[0]
        about = AUDIENCES["member" if pick.about_member else "family"]
        rows.append((speaker.say(_rule_of(made).rule), speaker.say(about)))
    return rows


def _rule_of(made: dict[str, Any]) -> Any:
    """The condition by itself, in a programme that has nothing else."""
    words = {"id": "-", "en": "-"}
    frame = {"code": "X", "kind": "training", "name": words, "summary": words, "organiser": words}
    age = {"kind": "age_between", "lowest": 0, "sure": "A"}
    content = {**frame, "audience": "member", "valid_from": "2020-01-01", "criteria": [made, age]}
    return program_of(content).criteria[0]


def counted_page(counted: Counted, speaker: Speaker) -> CountedPage:
    """What was counted, with no small number in it."""
    found, say = counted.preview, speaker.say
    for_members = any(rule.about_member for rule in counted.conditions)
    families = {village: one.families for village, one in found.villages.items()}
    hidden = hidden_villages(families)
    named = [(counted.names.get(area, str(area)), one) for area, one in found.villages.items() if area not in hidden]
    lines = [VillageLine(name, _count(one.families, speaker), _count(one.members, speaker)) for name, one in named]
    hardest = found.hardest
    return CountedPage(
        families=_count(found.all.families, speaker),
        members=_count(found.all.members, speaker),
        for_members=for_members,
        villages=tuple(sorted(lines, key=lambda line: line.name)),
        few=tuple(sorted(counted.names.get(village, str(village)) for village in hidden)),
        hardest=say(counted.conditions[hardest].rule) if hardest is not None else "",
        excluded=tuple(
            (say(rule.rule), _count(count, speaker))
            for rule, count in zip(counted.conditions, found.excluded, strict=True)
        ),
        is_change=counted.is_change,
        added=_count(found.added, speaker),
        dropped=_count(found.dropped, speaker),
    )


def _count(number: int, speaker: Speaker) -> str:
    """A count, or that it is small: none at all is not told apart from a few."""
    if number < FEWER_THAN:
        return speaker.say(Message(_FEWER, {"limit": FEWER_THAN}))
    return f"{number:,}" if speaker.language == "en" else f"{number:,}".replace(",", ".")
