"""Step-up: before exports and changes of officers the authenticator is asked again, if that is five minutes ago.

``@stepped_up`` stands below ``@allowed``. A page that is only looked at sends the officer to the code and back; an act
that was posted comes back with its answers and a field for the code, and goes on as soon as the code is right. One of
the own passkeys stands in for the code where the browser has scripts; the code needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import text
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import guard
from portal.accounts.actor import StaffActor
from portal.accounts.keeping import NEVER_KEPT
from portal.accounts.passkey_signin import confirm_officer
from portal.accounts.passkeys import own_passkeys
from portal.accounts.sessions import this_device, token_hash
from portal.accounts.signin import Lane, Refused, fail
from portal.accounts.staff_signin import matching_step
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.errors import Forbidden
from portal.extensions import db, keys
from portal.web.forms import BaseForm, CodeField, HiddenField, Needed
from portal.web.render import render, unkept_page

FRESH_FOR = timedelta(minutes=5)
CODE_FIELD = "step_up_code"
KEY_FIELD = "credential"  # the script of passkeys writes there what the key signed
_KEPT_APART = (*NEVER_KEPT, KEY_FIELD, "next", "purpose")
_LANE = "step_up"
_View = TypeVar("_View", bound=Callable[..., Any])
_CONFIRMED_AT = text("SELECT session_confirmed_at(:token)")
_FACTOR = text("SELECT totp_sealed, locked_until FROM staff_factor(:subject)")
_CONFIRM = text("SELECT staff_confirm(:token, :step, :subject)")


class StepUpForm(BaseForm):
    """The code once more."""

    step_up_code = CodeField(
        _l("Code of the authenticator"),
        [Needed(_l("Write the six digits that your authenticator shows."))],
        hint=_l("6 digits, new every half minute"),
    )
    next = HiddenField()


def stepped_up(view: _View) -> _View:
    """Let an officer through who proved the second factor within five minutes; ask others for a code first."""

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Any:
        if current_user.kind != "staff":
            raise Forbidden
        if is_fresh(current_user):
            return view(*args, **kwargs)
        if request.method != "POST":
            return redirect(url_for("accounts.step_up", next=request.full_path.rstrip("?")), code=303)
        if CODE_FIELD not in request.form and KEY_FIELD not in request.form:
            return _ask(StepUpForm(formdata=None))
        form = StepUpForm()
        return view(*args, **kwargs) if is_proven(current_user, form) else _ask(form)

    return asked  # type: ignore[return-value]


def is_proven(actor: StaffActor, form: StepUpForm) -> bool:
    """Whether the passkey or the code that was sent confirms this session; else the form says what was wrong."""
    if KEY_FIELD in request.form:
        if confirm_officer(actor, request.form[KEY_FIELD], this_device().hash) is None:
            return True
        form.form_errors.append(_("This passkey was not accepted. Write the code of your authenticator."))
        return False
    if not form.validate():
        return False
    refused = confirm(actor, form.step_up_code.data)
    if refused is not None:
        form.form_errors.append(wrong_words(refused))
    return refused is None


def has_passkey(actor: StaffActor) -> bool:
    """Whether the page may offer one in the place of the code."""
    return bool(own_passkeys(actor))


def is_fresh(actor: StaffActor) -> bool:
    """Whether this session proved the second factor within the last five minutes."""
    with db.begin(actor.scope) as session:
        at: datetime | None = session.execute(_CONFIRMED_AT, {"token": token_hash(actor.token)}).scalar_one()
    return at is not None and at > now() - FRESH_FOR


def confirm(actor: StaffActor, code: str) -> Refused | None:
    """Spend a code for this session. A wrong or used one counts as a wrong try of this officer."""
    subject = keys.ring.blind_index("staff-step-up", str(actor.staff_id))
    lane = Lane(subject, _LANE, guard.STAFF_WAITS)
    with db.begin(actor.scope) as session:
        found = session.execute(_FACTOR, {"subject": subject}).one_or_none()
        step = matching_step(found.totp_sealed, code, now()) if found else None
        locked = found is not None and bool(guard.seconds_left(found.locked_until, now()))
        if step is not None and not locked:
            values = {"token": token_hash(actor.token), "step": step, "subject": subject}
            if session.execute(_CONFIRM, values).scalar_one():
                record(session, Event.STAFF_CONFIRMED, staff=actor.staff_id)
                return None
    return fail(lane, None, None, Event.STAFF_CONFIRM_FAILED)


def wrong_words(refused: Refused) -> str:
    """What was wrong with the code."""
    if refused.wait:
        return str(
            _("Too many wrong tries. Wait %(num)s seconds, then write the code of that moment.", num=refused.wait)
        )
    return str(_("This code is not right or was used already. Wait for the next one and write that."))


def _ask(form: StepUpForm) -> BaseResponse:
    """The act again, with the code in front of it; nothing of it was done."""
    kept = [pair for pair in request.form.items(multi=True) if pair[0] not in _KEPT_APART]
    return step_up_page(form, request.full_path.rstrip("?"), kept, 422)


def step_up_page(
    form: StepUpForm, action: str, answers: Sequence[tuple[str, str]] = (), status: int = 200
) -> BaseResponse:
    """The page that asks for the code, or for a passkey where the officer has one."""
    page = render(
        "accounts/staff_step_up.html",
        form=form,
        answers=answers,
        action=action,
        by_key=has_passkey(current_user),
        status=status,
    )
    return unkept_page(page)
