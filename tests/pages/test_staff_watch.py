"""Leaves and who stands in, declared relatives, numbers shown whole, and alarms about browsing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text

from portal.accounts import browsing_alarm
from portal.accounts.actor import StaffActor
from portal.accounts.leaves import OVERLAP, SAME_PERSON, set_leave
from portal.accounts.reveal import REASONS
from portal.accounts.staffing import database_day
from portal.cases.loading import officer_of
from portal.config import Settings
from portal.core.db import Scope
from portal.desk.queue import Filters, read_queue
from portal.extensions import db, keys
from tests import factories as make
from tests.conftest import worker_of
from tests.pages.clients import PortalClient
from tests.pages.signing import events
from tests.pages.test_staff_admin import parts
from tests.pages.test_walls import make_case


def public_of(connection: Connection, actor: StaffActor) -> str:
    make.as_owner(connection)
    found = connection.execute(text("SELECT public_id FROM staff WHERE id = :s"), {"s": actor.staff_id}).scalar_one()
    return str(found)


@pytest.fixture
def family(connection: Connection) -> make.TestFamily:
    return make.make_family(connection)


@pytest.fixture
def ratna(connection: Connection) -> StaffActor:
    return make.make_staff(connection, make.VILLAGE, name="Ratna Permana")


@pytest.fixture
def made(connection: Connection) -> StaffActor:
    return make.make_staff(connection, make.FAR_VILLAGE, name="Made Saputra")


@pytest.fixture
def admin(connection: Connection) -> StaffActor:
    return make.make_staff(connection, make.REGENCY, role="administrator", name="Agus Setiawan")


def villages_of(actor: StaffActor) -> set[int]:
    """Where the officer sees families today, by raw SQL."""
    with db.begin(actor.scope) as session:
        return set(session.execute(text("SELECT village_id FROM family")).scalars())


def route(family: int) -> int | None:
    """To whom a new case would go."""
    with db.begin(Scope("family", family_id=family, person_id=0)) as session:
        found: int | None = session.execute(
            text("SELECT staff_id FROM case_route(:f, false)"), {"f": family}
        ).scalar_one_or_none()
    return found


def away(connection: Connection, who: StaffActor, sub: StaffActor, first: int, last: int) -> None:
    """A leave, in days from today."""
    day = database_day()
    make.insert(
        connection,
        "staff_substitution",
        staff_id=who.staff_id,
        substitute_id=sub.staff_id,
        since=day + timedelta(days=first),
        until=day + timedelta(days=last),
    )


@pytest.mark.parametrize(("first", "last", "is_away"), [(0, 0, True), (-3, 3, True), (1, 5, False), (-5, -1, False)])
def test_the_one_who_stands_in_serves_the_villages_for_those_days(
    connection: Connection,
    family: make.TestFamily,
    ratna: StaffActor,
    made: StaffActor,
    first: int,
    last: int,
    is_away: bool,
) -> None:
    far = make.make_family(connection, village_id=make.FAR_VILLAGE)
    away(connection, ratna, made, first, last)
    assert villages_of(made) == ({make.VILLAGE, make.FAR_VILLAGE} if is_away else {make.FAR_VILLAGE})
    assert villages_of(ratna) == (set() if is_away else {make.VILLAGE})
    assert route(family.id) == (made if is_away else ratna).staff_id
    assert route(far.id) == made.staff_id


def test_nobody_stands_in_with_another_role_or_from_a_leave(
    connection: Connection, family: make.TestFamily, ratna: StaffActor, made: StaffActor
) -> None:
    office = make.make_staff(connection, make.FAR_KECAMATAN, role="supervisor")
    away(connection, ratna, office, 0, 3)
    assert villages_of(office) == set()
    make.as_owner(connection)
    connection.execute(text("UPDATE staff_substitution SET substitute_id = :m"), {"m": made.staff_id})
    assert villages_of(made) == {make.VILLAGE}
    away(connection, made, make.make_staff(connection, make.FAR_VILLAGE), 0, 1)
    assert villages_of(made) == set()


def test_a_leave_is_planned_shown_on_both_pages_and_ended(
    client: PortalClient,
    connection: Connection,
    family: make.TestFamily,
    ratna: StaffActor,
    made: StaffActor,
    admin: StaffActor,
) -> None:
    desk, first, second = client.as_(admin), public_of(connection, ratna), public_of(connection, made)
    day = database_day()
    leave = {"substitute": second, **parts("leave_since", day), **parts("leave_until", day + timedelta(days=6))}
    assert desk.send(f"/kantor/petugas/{first}/cuti", leave).status_code == 303
    for page in (first, second):
        words = desk.get(f"/kantor/petugas/{page}").get_data(as_text=True)
        assert "Ratna Permana" in words and "Made Saputra" in words
    assert "Ratna Permana" in client.as_(made).get("/petugas/antrean").get_data(as_text=True)
    assert "Made Saputra" in client.as_(ratna).get("/petugas/antrean").get_data(as_text=True)
    assert desk.send(f"/kantor/petugas/{first}/cuti", leave).status_code == 422, "twice on the same days"
    make.as_owner(connection)
    number = connection.execute(text("SELECT id FROM staff_substitution")).scalar_one()
    assert villages_of(made) == {make.VILLAGE}
    assert desk.send(f"/kantor/petugas/{first}/cuti/akhiri", {"leave": number}).status_code == 303
    assert villages_of(made) == set()
    assert villages_of(ratna) == {make.VILLAGE}
    assert len(events(connection, "staff_leave_set")) == len(events(connection, "staff_leave_ended")) == 1


def test_leaves_that_contradict_each_other_are_refused(
    connection: Connection, ratna: StaffActor, made: StaffActor, admin: StaffActor
) -> None:
    first, second = UUID(public_of(connection, ratna)), UUID(public_of(connection, made))
    day = database_day()
    assert set_leave(admin, first, first, day, day) == SAME_PERSON
    assert set_leave(admin, first, second, day, day + timedelta(days=5)) is None
    assert set_leave(admin, second, first, day + timedelta(days=5), day + timedelta(days=9)) == OVERLAP
    assert set_leave(admin, second, first, day + timedelta(days=6), day + timedelta(days=9)) is None


def test_a_case_shows_the_family_who_answers_and_the_substitute_works_on_it(
    client: PortalClient, connection: Connection, family: make.TestFamily, ratna: StaffActor, made: StaffActor
) -> None:
    case = make_case(connection, family)
    make.as_owner(connection)
    connection.execute(
        text("UPDATE cases SET assigned_to = :s, state = 'with_worker' WHERE id = :c RETURNING reference"),
        {"s": ratna.staff_id, "c": case},
    )
    holder = text("SELECT s.name FROM cases c JOIN staff s ON s.id = c.assigned_to WHERE c.id = :c")
    assert connection.execute(holder, {"c": case}).scalar_one() == "Ratna Permana"
    away(connection, ratna, made, 0, 6)
    for scope in (make.family_actor(family.head).scope, made.scope):
        with db.begin(scope) as session:
            seen = officer_of(session, ratna.staff_id)
        assert seen is not None
        assert (seen.substitute, seen.away_until) == ("Made Saputra", database_day() + timedelta(days=6))
    assert [line.mine for line in read_queue(made, Filters(mine=True)).lines] == [True]
    assert read_queue(ratna, Filters()).lines == []


def test_the_own_family_is_declared_with_the_own_nik(
    client: PortalClient, connection: Connection, family: make.TestFamily, ratna: StaffActor, admin: StaffActor
) -> None:
    other = make.make_family(connection, village_id=make.FAR_VILLAGE)
    make.as_owner(connection)
    kks = [_known_kk(connection, one) for one in (family, other)]
    mine = client.as_(ratna)
    address = "/petugas/keluarga-saya"
    with mine.allow_nik():
        assert mine.send(address, {"whose": "own", "kk": kks[0], "nik": ""}).status_code == 422
        assert mine.send(address, {"whose": "own", "kk": "3510140101209999", "nik": family.head.nik}).status_code == 422
        assert mine.send(address, {"whose": "own", "kk": kks[0], "nik": other.head.nik}).status_code == 303
    make.as_owner(connection)
    declared = connection.execute(text("SELECT family_id, relation, nik_stands FROM staff_kinship")).all()
    assert {tuple(row) for row in declared} == {(family.id, "own", "elsewhere"), (other.id, "own", "here")}
    page = mine.get(address).get_data(as_text=True)
    assert family.kk[:4] in page and family.kk not in page
    hints = client.as_(admin).get(f"/kantor/petugas/{public_of(connection, ratna)}").get_data(as_text=True)
    assert "NIK" in hints and family.head.name.title() not in hints
    with db.begin(ratna.scope) as session:
        assert set(session.execute(text("SELECT staff_kin()")).scalar_one()) == {family.id, other.id}


def _known_kk(connection: Connection, family: make.TestFamily) -> str:
    """The family's No. KK, found by it as in an extract (factories salt its hash)."""
    connection.execute(
        text("UPDATE family SET kk_hash = :h WHERE id = :f"),
        {"h": keys.ring.blind_index("kk", family.kk), "f": family.id},
    )
    return family.kk


