"""The places of an offering: given by the published order, taken, given back, passed on; never over the quota."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
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
from portal.cases.place_giving import end_places, tell_places
from portal.cases.place_turns import fill_places, remind_places
from portal.cases.places import answer_place, place_of
from portal.core.clock import now, today
from portal.core.db import Scope, set_scope
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.ids import new_reference
from portal.extensions import db
from portal.office import offerings, places
from portal.office.offering_content import TERMS, Faulty
from portal.programs.place_order import lot_of
from tests import factories as make
from tests.pages.browsing import Browser, family_browser, staff_browser
from tests.pages.test_offerings import NAME, published, with_pupil

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


def begun(reader: Browser) -> Browser:
    """A registration that is answered and not sent."""
    reader.get(f"/peluang/{CODE}")
    reader.get(str(reader.soup.select_one("main a[href*=daftar-peluang]")["href"]))  # type: ignore[index]
    reader.fill("/daftar-peluang")
    reader.fill("/siapa", who=reader.soup.select_one("input[name=who]")["value"])  # type: ignore[index]
    reader.fill("/izin", share="y")
    reader.form("/kirim")
    return reader


def changed(connection: Connection, offices: tuple[StaffActor, StaffActor], public: uuid.UUID) -> None:
    """The office publishes other days after the places were given: nobody registers again, and not more places."""
    offerings.change(offices[0], public)

    def saved(**terms: Any) -> int:
        newest = offerings.one(offices[0], public).newest
        offerings.save(offices[0], public, newest.seen, TERMS, {**newest.answers[TERMS], **terms})
        return newest.seen + 1

    with pytest.raises(Faulty):
        offerings.submit(offices[0], public, saved(quota=9))
    later = today() + timedelta(days=40)
    offerings.submit(offices[0], public, saved(quota=2, starts_on=later.isoformat()))
    offerings.publish(offices[1], public, offerings.one(offices[1], public).newest.seen)
    make.as_owner(connection)
    assert connection.execute(text("SELECT state FROM offering")).scalar_one() == "closed"
    assert connection.execute(text("SELECT starts_on FROM place_draw")).scalar_one() == later


def test_from_closing_to_the_certificate(app: Flask, connection: Connection) -> None:
    offices = (office(connection), office(connection, "Pak Dua"))
    page = published(app, connection, offices, quota="2")
    named = {desil: make.make_family(connection, desil=desil, head={"name": f"WARGA {desil}"}) for desil in (3, 1, 2)}
    pupil = {"name": "BUDI", "birth": date(today().year - 17, 1, 1), "sex": "L", "relation": 3}
    make.make_member(connection, named[3].id, **pupil)  # fits, but has registered
    sent = {desil: register(connection, family) for desil, family in named.items()}
    twice = register(connection, named[1], sent_at=now() + timedelta(minutes=1))  # the same person once more
    register(connection, make.make_family(connection), state="withdrawn", closed_at=now())
    readers = {desil: family_browser(app, connection, family.head) for desil, family in named.items()}
    fitting = family_browser(app, connection, with_pupil(connection).head)
    seen = readers[3].get(f"/peluang/{CODE}").text
    assert "desil 1" in seen and "Anda sudah mendaftar" in seen
    slow = begun(readers[2])
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
    assert NAME in fitting.get("/beranda").text
    one.fill("/tutup")
    assert "tidak dibuka hari ini" in slow.fill("/kirim").text and slow.page.status_code == 409
    assert NAME not in fitting.get("/beranda").text  # nobody is sent to what nobody can register for any more
    assert "Pendaftaran ditutup" in fitting.get("/peluang").text
    one.get(f"{page}/tempat")
    assert one.words.index("Warga 1") < one.words.index("Warga 2") < one.words.index("Warga 3")
    one.fill("/tempat")
    assert "3 orang belum diberi tahu" in one.words and told(connection, named[1].head.person_id) == []
    assert "Tempat Anda" not in readers[1].get(f"/pengajuan/{sent[1]}").text  # nobody knows before the message
    draw = connection.execute(text("SELECT id FROM place_draw")).scalar_one()
    assert tell_places(draw) == 3 and tell_places(draw) == 0
    assert states(connection) == {1: "offered", 2: "offered", 3: "waiting"}
    drawn = connection.execute(text("SELECT p.lot, p.code FROM place p")).all()
    assert all(row.lot == lot_of(seed, row.code) for row in drawn)
    with pytest.raises(Conflict, match="already"):
        places.give(offices[1], uuid.UUID(page.rsplit("/", 1)[1]), "")
    assert all(set(told(connection, family.head.person_id)) == {"case_listed"} for family in named.values())
    open_ = text("SELECT count(*) FROM cases WHERE closed_at IS NULL")
    assert connection.execute(open_).scalar_one() == 0  # nor does what counted for nothing stay in a queue
    readers[1].get(f"/pengajuan/{twice}")
    assert "nomor 1" in readers[1].words.lower()

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
    held = readers[1].get("/data-saya/unduh").text
    assert NAME in held and f'"value": "{CODE}"' not in held
    make.as_owner(connection)
    changed(connection, offices, uuid.UUID(page.rsplit("/", 1)[1]))
    make.as_owner(connection)
    trail = connection.execute(text("SELECT event FROM audit_event WHERE event LIKE 'place%' ORDER BY at, seq"))
    assert set(trail.scalars()) == {
        "places_given", "place_answered", "place_offered", "place_reminded", "place_lapsed", "place_noted"
    }  # fmt: skip


def offering(connection: Connection, officer: StaffActor, quota: int, *, days: int = 60) -> uuid.UUID:
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
        submitted_at=now(), published_by=second, published_at=now(), starts_on=day + timedelta(days=days), **values,
    )  # fmt: skip
    make.as_owner(connection)
    for state in ("published", "closed"):
        connection.execute(text("UPDATE offering SET state = :s"), {"s": state})
    found: uuid.UUID = connection.execute(text("SELECT public_id FROM offering")).scalar_one()
    return found


def given_and_told(connection: Connection, officer: StaffActor, public: uuid.UUID) -> int:
    """Gives the places and runs the job; gives the id of the draw."""
    places.give(officer, public, places.book(officer, public).seen)
    make.as_owner(connection)
    draw: int = connection.execute(text("SELECT max(id) FROM place_draw")).scalar_one()
    tell_places(draw)
    return draw


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
    given_and_told(connection, officer, public)
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
        (officer.scope, "UPDATE place SET state = 'lapsed' WHERE number = 1"),
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


def test_what_happens_between_registering_and_being_told(connection: Connection) -> None:
    """Withdrawn, dead, gone, moved, disowned, accepted by hand: nobody is lost, and no place is held by nobody."""
    officer = office(connection)
    public = offering(connection, officer, 2)
    families = [make.make_family(connection, desil=desil) for desil in range(1, 9)]
    sent = [register(connection, family, state="sent") for family in families]
    dead, gone, dissolved = families[4:7]
    make.as_owner(connection)
    connection.execute(text("UPDATE member SET alive = false WHERE family_id = :f"), {"f": dead.id})
    connection.execute(text("UPDATE member SET until = current_date WHERE family_id = :f"), {"f": gone.id})
    connection.execute(text("UPDATE family SET closed_on = current_date WHERE id = :f"), {"f": dissolved.id})
    closing = text("UPDATE cases SET state = :s, closed_at = now(), decision = :s WHERE reference = :r")
    connection.execute(closing, {"s": "refused", "r": sent[7]})
    connection.execute(closing, {"s": "partly", "r": sent[3]})
    found = places.book(officer, public)
    assert [line.reference for line in found.lines] == sent[:4] and list(found.aside) == sent[4:7]
    places.give(officer, public, found.seen)
    make.as_owner(connection)
    connection.execute(closing, {"s": "withdrawn", "r": sent[0]})  # before the job came to it
    draw = connection.execute(text("SELECT id FROM place_draw")).scalar_one()
    tell_places(draw)
    assert states(connection) == {1: "given_back", 2: "offered", 3: "offered", 4: "waiting"}
    assert told(connection, families[0].head.person_id) == []
    assert told(connection, families[2].head.person_id) == ["case_listed", "place_offered"]

    connection.execute(
        text("UPDATE cases SET state = 'disowned', closed_at = NULL WHERE reference = :r"), {"r": sent[1]}
    )
    jobs = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'fill_places' AND status = 'todo'")
    before = connection.execute(jobs).scalar_one()
    remind_places()
    make.as_owner(connection)
    assert connection.execute(jobs).scalar_one() == before + 1
    fill_places(draw)
    assert states(connection) == {1: "given_back", 2: "given_back", 3: "offered", 4: "offered"}

    answer_place(make.family_actor(families[3].head), sent[3], comes=True)
    make.as_owner(connection)  # a family that moved to another regency takes its path along
    connection.execute(
        text("UPDATE cases SET village_id = :v WHERE reference = :r"), {"v": make.OTHER_REGENCY_VILLAGE, "r": sent[3]}
    )
    places.book(officer, public)
    with pytest.raises(Conflict, match="another regency"):
        places.note(officer, public, 4, places.Note.GIVES_BACK)
    places.note(officer, public, 4, places.Note.ATTENDED)
    make.as_owner(connection)
    assert connection.execute(text("SELECT attended FROM place WHERE number = 4")).scalar_one()


def test_an_offering_that_changes_or_is_withdrawn_after_the_places_were_given(connection: Connection) -> None:
    officer = office(connection)
    public = offering(connection, officer, 1)
    families = [make.make_family(connection, desil=desil) for desil in (1, 2, 3)]
    sent = [register(connection, family) for family in families]
    draw = given_and_told(connection, officer, public)
    actor = make.family_actor(families[0].head)
    answer_place(actor, sent[0], comes=True)
    make.as_owner(connection)
    with pytest.raises(DBAPIError, match="registration_in_time"), connection.begin_nested():
        register(connection, make.make_family(connection))  # nobody comes too late and waits for ever
    assert end_places(draw) == 0  # not withdrawn
    offerings.end(officer, public, offerings.one(officer, public).newest.seen, offerings.WITHDRAWN)
    make.as_owner(connection)
    jobs = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'end_places'")
    assert connection.execute(jobs).scalar_one() == 1
    remind_places()  # which asks again for what a job left undone
    make.as_owner(connection)
    assert connection.execute(jobs).scalar_one() == 2
    assert end_places(draw) == 3 and end_places(draw) == 0
    remind_places()
    assert set(states(connection).values()) == {"cancelled"}
    assert all(told(connection, family.head.person_id)[-1] == "place_cancelled" for family in families)
    with db.begin(actor.scope) as session:
        shown = place_of(session, actor, sent[0])
    assert shown is not None and shown.state == "cancelled" and not shown.may_confirm and not shown.may_give_back
    with pytest.raises(Conflict):
        answer_place(actor, sent[0], comes=True)
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        assert remind_places() == 0
    register(connection, make.make_family(connection))  # another round of the same name


def test_what_begins_soon_and_what_has_begun(connection: Connection) -> None:
    officer = office(connection)
    public = offering(connection, officer, 1, days=4)
    sent = register(connection, make.make_family(connection))
    with time_machine.travel(now() + timedelta(days=4), tick=False), pytest.raises(Conflict, match="begun"):
        places.give(officer, public, places.book(officer, public).seen)
    given_and_told(connection, officer, public)
    make.as_owner(connection)
    by = text("SELECT confirm_by FROM place JOIN cases c ON c.id = place.case_id WHERE c.reference = :r")
    assert connection.execute(by, {"r": sent}).scalar_one() == today() + timedelta(days=3)


QUOTA, PEOPLE = 30, 100


@pytest.fixture
def everybody(app: object, committed: Engine) -> Iterator[Engine]:
    """The database of this test's own, where families, officers and the worker come at the same moment."""
    db.close()
    db.connect(committed.url.render_as_string(hide_password=False), pool_size=10)
    yield committed


