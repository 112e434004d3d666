"""A lost PIN: one officer starts, another confirms, the member chooses; nobody alone, once, in time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from portal.accounts.activation import Ticket, activate, code_hash
from portal.accounts.actor import StaffActor
from portal.accounts.guard import GUESS_ALARM, SPRAY_ALARM
from portal.accounts.roles import ROLES, Permission
from portal.accounts.sessions import find_actor
from portal.core.clock import today
from portal.core.db import Scope
from portal.extensions import db
from tests import factories as make
from tests.factories import TestFamily, TestMember, as_owner
from tests.pages.clients import PortalClient
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import (
    PIN,
    at_counter,
    bind_slip_of,
    client_of,
    events,
    make_signing_family,
    make_test_slips,
    post,
    sign_in,
)

NEW_PIN = "750264"


@pytest.fixture
def family(connection: Connection) -> TestFamily:
    """A family whose head forgot the PIN."""
    made, _account = make_signing_family(connection)
    return made


@pytest.fixture
def officers(connection: Connection) -> tuple[StaffActor, StaffActor]:
    """The worker of the village and its operator."""
    return (
        make.make_staff(connection, make.VILLAGE, name="Wahyu Hidayat"),
        make.make_staff(connection, make.VILLAGE, role="village_operator", name="Sri Wahyuni"),
    )


def slip(connection: Connection) -> tuple[str, str]:
    """Serial and code of a slip of the reset kind."""
    ((serial, code),) = make_test_slips(connection, purpose="reset")
    return serial, code


def address_of(connection: Connection, member: TestMember) -> str:
    return f"/petugas/loket/{at_counter(connection, member)}/pin"


def begin(client: PortalClient, connection: Connection, member: TestMember, serial: str) -> str:
    """The first officer's form; gives the address of the reset, or the words of the refusal."""
    answer = client.send(address_of(connection, member), {"here": "y", "serial": serial})
    if answer.status_code != 303:
        return answer.get_data(as_text=True)
    as_owner(connection)
    newest = connection.execute(text("SELECT public_id FROM pin_reset ORDER BY id DESC LIMIT 1")).scalar_one()
    return f"/petugas/loket/pin/{newest}"


def started(
    client: PortalClient, connection: Connection, officers: tuple[StaffActor, StaffActor], member: TestMember
) -> tuple[str, str]:
    """A reset that waits: its address and the code of its slip."""
    serial, code = slip(connection)
    reset = begin(client.as_(officers[0]), connection, member, serial)
    assert reset.startswith("/petugas/"), reset
    return reset, code


def confirm(client: PortalClient, officer: StaffActor, reset: str) -> int:
    return client.as_(officer).send(reset, {"seen": "y"}).status_code


def write_code(app: Flask, member: TestMember, code: str) -> tuple[InspectingClient, int, str]:
    phone = client_of(app)
    answer = post(phone, "/pin-baru", nik=member.nik, code=code)
    return phone, answer.status_code, answer.get_data(as_text=True)


def test_two_officers_and_the_member_make_a_new_pin(
    client: PortalClient,
    app: Flask,
    connection: Connection,
    officers: tuple[StaffActor, StaffActor],
    family: TestFamily,
) -> None:
    other = make.make_member(connection, family.id, name="BUDI", sex="L", relation=2)
    make.make_account(connection, other)
    old = client_of(app)
    assert sign_in(old, family.head).status_code == 303
    with old.session_transaction() as cookie:
        token = cookie["_user_id"]
    for _try in range(4):
        sign_in(client_of(app), family.head, "111112")

    reset, code = started(client, connection, officers, family.head)
    assert write_code(app, family.head, code)[1] == 422, "not before the second officer"
    assert find_actor(token) is not None, "until then nothing changes"
    listed = client.as_(officers[1]).get("/petugas/loket").get_data(as_text=True)
    assert reset in listed
    assert confirm(client, officers[1], reset) == 303

    phone, status, _html = write_code(app, family.head, code.lower())
    assert status == 303
    assert post(phone, "/aktivasi/pin", pin=NEW_PIN, pin_again=NEW_PIN).status_code == 303
    assert find_actor(token) is None, "the old phone is signed out"
    with phone.session_transaction() as cookie:
        actor = find_actor(cookie["_user_id"])
    assert actor is not None and actor.kind == "family" and actor.person_id == family.head.person_id

    as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM signin_guard")).scalar_one() == 0, "no lock is left"
    assert connection.execute(text("SELECT count(*) FROM known_device")).scalar_one() == 1, "only the new phone"
    assert sign_in(client_of(app), family.head, PIN).status_code == 422, "the old PIN is nothing"
    assert sign_in(client_of(app), family.head, NEW_PIN).status_code == 303
    assert write_code(app, family.head, code)[1] == 422, "once"
    tells_the_family(phone, client, connection, family, other)
    names = ("reset_started", "reset_confirmed", "pin_reset")
    assert [len(events(connection, name)) for name in names] == [1, 1, 1]
    assert {event.family_id for name in names for event in events(connection, name)} == {family.id}


