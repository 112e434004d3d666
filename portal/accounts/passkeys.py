"""Passkeys: a key in somebody's phone, computer or security key that signs what we ask, beside PIN and password.

What is asked is random, kept here, good once and for five minutes, and only in the browser that was asked. The handle
under which a key knows its owner is random too: a phone that is lost tells nobody's NIK. ``PORTAL_BASE_URL`` says for
which address a key is good (an address with a name: browsers make no passkeys for http://127.0.0.1).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from flask import current_app, session
from sqlalchemy import select, text, update
from webauthn import generate_authentication_options, generate_registration_options, verify_registration_response
from webauthn.helpers import options_to_json_dict, parse_registration_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.accounts.actor import FamilyActor, StaffActor
from portal.accounts.passkey_models import Passkey
from portal.accounts.proving import Proof
from portal.accounts.sessions import token_hash
from portal.accounts.signin import Refused
from portal.audit.trail import Event, record
from portal.config import Settings
from portal.core.db import ANONYMOUS
from portal.core.ids import new_token
from portal.extensions import db

_log = structlog.get_logger(__name__)

NAME = "Portal Keluarga"
LONGEST_ANSWER = 16_000  # characters of what a browser sends back; the largest keys need about 4,000
LONGEST_NAME = 60
MOST_PASSKEYS = 10  # of one owner; the database holds it
_BYTES = 32  # of a challenge or a handle
_PATIENCE_MS = 5 * 60 * 1000  # how long a browser may wait for a finger; the challenge is good for as long
_COOKIE = "kunci"

_ASK = text("SELECT passkey_ask(:key, :challenge, :purpose)")
_TAKE = text("SELECT passkey_take(:key, :purpose)")
_ASK_NEW = text("SELECT passkey_ask_new(:key, :challenge, :handle, :lane, :device, :proven, :step)")
_ADD = text("SELECT passkey_add(:key, :credential, :public_key, :count, :eligible, :backed_up, :transports, :name)")
_REMOVE = text("SELECT passkey_remove(:which, :lane, :device, :proven, :step)")


class Purpose(StrEnum):
    """What a browser is asked to sign something for. A challenge of one purpose is good for no other."""

    ADD = "add"
    FAMILY = "family"  # a member signs in
    STAFF = "staff"  # an officer signs in, without password and code
    CODE = "code"  # an officer whose password was right, in the place of the code
    STEP_UP = "step_up"  # an officer who is signed in, once more before an act


class PasskeyRefused(Exception):
    """What a browser sent is not good; ``reason`` is a word for the trail, never for the reader."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Site:
    """The address for which keys are good: its name, and the origin that browsers put under each signature."""

    name: str
    origin: str


def this_site() -> Site | None:
    """The portal's own address; None where no key can be made for it, which is so for one of digits."""
    settings: Settings = current_app.config["SETTINGS"]
    parts = urlsplit(settings.base_url)
    name = parts.hostname or ""
    try:
        ip_address(name)
    except ValueError:
        return Site(name, f"{parts.scheme}://{parts.netloc}") if name else None
    return None


def the_site() -> Site:
    """The same where it is known that there is one. Raises ``PasskeyRefused``."""
    site = this_site()
    if site is None:
        raise PasskeyRefused("no_site")
    return site


def ask(purpose: Purpose) -> dict[str, Any]:
    """What a browser needs to sign in; the challenge is kept."""
    challenge = secrets.token_bytes(_BYTES)
    with db.begin(ANONYMOUS) as transaction:
        transaction.execute(_ASK, {"key": _new_key(), "challenge": challenge, "purpose": purpose.value})
    must = UserVerificationRequirement.REQUIRED
    options = generate_authentication_options(
        rp_id=the_site().name,
        challenge=challenge,
        timeout=_PATIENCE_MS,
        user_verification=UserVerificationRequirement.PREFERRED if purpose is Purpose.CODE else must,
    )
    return options_to_json_dict(options)


def take(purpose: Purpose) -> tuple[bytes, bytes]:
    """The challenge that this browser was given for that purpose, and its key: from now on it is good no more."""
    key = _key(session.pop(_COOKIE, ""))
    with db.begin(ANONYMOUS) as transaction:
        challenge = transaction.execute(_TAKE, {"key": key, "purpose": purpose.value}).scalar_one_or_none()
    if challenge is None:
        raise PasskeyRefused("challenge")
    return key, challenge


def _new_key() -> bytes:
    session[_COOKIE] = new_token()
    return _key(session[_COOKIE])


def _key(mark: str) -> bytes:
    """Bound to this browser's cookie and to whoever is signed in there."""
    return token_hash(f"{mark}.{session.get('_user_id', '')}")