def test_a_supervisor_declares_for_the_own_officers_only(
    client: PortalClient, connection: Connection, family: make.TestFamily, ratna: StaffActor, made: StaffActor
) -> None:
    make_case(connection, family)
    with db.begin(ratna.scope) as session:
        assert session.execute(text("UPDATE cases SET version = 2")).rowcount == 1  # type: ignore[attr-defined]
    make.as_owner(connection)
    kk = _known_kk(connection, family)
    supervisor = client.as_(make.make_staff(connection, make.KECAMATAN, role="supervisor", name="Lestari"))
    address = "/petugas/keluarga-saya/rekan"
    with supervisor.allow_nik():
        wrong = supervisor.send(address, {"officer": public_of(connection, made), "their_kk": kk})
        assert wrong.status_code == 422
        right = supervisor.send(address, {"officer": public_of(connection, ratna), "their_kk": kk})
        assert right.status_code == 303
        assert (
            client.as_(ratna).send(address, {"officer": public_of(connection, made), "their_kk": kk}).status_code == 403
        )
    make.as_owner(connection)
    assert connection.execute(text("SELECT staff_id FROM staff_kinship")).scalars().all() == [ratna.staff_id]
    with db.begin(ratna.scope) as session:
        assert session.connection().execute(text("UPDATE cases SET version = 3")).rowcount == 0


