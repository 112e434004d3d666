"""Something that the portal itself wrote down is wrong: answered within 3x24 hours by the clock (Pasal 30 UU 27/2022).

What the member can change at once (language, PIN, devices, consents) needs no case. What others own (Dukcapil, BPS,
Kemensos, the bank) is not decided here. It is about one person's login, so it goes sealed to the regency office.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import Compared, Group, Kind, Row, Step, World
from portal.core.messages import N_
from portal.core.wording import Message
from portal.web.forms import AtLeast, BaseForm, LongTextField, Needed, RadiosField

ABOUT = {
    "login": N_("My sign-in: when it was made, by whom, the slip"),
    "devices": N_("Where I was signed in"),
    "cases": N_("A submission, or what was written down for me"),
    "messages": N_("A message"),
    "statements": N_("What an officer says to have checked"),
    "looks": N_("Who looked at our data"),
    "other": N_("Something else that this portal wrote down"),
}


class WrongForm(BaseForm):
    """What is wrong and how it should be."""

    about = RadiosField(
        _l("What is wrong?"),
        [Needed(_l("Choose what is wrong."))],
        choices=[(key, _l(words)) for key, words in ABOUT.items()],
    )
    wrong = LongTextField(
        _l("What stands there, and what is right?"),
        [Needed(_l("Write what is right.")), AtLeast(10)],
        hint=_l("Do not write your PIN or a whole NIK."),
        limit=1000,
        rows=4,
    )


class PortalData(Kind):
    """A correction of what the portal holds by itself."""

    key = "portal_data"
    slug = "data-portal"
    icon = "document"
    group = Group.WRONG
    title = N_("Something that this portal wrote down is wrong")
    explanation = N_("Sign-in, devices, messages or what was written down here. Not house, KK, desil or aid.")
    outcome = N_(
        "The regency office looks at it, mends it if it is wrong, and tells you the result. Only you and that office "
        "see it. Nothing of the past is rubbed out: the answer says what was wrong."
    )
    steps = (Step("salah", N_("What is wrong"), WrongForm),)

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """What and how."""
        return [
            Row(N_("What is wrong"), Message(ABOUT[answers["about"]]), "salah"),
            Row(N_("What is right"), shown(answers["wrong"]), "salah"),
        ]

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """Nothing of the official record is asked for."""
        return []

    def is_restricted(self, answers: Answers) -> bool:
        """About one person's login: for the regency office alone."""
        return True


KIND = PortalData()
