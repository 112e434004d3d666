"""The form of the public check."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from portal.core.nik import NotANumber, parse_nik
from portal.home.check_names import words_of
from portal.web.forms import AtMost, BaseForm, Needed, NumberField, TextField


class CheckForm(BaseForm):
    """Who is looked for; the village stands in the address."""

    nik = NumberField("NIK", [Needed(_l("Write the NIK."))], hint=_l("16 digits, on the KTP or KK"), width=20)
    name = TextField(
        _l("Name"),
        [Needed(_l("Write the name.")), AtMost(100)],
        hint=_l("As on the KTP or KK. Capitals, dots and titles such as H. or Hj. do not matter."),
        autocomplete="off",
    )

    def validate_nik(self, field: NumberField) -> None:
        """Sixteen digits, in whatever groups."""
        try:
            parse_nik(field.data or "")
        except NotANumber:
            raise ValidationError(str(_l("A NIK has 16 digits. Check it on the KTP or KK."))) from None

    def validate_name(self, field: TextField) -> None:
        """Letters."""
        if not words_of(field.data or ""):
            raise ValidationError(str(_l("Write the name in letters.")))
