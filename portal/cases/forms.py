"""Forms that every kind shares: sending, papers, answering, taking back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from portal.cases.moves import MAX_WORDS
from portal.cases.tracing import looks_like_reference
from portal.web.forms import (
    BaseForm,
    Check,
    FileField,
    HiddenField,
    LongTextField,
    Needed,
    NumberField,
    PinField,
    TextField,
    TickField,
)


def _is_year(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) == 4


class EmptyForm(BaseForm):
    """A button that changes something: nothing but the token."""


class SendForm(BaseForm):
    """Sends what was read back. ``seen`` stands for its content."""

    seen = HiddenField(validators=[InputRequired()])


class OwnPinForm(SendForm):
    """Sends what only the own PIN sends."""

    pin = PinField(
        _l("Your PIN"),
        [Needed(_l("Write your PIN."))],
        hint=_l("Once more, so that nobody else can send this in your name. Nobody may ask you for it."),
    )


class PaperForm(BaseForm):
    """The file of one paper; the paper's key stands before the name of the field."""

    file = FileField(
        _l("Photo or file"),
        hint=_l("JPEG, PNG or PDF, 10 MB at most. Lay the paper flat, in good light, all four corners visible."),
    )


class CameraForm(BaseForm):
    """The same for an officer, before whom the paper lies: a phone opens its camera at once."""

    file = FileField(
        _l("Photo or file"),
        hint=_l("Lay the paper flat, in good light, all four corners visible. Give the paper back at once."),
        camera=True,
    )


class VoiceForm(BaseForm):
    """A voice note; the paper's key stands before the name of the field."""

    file = FileField(
        _l("Voice note"),
        hint=_l("5 MB at most, about five minutes. It is kept as you send it, sealed."),
        accept="audio/*",
    )


class LaterForm(BaseForm):
    """Goes on from the page of papers; a paper that is asked for may come later."""

    later = TickField(
        _l("I do not have it yet"),
        hint=_l("You can send without it. The officer may ask you for it, or look at it during a visit."),
    )


class AnswerForm(BaseForm):
    """An answer to the officer, with a photo or without."""

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    words = LongTextField(_l("Your answer"), [Needed(_l("Write your answer."))], limit=MAX_WORDS, rows=4)
    file = FileField(_l("Photo or file"), hint=_l("JPEG, PNG or PDF, 10 MB at most."), says_optional=True)


class TraceForm(BaseForm):
    """Whose case is asked about without a login: its number, and the year in which its sender was born."""

    reference = TextField(
        _l("Number of the submission"),
        [
            Needed(_l("Write the number that stands on your proof.")),
            Check(looks_like_reference, _l("The number has 8 letters and digits. Read it again on your proof.")),
        ],
        hint=_l("It stands on your proof, for example 7KQ4-MX9T"),
        width=10,
    )
    born = NumberField(
        _l("Year of birth of the sender"),
        [
            Needed(_l("Write the year in which the sender was born.")),
            Check(_is_year, _l("Write the year with 4 digits, for example 1985.")),
        ],
        hint=_l("Of the person whose submission it is. 4 digits, for example 1985"),
        width=4,
    )


class SeenForm(BaseForm):
    """A move that needs no words; names the version that the page showed."""

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
