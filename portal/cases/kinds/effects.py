"""What a report may change for each programme, and what it surely does not: sentences shared by the kinds.

Facts and marks are those of the domain notes 2.5 and 3 (section 0 for the time that a new ranking takes). Nothing here
promises anything.
"""

from __future__ import annotations

from portal.cases.kinds.base import Effect, Shown, World
from portal.core.messages import N_
from portal.core.wording import Message
from portal.programs.terms import Sureness

DESIL, ALL_AID = Message(N_("Desil")), Message(N_("The aid that you get now"))
AID_GOES_ON = Effect(
    ALL_AID,
    Message(N_("Sending this stops nothing and adds nothing. This portal does not decide about aid.")),
    safe=True,
)
DESIL_STAYS = Effect(
    DESIL, Message(N_("This is not what families are ranked by. Your desil stays as it is.")), safe=True
)
DESIL_LATER = Effect(
    DESIL,
    Message(
        N_(
            "It does not change when you send this. After checks here the data go to the centre, and BPS ranks the "
            "families anew: that takes weeks to months. Your desil may then go up, go down or stay. Nobody knows it "
            "before."
        )
    ),
    safe=False,
    sure="A",
)


def gets(world: World, program: str) -> bool:
    """Whether the family or a member takes part in it now, by the record."""
    return any(one.program == program and one.active for one in world.facts.participations)


def effect(world: World, program: str, words: str, sure: Sureness, *, safe: bool = False) -> Effect:
    """A sentence about one programme."""
    about: Shown = world.program_name(program)
    return Effect(about, Message(words), safe, sure)


def only_if(world: World, program: str, words: str, sure: Sureness, *, safe: bool = False) -> list[Effect]:
    """The same, for a family that takes part in it."""
    return [effect(world, program, words, sure, safe=safe)] if gets(world, program) else []


CHILD_COUNTED = N_(
    "PKH counts small children up to 6 years: at most two of them, and at most three children in all. Whether this "
    "child is counted, the PKH social worker checks."
)
PUPIL_COUNTED = N_(
    "PKH counts pupils of SD, SMP and SMA who stand in the school's data (Dapodik). If a pupil is not reported, the "
    "pupil may not be counted."
)
PREGNANCY_COUNTED = N_("PKH counts a pregnancy, up to the second. The PKH social worker checks it.")
SEVERE_COUNTED = N_("PKH counts members with a severe disability. An officer checks it.")
FEWER_COUNTED = N_(
    "PKH counts living members of the family. The amount may become less, and PKH may end if nobody is left whom it "
    "counts."
)
WORK_AND_PKH = N_(
    "A new job does not end PKH at once. PKH looks at the desil (1 to 4) and at the members whom it counts, not at one "
    "wage."
)
STATE_WORK = N_(
    "Work as ASN, TNI, Polri, or for a state company (BUMN, BUMD) is different: aid may end because of it, also "
    "that of the family."
)
LOST_WORK = N_(
    "In 2025 the village could give it to families that lost their livelihood. We found no rule for 2026: ask the "
    "village office."
)
FOOD_BY_DESIL = N_("It goes by the desil of the family. Sources differ on the highest desil: 4 or 5.")
HEALTH_OWN = N_(
    "Everyone has a membership of their own (desil 1 to 5, or a special check). Whether a new one is opened, is not "
    "certain."
)
HEALTH_ENDS = N_("The membership of the person who died ends. That of the others does not hang on it.")
PARENT_LOST = N_(
    "A child who lost father or mother may get it, if the family is poor and the child is not yet grown up. An officer "
    "checks it."
)
SCHOOL_MONEY = N_("PIP is for pupils of poor families and of PKH families. The school proposes them.")
ADDRESS_FOUND = N_(
    "Aid has been stopped where officers did not find the address or the person. With your right address they find you."
)
NAME_MATCHES = N_("Aid has been stopped or held where name or NIK did not match Dukcapil. Right data prevent that.")
HIGH_POWER = N_(
    "In the trial of Perlinsos, electric power above 1,300 VA was a reason to refuse. The rest is not known."
)
