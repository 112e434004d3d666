"""Signed-in families as their browsers are: the cookies they send, and the ETags they keep."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from benchmarks import place
from benchmarks.data import LOGINS, Login
from benchmarks.load import Request
from benchmarks.processes import NotMeasured

HOME = "/beranda"


def signed_in(logins: Iterable[Login] = LOGINS) -> list[Request]:
    """The home of each of these families, asked for the first time."""
    return [Request(cookie_of(login)) for login in logins]


def returning(url: str, count: int) -> Iterator[Request]:
    """The home of families from all over the database whose browsers have it already."""
    host = urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=10)
    for login in LOGINS[:: len(LOGINS) // count]:
        cookies = cookie_of(login)
        connection.request("GET", HOME, headers={"Cookie": cookies, "Accept-Encoding": "gzip, deflate, br"})
        answer = connection.getresponse()
        page, etag = answer.read(), answer.headers.get("ETag")
        if answer.status != 200 or not etag or not page:
            raise NotMeasured(f"{HOME} answered {answer.status} with ETag {etag}")
        yield Request(cookies, etag)
    connection.close()


def cookie_of(login: Login) -> str:
    """The session cookie of a family that has been here before, as Flask signs it."""
    app = Flask(__name__)
    app.secret_key = place.settings().secret_key.get_secret_value()
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise NotMeasured("there is no secret to sign cookies with")
    form_token = hashlib.sha1(login.token.encode(), usedforsecurity=False).hexdigest()
    return "portal=" + signer.dumps({"_user_id": login.token, "csrf_token": form_token})
