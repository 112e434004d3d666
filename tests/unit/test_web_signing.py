"""Our quicker signing writes and believes exactly what Flask and Flask-WTF do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask, Request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect, generate_csrf, validate_csrf
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response
from wtforms import ValidationError

from portal.web.signing import KeptSessions, form_token, init_signing
from portal.web.vary import vary_on


@pytest.fixture
def app() -> Flask:
    """An app with one view that changes its session and one that only reads it."""
    app = Flask(__name__, static_folder=None)
    app.config.update(SECRET_KEY="a secret of a test", WTF_CSRF_TIME_LIMIT=None)
    CSRFProtect(app)
    init_signing(app)

    @app.get("/put")
    def put() -> str:
        session["name"] = "Siti"
        return "put"

    @app.get("/read")
    def read() -> str:
        return str(session.get("name"))

    @app.get("/end")
    def end() -> str:
        session.clear()
        return "ended"

    return app


@pytest.fixture
def asked(app: Flask) -> Iterator[Flask]:
    """The app inside a request."""
    with app.test_request_context("/"):
        yield app


def test_a_session_lives_from_request_to_request(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/read").text == "None"
    assert "Set-Cookie" in client.get("/put").headers
    answer = client.get("/read")
    assert answer.text == "Siti"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Cookie"
    assert "Set-Cookie" in client.get("/end").headers
    assert client.get("/read").text == "None"


def test_flask_itself_reads_our_cookie_and_we_its(app: Flask) -> None:
    client = app.test_client()
    client.get("/put")
    cookie = client.get_cookie("session")
    assert cookie is not None
    flasks = SecureCookieSessionInterface().get_signing_serializer(app)
    assert flasks is not None
    assert flasks.loads(cookie.value) == {"name": "Siti"}
    client.set_cookie("session", flasks.dumps({"name": "Budi"}))
    assert client.get("/read").text == "Budi"


def test_a_forged_cookie_is_no_session(app: Flask) -> None:
    client = app.test_client()
    client.get("/put")
    cookie = client.get_cookie("session")
    assert cookie is not None
    body, _, signature = cookie.value.rpartition(".")
    client.set_cookie("session", f"{body}.{signature[:-2]}{'AA' if signature[-2:] != 'AA' else 'BB'}")
    assert client.get("/read").text == "None"


@pytest.mark.usefixtures("asked")
def test_the_forms_token_is_the_one_that_flask_wtf_checks() -> None:
    token = form_token()
    assert form_token() == token
    assert generate_csrf() == token
    validate_csrf(token)
    with pytest.raises(ValidationError):
        validate_csrf(token[:-2] + ("AA" if token[-2:] != "AA" else "BB"))
    session["csrf_token"] = "another session's"
    with pytest.raises(ValidationError):
        validate_csrf(token)


@pytest.mark.usefixtures("asked")
def test_a_spoiled_secret_in_the_session_is_made_anew() -> None:
    session["csrf_token"] = 17
    validate_csrf(form_token())


def test_vary_names_each_header_once() -> None:
    response = Response()
    vary_on(response, "Cookie")
    vary_on(response, "cookie", "Accept-Encoding")
    vary_on(response, "Accept-Encoding")
    assert response.headers["Vary"] == "Cookie, Accept-Encoding"


@pytest.mark.parametrize("held", [{"name": "Siti", "place": {" b": "c2l0aQ=="}}, {" t": ["a", "b"]}, {"name": 17}])
def test_what_is_more_than_texts_is_read_as_flask_reads_it(app: Flask, held: dict[str, object]) -> None:
    flasks = SecureCookieSessionInterface().get_signing_serializer(app)
    assert flasks is not None
    ours = app.session_interface
    for value in (flasks.dumps(held), flasks.dumps({**held, "long": "lama " * 200})):
        request = Request(EnvironBuilder(headers={"Cookie": f"session={value}"}).get_environ())
        assert dict(ours.open_session(app, request) or {}) == flasks.loads(value)


@pytest.mark.parametrize("days", [-1, 32])
def test_a_cookie_of_another_time_is_no_session(app: Flask, days: int) -> None:
    client = app.test_client()
    client.get("/put")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days)):
        assert client.get("/read").text == "None"


def test_cookies_of_the_key_before_are_still_read(app: Flask) -> None:
    client = app.test_client()
    client.get("/put")
    app.config.update(SECRET_KEY="the next secret", SECRET_KEY_FALLBACKS=["a secret of a test"])
    app.session_interface = KeptSessions(app)
    assert client.get("/read").text == "Siti"