def tells_the_family(
    phone: InspectingClient, client: PortalClient, connection: Connection, family: TestFamily, other: TestMember
) -> None:
    """Both officers, the place and the time, to the member and to the other adult."""
    mine = phone.get("/pesan").get_data(as_text=True)
    theirs = client.as_(make.family_actor(other)).get("/pesan").get_data(as_text=True)
    for html in (mine, theirs):
        assert "Wahyu Hidayat" in html
        assert "Sri Wahyuni" in html
        assert "Pendarungan" in html
        assert " WIB" in html


def test_the_same_officer_never_does_both_steps(
    client: PortalClient, connection: Connection, officers: tuple[StaffActor, StaffActor], family: TestFamily
) -> None:
    reset, _code = started(client, connection, officers, family.head)
    page = client.as_(officers[0]).get(reset).get_data(as_text=True)
    assert 'name="seen"' not in page
    assert confirm(client, officers[0], reset) == 409
    assert [e.data["why"] for e in events(connection, "reset_refused")] == ["same_officer"]
    as_owner(connection)
    with pytest.raises(IntegrityError, match="two_officers"), connection.begin_nested():
        connection.execute(text("UPDATE pin_reset SET confirmed_by = started_by, confirmed_at = now()"))


def test_the_database_says_no_to_one_officer_and_to_officers_elsewhere(committed: Engine) -> None:
    with committed.begin() as owner:
        family = make.make_family(owner)
        make.make_account(owner, family.head)
        worker = make.make_staff(owner, make.VILLAGE)
        reset = make.make_reset(owner, family.head, worker.staff_id)
        far = make.make_staff(owner, make.FAR_VILLAGE)
        office = make.make_staff(owner, make.REGENCY, role="regency_office")
        kin = make.make_staff(owner, make.VILLAGE)
        make.insert(owner, "staff_kinship", staff_id=kin.staff_id, family_id=family.id)
        supervisor = make.make_staff(owner, make.KECAMATAN, role="supervisor")

    def answer(actor: StaffActor, step: str = "confirm") -> str:
        with db.begin(actor.scope) as session:
            return str(session.execute(text(f"SELECT reset_{step}(:r)"), {"r": reset}).scalar_one())

    assert answer(worker) == "same_officer"
    assert [answer(one) for one in (far, office)] == ["reset_unknown", "reset_unknown"]
    assert [answer(kin), answer(kin, "call_off")] == ["own_family", "own_family"]
    assert answer(supervisor) == "confirmed"
    assert answer(supervisor) == "was_confirmed"
    for scope in (worker.scope, Scope("family", person_id=family.head.person_id, family_id=family.id)):
        with pytest.raises(Exception, match="permission denied"), db.begin(scope) as session:
            session.execute(text("SELECT * FROM pin_reset"))


def test_the_database_knows_the_roles_of_the_counter_as_the_portal_does(connection: Connection) -> None:
    for role in ROLES.values():
        officer = make.make_staff(connection, make.VILLAGE, role=role.key)
        with db.begin(officer.scope) as session:
            sits = session.execute(text("SELECT NOT isempty(counter_area())")).scalar_one()
        counter = {Permission.START_RESET, Permission.CONFIRM_RESET, Permission.FIND_FAMILY} & role.permissions
        assert sits == bool(counter), role.key
        assert len(counter) in (0, 3), role.key


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE pin_reset SET started_at = now() - interval '25 hours'", "terlalu lama"),
        ("UPDATE slip SET used_at = now() WHERE purpose = 'reset'", "sudah dipakai"),
        ("UPDATE pin_reset SET called_off_at = now()", "dibatalkan"),
    ],
)
def test_who_holds_a_true_code_reads_why_it_does_not_work(
    client: PortalClient,
    app: Flask,
    connection: Connection,
    officers: tuple[StaffActor, StaffActor],
    family: TestFamily,
    change: str,
    words: str,
) -> None:
    _reset, code = started(client, connection, officers, family.head)
    assert "petugas kedua" in write_code(app, family.head, code)[2].lower()
    as_owner(connection)
    connection.execute(text(change))
    _phone, status, html = write_code(app, family.head, code)
    assert status == 422
    assert words in html
    assert events(connection, "code_failed") == [], "a true code is no guess"
    assert words not in write_code(app, family.head, "3333-3333")[2], "a guess learns nothing"


