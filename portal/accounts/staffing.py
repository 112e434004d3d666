"""Officers and slips are made by commands, as the owner of the database: no page can make either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyotp
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts import passwords
from portal.accounts.activation import code_hash, new_slip
from portal.accounts.hashing import hasher
from portal.accounts.roles import ROLES
from portal.accounts.staff_signin import TOTP_PURPOSE, login_hash, tidy_login
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.nik import NotANumber, parse_digits
from portal.extensions import keys

ISSUER = "Portal Keluarga"

_ADD = text("INSERT INTO staff (name, title, role, hours) VALUES (:name, :title, :role, :hours) RETURNING id")
_ADD_CREDENTIAL = text(
    "INSERT INTO staff_credential (staff_id, login, login_hash, password_hash, totp_sealed)"
    " VALUES (:staff, :login, :subject, :hash, :totp)"
)
_OF_LOGIN = text("SELECT staff_id FROM staff_credential WHERE login = :login")
_ASSIGN = text(
    "INSERT INTO staff_assignment (staff_id, area_id, since) VALUES (:staff, :area, :since)"
    " ON CONFLICT (staff_id, area_id, since) DO UPDATE SET until = NULL"
)
_UNASSIGN = text(
    "UPDATE staff_assignment SET until = :until WHERE staff_id = :staff AND area_id = :area"
    " AND (until IS NULL OR until > :until)"
)
_RESET_TOTP = text("UPDATE staff_credential SET totp_sealed = :totp WHERE staff_id = :staff")
_CUT_SESSIONS = text("UPDATE web_session SET ended_at = now() WHERE staff_id = :staff AND ended_at IS NULL")
_SET_PASSWORD = text("UPDATE staff_credential SET password_hash = :hash, login_hash = :subject WHERE staff_id = :staff")
_FORGET_DEVICES = text("DELETE FROM staff_device WHERE staff_id = :staff")
_FORGET_PASSKEYS = text("DELETE FROM passkey WHERE staff_id = :staff")
_UNLOCK = text("DELETE FROM signin_guard WHERE subject_hash = :subject")
_IS_ACTIVE = text("SELECT active FROM staff WHERE id = :staff FOR UPDATE")
_SHUT_OUT = text("SELECT staff_shut_out(:staff)")
_OTHER_ADMINISTRATOR = text(
    "SELECT NOT EXISTS (SELECT FROM staff WHERE id = :staff AND role = 'administrator')"
    " OR EXISTS (SELECT FROM staff WHERE id <> :staff AND role = 'administrator' AND active)"
)
_DEACTIVATE = text("UPDATE staff SET active = false WHERE id = :staff")
_END_ASSIGNMENTS = text(
    "UPDATE staff_assignment SET until = greatest(:last_day, since - 1)"
    " WHERE staff_id = :staff AND (until IS NULL OR until > :last_day)"
)
_FAMILY = text("SELECT id FROM family WHERE kk_hash = ANY (:hashes)")
_DECLARE_KIN = text("INSERT INTO staff_kinship (staff_id, family_id) VALUES (:staff, :family) ON CONFLICT DO NOTHING")
_ACCOMPANY = text(
    "INSERT INTO companion (family_id, staff_id, since) VALUES (:family, :staff, :since)"
    " ON CONFLICT (family_id) DO UPDATE SET staff_id = excluded.staff_id, since = excluded.since"
)
_LOCK_SLIPS = text("LOCK TABLE slip IN SHARE ROW EXCLUSIVE MODE")
_LAST_SLIP = text("SELECT coalesce(max(substr(serial, 3)::bigint), 0) FROM slip WHERE serial ~ '^S-[0-9]+$'")
_ADD_SLIP = text("INSERT INTO slip (serial, code_hash, purpose) VALUES (:serial, :code, :purpose)")


class NotPossible(ValueError):
    """The command cannot do that, and the message says why."""


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """An officer to be made: ``role`` is a key of ``ROLES``, ``areas`` are codes of any level, from ``since`` on."""

    login: str
    name: str
    title: str
    role: str
    areas: Sequence[int] = ()
    hours: str | None = None
    since: date | None = None


def create_staff(session: Session, officer: NewOfficer, password: str) -> tuple[int, str]:
    """Make an officer, as the owner. Gives the id and the secret for the authenticator, which is kept sealed only."""
    login = tidy_login(officer.login)
    if officer.role not in ROLES:
        raise NotPossible(f"there is no role {officer.role!r}; the roles are {', '.join(sorted(ROLES))}")
    _check_password(password, login, officer.name)
    if not login or session.execute(_OF_LOGIN, {"login": login}).first():
        raise NotPossible(f"the login {login!r} is empty or taken")
    shown = {"name": officer.name, "title": officer.title, "role": officer.role, "hours": officer.hours}
    staff: int = session.execute(_ADD, shown).scalar_one()
    secret = pyotp.random_base32()
    values = {"staff": staff, "login": login, "subject": login_hash(login), "hash": hasher.hash(password)}
    session.execute(_ADD_CREDENTIAL, values | {"totp": keys.ring.seal(TOTP_PURPOSE, secret)})
    record(session, Event.STAFF_ADDED, staff=staff, role=officer.role)
    for area in officer.areas:
        assign(session, staff, area, officer.since)
    return staff, secret


def database_day() -> date:
    """Today as the database counts the days of assignments, in UTC."""
    return now().date()


def staff_of(session: Session, login: str) -> int:
    """The id of the officer of that login. Raises ``NotPossible``."""
    found: int | None = session.execute(_OF_LOGIN, {"login": tidy_login(login)}).scalar_one_or_none()
    if found is None:
        raise NotPossible(f"there is no login {login!r}")
    return found


def assign(session: Session, staff: int, area: int, since: date | None = None) -> None:
    """Give an officer an area of any level, from that day on (at once where none is said)."""
    if session.execute(text("SELECT FROM area WHERE id = :area"), {"area": area}).first() is None:
        raise NotPossible(f"there is no area {area}")
    session.execute(_ASSIGN, {"staff": staff, "area": area, "since": since or database_day()})
    record(session, Event.STAFF_ASSIGNED, staff=staff, area=area)


def unassign(session: Session, staff: int, area: int, until: date) -> None:
    """Take an area from an officer; ``until`` is the last day on which it is served."""
    session.execute(_UNASSIGN, {"staff": staff, "area": area, "until": until})
    record(session, Event.STAFF_UNASSIGNED, staff=staff, area=area)


def family_of(session: Session, kk: str) -> int:
    """The id of the family of that No. KK. Raises ``NotPossible``, without quoting it."""
    try:
        digits = parse_digits(kk)
    except NotANumber:
        raise NotPossible("a No. KK has 16 digits") from None
    hashed = keys.ring.blind_indexes("kk", digits)
    found: int | None = session.execute(_FAMILY, {"hashes": hashed}).scalar_one_or_none()
    if found is None:
        raise NotPossible("no family has this No. KK")
    return found


def declare_kin(session: Session, staff: int, family: int) -> None:
    """Note that a family is the officer's own or a relative's: from now on a colleague decides on it."""
    session.execute(_DECLARE_KIN, {"staff": staff, "family": family})
    record(session, Event.KINSHIP_DECLARED, family_id=family, staff=staff)


def accompany(session: Session, staff: int, family: int) -> None:
    """Make the officer the family's own pendamping, who gets its cases first."""
    session.execute(_ACCOMPANY, {"staff": staff, "family": family, "since": database_day()})
    record(session, Event.COMPANION_NAMED, family_id=family, staff=staff)


