"""Forms: a base form, fields that draw themselves whole (label, hint, error, aria links), and checks.

Feature forms import everything from here::

    class SignInForm(BaseForm):
        nik = NumberField(_l("NIK"), [Needed(_l("Write your NIK."))], width=20)
        pin = PinField(_l("PIN"), [Needed(_l("Write your PIN."))])
"""

from portal.web.forms.base import BaseForm, SentOnce
from portal.web.forms.checks import AtLeast, AtMost, Check, Needed, NeededIf
from portal.web.forms.choices import ChecksField, RadiosField, SelectField, TickField
from portal.web.forms.fields import (
    CodeField,
    DayField,
    FileField,
    HiddenField,
    LongTextField,
    NumberField,
    PasswordField,
    PinField,
    TextField,
)

__all__ = [
    "AtLeast",
    "AtMost",
    "BaseForm",
    "Check",
    "ChecksField",
    "CodeField",
    "DayField",
    "FileField",
    "HiddenField",
    "LongTextField",
    "Needed",
    "NeededIf",
    "NumberField",
    "PasswordField",
    "PinField",
    "RadiosField",
    "SelectField",
    "SentOnce",
    "TextField",
    "TickField",
]
