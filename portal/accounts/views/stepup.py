"""The page that asks for the code once more before another page."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.accounts.stepup import StepUpForm, is_proven, step_up_page
from portal.accounts.views.blueprint import blueprint, next_of
from portal.core.errors import Forbidden
from portal.web.access import allowed


@blueprint.get("/petugas/konfirmasi")
@allowed(Permission.OWN_LOGIN)
def step_up() -> BaseResponse:
    """Ask for the code."""
    return _page(StepUpForm(next=request.args.get("next")))


@blueprint.post("/petugas/konfirmasi")
@allowed(Permission.OWN_LOGIN)
def check_step_up() -> BaseResponse:
    """Go on to the page that asked, where the code or the passkey is right."""
    form = StepUpForm()
    if current_user.kind != "staff":
        raise Forbidden
    if is_proven(current_user, form):
        return redirect(next_of("staff", form.next.data), code=303)
    return _page(form, 422)


def _page(form: StepUpForm, status: int = 200) -> BaseResponse:
    if current_user.kind != "staff":
        raise Forbidden
    return step_up_page(form, url_for("accounts.step_up"), status=status)
