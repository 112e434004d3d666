"""Born, died, recorded dead but alive. Dukcapil owns the KK; an officer can establish here whether a member lives."""

from __future__ import annotations

from collections.abc import Sequence

from portal.cases.answers import Answers
from portal.cases.kinds.base import Effect, Elsewhere, Group, Paper, World
from portal.cases.kinds.change import WHO, Change, Page
from portal.cases.kinds.effects import (
    AID_GOES_ON,
    CHILD_COUNTED,
    DESIL_LATER,
    FEWER_COUNTED,
    FOOD_BY_DESIL,
    HEALTH_ENDS,
    HEALTH_OWN,
    NAME_MATCHES,
    PARENT_LOST,
    effect,
    only_if,
)
from portal.cases.kinds.lines import Day, Line, OneOf, Words
from portal.cases.kinds.members import Member
from portal.cases.kinds.offices import ALIVE_AGAIN, BIRTH_DEED, CARD_NAME, DEATH_DEED
from portal.core.messages import N_
from portal.registry.facts import MemberFacts

NAME = Line("full_name", N_("Name"), N_("What is the full name?"), Words(), news=True, why=N_("Write the name."))
SEX = Line("sex", N_("Sex"), N_("Male or female?"), OneOf({"L": N_("male"), "P": N_("female")}))
BORN = Line("born_on", N_("Birth date"), N_("When was the child born?"), Day(), why=N_("Write the birth date."))
SINCE = Line("since", N_("Since"), N_("Since when?"), Day(), why=N_("Write since when."))
TOLD = Line(
    "more",
    N_("Told in addition"),
    N_("Do you want to say more?"),
    Words(500, rows=3),
    optional=True,
)
WHOLE_FAMILY = N_(
    "The officer checks it and answers you. Who belongs to the family changes here when the centre has taken over the "
    "new KK."
)


def other_living(member: MemberFacts, world: World) -> bool:
    """A living member who is not the one that sends it."""
    return member.lives and member.person_id != world.sender


def living_adult(member: MemberFacts, world: World) -> bool:
    """A living member of 17 or more, or of unknown age."""
    age = member.age_on(world.today)
    return member.lives and (age is None or age >= ADULT)


ADULT = 17  # with a KTP


def living_woman(member: MemberFacts, world: World) -> bool:
    """A living woman or girl of 12 or more."""
    age = member.age_on(world.today)
    return member.lives and member.sex == "P" and (age is None or age >= 12)


