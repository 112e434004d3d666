"""The recorded facts about a household in words: each with its source, its date, who keeps it, and what officers
checked beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.clock import today, zone_of_area
from portal.core.messages import N_
from portal.core.names import written_work
from portal.core.wording import Message, Said, Speaker
from portal.home.reading import FullRead as RecordRead
from portal.home.said_right import ASKED_SUBJECTS
from portal.registry.codes import (
    CODES,
    NOT_RECORDED,
    OWNER_ADVICE,
    OWNER_WORDS,
    SEX,
    YES_NO,
    Owner,
    field_name,
    label,
    owner_of,
    source_name,
)
from portal.registry.facts import HealthFacts, MemberFacts
from portal.registry.models import RecordChange, Statement
from portal.web.formats import local

__all__ = ["FactCard", "FactLine", "RecordRead", "changed_facts", "fact_cards", "told_changes"]

_HOUSE = ("tenure", "land_proof", "floor_area_m2", "floor", "wall", "roof", "toilet", "sewage")
_SUPPLY = ("water", "lighting", "power_va", "fuel")
_ASSETS = ("motorcycles", "cars", "land_m2", "savings", "loan", "bank_accounts")
_MEMBER = (
    "birth_date", "sex", "relation", "marital", "school_participation", "school_level", "school_grade", "education",
    "work_status", "orphan", "alive",
)  # fmt: skip
_HEALTH = ("disability", "pregnant", "pregnancy_no", "chronic_illness")
_PREGNANCY = frozenset({"pregnant", "pregnancy_no"})
_YOUNGEST_MOTHER, _OLDEST_MOTHER = 12, 55  # years; a recorded pregnancy is shown at any age
_UNITS: Mapping[str, str] = {
    "floor_area_m2": N_("%(number)s m2"),
    "land_m2": N_("%(number)s m2"),
    "power_va": N_("%(number)s VA"),
}
_ALIVE = {True: Message(N_("living")), False: Message(N_("recorded as having died"))}
_OF_MEMBERS = frozenset({"member", "member_health"})
_ACCEPTED = N_("Checked by %(officer)s on %(day)s; accepted by the centre.")
_WAITING = N_("Checked by %(officer)s on %(day)s; not yet accepted by the centre.")
_DIFFERS = N_("Checked by %(officer)s on %(day)s; the centre still records something else.")
_STATEMENT_WORDS = {"accepted": _ACCEPTED, "waiting": _WAITING, "contradicted": _DIFFERS}


@dataclass(frozen=True, slots=True)
class FactLine:
    """One recorded fact. ``field`` names it where the family can say here that it is wrong; ``key`` always."""

    label: str
    value: str
    field: str = ""
    checked: str = ""  # what an officer established, beside the official value
    checked_note: str = ""
    key: str = ""  # of the record's field
    member: int | None = None  # whom it is about


@dataclass(frozen=True, slots=True)
class FactCard:
    """Facts of one kind, with where they come from and what to do if one is wrong."""

    key: str
    title: str
    source: str
    on: date | None
    keeper: str
    advice: str
    lines: tuple[FactLine, ...]
    tag: str = ""
    folded: bool = False


def fact_cards(read: RecordRead, speaker: Speaker) -> tuple[FactCard, ...]:
    """Every card of the page: house, supply, assets, address and cards, then a card for each member."""
    teller = _Facts(read, speaker)
    house = [
        teller.house("house", N_("House"), _HOUSE),
        teller.house("supply", N_("Water, electricity and cooking"), _SUPPLY),
        teller.house("assets", N_("Vehicles, land and savings"), _ASSETS),
    ]
    return (*house, teller.address(), teller.cards(), *(teller.member(one) for one in read.facts.members))


def changed_facts(read: RecordRead, speaker: Speaker) -> list[tuple[str, str, str, str]]:
    """Facts that changed, as far back as they were read: label, value now, value before, when and source."""
    return [words for _change, words in told_changes(read, speaker)]


def told_changes(read: RecordRead, speaker: Speaker) -> list[tuple[RecordChange, tuple[str, str, str, str]]]:
    """The same, each beside its change."""
    teller = _Facts(read, speaker)
    return [(change, teller.change(change)) for change in read.changes if change.subject in ASKED_SUBJECTS]


class _Facts:
    """Turns values of the record into words for one reader."""

    def __init__(self, read: RecordRead, speaker: Speaker) -> None:
        self.read, self.speaker, self.say = read, speaker, speaker.say
        self.zone = zone_of_area(read.facts.village_id)
        self.names = {member.id: member.name for member in read.facts.members}
        self.stated: dict[tuple[str, int | None, str], Statement] = {}
        for statement in read.statements:  # newest first: the newest on a field counts
            subject_id = statement.subject_id if statement.subject in _OF_MEMBERS else None
            self.stated.setdefault((statement.subject, subject_id, statement.field), statement)

    def house(self, key: str, title: str, fields: Sequence[str]) -> FactCard:
        housing = self.read.facts.housing
        lines = tuple(self.line("housing", field, getattr(housing, field)) for field in fields)
        return self._card(key, title, Owner.VILLAGE, lines, housing.source, housing.observed_on)

    def address(self) -> FactCard:
        own, housing = self.read.own, self.read.facts.housing
        lines = tuple(
            self.line("family", field, value)
            for field, value in (
                ("address", own.address),
                ("rt", own.rt),
                ("rw", own.rw),
                ("village_id", self.read.facts.village_id),
            )
        )
        return self._card("address", N_("Address"), Owner.VILLAGE, lines, housing.source, housing.observed_on)

    def cards(self) -> FactCard:
        own = self.read.own
        lines = (
            FactLine(self.say(field_name("no_kk")), own.kk, key="no_kk"),
            FactLine(self.say(field_name("nkks")), own.nkks or self.say(NOT_RECORDED), key="nkks"),
            FactLine(self.say(field_name("bank")), own.bank or self.say(NOT_RECORDED), key="bank"),
            FactLine(self.say(field_name("kks_last4")), own.card_last4 or self.say(NOT_RECORDED), key="kks_last4"),
        )
        return self._card("cards", N_("Family card and KKS"), Owner.BANK, lines, None, None)

    def member(self, one: MemberFacts) -> FactCard:
        lines = [FactLine("NIK", self.read.own.niks.get(one.id, self.say(NOT_RECORDED)), key="nik")]
        shown = [field for field in _MEMBER if field != "orphan" or one.orphan]
        lines += [self.line("member", field, getattr(one, field), one.id) for field in shown]
        health = self.health(one)
        lines += health
        if not health and one.health is None and one.health_hidden:
            words = N_("Only this member can see it.")
            lines.append(FactLine(self.say(field_name("health")), self.say(words), key="health"))
        card = self._card(f"member-{one.id}", one.name, Owner.DUKCAPIL, tuple(lines), one.source, None)
        tag = self.say(_ALIVE[False]) if one.alive is False else ""
        return FactCard(card.key, one.name, card.source, None, card.keeper, card.advice, card.lines, tag, folded=True)

    def health(self, one: MemberFacts) -> list[FactLine]:
        """What is recorded of the body, and what an officer stated of it."""
        known = one.health or HealthFacts()
        return [
            self.line("member_health", field, getattr(known, field), one.id)
            for field in _HEALTH
            if ("member_health", one.id, field) in self.stated
            or (getattr(known, field) is not None and (known.pregnant or self._asks(field, one)))
        ]

    def _asks(self, field: str, one: MemberFacts) -> bool:
        """Whether a fact says anything of this member: of a man or a child, pregnancy does not."""
        if field not in _PREGNANCY:
            return True
        age = one.age_on(today(self.zone))
        return one.sex == "P" and (age is None or _YOUNGEST_MOTHER <= age <= _OLDEST_MOTHER)

    def line(self, subject: str, field: str, value: object, member: int | None = None) -> FactLine:
        statement = self.stated.get((subject, member, field))
        checked = note = ""
        if statement is not None:
            text = self.read.stated_values.get(statement.id, statement.value)
            checked = self.words_of_text(field, text)
            day = local(statement.stated_at, self.zone).date()
            note = self.say(Message(_STATEMENT_WORDS[statement.state], {"officer": statement.staff_name, "day": day}))
        correctable_as = f"{subject.removesuffix('_health')}.{field}" if owner_of(field) is Owner.VILLAGE else ""
        name = self.say(field_name(field))
        return FactLine(name, self.words(field, value), correctable_as, checked, note, field, member)

    def words(self, field: str, value: object) -> str:
        """A value of the record in words."""
        if value is None or value == "":
            return self.say(NOT_RECORDED)
        found: Said | None = None
        if field == "alive" and isinstance(value, bool):
            found = _ALIVE[value]
        elif isinstance(value, bool):
            found = YES_NO[value]
        elif field == "sex":
            found = SEX.get(str(value))
        elif field in CODES and isinstance(value, int):
            found = label(field, value)
        elif field in _UNITS and isinstance(value, int | float):
            found = Message(_UNITS[field], {"number": f"{value:g}"})
        elif isinstance(value, date):
            return self.speaker.day(value)
        elif field == "village_id" and isinstance(value, int):
            return self.read.places.get(value) or str(value)
        if field == "work_status":
            return written_work(str(value))
        return str(value) if found is None else self.say(found)

    def words_of_text(self, field: str, text: str | None) -> str:
        """A value as statements and the history keep it, in words."""
        if text in ("true", "false", "True", "False"):
            return self.words(field, text.lower() == "true")
        try:
            return self.words(field, _value_of(field, text))
        except ValueError:
            return text or ""

    def change(self, change: RecordChange) -> tuple[str, str, str, str]:
        """One change as label, now, before, and when with its source."""
        name = self.say(field_name(change.field))
        if change.subject in ("member", "member_health") and change.subject_id in self.names:
            name = f"{self.names[change.subject_id]}: {name}"
        source = N_("this portal, after a visit of an officer") if change.source == "statement" else change.source
        when = self.speaker.day(change.source_date or change.as_of or local(change.at, self.zone).date())
        said = self.say(source if change.source == "statement" else source_name(source)) if source else ""
        now, before = self.read.changed_values.get(change.id, (change.new, change.old))
        return (
            name,
            self.words_of_text(change.field, now),
            self.words_of_text(change.field, before),
            ", ".join(filter(None, (when, said))),
        )

    def _card(
        self,
        key: str,
        title: str,
        owner: Owner,
        lines: Iterable[FactLine],
        source: str | None,
        on: date | None,
    ) -> FactCard:
        return FactCard(
            key,
            self.say(title),
            self.say(source_name(source)) if source else "",
            on,
            self.say(OWNER_WORDS[owner]),
            self.say(OWNER_ADVICE[owner]),
            tuple(lines),
        )


def _value_of(field: str, text: str | None) -> object:
    """The value that the text of a field stands for. Raises ``ValueError`` where it is none."""
    if text is None:
        return None
    if field in CODES or field == "village_id":
        return int(text)
    if field in _UNITS:
        return float(text)
    return date.fromisoformat(text) if field.endswith("_date") else text
