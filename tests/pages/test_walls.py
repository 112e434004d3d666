"""The database keeps people apart by itself: raw SQL with every filter forgotten."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal.audit import trail
from portal.config import Settings
from portal.core.db import ANONYMOUS, Scope
from portal.extensions import db, keys
from portal.registry.models import Family
from tests import factories as make
from tests.conftest import worker_of

FAMILY_TABLES = (
    "family housing desil member member_health participation disbursement record_change statement cases case_event "
    "case_file case_read visit notice"
).split()


TwoFamilies = tuple[make.TestFamily, make.TestFamily]


@pytest.fixture
def two_families(committed: Engine) -> TwoFamilies:
    """Two families in two villages, with a row in every table that holds something of theirs."""
    with committed.begin() as owner:
        one, two = make.make_family(owner), make.make_family(owner, village_id=make.FAR_VILLAGE)
        for family in (one, two):
            _fill(owner, family)
    return one, two


def _fill(owner: Connection, family: make.TestFamily) -> None:
    make.insert(
        owner,
        "member_health",
        family_id=family.id,
        member_id=family.head.id,
        person_id=family.head.person_id,
        birth_date=family.head.birth_date,
        disability=0,
    )
    make.make_participation(owner, family.id)
    make.make_disbursement(owner, family.id)
    make.insert(owner, "record_change", family_id=family.id, subject="housing", field="floor", old="6", new="2")
    make.insert(
        owner,
        "statement",
        family_id=family.id,
        subject="housing",
        field="floor",
        value="8",
        staff_id=1,
        staff_name="X",
        case_reference="AAAA-AAAA",
    )
    case = make_case(owner, family)
    visitor = make.insert(owner, "staff", "id", name="X", title="x", role="social_worker")
    make.insert(owner, "visit", family_id=family.id, case_id=case, staff_id=visitor, code_sealed=b"x",
                planned_on=date(2026, 12, 1), part="morning")  # fmt: skip
    make.insert(owner, "case_read", family_id=family.id, case_id=case, side="family", event_id=1)
    make.insert(owner, "notice", family_id=family.id, person_id=family.head.person_id, key="k")


def make_case(owner: Connection, family: make.TestFamily, *, restricted: bool = False) -> int:
    """A case with one step and one paper."""
    draft = uuid.uuid4()
    case = int(
        make.insert(
            owner,
            "cases",
            "id",
            family_id=family.id,
            reference=uuid.uuid4().hex[:9],
            draft_id=draft,
            content_hash=b"x",
            person_id=family.head.person_id,
            kind="moved",
            state="sent",
            village_id=family.village_id,
            level="regency" if restricted else "village",
            restricted=restricted,
            answers_sealed=keys.ring.seal("case", "{}"),
            promised_on=date(2026, 12, 1),
        )
    )
    make.insert(
        owner,
        "case_event",
        family_id=family.id,
        case_id=case,
        event="sent",
        actor_kind="family",
        actor_name="x",
        state="sent",
    )
    make.insert(
        owner,
        "case_file",
        family_id=family.id,
        case_id=case,
        draft_id=draft,
        person_id=family.head.person_id,
        label="letter",
        blob="b",
        media_type="image/jpeg",
        size=1,
    )
    return case


def count(scope: Scope, table: str) -> int:
    """How many rows of a table this scope sees."""
    with db.begin(scope) as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def scope_of(family: make.TestFamily) -> Scope:
    return Scope("family", person_id=family.head.person_id, family_id=family.id, guardian=True)


def test_a_family_sees_its_own_rows_only(two_families: TwoFamilies) -> None:
    one, two = two_families
    for table in FAMILY_TABLES:
        key = "id" if table == "family" else "family_id"
        for mine in (one, two):
            with db.begin(scope_of(mine)) as session:
                assert set(session.execute(text(f"SELECT {key} FROM {table}")).scalars()) == {mine.id}, table


def find_nothing(scope: Scope) -> None:
    """In no table of families does this scope see a row."""
    for table in FAMILY_TABLES:
        try:
            assert count(scope, table) == 0, table
        except ProgrammingError as refused:
            assert "permission denied" in str(refused)


@pytest.mark.parametrize("role", ["family", "staff"])
def test_with_nobody_set_nothing_is_found(two_families, role: str) -> None:  # type: ignore[no-untyped-def]
    find_nothing(Scope(role))  # type: ignore[arg-type]


def test_the_worker_finds_nothing_without_a_job_and_is_nobody_else(two_families, as_worker: Engine) -> None:  # type: ignore[no-untyped-def]
    find_nothing(Scope("worker"))
    assert count(Scope("worker", job="test"), "member") == 2
    for other in (Scope("family", family_id=1, person_id=1), Scope("staff", staff_id=1), ANONYMOUS):
        with pytest.raises(ProgrammingError, match="permission denied to set role"):
            count(other, "member")


def test_the_web_is_never_the_worker(two_families: TwoFamilies) -> None:
    with pytest.raises(ProgrammingError, match="permission denied to set role"):
        count(Scope("worker", job="test"), "member")


def test_a_visitor_reads_no_table_but_the_areas_and_the_periods_of_keeping(committed: Engine) -> None:
    with committed.connect() as owner:
        tables = list(owner.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars())
    readable = set()
    for table in tables:
        try:
            count(ANONYMOUS, table)
            readable.add(table)
        except ProgrammingError as refused:
            assert "permission denied" in str(refused)
    assert readable <= {"area", "alembic_version", "kept_for"}


def test_the_web_role_alone_may_read_nothing_of_people(two_families: TwoFamilies) -> None:
    assert db.engine is not None
    for table in (*FAMILY_TABLES, "account", "slip", "staff_credential", "audit_event", "nik_index", "person"):
        with db.engine.connect() as web, pytest.raises(ProgrammingError, match="permission denied"):
            web.execute(text(f"SELECT * FROM {table}"))


def test_an_officer_sees_the_villages_assigned_today(committed: Engine, two_families: TwoFamilies) -> None:
    one, two = two_families
    with committed.begin() as owner:
        near = make.make_staff(owner, make.VILLAGE)
        kecamatan = make.make_staff(owner, make.FAR_KECAMATAN, role="supervisor")
        office = make.make_staff(owner, make.REGENCY, role="regency_office")
        elsewhere = make.make_staff(owner, make.OTHER_REGENCY, role="regency_office")
        former = make.make_staff(owner, make.VILLAGE)
        owner.execute(
            text("UPDATE staff_assignment SET until = current_date - 1 WHERE staff_id = :s"), {"s": former.staff_id}
        )
        left = make.make_staff(owner, make.VILLAGE)
        owner.execute(text("UPDATE staff SET active = false WHERE id = :s"), {"s": left.staff_id})
    expected = [
        (near, {one.id}),
        (kecamatan, {two.id}),
        (office, {one.id, two.id}),
        (elsewhere, set()),
        (former, set()),
        (left, set()),
    ]
    for officer, families in expected:
        for table in ("family", "member", "member_health", "disbursement", "cases", "case_file"):
            key = "id" if table == "family" else "family_id"
            with db.begin(officer.scope) as session:
                assert set(session.execute(text(f"SELECT {key} FROM {table}")).scalars()) == families, table


def test_a_sealed_case_is_the_regency_offices_alone(committed: Engine, two_families: TwoFamilies) -> None:
    one, _ = two_families
    with committed.begin() as owner:
        sealed = make_case(owner, one, restricted=True)
        relative = make.make_member(owner, one.id, name="BUDI", relation=2, sex="L")
        worker = make.make_staff(owner, make.VILLAGE)
        supervisor = make.make_staff(owner, make.KECAMATAN, role="supervisor")
        office = make.make_staff(owner, make.REGENCY, role="regency_office")

    def sees(scope: Scope) -> bool:
        with db.begin(scope) as session:
            found = [
                set(session.execute(text(q)).scalars())
                for q in ("SELECT id FROM cases", "SELECT case_id FROM case_event", "SELECT case_id FROM case_file")
            ]
        assert len({sealed in ids for ids in found}) == 1
        return sealed in found[0]

    assert [sees(s.scope) for s in (worker, supervisor, office)] == [False, False, True]
    assert sees(scope_of(one))
    assert not sees(Scope("family", person_id=relative.person_id, family_id=one.id, guardian=True))


def test_no_officer_sees_that_a_family_sent_something(committed: Engine, two_families: TwoFamilies) -> None:
    one, _ = two_families
    with committed.begin() as owner:
        officers = [make.make_staff(owner, make.VILLAGE), make.make_staff(owner, make.REGENCY, role="regency_office")]
        before = owner.execute(text("SELECT revision FROM family WHERE id = :f"), {"f": one.id}).one()
        make_case(owner, one, restricted=True)
    for officer in officers:
        for column in ("cases_revision", "f", "to_jsonb(f)", "xmin", "ctid"):
            with pytest.raises(ProgrammingError, match="permission denied"), db.begin(officer.scope) as session:
                session.execute(text(f"SELECT {column} FROM family f"))
        with db.begin(officer.scope) as session:
            loaded = session.scalars(select(Family).where(Family.id == one.id)).one()
            assert loaded.revision == before.revision, "what they do see of the family is as it was"


def test_health_is_shown_to_that_member_and_a_small_childs_to_its_parent(committed: Engine) -> None:
    with committed.begin() as owner:
        family = make.make_family(owner)
        wife = make.make_member(owner, family.id, relation=2, health={"pregnant": True, "pregnancy_no": 1})
        small = make.make_member(owner, family.id, birth=date(2020, 1, 1), relation=3, health={"disability": 2})
        teen = make.make_member(owner, family.id, birth=date(2011, 1, 1), relation=3, health={"pregnant": True})
        grown = make.make_member(owner, family.id, birth=date(2004, 1, 1), relation=3, health={"disability": 1})

    def seen(member: make.TestMember, *, guardian: bool) -> set[int]:
        scope = Scope("family", person_id=member.person_id, family_id=family.id, guardian=guardian)
        with db.begin(scope) as session:
            return set(session.execute(text("SELECT member_id FROM member_health")).scalars())

    assert seen(family.head, guardian=True) == {small.id}
    assert seen(wife, guardian=True) == {wife.id, small.id}
    assert seen(grown, guardian=False) == {grown.id}
    assert teen.id not in seen(wife, guardian=True)


def test_nobody_writes_on_the_own_family_or_a_declared_relative(committed: Engine, two_families: TwoFamilies) -> None:
    one, _ = two_families
    with committed.begin() as owner:
        worker = make.make_staff(owner, make.VILLAGE)
        make.insert(owner, "staff_kinship", staff_id=worker.staff_id, family_id=one.id)
    with db.begin(worker.scope) as session:
        assert session.connection().execute(text("UPDATE cases SET state = 'decided'")).rowcount == 0
    with pytest.raises(DBAPIError, match="row-level security"), db.begin(worker.scope) as session:
        session.execute(
            text(
                "INSERT INTO statement (family_id, subject, field, value, staff_id, staff_name, "
                "case_reference) VALUES (:f, 'housing', 'floor', '1', :s, 'x', 'x')"
            ),
            {"f": one.id, "s": worker.staff_id},
        )


def test_a_family_cannot_write_into_another(two_families: TwoFamilies) -> None:
    one, two = two_families
    with pytest.raises(DBAPIError, match="row-level security"), db.begin(scope_of(one)) as session:
        session.execute(
            text("INSERT INTO case_draft (family_id, person_id, kind, answers_sealed) VALUES (:f, :p, 'moved', '')"),
            {"f": two.id, "p": one.head.person_id},
        )
    with db.begin(scope_of(one)) as session:
        changed = session.connection().execute(text("UPDATE cases SET state = 'x' WHERE family_id = :f"), {"f": two.id})
        assert changed.rowcount == 0
    for statement in ("UPDATE disbursement SET amount = 1", "DELETE FROM member", "UPDATE family SET village_id = 1"):
        with pytest.raises(ProgrammingError, match="permission denied"), db.begin(scope_of(one)) as session:
            session.execute(text(statement))


VISITOR_FUNCTIONS = {
    "area_span",
    "audit_record",
    "case_trace",
    "conflict_note",
    "current_family",
    "current_guardian",
    "current_job",
    "current_person",
    "current_staff",
    "helped_begin",
    "helped_offer",
    "helped_state",
    "kiosk_find",
    "offering_regencies",
    "offerings_published",
    "passkey_ask",
    "passkey_lookup",
    "passkey_signin",
    "passkey_staff_signin",
    "passkey_take",
    "proposal_answer",
    "proposal_follow",
    "proposal_photo",
    "proposal_send",
    "proposal_withdraw",
    "public_check",
    "session_end",
    "session_find",
    "session_kept_home",
    "session_on",
    "signin_fail",
    "signin_lookup",
    "signin_succeed",
    "slip_find",
    "slip_use",
    "staff_invitation_find",
    "staff_invitation_use",
    "staff_lookup",
    "staff_recover",
    "staff_succeed",
}


def test_what_a_visitor_may_call_is_this_short_list(committed: Engine) -> None:
    with committed.connect() as owner:
        callable_now = set(
            owner.execute(
                text(
                    "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
                    "WHERE n.nspname = 'public' AND has_function_privilege('portal_anonymous', p.oid, 'EXECUTE')"
                )
            ).scalars()
        )
        unpinned = set(
            owner.execute(
                text(
                    "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
                    "WHERE n.nspname = 'public' AND p.prosecdef AND NOT 'search_path=public, pg_temp' = "
                    "ANY (coalesce(p.proconfig, '{}'))"
                )
            ).scalars()
        )
    assert callable_now == VISITOR_FUNCTIONS
    assert unpinned == set()


def test_the_trail_chains_and_no_role_reads_or_mends_it(
    committed: Engine, settings: Settings, two_families: TwoFamilies
) -> None:
    one, _ = two_families
    for number in range(3):
        with db.begin(scope_of(one)) as session:
            trail.record(session, trail.Event.CASE_SENT, family_id=one.id, number=number)
    with committed.connect() as owner:
        broken = owner.execute(
            text(
                "SELECT count(*) FROM audit_event WHERE hash <> audit_digest(previous, shard, seq, at, event, "
                "actor_kind, actor_id, family_id, data)"
            )
        ).scalar_one()
        events = owner.execute(
            text("SELECT actor_kind, actor_id FROM audit_event WHERE family_id = :f"), {"f": one.id}
        ).all()
    assert broken == 0
    assert [tuple(e) for e in events] == [("family", one.head.person_id)] * 3
    for role in ("family", "staff"):
        deny_the_trail(Scope(role, person_id=one.head.person_id, family_id=one.id, staff_id=1))  # type: ignore[arg-type]
    with worker_of(committed, settings):
        deny_the_trail(Scope("worker", job="x"))


def deny_the_trail(scope: Scope) -> None:
    """This scope neither reads nor mends the trail."""
    for statement in ("SELECT 1 FROM audit_event", "DELETE FROM audit_event", "UPDATE audit_head SET seq = 0"):
        with pytest.raises(ProgrammingError, match="permission denied for table"), db.begin(scope) as session:
            session.execute(text(statement))
