"""The forms of looking after officers, of an officer's first sign-in, and of declaring relatives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from portal.accounts.leaves import LONGEST_DAYS
from portal.accounts.reveal import REASONS
from portal.accounts.roles import ROLES
from portal.core.clock import today
from portal.core.nik import NotANumber, parse_digits, parse_nik
from portal.web.forms import (
    AtMost,
    BaseForm,
    CodeField,
    DayField,
    HiddenField,
    LongTextField,
    Needed,
    NumberField,
    PasswordField,
    RadiosField,
    SelectField,
    TextField,
)

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_LONGEST = 64
_FURTHEST = timedelta(days=3660)
_NAME_SIGNS = 120


def _login_field() -> TextField:
    return TextField(
        _l("Login"),
        [Needed(_l("Write a login."))],
        hint=_l("Small letters, digits, dots and dashes, at least three. The officer signs in with it."),
        width=20,
    )


class LoginForm(BaseForm):
    """A new invitation for an officer without a sign-in."""

    login = _login_field()

    def validate_login(self, field: TextField) -> None:
        """Letters that every keyboard has."""
        if not _LOGIN.fullmatch(field.data.lower()):
            raise ValidationError(str(_l("Use 3 to 40 small letters, digits, dots and dashes.")))


class RoleForm(BaseForm):
    """What the officer may do."""

    role = RadiosField(
        _l("Role"),
        [Needed(_l("Choose a role."))],
        choices=[(role.key, _l(role.name)) for role in ROLES.values()],
        item_hints={role.key: _l(role.who) for role in ROLES.values()},
    )


class OfficerForm(LoginForm, RoleForm):
    """A new officer."""

    name = TextField(_l("Name"), [Needed(_l("Write the name.")), AtMost(_NAME_SIGNS)], width=30)
    title = TextField(
        _l("Title"),
        [Needed(_l("Write the title.")), AtMost(_NAME_SIGNS)],
        hint=_l("As families read it, such as Pendamping sosial Desa Kenjo"),
        width=30,
    )
    hours = TextField(_l("Working hours"), [AtMost(_NAME_SIGNS)], says_optional=True, width=30)
    areas = LongTextField(
        _l("Areas"),
        [Needed(_l("Write at least one area."))],
        hint=_l("One on each line: the name, or the code such as 35.10.14.2015"),
        limit=1000,
        rows=3,
    )
    since = DayField(_l("From"), says_optional=True, hint=_l("Empty: from today on"))
    until = DayField(_l("Until"), says_optional=True, hint=_l("The last day. Empty: without an end"))

    def validate_until(self, field: DayField) -> None:
        """After the first day."""
        _check_days(self.since.data, field.data)

    @property
    def typed_areas(self) -> Sequence[str]:
        """The areas as they were typed, one each."""
        return [one.strip() for one in re.split(r"[\n,;]", self.areas.data) if one.strip()]


class AreaForm(BaseForm):
    """One more area for an officer."""

    area = TextField(
        _l("Area"),
        [Needed(_l("Write an area."))],
        hint=_l("The name, or the code such as 35.10.14.2015"),
        width=30,
    )
    area_since = DayField(_l("From"), says_optional=True, hint=_l("Empty: from today on"))
    area_until = DayField(_l("Until"), says_optional=True, hint=_l("The last day. Empty: without an end"))

    def validate_area_until(self, field: DayField) -> None:
        """After the first day."""
        _check_days(self.area_since.data, field.data)


class EndAreaForm(BaseForm):
    """The end of an area: which one, and since when the officer has had it."""

    area_id = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    began = HiddenField(validators=[InputRequired()])

    @property
    def began_on(self) -> date | None:
        """The first day, or None where somebody changed the form."""
        try:
            return date.fromisoformat(self.began.data)
        except ValueError:
            return None


class LeaveForm(BaseForm):
    """A leave, and who stands in."""

    substitute = SelectField(_l("Who stands in"), [Needed(_l("Choose a colleague."))])
    leave_since = DayField(_l("First day"), [Needed(_l("Write the first day."))])
    leave_until = DayField(_l("Last day"), [Needed(_l("Write the last day."))])

    def validate_leave_until(self, field: DayField) -> None:
        """After the first day and within half a year."""
        _check_days(self.leave_since.data, field.data)
        if self.leave_since.data and field.data and (field.data - self.leave_since.data).days > LONGEST_DAYS:
            raise ValidationError(str(_l("A leave lasts at most 180 days.")))
        if field.data and field.data < today():
            raise ValidationError(str(_l("This day is over.")))


class EndLeaveForm(BaseForm):
    """The end of a leave before its time."""

    leave = IntegerField(validators=[InputRequired()], widget=HiddenInput())


class NewPasswordForm(BaseForm):
    """An officer's own password, twice."""

    password = PasswordField(
        _l("Your new password"),
        [Needed(_l("Choose a password."))],
        hint=_l("At least 12 characters. Four words in a row are good: long is safer than complicated."),
        autocomplete="new-password",
    )
    password_again = PasswordField(
        _l("The same password again"),
        [Needed(_l("Write the same password once more."))],
        autocomplete="new-password",
    )


