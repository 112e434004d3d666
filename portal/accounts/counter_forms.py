"""The forms of the counter: finding a family, a lost PIN, and which family is the own."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.accounts.intake import REASONS
from portal.web.forms import (
    AtMost,
    BaseForm,
    Needed,
    NumberField,
    RadiosField,
    TickField,
)

_LONGEST = 64
_FIRST_REASON = "tanya"


class FindFamilyForm(BaseForm):
    """A family by the NIK of a member or by the number of a slip, and why."""

    nik = NumberField(_l("NIK of a member"), [AtMost(_LONGEST)], hint=_l("The 16 digits on the KTP"), width=20)
    serial = NumberField(
        _l("Or the number on the outside of a slip"),
        [AtMost(_LONGEST)],
        hint=_l("For example S-0000042. Write it or scan it."),
        width=10,
    )
    reason = RadiosField(
        _l("Why do you open this family?"),
        [Needed(_l("Choose why you open this family. The family can read it."))],
        hint=_l("The family can read this later, with your name."),
        choices=[(key, _l(words)) for key, words in REASONS.items()],
    )


class StartResetForm(BaseForm):
    """The first officer's step."""

    here = TickField(
        _l("The member is here in person, and I saw the KTP and the KK"),
        [Needed(_l("A new PIN is given only to the member in person, with KTP and KK."))],
    )
    serial = NumberField(
        _l("Number on the outside of the slip"),
        [Needed(_l("Write the number that stands on the outside of the slip."))],
        hint=_l("On the slip it says: new PIN. Write the number or scan it, and leave the slip closed."),
        width=10,
    )


class ConfirmResetForm(BaseForm):
    """The second officer's step."""

    seen = TickField(
        _l("I have seen for myself that it is this member, with KTP and KK"),
        [Needed(_l("Confirm only what you have seen yourself."))],
    )


class OwnFamilyForm(BaseForm):
    """Which of several families is the own. The view sets the choices."""

    family = RadiosField(_l("Which family card (KK) is yours?"), [Needed(_l("Choose one of the answers."))])
