"""Signing in with a passkey: a member or an officer with nothing else, or an officer in the place of the code; and an
officer who is signed in, once more before an act that asks for it.

The same walls as with PIN and password: a closed account or an officer who left is unknown, wrong tries count in the
same lanes, and while a lane is shut its passkeys are shut out too. PIN, or password and code, stay good beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from webauthn import verify_authentication_response
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import AuthenticationCredential, CredentialDeviceType

from portal.accounts import guard
from portal.accounts.actor import StaffActor
from portal.accounts.passkeys import LONGEST_ANSWER, PasskeyRefused, Purpose, not_taken, take, the_site
from portal.accounts.sessions import FAMILY_HOURS, FAMILY_IDLE_MINUTES, STAFF_HOURS, STAFF_IDLE_MINUTES, token_hash
from portal.accounts.signin import Lane, Refused, SignedIn, fail
from portal.accounts.staff_signin import Pending, StaffSignedIn, login_hash
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.db import ANONYMOUS
from portal.core.ids import new_token
from portal.extensions import db

#: The counter of a key went back: somebody holds a copy of it.
COUNT_WENT_BACK = "count_went_back"

_LOOKUP = text(
    "SELECT person_id, account_id, family_id, staff_id, login, subject, public_id, public_key, sign_count,"
    " backup_eligible, lane, locked_until FROM passkey_lookup(:credential, :handle, :device)"
)
_SIGN_IN = text(
    "SELECT passkey_signin(:key, :credential, :handle, :proven, :count, :backed_up, :verified, :lane, :device, :token,"
    " :idle_minutes, :hours)"
)
_STAFF_SIGN_IN = text(
    "SELECT passkey_staff_signin(:key, :purpose, :credential, :handle, :proven, :count, :backed_up, :verified,"
    " :password, :subject, :lane, :device, :token, :idle_minutes, :hours, :rehashed)"
)
_CONFIRM = text(
    "SELECT passkey_confirm(:key, :credential, :handle, :proven, :count, :backed_up, :verified, :subject, :lane,"
    " :device, :token)"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A passkey whose owner may sign in: a member (person, account, family) or an officer (staff, login)."""

    person_id: int | None
    account_id: int | None
    family_id: int | None
    staff_id: int | None
    login: str | None
    subject: bytes | None
    public_id: UUID
    public_key: bytes
    sign_count: int
    backup_eligible: bool
    lane: str
    locked_until: datetime | None

    def counted_in(self) -> Lane:
        """Where wrong tries of this owner count; an officer's hash may have been emptied with the old index key."""
        subject = self.subject if self.login is None else login_hash(self.login)
        waits = guard.FAMILY_WAITS if self.staff_id is None else guard.STAFF_WAITS
        return Lane(subject or b"", self.lane, waits)


@dataclass(frozen=True, slots=True)
class _Try:
    """One attempt: what was asked of the browser, what it sent, and whose passkey that is."""

    purpose: Purpose
    device: bytes
    key: bytes
    sent: AuthenticationCredential
    known: _Known
    verified: VerifiedAuthentication

    def values(self, token: str) -> dict[str, object]:
        """What the database looks at once more before it begins a session."""
        return {
            "key": self.key,
            "credential": self.sent.raw_id,
            "handle": self.sent.response.user_handle,
            "proven": self.known.public_key,
            "count": self.verified.new_sign_count,
            "backed_up": self.verified.credential_backed_up,
            "verified": self.verified.user_verified,
            "lane": self.known.lane,
            "device": self.device,
            "token": token_hash(token),
        }


def sign_in_member(answer: str, device: bytes) -> SignedIn | Refused:
    """Begin a session for the member whose passkey signed what this browser was asked to sign."""
    tried = _attempt(Purpose.FAMILY, answer, device)
    if isinstance(tried, Refused):
        return tried
    known, token = tried.known, new_token()
    times = {"idle_minutes": FAMILY_IDLE_MINUTES, "hours": FAMILY_HOURS}
    with db.begin(ANONYMOUS) as session:
        begun = session.execute(_SIGN_IN, tried.values(token) | times).scalar_one()
        if begun:
            record(session, Event.SIGNED_IN, family_id=known.family_id, person=known.person_id, by="passkey")
            record(session, Event.PASSKEY_USED, family_id=known.family_id, passkey=str(known.public_id))
    if not begun or known.account_id is None:
        return _refuse(known, "not_begun")
    return SignedIn(token, known.account_id)