def test_confirmed_too_late_never_and_the_code_ends_after_two_days(
    client: PortalClient,
    app: Flask,
    connection: Connection,
    officers: tuple[StaffActor, StaffActor],
    family: TestFamily,
) -> None:
    reset, code = started(client, connection, officers, family.head)
    as_owner(connection)
    connection.execute(text("UPDATE pin_reset SET started_at = now() - interval '24 hours'"))
    assert confirm(client, officers[1], reset) == 409
    connection.execute(text("SELECT set_config('role', 'none', true)"))
    connection.execute(text("UPDATE pin_reset SET started_at = now() - interval '23 hours'"))
    assert confirm(client, officers[1], reset) == 303
    phone, status, _html = write_code(app, family.head, code)
    assert status == 303
    as_owner(connection)
    lasts = connection.execute(text("SELECT expires_at - now() FROM slip WHERE purpose = 'reset'")).scalar_one()
    assert lasts == timedelta(hours=48)
    connection.execute(text("UPDATE slip SET expires_at = now()"))
    assert write_code(app, family.head, code)[1] == 422
    assert post(phone, "/aktivasi/pin", pin=NEW_PIN, pin_again=NEW_PIN).location == "/aktivasi", "nor half-way"


def test_called_off_the_old_pin_stays(
    client: PortalClient,
    app: Flask,
    connection: Connection,
    officers: tuple[StaffActor, StaffActor],
    family: TestFamily,
) -> None:
    reset, code = started(client, connection, officers, family.head)
    assert confirm(client, officers[1], reset) == 303
    phone, status, _html = write_code(app, family.head, code)
    half_way = write_code(app, family.head, code)[0]
    assert status == 303
    assert client.as_(officers[0]).send(f"{reset}/batal").status_code == 303
    assert client.as_(officers[0]).send(f"{reset}/batal").status_code == 409
    assert post(phone, "/aktivasi/pin", pin=NEW_PIN, pin_again=NEW_PIN).location == "/aktivasi"
    assert write_code(app, family.head, code)[1] == 422
    as_owner(connection)
    connection.execute(text("UPDATE slip SET expires_at = now() + interval '1 hour'"))
    assert post(half_way, "/aktivasi/pin", pin=NEW_PIN, pin_again=NEW_PIN).location == "/aktivasi", (
        "the slip is not all"
    )
    as_owner(connection)
    assert connection.execute(text("SELECT used_at FROM slip")).scalar_one() is None
    assert sign_in(client_of(app), family.head, PIN).status_code == 303
    assert len(events(connection, "reset_called_off")) == 1
    assert reset not in client.as_(officers[1]).get("/petugas/loket").get_data(as_text=True)


def test_one_code_used_by_six_at_once_makes_one_new_pin(app: Flask, committed: Engine) -> None:
    code = "7KQ4-MX9T"
    with committed.begin() as owner:
        member = make.make_family(owner).head
        make.make_account(owner, member)
        starter, other = make.make_staff(owner, make.VILLAGE), make.make_staff(owner, make.VILLAGE)
        reset = make.make_reset(owner, member, starter.staff_id, code_hash(code))
    with db.begin(other.scope) as session:
        assert session.execute(text("SELECT reset_confirm(:r)"), {"r": reset}).scalar_one() == "confirmed"
    begun: list[object] = []
    gate = threading.Barrier(6)

    def one(number: int) -> None:
        gate.wait()
        begun.append(activate(Ticket(member.nik, code, "reset", make.VILLAGE), NEW_PIN, bytes([number]) * 16))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 6
    assert sum(result is not None for result in begun) == 1
    with committed.connect() as owner:
        assert owner.execute(text("SELECT count(*) FROM web_session WHERE ended_at IS NULL")).scalar_one() == 1
        assert owner.execute(text("SELECT count(*) FROM notice WHERE key = 'pin_reset_done'")).scalar_one() == 1


