"""An administrator looks after officers: adds them, gives areas and roles. The database holds the rules as well.

Nobody works on oneself, nothing reaches beyond the administrator's own area, and an administrator is made by two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, literal_column, or_, select, text
from sqlalchemy.orm import Session

from portal.accounts import four_eyes, inviting
from portal.accounts.actor import StaffActor
from portal.accounts.leaves import Leave, leaves_of
from portal.accounts.models import Staff, StaffAssignment, StaffKinship
from portal.accounts.roles import permissions_of
from portal.accounts.staff_models import StaffInvitation, StaffProposal
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.errors import Conflict, NotFound
from portal.core.messages import N_
from portal.extensions import db
from portal.registry.models import Area
from portal.registry.models.area import area_code

PER_PAGE = 50
#: One look for all rows, as in the policies.
_MANAGED = Staff.id == literal_column("ANY ((SELECT staff_managed())::bigint[])")
_ADMIN_AREA = text("SELECT area_span(:area) <@ staff_admin_area()")
_WITH_LOGIN = text("SELECT staff_with_login()")
_ADD = text("SELECT staff_add(:name, :title, :role, :hours, CAST(:areas AS bigint[]), :since, :until)")
_SET_ROLE = text("SELECT staff_set_role(:officer, :role)")
_CONFIRM = text("SELECT staff_confirm_proposal(:officer)")
_PUBLIC = select(Staff.public_id).where(Staff.id == bindparam("officer"))
_END_AREA = text(
    "UPDATE staff_assignment SET until = :until WHERE staff_id = :officer AND area_id = :area AND since = :since"
)
_ADD_AREA = text(
    "INSERT INTO staff_assignment (staff_id, area_id, since, until) VALUES (:officer, :area, :since, :until)"
    " ON CONFLICT (staff_id, area_id, since) DO UPDATE SET until = excluded.until"
)
OUTSIDE = N_("This area is not inside your own.")


@dataclass(frozen=True, slots=True)
class Served:
    """An area that an officer serves, from a day until a day (both included)."""

    area_id: int
    name: str
    since: date
    until: date | None

    def is_over(self, day: date) -> bool:
        """Whether it ended before that day."""
        return self.until is not None and self.until < day

    @property
    def code(self) -> str:
        """The area's code as it is written."""
        return area_code(self.area_id)


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer as the administrator sees one."""

    id: int
    public_id: UUID
    name: str
    title: str
    role: str
    hours: str | None
    active: bool
    has_login: bool
    areas: Sequence[Served] = ()
    invited_until: datetime | None = None
    invited_login: str | None = None
    proposed_by: int | None = None
    proposed_at: datetime | None = None
    away: Leave | None = None


@dataclass(frozen=True, slots=True)
class OfficerFile:
    """One officer's page: the officer, every leave, and what is known of relatives."""

    officer: Officer
    leaves: Sequence[Leave]
    stands_in: Sequence[Leave]
    kin: Sequence[str]  # one key of KIN_HINTS for each declared family
    colleagues: Sequence[tuple[str, str]]  # public id and name of who may stand in
    confirm_refusal: str | None  # why the reader may not confirm what was proposed

    @property
    def confirm_too_late(self) -> bool:
        """Whether it was proposed too long ago, so that it has to be proposed anew."""
        return self.confirm_refusal == four_eyes.TOO_LATE


KIN_HINTS = {
    "here": N_("Own family; the officer's NIK stands in it."),
    "elsewhere": N_(
        "The officer's NIK stands in another family than the declared one. Both are closed to the officer."
    ),
    "nowhere": N_("Declared as own family, but the officer's NIK stands in no family of the record."),
    "relative": N_("A relative's family."),
}


@dataclass(frozen=True, slots=True)
class NewPost:
    """An officer to be added, with the areas and days that the post begins with."""

    name: str
    title: str
    role: str
    login: str
    areas: Sequence[int]
    since: date
    until: date | None = None
    hours: str | None = None


def list_officers(actor: StaffActor, page: int = 1) -> tuple[list[Officer], int]:
    """The officers of the administrator's area by name, a page of them, and how many there are."""
    with db.begin(actor.scope) as session:
        total: int = session.scalar(select(func.count()).select_from(Staff).where(_MANAGED)) or 0
        rows = session.scalars(
            select(Staff)
            .where(_MANAGED)
            .order_by(Staff.active.desc(), Staff.name, Staff.id)
            .limit(PER_PAGE)
            .offset((max(page, 1) - 1) * PER_PAGE)
        ).all()
        return _officers(session, rows), total