def own_passkeys(actor: FamilyActor | StaffActor) -> Sequence[Passkey]:
    """The passkeys of whoever is signed in, the newest first."""
    with db.begin(actor.scope) as transaction:
        return transaction.execute(select(Passkey).order_by(Passkey.id.desc())).scalars().all()


def own_passkey(actor: FamilyActor | StaffActor, public_id: UUID) -> Passkey | None:
    """One of them; None where it is somebody else's."""
    with db.begin(actor.scope) as transaction:
        return transaction.execute(select(Passkey).where(Passkey.public_id == public_id)).scalar_one_or_none()


def ask_new(actor: FamilyActor | StaffActor, proof: Proof) -> dict[str, Any] | Refused:
    """What a browser needs to make a new passkey for whoever is signed in and has proven it."""
    challenge = secrets.token_bytes(_BYTES)
    mine = own_passkeys(actor)
    handle = mine[0].user_handle if mine else secrets.token_bytes(_BYTES)
    values = {"key": _new_key(), "challenge": challenge, "handle": handle} | proof.values()
    with db.begin(actor.scope) as transaction:
        if not transaction.execute(_ASK_NEW, values).scalar_one():
            return proof.refused()
    # A member's key replaces the PIN, so that it must know its owner; an officer's may stay a second step only.
    preferred, must = UserVerificationRequirement.PREFERRED, UserVerificationRequirement.REQUIRED
    options = generate_registration_options(
        rp_id=the_site().name,
        rp_name=NAME,
        user_id=handle,
        user_name=actor.name,
        challenge=challenge,
        timeout=_PATIENCE_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=preferred if isinstance(actor, StaffActor) else must,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=one.credential_id, transports=_known_ways(one.transports)) for one in mine
        ],
    )
    return options_to_json_dict(options)


def add(actor: FamilyActor | StaffActor, answer: str, name: str) -> UUID:
    """Keep the new passkey that a browser made. Raises ``PasskeyRefused``."""
    try:
        return _add(actor, answer, name)
    except PasskeyRefused as refused:
        family = actor.family_id if isinstance(actor, FamilyActor) else None
        with db.begin(actor.scope) as transaction:
            record(transaction, Event.PASSKEY_REFUSED, family_id=family, reason=refused.reason, adding=True)
        raise


def _add(actor: FamilyActor | StaffActor, answer: str, name: str) -> UUID:
    key, challenge = take(Purpose.ADD)
    values = {"key": key, "name": name[:LONGEST_NAME]} | _read_new(answer, challenge, isinstance(actor, FamilyActor))
    with db.begin(actor.scope) as transaction:
        made: UUID | None = transaction.execute(_ADD, values).scalar_one()
        if made is None:
            raise PasskeyRefused("not_added")
        family = actor.family_id if isinstance(actor, FamilyActor) else None
        record(
            transaction, Event.PASSKEY_ADDED, family_id=family, passkey=str(made), copied=values["backed_up"] is True
        )
    return made


def _read_new(answer: str, challenge: bytes, must_know_owner: bool) -> dict[str, Any]:
    """What is kept of a new passkey, where the browser's answer fits the challenge and this site."""
    site = the_site()
    try:
        credential = parse_registration_credential_json(answer[:LONGEST_ANSWER])
        new = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=must_know_owner,
        )
    except Exception as wrong:
        not_taken(wrong)
    ways = [way.value for way in credential.response.transports or ()]
    return {
        "credential": new.credential_id,
        "public_key": new.credential_public_key,
        "count": new.sign_count,
        "eligible": new.credential_device_type == "multi_device",
        "backed_up": new.credential_backed_up,
        "transports": ways,
    }


def not_taken(wrong: Exception) -> NoReturn:
    """Whatever is sent that no browser sends: the library raises of all kinds, and may quote what was sent."""
    _log.info("passkey_not_taken", kind=type(wrong).__name__)
    raise PasskeyRefused("answer") from None


def _known_ways(ways: Sequence[str]) -> list[AuthenticatorTransport]:
    return [AuthenticatorTransport(way) for way in ways]


def rename(actor: FamilyActor | StaffActor, public_id: UUID, name: str) -> None:
    """Give one of the own passkeys another name."""
    with db.begin(actor.scope) as transaction:
        transaction.execute(update(Passkey).where(Passkey.public_id == public_id).values(name=name[:LONGEST_NAME]))


def remove(actor: FamilyActor | StaffActor, public_id: UUID, proof: Proof) -> Refused | None:
    """Remove one of the own passkeys; answers a refusal where the proof is no longer good."""
    family = actor.family_id if isinstance(actor, FamilyActor) else None
    with db.begin(actor.scope) as transaction:
        removed = transaction.execute(_REMOVE, {"which": public_id} | proof.values()).scalar_one()
        if removed:
            record(transaction, Event.PASSKEY_REMOVED, family_id=family, passkey=str(public_id))
    return None if removed else proof.refused()
