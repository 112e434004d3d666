"""The forms of signing in, of the first time, and of giving out slips."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.web.forms import (
    AtMost,
    BaseForm,
    CodeField,
    HiddenField,
    Needed,
    NumberField,
    PasswordField,
    PinField,
    TextField,
    TickField,
)

_LONGEST = 64


def _nik_field() -> NumberField:
    return NumberField(
        _l("NIK"),
        [Needed(_l("Write your NIK.")), AtMost(_LONGEST)],
        hint=_l("The 16 digits on your KTP"),
        width=20,
        autocomplete="username",
    )


def new_pin_field() -> PinField:
    """A PIN that is being chosen."""
    return PinField(
        _l("Your new PIN"),
        [Needed(_l("Choose a PIN of six digits."))],
        hint=_l("6 digits. No birth date, no 123456."),
        autocomplete="new-password",
    )


def new_pin_again_field() -> PinField:
    """The same once more."""
    return PinField(
        _l("The same PIN again"), [Needed(_l("Write the same PIN once more."))], autocomplete="new-password"
    )


class SlipCodeField(TextField):
    """The code of a slip: capital letters, no corrections by the phone."""

    def __init__(self, label: Any, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.extra |= {"autocapitalize": "characters", "spellcheck": False}


class SignInForm(BaseForm):
    """A family member."""

    nik = _nik_field()
    pin = PinField(_l("PIN"), [Needed(_l("Write your PIN."))], hint=_l("6 digits that only you know"))
    next = HiddenField()


class CodeForm(BaseForm):
    """The first step of the first time: whose slip it is and what stands inside."""

    nik = _nik_field()
    code = SlipCodeField(
        _l("Code inside the slip"),
        [Needed(_l("Write the code that stands inside the slip."))],
        hint=_l("8 letters and digits, such as 7KQ4-MX9T"),
        width=10,
    )


class NewPinForm(BaseForm):
    """The second step: a PIN of one's own, twice."""

    pin = new_pin_field()
    pin_again = new_pin_again_field()


class StaffSignInForm(BaseForm):
    """An officer's login and password."""

    login = TextField(_l("Login"), [Needed(_l("Write your login."))], width=20, autocomplete="username")
    password = PasswordField(_l("Password"), [Needed(_l("Write your password."))])
    next = HiddenField()


class StaffCodeForm(BaseForm):
    """The code of the authenticator."""

    code = CodeField(
        _l("Code of the authenticator"),
        [Needed(_l("Write the six digits that your authenticator shows."))],
        hint=_l("6 digits, new every half minute"),
    )


class BindSlipForm(BaseForm):
    """Which slip, and that the papers and the person were seen."""

    seen = TickField(
        _l("I saw the KTP and the KK, and the person before me is this member"),
        [Needed(_l("A slip is given only to the member in person, with KTP and KK."))],
    )
    serial = NumberField(
        _l("Number on the outside of the slip"),
        [Needed(_l("Write the number that stands on the outside of the slip."))],
        hint=_l("For example S-0000042. Leave the slip closed."),
        width=10,
    )
