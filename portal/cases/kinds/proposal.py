"""A proposal (usul) for the own family, which is recorded and gets no aid. One for a family that is not recorded, or
without a login, is no case: see ``portal.cases.proposals``."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import NOT_RECORDED, Compared, Effect, Group, Kind, Paper, Row, Step, World
from portal.cases.kinds.effects import DESIL_LATER
from portal.cases.kinds.lines import listed
from portal.cases.workflow import Track
from portal.core.messages import N_
from portal.core.wording import Message
from portal.web.forms import AtLeast, BaseForm, ChecksField, LongTextField, Needed

SITUATION = {
    "no_income": N_("Nobody has steady work"),
    "food": N_("We often do not have enough to eat"),
    "ill": N_("Somebody is ill for long or disabled"),
    "alone": N_("An elderly person or a parent lives without support"),
    "school": N_("A child cannot go to school because of money"),
    "house": N_("The house is not fit to live in"),
    "other": N_("Something else"),
}


class WhyForm(BaseForm):
    """How the family lives."""

    situation = ChecksField(
        _l("How is it in your family?"),
        [Needed(_l("Choose at least one."))],
        choices=[(key, _l(words)) for key, words in SITUATION.items()],
    )
    story = LongTextField(
        _l("Tell why your family should be looked at"),
        [Needed(_l("Write why.")), AtLeast(10)],
        hint=_l("In your own words. Write no NIK."),
        limit=1000,
        rows=5,
    )


class Proposal(Kind):
    """The own family is put before the village meeting, and goes up from there."""

    key = "proposal"
    slug = "usul-keluarga-sendiri"
    icon = "family"
    group = Group.STOPPED
    track = Track.LONG
    may_be_recorded = True
    title = N_("We get no aid and want to be proposed")
    explanation = N_("Your family is recorded and gets no aid. You ask the village to propose it.")
    outcome = N_(
        "The officer comes to see how things are, then the village talks about it in its meeting. The kecamatan and "
        "the regency check it, and the centre decides. Nobody here can promise aid. Proposing is free."
    )
    steps = (Step("mengapa", N_("Why your family should be looked at"), WhyForm),)
    papers = (
        Paper(
            "proof",
            N_("Photos or papers, if you have any"),
            (N_("photo of the own house, outside and inside"), N_("letter of the RT or RW")),
            why=N_("You can send it without. Photograph only your own house."),
        ),
    )

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """How the family lives, as it says."""
        return [
            Row(N_("How it is"), _situation(answers), "mengapa"),
            Row(N_("What you said"), shown(answers["story"]), "mengapa"),
        ]

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """The aid of the record beside what the family says."""
        active = [one for one in world.facts.participations if one.active]
        recorded = listed([Message("%(name)s", {"name": world.program_name(one.program)}) for one in active])
        return [Compared(N_("Aid"), recorded if active else NOT_RECORDED, _situation(answers), True)]

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """No promise, and the desil is ranked anew by BPS alone."""
        return (_FREE, DESIL_LATER)

    def touches(self, answers: Answers, world: World) -> frozenset[str]:
        """One proposal of a family at a time."""
        return frozenset({"proposal.family"})


_FREE = Effect(
    Message(N_("Aid")),
    Message(
        N_("If it is accepted by the centre, aid may come about three months later. Nobody may ask you for money.")
    ),
    safe=False,
    sure="B",
)


def _situation(answers: Answers) -> Message:
    return listed([Message(SITUATION[key]) for key in answers["situation"] if key in SITUATION])


KIND = Proposal()