def tried(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        return error


def all_at_once(calls: list[Callable[[], Any]], workers: int = 8) -> list[Any]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(tried, calls))


def test_a_hundred_at_once_never_exceed_the_quota(everybody: Engine) -> None:
    owner, random = everybody, Random(5)

    def rows(query: str) -> list[Any]:
        with owner.begin() as connection:
            return list(connection.execute(text(query)).all())

    with owner.begin() as connection:
        officers = (office(connection), office(connection, "Bu Tiga"))
        public = offering(connection, officers[0], QUOTA)
        families = [make.make_family(connection, desil=n % 10 + 1) for n in range(PEOPLE)]

    heads = {family.id: make.family_actor(family.head) for family in families}

    def listed() -> set[str]:
        return {row.reference for row in rows("SELECT reference FROM cases")}

    def sends(family: make.TestFamily) -> str:
        with owner.begin() as connection:
            return register(connection, family)

    # A registration that is being sent when the places are given is waited for, and is not left out.
    first, last = families[0], families[-20:]
    sends(families[1])
    seen = places.book(officers[0], public).seen
    with ThreadPoolExecutor(1) as pool, owner.begin() as connection:
        sent = {register(connection, first), *listed()}
        giving = pool.submit(tried, partial(places.give, officers[0], public, seen))
        wait([giving], timeout=0.5)
        connection.commit()
        assert isinstance(giving.result(), Conflict) and listed() == sent

    # A hundred at once, and two officers who give the places in the midst of the last ones.
    calls: list[Callable[[], Any]] = [partial(sends, family) for family in families[2:-20]]
    assert all(isinstance(one, str) for one in all_at_once(calls))
    outcome: list[Any] = []
    given: list[int] = []
    for at in range(0, len(last), 5):
        seen = places.book(officers[0], public).seen if not given else seen
        calls = [partial(sends, family) for family in last[at : at + 5]]
        found = all_at_once([partial(places.give, one, public, seen) for one in officers] + calls)
        given += [one for one in found[:2] if isinstance(one, int)]
        assert all(isinstance(one, int | Conflict) for one in found[:2]), found
        outcome += found[2:]
    assert all(isinstance(one, str) or "registration_in_time" in str(one) for one in outcome), outcome
    if not given:  # somebody registered between every reading and giving
        given.append(places.give(officers[0], public, places.book(officers[0], public).seen))
    sent = listed()
    assert given == [len(sent)] and len(sent) == PEOPLE - 20 + sum(isinstance(one, str) for one in outcome)
    of = "SELECT c.reference, c.family_id FROM place p JOIN cases c ON c.id = p.case_id ORDER BY p.number"
    actors = {row.reference: heads[row.family_id] for row in rows(of)}
    assert set(actors) == sent and len(rows("SELECT 1 FROM place WHERE seat > 0")) == QUOTA

    # Three workers tell everybody while their connections are cut: what was done stays, and nothing is done twice.
    draw = rows("SELECT id FROM place_draw")[0].id
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'portal' AND xact_start < now()"
    )
    all_at_once([partial(tell_places, draw), *[partial(rows, cut)] * 3, *[partial(tell_places, draw)] * 2], workers=3)
    tell_places(draw)
    told_once = "SELECT family_id FROM notice WHERE key = 'case_listed'"
    assert sorted(row.family_id for row in rows(told_once)) == sorted(actor.family_id for actor in actors.values())
    assert rows("SELECT 1 FROM cases WHERE state <> 'listed'") == []
    assert len(rows("SELECT 1 FROM place WHERE seat > 0 AND state = 'offered'")) == QUOTA

    # Answers, second thoughts and the job that passes on what became free, all at the same moment.
    for _ in range(2):
        calls = []
        for reference, actor in actors.items():  # some tap, some twice, some both ways
            taps = random.choice(((), (), (), (), (), (), (True, True), (True, False), (False,)))
            calls += [partial(answer_place, actor, reference, comes=comes) for comes in taps]
        for at in range(0, len(calls), 6):
            calls.insert(at, partial(fill_places, draw))
        outcome = all_at_once(calls)
        assert all(one is None or isinstance(one, int | Conflict) for one in outcome), outcome
        fill_places(draw)
        seats = [row.seat for row in rows("SELECT seat FROM place WHERE seat > 0")]
        waiting = len(rows("SELECT 1 FROM place WHERE state = 'waiting'"))
        assert sorted(seats) == list(range(1, QUOTA + 1)) if waiting else len(set(seats)) == len(seats) <= QUOTA
        last = rows("SELECT max(number) AS m FROM place WHERE offered_on IS NOT NULL")[0].m
        assert rows(f"SELECT 1 FROM place WHERE state = 'waiting' AND number < {last}") == []  # nobody was passed over
    assert len(rows("SELECT DISTINCT person_id FROM place")) == len(sent)
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