class FirstCodeForm(BaseForm):
    """The first code of a new authenticator."""

    code = CodeField(
        _l("Code of the authenticator"),
        [Needed(_l("Write the six digits that your authenticator shows."))],
        hint=_l("6 digits, new every half minute"),
    )


class RecoveryForm(BaseForm):
    """One of the ten codes."""

    code = TextField(
        _l("Recovery code"),
        [Needed(_l("Write one of your recovery codes.")), AtMost(_LONGEST)],
        hint=_l("10 letters and digits, such as 7KQ4M-X9TCD. Each works once."),
        width=20,
    )


class RevealForm(BaseForm):
    """Why a number is needed whole."""

    reason = RadiosField(
        _l("Why do you need the whole number?"),
        [Needed(_l("Say why you need the number."))],
        choices=[(key, _l(words)) for key, words in REASONS.items()],
    )
    reference = HiddenField(validators=[AtMost(_LONGEST)])


def _kk_field() -> NumberField:
    return NumberField(
        _l("No. KK"),
        [Needed(_l("Write the No. KK.")), AtMost(_LONGEST)],
        hint=_l("The 16 digits on top of the Kartu Keluarga"),
        width=20,
    )


class KinForm(BaseForm):
    """The own family, with the own NIK, or a relative's."""

    whose = RadiosField(
        _l("Whose family is it?"),
        [Needed(_l("Choose whose family it is."))],
        choices=[("own", _l("My own family")), ("relative", _l("A relative's family"))],
    )
    kk = _kk_field()
    nik = NumberField(
        _l("Your own NIK"),
        [AtMost(_LONGEST)],
        hint=_l("Only for your own family. It is compared and not kept."),
        width=20,
    )

    def validate_kk(self, field: Any) -> None:
        """Sixteen digits."""
        _check_kk(field.data)

    def validate_nik(self, field: Any) -> None:
        """A NIK, where the family is the own one."""
        if self.whose.data != "own":
            return
        try:
            parse_nik(field.data or "")
        except NotANumber:
            raise ValidationError(str(_l("Write your own NIK: the 16 digits on your KTP."))) from None


class KinOfForm(BaseForm):
    """A relative's family of a colleague whom the reader oversees."""

    officer = SelectField(_l("Officer"), [Needed(_l("Choose an officer."))])
    their_kk = _kk_field()

    def validate_their_kk(self, field: Any) -> None:
        """Sixteen digits."""
        _check_kk(field.data)


def _check_kk(typed: str) -> None:
    try:
        parse_digits(typed)
    except NotANumber:
        raise ValidationError(str(_l("A No. KK has 16 digits."))) from None


def _check_days(since: date | None, until: date | None) -> None:
    if until and until < (since or today()):
        raise ValidationError(str(_l("The last day is before the first one.")))
    if until and until > today() + _FURTHEST:
        raise ValidationError(str(_l("Choose a day within ten years.")))
