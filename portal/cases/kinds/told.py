"""Free words, for those who do not want to choose: an officer reads them and sorts them (``sorting``)."""

from __future__ import annotations

from portal.cases.answers import Answers
from portal.cases.kinds.base import Group
from portal.cases.kinds.saying import Choice, Saying, Words
from portal.core.messages import N_

_MOST = 4000  # characters


class Told(Saying):
    """*Ceritakan saja*."""

    key = "told"
    slug = "ceritakan-saja"
    icon = "chat"
    group = Group.TELL
    title = N_("Just tell us")
    explanation = N_("Say it in your own words. An officer reads it and finds out what it is about.")
    outcome = N_(
        "The officer answers you, or sorts it as what it is and tells you by when you hear more. Telling does not "
        "change your aid."
    )
    pages = (
        (
            "cerita",
            N_("Your own words"),
            (
                Words(
                    "words",
                    N_("What do you want to tell?"),
                    N_("What you told"),
                    hint=N_("As you would say it. Do not write your PIN."),
                    limit=_MOST,
                    needed=N_("Write what you want to tell."),
                ),
                Choice(
                    "about_officer",
                    N_("Is it about an officer, or about money that somebody asks for?"),
                    {"no": N_("No"), "yes": N_("Yes: send it sealed to the regency office")},
                    N_("About an officer or money"),
                ),
            ),
        ),
    )

    def is_restricted(self, answers: Answers) -> bool:
        """Where it is about an officer: that one may be the one who would read it."""
        return answers.get("about_officer") == "yes"

    def needs_two(self, answers: Answers) -> bool:
        """The same."""
        return self.is_restricted(answers)


KIND = Told()
