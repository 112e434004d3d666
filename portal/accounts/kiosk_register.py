"""The register of kiosks: an office or an administrator makes a device one, sees all of the own area, revokes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import text

from portal.accounts.actor import StaffActor
from portal.accounts.kiosks import device_hash
from portal.audit.trail import Event, record
from portal.extensions import db

PER_PAGE = 50
_FROM = " FROM kiosk k JOIN area v ON v.id = k.village_id JOIN staff s ON s.id = k.registered_by"
_HOW_MANY = text("SELECT count(*)" + _FROM)
_KIOSKS = text(
    "SELECT k.public_id, k.name, v.name AS village, s.name AS registered_by, k.registered_at, k.revoked_at,"
    " k.last_seen_at" + _FROM + " ORDER BY k.revoked_at IS NOT NULL, v.name, k.name, k.id LIMIT :most OFFSET :before"
)
_VILLAGES = text(
    "SELECT v.id, v.name, p.name AS kecamatan FROM area v JOIN area p ON p.id = v.parent_id"
    " WHERE v.level = 4 AND NOT v.retired AND v.id <@ (SELECT kiosk_area()) ORDER BY p.name, v.name, v.id"
)
_REGISTER = text(
    "INSERT INTO kiosk (public_id, name, village_id, has_camera, device_hash, registered_by)"
    " VALUES (:public_id, :name, :village, :camera, :hash, :staff) RETURNING id"
)
_REVOKE = text("SELECT kiosk_revoke(:wanted)")


@dataclass(frozen=True, slots=True)
class Registered:
    """A kiosk as the register shows it."""

    public_id: UUID
    name: str
    village: str
    registered_by: str
    registered_at: datetime
    revoked_at: datetime | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class KioskPage:
    """One page of the register."""

    kiosks: Sequence[Registered]
    number: int
    last: int


def registered_kiosks(actor: StaffActor, wanted: int) -> KioskPage:
    """A page of the kiosks of the officer's area, those in use first; the nearest one where there is none so far."""
    with db.begin(actor.scope) as session:
        last = max(1, -(-session.execute(_HOW_MANY).scalar_one() // PER_PAGE))
        number = min(max(wanted, 1), last)
        rows = session.execute(_KIOSKS, {"most": PER_PAGE, "before": (number - 1) * PER_PAGE})
        return KioskPage([Registered(*row) for row in rows], number, last)


def kiosk_villages(actor: StaffActor) -> Sequence[tuple[str, str]]:
    """The villages that may get a kiosk from this officer: id as text, and name with kecamatan."""
    with db.begin(actor.scope) as session:
        return [(str(row.id), f"{row.name}, {row.kecamatan}") for row in session.execute(_VILLAGES)]


def register_kiosk(actor: StaffActor, name: str, village_id: int, has_camera: bool) -> UUID:
    """Put a new kiosk into the register; gives what its cookie holds."""
    public_id = uuid4()
    with db.begin(actor.scope) as session:
        made = session.execute(
            _REGISTER,
            {
                "public_id": public_id,
                "name": name,
                "village": village_id,
                "camera": has_camera,
                "hash": device_hash(public_id),
                "staff": actor.staff_id,
            },
        ).scalar_one()
        record(session, Event.KIOSK_REGISTERED, kiosk=made, village=village_id)
    return public_id


def revoke_kiosk(actor: StaffActor, public_id: UUID) -> bool:
    """Take a kiosk out of use: from the next request on its browser is an ordinary one, signed out."""
    with db.begin(actor.scope) as session:
        gone = session.execute(_REVOKE, {"wanted": public_id}).scalar_one()
        if gone is None:
            return False
        record(session, Event.KIOSK_REVOKED, kiosk=gone)
    return True
