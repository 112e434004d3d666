"""Free words, for those who do not want to choose: an officer reads them and sorts them (``sorting``)."""

from __future__ import annotations

from portal.cases.answers import Answers
from portal.cases.kinds.base import PAPERS_PAGE, Group, Paper
from portal.cases.kinds.saying import Choice, Saying, Words
from portal.core.messages import N_

VOICE = "voice"
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
                Choice(
                    "how",
                    N_("How do you want to tell it?"),
                    {"words": N_("I write it here"), "voice": N_("I record a voice note on the next page")},
                    N_("Told by"),
                ),
                Words(
                    "words",
                    N_("What do you want to tell?"),
                    N_("What you told"),
                    hint=N_("As you would say it. Do not write your PIN."),
                    limit=_MOST,
                    needed=N_("Write what you want to tell."),
                    needed_where=("how", "words"),
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

    papers: tuple[Paper, ...] = (
        Paper(
            VOICE,
            N_("Voice note"),
            (N_("record it with your phone, then choose the file"), N_("a voice note that you have already")),
            why=N_("Only if you would rather talk than write."),
            is_voice=True,
        ),
    )

    def asks_for(self, answers: Answers) -> frozenset[str]:
        """The voice note, where it is told by one."""
        return frozenset({VOICE}) if answers.get("how") == VOICE else frozenset()

    def pages_for(self, answers: Answers, *, recorded: bool = False) -> list[str]:
        """The page of the voice note only where there is one."""
        pages = super().pages_for(answers, recorded=recorded)
        return [page for page in pages if page != PAPERS_PAGE or answers.get("how") == VOICE]

    def is_restricted(self, answers: Answers) -> bool:
        """Where it is about an officer: that one may be the one who would read it."""
        return answers.get("about_officer") == "yes"

    def needs_two(self, answers: Answers) -> bool:
        """The same."""
        return self.is_restricted(answers)


KIND = Told()