class Birth(Change):
    """A child was born."""

    key, slug, icon = "birth", "kelahiran", "family"
    title = N_("A child was born")
    explanation = N_("A baby of your family that is not recorded yet.")
    outcome = WHOLE_FAMILY
    pages = (
        Page(
            "bayi",
            N_("About the baby"),
            (
                Line(
                    NAME.key,
                    N_("Name of the baby"),
                    N_("What is the name of the baby?"),
                    Words(),
                    hint=N_("If there is no name yet, write: baby."),
                    news=True,
                    why=N_("Write the name."),
                ),
                SEX,
                BORN,
            ),
        ),
        Page(
            "ibu",
            N_("The mother"),
            (
                Line(
                    "mother",
                    N_("Mother"),
                    N_("Who is the mother?"),
                    Member(living_woman),
                    hint=N_("If she is not in the list, leave this empty."),
                    optional=True,
                ),
                TOLD,
            ),
        ),
    )
    papers = (
        Paper(
            "birth_paper",
            N_("Paper about the birth"),
            (
                N_("birth deed"),
                N_("letter of birth from midwife, puskesmas or hospital"),
                N_("new KK with the child"),
                N_("letter of the RT or RW"),
            ),
            why=N_("One of these shows that the child is there. A photo is enough."),
            required=True,
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """A small child may be counted; food aid does not go by heads."""
        return [
            AID_GOES_ON,
            *only_if(world, "PKH", CHILD_COUNTED, "B"),
            *only_if(world, "SEMBAKO", FOOD_BY_DESIL, "X"),
            effect(world, "PBI-JK", HEALTH_OWN, "B"),
            DESIL_LATER,
        ]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """Dukcapil writes the child on the KK."""
        return (BIRTH_DEED,)


class Death(Change):
    """A member died."""

    key, slug, icon = "death", "meninggal", "person"
    title = N_("A family member died")
    explanation = N_("We are sorry for your loss. Report it, so that the data of your family are right.")
    outcome = WHOLE_FAMILY
    pages = (
        Page(
            "siapa",
            N_("Who died?"),
            (
                Line(WHO, N_("Who died"), N_("Who died?"), Member(other_living), why=N_("Choose who it is.")),
                Line("died_on", N_("Day of death"), N_("When was it?"), Day(), why=N_("Write the day.")),
                Line(
                    "card_holder",
                    N_("KKS card in that name"),
                    N_("Was the KKS card in the name of the person who died?"),
                    OneOf({"yes": N_("Yes"), "no": N_("No"), "none": N_("We have no KKS card")}),
                ),
            ),
        ),
    )
    sets = (("alive", False),)
    papers = (
        Paper(
            "death_paper",
            N_("Paper about the death"),
            (
                N_("death deed"),
                N_("letter of death from hospital, puskesmas or village"),
                N_("letter of the RT or RW"),
            ),
            why=N_("It shows when it was. A photo is enough."),
            required=True,
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Fewer may be counted; a child may have lost a parent."""
        young = any((one.age_on(world.today) or ADULT + 1) <= ADULT for one in world.facts.living_members)
        return [
            *only_if(world, "PKH", FEWER_COUNTED, "C"),
            *only_if(world, "SEMBAKO", FOOD_BY_DESIL, "X"),
            *only_if(world, "PBI-JK", HEALTH_ENDS, "B"),
            *([effect(world, "ATENSI-YAPI", PARENT_LOST, "B")] if young else []),
            DESIL_LATER,
        ]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """The deed; the card, where it was in that name."""
        return (DEATH_DEED, CARD_NAME) if answers.get("card_holder") == "yes" else (DEATH_DEED,)


class RecordedDead(Change):
    """Recorded as dead, but alive."""

    key, slug, icon = "recorded_dead", "tercatat-meninggal", "stop"
    title = N_("Recorded as dead, but alive")
    explanation = N_("You or a member of your family lives, but the data say otherwise.")
    outcome = N_(
        "The officer sees that the person lives and writes it down here. Dukcapil has to correct its own record; after "
        "that the centre follows."
    )
    group = Group.WRONG
    pages = (
        Page(
            "siapa",
            N_("Who is alive?"),
            (
                Line(
                    WHO,
                    N_("Who is alive"),
                    N_("Who is recorded as dead?"),
                    Member(lambda _one, _world: True),
                    why=N_("Choose who it is."),
                ),
                Line(
                    "seen_where",
                    N_("Where it was seen"),
                    N_("Where does it say that the person died?"),
                    OneOf(
                        {
                            "here": N_("In this portal"),
                            "dukcapil": N_("At Dukcapil"),
                            "bpjs": N_("At BPJS, puskesmas or hospital"),
                            "bank": N_("At the bank or the post office"),
                            "other": N_("Somewhere else"),
                        }
                    ),
                ),
                TOLD,
            ),
        ),
    )
    sets = (("alive", True),)
    papers = (
        Paper(
            "alive_paper",
            N_("Photo of the KTP"),
            (N_("KTP"), N_("KK"), N_("letter of the village that you are living")),
            why=N_("The officer also wants to see the person, or visits."),
            required=True,
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Aid is stopped for people recorded as dead."""
        return [AID_GOES_ON, *only_if(world, "PKH", NAME_MATCHES, "B")]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """Dukcapil corrects its own record."""
        return (ALIVE_AGAIN,)


BIRTH, DEATH, RECORDED_DEAD = Birth(), Death(), RecordedDead()
