"""Writes what was established here: verified statements, beside the official value and never over it.

The official layer is written by ``registry/merge``; nothing else writes the record.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.sealing import Keyring
from portal.registry.models import Family, Housing, Member, MemberHealth, RecordChange, Statement

#: Fields whose values are personal in themselves: sealed in statements and in the history.
SEALED_FIELDS = frozenset({("family", "address")})
_TABLES = {"family": Family, "housing": Housing, "member": Member, "member_health": MemberHealth}
HEALTH = "member_health"


@dataclass(frozen=True, slots=True)
class Finding:
    """One field as an officer found it. ``value`` is the text of the code, number, date or words."""

    subject: str  # family, housing, member, member_health
    field: str
    value: str
    subject_id: int | None = None  # the member, where the field is a member's


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who established it, and in which case."""

    staff_id: int
    name: str
    case_reference: str


def make_statement(
    session: Session, ring: Keyring, *, family_id: int, finding: Finding, verifier: Verifier
) -> Statement:
    """State one field. The official value stays; the family's record is raised by the database.

    An earlier unsettled statement on the same field stays in the history and the newer one counts. What concerns the
    body names its person, who alone reads it (a small child's also the guardian): the database keeps to it.
    """
    sealed = (finding.subject, finding.field) in SEALED_FIELDS
    before = _official_value(session, ring, family_id, finding)
    person_id = _person_of(session, family_id, finding) if finding.subject == HEALTH else None
    about = {
        "family_id": family_id,
        "subject": finding.subject,
        "subject_id": finding.subject_id,
        "person_id": person_id,
        "field": finding.field,
    }
    statement = Statement(
        **about,
        staff_id=verifier.staff_id,
        staff_name=verifier.name,
        case_reference=verifier.case_reference,
        state="waiting",
    )
    if sealed:
        statement.value_sealed = ring.seal(finding.field, finding.value)
        statement.value_hash = statement_hash(ring, finding.field, finding.value)
        statement.before_sealed = None if before is None else ring.seal(finding.field, before)
    else:
        statement.value, statement.before = finding.value, before
    session.add(statement)
    session.add(
        RecordChange(
            **about,
            old=statement.before,
            new=statement.value,
            old_sealed=statement.before_sealed,
            new_sealed=statement.value_sealed,
            source="statement",
            case_reference=verifier.case_reference,
        )
    )
    session.flush()
    return statement


def statement_hash(ring: Keyring, field: str, value: str) -> bytes:
    """The keyed hash by which an extract's value is compared with a sealed statement: case and spaces ignored."""
    return ring.blind_index(f"statement.{field}", " ".join(value.upper().split()))


def _person_of(session: Session, family_id: int, finding: Finding) -> int:
    """The person whose body it concerns. Raises where there is no such member."""
    found = select(Member.person_id).where(Member.family_id == family_id, Member.id == finding.subject_id)
    return session.scalars(found).one()


def _official_value(session: Session, ring: Keyring, family_id: int, finding: Finding) -> str | None:
    """The official value now, as text; None where it is not recorded."""
    table = _TABLES[finding.subject]
    if finding.subject == "family" and finding.field == "address":
        sealed = session.scalar(select(Family.address_sealed).where(Family.id == family_id))
        return None if sealed is None else ring.unseal("address", sealed)
    statement = select(table.__table__.c[finding.field])
    if table is Member:
        statement = statement.where(Member.family_id == family_id, Member.id == finding.subject_id)
    elif table is MemberHealth:
        mine = (MemberHealth.family_id == family_id, MemberHealth.member_id == finding.subject_id)
        statement = statement.where(*mine)
    else:
        key = table.__table__.c["id" if table is Family else "family_id"]
        statement = statement.where(key == family_id)
    value = session.scalar(statement)
    return None if value is None else str(value)