def _number_address(connection: Connection, family: make.TestFamily) -> str:
    make.as_owner(connection)
    person = connection.execute(
        text("SELECT public_id FROM person WHERE id = :p"), {"p": family.head.person_id}
    ).scalar_one()
    return f"/petugas/nik/{family.public_id}/{person}"


def test_a_number_is_shown_once_with_a_reason_and_traced(
    client: PortalClient, connection: Connection, family: make.TestFamily, ratna: StaffActor, made: StaffActor
) -> None:
    reference = _reference(connection, make_case(connection, family))
    address, desk = _number_address(connection, family), client.as_(ratna)
    asked = desk.send(address, {"reference": reference})
    assert asked.status_code == 200
    assert reference in asked.get_data(as_text=True)
    assert desk.send(address, {"asked": "1"}).status_code == 422
    assert family.head.nik not in asked.get_data(as_text=True)
    with desk.allow_nik():
        shown = desk.send(address, {"reason": "bank", "reference": reference, "back": "//evil.example"})
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    assert family.head.nik in shown.get_data(as_text=True)
    assert "evil" not in shown.get_data(as_text=True)
    assert family.head.nik not in address
    told = events(connection, "number_revealed")
    with db.begin(make.family_actor(family.head).scope) as session:
        look = session.execute(text("SELECT public_id, staff_name, reason FROM look")).one()
    assert (look.staff_name, look.reason) == ("Ratna Permana", REASONS["bank"])
    assert [(e.family_id, e.actor_id, e.data["look"], e.data["reference"]) for e in told] == [
        (family.id, ratna.staff_id, str(look.public_id), reference)
    ]
    assert not [e for e in (*told, *events(connection, "family_viewed")) if "reason" in e.data], (
        "why stands in one table"
    )
    assert client.as_(made).send(address, {"reason": "bank"}).status_code == 404
    make.insert(connection, "staff_kinship", staff_id=ratna.staff_id, family_id=family.id)
    assert client.as_(ratna).send(address, {"reason": "bank"}).status_code == 403
    assert len(events(connection, "number_revealed")) == 1


def test_a_case_of_another_family_does_not_hide_a_look(
    client: PortalClient, connection: Connection, family: make.TestFamily, ratna: StaffActor
) -> None:
    other = _reference(connection, make_case(connection, make.make_family(connection)))
    address, desk = _number_address(connection, family), client.as_(ratna)
    with desk.allow_nik():
        assert desk.send(address, {"reason": "bank", "reference": other}).status_code == 200
    assert ["reference" in e.data for e in events(connection, "number_revealed")] == [False]


