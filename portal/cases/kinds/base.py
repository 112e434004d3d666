"""What a kind of case declares. One kind is one file in this package; ``KINDS`` lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from portal.audit.looks import LookFacts
from portal.cases.answers import Answers
from portal.cases.workflow import Track
from portal.core.messages import N_
from portal.core.phones import Phone
from portal.core.wording import Localised, Message
from portal.programs.catalog import Catalog, CatalogDay, catalog_on, default
from portal.programs.terms import Sureness
from portal.registry.changes import Finding
from portal.registry.facts import DisbursementFacts, FamilyFacts
from portal.registry.queries import Place
from portal.web.forms import BaseForm

#: Anything a page can show in the reader's language.
Shown = Message | Localised | date
NOT_RECORDED = Message(N_("not recorded"))
SEALED_TITLE = N_("A sealed submission")
#: The key of the page on which papers are added, and the answer that lists those which come later.
PAPERS_PAGE, LATER = "berkas", "later"


@dataclass(frozen=True, slots=True)
class OfficerFacts:
    """An officer whom a complaint may be about."""

    public_id: UUID
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class World:
    """What a kind may look at: the record of the family that asks, and names of places."""

    facts: FamilyFacts
    payments: Sequence[DisbursementFacts]
    address: str | None
    rt: str | None
    rw: str | None
    today: date
    places: Mapping[int, Place] = field(default_factory=dict)
    children: Callable[[int | None], list[tuple[int, str]]] = lambda _area: []
    looks: Callable[[UUID | None], Sequence[LookFacts]] = lambda _look: ()  # the newest, or that one alone
    sender: int | None = None  # the person whose words they are
    officers: Callable[[UUID | None], Sequence[OfficerFacts]] = lambda _officer: ()  # whom it meets, or that one alone
    offered: Callable[[], Catalog] = default

    @property
    def catalog(self) -> CatalogDay:
        """The catalogue of today for this family, with what the office of its regency offers; read when asked for."""
        return self.offered().on(self.today)

    def program_name(self, label: str) -> Localised:
        """The name of a programme in the catalogue of today; an unknown one by its own label."""
        return catalog_on(self.today).name_of(label)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that helps: what it is, what else does, and whether the case needs it."""

    key: str
    title: str
    alternatives: tuple[str, ...] = ()
    why: str = ""
    required: bool = False  # asked for; it may still be sent later, and the answers say so
    is_voice: bool = False  # a voice note instead of a picture


@dataclass(frozen=True, slots=True)
class Step:
    """One page of questions. ``prepare`` fills in choices; ``needed`` leaves the page out."""

    key: str  # in the address of the page
    title: str
    form: type[BaseForm]
    note: str = ""
    template: str = "cases/step.html"
    prepare: Callable[[Any, World], None] = lambda _form, _world: None
    adapt: Callable[[Any, World, Answers], None] = lambda _form, _world, _answers: None  # to what was answered before
    needed: Callable[[Answers], bool] = lambda _answers: True
    alone: bool = False  # asked of the person alone: an officer who writes down does not see this page


@dataclass(frozen=True, slots=True)
class Row:
    """One line of «check your answers», and the step that changes it."""

    label: str
    value: Shown
    step: str  # empty: it was given by the page that led here, and stays


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact: what the record says, beside what the family says."""

    label: str
    recorded: Shown
    asked: Shown
    changed: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How the sender wants to be reached from now on."""

    phone: Phone | None
    channel: str
    whose: str


class Group(StrEnum):
    """The six plain choices of the first screen. The key is part of addresses."""

    STOPPED = "bantuan"  # aid stopped or short
    CHANGED = "berubah"  # our data changed
    WRONG = "salah"  # our data are wrong
    DONE_WRONG = "perbuatan"  # somebody did wrong
    HELP = "tolong"  # someone needs help
    TELL = "cerita"  # free words, sorted by the worker