def open_officer(actor: StaffActor, public_id: UUID) -> OfficerFile:
    """Everything of one officer. Raises ``NotFound`` outside the own area, and for oneself."""
    with db.begin(actor.scope) as session:
        officer = _officers(session, [_managed(session, public_id)])[0]
        kin = session.execute(
            select(StaffKinship.relation, StaffKinship.nik_stands)
            .where(StaffKinship.staff_id == officer.id)
            .order_by(StaffKinship.declared_at)
        )
        same = (
            select(Staff.public_id, Staff.name)
            .where(_MANAGED, Staff.active, Staff.role == officer.role, Staff.id != officer.id)
            .order_by(Staff.name)
        )
        leaves = leaves_of(session, [officer.id])
        return OfficerFile(
            officer,
            leaves=[leave for leave in leaves if leave.staff_id == officer.id],
            stands_in=[leave for leave in leaves if leave.substitute_id == officer.id],
            kin=[KIN_HINTS[stands if relation == "own" and stands else "relative"] for relation, stands in kin],
            colleagues=[(str(key), name) for key, name in session.execute(same)],
            confirm_refusal=_confirm_refusal(actor, officer),
        )


def add_officer(actor: StaffActor, post: NewPost) -> tuple[UUID, str]:
    """Add an officer and make the invitation. Gives the public id and the link's token; no token for an administrator,
    whom a second one confirms first. Raises ``Conflict`` where the login is taken or an area is outside the own."""
    with db.begin(actor.scope) as session:
        shown = {"name": post.name, "title": post.title, "role": post.role, "hours": post.hours}
        dated = {"areas": list(post.areas), "since": post.since, "until": post.until}
        officer: int | None = session.execute(_ADD, shown | dated).scalar_one()
        if officer is None:
            raise Conflict(OUTSIDE)
        record(session, Event.STAFF_ADDED, staff=officer, role=post.role, by=actor.staff_id)
        for area in post.areas:
            record(session, Event.STAFF_ASSIGNED, staff=officer, area=area, by=actor.staff_id)
        public: UUID = session.execute(_PUBLIC, {"officer": officer}).scalar_one()
        if four_eyes.role_needs_two(post.role):
            record(session, Event.STAFF_ROLE_PROPOSED, staff=officer, role=post.role, by=actor.staff_id)
            return public, ""
        token, refusal = inviting.invite(session, actor, officer, post.login)
        if refusal:
            raise Conflict(refusal)
        return public, token


def invite(actor: StaffActor, public_id: UUID, login: str) -> tuple[Officer, str, str | None]:
    """A new link for an officer who has no sign-in yet: the officer, its token, or why not (a message key)."""
    with db.begin(actor.scope) as session:
        officer = _officers(session, [_managed(session, public_id)])[0]
        return officer, *inviting.invite(session, actor, officer.id, login)


def revoke(actor: StaffActor, public_id: UUID) -> None:
    """Make the open link worthless."""
    with db.begin(actor.scope) as session:
        inviting.revoke(session, actor, _managed(session, public_id).id)


def change_role(actor: StaffActor, public_id: UUID, role: str) -> bool:
    """Give another role; False where it was only proposed, because it takes two."""
    with db.begin(actor.scope) as session:
        officer = _managed(session, public_id)
        answer = session.execute(_SET_ROLE, {"officer": officer.id, "role": role}).scalar_one()
        if answer is None:
            raise Conflict
        event = Event.STAFF_ROLE_CHANGED if answer == "changed" else Event.STAFF_ROLE_PROPOSED
        record(session, event, staff=officer.id, role=role, before=officer.role, by=actor.staff_id)
        return bool(answer == "changed")


def confirm_administrator(actor: StaffActor, public_id: UUID) -> None:
    """Confirm, as the second administrator, what another one proposed. Raises ``Conflict`` with the reason."""
    with db.begin(actor.scope) as session:
        officer = _officers(session, [_managed(session, public_id)])[0]
        refusal = _confirm_refusal(actor, officer)
        if refusal or not session.execute(_CONFIRM, {"officer": officer.id}).scalar_one():
            raise Conflict(refusal)
        record(session, Event.STAFF_ROLE_CONFIRMED, staff=officer.id, role="administrator", by=actor.staff_id)


