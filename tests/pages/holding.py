"""What the tests of passkeys do at a browser, with a phone of software beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import Flask
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from portal.accounts.sessions import find_actor
from tests.factories import TestFamily, as_owner
from tests.pages.authenticator import Authenticator
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import PIN, client_of, events, make_signing_family, post, sign_in


@dataclass
class Member:
    """A member with a login, the own browser, and the own phone's keys."""

    family: TestFamily
    account: int
    client: InspectingClient
    phone: Authenticator


def member_with_phone(app: Flask, connection: Connection) -> Member:
    """Signed in with NIK and PIN; no passkey yet."""
    family, account = make_signing_family(connection)
    client = client_of(app)
    assert sign_in(client, family.head).status_code == 303
    return Member(family, account, client, Authenticator())


def asked_new(client: InspectingClient, **answers: str) -> dict[str, Any]:
    """Go through the first step; gives what the page asks the browser's key."""
    page = post(client, "/akun/kunci/tambah", name="HP saya", **answers)
    assert page.status_code == 200, page.get_data(as_text=True)
    html = page.get_data(as_text=True)
    options: dict[str, Any] = json.loads(unescape(html.split('data-options="')[1].split('"')[0]))
    return options


def save(client: InspectingClient, credential: str) -> TestResponse:
    """Send what the browser's key made."""
    return post(client, "/akun/kunci/simpan", "/akun/kunci/tambah", credential=credential, name="HP saya")


def add(member: Member, **otherwise: Any) -> TestResponse:
    """A passkey in the member's phone."""
    return save(member.client, member.phone.make(asked_new(member.client, pin=PIN), **otherwise))


def asked(client: InspectingClient, purpose: str = "family", page: str = "/masuk") -> dict[str, Any]:
    """What a browser that signs in is asked to sign."""
    found: dict[str, Any] = post(client, "/kunci/mulai", page, purpose=purpose).get_json()
    return found


def enter(client: InspectingClient, credential: str, path: str = "/masuk/kunci", page: str = "/masuk") -> TestResponse:
    """Send what the browser's key signed."""
    return post(client, path, page, credential=credential)


def is_in(client: InspectingClient) -> bool:
    """Whether somebody is signed in there."""
    with client.session_transaction() as cookie:
        return find_actor(cookie.get("_user_id", "")) is not None


def ask_owner(connection: Connection, query: str) -> Any:
    """The one value that the database's owner is told."""
    as_owner(connection)
    return connection.execute(text(query)).scalar_one()


def reasons(connection: Connection) -> list[str]:
    """Why passkeys were refused, as the trail tells it."""
    return [event.data["reason"] for event in events(connection, "passkey_refused")]
