"""Registering for an opportunity of the catalogue: named fields go to the regency office, with consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import NOT_RECORDED, Compared, Group, Kind, Row, Shown, Step, World
from portal.cases.kinds.members import member_choices, member_of
from portal.core.clock import today
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.wording import Message
from portal.programs.catalog import Program, catalog_on
from portal.programs.offerings import Offered, catalog_for
from portal.web.forms import BaseForm, LongTextField, Needed, RadiosField, TextField, TickField
from portal.web.speaking import speaker

HINT = "peluang"
_FROM_PAGE = "from_page"
_OPPORTUNITIES = ("school", "training", "business")
SHARED = N_("name, date of birth, address, village, desil, school and work as recorded, and what you write here")
CLOSED = N_(
    "Registration for this is not open today: it has not begun yet, or it is over. So it cannot be sent, and nothing "
    "was sent."
)


class WhichForm(BaseForm):
    """Which opportunity, where no page named it: those of the family's own regency that take registrations today."""

    opportunity = RadiosField(_l("For what do you want to register?"), [Needed(_l("Choose one."))])


class WhoForm(BaseForm):
    """Who of the family takes part."""

    who = RadiosField(_l("Who wants to take part?"), [Needed(_l("Choose who it is about."))])
    contact = TextField(
        _l("How can the office reach you?"),
        hint=_l("A phone number or where you are found. If you leave it empty, the office writes to you here."),
        says_optional=True,
    )
    story = LongTextField(_l("What should the office know?"), limit=1000, rows=3, says_optional=True)


class ShareForm(BaseForm):
    """What is shown to the office for it."""

    share = TickField(
        _l("I agree that the regency office (Dinas Sosial) uses these data for this registration only"),
        [Needed(_l("Without your agreement it cannot be sent. You can stop here; nothing changes for your aid."))],
    )


def _can_register(program: Program, day: date) -> bool:
    """Whether it is an opportunity that takes registrations on ``day``; only offices' own say until when."""
    if isinstance(program, Offered):
        return program.round.takes_registrations(day)
    return program.kind in _OPPORTUNITIES and not program.demo


def _known_here(day: date) -> Mapping[str, Program]:
    """The programmes of which a page can have led here: those of the reader's regency among them."""
    if current_user and current_user.kind == "family":
        return catalog_for(current_user).on(day).by_code
    return catalog_on(day).by_code


def _prepare_which(form: WhichForm, world: World) -> None:
    say = speaker().say
    found = [one for one in world.catalog.programs if _can_register(one, world.today)]
    form.opportunity.choices = [(one.code, say(one.name)) for one in found]
    form.opportunity.item_hints = {one.code: say(one.summary) for one in found}


def _prepare_who(form: WhoForm, world: World) -> None:
    form.who.choices = member_choices(world, lambda member, _world: member.lives)


def _tell_shared(form: ShareForm, world: World, answers: Answers) -> None:
    form.share.description = speaker().say(Message(_SHARED_WORDS, {"fields": Message(SHARED)}))


_SHARED_WORDS = N_("These data: %(fields)s. Not your NIK, not health, not money. You can take it back later.")


class Registration(Kind):
    """One member, for one opportunity."""

    key = "registration"
    slug = "daftar-peluang"
    icon = "star"
    group = Group.TELL
    listed = False
    may_be_recorded = True
    to_office = True
    title = N_("Register for an opportunity")
    explanation = N_("A member of your family wants to take part in a training, a school or help for a business.")
    outcome = N_(
        "The regency office (Dinas Sosial) tells you whether there is a place and what comes next. Registering is not "
        "yet being taken. It is free, and your aid does not change because of it. Where registration has a last day, "
        "the answer comes after that day."
    )
    steps = (
        Step(
            "peluang",
            N_("Which opportunity"),
            WhichForm,
            prepare=_prepare_which,
            needed=lambda answers: not answers.get(_FROM_PAGE),
        ),
        Step("siapa", N_("Who takes part"), WhoForm, prepare=_prepare_who),
        Step("izin", N_("Your agreement"), ShareForm, adapt=_tell_shared),
    )

    def begin(self, hints: Mapping[str, str]) -> Answers:
        """The opportunity of the page that led here."""
        code = hints.get(HINT, "")
        day = today(current_user.zone) if current_user else today()
        found = _known_here(day).get(code)
        return {"opportunity": code, _FROM_PAGE: True} if found and _can_register(found, day) else {}

    def not_now(self, answers: Answers, world: World) -> str | None:
        """Registration has not begun or is over: places are given to those who registered in time."""
        found = _program(answers, world)
        return None if found and _can_register(found, world.today) else CLOSED

    def subject(self, answers: Answers, world: World) -> Shown | None:
        """The opportunity."""
        return _name(answers, world) if answers.get("opportunity") else None

    def about(self, answers: Answers, world: World) -> tuple[str | None, int | None]:
        """The opportunity, by its code."""
        return answers.get("opportunity"), None

    def answered_after(self, answers: Answers, world: World) -> date | None:
        """Of what an office offers, the last day of registration: places are given afterwards."""
        found = _program(answers, world)
        return found.round.registration_until if isinstance(found, Offered) else None

    def about_person(self, answers: Answers, world: World) -> int | None:
        """Who takes part."""
        member = member_of(world, answers["who"]) if answers.get("who") else None
        return member.person_id if member else None

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """Everything that the office reads."""
        member = member_of(world, answers["who"])
        rows = [
            Row(N_("Opportunity"), _name(answers, world), "" if answers.get(_FROM_PAGE) else "peluang"),
            Row(N_("Who takes part"), shown(written_name(member.name)) if member else NOT_RECORDED, "siapa"),
        ]
        for key, label in (("contact", N_("Reached by")), ("story", N_("What you said"))):
            if answers.get(key):
                rows.append(Row(label, shown(answers[key]), "siapa"))
        rows.append(Row(N_("You agree that the office uses"), Message(SHARED), "izin"))
        return rows

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """Nothing of the record is to change."""
        return []


def _name(answers: Answers, world: World) -> Shown:
    """Also of one that is over by now."""
    code = answers.get("opportunity", "")
    found = _program(answers, world)
    return found.name if found else world.catalog.name_of(code)


def _program(answers: Answers, world: World) -> Program | None:
    return world.catalog.find(answers.get("opportunity", ""))


KIND = Registration()