def test_a_second_start_takes_the_place_of_the_first(
    client: PortalClient,
    app: Flask,
    connection: Connection,
    officers: tuple[StaffActor, StaffActor],
    family: TestFamily,
) -> None:
    lost, lost_code = started(client, connection, officers, family.head)
    new, new_code = started(client, connection, officers, family.head)
    assert confirm(client, officers[1], lost) == 409
    assert confirm(client, officers[1], new) == 303
    assert write_code(app, family.head, lost_code)[1] == 422
    assert write_code(app, family.head, new_code)[1] == 303


def test_what_the_first_officer_may_not_begin(
    client: PortalClient, connection: Connection, officers: tuple[StaffActor, StaffActor], family: TestFamily
) -> None:
    worker = client.as_(officers[0])
    serial, _code = slip(connection)
    ((first_time, _),) = make_test_slips(connection)
    address = address_of(connection, family.head)
    assert worker.send(address, {"serial": serial}).status_code == 422, "not without having seen the member"
    assert worker.send(address, {"here": "y", "serial": ""}).status_code == 422
    assert "PIN baru" in begin(worker, connection, family.head, first_time), "a slip of the other kind"
    assert not begin(worker, connection, family.head, "S-9999999").startswith("/")
    young = make.make_member(connection, family.id, birth=today() - timedelta(days=17 * 365), relation=3)
    dead = make.make_member(connection, family.id, alive=False, relation=2)
    for member in (young, dead):
        make.make_account(connection, member)
    without_login = make.make_member(connection, family.id, relation=2)
    for member in (young, dead, without_login):
        assert not begin(worker, connection, member, serial).startswith("/")
    make.insert(connection, "staff_kinship", staff_id=officers[0].staff_id, family_id=family.id)
    assert not begin(worker, connection, family.head, serial).startswith("/")
    as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM pin_reset")).scalar_one() == 0
    assert connection.execute(text("SELECT count(*) FROM slip WHERE person_id IS NOT NULL")).scalar_one() == 0


def test_a_slip_of_the_reset_kind_makes_no_first_login(
    client: PortalClient, app: Flask, connection: Connection, officers: tuple[StaffActor, StaffActor]
) -> None:
    nobody = make.make_family(connection).head
    serial, code = slip(connection)
    address = address_of(connection, nobody).replace("/loket/", "/aktivasi/").removesuffix("/pin")
    assert client.as_(officers[0]).send(address, {"seen": "y", "serial": serial}).status_code == 422
    bind_slip_of(connection, serial, nobody)  # even where somebody bound it in the database
    assert write_code(app, nobody, code)[1] == 422


def test_a_worker_of_another_village_finds_no_reset(
    client: PortalClient, connection: Connection, officers: tuple[StaffActor, StaffActor], family: TestFamily
) -> None:
    reset, _code = started(client, connection, officers, family.head)
    far = client.as_(make.make_staff(connection, make.FAR_VILLAGE))
    assert far.get(reset).status_code == 404
    assert far.send(reset, {"seen": "y"}).status_code == 404
    assert reset not in far.get("/petugas/loket").get_data(as_text=True)


def test_guessing_is_slowed_and_raises_one_alarm(app: Flask, connection: Connection, family: TestFamily) -> None:
    for number in range(GUESS_ALARM + 2):
        as_owner(connection)
        connection.execute(text("UPDATE signin_guard SET locked_until = now()"))
        write_code(app, family.head, f"3333-33{number:02}")
    assert write_code(app, family.head, "3333-4444")[1] == 429
    alarms = events(connection, "code_guessed")
    assert [alarm.data for alarm in alarms] == [{"tries": GUESS_ALARM}]


def test_one_code_tried_on_many_niks_is_an_alarm(app: Flask, connection: Connection) -> None:
    for number in range(SPRAY_ALARM):
        post(client_of(app), "/pin-baru", nik=f"35101452128690{number:02}", code="7KQ4-MX9T")
    assert [alarm.data for alarm in events(connection, "pin_sprayed")] == [{"subjects": SPRAY_ALARM}]


def test_the_way_is_explained_in_plain_words(client: PortalClient, connection: Connection) -> None:
    html = client.get("/lupa-pin").get_data(as_text=True)
    for word in ("KTP", "KK", "24 jam", "48 jam", "/pin-baru", "petugas kedua"):
        assert word in html, word
