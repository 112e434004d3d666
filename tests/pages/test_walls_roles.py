"""The walls by role: which rows of which table an officer's role sees, asked in raw SQL as the web asks."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from portal.accounts.actor import StaffActor
from portal.accounts.roles import ROLES
from portal.core.db import Scope
from portal.extensions import db
from tests import factories as make
from tests.pages.test_walls import FAMILY_TABLES, _fill, make_case

#: What stands where a family is: the counter needs who lives there, the workers all of it.
LIVES_THERE = frozenset({"family", "member"})
RECORD = frozenset({"housing", "desil", "member_health", "participation", "disbursement", "record_change", "statement"})
CASES = frozenset({"cases", "case_event", "case_file", "case_read", "visit"})
SEES = {
    "social_worker": LIVES_THERE | RECORD | CASES,
    "supervisor": LIVES_THERE | RECORD | CASES,
    "regency_office": LIVES_THERE | RECORD | CASES,
    "village_operator": LIVES_THERE,
    "auditor": frozenset(),
    "administrator": frozenset(),
    "an unknown role": frozenset(),
}
#: Nothing of these is any officer's to read.
NEVER = "account slip staff_credential web_session audit_event nik_index known_device staff_device case_draft notice"


@pytest.fixture
def officers(committed: Engine) -> dict[str, StaffActor]:
    """One officer of each role, all with the regency as area, and a family with a row in every table."""
    with committed.begin() as owner:
        family = make.make_family(owner)
        _fill(owner, family)
        make_case(owner, family, restricted=True)
        return {role: make.make_staff(owner, make.REGENCY, role=role) for role in SEES}


def rows(scope: Scope, table: str) -> int:
    """How many rows of the table there are for this scope; none where it may not even ask."""
    try:
        with db.begin(scope) as session:
            return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
    except ProgrammingError as refused:
        assert "permission denied" in str(refused)
        return 0


def test_every_role_is_in_the_table() -> None:
    assert set(ROLES) < set(SEES)
    assert LIVES_THERE | RECORD | CASES | {"notice"} == set(FAMILY_TABLES)


@pytest.mark.parametrize("role", SEES)
def test_a_role_sees_its_tables_and_no_other(officers: dict[str, StaffActor], role: str) -> None:
    found = {table for table in FAMILY_TABLES if rows(officers[role].scope, table)}
    assert found == SEES[role]
    assert not [table for table in NEVER.split() if rows(officers[role].scope, table)]
    assert bool(rows(officers[role].scope, "person")) == bool(SEES[role])


@pytest.mark.parametrize("role", SEES)
def test_only_the_regency_office_sees_what_is_sealed(officers: dict[str, StaffActor], role: str) -> None:
    sealed = rows(officers[role].scope, "cases WHERE restricted")
    assert sealed == (1 if role == "regency_office" else 0)


@pytest.mark.parametrize("role", ["village_operator", "auditor", "administrator"])
def test_who_sees_no_case_changes_none(officers: dict[str, StaffActor], committed: Engine, role: str) -> None:
    with committed.connect() as owner:
        family = owner.execute(text("SELECT id FROM family")).scalar_one()
    with db.begin(officers[role].scope) as session:
        assert session.connection().execute(text("UPDATE cases SET state = 'with_worker'")).rowcount == 0
    changed = f"(family_id, subject, field, new) VALUES ({family}, 'housing', 'floor', '2')"
    stated = "(family_id, subject, field, value, staff_id, staff_name, case_reference)"
    said = f"({family}, 'housing', 'floor', '8', {officers[role].staff_id}, 'X', 'AAAA-AAAA')"
    for statement in (f"INSERT INTO record_change {changed}", f"INSERT INTO statement {stated} VALUES {said}"):
        with pytest.raises(ProgrammingError, match="row-level security"), db.begin(officers[role].scope) as session:
            session.execute(text(statement))


def test_an_administrator_reaches_no_further_than_the_own_area(committed: Engine) -> None:
    with committed.begin() as owner:
        admin = make.make_staff(owner, make.KECAMATAN, role="administrator")
        inside = make.make_staff(owner, make.VILLAGE)
        outside = make.make_staff(owner, make.FAR_VILLAGE)
        both = make.make_staff(owner, make.VILLAGE, make.FAR_VILLAGE)
        above = make.make_staff(owner, make.REGENCY, role="supervisor")
        worker = make.make_staff(owner, make.KECAMATAN, role="supervisor")
    managed = text("SELECT staff_managed()")
    with db.begin(admin.scope) as session:
        assert set(session.execute(managed).scalar_one()) == {inside.staff_id, worker.staff_id}
    for other in (inside, outside, both, above, worker):
        with db.begin(other.scope) as session:
            assert session.execute(managed).scalar_one() == []
    add = "INSERT INTO staff_assignment (staff_id, area_id, since) VALUES (:s, :a, current_date)"
    refused = [
        (admin.staff_id, make.OTHER_VILLAGE),  # oneself
        (inside.staff_id, make.FAR_VILLAGE),  # beyond the own area
        (outside.staff_id, make.OTHER_VILLAGE),  # somebody else's officer
    ]
    for officer, area in refused:
        with pytest.raises(ProgrammingError, match="row-level security"), db.begin(admin.scope) as session:
            session.execute(text(add), {"s": officer, "a": area})
    with pytest.raises(ProgrammingError, match="row-level security"), db.begin(inside.scope) as session:
        session.execute(text(add), {"s": inside.staff_id, "a": make.OTHER_VILLAGE})
    with db.begin(admin.scope) as session:
        session.execute(text(add), {"s": inside.staff_id, "a": make.OTHER_VILLAGE})


def test_nobody_changes_the_own_role_or_makes_an_administrator_alone(committed: Engine) -> None:
    with committed.begin() as owner:
        admin = make.make_staff(owner, make.REGENCY, role="administrator")
        second = make.make_staff(owner, make.REGENCY, role="administrator")
        worker = make.make_staff(owner, make.VILLAGE)

    def ask(who: StaffActor, call: str) -> object:
        with db.begin(who.scope) as session:
            return session.execute(text(f"SELECT {call}")).scalar_one()

    def role_of(who: StaffActor) -> str:
        with committed.connect() as owner:
            return str(owner.execute(text("SELECT role FROM staff WHERE id = :s"), {"s": who.staff_id}).scalar_one())

    for who, whom in ((admin, admin), (worker, worker), (worker, admin)):
        assert ask(who, f"staff_set_role({whom.staff_id}, 'regency_office')") is None
    with pytest.raises(ProgrammingError, match="permission denied"), db.begin(admin.scope) as session:
        session.execute(text("UPDATE staff SET role = 'regency_office'"))
    assert ask(admin, f"staff_set_role({worker.staff_id}, 'administrator')") == "proposed"
    assert role_of(worker) == "social_worker"
    for who in (admin, worker):
        assert ask(who, f"staff_confirm_proposal({worker.staff_id})") is False
    assert role_of(worker) == "social_worker"
    assert ask(second, f"staff_confirm_proposal({worker.staff_id})") is True
    assert role_of(worker) == "administrator"


def test_an_officer_cannot_undo_or_whitewash_a_declared_family(committed: Engine) -> None:
    with committed.begin() as owner:
        family = make.make_family(owner)
        worker = make.make_staff(owner, make.VILLAGE)
        make.insert(owner, "staff_kinship", staff_id=worker.staff_id, family_id=family.id)
    for statement in (
        "DELETE FROM staff_kinship",
        "UPDATE staff_kinship SET nik_stands = 'here'",
        f"INSERT INTO staff_kinship (staff_id, family_id) VALUES ({worker.staff_id}, {family.id})",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), db.begin(worker.scope) as session:
            session.execute(text(statement))
