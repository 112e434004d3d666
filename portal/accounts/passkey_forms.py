"""The forms of passkeys. What a browser sends back from a key stands in ``credential``, put there by the script."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.accounts.passkeys import LONGEST_NAME
from portal.web.forms import AtMost, BaseForm, CodeField, HiddenField, Needed, PinField, TextField


class KeySignInForm(BaseForm):
    """What a key signed, and where its owner was going."""

    credential = HiddenField()
    next = HiddenField()


class NameKeyForm(BaseForm):
    """What the owner calls a passkey."""

    name = TextField(
        _l("Name of the passkey"),
        [Needed(_l("Give the passkey a name, so that you know it again.")), AtMost(LONGEST_NAME)],
        hint=_l("For example: my phone"),
        width=20,
    )


class PinAgainForm(BaseForm):
    """A member's PIN, once more."""

    pin = PinField(_l("Your PIN"), [Needed(_l("Write your PIN."))], hint=_l("We ask again, so that it is really you."))

    @property
    def asked(self) -> Any:
        """The field that proves who this is."""
        return self.pin


class CodeAgainForm(BaseForm):
    """An officer's code, once more."""

    code = CodeField(
        _l("Code of the authenticator"),
        [Needed(_l("Write the six digits that your authenticator shows."))],
        hint=_l("We ask again, so that it is really you. A code works once."),
    )

    @property
    def asked(self) -> Any:
        """The field that proves who this is."""
        return self.code


class AddKeyPinForm(NameKeyForm, PinAgainForm):
    """A member's new passkey: its name, and the PIN."""


class AddKeyCodeForm(NameKeyForm, CodeAgainForm):
    """An officer's new passkey: its name, and a code."""


class SaveKeyForm(BaseForm):
    """A passkey that a browser made."""

    credential = HiddenField()
    name = HiddenField()
