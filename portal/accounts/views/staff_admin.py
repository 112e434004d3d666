"""Looking after officers: the list, a new one, and the page of each. Whatever changes something asks for a code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import leaves, staff_admin
from portal.accounts.inviting import LOGIN_TAKEN, VALID_HOURS
from portal.accounts.roles import ROLES, Permission
from portal.accounts.staff_admin import Officer
from portal.accounts.staff_forms import (
    AreaForm,
    EndAreaForm,
    EndLeaveForm,
    LeaveForm,
    LoginForm,
    OfficerForm,
    RoleForm,
)
from portal.accounts.staffing import database_day
from portal.accounts.stepup import stepped_up
from portal.accounts.views.blueprint import blueprint
from portal.core.errors import Conflict
from portal.registry.models.area import area_code
from portal.web.access import allowed
from portal.web.forms import BaseForm
from portal.web.render import render, unkept_page


@blueprint.get("/kantor/petugas")
@allowed(Permission.MANAGE_STAFF)
def staff_list() -> BaseResponse:
    """The officers of the own area."""
    page = max(request.args.get("hal", 1, type=int), 1)
    officers, total = staff_admin.list_officers(current_user, page)
    last = max(1, -(-total // staff_admin.PER_PAGE))
    return unkept_page(
        render(
            "accounts/staff_list.html",
            officers=officers,
            roles=ROLES,
            total=total,
            page=page,
            last=last,
            day=database_day(),
            url_of=lambda number: url_for("accounts.staff_list", hal=number),
        )
    )


@blueprint.get("/kantor/petugas/baru")
@allowed(Permission.MANAGE_STAFF)
def staff_new() -> BaseResponse:
    """The form for a new officer."""
    return unkept_page(render("accounts/staff_new.html", form=OfficerForm()))


@blueprint.post("/kantor/petugas/baru")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def staff_create() -> BaseResponse:
    """Add the officer and show the link, once."""
    form = OfficerForm()
    if form.validate():
        areas = [_one_area(form, form.areas, typed) for typed in form.typed_areas]
        if all(areas):
            post = staff_admin.NewPost(
                form.name.data,
                form.title.data,
                form.role.data,
                form.login.data,
                [area for area in areas if area],
                form.since.data or database_day(),
                form.until.data,
                form.hours.data or None,
            )
            try:
                public, token = staff_admin.add_officer(current_user, post)
            except Conflict as refused:
                form.form_errors.append(_(refused.message))
            else:
                if token:
                    return link_page(public, post.name, post.login.lower(), token)
                flash(_("Another administrator has to confirm this one. Then the invitation can be made."), "wait")
                return _back(public)
    return unkept_page(render("accounts/staff_new.html", form=form, status=422))


@blueprint.get("/kantor/petugas/<uuid:officer>")
@allowed(Permission.MANAGE_STAFF)
def staff_officer(officer: UUID) -> BaseResponse:
    """One officer: sign-in, role, areas, leaves, relatives."""
    return _officer_page(officer)


@blueprint.post("/kantor/petugas/<uuid:officer>/undang")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def staff_invite(officer: UUID) -> BaseResponse:
    """Make a new link, which takes the place of one before."""
    form = LoginForm()
    if not form.validate():
        return _officer_page(officer, form)
    found, token, refusal = staff_admin.invite(current_user, officer, form.login.data)
    if refusal == LOGIN_TAKEN:
        form.login.errors = [_(refusal)]
    elif refusal:
        form.form_errors.append(_(refusal))
    if refusal:
        return _officer_page(officer, form)
    return link_page(officer, found.name, form.login.data.lower(), token)


@blueprint.post("/kantor/petugas/<uuid:officer>/cabut")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def staff_revoke(officer: UUID) -> BaseResponse:
    """Make the open link worthless."""
    return _done(officer, BaseForm(), lambda: staff_admin.revoke(current_user, officer), _("The link works no more."))


@blueprint.post("/kantor/petugas/<uuid:officer>/peran")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def staff_role(officer: UUID) -> BaseResponse:
    """Give another role, or propose it where it takes two."""
    form = RoleForm()
    if not form.validate():
        return _officer_page(officer, form)
    if staff_admin.change_role(current_user, officer, form.role.data):
        flash(_("The role is changed. The officer has to sign in again."), "good")
    else:
        flash(_("Another administrator has to confirm this."), "wait")
    return _back(officer)


@blueprint.post("/kantor/petugas/<uuid:officer>/setujui")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def staff_confirm_administrator(officer: UUID) -> BaseResponse:
    """Confirm what another administrator proposed."""
    done = _("Confirmed. This officer is an administrator now.")
    return _done(officer, BaseForm(), lambda: staff_admin.confirm_administrator(current_user, officer), done)


@blueprint.post("/kantor/petugas/<uuid:officer>/wilayah")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def staff_add_area(officer: UUID) -> BaseResponse:
    """One more area."""
    form = AreaForm()
    area = _one_area(form, form.area, form.area.data) if form.validate() else None
    if area is None:
        return _officer_page(officer, form)
    since = form.area_since.data or database_day()

    def add() -> None:
        staff_admin.add_area(current_user, officer, area, since, form.area_until.data)

    return _done(officer, form, add, _("The area is added."))


@blueprint.post("/kantor/petugas/<uuid:officer>/wilayah/akhiri")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def staff_end_area(officer: UUID) -> BaseResponse:
    """Take an area away, at once."""
    form = EndAreaForm()
    began = form.began_on if form.validate() else None
    if began is None:
        return _officer_page(officer, form)
    last = database_day() - timedelta(days=1)

    def end() -> None:
        staff_admin.end_area(current_user, officer, form.area_id.data, began, last)

    return _done(officer, form, end, _("The officer serves this area no more."))


@blueprint.post("/kantor/petugas/<uuid:officer>/cuti")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def staff_leave(officer: UUID) -> BaseResponse:
    """Note a leave and who stands in."""
    form = _leave_form(staff_admin.open_officer(current_user, officer).colleagues)
    since, until = form.leave_since.data, form.leave_until.data
    if not form.validate() or since is None or until is None:
        return _officer_page(officer, form)
    refusal = leaves.set_leave(current_user, officer, UUID(form.substitute.data), since, until)
    if refusal:
        form.form_errors.append(_(refusal))
        return _officer_page(officer, form)
    flash(_("The leave is noted. It begins and ends by itself."), "good")
    return _back(officer)


@blueprint.post("/kantor/petugas/<uuid:officer>/cuti/akhiri")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def staff_end_leave(officer: UUID) -> BaseResponse:
    """End a leave before its time."""
    form = EndLeaveForm()
    if not form.validate():
        return _officer_page(officer, form)
    done = _("The leave is over. The officer serves the own areas again.")
    return _done(officer, form, lambda: leaves.end_leave(current_user, officer, form.leave.data), done)


def _done(officer: UUID, form: BaseForm, act: Callable[[], None], done: str) -> BaseResponse:
    """Do it and go back to the officer's page; a conflict is said there."""
    try:
        act()
    except Conflict as refused:
        form.form_errors.append(_(refused.message))
        return _officer_page(officer, form, 409)
    flash(done, "good")
    return _back(officer)


