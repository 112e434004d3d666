"""The devices of a member on which messages are wanted: switched on there, switched off anywhere."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.audit.trail import Event, record
from portal.core.errors import Conflict, NotFound
from portal.core.messages import N_
from portal.core.outward import WEB_PUSH, unpadded
from portal.delivery.endpoints import NotAllowed, check_endpoint
from portal.delivery.models import ENDPOINT, PushSubscription
from portal.extensions import db, keys
from portal.privacy.consents import has_consent

MOST = 5
_LONGEST = 2000
_POINT_BYTES, _AUTH_BYTES = 65, 16


class NotThisDevice(Conflict):
    """What the browser said is no address that messages could be sent to."""

    message = N_("This device cannot get news from the portal. Your messages stand here as before.")


@dataclass(frozen=True, slots=True)
class Device:
    """One of the own devices; ``kind`` as the sign-in keeps it, such as ``android/Chrome``."""

    public_id: UUID
    kind: str
    since: datetime


def own_devices(actor: FamilyActor) -> tuple[bool, list[Device]]:
    """Whether news on devices is agreed to, and on which they are switched on, the newest first."""
    with db.begin(actor.scope) as session:
        return has_consent(session, actor.person_id, WEB_PUSH), devices_of(session, actor.person_id)


def devices_of(session: Session, person_id: int) -> list[Device]:
    """The devices on which news is switched on, the newest first."""
    mine = select(PushSubscription).where(PushSubscription.person_id == person_id)
    found = session.scalars(mine.order_by(PushSubscription.id.desc()))
    return [Device(one.public_id, one.device, one.created_at) for one in found]


def switch_on(actor: FamilyActor, kind: str, endpoint: str, p256dh: str, auth: str) -> None:
    """Get news on the device that has this address. Twice is as good as once; of many, the oldest ones go.

    Raises ``NotFound`` without the consent, ``NotThisDevice`` where the address is none that we send to.
    """
    _check(endpoint, p256dh, auth)
    hashed = hashlib.sha256(endpoint.encode()).digest()
    sealed = keys.ring.seal(ENDPOINT, json.dumps({"endpoint": endpoint, "p256dh": p256dh, "auth": auth}))
    with db.begin(actor.scope) as session:
        if not has_consent(session, actor.person_id, WEB_PUSH):
            raise NotFound
        mine = PushSubscription.person_id == actor.person_id
        # A browser that subscribes anew has new keys for its address.
        session.execute(delete(PushSubscription).where(mine, PushSubscription.endpoint_hash == hashed))
        values = {"family_id": actor.family_id, "person_id": actor.person_id, "device": kind}
        session.execute(insert(PushSubscription).values(**values, endpoint_hash=hashed, endpoint_sealed=sealed))
        kept = select(PushSubscription.id).where(mine).order_by(PushSubscription.id.desc()).limit(MOST)
        session.execute(delete(PushSubscription).where(mine, PushSubscription.id.not_in(kept)))
        record(session, Event.DEVICE_ADDED, family_id=actor.family_id, kind=kind)


def switch_off(actor: FamilyActor, wanted: UUID) -> None:
    """No more news there. Raises ``NotFound`` where it is none of the own."""
    with db.begin(actor.scope) as session:
        mine = delete(PushSubscription).where(
            PushSubscription.person_id == actor.person_id, PushSubscription.public_id == wanted
        )
        if session.execute(mine.returning(PushSubscription.id)).first() is None:
            raise NotFound
        record(session, Event.DEVICE_REMOVED, family_id=actor.family_id)


def _check(endpoint: str, p256dh: str, auth: str) -> None:
    if len(endpoint) > _LONGEST:
        raise NotThisDevice
    try:
        check_endpoint(endpoint)
        fits = len(unpadded(p256dh)) == _POINT_BYTES and len(unpadded(auth)) == _AUTH_BYTES
    except (NotAllowed, ValueError):
        raise NotThisDevice from None
    if not fits:
        raise NotThisDevice