def add_area(actor: StaffActor, public_id: UUID, area: int, since: date, until: date | None) -> None:
    """Let an officer serve an area from a day on. Raises ``Conflict`` where it is outside the own area."""
    with db.begin(actor.scope) as session:
        officer = _managed(session, public_id)
        if not session.execute(_ADMIN_AREA, {"area": area}).scalar_one():
            raise Conflict(OUTSIDE)
        session.execute(_ADD_AREA, {"officer": officer.id, "area": area, "since": since, "until": until})
        record(session, Event.STAFF_ASSIGNED, staff=officer.id, area=area, by=actor.staff_id)


def end_area(actor: StaffActor, public_id: UUID, area: int, since: date, until: date) -> None:
    """Let an officer serve an area until that day, which is the last one."""
    with db.begin(actor.scope) as session:
        officer = _managed(session, public_id)
        session.execute(_END_AREA, {"officer": officer.id, "area": area, "since": since, "until": until})
        record(session, Event.STAFF_UNASSIGNED, staff=officer.id, area=area, by=actor.staff_id)


def find_areas(actor: StaffActor, typed: str) -> list[tuple[int, str]]:
    """The areas inside the administrator's own that somebody means: by code with or without dots, or by name."""
    digits = "".join(ch for ch in typed if ch.isdigit())[:10]
    with db.begin(actor.scope) as session:
        mine = func.area_span(Area.id).op("<@")(select(func.staff_admin_area()).scalar_subquery())
        meant = or_(Area.id == int(digits or 0), func.lower(Area.name) == typed.strip().lower())
        found = session.execute(select(Area.id, Area.name).where(meant, mine).order_by(Area.id).limit(20))
        return [(area, name) for area, name in found]


def _managed(session: Session, public_id: UUID) -> Staff:
    officer = session.scalar(select(Staff).where(_MANAGED, Staff.public_id == public_id))
    if officer is None:
        raise NotFound
    return officer


def _officers(session: Session, rows: Iterable[Staff]) -> list[Officer]:
    """The officers with their areas, invitations, proposals and leaves: one statement each for all of them."""
    rows = list(rows)
    ids = [row.id for row in rows]
    with_login = set(session.execute(_WITH_LOGIN).scalar_one())
    areas: dict[int, list[Served]] = {}
    served = (
        select(StaffAssignment, Area.name)
        .join(Area, Area.id == StaffAssignment.area_id)
        .where(StaffAssignment.staff_id.in_(ids))
        .order_by(StaffAssignment.since, StaffAssignment.area_id)
    )
    for one, name in session.execute(served):
        areas.setdefault(one.staff_id, []).append(Served(one.area_id, name, one.since, one.until))
    open_links = {
        row.staff_id: row
        for row in session.execute(
            select(StaffInvitation.staff_id, StaffInvitation.login, StaffInvitation.expires_at).where(
                StaffInvitation.staff_id.in_(ids),
                StaffInvitation.used_at.is_(None),
                StaffInvitation.revoked_at.is_(None),
            )
        )
    }
    proposals = {
        one.staff_id: one
        for one in session.scalars(
            select(StaffProposal).where(StaffProposal.staff_id.in_(ids), StaffProposal.confirmed_at.is_(None))
        )
    }
    away = {leave.staff_id: leave for leave in leaves_of(session, ids) if leave.is_now}
    return [
        _officer(row, row.id in with_login, areas.get(row.id, []), open_links.get(row.id), proposals.get(row.id), away)
        for row in rows
    ]


def _officer(
    row: Staff,
    has_login: bool,
    areas: list[Served],
    link: Any,
    proposal: StaffProposal | None,
    away: dict[int, Leave],
) -> Officer:
    return Officer(
        row.id,
        row.public_id,
        row.name,
        row.title,
        row.role,
        row.hours,
        row.active,
        has_login,
        areas,
        invited_until=link.expires_at if link else None,
        invited_login=link.login if link else None,
        proposed_by=proposal.proposed_by if proposal else None,
        proposed_at=proposal.proposed_at if proposal else None,
        away=away.get(row.id),
    )


def _confirm_refusal(actor: StaffActor, officer: Officer) -> str | None:
    if officer.proposed_by is None or officer.proposed_at is None:
        return None
    second = four_eyes.Second(actor.staff_id, permissions_of(actor.role))
    return four_eyes.refusal(
        four_eyes.Act.MAKE_ADMINISTRATOR,
        second,
        begun_by=officer.proposed_by,
        begun_ago=now() - officer.proposed_at,
        about=officer.id,
    )