def _back(officer: UUID) -> BaseResponse:
    return redirect(url_for("accounts.staff_officer", officer=officer), code=303)


def _one_area(form: BaseForm, field: Any, typed: str) -> int | None:
    """The one area that was meant; else an error that says which there are."""
    found = staff_admin.find_areas(current_user, typed)
    if len(found) == 1:
        return found[0][0]
    if not found:
        message = _("No area inside your own has this name or code: %(typed)s", typed=typed)
    else:
        choice = ", ".join(f"{name} {area_code(area)}" for area, name in found)
        message = _("Several areas have this name. Write the code: %(choice)s", choice=choice)
    field.errors = [*field.errors, message]
    return None


def _leave_form(colleagues: Sequence[tuple[str, str]], **kwargs: Any) -> LeaveForm:
    form = LeaveForm(**kwargs)
    form.substitute.choices = [("", _("Choose")), *colleagues]
    return form


def _officer_page(public_id: UUID, form: BaseForm | None = None, status: int | None = None) -> BaseResponse:
    """The page of an officer; the form that came back wrong in its place, the others fresh."""
    opened = staff_admin.open_officer(current_user, public_id)
    officer: Officer = opened.officer
    fresh: dict[str, BaseForm] = {
        "invite": LoginForm(formdata=None, login=officer.invited_login or ""),
        "role": RoleForm(formdata=None, role=officer.role),
        "area": AreaForm(formdata=None),
        "leave": _leave_form(opened.colleagues, formdata=None),
    }
    forms = {name: form if form is not None and type(form) is type(one) else one for name, one in fresh.items()}
    page = render(
        "accounts/staff_officer.html",
        status=status or (422 if form is not None else 200),
        opened=opened,
        officer=officer,
        role=ROLES.get(officer.role),
        form=form,
        forms=forms,
        day=database_day(),
        zone=current_user.zone,
    )
    return unkept_page(page)


def link_page(public_id: UUID, name: str, login: str, token: str) -> BaseResponse:
    """The link, once: it stands on this page only, which nobody keeps."""
    address = f"{current_app.config['SETTINGS'].base_url}{url_for('accounts.invitation', token=token)}"
    picture = Markup(segno.make(address, error="m").svg_inline(border=2, omitsize=True))  # noqa: S704 - segno draws it
    return unkept_page(
        render(
            "accounts/staff_invited.html",
            officer=public_id,
            name=name,
            login=login,
            address=address,
            picture=picture,
            hours=VALID_HOURS,
        )
    )