def sign_in_officer(answer: str, device: bytes, pending: Pending | None) -> StaffSignedIn | Refused:
    """The same for an officer; with ``pending`` the passkey stands in the place of the code after that password."""
    tried = _attempt(
        Purpose.STAFF if pending is None else Purpose.CODE, answer, device, pending.login if pending else None
    )
    if isinstance(tried, Refused):
        return tried
    known, token = tried.known, new_token()
    more = {
        "purpose": tried.purpose.value,
        "password": pending.proven if pending else None,
        "rehashed": pending.rehashed if pending else None,
        "subject": known.counted_in().subject,
        "idle_minutes": STAFF_IDLE_MINUTES,
        "hours": STAFF_HOURS,
    }
    with db.begin(ANONYMOUS) as session:
        begun = session.execute(_STAFF_SIGN_IN, tried.values(token) | more).scalar_one()
        if begun:
            record(session, Event.STAFF_SIGNED_IN, staff=known.staff_id, by="passkey")
            record(session, Event.PASSKEY_USED, staff=known.staff_id, passkey=str(known.public_id))
    if not begun or known.staff_id is None:
        return _refuse(known, "not_begun")
    return StaffSignedIn(token, known.staff_id)


def confirm_officer(actor: StaffActor, answer: str, device: bytes) -> Refused | None:
    """Confirm the session of the officer who is signed in by one of the own passkeys, which knew its owner."""
    tried = _attempt(Purpose.STEP_UP, answer, device, staff_id=actor.staff_id)
    if isinstance(tried, Refused):
        return tried
    values = tried.values(actor.token) | {"subject": tried.known.counted_in().subject}
    with db.begin(actor.scope) as session:
        confirmed = session.execute(_CONFIRM, values).scalar_one()
        if confirmed:
            record(session, Event.STAFF_CONFIRMED, staff=actor.staff_id, by="passkey")
            record(session, Event.PASSKEY_USED, staff=actor.staff_id, passkey=str(tried.known.public_id))
    return None if confirmed else _refuse(tried.known, "not_confirmed")


def _attempt(
    purpose: Purpose, answer: str, device: bytes, login: str | None = None, staff_id: int | None = None
) -> _Try | Refused:
    """Everything that is looked at before the database begins or confirms a session."""
    known: _Known | None = None
    try:
        key, challenge = take(purpose)
        sent = _read(answer)
        known = _lookup(sent, device, purpose, login)
        if staff_id is not None and known.staff_id != staff_id:
            raise PasskeyRefused("other_account")
        verified = _verify(sent, challenge, known)
        _look_closer(purpose, known, verified)
    except PasskeyRefused as refused:
        return _refuse(known, refused.reason)
    return _Try(purpose, device, key, sent, known, verified)


def _read(answer: str) -> AuthenticationCredential:
    """What the browser sent, with the handle that every key of ours gives."""
    try:
        sent = parse_authentication_credential_json(answer[:LONGEST_ANSWER])
    except Exception as wrong:
        not_taken(wrong)
    if sent.response.user_handle is None:
        raise PasskeyRefused("answer")
    return sent


def _lookup(sent: AuthenticationCredential, device: bytes, purpose: Purpose, login: str | None) -> _Known:
    """The passkey, where it is one of the right kind of owner, and of ``login`` where one is named."""
    values = {"credential": sent.raw_id, "handle": sent.response.user_handle, "device": device}
    with db.begin(ANONYMOUS) as session:
        row = session.execute(_LOOKUP, values).mappings().one_or_none()
    known = None if row is None else _Known(**row)
    if known is None or (known.staff_id is None) != (purpose is Purpose.FAMILY):
        raise PasskeyRefused("unknown")
    if login is not None and known.login != login:
        raise PasskeyRefused("other_account")
    return known


def _verify(sent: AuthenticationCredential, challenge: bytes, known: _Known) -> VerifiedAuthentication:
    """The signature over our challenge, made on our site. The counter is ours to look at, after the signature."""
    site = the_site()
    try:
        return verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=0,
        )
    except Exception as wrong:
        not_taken(wrong)


def _look_closer(purpose: Purpose, known: _Known, verified: VerifiedAuthentication) -> None:
    """What the standard leaves to the portal: who held the key, whether its kind and its counter are what they were."""
    if not verified.user_verified and purpose is not Purpose.CODE:
        raise PasskeyRefused("owner_not_checked")
    if (verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE) != known.backup_eligible:
        raise PasskeyRefused("other_kind")
    if max(verified.new_sign_count, known.sign_count) > 0 and verified.new_sign_count <= known.sign_count:
        raise PasskeyRefused(COUNT_WENT_BACK)
    if guard.seconds_left(known.locked_until, now()):
        raise PasskeyRefused("locked")


def _refuse(known: _Known | None, reason: str) -> Refused:
    """Tell the trail; where it is known whose passkey it is, it counts as a wrong try, and a copied key is an alarm."""
    if known is None:
        with db.begin(ANONYMOUS) as session:
            record(session, Event.PASSKEY_REFUSED, reason=reason)
        return Refused()
    family, passkey = known.family_id, str(known.public_id)
    if reason == COUNT_WENT_BACK:
        with db.begin(ANONYMOUS) as session:
            record(session, Event.PASSKEY_COPIED, family_id=family, passkey=passkey, staff=known.staff_id)
    lane = known.counted_in()
    return fail(lane, None, family, Event.PASSKEY_REFUSED, reason=reason, passkey=passkey, staff=known.staff_id)
