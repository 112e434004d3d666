"""A programme in the reader's words, the same for everybody: what, who, how much, where, papers, and how sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.messages import N_
from portal.core.wording import Message, Money, Speaker
from portal.home.rounds import RoundLines, round_lines
from portal.programs.catalog import Catalog, Kind, Program
from portal.programs.criteria.base import Rule
from portal.programs.criteria.combine import Group
from portal.programs.offerings import Offered
from portal.programs.terms import SURENESS_WORDS, Amount

_PER: Mapping[str, str] = {
    "stage": N_("%(amount)s each stage"),
    "month": N_("%(amount)s each month"),
    "year": N_("%(amount)s each year"),
    "day": N_("%(amount)s each day"),
    "once": N_("%(amount)s once"),
}
_CASH, _HEALTH, _SCHOOL = N_("Money and food"), N_("Health"), N_("School and college")
_WORK, _HOUSE = N_("Work and business"), N_("House and energy")
#: The fields of life by which programmes are listed, in this order, and the kinds of programme in each.
FIELDS: Mapping[str, tuple[Kind, ...]] = {
    _CASH: ("cash", "food"),
    _HEALTH: ("insurance",),
    _SCHOOL: ("school",),
    _WORK: ("training", "business"),
    _HOUSE: ("housing", "energy"),
}
FIELD_OF: Mapping[str, str] = {kind: field for field, kinds in FIELDS.items() for kind in kinds}
AUDIENCES: Mapping[str, str] = {"family": N_("For a family"), "member": N_("For one family member")}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One condition of a programme: its words, how sure it is, what is disputed about it, and what it is made of."""

    rule: str
    sure: str
    note: str
    parts: tuple[RuleLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Details:
    """What there is to know about a programme, whoever asks."""

    amounts: tuple[tuple[str, str], ...]  # what for, how much
    amounts_sure: tuple[str, ...]
    calendar: str
    calendar_sure: str
    documents: tuple[str, ...]
    how: tuple[str, ...]
    where: str
    channel: str
    legal: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, str], ...]
    other_way: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One programme on the public list."""

    code: str
    name: str
    summary: str
    audience: str


@dataclass(frozen=True, slots=True)
class ProgramList:
    """All that the catalogue knows on one day; ``fields`` holds what is in force, by field of life."""

    fields: tuple[tuple[str, tuple[Listed, ...]], ...]
    announced: tuple[Listed, ...]
    past: tuple[tuple[str, str], ...]  # name, what it was


@dataclass(frozen=True, slots=True)
class ProgramPage:
    """One programme, for everybody."""

    code: str
    name: str
    summary: str
    organiser: str
    field: str
    audience: str
    desil: str
    announced: bool
    demo: bool
    rules: tuple[RuleLine, ...]
    details: Details
    round: RoundLines | None  # of what a regency's office offers


def program_list(catalog: Catalog, day: date, speaker: Speaker) -> ProgramList:
    """The public list on ``day``."""
    today, say = catalog.on(day), speaker.say
    real = [program for program in today.programs if not program.demo]
    fields = []
    for field, kinds in FIELDS.items():
        rows = tuple(_listed(program, speaker) for program in real if program.kind in kinds)
        if rows:
            fields.append((say(field), rows))
    return ProgramList(
        fields=tuple(fields),
        announced=tuple(_listed(program, speaker) for program in today.announced),
        past=tuple((say(one.name), say(one.summary)) for one in catalog.past(day)),
    )


def program_page(catalog: Catalog, code: str, day: date, speaker: Speaker) -> ProgramPage | None:
    """One programme that holds or is announced on ``day``; None where there is none of that code."""
    today, say = catalog.on(day), speaker.say
    program = next((one for one in (*today.programs, *today.announced) if one.code == code), None)
    if program is None:
        return None
    return ProgramPage(
        code=program.code,
        name=say(program.name),
        summary=say(program.summary),
        organiser=say(program.organiser),
        field=say(FIELD_OF[program.kind]),
        audience=say(AUDIENCES[program.audience]),
        desil=say(program.desil_text),
        announced=program.standing == "announced",
        demo=program.demo,
        rules=tuple(_rule(rule, speaker) for rule in program.criteria),
        details=details_of(program, day, speaker),
        round=round_lines(program, day, speaker) if isinstance(program, Offered) else None,
    )


def details_of(program: Program, day: date, speaker: Speaker) -> Details:
    """What does not depend on who asks."""
    say = speaker.say
    amounts = tuple(program.amounts_on(day).values())
    return Details(
        amounts=tuple(_amount(amount, speaker) for amount in amounts),
        amounts_sure=tuple(dict.fromkeys(say(SURENESS_WORDS[amount.sure]) for amount in amounts)),
        calendar=say(program.calendar.text) if program.calendar else "",
        calendar_sure=say(SURENESS_WORDS[program.calendar.sure]) if program.calendar else "",
        documents=tuple(say(paper) for paper in program.documents),
        how=tuple(say(step) for step in program.how),
        where=say(program.where),
        channel=say(program.channel),
        legal=tuple((law.text, say(SURENESS_WORDS[law.sure])) for law in program.legal),
        remarks=tuple((say(remark.text), say(SURENESS_WORDS[remark.sure])) for remark in program.remarks),
        other_way=say(program.other_way),
        since=program.valid_from,
        until=program.valid_until,
    )


def _listed(program: Program, speaker: Speaker) -> Listed:
    say = speaker.say
    return Listed(program.code, say(program.name), say(program.summary), say(AUDIENCES[program.audience]))


def _rule(rule: Rule, speaker: Speaker, known_sure: str = "") -> RuleLine:
    """One condition; a part says how sure it is only where that differs from the whole."""
    parts = rule.criteria if isinstance(rule, Group) else ()
    return RuleLine(
        rule=speaker.say(rule.rule),
        sure="" if rule.sure == known_sure else speaker.say(SURENESS_WORDS[rule.sure]),
        note=speaker.say(rule.note),
        parts=tuple(_rule(part, speaker, rule.sure) for part in parts),
    )


def _amount(amount: Amount, speaker: Speaker) -> tuple[str, str]:
    each = Message(_PER[amount.per], {"amount": Money(amount.rupiah)})
    return speaker.say(amount.label), speaker.say(each)
