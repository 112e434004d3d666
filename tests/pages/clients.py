"""Test clients that are signed in: ``client.as_(actor)`` is a browser of its own with a real session.

The session is a row in the database and a signed cookie, as a sign-in makes them; only PIN and password are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from portal.accounts.actor import FamilyActor, StaffActor
from portal.accounts.sessions import owner_mark, token_hash
from portal.core.ids import new_token
from tests import factories as make
from tests.pages.inspecting import InspectingClient

Owner = Callable[[], AbstractContextManager[Connection]]
_RAW_TOKEN = "0" * 40


class PortalClient(InspectingClient):
    """A browser; ``as_`` gives another one, in which somebody is signed in."""

    owner: Owner
    actor: FamilyActor | StaffActor | None = None

    def as_(self, actor: FamilyActor | StaffActor | None) -> PortalClient:
        """A new browser with a session of this member (whose account is made where there is none) or officer.

        ``None`` is a visitor.
        """
        signed_in = client_for(self.application, self.owner)
        if actor is None:
            return signed_in
        token = new_token()
        with self.owner() as connection:
            actor = _with_account(connection, actor)
            _insert_session(connection, actor, token)
        with signed_in.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["owner"] = owner_mark(_owner_of(actor))
        signed_in.actor = replace(actor, token=token)
        return signed_in

    def send(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST a form with a good CSRF token; ``data`` as in ``post``."""
        with self.session_transaction() as cookie:
            cookie["csrf_token"] = _RAW_TOKEN
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")  # type: ignore[arg-type]
        return self.post(path, data={"csrf_token": signer.dumps(_RAW_TOKEN), **(data or {})}, **kwargs)


def client_for(app: Flask, owner: Owner) -> PortalClient:
    """A browser with cookies of its own. ``owner`` opens a transaction of the database's owner."""
    client = PortalClient(app, app.response_class, use_cookies=True)
    client.owner = owner
    return client


def _with_account(connection: Connection, actor: FamilyActor | StaffActor) -> FamilyActor | StaffActor:
    if isinstance(actor, StaffActor) or actor.account_id:
        return actor
    make.as_owner(connection)
    found = connection.execute(
        text("SELECT id FROM account WHERE person_id = :p"), {"p": actor.person_id}
    ).scalar_one_or_none()
    if found is None:
        found = make.insert(
            connection, "account", "id", person_id=actor.person_id, family_id=actor.family_id, pin_hash="none"
        )
    return replace(actor, account_id=found)


def _insert_session(connection: Connection, actor: FamilyActor | StaffActor, token: str) -> None:
    make.as_owner(connection)
    connection.execute(
        text(
            "INSERT INTO web_session (token_hash, account_id, staff_id, idle_ends_after, expires_at)"
            " VALUES (:hash, :account, :staff, 30, now() + interval '10 hours')"
        ),
        {
            "hash": token_hash(token),
            "account": actor.account_id if isinstance(actor, FamilyActor) else None,
            "staff": None if isinstance(actor, FamilyActor) else actor.staff_id,
        },
    )


def _owner_of(actor: FamilyActor | StaffActor) -> str:
    return f"family:{actor.account_id}" if isinstance(actor, FamilyActor) else f"staff:{actor.staff_id}"
