"""The first time: an officer gives a slip, the member opens it and chooses a PIN; once, in time, one account."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from portal.accounts import pins
from portal.accounts.activation import Ticket, activate, create_account, tidy_code, tidy_serial
from portal.accounts.sessions import find_actor
from portal.core.clock import now, today
from tests.factories import (
    FAR_VILLAGE,
    OTHER_REGENCY_VILLAGE,
    REGENCY,
    VILLAGE,
    TestMember,
    as_owner,
    insert,
    make_account,
    make_family,
    make_member,
)
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import (
    PIN,
    at_counter,
    bind_slip_of,
    client_of,
    events,
    make_officer,
    make_test_slips,
    post,
    sign_in,
    sign_out,
    staff_sign_in,
)


@pytest.fixture
def client(app: Flask, connection: Connection) -> InspectingClient:
    return client_of(app)


@pytest.fixture
def member(connection: Connection) -> TestMember:
    return make_family(connection).head


@pytest.fixture
def code(connection: Connection, member: TestMember) -> str:
    """The code of a slip that was given to the member."""
    ((serial, inside),) = make_test_slips(connection)
    bind_slip_of(connection, serial, member)
    return inside


def open_slip(client: InspectingClient, member: TestMember, code: str) -> int:
    answer = post(client, "/aktivasi", nik=member.nik, code=code)
    assert answer.status_code != 303 or answer.location == "/aktivasi/pin"
    return answer.status_code


def test_from_the_slip_to_the_home_page(
    client: InspectingClient, connection: Connection, member: TestMember, code: str
) -> None:
    assert open_slip(client, member, code.lower().replace("-", " ")) == 303
    answer = post(client, "/aktivasi/pin", pin=PIN, pin_again=PIN)
    assert answer.status_code == 303
    with client.session_transaction() as cookie:
        actor = find_actor(cookie["_user_id"])
        assert "activation" not in cookie
    assert actor is not None
    assert (actor.person_id, actor.family_id) == (member.person_id, member.family_id)
    assert [e.family_id for e in events(connection, "account_activated")] == [member.family_id]
    sign_out(client)
    assert sign_in(client, member).status_code == 303


def test_the_code_works_once(client: InspectingClient, app: Flask, member: TestMember, code: str) -> None:
    open_slip(client, member, code)
    post(client, "/aktivasi/pin", pin=PIN, pin_again=PIN)
    assert open_slip(client_of(app), member, code) == 422


@pytest.mark.parametrize("change", ["expires_at = now() - interval '1 second'", "used_at = now()", "person_id = NULL"])
def test_too_old_used_or_unbound_is_refused(
    client: InspectingClient, connection: Connection, member: TestMember, code: str, change: str
) -> None:
    as_owner(connection)
    connection.execute(text(f"UPDATE slip SET {change}"))
    assert open_slip(client, member, code) == 422


def test_the_code_goes_with_one_nik_only(
    client: InspectingClient, connection: Connection, member: TestMember, code: str
) -> None:
    other = make_family(connection).head
    assert open_slip(client, other, code) == 422
    assert open_slip(client, member, "3333-3333") == 422


def test_guessing_slows_down_but_never_stops_the_owner_for_long(
    client: InspectingClient, connection: Connection, member: TestMember, code: str
) -> None:
    for _try in range(4):
        assert open_slip(client, member, "3333-3333") == 422
    answer = post(client, "/aktivasi", nik=member.nik, code="3333-3333")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 60
    assert open_slip(client, member, code) == 429
    as_owner(connection)
    connection.execute(text("UPDATE signin_guard SET locked_until = now()"))
    assert open_slip(client, member, code) == 303
    assert sign_in(client_of(client.application), member).status_code == 422, "signing in is another lane"


def test_wrong_tries_of_others_do_not_stop_who_held_the_code(
    client: InspectingClient, app: Flask, member: TestMember, code: str
) -> None:
    open_slip(client, member, code)
    for _try in range(6):
        open_slip(client_of(app), member, "3333-3333")
    assert post(client, "/aktivasi/pin", pin=PIN, pin_again=PIN).status_code == 303


def test_easy_pins_are_refused_with_the_reason(client: InspectingClient, member: TestMember, code: str) -> None:
    open_slip(client, member, code)
    born = f"{member.birth_date:%d%m%y}"
    for pin in ("123456", "111111", born, member.nik[-6:], member.nik[3:9], "12345"):
        assert pins.refusal(pin, numbers=[member.nik], births=[member.birth_date])
        answer = post(client, "/aktivasi/pin", pin=pin, pin_again=pin)
        assert answer.status_code == 422, pin
        assert 'id="pin-error"' in answer.get_data(as_text=True)


def test_pins_from_the_kk_and_from_a_childs_birth_date_are_refused(
    client: InspectingClient, connection: Connection
) -> None:
    family = make_family(connection)
    child = make_member(connection, family.id, birth=date(2019, 11, 28), relation=3)
    ((serial, inside),) = make_test_slips(connection)
    bind_slip_of(connection, serial, family.head)
    open_slip(client, family.head, inside)
    for pin in (family.kk[4:10], f"{child.birth_date:%d%m%y}"):
        assert post(client, "/aktivasi/pin", pin=pin, pin_again=pin).status_code == 422, pin


def test_two_different_pins_are_refused_and_the_slip_stays_good(
    client: InspectingClient, member: TestMember, code: str
) -> None:
    open_slip(client, member, code)
    answer = post(client, "/aktivasi/pin", pin=PIN, pin_again="750264")
    assert answer.status_code == 422
    assert PIN not in answer.get_data(as_text=True)
    assert post(client, "/aktivasi/pin", pin=PIN, pin_again=PIN).status_code == 303


def test_empty_forms_ask_for_what_is_missing(client: InspectingClient, member: TestMember, code: str) -> None:
    assert post(client, "/aktivasi", nik=member.nik, code="").status_code == 422
    open_slip(client, member, code)
    assert post(client, "/aktivasi/pin", pin="", pin_again=PIN).status_code == 422


def test_an_account_made_for_the_demo_signs_in(
    client: InspectingClient, connection: Connection, member: TestMember
) -> None:
    as_owner(connection)
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        create_account(session, member.person_id, member.family_id, PIN)
    assert sign_in(client, member).status_code == 303


def test_without_a_code_there_is_no_pin(client: InspectingClient, connection: Connection) -> None:
    assert client.get("/aktivasi/pin").location == "/aktivasi"
    assert post(client, "/aktivasi/pin", "/aktivasi", pin=PIN, pin_again=PIN).location == "/aktivasi"


def test_the_step_between_is_sealed_and_ends_after_a_quarter_of_an_hour(
    client: InspectingClient, member: TestMember, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_slip(client, member, code)
    with client.session_transaction() as cookie:
        assert member.nik not in str(dict(cookie))
        assert tidy_code(code) not in str(dict(cookie))
    monkeypatch.setattr("portal.accounts.activation.now", lambda: now() + timedelta(minutes=16))
    assert client.get("/aktivasi/pin").location == "/aktivasi"


def test_used_by_another_browser_meanwhile_begins_anew(
    client: InspectingClient, app: Flask, connection: Connection, member: TestMember, code: str
) -> None:
    other = client_of(app)
    open_slip(client, member, code)
    open_slip(other, member, code)
    assert post(other, "/aktivasi/pin", pin=PIN, pin_again=PIN).status_code == 303
    assert post(client, "/aktivasi/pin", pin="750264", pin_again="750264").location == "/aktivasi"
    as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() == 1


def test_one_code_used_by_eight_at_once_makes_one_account(app: Flask, committed: Engine) -> None:
    with committed.begin() as connection:
        member = make_family(connection).head
        ((serial, inside),) = make_test_slips(connection)
        bind_slip_of(connection, serial, member)
    begun: list[object] = []
    gate = threading.Barrier(8)

    def one(number: int) -> None:
        gate.wait()
        begun.append(activate(Ticket(member.nik, inside), PIN, bytes([number]) * 16))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result is not None for result in begun) == 1
    assert len(begun) == 8
    with committed.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM web_session")).scalar_one() == 1


# The officer's side.


@pytest.fixture
def officer(client: InspectingClient, connection: Connection) -> InspectingClient:
    """A browser in which the worker of the village is signed in."""
    assert staff_sign_in(client, make_officer(connection, VILLAGE), now()).status_code == 303
    return client


def page_of(connection: Connection, member: TestMember) -> str:
    return f"/petugas/aktivasi/{at_counter(connection, member)}"


def test_a_worker_gives_a_slip_and_the_family_opens_it(
    officer: InspectingClient, app: Flask, connection: Connection, member: TestMember
) -> None:
    ((serial, inside),) = make_test_slips(connection)
    page = page_of(connection, member)
    html = officer.get(page).get_data(as_text=True)
    assert member.name.title() in html
    assert inside not in html
    answer = post(officer, page, seen="y", serial=serial.lower())
    assert answer.status_code == 303
    bound = events(connection, "slip_bound")
    assert [(e.family_id, e.data) for e in bound] == [(member.family_id, {"serial": serial})]
    phone = client_of(app)
    open_slip(phone, member, inside)
    assert post(phone, "/aktivasi/pin", pin=PIN, pin_again=PIN).status_code == 303


def test_without_having_seen_person_and_papers_no_slip_is_given(
    officer: InspectingClient, connection: Connection, member: TestMember
) -> None:
    ((serial, _inside),) = make_test_slips(connection)
    assert post(officer, page_of(connection, member), serial=serial).status_code == 422
    as_owner(connection)
    assert connection.execute(text("SELECT person_id FROM slip")).scalar_one() is None


@pytest.mark.parametrize("village", [FAR_VILLAGE, OTHER_REGENCY_VILLAGE])
def test_a_member_of_another_village_is_not_found(
    officer: InspectingClient, connection: Connection, village: int
) -> None:
    stranger = make_family(connection, village_id=village)
    assert officer.get(page_of(connection, stranger.head)).status_code == 404


def refused(officer: InspectingClient, connection: Connection, member: TestMember, serial: str) -> str:
    answer = post(officer, page_of(connection, member), seen="y", serial=serial)
    assert answer.status_code == 422
    return answer.get_data(as_text=True)


def test_no_slip_twice_no_unknown_slip_and_none_for_the_young_or_the_dead(
    officer: InspectingClient, connection: Connection, member: TestMember
) -> None:
    (first, _), (second, _) = make_test_slips(connection, 2)
    bind_slip_of(connection, first, member)
    family = make_family(connection)
    refused(officer, connection, family.head, first)
    refused(officer, connection, family.head, "S-9999999")
    refused(
        officer,
        connection,
        make_member(connection, family.id, birth=today() - timedelta(days=17 * 365), relation=3),
        second,
    )
    refused(officer, connection, make_member(connection, family.id, alive=False, relation=2), second)
    as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM slip WHERE person_id IS NOT NULL")).scalar_one() == 1


def test_a_member_with_a_login_is_never_activated_again(
    officer: InspectingClient, connection: Connection, member: TestMember
) -> None:
    ((serial, _inside),) = make_test_slips(connection)
    page = page_of(connection, member)
    answer = officer.get(page)
    make_account(connection, member)
    assert 'name="serial"' in answer.get_data(as_text=True)
    assert 'name="serial"' not in officer.get(page).get_data(as_text=True)
    assert post(officer, page, "/petugas/loket", seen="y", serial=serial).location == page
    as_owner(connection)
    assert connection.execute(text("SELECT person_id FROM slip")).scalar_one() is None


def test_not_for_the_own_family(officer: InspectingClient, connection: Connection, member: TestMember) -> None:
    ((serial, _inside),) = make_test_slips(connection)
    as_owner(connection)
    staff = connection.execute(text("SELECT id FROM staff")).scalar_one()
    insert(connection, "staff_kinship", staff_id=staff, family_id=member.family_id)
    refused(officer, connection, member, serial)


def test_a_lost_slip_gives_way_to_a_new_one(
    officer: InspectingClient, app: Flask, connection: Connection, member: TestMember
) -> None:
    (lost, lost_code), (new, new_code) = make_test_slips(connection, 2)
    for serial in (lost, new):
        assert post(officer, page_of(connection, member), seen="y", serial=serial).status_code == 303
    assert open_slip(client_of(app), member, lost_code) == 422
    assert open_slip(client_of(app), member, new_code) == 303


def test_the_office_counts_the_slips_of_its_own_officers(
    client: InspectingClient, connection: Connection, member: TestMember
) -> None:
    slips = make_test_slips(connection, 3)
    for serial, _code in slips[:2]:
        bind_slip_of(connection, serial, member)
    far = make_family(connection, village_id=OTHER_REGENCY_VILLAGE)
    bind_slip_of(connection, slips[2][0], far.head)
    worker = make_officer(connection, VILLAGE, login="worker")
    connection.execute(text("UPDATE slip SET bound_by = :s"), {"s": worker.id})
    connection.execute(text("UPDATE slip SET used_at = now() WHERE serial = :s"), {"s": slips[0][0]})
    staff_sign_in(client, make_officer(connection, REGENCY, role="regency_office", login="kantor"), now())
    html = client.get("/kantor/aktivasi").get_data(as_text=True)
    assert '<td class="number">2</td><td class="number">1</td>' in html


def test_who_may_not_see_the_counts_or_give_slips(
    app: Flask, client: InspectingClient, connection: Connection, member: TestMember
) -> None:
    office, worker, family = client_of(app), client_of(app), client_of(app)
    staff_sign_in(office, make_officer(connection, REGENCY, role="regency_office", login="kantor"), now())
    staff_sign_in(worker, make_officer(connection, VILLAGE, login="worker"), now())
    make_account(connection, member)
    assert office.get("/petugas/loket").status_code == 403
    assert worker.get("/kantor/aktivasi").status_code == 403
    assert client.get("/petugas/loket").location == "/petugas/masuk?next=/petugas/loket"
    assert family.get("/kantor/aktivasi").location == "/petugas/masuk?next=/kantor/aktivasi"


@pytest.mark.parametrize(
    ("typed", "serial"), [("S-0000042", "S-0000042"), ("s 42", "S-0000042"), ("42", "S-0000042"), ("", "S-0000000")]
)
def test_serials_are_read_as_people_type_them(typed: str, serial: str) -> None:
    assert tidy_serial(typed) == serial
