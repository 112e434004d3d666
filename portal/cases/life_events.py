"""Events of life: told once in a few plain questions, they begin the cases that follow, under one heading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from portal.cases.answers import Answers
from portal.cases.drafts import Kept, OpenDraft, Together, begin_together
from portal.cases.following import CaseLine
from portal.cases.kinds import KINDS, World
from portal.cases.kinds.base import Elsewhere, Step
from portal.cases.kinds.change import WHO, Page, step_of
from portal.cases.kinds.couples import MARRIAGE, SPLIT
from portal.cases.kinds.effects import gets
from portal.cases.kinds.follow import PUPIL, SMALL
from portal.cases.kinds.lines import Day, Line, OneOf, Some, YesNo
from portal.cases.kinds.livelihood import GOES, SCHOOL, may_work
from portal.cases.kinds.members import Member, member_of
from portal.cases.kinds.offices import ADDRESS_KK, BIRTH_DEED, DEATH_DEED, DIVORCED, MARRIED, SCHOOL_DATA
from portal.cases.kinds.people import BIRTH, DEATH, SINCE
from portal.cases.writing import Writer
from portal.core.messages import N_
from portal.core.names import written_name

COUNTED_LEVELS = frozenset({"SD", "SMP", "SMA"})


@dataclass(frozen=True, slots=True)
class Opening:
    """A case that follows: its kind, what is known already, and the pages which that answers."""

    kind: str
    answers: Answers = field(default_factory=dict)
    done: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """An event of life. The key is stored with drafts, the slug stands in addresses."""

    key: str
    slug: str
    icon: str
    title: str
    explanation: str
    lines: tuple[Line, ...]
    follows: Callable[[Answers, World], list[Opening]]
    first: tuple[Elsewhere, ...] = ()  # at other offices
    note: str = ""

    @property
    def step(self) -> Step:
        """Its page of questions."""
        return step_of(Page(self.slug, self.title, self.lines, note=self.note))


@dataclass(frozen=True, slots=True)
class Bundle:
    """What stands together in the list: the drafts and cases of one event, or one alone."""

    drafts: tuple[OpenDraft, ...] = ()
    cases: tuple[CaseLine, ...] = ()
    title: str | None = None  # None for one alone


def open_cases(actor: Writer, event: LifeEvent, answers: Answers, world: World, place: str | None = None) -> int:
    """Begin what follows from the event, under one new heading; how many there are.

    With ``place`` an officer writes it down there, and of what follows only what may be written down so.
    """
    together = Together(uuid4(), event.key)
    openings = [one for one in event.follows(answers, world) if place is None or KINDS[one.kind].may_be_recorded]
    begin_together(actor, {KINDS[one.kind]: Kept(one.answers, one.done, together) for one in openings}, place)
    return len(openings)


def bundled(drafts: Iterable[OpenDraft], cases: Iterable[CaseLine]) -> list[Bundle]:
    """Drafts and cases in their order; those of one heading together, where the first of them stands, and its drafts
    in the order of the kinds: what happened before what follows from it."""
    found: dict[object, Bundle] = {}
    for draft in drafts:
        key: object = draft.together.heading if draft.together else draft.id
        known = found.get(key, Bundle())
        title = title_of(draft.together) if draft.together else None
        found[key] = Bundle(tuple(sorted((*known.drafts, draft), key=_place)), known.cases, title)
    for case in cases:
        key = case.heading or case.reference
        known = found.get(key, Bundle(title=title_of(case) if case.heading else None))
        found[key] = Bundle(known.drafts, (*known.cases, case), known.title)
    return list(found.values())


def _place(draft: OpenDraft) -> int:
    return list(KINDS).index(draft.kind.key)


class OfEvent(Protocol):
    """What may belong to an event."""

    @property
    def event(self) -> str | None: ...


TOLD_TOGETHER = N_("Told together")


def title_of(told: OfEvent) -> str:
    """The heading of what belongs to an event of life; of one that is not known any more, that it was told together."""
    event = BY_KEY.get(told.event or "")
    return event.title if event else TOLD_TOGETHER


def _birth(answers: Answers, world: World) -> list[Opening]:
    child = {name: answers[name] for name in ("full_name", "born_on")}
    opened = [Opening("birth", answers, ("bayi", "ibu"))]
    if gets(world, "PKH"):
        opened.append(Opening("pkh_component", child | {"counted_as": SMALL}, ("anak",)))
    if gets(world, "PBI-JK"):
        opened.append(Opening("pbi_member", child, ("siapa",)))
    mother = member_of(world, answers.get("mother"))
    if mother is not None and mother.person_id == world.sender and mother.health and mother.health.pregnant:
        told = {WHO: answers["mother"], "how": "born", "due_on": answers["born_on"]}
        opened.append(Opening("pregnancy", told, ("hamil",)))
    return opened


def _death(answers: Answers, world: World) -> list[Opening]:
    opened = [Opening("death", answers, ("siapa",))]
    if answers["card_holder"] == "yes":
        opened.append(Opening("manager", {"why_other": "died"}))
    return opened


def _marriage(answers: Answers, world: World) -> list[Opening]:
    opened = [Opening("marriage", answers, ("siapa", "tinggal"))]
    member = member_of(world, answers[WHO])
    away = answers["live_where"] != "here" and member is not None and member.person_id != world.sender
    if away:
        why = "own_home" if answers["live_where"] == "own_home" else "with_kin"
        left = {WHO: answers[WHO], "since": answers["married_on"], "why_left": why}
        opened.append(Opening("left", left, ("siapa",)))
    return opened


def _split(answers: Answers, world: World) -> list[Opening]:
    opened = [Opening("split", answers, ("apa", "siapa"))]
    if answers["card_gone"] == "yes":
        opened.append(Opening("manager", {"why_other": "divorced"}))
    return opened


def _move(answers: Answers, world: World) -> list[Opening]:
    opened = [Opening("moved", {"moved_on": answers["moved_on"]})]
    if answers["all_moved"] == "no":
        opened.append(Opening("split", {"happened": "own_kk", "since": answers["moved_on"]}, ("apa",)))
    if answers["other_school"] == "yes":
        opened.append(Opening("school", {"school_participation": GOES}))
    return opened


def _job_lost(answers: Answers, world: World) -> list[Opening]:
    work = Opening("work", {WHO: answers[WHO], "since": answers["since"], "happened": "lost"}, ("siapa",))
    hungry = [Opening("no_food")] if answers["enough_food"] == "no" else []
    return [*hungry, work]


def _school(answers: Answers, world: World) -> list[Opening]:
    opened = [Opening("school", answers | {"school_participation": GOES}, ("siapa", "kelas", "sejak"))]
    member = member_of(world, answers[WHO])
    if gets(world, "PKH") and member is not None and answers["school_level"] in COUNTED_LEVELS:
        child: Answers = {"full_name": written_name(member.name), "counted_as": PUPIL}
        if member.birth_date is None:
            opened.append(Opening("pkh_component", child))
        else:
            born = {"born_on": member.birth_date.isoformat()}
            opened.append(Opening("pkh_component", child | born, ("anak",)))
    return opened


_HIT = {
    "help": N_("We need help now: place to sleep, food, medicine"),
    "house": N_("The house is damaged"),
    "card": N_("The KKS card is lost"),
    "death": N_("Somebody died"),
}
_FOLLOWS_HIT = {
    "help": Opening("disaster"),
    "house": Opening("house"),
    "card": Opening("card", {"card": "lost"}),
    "death": Opening("death"),
}


def _disaster(answers: Answers, world: World) -> list[Opening]:
    return [_FOLLOWS_HIT[key] for key in _HIT if key in answers["hit"]]


def _lines(pages: Sequence[Page], *left_out: str) -> tuple[Line, ...]:
    """The questions of these pages, as the kind asks them."""
    return tuple(line for page in pages for line in page.lines if line.key not in left_out)


_YES_OR_NO = OneOf({"yes": N_("Yes"), "no": N_("No")})
EVENTS: tuple[LifeEvent, ...] = (
    LifeEvent(
        "birth",
        "kelahiran",
        "family",
        N_("A child was born"),
        N_("We open: the child in your family, PKH and PBI-JK if you have them."),
        _lines(BIRTH.pages, "more"),
        _birth,
        (BIRTH_DEED,),
    ),
    LifeEvent(
        "death",
        "kematian",
        "person",
        N_("A family member died"),
        N_("We open: the report of the death, and another person for the card."),
        _lines(DEATH.pages),
        _death,
        (DEATH_DEED,),
        N_("We are sorry for your loss."),
    ),
    LifeEvent(
        "marriage",
        "pernikahan",
        "family",
        N_("Somebody married"),
        N_("We open: the marriage, and who lives elsewhere now."),
        _lines(MARRIAGE.pages),
        _marriage,
        (MARRIED,),
    ),
    LifeEvent(
        "split",
        "perpisahan",
        "family",
        N_("Divorced or separated"),
        N_("We open: the family that became two, and another person for the card."),
        (
            *_lines(SPLIT.pages, "more"),
            Line("card_gone", N_("Card"), N_("Was the KKS card in the name of somebody who left?"), _YES_OR_NO),
        ),
        _split,
        (DIVORCED,),
        N_("Did somebody hurt you or threaten you? Call SAPA 129, day and night. It is free."),
    ),
    LifeEvent(
        "move",
        "pindah",
        "house",
        N_("We moved house"),
        N_("We open: the new address, and the school if the children change it."),
        (
            Line("moved_on", N_("Since"), N_("Since when do you live there?"), Day(), why=N_("Write since when.")),
            Line("all_moved", N_("All"), N_("Did the whole family move?"), YesNo()),
            Line("other_school", N_("School"), N_("Do children go to another school now?"), YesNo()),
        ),
        _move,
        (ADDRESS_KK,),
    ),
    LifeEvent(
        "job_lost",
        "kehilangan-kerja",
        "coins",
        N_("Somebody lost the work"),
        N_("We open: the change of work, and urgent help if there is not enough food."),
        (
            Line(WHO, N_("Who"), N_("Who lost the work?"), Member(may_work), why=N_("Choose who it is.")),
            SINCE,
            Line("enough_food", N_("Food"), N_("Is there enough to eat in the house?"), YesNo()),
        ),
        _job_lost,
    ),
    LifeEvent(
        "school_begins",
        "mulai-sekolah",
        "star",
        N_("A child goes to school or changes level"),
        N_("We open: the school of the child, and PKH if you have it."),
        _lines(SCHOOL.pages, "school_participation", "more"),
        _school,
        (SCHOOL_DATA,),
    ),
    LifeEvent(
        "disaster",
        "bencana",
        "map",
        N_("A disaster hit us"),
        N_("Flood, fire, earthquake, landslide. We open: urgent help, house, card."),
        (Line("hit", N_("What happened"), N_("What happened to you?"), Some(_HIT), why=N_("Choose at least one.")),),
        _disaster,
        note=N_("In danger call 112 first. This page is no emergency call."),
    ),
)
BY_KEY = {event.key: event for event in EVENTS}
BY_SLUG = {event.slug: event for event in EVENTS}
