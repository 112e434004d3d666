"""The addresses for what somebody said about another household."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms.validators import ValidationError

from portal.accounts.roles import Permission
from portal.cases.answers import clean
from portal.cases.moves import NotPossible, StaleCase
from portal.core.nik import NotANumber, parse_digits
from portal.desk import claims as service
from portal.desk.blueprint import blueprint
from portal.web.access import allowed
from portal.web.forms import AtLeast, BaseForm, LongTextField, Needed, NumberField
from portal.web.render import render, unkept_page


class ClaimForm(BaseForm):
    """Which household, and what it is asked in the officer's own words."""

    number = NumberField(
        _l("NIK or No. KK of the household"),
        [Needed(_l("Write the NIK or the No. KK."))],
        hint=_l("16 digits. Found out by you, not by the one who reported."),
        width=20,
    )
    claim = LongTextField(
        _l("What is the household asked?"),
        [Needed(_l("Write what the household is asked.")), AtLeast(10)],
        hint=_l("In your own neutral words. Nothing that shows who said it: no name, no place, no day."),
        limit=1000,
        rows=4,
    )

    def validate_number(self, field: NumberField) -> None:
        """Sixteen digits."""
        try:
            parse_digits(field.data or "")
        except NotANumber:
            raise ValidationError(str(_l("The number has 16 digits. Check it."))) from None


@blueprint.get("/petugas/kasus/<reference>/keluarga")
@allowed(Permission.VERIFY_CASES)
def claims(reference: str) -> BaseResponse:
    """Find the household."""
    return _page(reference, ClaimForm(formdata=None))


@blueprint.post("/petugas/kasus/<reference>/keluarga")
@allowed(Permission.VERIFY_CASES)
def open_claim(reference: str) -> BaseResponse:
    """Ask the household."""
    form = ClaimForm()
    if not form.validate():
        return _page(reference, form, 422)
    if not service.open_claim(current_user, reference, form.number.data, clean(form.claim.data)):
        form.form_errors.append(
            _("No household of your area was found to ask: not recorded, asked before, or not yours to handle.")
        )
        return _page(reference, form, 422)
    flash(_("The household has been asked."), "good")
    return redirect(url_for("desk.claims", reference=reference), code=303)


@blueprint.post("/petugas/kasus/<reference>/sudah-diperiksa")
@allowed(Permission.VERIFY_CASES)
def close_report(reference: str) -> BaseResponse:
    """Looked into."""
    try:
        service.close_report(current_user, reference, request.form.get("seen", 0, type=int))
    except (StaleCase, NotPossible) as refused:
        flash(_(refused.message), "stop")
    return redirect(url_for("desk.case", reference=reference), code=303)


@blueprint.post("/petugas/kasus/<reference>/ke-kecamatan")
@allowed(Permission.CONFIRM_CASES)
def give_report(reference: str) -> BaseResponse:
    """To the supervisor of the kecamatan."""
    try:
        service.give_to_kecamatan(current_user, reference, request.form.get("seen", 0, type=int))
    except (StaleCase, NotPossible) as refused:
        flash(_(refused.message), "stop")
    else:
        flash(_("The supervisor of the kecamatan has it now."), "good")
    return redirect(url_for("desk.case", reference=reference), code=303)


@blueprint.post("/petugas/kasus/<reference>/hapus-tuduhan")
@allowed(Permission.VERIFY_CASES)
def erase_claim(reference: str) -> BaseResponse:
    """It is not so: nothing of it stays."""
    try:
        service.erase_claim(current_user, reference, request.form.get("seen", 0, type=int))
    except (StaleCase, NotPossible) as refused:
        flash(_(refused.message), "stop")
        return redirect(url_for("desk.case", reference=reference), code=303)
    flash(_("Erased. The household has been told that it is not so."), "good")
    return redirect(url_for("desk.queue"), code=303)


def _page(reference: str, form: ClaimForm, status: int = 200) -> BaseResponse:
    found = service.claims_of(current_user, reference)
    return unkept_page(render("desk/claims.html", form=form, found=found, reference=reference, status=status))
