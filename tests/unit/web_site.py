"""A small site on ``portal.web`` alone, without a database, for the unit tests of what every page needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum

from flask import Blueprint, Flask, Response, abort, request
from flask_login import AnonymousUserMixin, LoginManager, UserMixin
from jinja2 import ChoiceLoader, DictLoader

from portal.core.errors import Conflict, TooMany
from portal.web import init_web
from portal.web.access import allowed, public
from portal.web.assets import ROOT
from portal.web.render import private_page, render, unkept_page
from tests.pages.inspecting import InspectingClient

PAGE = """{% extends "base.html" %}{% block title %}Coba{% endblock %}
{% block content %}<h1>Halo</h1>{% block part %}<p id="part">{{ tag(word, "good") }}</p>{% endblock %}{% endblock %}"""
STAFF_PAGE = """{% extends "base_staff.html" %}{% block content %}<h1>Antrean</h1>{% endblock %}"""


class Permission(StrEnum):
    """Two permissions for two kinds of people."""

    READ_OWN = "read_own"
    WORK = "work"


class Nobody(AnonymousUserMixin):
    """Who is not signed in."""

    kind = "visitor"
    display_name = ""

    def may(self, permission: Permission) -> bool:
        """Nothing."""
        return False


class Somebody(UserMixin):
    """Who is signed in, as the test's header says."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.helper = None
        self.display_name = "Siti"

    def may(self, permission: Permission) -> bool:
        """A family reads its own, staff works."""
        return permission is (Permission.WORK if self.kind == "staff" else Permission.READ_OWN)


class BrokenTooMany(TooMany):
    """Too many tries, with the seconds to wait."""

    retry_after = 60


def _views(site: Flask) -> None:
    def make_page() -> Callable[[], Response]:
        return lambda: render("page.html", block="part", word="baik")

    home, accounts, desk = Blueprint("home", __name__), Blueprint("accounts", __name__), Blueprint("desk", __name__)
    for path, name in (("/", "landing"), ("/tentang", "about"), ("/tolong", "help")):
        home.add_url_rule(path, name, public(make_page()))
    for path, name in (("/beranda", "beranda"), ("/bantuan", "aid"), ("/peluang", "opportunities")):
        home.add_url_rule(path, name, allowed(Permission.READ_OWN)(make_page()), methods=["GET", "POST"])
    accounts.add_url_rule("/masuk", "sign_in", public(make_page()))
    accounts.add_url_rule("/petugas/masuk", "staff_sign_in", public(make_page()))
    accounts.add_url_rule("/akun/masih-di-sini", "still_here", public(lambda: ""))
    accounts.add_url_rule("/keluar", "sign_out", public(lambda: ""), methods=["POST"])
    accounts.add_url_rule("/petugas/keluar", "staff_sign_out", public(lambda: ""), methods=["POST"])
    desk.add_url_rule("/petugas/antrean", "queue", allowed(Permission.WORK)(lambda: render("staff.html")))
    for blueprint in (home, accounts, desk):
        site.register_blueprint(blueprint)

    _failures(site)


def _failures(site: Flask) -> None:
    @site.get("/unmarked")
    def unmarked() -> str:
        return "never"

    @site.get("/boom")
    @public
    def boom() -> str:
        raise RuntimeError("a secret of the machine")

    @site.get("/fail/<int:status>")
    @public
    def fail(status: int) -> str:
        abort(status)

    @site.get("/conflict")
    @public
    def conflict() -> str:
        raise Conflict("Nothing was sent twice. Open the page again to see how it is now.")

    @site.get("/ready-answer")
    @public
    def ready_answer() -> str:
        abort(unkept_page(Response("sudah", 409, content_type="text/plain")))

    @site.get("/too-many")
    @public
    def too_many() -> str:
        raise BrokenTooMany

    @site.get("/kept")
    @public
    def kept() -> Response:
        response = private_page(render("page.html", word="baik"))
        response.set_etag("one")
        return response.make_conditional(request)


def make_site() -> Flask:
    """The site; ``X-Kind: family`` or ``staff`` signs a request in."""
    site = Flask("portal", static_folder=None, template_folder=str(ROOT / "templates"))
    site.config.update(SECRET_KEY="only for tests", TESTING=True, PROPAGATE_EXCEPTIONS=False)
    site.test_client_class = InspectingClient
    logins = LoginManager(site)
    logins.anonymous_user = Nobody

    @logins.request_loader
    def load(request_: object) -> Somebody | None:
        if request.headers.get("X-Broken-Database"):
            raise ConnectionError("no database")
        kind = request.headers.get("X-Kind")
        return Somebody(kind) if kind else None

    site.extensions["kept"] = []
    own = site.jinja_loader
    site.jinja_env.loader = ChoiceLoader([DictLoader({"page.html": PAGE, "staff.html": STAFF_PAGE}), own])
    # What the accounts tell the frame of every page: no kiosk, and nobody's session that could end.
    site.jinja_env.globals.update(kiosk_class=str, kiosk_idle=int, session_left=lambda _: 0, session_until=lambda _: "")
    init_web(site, keep_answers=lambda: site.extensions["kept"].append(request.path), with_gallery=True)
    _views(site)
    return site


TODAY = date(2026, 11, 12)
