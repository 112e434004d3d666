"""The forms of the counter: writing down for a person, denying what was written, naming a helper, sessions of two."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from portal.cases.helping.mandates import LONGEST_DAYS, RELATIONS, TOPICS
from portal.cases.helping.recording import PLACES
from portal.cases.moves import MAX_WORDS
from portal.core.clock import today
from portal.web.forms import (
    AtLeast,
    AtMost,
    BaseForm,
    ChecksField,
    DayField,
    FileField,
    HiddenField,
    LongTextField,
    Needed,
    NumberField,
    PinField,
    RadiosField,
    SelectField,
    TextField,
    TickField,
)

SIGNED = {
    "identity": _l("I saw the KTP of the person, and of the helper where the helper is here"),
    "read": _l("I read the paper aloud: who helps, with what, until when, and that it can be ended at any time"),
    "signed": _l("The person signed it, or put a thumbprint on it, of their own free will"),
}


class RecordForm(BaseForm):
    """Who speaks, and what it is about. The view puts the helpers with a mandate among the choices."""

    speaker = RadiosField(_l("Who is here and speaks?"), [Needed(_l("Choose who is here."))])
    kind = SelectField(_l("What does the person want to tell?"), [Needed(_l("Choose what it is about."))])
    place = RadiosField(
        _l("Where do you speak with the person?"),
        [Needed(_l("Choose where you are."))],
        choices=[(key, _l(words)) for key, words in PLACES.items()],
    )
    present = TickField(
        _l("Whom I chose is before me, speaks freely, and wants me to write it down"),
        [Needed(_l("You write down only for a person who is before you and wants it."))],
    )


class SendRecordedForm(BaseForm):
    """Sends what was read back aloud. ``seen`` stands for its content."""

    seen = HiddenField(validators=[InputRequired()])
    agreed = TickField(
        _l("I read all of it aloud, and the person said: yes, that is right, send it"),
        [Needed(_l("Read it aloud and wait for the person's yes. Then tick this."))],
    )


class DisownForm(BaseForm):
    """These are not my words."""

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    reason = LongTextField(
        _l("What is not right?"),
        [Needed(_l("Write what is not right.")), AtLeast(5)],
        hint=_l("For example: I never said this; or: I said it otherwise. A few words are enough."),
        limit=MAX_WORDS,
        rows=3,
    )


class DisownAtCounterForm(DisownForm):
    """The same, taken down by another officer."""

    present = TickField(
        _l("The person is before me, and says that these are not their words"),
        [Needed(_l("Only the person can say so. Tick this when the person is before you."))],
    )


class MandateForm(BaseForm):
    """A named helper, as the paper says it."""

    helper = TextField(_l("Name of the helper"), [Needed(_l("Write the name of the helper.")), AtLeast(3), AtMost(100)])
    relation = RadiosField(
        _l("Who is the helper?"),
        [Needed(_l("Choose who the helper is."))],
        choices=[(key, _l(words)) for key, words in RELATIONS.items()],
    )
    topic = RadiosField(
        _l("What may the helper help with?"),
        [Needed(_l("Choose what the helper may help with."))],
        choices=[(key, _l(words)) for key, words in TOPICS.items()],
    )
    until = DayField(
        _l("Until when?"),
        [Needed(_l("Write the last day."))],
        hint=_l("At most one year from today. It ends by itself."),
    )
    signed = ChecksField(
        _l("The paper"),
        [Needed(_l("Tick all three. Without a signed paper nobody becomes a helper."))],
        choices=list(SIGNED.items()),
    )
    file = FileField(_l("Photo of the signed paper"), hint=_l("JPEG, PNG or PDF, 10 MB at most."), says_optional=True)

    def validate_until(self, field: DayField) -> None:
        """From today, a year at most."""
        first: date = today()
        if field.data and not first <= field.data <= first + timedelta(days=LONGEST_DAYS):
            raise ValidationError(str(_l("Choose a day from today on, at most one year from now.")))

    def validate_signed(self, field: ChecksField) -> None:
        """All of it, or nothing."""
        if len(field.data or ()) < len(SIGNED):
            raise ValidationError(str(_l("Tick all three. Without a signed paper nobody becomes a helper.")))


class TogetherForm(BaseForm):
    """NIK and PIN, typed by the member on a kiosk."""

    nik = NumberField(
        _l("NIK"), [Needed(_l("Write your NIK.")), AtMost(64)], hint=_l("The 16 digits on your KTP"), width=20
    )
    pin = PinField(
        _l("PIN"),
        [Needed(_l("Write your PIN."))],
        hint=_l("6 digits that only you know. The officer looks away."),
        autocomplete="off",
    )


class PairingForm(BaseForm):
    """The six letters on the kiosk's screen, typed by the officer on the own device."""

    code = TextField(
        _l("Code on the screen of the kiosk"),
        [Needed(_l("Write the six letters that the kiosk shows."))],
        hint=_l("6 letters and digits. It works for five minutes."),
        width=10,
    )


class ConfirmForm(BaseForm):
    """Yes, I sit beside this person."""

    code = HiddenField(validators=[InputRequired()])
    beside = TickField(
        _l("I sit beside this person at the kiosk, and the person wants my help"),
        [Needed(_l("Help only a person who is beside you and wants it."))],
    )