@dataclass(frozen=True, slots=True)
class Effect:
    """What sending it may change for one programme, or what it surely does not."""

    about: Shown  # the programme, or the desil
    words: Message
    safe: bool  # surely unchanged by the report
    sure: Sureness | None = None  # how sure the rule is; None: it is how this portal works


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something that another office has to do first, because it owns the field: where, and with which papers."""

    key: str  # stored with the case
    office: str  # Dukcapil, the bank, ...
    what: str
    papers: tuple[str, ...] = ()


class Kind:
    """A kind of case. The key is stored and never changes."""

    key: str
    slug: str  # in addresses
    icon: str
    title: str
    explanation: str
    outcome: str  # what sending it can bring, and what it surely does not
    once_accepted: str | None = None  # what happens then, where it is more than the reason says
    steps: tuple[Step, ...]
    papers: tuple[Paper, ...] = ()
    listed: bool = True  # where a case is begun; else a page leads to it
    may_be_recorded: bool = False  # whether an officer may write it down for a person: not what may concern officers
    group: Group = Group.CHANGED
    track: Track = Track.SHORT
    urgent: bool = False  # answered within hours, first in every queue
    begun_from: str | None = None  # the hint without which it cannot begin: a page of the portal leads to it
    to_office: bool = False  # the regency office answers it, open for the officers of the village to see
    sent_alone: bool = False  # nobody sits beside who sends it
    from_office: bool = False  # the office opens it; the family answers, and what is not so is erased
    own_pin: bool = False  # the sender's own PIN is asked once more, with nobody beside
    rests_days: int = 0  # for so many days nothing is done with it, and the sender can take it back
    quick_exit: bool = False  # a link off the page at once, on every page of it
    outside: bool = False  # where else to go is shown, since the office itself may be meant
    numbers: tuple[str, ...] = ()  # emergency numbers shown where it begins, by their key

    def begin(self, hints: Mapping[str, str]) -> Answers:
        """Answers already known from the page that led here."""
        return {}

    def subject(self, answers: Answers, world: World) -> Shown | None:
        """What these answers are about, where the page that leads here can name it; None where it cannot."""
        return None

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """The answers to read back."""
        raise NotImplementedError

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """The record beside the answers."""
        raise NotImplementedError

    def areas_in(self, answers: Answers) -> tuple[int, ...]:
        """Villages named in the answers."""
        return ()

    def is_restricted(self, answers: Answers) -> bool:
        """Whether the answers take the case past the officers of the village, sealed."""
        return False

    def needs_two(self, answers: Answers) -> bool:
        """Whether, sealed, it is opened by two officers of the office together: levies, cards kept, conduct, violence.
        Nobody else finds that it exists, and nobody is beside the member when it is sent."""
        return False

    def is_alone(self, answers: Answers) -> bool:
        """Whether a draft with these answers is the member's alone: nobody who sits beside finds it, or sends it."""
        return self.needs_two(answers) or self.own_pin or self.sent_alone

    def told_title(self, needs_two: bool) -> str:
        """What a message calls it: one about a case for two officers says nothing of what it is about."""
        return SEALED_TITLE if needs_two else self.title

    def about_officer(self, answers: Answers) -> UUID | None:
        """The public id of the officer whom a sealed case is about, and who never finds it."""
        return None

    def first_case(self, answers: Answers) -> str | None:
        """The reference of the decided case that it appeals: it goes to somebody else than whoever decided that."""
        return None

    def asks_for(self, answers: Answers) -> frozenset[str]:
        """The keys of papers that these answers make required."""
        return frozenset()

    def is_private(self, answers: Answers) -> bool:
        """Whether the family's other adults do not see it: what concerns the body of the one who sends it."""
        return False

    def answered_after(self, answers: Answers, world: World) -> date | None:
        """The day after which it can be answered at all, where that is not at once: the promise counts from then."""
        return None

    def not_now(self, answers: Answers, world: World) -> str | None:
        """Why it cannot be sent today, where it cannot; asked when the answers are read back and when they are sent."""
        return None

    def about_person(self, answers: Answers, world: World) -> int | None:
        """The id of the member that it is about, where it is about one."""
        return None

    def touches(self, answers: Answers, world: World) -> frozenset[str]:
        """The fields that it asks to change, as ``subject.field`` or ``subject.id.field``: another open case that
        touches the same one is pointed out before sending."""
        return frozenset(
            f"{found.subject}.{found.field}"
            if found.subject_id is None
            else f"{found.subject}.{found.subject_id}.{found.field}"
            for found in self.findings(answers, world)
        )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """What it may change for each programme and what it surely does not, in plain words."""
        return ()

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """What Dukcapil, a bank or a school has to do first."""
        return ()

    def about(self, answers: Answers, world: World) -> tuple[str | None, int | None]:
        """The programme and the payment that it is about."""
        return None, None

    def about_look(self, answers: Answers) -> UUID | None:
        """The look of an officer that it is about: it goes past that officer, who never sees it."""
        return None

    def findings(self, answers: Answers, world: World) -> list[Finding]:
        """What an approval states about the record."""
        return []

    def reach(self, answers: Answers) -> Reach | None:
        """How the sender is reached from now on, where it tells that: written at once where told alone and signed in,
        else once it is accepted."""
        return None

    def steps_for(self, answers: Answers, *, recorded: bool = False) -> list[Step]:
        """The pages that these answers call for, in order; an officer who writes down gets those that may be."""
        return [step for step in self.steps if step.needed(answers) and not (recorded and step.alone)]

    def pages_for(self, answers: Answers, *, recorded: bool = False) -> list[str]:
        """The keys of the pages before «check your answers», that of the papers last."""
        asked = self.steps_for(answers, recorded=recorded)
        return [step.key for step in asked] + ([PAPERS_PAGE] if self.papers else [])

    def step(self, key: str) -> Step | None:
        """The page of that key."""
        return next((step for step in self.steps if step.key == key), None)
