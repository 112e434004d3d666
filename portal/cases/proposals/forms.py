"""The forms of a proposal without a login."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from portal.cases.moves import MAX_WORDS
from portal.cases.tracing import looks_like_reference
from portal.core.messages import N_
from portal.core.nik import NotANumber, parse_nik
from portal.web.forms import (
    AtLeast,
    AtMost,
    BaseForm,
    Check,
    LongTextField,
    Needed,
    NumberField,
    RadiosField,
    SentOnce,
    TextField,
    TickField,
)

WHOM = {"own": N_("My own family"), "other": N_("Another family that needs it")}
_looks_right = Check(looks_like_reference, _l("It has 8 letters and digits. Read it again on your slip."))


class ProposalForm(SentOnce, BaseForm):
    """Who is proposed, where, and why."""

    whom = RadiosField(
        _l("Whom do you propose?"),
        [Needed(_l("Choose whom you propose."))],
        choices=[(key, _l(words)) for key, words in WHOM.items()],
    )
    name = TextField(
        _l("Name of the head of that family"),
        [Needed(_l("Write the name.")), AtMost(100)],
        hint=_l("As on the KTP if you know it, else as people call the person."),
    )
    nik = NumberField(
        _l("NIK of that person"),
        hint=_l("16 digits, on the KTP or KK. You do not know it? Leave it empty."),
        width=20,
        says_optional=True,
    )
    no_nik = TickField(
        _l("The person has no NIK yet"),
        hint=_l("Then an officer goes along to Dukcapil. That is free too."),
    )
    address = LongTextField(
        _l("Where does the family live?"),
        [Needed(_l("Write where the family lives."))],
        hint=_l("Dusun, RT and RW, or what the house stands next to."),
        limit=200,
        rows=2,
    )
    why = LongTextField(
        _l("Why should the family be looked at?"),
        [Needed(_l("Write why.")), AtLeast(10)],
        hint=_l("How they live, in your own words."),
        limit=1000,
        rows=5,
    )
    contact = TextField(
        _l("How can the officer reach you?"),
        [AtMost(100)],
        hint=_l("A phone number, if you want. Without it you follow the proposal with the slip."),
        says_optional=True,
    )

    def validate_nik(self, field: NumberField) -> None:
        """A NIK, or none."""
        if not field.data:
            return
        if self.no_nik.data:
            raise ValidationError(str(_l("Write the NIK or tick that there is none, not both.")))
        try:
            parse_nik(field.data)
        except NotANumber:
            raise ValidationError(str(_l("A NIK has 16 digits. Check it, or leave it empty."))) from None


class SlipForm(BaseForm):
    """The number and the code of a slip."""

    reference = TextField(
        _l("Number of the proposal"),
        [Needed(_l("Write the number that stands on your slip.")), _looks_right],
        hint=_l("It stands on your slip, for example 7KQ4-MX9T"),
        width=10,
    )
    code = TextField(
        _l("Code of the slip"),
        [Needed(_l("Write the code that stands on your slip.")), _looks_right],
        hint=_l("The second line of your slip. Show it to nobody."),
        width=10,
    )


class SlipAnswerForm(SlipForm):
    """The answer to what was asked."""

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    words = LongTextField(_l("Your answer"), [Needed(_l("Write your answer."))], limit=MAX_WORDS, rows=4)


class SlipWithdrawForm(SlipForm):
    """To take it back."""

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
