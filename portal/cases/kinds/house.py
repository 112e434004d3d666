"""House and belongings as lines of the record: only what is otherwise now is asked. Codes of Regsosek form K."""

from __future__ import annotations

from collections.abc import Sequence

from portal.cases.answers import Answers
from portal.cases.kinds.base import Effect, Paper, World
from portal.cases.kinds.change import Change, Page
from portal.cases.kinds.effects import AID_GOES_ON, DESIL_LATER, HIGH_POWER, effect
from portal.cases.kinds.lines import Line, Number, Some, Words, YesNo, codes
from portal.cases.workflow import Track
from portal.core.messages import N_
from portal.registry import codes as record

HOUSING = "housing"
M2, VA = N_("%(number)s m2"), N_("%(number)s VA")
HIGHEST_LOW_POWER = 1300  # VA; above it Perlinsos refused (domain notes 2.5)

HOUSE_LINES = (
    Line("tenure", N_("Whose house it is"), N_("Whose house do you live in now?"), codes(record.TENURE), HOUSING),
    Line(
        "land_proof",
        N_("Proof of the land"),
        N_("Which proof of the land is there?"),
        codes(record.LAND_PROOF),
        HOUSING,
    ),
    Line(
        "floor_area_m2",
        N_("Size of the house"),
        N_("How many square metres is the floor of the house?"),
        Number(9999, M2),
        HOUSING,
        N_("Length times width. For example 6 metres by 6 metres is 36."),
    ),
    Line("floor", N_("Floor"), N_("What is the largest part of the floor made of?"), codes(record.FLOOR), HOUSING),
    Line("wall", N_("Walls"), N_("What is the largest part of the walls made of?"), codes(record.WALL), HOUSING),
    Line("roof", N_("Roof"), N_("What is the largest part of the roof made of?"), codes(record.ROOF), HOUSING),
    Line("water", N_("Drinking water"), N_("Where does your drinking water come from?"), codes(record.WATER), HOUSING),
    Line("toilet", N_("Toilet"), N_("Which toilet does your family use?"), codes(record.TOILET), HOUSING),
    Line("sewage", N_("Where toilet waste goes"), N_("Where does the toilet waste go?"), codes(record.SEWAGE), HOUSING),
    Line("lighting", N_("Lighting"), N_("What gives you light?"), codes(record.LIGHTING), HOUSING),
    Line(
        "power_va",
        N_("Electric power"),
        N_("How strong is the electricity?"),
        Number(66000, VA),
        HOUSING,
        N_("It stands on the meter or on the bill: 450, 900, 1300, 2200."),
    ),
    Line("fuel", N_("Cooking"), N_("What do you mostly cook with?"), codes(record.FUEL), HOUSING),
)
_THINGS = {
    "fridge": N_("fridge"),
    "ac": N_("air conditioner"),
    "heater": N_("water heater"),
    "television": N_("television"),
    "computer": N_("computer or laptop"),
    "gold": N_("gold of 10 grams or more"),
    "boat": N_("boat"),
    "cattle": N_("cattle, goats or other livestock"),
    "house": N_("another house"),
}
ASSET_LINES = (
    Line("motorcycles", N_("Motorcycles"), N_("How many motorcycles does the family have now?"), Number(20), HOUSING),
    Line("cars", N_("Cars"), N_("How many cars does the family have now?"), Number(20), HOUSING),
    Line(
        "land_m2",
        N_("Land"),
        N_("How many square metres of land does the family have now?"),
        Number(999_999, M2),
        HOUSING,
        N_("Rice field, garden and yard together. None: write 0. One hectare is 10000."),
    ),
    Line("savings", N_("Savings"), N_("Does the family have savings now?"), YesNo(), HOUSING),
    Line("loan", N_("Loan"), N_("Does the family have a loan now?"), YesNo(), HOUSING),
    Line(
        "bank_accounts",
        N_("Bank accounts"),
        N_("How many bank accounts does the family have now?"),
        Number(50),
        HOUSING,
        N_("Count all of them, also that of the KKS card. Do not write their numbers."),
    ),
    Line(
        "things",
        N_("Other things"),
        N_("Which of these does the family have now?"),
        Some(_THINGS),
        hint=N_("Tick what the family has. If it has none of them, write it on the next page."),
        optional=True,
    ),
)
MORE = Line(
    "more",
    N_("Told in addition"),
    N_("Do you want to say more?"),
    Words(500, rows=3),
    hint=N_("For example how it came about: repaired with help, damaged, sold."),
    optional=True,
)
LAST_PAGE = Page("cerita", N_("Anything else?"), (MORE,))


class HousingChange(Change):
    """Changes of the house or of what the family has: lines of one table of the record."""

    track = Track.LONG
    outcome = N_(
        "An officer looks at it, often at your home. Then village, kecamatan and regency check it, and it goes to the "
        "centre. Your desil is not changed here: BPS ranks the families."
    )

    pages = (LAST_PAGE,)

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """It is what families are ranked by, later."""
        told = next((line for _page, line in self.lines_asked(answers) if line.key == "power_va"), None)
        high = told is not None and int(told.ask.stated(answers[told.key])) > HIGHEST_LOW_POWER
        extra = [effect(world, "Perlinsos", HIGH_POWER, "B")] if high else []
        return [AID_GOES_ON, DESIL_LATER, *extra]


class House(HousingChange):
    """Floor, walls, roof, toilet, water, power and the rest of the house."""

    key, slug, icon = "house", "rumah", "house"
    title = N_("Our house is different now")
    explanation = N_("Floor, walls, roof, toilet, water or electricity became better or worse.")
    picks = HOUSE_LINES
    papers = (
        Paper(
            "house_photo",
            N_("Photo of what is different"),
            (N_("photo of the house from the front"), N_("photo of the floor, wall, roof or toilet")),
            why=N_("It helps the officer. The officer may also take the photo at your home."),
        ),
    )


class Assets(HousingChange):
    """Land, vehicles, savings and other belongings."""

    key, slug, icon = "assets", "harta", "coins"
    title = N_("What our family owns is different now")
    explanation = N_("Motorcycle, car, land, savings, loan or other things: bought, sold or lost.")
    picks = ASSET_LINES
    papers = (
        Paper(
            "asset_paper",
            N_("Paper about it, if there is one"),
            (
                N_("letter of sale or of purchase"),
                N_("land paper"),
                N_("vehicle paper (STNK)"),
                N_("letter of the village"),
            ),
            why=N_("You can send it without any paper."),
        ),
    )


HOUSE, ASSETS = House(), Assets()
