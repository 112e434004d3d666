"""Forms that every kind shares: sending, papers, answering, taking back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from portal.cases.moves import MAX_WORDS
from portal.web.forms import BaseForm, FileField, HiddenField, LongTextField, Needed, TickField


class EmptyForm(BaseForm):
    """A button that changes something: nothing but the token."""


class SendForm(BaseForm):
    """Sends what was read back. ``seen`` stands for its content."""

    seen = HiddenField(validators=[InputRequired()])


class PaperForm(BaseForm):
    """The file of one paper; the paper's key stands before the name of the field."""

    file = FileField(
        _l("Photo or file"),
        hint=_l("JPEG, PNG or PDF, 10 MB at most. Lay the paper flat, in good light, all four corners visible."),
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


class SeenForm(BaseForm):
    """A move that needs no words; names the version that the page showed."""

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
