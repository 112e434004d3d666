"""Puts the portal together: settings, extensions, blueprints, error pages. The only importer of views."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

import psycopg
import structlog
from flask import Blueprint, Flask, Response, request
from flask.templating import Environment
from sqlalchemy import exc
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.accounts.keeping import keep_answers
from portal.accounts.kiosks import init_kiosks
from portal.accounts.own_sessions import init_own_sessions
from portal.accounts.roles import Permission
from portal.accounts.sessions import init_sessions
from portal.accounts.views import blueprint as accounts
from portal.cases.helping.views import blueprint as helping
from portal.cases.views import blueprint as cases
from portal.config import Settings
from portal.core.database_roles import web_url
from portal.core.logs import init_logs
from portal.core.messages import N_
from portal.core.source import ROOT
from portal.delivery.views import blueprint as delivery
from portal.desk.addresses import blueprint as desk
from portal.desk.urgent import COUNT_ID, urgent_in_menu
from portal.extensions import blobs, db, keys, outward
from portal.home.views import blueprint as home
from portal.inbox.views import blueprint as inbox
from portal.office.breach_views import blueprint as breaches
from portal.office.offering_views import blueprint as offerings
from portal.office.place_views import blueprint as places
from portal.office.trail import blueprint as trail
from portal.office.views import blueprint as office
from portal.privacy.views import blueprint as privacy
from portal.privacy.views.retention import blueprint as retention
from portal.web import init_web
from portal.web.errors import error_page
from portal.web.nav import Place
from portal.web.transport import init_transport

_log = structlog.get_logger()
_MEGABYTE = 1024 * 1024
STAFF_MENU = (
    Place(N_("Queue"), "desk.queue", "list", Permission.WORK_CASES),
    Place(N_("Urgent"), "desk.urgent", "clock", Permission.OVERSEE_CASES, urgent_in_menu, COUNT_ID),
    Place(N_("Sealed"), "desk.sealed", "lock", Permission.OPEN_SEALED),
    Place(N_("Workload"), "desk.load", "family", Permission.OVERSEE_CASES),
    Place(N_("Counter"), "accounts.intake", "person", Permission.FIND_FAMILY),
    Place(N_("Tell in person"), "delivery.untold", "chat", Permission.TELL_IN_PERSON),
    Place(N_("Help at a kiosk"), "helping.pair", "family", Permission.HELP_AT_KIOSK),
    Place(N_("Slips"), "accounts.activations", "scale", Permission.SEE_ACTIVATIONS),
    Place(N_("Kiosks"), "accounts.kiosks", "device", Permission.MANAGE_KIOSKS),
    Place(N_("Extracts"), "office.loads_page", "document", Permission.SEE_LOADS),
    Place(N_("Own programmes"), "offerings.index", "star", Permission.OFFER_PROGRAMS),
    Place(N_("Officers"), "accounts.staff_list", "family", Permission.MANAGE_STAFF),
    Place(N_("Warnings"), "accounts.alarms", "bell", Permission.SEE_ALARMS),
    Place(N_("Trail"), "trail.index", "eye", Permission.READ_TRAIL),
    Place(N_("Data breaches"), "breaches.index", "shield", Permission.HANDLE_BREACHES),
    Place(N_("My relatives"), "accounts.own_kin", "house", Permission.OWN_LOGIN),
)
BLUEPRINTS: tuple[Blueprint, ...] = (
    *(accounts, home, cases, helping, inbox, privacy),
    *(delivery, desk, office, trail, breaches, offerings, places, retention),
)


class _Templates(Environment):
    """Templates whose globals are one plain dictionary, taken when they are loaded: to gather them at each drawing
    from two takes a tenth of it. All globals stand when the first page is drawn."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


class Portal(Flask):
    """Flask without its look at each function whether it is a coroutine: none of ours is."""

    jinja_environment = _Templates

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings, database_url: str | None = None) -> Flask:
    """The portal for these settings; ``database_url`` is the owner's, the web uses its own role there."""
    app = Portal("portal", static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="portal",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.cookies_are_secure,
        WTF_CSRF_TIME_LIMIT=None,  # bound to the session; a page kept by the browser stays good
        MAX_CONTENT_LENGTH=12 * _MEGABYTE,
        MAX_FORM_MEMORY_SIZE=_MEGABYTE,
        SETTINGS=settings,
    )
    init_logs()
    keys.bind(settings.keyring)
    blobs.bind(settings.uploads)
    outward.bind(settings.ways)
    if database_url is not None:
        db.connect(web_url(database_url, settings.secret_key.get_secret_value()))
    init_sessions(app, settings)
    init_kiosks(app, settings.kiosk_idle_seconds)
    init_own_sessions(app)
    init_web(app, staff_places=STAFF_MENU, keep_answers=keep_answers, with_gallery=settings.demo)
    for busy in (exc.OperationalError, exc.TimeoutError, psycopg.OperationalError):
        app.register_error_handler(busy, _database_busy)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    if settings.cookies_are_secure:
        init_transport(app)
    return app


def _database_busy(error: Exception) -> Response:
    """The database is away, or something holds the row too long (a load): nothing was changed, and a moment helps."""
    _log.warning("database_busy", endpoint=request.endpoint, cause=type(error.__cause__ or error).__name__)
    return error_page(503, retry_after=10)
