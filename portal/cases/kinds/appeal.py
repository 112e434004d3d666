"""An appeal against a decision: refers to the first case, and goes to somebody else than whoever decided that one."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import Compared, Group, Kind, Paper, Row, Shown, Step, World
from portal.core.ids import tidy_reference
from portal.core.messages import N_
from portal.core.wording import Message
from portal.web.forms import AtLeast, BaseForm, LongTextField, Needed, RadiosField

WHY = {
    "not_looked": N_("Something was not looked at"),
    "wrong_fact": N_("A fact is wrong"),
    "new_paper": N_("I have a new paper"),
    "other": N_("Something else"),
}


class WhyForm(BaseForm):
    """What is not right about the decision."""

    why = RadiosField(
        _l("Why do you not agree?"),
        [Needed(_l("Choose why."))],
        choices=[(key, _l(words)) for key, words in WHY.items()],
    )
    story = LongTextField(
        _l("What should be looked at once more?"),
        [Needed(_l("Write what should be looked at.")), AtLeast(10)],
        limit=1000,
        rows=4,
    )


class Appeal(Kind):
    """Somebody else looks at a decision once more."""

    key = "appeal"
    slug = "banding"
    icon = "document"
    group = Group.WRONG
    listed = False
    begun_from = "kasus"
    title = N_("I do not agree with the answer")
    explanation = N_("Another officer looks at an answer you got once more.")
    outcome = N_(
        "Another officer than the first one reads both and answers. Asking once more does not reduce your aid. The "
        "first answer stands until then."
    )
    steps = (Step("mengapa", N_("Why you do not agree"), WhyForm),)
    papers = (Paper("proof", N_("A new paper, if you have one"), why=N_("You can send it without any paper.")),)

    def begin(self, hints: Mapping[str, str]) -> Answers:
        """The case on whose page it was begun."""
        reference = tidy_reference(hints.get("kasus", ""))
        return {"first_case": reference} if reference else {}

    def first_case(self, answers: Answers) -> str | None:
        """The case whose decision is appealed."""
        return answers.get("first_case")

    def subject(self, answers: Answers, world: World) -> Shown | None:
        """The number of the first case."""
        return shown(answers["first_case"]) if answers.get("first_case") else None

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """Everything that was said."""
        return [
            Row(N_("Against the answer to"), shown(answers["first_case"]), ""),
            Row(N_("Why"), Message(WHY[answers["why"]]), "mengapa"),
            Row(N_("To be looked at"), shown(answers["story"]), "mengapa"),
        ]

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """Nothing of the record is asked for here: the first case says what was."""
        return []


KIND = Appeal()