def _reference(connection: Connection, case: int) -> str:
    make.as_owner(connection)
    return str(connection.execute(text("SELECT reference FROM cases WHERE id = :c"), {"c": case}).scalar_one())


def looked(owner: Connection, staff: StaffActor, families: int, *, case: bool = False, ago: str = "1 minute") -> None:
    """As if the officer had opened so many families."""
    data = '{"reference": "7KQ4-MX9T"}' if case else "{}"
    for number in range(families):
        owner.execute(
            text(
                "INSERT INTO audit_event (shard, seq, at, event, actor_kind, actor_id, family_id, data, previous, hash)"
                " SELECT 0, coalesce(max(seq), 0) + 100000, now() - CAST(:ago AS interval), 'family_viewed', 'staff',"
                " :s, :f, CAST(:data AS jsonb), '', '' FROM audit_event WHERE shard = 0"
            ),
            {"ago": ago, "s": staff.staff_id, "f": number + 1, "data": data},
        )


def test_browsing_raises_one_alarm_a_day_and_those_above_see_it(
    committed: Engine, client: PortalClient, settings: Settings
) -> None:
    with committed.begin() as owner:
        hasty = make.make_staff(owner, make.VILLAGE, role="village_operator", name="Hasty Operator")
        steady = make.make_staff(owner, make.VILLAGE, name="Steady Worker")
        busy = make.make_staff(owner, make.VILLAGE, name="Busy Worker")
        slow = make.make_staff(owner, make.VILLAGE, name="Slow Reader")
        supervisor = make.make_staff(owner, make.KECAMATAN, role="supervisor")
        office = make.make_staff(owner, make.REGENCY, role="regency_office")
        elsewhere = make.make_staff(owner, make.OTHER_REGENCY, role="regency_office")
        looked(owner, hasty, 31)
        looked(owner, steady, 30)
        looked(owner, busy, 90, case=True)
        looked(owner, slow, 81, ago="5 hours")
    with worker_of(committed, settings):
        assert browsing_alarm.raise_browsing_alarms() == 2
        assert browsing_alarm.raise_browsing_alarms() == 0, "once a day"
    with committed.connect() as owner:
        raised = owner.execute(text("SELECT data ->> 'staff' FROM audit_event WHERE event = 'browsing_alarm'"))
        assert {int(one) for one in raised.scalars()} == {hasty.staff_id, slow.staff_id}
    for reader, sees in ((supervisor, True), (office, True), (elsewhere, False), (hasty, None), (steady, None)):
        answer = client.as_(reader).get("/petugas/peringatan")
        words = answer.get_data(as_text=True)
        assert answer.status_code == (403 if sees is None or reader is elsewhere else 200)
        assert ("Hasty Operator" in words) is bool(sees)
        assert "Steady Worker" not in words and "Busy Worker" not in words


def test_the_counter_offers_the_whole_number_to_who_may_see_it(
    client: PortalClient, connection: Connection, family: make.TestFamily, ratna: StaffActor
) -> None:
    operator = make.make_staff(connection, make.VILLAGE, role="village_operator", name="Sari Utami")
    counter, button = f"/petugas/loket/{family.public_id}?alasan=pin", _number_address(connection, family)
    assert button in client.as_(ratna).get(counter).get_data(as_text=True)
    assert button not in client.as_(operator).get(counter).get_data(as_text=True)
    assert client.as_(operator).send(button, {"reason": "bank"}).status_code == 403


def test_who_oversees_an_area_reads_who_is_new_in_it(
    client: PortalClient, connection: Connection, admin: StaffActor, ratna: StaffActor, made: StaffActor
) -> None:
    supervisor = make.make_staff(connection, make.KECAMATAN, role="supervisor", name="Lestari")
    for officer in (ratna, made):
        address = f"/kantor/petugas/{public_of(connection, officer)}/undang"
        assert client.as_(admin).send(address, {"login": f"petugas.{officer.staff_id}"}).status_code == 200
    words = client.as_(supervisor).get("/petugas/peringatan").get_data(as_text=True)
    assert "Ratna Permana" in words and "Agus Setiawan" in words
    assert "Made Saputra" not in words
    with db.begin(ratna.scope) as session:
        assert session.execute(text("SELECT count(*) FROM staff_invitation")).scalar_one() == 0