def reset_totp(session: Session, staff: int) -> str:
    """A new secret for the authenticator of an officer who lost the phone; sessions, passkeys, recovery codes end."""
    secret = pyotp.random_base32()
    session.execute(_RESET_TOTP, {"staff": staff, "totp": keys.ring.seal(TOTP_PURPOSE, secret)})
    session.execute(_SHUT_OUT, {"staff": staff})
    record(session, Event.STAFF_CODE_RESET, staff=staff)
    return secret


def set_password(session: Session, login: str, password: str) -> None:
    """A new password for an officer who forgot it or fears for it: sessions, known devices and locks end."""
    login = tidy_login(login)
    staff = staff_of(session, login)
    _check_password(password, login)
    subject = login_hash(login)
    session.execute(_SET_PASSWORD, {"staff": staff, "subject": subject, "hash": hasher.hash(password)})
    session.execute(_UNLOCK, {"subject": subject})
    for forget in (_CUT_SESSIONS, _FORGET_DEVICES, _FORGET_PASSKEYS):  # who holds one of these is a stranger now
        session.execute(forget, {"staff": staff})
    record(session, Event.STAFF_PASSWORD_SET, staff=staff)


def deactivate(session: Session, staff: int, by: int) -> None:
    """End an officer's work, at once: no sign-in, no session, no area after today. ``by`` is who decided it.

    The cases in hand are another package's: see ``portal.cases.handing_on``.
    """
    if staff == by:
        raise NotPossible("it takes somebody else to end an officer's work")
    for one, wrong in ((by, "who decides it is no officer any more"), (staff, "this officer's work has ended already")):
        if not session.execute(_IS_ACTIVE, {"staff": one}).scalar_one():
            raise NotPossible(wrong)
    if not session.execute(_OTHER_ADMINISTRATOR, {"staff": staff}).scalar_one():
        raise NotPossible("this is the last administrator; make another one first")
    session.execute(_DEACTIVATE, {"staff": staff})
    session.execute(_END_ASSIGNMENTS, {"staff": staff, "last_day": database_day()})
    session.execute(_SHUT_OUT, {"staff": staff})
    record(session, Event.STAFF_DEACTIVATED, staff=staff, by=by)


def _check_password(password: str, login: str, name: str = "") -> None:
    wrong = passwords.refusal(password, login=login, name=name)
    if wrong is not None:
        raise NotPossible(wrong)


def otpauth_uri(login: str, secret: str) -> str:
    """What an authenticator reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=tidy_login(login), issuer_name=ISSUER)


def make_slips(session: Session, count: int, purpose: str = "activation") -> list[tuple[str, str]]:
    """Make slips: the serial of each for the outside and the code for the inside. Only the code's hash is kept.

    ``purpose`` is activation (a first sign-in) or reset (a new PIN for a lost one).
    """
    session.execute(_LOCK_SLIPS)
    last: int = session.execute(_LAST_SLIP).scalar_one()
    slips = [new_slip(number) for number in range(last + 1, last + count + 1)]
    session.execute(_ADD_SLIP, [_slip_row(serial, code, purpose) for serial, code in slips])
    record(session, Event.SLIPS_MADE, first=slips[0][0], last=slips[-1][0], purpose=purpose)
    return slips


def _slip_row(serial: str, code: str, purpose: str) -> dict[str, object]:
    return {"serial": serial, "code": code_hash(code), "purpose": purpose}
