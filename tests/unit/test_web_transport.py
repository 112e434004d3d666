"""What every answer carries, and what holds over TLS only: cookies that no other host can set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from flask import Flask, Response, request
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from portal.app import create_app
from portal.config import Settings
from portal.extensions import keys
from portal.web import security
from portal.web.assets import PREFIX as STATIC
from portal.web.security import CONTENT_SECURITY_POLICY, HEADERS
from portal.web.transport import init_transport, own_cookies
from tests.unit.web_site import make_site

SECURE = "https://portal.example"


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site()


@pytest.fixture(scope="module")
def secure_portal(settings: Settings) -> Iterator[Flask]:
    """The portal as it is outside the demo, behind one proxy, without a database."""
    yield create_app(settings.model_copy(update={"secure_cookies": True, "trusted_proxies": 1}))
    keys.bind(settings.keyring)


@pytest.fixture
def small() -> FlaskClient:
    """A site that sets a cookie, reads it, and takes it away as careless code does."""
    app = Flask("small", static_folder=None)

    @app.get("/set")
    def leave() -> Response:
        response = Response("set")
        response.set_cookie("kios", "1", httponly=True, samesite="Lax", secure=True)
        return response

    @app.get("/get")
    def read() -> str:
        return ",".join(f"{name}={value}" for name, value in request.cookies.items())

    @app.get("/drop")
    def drop() -> Response:
        response = Response("gone")
        response.delete_cookie("kios")
        return response

    init_transport(app)
    return app.test_client()


def test_the_policy_of_content_has_no_way_around(site: Flask) -> None:
    policy = site.test_client().get("/").headers["Content-Security-Policy"]
    parts = dict(part.partition(" ")[::2] for part in policy.split("; "))
    assert policy == CONTENT_SECURITY_POLICY
    assert "unsafe" not in policy
    assert set(parts.values()) == {"'none'", "'self'"}, "no host, no scheme, no wildcard"
    for nothing in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert parts[nothing] == "'none'"


@pytest.mark.parametrize("path", ["/", "/fail/404", "/ready-answer", "/nowhere", "/boom"])
def test_every_answer_has_the_headers(site: Flask, path: str) -> None:
    headers = site.test_client().get(path).headers
    for name, value in HEADERS.items():
        assert headers.getlist(name) == [value]
    assert headers["Cache-Control"] in ("private, no-cache", "no-store")
    assert headers["Content-Type"].endswith("; charset=utf-8") or path == "/ready-answer"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH"])
def test_methods_that_no_page_has_do_nothing(site: Flask, method: str) -> None:
    answer = site.test_client().open("/", method=method)
    assert answer.status_code in (400, 405)  # 400: changes without the form's token end there
    assert b"Halo" not in answer.data


def test_what_is_refused_leaves_a_line_in_the_log(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "_log", structlog.get_logger())  # one that no other test has bound to its own output
    with capture_logs() as lines:
        site.test_client().post("/bahasa", headers={"Sec-Fetch-Site": "cross-site"})
        site.test_client().get("/")
    assert lines == [
        {"event": "refused", "log_level": "warning", "status": 403, "method": "POST", "endpoint": "web.set_language"}
    ]


def test_static_files_are_not_framed_and_no_folder_is_listed(secure_portal: Flask) -> None:
    client = secure_portal.test_client()
    listed = client.get(STATIC)
    assert listed.status_code == 404
    assert STATIC + "manifest.json" not in listed.get_data(as_text=True)
    with client.get(secure_portal.extensions["portal_assets"]["portal.css"], base_url=SECURE) as style:
        assert style.status_code == 200
        assert "frame-ancestors 'none'" in style.headers["Content-Security-Policy"]
        assert style.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert style.headers["X-Content-Type-Options"] == "nosniff"
        assert "includeSubDomains" in style.headers["Strict-Transport-Security"]


def test_the_gallery_is_in_the_demo_only(site: Flask, secure_portal: Flask) -> None:
    assert site.test_client().get("/_komponen").status_code == 200
    assert secure_portal.test_client().get("/_komponen").status_code == 404


def test_every_cookie_of_the_portal_is_of_this_host_alone(secure_portal: Flask) -> None:
    cookies = secure_portal.test_client().get("/masuk", base_url=SECURE).headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        parts = [part.strip() for part in cookie.split(";")]
        assert parts[0].startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
        assert not any(part.lower().startswith("domain") for part in parts)


def test_the_address_and_the_way_are_believed_from_one_proxy_only(secure_portal: Flask, settings: Settings) -> None:
    says_secure = {"X-Forwarded-Proto": "https"}
    assert "Strict-Transport-Security" in secure_portal.test_client().get("/healthz", headers=says_secure).headers
    bare = create_app(settings.model_copy(update={"secure_cookies": True}))
    assert "Strict-Transport-Security" not in bare.test_client().get("/healthz", headers=says_secure).headers


def test_a_cookie_goes_out_and_comes_back_under_the_sign(small: FlaskClient) -> None:
    assert small.get("/set", base_url=SECURE).headers["Set-Cookie"].startswith("__Host-kios=1; ")
    assert small.get("/get", base_url=SECURE).text == "kios=1"


def test_a_cookie_without_the_sign_is_nothing(small: FlaskClient) -> None:
    small.set_cookie("kios", "of another host", domain="portal.example")
    assert small.get("/get", base_url=SECURE).text == ""
    assert own_cookies("kios=2; __Host-kios=1;__Host-portal=a=b; __host-x=3") == "kios=1; portal=a=b"


def test_a_cookie_is_taken_away_as_it_was_given(small: FlaskClient) -> None:
    small.get("/set", base_url=SECURE)
    gone = small.get("/drop", base_url=SECURE).headers["Set-Cookie"]
    assert gone.startswith("__Host-kios=; ")
    assert "Secure" in gone, "a browser takes no cookie of that sign away without it"
    assert small.get("/get", base_url=SECURE).text == ""
