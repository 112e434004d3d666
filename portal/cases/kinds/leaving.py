"""Leaving aid by one's own will: with the own PIN, with nobody beside, and thought over for thirty days."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import NOT_RECORDED, Compared, Effect, Group, Kind, Row, Shown, Step, World
from portal.cases.kinds.lines import listed
from portal.core.messages import N_
from portal.core.wording import Message
from portal.programs.catalog import catalog_on
from portal.web.forms import BaseForm, ChecksField, LongTextField, Needed, RadiosField
from portal.web.speaking import speaker

REST_DAYS = 30  # by the calendar
_ALL = "all"
#: Kinds of the catalogue that can come in the place of aid.
_INSTEAD = ("business", "training")
_ENDS_AFTER_PENA = "PENA"

WHY = {
    "able": N_("We can live without it now"),
    "work": N_("Somebody in the family has steady work or a business now"),
    "others": N_("Others need it more"),
    "other": N_("Another reason"),
}


class WhichForm(BaseForm):
    """Which aid is left."""

    programs = ChecksField(_l("Which aid do you want to leave?"), [Needed(_l("Choose at least one."))])


class WhyForm(BaseForm):
    """Why: only to understand, nobody judges it."""

    why = RadiosField(
        _l("Why do you leave it?"),
        [Needed(_l("Choose why."))],
        choices=[(key, _l(words)) for key, words in WHY.items()],
    )
    story = LongTextField(_l("What else do you want to say?"), limit=1000, rows=3, says_optional=True)


def _prepare_which(form: WhichForm, world: World) -> None:
    say = speaker().say
    active = dict.fromkeys(one.program for one in world.facts.participations if one.active)
    form.programs.choices = [(label, say(world.program_name(label))) for label in active] or [
        (_ALL, say(N_("All aid that our family gets")))
    ]


class LeaveAid(Kind):
    """Out of one or several programmes, as the family itself wants it."""

    key = "leave_aid"
    slug = "keluar-dari-bantuan"
    icon = "leave"
    group = Group.CHANGED
    own_pin = True
    rests_days = REST_DAYS
    title = N_("We want to leave aid")
    explanation = N_("Your family does not need an aid any more and leaves it, by its own will.")
    outcome = N_(
        "For 30 days nothing happens, and one tap takes it back. After that an officer talks with you before anything "
        "ends. Nobody may make you leave aid."
    )
    steps = (
        Step(
            "bantuan",
            N_("Which aid you leave"),
            WhichForm,
            prepare=_prepare_which,
            note=N_(
                "Only if you want it yourself. Does somebody press you? Then do not send this, and tell us under "
                "«Somebody did wrong»."
            ),
        ),
        Step("mengapa", N_("Why you leave it"), WhyForm),
    )

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """What is left, and why."""
        rows = [
            Row(N_("Aid that you leave"), _programs(answers, world), "bantuan"),
            Row(N_("Why"), Message(WHY[answers["why"]]), "mengapa"),
        ]
        if answers.get("story"):
            rows.append(Row(N_("What you said"), shown(answers["story"]), "mengapa"))
        return rows

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """What the record says of each programme, beside what the family wants."""
        leaves = Message(N_("wants to leave it"))
        found = {one.program: one.active for one in world.facts.participations}
        words: dict[bool | None, Shown] = {True: Message(N_("receives it")), False: Message(N_("ended"))}
        return [
            Compared(_name_key(label, world), words.get(found.get(label), NOT_RECORDED), leaves, True)
            for label in answers["programs"]
        ]

    def touches(self, answers: Answers, world: World) -> frozenset[str]:
        """Each programme: leaving it twice at once is pointed out."""
        return frozenset(f"leave.{label}" for label in answers.get("programs") or ())

    def about(self, answers: Answers, world: World) -> tuple[str | None, int | None]:
        """The programme, where it is one."""
        chosen = [label for label in answers.get("programs") or () if label != _ALL]
        return (chosen[0] if len(chosen) == 1 else None), None

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """What ends and what does not, and what the catalogue knows that can come instead."""
        return (_GOES_ON, _OTHERS_STAY, _NO_WAY_BACK, *_instead(world))


_GOES_ON = Effect(
    Message(N_("The aid that you get now")),
    Message(N_("It goes on for the 30 days in which you can take this back.")),
    safe=True,
)
_OTHERS_STAY = Effect(
    Message(N_("Aid that you did not choose")), Message(N_("This submission does not touch it.")), safe=True
)
_NO_WAY_BACK = Effect(
    Message(N_("Coming back later")),
    Message(N_("Once it has ended, nobody can promise that you get it again. You would be proposed anew.")),
    safe=False,
    sure="G",
)


def _instead(world: World) -> list[Effect]:
    """What the catalogue of today knows that can come in the place of aid."""
    found = [one for one in catalog_on(world.today).programs if one.kind in _INSTEAD and not one.demo]
    said = N_("Can come instead, it is not certain. %(what)s")
    more = N_("Can come instead, it is not certain. Ask about it before you leave: it is for who gets aid. %(what)s")
    return [
        Effect(one.name, Message(more if one.code == _ENDS_AFTER_PENA else said, {"what": one.summary}), safe=False)
        for one in found
    ]


def _programs(answers: Answers, world: World) -> Message:
    if answers["programs"] == [_ALL]:
        return Message(N_("All aid that our family gets"))
    return listed([Message("%(name)s", {"name": world.program_name(label)}) for label in answers["programs"]])


def _name_key(label: str, world: World) -> str:
    return N_("All aid that our family gets") if label == _ALL else world.program_name(label).id


KIND = LeaveAid()
