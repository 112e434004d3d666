"""Forms of the desk. Each names the version of the case that the officer saw."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from portal.cases.moves import MAX_WORDS
from portal.cases.path import PARTS
from portal.cases.workflow import Move
from portal.core.clock import today
from portal.web.forms import AtLeast, BaseForm, ChecksField, DayField, LongTextField, Needed, RadiosField

_FURTHEST = timedelta(days=60)
DECISIONS = {
    Move.ACCEPT: _l("Accept"),
    Move.PARTLY: _l("Accept in part"),
    Move.REFUSE: _l("Do not accept"),
}


class DeskForm(BaseForm):
    """A move."""

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())


class AskForm(DeskForm):
    """A question to the family."""

    question = LongTextField(
        _l("What do you need from the family?"),
        [Needed(_l("Write what you need.")), AtLeast(10)],
        hint=_l("One thing at a time, in plain words. Say which papers do. Never ask for a PIN."),
        limit=MAX_WORDS,
        rows=3,
    )


class VisitForm(DeskForm):
    """A visit."""

    day = DayField(_l("Day of the visit"), [Needed(_l("Write the day."))])
    part = RadiosField(
        _l("Part of the day"),
        [Needed(_l("Choose the part of the day."))],
        choices=[(key, _l(words)) for key, words in PARTS.items()],
    )
    words = LongTextField(
        _l("What should the family have ready?"),
        hint=_l("The family reads it beside the day. The visit is free; never ask for a PIN."),
        limit=MAX_WORDS,
        rows=2,
        says_optional=True,
    )

    def validate_day(self, field: DayField) -> None:
        """Today or within sixty days."""
        if field.data and not today() <= field.data <= today() + _FURTHEST:
            raise ValidationError(str(_l("Choose a day from today on, within 60 days.")))


class ClearUpForm(DeskForm):
    """What was found about a case that the person disowned."""

    found = LongTextField(
        _l("What did you find?"),
        [Needed(_l("Write what you found.")), AtLeast(10)],
        hint=_l("The person reads it. Say with whom you talked and what happens now."),
        limit=MAX_WORDS,
        rows=4,
    )


class StepForm(DeskForm):
    """One of the later steps, with what is said. Which one stands in the address."""

    words = LongTextField(_l("What was done and found"), limit=MAX_WORDS, rows=4)


class RecommendForm(StepForm):
    """What the worker found, for the village meeting."""

    opinion = RadiosField(
        _l("What do you recommend?"),
        [Needed(_l("Choose what you recommend."))],
        choices=[("yes", _l("It is right")), ("partly", _l("It is right in part")), ("no", _l("It is not right"))],
    )
    words = LongTextField(
        _l("What did you look at, and what did you find?"),
        [Needed(_l("Write what you found.")), AtLeast(10)],
        hint=_l("The family reads it."),
        limit=MAX_WORDS,
        rows=4,
    )


class MeetingForm(StepForm):
    """What the village meeting said."""

    held_on = DayField(_l("Day of the meeting"), [Needed(_l("Write the day."))])
    basis = RadiosField(
        _l("What is there of it?"),
        [Needed(_l("Choose what there is."))],
        choices=[
            ("minutes", _l("Minutes of the meeting (berita acara musdes or muskel)")),
            ("sptjm", _l("Declaration of responsibility of the village head (SPTJM), without a meeting")),
        ],
    )
    words = LongTextField(
        _l("What did the meeting say?"),
        [Needed(_l("Write what the meeting said.")), AtLeast(10)],
        hint=_l("The family reads it. Do not name other families."),
        limit=MAX_WORDS,
        rows=4,
    )

    def validate_held_on(self, field: DayField) -> None:
        """A day that has been."""
        if field.data and field.data > today():
            raise ValidationError(str(_l("The day lies in the future.")))


class LookedForm(StepForm):
    """What whoever verifies or sends back saw."""

    words = LongTextField(
        _l("What did you look at, and what do you say?"),
        [Needed(_l("Write what you looked at.")), AtLeast(10)],
        hint=_l("The family reads it."),
        limit=MAX_WORDS,
        rows=3,
    )


class ConfirmForm(LookedForm):
    """Which facts the regency confirms."""

    fields = ChecksField(_l("Which facts are confirmed?"), says_optional=True)


class CentreForm(StepForm):
    """What SIKS-NG says."""

    words = LongTextField(
        _l("What does SIKS-NG say?"),
        [Needed(_l("Write what SIKS-NG says.")), AtLeast(10)],
        hint=_l("In plain words, as it stands there. The family reads it."),
        limit=MAX_WORDS,
        rows=3,
    )


class DecideForm(DeskForm):
    """A decision with its reason."""

    decision = RadiosField(
        _l("Decision"),
        [Needed(_l("Choose the decision."))],
        choices=[(move.value, word) for move, word in DECISIONS.items()],
    )
    fields = ChecksField(_l("If in part: which facts are right?"), says_optional=True)
    reason = LongTextField(
        _l("Reason"),
        [Needed(_l("Write the reason.")), AtLeast(10)],
        hint=_l("The family reads it. Say what you checked, how, and what they can do now."),
        limit=MAX_WORDS,
        rows=4,
    )

    def validate_fields(self, field: ChecksField) -> None:
        """Accepting in part says which part, where the case is about facts of the record."""
        if self.decision.data == Move.PARTLY.value and field.choices and not field.data:
            raise ValidationError(str(_l("Tick the facts that are right.")))
