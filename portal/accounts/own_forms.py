"""The forms of one's own sign-in, and of the register of kiosks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.accounts.forms import new_pin_again_field, new_pin_field
from portal.web.forms import AtMost, BaseForm, Needed, PinField, SelectField, TextField, TickField


class ChangePinForm(BaseForm):
    """The PIN of now, and the new one twice."""

    old_pin = PinField(_l("The PIN that you have now"), [Needed(_l("Write the PIN that you have now."))])
    pin = new_pin_field()
    pin_again = new_pin_again_field()


class KioskForm(BaseForm):
    """Makes the device on which it is filled in a kiosk."""

    name = TextField(
        _l("Name of the device"),
        [Needed(_l("Give the device a name that everybody in the office knows.")), AtMost(60)],
        hint=_l("Such as: Tablet at the counter"),
        width=20,
    )
    village = SelectField(_l("Village in whose office it stands"), [Needed(_l("Pick the village."))], choices=())
    camera = TickField(_l("This device has a camera that faces away from the screen, to photograph letters"))
