"""The base of every form: answers without stray spaces, messages in the reader's language, an error summary."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import Any

from flask_babel import get_translations
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from portal.core.messages import N_
from portal.core.typed import clean

#: WTForms' own sentences that our forms can show; listed so that they are extracted and translated.
OWN_SENTENCES_OF_WTFORMS = (
    N_("This field is required."),
    N_("Not a valid choice."),
    N_("Not a valid choice"),
    N_("Invalid Choice: could not coerce."),
    N_("Not a valid integer value."),
    N_("Not a valid date value."),
    N_("Invalid input."),
    N_("Invalid value, must be one of: %(values)s."),
    N_("'%(value)s' is not a valid choice for this field."),
    N_("'%(value)s' are not valid choices for this field."),
)


class Catalogue:
    """Gives WTForms our catalogue instead of its own, which has no Indonesian."""

    def gettext(self, text: str) -> str:
        """Translate one of WTForms' sentences; its placeholders are filled in by WTForms."""
        return str(get_translations().ugettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The same for a sentence with a number."""
        return self.gettext(one if number == 1 else many)


_CATALOGUE = Catalogue()


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form of the portal. Draw it with ``form_frame`` and its fields with ``{{ form.name }}``."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms' settings of the form."""

        def get_translations(self, form: Any) -> Catalogue:
            """Our catalogue."""
            return _CATALOGUE

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Strip what is typed of spaces around it and of what is not seen, unless the field says otherwise."""
            field = unbound_field.bind(form=form, **options)
            if getattr(field, "strips", False):
                field.filters = (*field.filters, strip)
            return field

    def hidden_values(self) -> list[tuple[str, str]]:
        """Name and value of the hidden inputs, drawn without ids so that a page can hold several forms."""
        return [
            (field.name, field._value() or "")
            for field in self
            if getattr(field.widget, "input_type", None) == "hidden"
        ]

    def error_list(self) -> list[tuple[str, str]]:
        """For the error summary: the id to jump to (empty for an error of the whole form) and the message."""
        errors = [("", str(message)) for message in self.form_errors]
        wrong = [(field, str(field.errors[0])) for field in self if field.errors]
        times = Counter(message for _field, message in wrong)
        for field, message in wrong:
            if isinstance(field.widget, HiddenInput):  # there is nothing to jump to
                errors.append(("", message))
            else:  # what is said of several questions names the question
                said = f"{field.label.text}: {message}" if times[message] > 1 else message
                errors.append((getattr(field, "first_id", field.id), said))
        return errors


class SentOnce:
    """Mix in before ``BaseForm``: an idempotency key, so that a double tap or a resend makes one case.

    The key is made when the empty form is drawn and comes back with the answers. The service stores it with a
    fingerprint of the content: the same key with other content is a ``Conflict``.
    """

    once_key = HiddenField(default=lambda: secrets.token_urlsafe(16), validators=[Length(max=64)])


def strip(value: Any) -> Any:
    """Remove what is not seen of a text, before anything is checked; leave anything else alone."""
    return clean(value) if isinstance(value, str) else value
