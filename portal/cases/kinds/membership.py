"""Somebody came into the family, or does not live with it any more. Dukcapil owns the KK."""

from __future__ import annotations

from collections.abc import Sequence

from portal.cases.answers import Answers
from portal.cases.kinds.base import Effect, Elsewhere, Paper, World
from portal.cases.kinds.change import WHO, Change, Page
from portal.cases.kinds.effects import AID_GOES_ON, DESIL_LATER, FEWER_COUNTED, FOOD_BY_DESIL, only_if
from portal.cases.kinds.lines import Day, Line, OneOf, codes
from portal.cases.kinds.members import Member
from portal.cases.kinds.offices import KK_CHANGED, OWN_KK
from portal.cases.kinds.people import BORN, NAME, SEX, SINCE, TOLD, WHOLE_FAMILY, other_living
from portal.cases.workflow import Track
from portal.core.messages import N_
from portal.registry.codes import RELATION


class Joined(Change):
    """Somebody came into the family."""

    key, slug, icon = "joined", "anggota-masuk", "family"
    track = Track.LONG
    title = N_("Somebody lives with us now")
    explanation = N_("A person joined your family: a grandchild, a parent, an adopted child or somebody else.")
    outcome = WHOLE_FAMILY
    pages = (
        Page(
            "siapa",
            N_("Who lives with you now?"),
            (
                NAME,
                SEX,
                Line(BORN.key, BORN.label, N_("When was the person born?"), Day(), why=BORN.why),
                Line(
                    "as_what",
                    N_("Place in the family"),
                    N_("What is this person to the head of the family?"),
                    codes({code: words for code, words in RELATION.items() if code > 1}),
                ),
            ),
        ),
        Page(
            "sejak",
            N_("Since when, and from where?"),
            (
                SINCE,
                Line(
                    "from_where",
                    N_("Came from"),
                    N_("Where did the person live before?"),
                    OneOf(
                        {
                            "kin": N_("With relatives, on another KK"),
                            "elsewhere": N_("In another town or abroad"),
                            "institution": N_("In a home or boarding school"),
                            "other": N_("Somewhere else"),
                        }
                    ),
                ),
                TOLD,
            ),
        ),
    )
    papers = (
        Paper(
            "kk_paper",
            N_("Paper about the person"),
            (N_("new KK with the person"), N_("moving letter (SKPWNI)"), N_("letter of the RT or RW")),
            why=N_("It shows that the person lives with you. A photo is enough."),
            required=True,
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """More people in the house."""
        return [AID_GOES_ON, *only_if(world, "SEMBAKO", FOOD_BY_DESIL, "X"), DESIL_LATER]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """The KK first."""
        return (KK_CHANGED,)


class Left(Change):
    """A member does not live with the family any more."""

    key, slug, icon = "left", "anggota-keluar", "family"
    track = Track.LONG
    title = N_("A member does not live with us any more")
    explanation = N_("Somebody moved out: own household, work elsewhere, or another reason.")
    outcome = WHOLE_FAMILY
    pages = (
        Page(
            "siapa",
            N_("Who left?"),
            (
                Line(WHO, N_("Who left"), N_("Who left?"), Member(other_living), why=N_("Choose who it is.")),
                SINCE,
                Line(
                    "why_left",
                    N_("Reason"),
                    N_("Why does the person live elsewhere?"),
                    OneOf(
                        {
                            "own_home": N_("Has an own household now"),
                            "work": N_("Works in another town or abroad"),
                            "study": N_("Goes to school or studies elsewhere"),
                            "with_kin": N_("Lives with other relatives"),
                            "unknown": N_("We do not know where the person is"),
                            "other": N_("Another reason"),
                        }
                    ),
                    hint=N_("Who only works or studies elsewhere and comes back, may stay on the KK."),
                ),
                TOLD,
            ),
        ),
    )
    papers = (
        Paper(
            "left_paper",
            N_("Paper about it, if there is one"),
            (N_("new KK"), N_("moving letter (SKPWNI)"), N_("letter of the RT or RW")),
            why=N_("You can send it without any paper."),
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Fewer people in the house."""
        return [*only_if(world, "PKH", FEWER_COUNTED, "C"), *only_if(world, "SEMBAKO", FOOD_BY_DESIL, "X"), DESIL_LATER]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """An own KK, where there is an own household."""
        return (OWN_KK,) if answers.get("why_left") == "own_home" else (KK_CHANGED,)


JOINED, LEFT = Joined(), Left()
