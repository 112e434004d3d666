"""Who is signed in: from the cookie's token to the actor, in one statement, and the cookies of a browser.

The signed cookie holds a random token; the database holds its hash, and ends the session. Signing in always takes
a new token and empties the cookie first. A session that began on a kiosk works on that kiosk only: one whose cookie
was carried to another device ends there and then.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, Response, current_app, flash, g, request, session
from flask_babel import gettext as _
from flask_login import LoginManager
from sqlalchemy import text

from portal.accounts import ends
from portal.accounts.actor import FamilyActor, Helper, StaffActor, Visitor
from portal.accounts.hashing import hasher
from portal.accounts.kiosks import this_kiosk
from portal.audit.trail import Event, record
from portal.config import Settings
from portal.core.clock import WIB, zone_of_area
from portal.core.ids import new_token
from portal.core.quick import Question
from portal.extensions import db, keys

FAMILY_IDLE_MINUTES, FAMILY_HOURS = ends.OWN_DEVICE.idle_minutes, ends.OWN_DEVICE.hours
STAFF_IDLE_MINUTES, STAFF_HOURS = ends.OFFICER.idle_minutes, ends.OFFICER.hours

DEVICE_COOKIE = "perangkat"
_DEVICE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
_MARK = "portal_asks"
_View = TypeVar("_View", bound=Callable[..., Any])
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_ACTOR = (
    "account_id, staff_id, person_id, family_id, member_id, relation, name, language, role, title, village_id,"
    " previous_visit_at, record_revision, cases_revision, inbox_revision, kiosk_id, helper_id, helper_name,"
    " catalogue_revision"
)
_END = text("SELECT session_end(:token)")


def found_with(expression: str) -> Question:
    """The look for a session by its hash (``:token``), with the value of an SQL expression on the same token."""
    return Question(
        text(f"SELECT json_build_array({_ACTOR}, {expression}) FROM session_find(:token)")  # noqa: S608 - our own words
    )


_FIND = found_with("NULL")
#: The same where nobody touched anything (a list that looks by itself for something new): the session ends as if it
#: had not asked.
_LOOK = Question(text(f"SELECT json_build_array({_ACTOR}, NULL) FROM session_find(:token, false)"))  # noqa: S608


def token_hash(token: str) -> bytes:
    """What the database keeps of a session's token."""
    return hashlib.sha256(token.encode()).digest()


def find_actor(token: str) -> FamilyActor | StaffActor | None:
    """The person of that session, or None where it is unknown, ended or too old."""
    return find_with(token, _FIND)[0]


def find_with(token: str, question: Question) -> tuple[FamilyActor | StaffActor | None, Any]:
    """:func:`find_actor`, and in the same trip to the database what the question (``found_with``) gives beside."""
    row = db.ask(question, token=token_hash(token)) if _TOKEN.fullmatch(token) else None
    return (None, None) if row is None else (_actor_of(token, row), row[-1])


def _actor_of(token: str, row: list[Any]) -> FamilyActor | StaffActor:
    account, staff, person, family, member, relation, name, language, role, title, area, visited, *rest = row
    record_revision, cases, inbox, kiosk, helper, helper_name, catalogue = rest[:7]
    if staff is not None:
        return StaffActor(token, staff, name, title, role, zone_of_area(area) if area else WIB, language, kiosk)
    before = datetime.fromisoformat(visited) if visited else None
    return FamilyActor(
        token,
        account,
        person,
        family,
        member,
        relation,
        name,
        language,
        area,
        before,
        (record_revision, cases, inbox),
        Helper(helper, helper_name) if helper else None,
        kiosk,
        catalogue,
    )


def start(token: str, owner: str) -> None:
    """Put a new session into the cookie; nothing of what was there before stays."""
    session.clear()
    session["_user_id"] = token
    session["owner"] = owner_mark(owner)


def owner_mark(owner: str) -> str:
    """A mark by which a later sign-in in this browser is known to be of the same account."""
    return base64.b85encode(keys.ring.blind_index("session-owner", owner)).decode()


@dataclass(frozen=True, slots=True)
class Device:
    """A browser: its token, which it keeps, and the hash by which an account knows it."""

    token: str
    hash: bytes


def this_device() -> Device:
    """The browser of this request; one that has no token yet gets a new one. A kiosk keeps none."""
    kiosk = this_kiosk()
    if kiosk is not None:
        return Device("", kiosk.device_hash)
    token = request.cookies.get(DEVICE_COOKIE, "")
    if not _TOKEN.fullmatch(token):
        token = new_token()
    return Device(token, keys.ring.blind_index("device", token))


def remember_device(response: Any, token: str, secure: bool) -> None:
    """Leave the browser's token with it, for 400 days from now; on a kiosk nothing."""
    if not token:
        return
    response.set_cookie(DEVICE_COOKIE, token, max_age=_DEVICE_SECONDS, httponly=True, samesite="Lax", secure=secure)


def asks(question: Question) -> Callable[[_View], _View]:
    """Mark a view as asking this (``found_with``) of the database, in place of the look for the session alone.

    The mark goes right below the route. The view takes the answer with :func:`asked_along`.
    """

    def mark(view: _View) -> _View:
        setattr(view, _MARK, question)
        return view

    return mark


def asked_along() -> Any:
    """The answer to the view's question; None where it did not go along with the look for the session."""
    return g.pop("asked_along", None)


def _question_of_this_page() -> Question | None:
    """What this request's view asks; nothing where the browser has the page and it is probably still good."""
    if "HTTP_IF_NONE_MATCH" in request.environ or request.endpoint is None:
        return None
    return getattr(current_app.view_functions[request.endpoint], _MARK, None)


def _is_elsewhere(actor: FamilyActor | StaffActor) -> bool:
    """Whether the session began on a kiosk, and this browser is not that kiosk."""
    if actor.kiosk_id is None:
        return False
    kiosk = this_kiosk()
    return kiosk is None or kiosk.id != actor.kiosk_id


def _end_carried(actor: FamilyActor | StaffActor) -> None:
    """End a kiosk's session that somebody tried elsewhere. Nobody is signed in by now."""
    family = actor.family_id if isinstance(actor, FamilyActor) else None
    with db.begin(actor.scope) as transaction:
        transaction.execute(_END, {"token": token_hash(actor.token)})
        record(transaction, Event.SESSION_CARRIED_OFF, family_id=family, kiosk=actor.kiosk_id)
    g.pop("asked_along", None)
    session.clear()
    flash(_("This sign-in was made on a kiosk and works only there. It is ended now."), "stop")


class _Login(LoginManager):  # type: ignore[misc]
    """Flask-Login without what we never use and it would ask at every request: addresses, remember-me, headers."""

    def _load_user(self) -> None:
        token, question = session.get("_user_id"), _question_of_this_page()
        actor = None
        if token and question is not None:
            actor, g.asked_along = find_with(token, question)
        elif token:
            actor = find_with(token, _LOOK if "HTTP_X_UNATTENDED" in request.environ else _FIND)[0]
        carried = actor if actor is not None and _is_elsewhere(actor) else None
        self._update_request_context_with_user(None if carried else actor)
        if carried is not None:
            _end_carried(carried)

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


def init_sessions(app: Flask, settings: Settings) -> None:
    """Bind the hashes and Flask-Login to the app."""
    hasher.bind(settings.pin_pepper.get_secret_value(), settings.hash_memory_kib)
    # The session is the database's; a phone changes its address all day long, so the address is no part of it.
    login = _Login()
    login.anonymous_user = Visitor
    login.user_loader(find_actor)
    login.init_app(app)
