"""Marriage, and a family that becomes two: divorce, separation, or a KK of its own."""

from __future__ import annotations

from collections.abc import Sequence

from portal.cases.answers import Answers
from portal.cases.kinds.base import Effect, Elsewhere, Paper, World
from portal.cases.kinds.change import WHO, Change, Page
from portal.cases.kinds.effects import AID_GOES_ON, DESIL_LATER, FOOD_BY_DESIL, only_if
from portal.cases.kinds.lines import Day, Line, OneOf, Words
from portal.cases.kinds.members import Member, Members
from portal.cases.kinds.offices import DIVORCED, KK_CHANGED, MARRIED, OWN_KK
from portal.cases.kinds.people import SINCE, TOLD, WHOLE_FAMILY, living_adult
from portal.cases.workflow import Track
from portal.core.messages import N_


class Marriage(Change):
    """A member married."""

    key, slug, icon = "marriage", "menikah", "family"
    title = N_("Somebody married")
    explanation = N_("You or a member of your family married.")
    outcome = WHOLE_FAMILY
    pages = (
        Page(
            "siapa",
            N_("Who married?"),
            (
                Line(WHO, N_("Who married"), N_("Who married?"), Member(living_adult), why=N_("Choose who it is.")),
                Line(
                    "spouse",
                    N_("Name of husband or wife"),
                    N_("What is the name of the husband or wife?"),
                    Words(),
                    why=N_("Write the name."),
                ),
                Line("married_on", N_("Day of the marriage"), N_("When was the marriage?"), Day()),
            ),
        ),
        Page(
            "tinggal",
            N_("Where do they live?"),
            (
                Line(
                    "live_where",
                    N_("They live"),
                    N_("Where do the two live now?"),
                    OneOf(
                        {
                            "here": N_("In our family"),
                            "own_home": N_("In a household of their own"),
                            "there": N_("In the family of the husband or wife"),
                        }
                    ),
                ),
            ),
        ),
    )
    papers = (
        Paper(
            "marriage_paper",
            N_("Paper about the marriage"),
            (N_("marriage book or marriage deed"), N_("new KK"), N_("letter of the village")),
            why=N_("It shows who married whom. A photo is enough."),
            required=True,
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Other people in the house."""
        return [AID_GOES_ON, *only_if(world, "SEMBAKO", FOOD_BY_DESIL, "X"), DESIL_LATER]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """The KK with the new status."""
        return (MARRIED,) if answers.get("live_where") == "here" else (MARRIED, OWN_KK)


class Split(Change):
    """The family became two."""

    key, slug, icon = "split", "pisah-kk", "family"
    track = Track.LONG
    title = N_("Divorce, or the family became two")
    explanation = N_("Divorced, separated, or a part of the family has a KK of its own now.")
    outcome = WHOLE_FAMILY
    pages = (
        Page(
            "apa",
            N_("What happened?"),
            (
                Line(
                    "happened",
                    N_("What happened"),
                    N_("What happened?"),
                    OneOf(
                        {
                            "divorced": N_("Divorced, with a deed of the court"),
                            "separated": N_("Live apart, without a deed"),
                            "own_kk": N_("A part of the family has a KK of its own"),
                        }
                    ),
                ),
                SINCE,
            ),
            note=N_("Did somebody hurt you or threaten you? Call SAPA 129, day and night. It is free."),
        ),
        Page(
            "siapa",
            N_("Who lives elsewhere now?"),
            (
                Line(
                    "away",
                    N_("Live elsewhere now"),
                    N_("Who does not live in your house any more?"),
                    Members(),
                    why=N_("Choose at least one."),
                ),
                TOLD,
            ),
        ),
    )
    papers = (
        Paper(
            "split_paper",
            N_("Paper about it"),
            (N_("divorce deed"), N_("new KK"), N_("letter of the village or of the RT or RW")),
            why=N_("It shows who belongs to whom now. A photo is enough."),
            required=True,
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Each household is ranked by itself, later."""
        return [AID_GOES_ON, *only_if(world, "SEMBAKO", FOOD_BY_DESIL, "X"), DESIL_LATER]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """Deed and KK."""
        return {"divorced": (DIVORCED,), "own_kk": (OWN_KK,)}.get(answers.get("happened", ""), (KK_CHANGED,))


MARRIAGE, SPLIT = Marriage(), Split()
