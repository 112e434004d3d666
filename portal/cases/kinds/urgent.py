"""What cannot wait: answered within hours by the clock, with emergency numbers beside it.

A membership of PBI-JK that was switched off comes back by the letter of a hospital or health centre, which Dinas Sosial
enters into SIKS-NG (domain notes, facts 10 and 2.2). The portal switches nothing on by itself and says so.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import Group, Paper, Row, Step, World
from portal.cases.kinds.saying import Choice, Saying, Words, asking
from portal.core.messages import N_
from portal.core.names import written_name
from portal.web.forms import BaseForm, Needed, RadiosField

_WHO = "who"


class _Urgent(Saying):
    group = Group.HELP
    urgent = True


class PatientForm(BaseForm):
    """Who is ill."""

    who = RadiosField(_l("Who needs the treatment?"), [Needed(_l("Choose who it is."))])


def _prepare_patient(form: PatientForm, world: World) -> None:
    form.who.choices = [(str(one.person_id), written_name(one.name)) for one in world.facts.members if one.lives]


class Treatment(_Urgent):
    """Dialysis or another treatment, and PBI-JK is switched off."""

    key = "treatment"
    slug = "pengobatan-bpjs-mati"
    icon = "shield"
    numbers = ("119", "021-171")
    title = N_("Treatment cannot wait, and BPJS (PBI-JK) is off")
    explanation = N_("Dialysis, birth, surgery or medicine that must go on, and the health insurance is switched off.")
    outcome = N_(
        "Treatment that cannot wait is a reason to switch PBI-JK on again. The way: a letter of the hospital or health "
        "centre, then Dinas Sosial, which enters it into SIKS-NG. The officer does it with you. This portal switches "
        "nothing on by itself. In danger of life go to the hospital first: nobody may send you away."
    )
    pages = (
        (
            "pengobatan",
            N_("About the treatment"),
            (
                Choice(
                    "what",
                    N_("Which treatment?"),
                    {
                        "dialysis": N_("Dialysis (cuci darah)"),
                        "birth": N_("Pregnancy or birth"),
                        "surgery": N_("Surgery, or a bed in the hospital"),
                        "medicine": N_("Medicine or therapy that must go on"),
                        "other": N_("Something else"),
                    },
                    N_("Treatment"),
                ),
                Choice(
                    "next",
                    N_("When is it needed?"),
                    {
                        "now": N_("Today or tomorrow"),
                        "days": N_("Within three days"),
                        "week": N_("Within a week"),
                        "later": N_("Later"),
                    },
                    N_("Needed"),
                ),
                Words(
                    "where",
                    N_("Which hospital or health centre?"),
                    N_("Where"),
                    needed=N_("Write the name of the hospital or health centre."),
                    one_line=True,
                ),
                Words("story", N_("What else should we know?"), N_("More about it")),
            ),
        ),
    )
    papers = (
        Paper(
            "letter",
            N_("Letter that treatment is needed"),
            (
                N_("letter of the hospital or health centre"),
                N_("photo of the schedule or the book of treatment"),
            ),
            why=N_("Send without it if you do not have it yet: every hour counts."),
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self.steps = (Step("siapa", N_("Who it is about"), PatientForm, prepare=_prepare_patient), *self.steps)

    def is_private(self, answers: Answers) -> bool:
        """About a body."""
        return True

    def about_person(self, answers: Answers, world: World) -> int | None:
        """Who is ill."""
        chosen = answers.get(_WHO)
        return next((one.person_id for one in world.facts.members if str(one.person_id) == chosen), None)

    def about(self, answers: Answers, world: World) -> tuple[str | None, int | None]:
        """The health insurance."""
        return "PBI-JK", None

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """Who is ill, then the rest."""
        person = self.about_person(answers, world)
        name = next((written_name(one.name) for one in world.facts.members if one.person_id == person), "")
        return [Row(N_("Who it is about"), shown(name), "siapa"), *super().rows(answers, world)]


class NoFood(_Urgent):
    """Nothing to eat."""

    key = "no_food"
    slug = "tidak-ada-makanan"
    icon = "house"
    may_be_recorded = True
    numbers = ("021-171",)
    title = N_("There is no food in the house")
    explanation = N_("Your family, or a family that you know, has nothing to eat today or tomorrow.")
    outcome = N_(
        "The officer looks for food help that is quickest: the village, Dinas Sosial, or others nearby. What is there "
        "differs from place to place, so nothing is promised but an answer within the hours."
    )
    pages = (
        (
            "keadaan",
            N_("How it is now"),
            (
                Choice(
                    "lasts",
                    N_("For how long is there food?"),
                    {"none": N_("None today"), "day": N_("Until tomorrow"), "days": N_("For two or three days")},
                    N_("Food"),
                ),
                Choice(
                    "who",
                    N_("Who is there?"),
                    {
                        "baby": N_("A baby or small child"),
                        "pregnant": N_("A pregnant or nursing mother"),
                        "elder": N_("An elder or ill person"),
                        "others": N_("Others"),
                    },
                    N_("Who is there"),
                    several=True,
                ),
                Words("where", N_("Where can you be found?"), N_("Where"), one_line=True),
                Words("story", N_("What else should we know?"), N_("More about it")),
            ),
        ),
    )


class Disaster(_Urgent):
    """Flood, fire, earthquake and the like."""

    key = "disaster"
    slug = "bencana"
    icon = "map"
    may_be_recorded = True
    numbers = ("112", "115", "021-171")
    title = N_("Disaster: flood, fire, earthquake, landslide")
    explanation = N_("Your house or village was hit, and you need help.")
    outcome = N_(
        "The officer passes on what you need: shelter, food, clothes, papers. In danger call first; this page is no "
        "emergency call."
    )
    pages = (
        (
            "keadaan",
            N_("How it is now"),
            (
                Choice(
                    "what",
                    N_("What happened?"),
                    {
                        "flood": N_("Flood"),
                        "fire": N_("Fire"),
                        "quake": N_("Earthquake or tsunami"),
                        "slide": N_("Landslide"),
                        "wind": N_("Storm or whirlwind"),
                        "volcano": N_("Volcano"),
                        "other": N_("Something else"),
                    },
                    N_("What happened"),
                ),
                Words(
                    "where",
                    N_("Where are you now?"),
                    N_("Where"),
                    needed=N_("Write where you are now."),
                    one_line=True,
                ),
                Choice(
                    "needs",
                    N_("What do you need most?"),
                    {
                        "shelter": N_("A place to sleep"),
                        "food": N_("Food and water"),
                        "medicine": N_("Medicine or a doctor"),
                        "clothes": N_("Clothes, blankets, things for a baby"),
                        "papers": N_("KTP, KK or the card are lost"),
                    },
                    N_("Needed"),
                    several=True,
                ),
                Words("story", N_("What else should we know?"), N_("More about it")),
            ),
        ),
    )


class Violence(_Urgent):
    """Violence at home or elsewhere: sealed, for the sender alone, with a quick way off the page."""

    key = "violence"
    slug = "kekerasan"
    icon = "lock"
    quick_exit = True
    numbers = ("110", "129", "112")
    title = N_("Violence, or fear of somebody")
    explanation = N_("Against you, a child, an elder or somebody you know. Nobody of your family or village reads it.")
    outcome = N_(
        "It goes sealed to the regency office, where two officers open it together, within hours. Nobody comes to your "
        "house or calls you unless you allow it here. In danger call 110 or 129 first."
    )
    pages = (
        (
            "kejadian",
            N_("What you want to say"),
            (
                Choice(
                    "what",
                    N_("What is it about?"),
                    {
                        "hit": N_("Hitting, threats, being locked in"),
                        "sexual": N_("Touching or sex against the will"),
                        "child": N_("A child is hurt or left alone"),
                        "elder": N_("An elder or ill person is hurt or left alone"),
                        "money": N_("Money, card or papers are taken away"),
                        "other": N_("Something else"),
                    },
                    N_("About"),
                    several=True,
                ),
                Choice(
                    "danger",
                    N_("Is somebody in danger now?"),
                    {"yes": N_("Yes"), "no": N_("No"), "unknown": N_("Not sure")},
                    N_("In danger now"),
                ),
                Words("story", N_("What do you want to tell?"), N_("What you told"), hint=N_("As much as you want.")),
            ),
        ),
        (
            "kabar",
            N_("How we may reach you"),
            (
                Choice(
                    "reach",
                    N_("How may we reach you?"),
                    {
                        "portal": N_("Only here: I look myself"),
                        "phone": N_("By a call, at a number and time that I write"),
                        "place": N_("I come to an office or a health centre"),
                    },
                    N_("Reach me"),
                ),
                Words(
                    "safe",
                    N_("Number, time or place that is safe"),
                    N_("Safe"),
                    one_line=True,
                ),
            ),
        ),
    )

    def __init__(self) -> None:
        self.steps = tuple(
            Step(key, title, asking(*questions), template="cases/step_quick_exit.html")
            for key, title, questions in self.pages
        )

    def is_restricted(self, answers: Answers) -> bool:
        """Past the village."""
        return True

    def needs_two(self, answers: Answers) -> bool:
        """Always."""
        return True

    def is_private(self, answers: Answers) -> bool:
        """Never for the family's other adults."""
        return True


URGENT = (Treatment(), NoFood(), Disaster(), Violence())
