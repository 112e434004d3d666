"""An officer opened the family's data, and the family does not know why.

It goes to the supervisor of the kecamatan, or to the regency office where the supervisor is the one; the officer who
looked never finds it. The database holds that (``case_keeps_away`` and its policies).
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.audit.looks import LookFacts, reason_words
from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import NOT_RECORDED, Compared, Group, Kind, Row, Shown, Step, World
from portal.core.clock import zone_of_area
from portal.core.messages import N_
from portal.core.wording import Message
from portal.web.formats import day_time
from portal.web.forms import BaseForm, LongTextField, Needed, RadiosField
from portal.web.speaking import speaker

CONTACT = {
    "no": N_("No"),
    "yes": N_("Yes, with this officer or with the office"),
    "unknown": N_("I do not know"),
}
_FROM_LIST = "from_list"  # the look was chosen where all looks are listed
_LOOK = N_("%(officer)s, %(office)s")


class WhichForm(BaseForm):
    """Which look, where no page named it."""

    look = RadiosField(_l("Which one do you not know?"), [Needed(_l("Choose one."))])


class ContactForm(BaseForm):
    """What the family knows about it."""

    contact = RadiosField(
        _l("Did somebody of your family have to do with the village office or an officer in those days?"),
        [Needed(_l("Choose an answer."))],
        choices=[(key, _l(words)) for key, words in CONTACT.items()],
    )
    story = LongTextField(_l("What else do you want to say?"), limit=1000, rows=4, says_optional=True)


def _prepare_which(form: WhichForm, world: World) -> None:
    say, there = speaker().say, zone_of_area(world.facts.village_id)
    form.look.choices = [
        (str(one.public_id), f"{day_time(one.at, there)}: {say(_who(one))}") for one in world.looks(None)
    ]


class UnknownLook(Kind):
    """A complaint about a look; what an approval means, the reason says."""

    key = "unknown_look"
    slug = "tidak-mengenal-petugas"
    icon = "eye"
    group = Group.DONE_WRONG
    listed = False
    title = N_("I do not know why an officer opened our data")
    explanation = N_("An officer opened your family's data, and you do not know why.")
    outcome = N_(
        "It goes to the officer's supervisor, who asks why and tells you. The officer who looked never sees what you "
        "send. Your aid does not change because of it."
    )
    steps = (
        Step(
            "yang-mana",
            N_("Which look"),
            WhichForm,
            prepare=_prepare_which,
            needed=lambda answers: not answers.get(_FROM_LIST),
        ),
        Step("tahu", N_("What you know about it"), ContactForm),
    )

    def begin(self, hints: Mapping[str, str]) -> Answers:
        """The look that was tapped in the list."""
        try:
            return {"look": str(UUID(hints.get("penglihatan", ""))), _FROM_LIST: True}
        except ValueError:
            return {}

    def subject(self, answers: Answers, world: World) -> Shown | None:
        """Who looked, and when."""
        look = _look(answers, world)
        if look is None:
            return None
        return Message("%(who)s, %(when)s", {"who": _who(look), "when": _when(look, world)})

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """Who looked, when and why as noted, then what the family knows."""
        look = _look(answers, world)
        step = "" if answers.get(_FROM_LIST) else "yang-mana"
        rows = [
            Row(N_("Who looked"), _who(look) if look else NOT_RECORDED, step),
            Row(N_("When"), shown(_when(look, world)) if look else NOT_RECORDED, step),
            Row(N_("Reason as noted"), Message(reason_words(look.reason)) if look else NOT_RECORDED, step),
            Row(N_("Contact in those days"), Message(CONTACT[answers["contact"]]), "tahu"),
        ]
        if answers.get("story"):
            rows.append(Row(N_("What you said"), shown(answers["story"]), "tahu"))
        return rows

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """The reason that was noted, beside what the family knows."""
        look = _look(answers, world)
        noted: Shown = Message(reason_words(look.reason)) if look else NOT_RECORDED
        return [Compared(N_("Reason of the look"), noted, Message(N_("not known to the family")), True)]

    def about_look(self, answers: Answers) -> UUID | None:
        """The look that was chosen."""
        return UUID(answers["look"])


def _look(answers: Answers, world: World) -> LookFacts | None:
    wanted = answers.get("look")
    found = world.looks(UUID(wanted)) if wanted else ()
    return found[0] if found else None


def _who(look: LookFacts) -> Message:
    return Message(_LOOK, {"officer": look.staff_name, "office": look.staff_title})


def _when(look: LookFacts, world: World) -> str:
    return day_time(look.at, zone_of_area(world.facts.village_id))


KIND = UnknownLook()
