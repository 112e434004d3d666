"""The places of an offering: given by the published order, taken, given back, passed on; never over the quota."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.accounts.actor import StaffActor
from portal.cases.loading import seal_answers
from portal.cases.place_turns import fill_places, remind_places
from portal.cases.places import answer_place
from portal.config import Settings
from portal.core.clock import now, today
from portal.core.db import Scope, set_scope
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.ids import new_reference
from portal.office import places
from portal.programs.place_order import lot_of
from tests import factories as make
from tests.conftest import worker_of
from tests.pages.browsing import family_browser, staff_browser
from tests.pages.test_offerings import published, with_pupil

CODE = "JAHIT-2027"


def office(connection: Connection, name: str = "Ibu Satu") -> StaffActor:
    return make.make_staff(connection, make.REGENCY, role="regency_office", name=name)


def register(connection: Connection, family: make.TestFamily, **values: Any) -> str:
    """The head of the family registers; gives the reference."""
    reference = new_reference()
    answers = {"opportunity": CODE, "from_page": True, "who": str(family.head.id), "share": True}
    case = make.insert(
        connection, "cases", "id", family_id=family.id, reference=reference, draft_id=uuid.uuid4(), content_hash=b"x",
        person_id=family.head.person_id, about_person_id=family.head.person_id, village_id=family.village_id,
        answers_sealed=seal_answers(answers), program=CODE, promised_on=today(),
        **{"kind": "registration", "state": "sent", "level": "regency"} | values,
    )  # fmt: skip
    make.insert(
        connection, "case_event", family_id=family.id, case_id=case, event="sent", actor_kind="family",
        actor_name="Siti", state="sent", data={"level": "regency", "passed_on": False},
    )  # fmt: skip
    return reference


def states(connection: Connection) -> dict[int, str]:
    make.as_owner(connection)
    return {row.number: row.state for row in connection.execute(text("SELECT number, state FROM place ORDER BY 1"))}


def told(connection: Connection, person: int) -> list[str]:
    make.as_owner(connection)
    found = connection.execute(text("SELECT key FROM notice WHERE person_id = :p ORDER BY id"), {"p": person})
    return list(found.scalars())


def test_from_closing_to_the_certificate(app: Flask, connection: Connection) -> None:
    offices = (office(connection), office(connection, "Pak Dua"))
    page = published(app, connection, offices, quota="2")
    named = {desil: make.make_family(connection, desil=desil, head={"name": f"WARGA {desil}"}) for desil in (3, 1, 2)}
    pupil = {"name": "BUDI", "birth": date(today().year - 17, 1, 1), "sex": "L", "relation": 3}
    make.make_member(connection, named[3].id, **pupil)  # fits, but has registered
    sent = {desil: register(connection, family) for desil, family in named.items()}
    register(connection, named[1], sent_at=now() + timedelta(minutes=1))  # the same person once more
    register(connection, make.make_family(connection), state="withdrawn", closed_at=now())
    readers = {desil: family_browser(app, connection, family.head) for desil, family in named.items()}
    seen = readers[3].get(f"/peluang/{CODE}").text
    assert "desil 1" in seen and "Anda sudah mendaftar" in seen
    make.as_owner(connection)
    seed = connection.execute(text("SELECT lot_seed FROM offering")).scalar_one()
    assert seed in seen  # beforehand
    spare = family_browser(app, connection, with_pupil(connection).head)
    assert "Hari terakhir mendaftar" in spare.get("/peluang").text
    assert "Hari terakhir mendaftar" not in readers[3].get("/peluang").text, "has registered"

    one = staff_browser(app, connection, offices[0])
    one.get(f"{page}/tempat")
    assert "Pendaftaran masih dibuka" in one.words and "Warga 3" in one.words
    with pytest.raises(AssertionError):
        one.form("/tempat")
    one.get(page)
    one.fill("/tutup")
    one.get(f"{page}/tempat")
    assert one.words.index("Warga 1") < one.words.index("Warga 2") < one.words.index("Warga 3")
    one.fill("/tempat")
    assert states(connection) == {1: "offered", 2: "offered", 3: "waiting"}
    drawn = connection.execute(text("SELECT p.lot, p.code FROM place p")).all()
    assert all(row.lot == lot_of(seed, row.code) for row in drawn)
    with pytest.raises(Conflict, match="already"):
        places.give(offices[1], uuid.UUID(page.rsplit("/", 1)[1]), "")
    assert all(told(connection, family.head.person_id) == ["case_listed"] for family in named.values())

    readers[1].get(f"/pengajuan/{sent[1]}")
    assert "Tempat Anda" in readers[1].words and "nomor 1" in readers[1].words.lower()
    assert "Hari terakhir menjawab" in readers[1].get("/peluang").text
    readers[1].get(f"/pengajuan/{sent[1]}")
    readers[1].fill("/tempat")
    assert "Tempat Anda sudah pasti" in readers[1].words
    file = readers[1].get("/peluang/tanggal.ics").text
    assert file.count("BEGIN:VEVENT") == 1 and "jahit" not in file.lower(), "it begins, and nothing is told of what"
    readers[3].get(f"/pengajuan/{sent[3]}/tempat")
    assert "daftar tunggu" in readers[3].words
    readers[2].get(f"/pengajuan/{sent[2]}/tempat")
    readers[2].fill("/tempat", jawab="lepas")
    assert states(connection) == {1: "confirmed", 2: "given_back", 3: "waiting"}
    draw = connection.execute(text("SELECT id FROM place_draw")).scalar_one()
    jobs = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'fill_places'")
    assert connection.execute(jobs).scalar_one() == 1
    assert fill_places(draw) == 1 and fill_places(draw) == 0
    assert told(connection, named[3].head.person_id)[-1] == "place_offered"
    assert "Ada tempat untuk Anda" in readers[3].get("/peluang").text

    assert remind_places() == 0
    for later, message in ((3, "place_reminded"), (6, "place_reminded"), (9, "place_lapsed")):
        with time_machine.travel(now() + timedelta(days=later), tick=False):
            assert remind_places() == 1 and remind_places() == 0
        assert told(connection, named[3].head.person_id)[-1] == message
    assert states(connection)[3] == "lapsed"
    readers[3].get(f"/pengajuan/{sent[3]}/tempat")
    assert "dua kali diingatkan" in readers[3].words
    with pytest.raises(AssertionError):
        readers[3].form("/tempat")

    one.get(f"{page}/tempat")
    one.fill("/tempat/1", what="attended")
    one.fill("/tempat/1", what="certificate")
    assert "Mendapat sertifikat" in readers[1].get(f"/pengajuan/{sent[1]}").text
    make.as_owner(connection)
    trail = connection.execute(text("SELECT event FROM audit_event WHERE event LIKE 'place%' ORDER BY at, seq"))
    assert set(trail.scalars()) == {
        "places_given", "place_answered", "place_offered", "place_reminded", "place_lapsed", "place_noted"
    }  # fmt: skip


def offering(connection: Connection, officer: StaffActor, quota: int) -> uuid.UUID:
    """A closed offering of the regency with that many places."""
    values = {"offering_id": make.insert(connection, "offering", "id", regency_id=make.REGENCY, code=CODE,
                                         kind="training")}  # fmt: skip
    second = office(connection, "Pak Dua").staff_id
    day = today()
    make.insert(
        connection, "offering_version", number=1, state="published", answers={},
        content={"name": {"id": "J", "en": "S"}},
        code=CODE, valid_from=day, valid_until=day + timedelta(days=90), quota=quota, registration_from=day,
        registration_until=day, regency_id=make.REGENCY, written_by=officer.staff_id, submitted_by=officer.staff_id,
        submitted_at=now(), published_by=second, published_at=now(), starts_on=day + timedelta(days=60), **values,
    )  # fmt: skip
    make.as_owner(connection)
    for state in ("published", "closed"):
        connection.execute(text("UPDATE offering SET state = :s"), {"s": state})
    found: uuid.UUID = connection.execute(text("SELECT public_id FROM offering")).scalar_one()
    return found


def test_the_walls(connection: Connection) -> None:
    officer, other = office(connection), make.make_staff(connection, make.OTHER_REGENCY, role="regency_office")
    public = offering(connection, officer, 1)
    one, two = make.make_family(connection, desil=1), make.make_family(connection, desil=2)
    mine, theirs = register(connection, one), register(connection, two)
    adult = make.make_member(connection, one.id, relation=2)
    with pytest.raises(NotFound):
        places.book(other, public)
    make.insert(connection, "staff_kinship", staff_id=officer.staff_id, family_id=two.id)
    with pytest.raises(Conflict, match="relative"):
        places.give(officer, public, places.book(officer, public).seen)
    make.as_owner(connection)
    connection.execute(text("DELETE FROM staff_kinship"))
    with pytest.raises(Conflict, match="changed"):
        places.give(officer, public, "0" * 16)
    places.give(officer, public, places.book(officer, public).seen)
    with pytest.raises(NotFound):
        answer_place(make.family_actor(one.head), theirs, comes=True)
    with pytest.raises(NotFound):
        answer_place(make.family_actor(adult), mine, comes=True)  # who neither registered nor takes part
    with pytest.raises(Conflict):
        answer_place(make.family_actor(two.head), theirs, comes=True)  # waits

    def of(member: make.TestMember) -> Scope:
        return Scope("family", person_id=member.person_id, family_id=member.family_id, guardian=True)

    for scope, count in (
        (of(one.head), 1),
        (of(two.head), 1),
        (officer.scope, 2),
        (other.scope, 0),
        (Scope("staff"), 0),
    ):
        set_scope(connection, scope)
        assert connection.execute(text("SELECT count(*) FROM place")).scalar_one() == count
    refused = [
        (of(two.head), "UPDATE place SET state = 'confirmed'"),
        (of(two.head), "UPDATE place SET state = 'offered'"),
        (of(two.head), "UPDATE place SET seat = 1"),
        (of(one.head), "UPDATE place SET attended = true"),
        (of(one.head), "UPDATE place_draw SET quota = 9"),
        (officer.scope, "UPDATE place SET number = 3"),
        (officer.scope, "UPDATE offering SET lot_seed = 'x'"),
        (officer.scope, "DELETE FROM place"),
    ]
    for scope, statement in refused:
        set_scope(connection, scope)
        with pytest.raises(DBAPIError), connection.begin_nested():
            connection.execute(text(statement))
    set_scope(connection, of(adult))
    assert connection.execute(text("UPDATE place SET state = 'given_back'")).rowcount == 0
    make.insert(connection, "staff_kinship", staff_id=officer.staff_id, family_id=one.id)
    with pytest.raises(Forbidden):
        places.note(officer, public, 1, places.Note.COMES)


QUOTA, PEOPLE = 30, 100


@pytest.fixture
def crowd(app: object, committed: Engine) -> Iterator[tuple[Engine, tuple[StaffActor, StaffActor], uuid.UUID, Any]]:
    with committed.begin() as connection:
        officers = (office(connection), office(connection, "Bu Tiga"))
        public = offering(connection, officers[0], QUOTA)
        families = [make.make_family(connection, desil=n % 10 + 1) for n in range(PEOPLE)]
        sent = {register(connection, family): make.family_actor(family.head) for family in families}
    yield committed, officers, public, sent


def tried(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        return error


def all_at_once(calls: list[Callable[[], Any]], workers: int = 8) -> list[Any]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(tried, calls))


def test_a_hundred_at_once_never_exceed_the_quota(
    crowd: tuple[Engine, tuple[StaffActor, StaffActor], uuid.UUID, Any], settings: Settings
) -> None:
    owner, officers, public, sent = crowd

    def rows(query: str) -> list[Any]:
        with owner.begin() as connection:
            return list(connection.execute(text(query)).all())

    seen = places.book(officers[0], public).seen
    given = all_at_once([partial(places.give, officer, public, seen) for officer in officers])
    assert [one for one in given if one == PEOPLE] == [PEOPLE], given
    assert len(rows("SELECT 1 FROM place")) == PEOPLE and len(rows("SELECT 1 FROM place WHERE seat > 0")) == QUOTA
    draw = rows("SELECT id FROM place_draw")[0].id
    random = Random(5)
    for _ in range(2):
        calls: list[Callable[[], Any]] = []
        for reference, actor in sent.items():  # some tap, some twice, some both ways
            taps = random.choice(((), (), (), (), (), (True, True), (True, False), (False,)))
            calls += [partial(answer_place, actor, reference, comes=comes) for comes in taps]
        assert all(one is None or isinstance(one, Conflict) for one in all_at_once(calls))
        with worker_of(owner, settings):
            filled = all_at_once([partial(fill_places, draw)] * 6, workers=3)
        assert all(isinstance(one, int) for one in filled), filled
        seats = [row.seat for row in rows("SELECT seat FROM place WHERE seat > 0")]
        assert sorted(seats) == list(range(1, QUOTA + 1))
        last = rows("SELECT max(number) AS m FROM place WHERE offered_on IS NOT NULL")[0].m
        assert rows(f"SELECT 1 FROM place WHERE state = 'waiting' AND number < {last}") == []  # nobody was passed over
    next_ = (
        "offered_on = now(), confirm_by = now() WHERE number = (SELECT min(number) FROM place WHERE state = 'waiting')"
    )
    for statement in (
        f"UPDATE place SET state = 'offered', seat = {QUOTA + 1}, {next_}",
        f"UPDATE place SET state = 'offered', seat = 1, {next_}",
        f"UPDATE place_draw SET quota = {QUOTA + 1}",
    ):
        with pytest.raises(IntegrityError), owner.begin() as connection:
            assert connection.execute(text(statement)).rowcount == 0, "it went through"
