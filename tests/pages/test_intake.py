"""The counter: a family is found by NIK or slip in the own villages only, every look is noted, no number is whole."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection, text

from portal.accounts.actor import StaffActor
from portal.accounts.intake import is_adult
from portal.accounts.sessions import find_actor
from tests import factories as make
from tests.factories import TestFamily, TestMember, as_owner, insert
from tests.pages.clients import PortalClient
from tests.pages.signing import (
    PIN,
    bind_slip_of,
    client_of,
    events,
    make_signing_family,
    make_test_slips,
    post,
    sign_in,
)

UNKNOWN = "3510145212869999"
NOBODY = "Tidak ada keluarga di desa Anda dengan nomor ini"


@pytest.fixture
def operator(connection: Connection) -> StaffActor:
    return make.make_staff(connection, make.VILLAGE, role="village_operator", name="Sri Wahyuni")


@pytest.fixture
def family(connection: Connection) -> TestFamily:
    made, _account = make_signing_family(connection)
    return made


def found(client: PortalClient, **answers: str) -> tuple[int, str, str]:
    with client.allow_nik():
        answer = client.send("/petugas/loket", {"reason": "pin", **answers})
    return answer.status_code, answer.location or "", answer.get_data(as_text=True)


def test_an_operator_finds_a_family_by_nik_and_the_address_holds_no_number(
    client: PortalClient, connection: Connection, operator: StaffActor, family: TestFamily
) -> None:
    grown = make.make_member(connection, family.id, name="BUDI", sex="L", relation=2)
    child = make.make_member(connection, family.id, name="ANI", birth=date(2019, 1, 1), relation=3)
    desk = client.as_(operator)
    status, address, _html = found(desk, nik=family.head.nik)
    assert (status, address) == (303, f"/petugas/loket/{family.public_id}?alasan=pin")
    html = desk.get(address).get_data(as_text=True)  # the client itself fails on a whole NIK
    for member in (family.head, grown, child):
        assert member.name.title() in html
        assert f"{member.nik[:4]}**********{member.nik[-2:]}" in html
    assert html.count("/pin") == 1, "a lost PIN only for who has a login"
    assert html.count("/petugas/aktivasi/") == 1, "a first slip only for the adult without one"


def test_a_slip_leads_to_its_family_and_an_unbound_one_to_nobody(
    client: PortalClient, connection: Connection, operator: StaffActor, family: TestFamily
) -> None:
    (bound, _), (free, _) = make_test_slips(connection, 2)
    bind_slip_of(connection, bound, family.head)
    desk = client.as_(operator)
    assert found(desk, serial=bound.lower().replace("s-", ""))[1].startswith(f"/petugas/loket/{family.public_id}")
    assert NOBODY in found(desk, serial=free)[2]


def test_elsewhere_and_unknown_are_answered_in_the_same_words(
    client: PortalClient, connection: Connection, operator: StaffActor
) -> None:
    ((bound, _),) = make_test_slips(connection)
    far = make.make_family(connection, village_id=make.FAR_VILLAGE)
    bind_slip_of(connection, bound, far.head)
    desk = client.as_(operator)
    pages = [found(desk, nik=nik) for nik in (far.head.nik, UNKNOWN, "12", "abc")]
    pages += [found(desk, serial=serial) for serial in (bound, "S-9999999")]
    assert {status for status, _address, _html in pages} == {422}
    assert all(NOBODY in html for _status, _address, html in pages)
    assert desk.get(f"/petugas/loket/{far.public_id}?alasan=pin").status_code == 404
    assert events(connection, "family_viewed") == []


def test_a_nik_in_two_families_offers_both(
    client: PortalClient, connection: Connection, operator: StaffActor, family: TestFamily
) -> None:
    other = make.make_family(connection)
    values = {"name": "SITI", "birth_date": date(1980, 1, 1), "relation": 1, "since": date(2026, 1, 1)}
    person = family.head.person_id
    make.insert(connection, "member", family_id=other.id, person_id=person, nik_sealed=b"x", **values)
    _status, _address, html = found(client.as_(operator), nik=family.head.nik, reason="slip")
    assert html.count("?alasan=slip") == 2


def test_one_number_and_a_reason_are_asked_for(
    client: PortalClient, operator: StaffActor, connection: Connection, family: TestFamily
) -> None:
    desk = client.as_(operator)
    assert found(desk)[0] == 422
    assert found(desk, nik=family.head.nik, serial="42")[0] == 422
    assert found(desk, nik=family.head.nik, reason="")[0] == 422
    assert found(desk, nik=family.head.nik, reason="curious")[0] == 422


def test_every_look_is_noted_and_none_happens_without_a_reason(
    client: PortalClient, connection: Connection, operator: StaffActor, family: TestFamily
) -> None:
    desk = client.as_(operator)
    html = desk.get(f"/petugas/loket/{family.public_id}").get_data(as_text=True)
    assert family.head.name.title() not in html
    assert events(connection, "family_viewed") == []
    desk.get(f"/petugas/loket/{family.public_id}?alasan=tanya")
    (look,) = events(connection, "family_viewed")
    assert (look.family_id, look.actor_kind, look.actor_id) == (family.id, "staff", operator.staff_id)


def test_the_counter_is_for_those_who_sit_at_one(client: PortalClient, connection: Connection) -> None:
    for role in ("regency_office", "auditor", "administrator"):
        officer = make.make_staff(connection, make.REGENCY, role=role)
        assert client.as_(officer).get("/petugas/loket").status_code == 403


def test_after_sign_in_everybody_begins_at_the_own_first_place(client: PortalClient, connection: Connection) -> None:
    worker = make.make_staff(connection, make.VILLAGE)
    operator = make.make_staff(connection, make.VILLAGE, role="village_operator")
    assert client.as_(worker).get("/petugas").location == "/petugas/antrean"
    assert client.as_(operator).get("/petugas").location == "/petugas/loket"


def test_the_own_family_is_shown_without_ways(
    client: PortalClient, connection: Connection, operator: StaffActor, family: TestFamily
) -> None:
    insert(connection, "staff_kinship", staff_id=operator.staff_id, family_id=family.id)
    html = client.as_(operator).get(f"/petugas/loket/{family.public_id}?alasan=pin").get_data(as_text=True)
    assert "/pin" not in html.split("<main")[1]


# Who is 18.


def test_eighteen_begins_with_the_birthday() -> None:
    born = date(2008, 11, 22)
    assert [is_adult(born, day) for day in (date(2026, 11, 21), date(2026, 11, 22))] == [False, True]
    leap = date(2008, 2, 29)
    assert [is_adult(leap, day) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [False, True]
    assert not is_adult(None, date(2026, 1, 1))


@pytest.mark.parametrize(("hour", "given"), [(23, False), (24, True)])
def test_the_slip_is_given_on_the_birthday_in_the_zone_of_the_village(
    client: PortalClient, connection: Connection, hour: int, given: bool
) -> None:
    """In Papua the birthday begins two hours before it does in Jakarta."""
    insert(connection, "area", id=91, level=1, name="Papua")
    insert(connection, "area", id=9171, level=2, parent_id=91, name="Kota Jayapura")
    insert(connection, "area", id=917101, level=3, parent_id=9171, name="Abepura")
    insert(connection, "area", id=9171011001, level=4, parent_id=917101, name="Asano")
    born = date(2008, 11, 22)
    family = make.make_family(connection, village_id=9171011001, head={"birth": born})
    officer = make.make_staff(connection, 9171011001, role="village_operator")
    ((serial, _code),) = make_test_slips(connection)
    as_owner(connection)
    public = connection.execute(
        text("SELECT public_id FROM person WHERE id = :p"), {"p": family.head.person_id}
    ).scalar_one()
    midnight = datetime(2026, 11, 22, tzinfo=ZoneInfo("Asia/Jayapura"))
    moment = midnight.timestamp() + (hour - 24) * 3600 + (60 if hour == 24 else 0)
    with time_machine.travel(moment, tick=False):
        desk = client.as_(officer)
        html = desk.get(f"/petugas/loket/{family.public_id}?alasan=slip").get_data(as_text=True)
        answer = desk.send(f"/petugas/aktivasi/{family.public_id}/{public}", {"seen": "y", "serial": serial})
    assert ("/petugas/aktivasi/" in html.split("<main")[1]) == given
    assert (answer.status_code == 303) == given


def test_several_adults_of_a_family_each_have_a_login(app: Flask, connection: Connection, family: TestFamily) -> None:
    other = make.make_member(connection, family.id, name="BUDI", sex="L", relation=2)
    ((serial, code),) = make_test_slips(connection)
    bind_slip_of(connection, serial, other)
    phone = client_of(app)
    post(phone, "/aktivasi", nik=other.nik, code=code)
    assert post(phone, "/aktivasi/pin", pin="750264", pin_again="750264").status_code == 303
    assert sign_in(client_of(app), family.head).status_code == 303
    assert sign_in(client_of(app), other, "750264").status_code == 303


# A NIK in two families.


@pytest.fixture
def second(connection: Connection, family: TestFamily) -> TestFamily:
    """Another family in which the head of the first one stands too."""
    other = make.make_family(connection, village_id=make.OTHER_VILLAGE, head={"name": "MARYAM"})
    also_in(connection, other, family.head)
    return other


def also_in(connection: Connection, family: TestFamily, member: TestMember) -> None:
    values = {"name": member.name, "birth_date": member.birth_date, "relation": 1, "since": date(2026, 1, 1)}
    insert(connection, "member", family_id=family.id, person_id=member.person_id, nik_sealed=b"x", **values)


def test_a_member_of_two_families_is_asked_once_and_a_supervisor_gets_it_as_a_task(
    client: PortalClient, app: Flask, connection: Connection, family: TestFamily, second: TestFamily
) -> None:
    supervisor = make.make_staff(connection, make.KECAMATAN, role="supervisor")
    far = make.make_staff(connection, make.FAR_KECAMATAN, role="supervisor")
    worker = make.make_staff(connection, make.VILLAGE)
    phone = client_of(app)
    answer = sign_in(phone, family.head, next="/desil")
    assert answer.location == "/masuk/keluarga?next=/desil"
    html = phone.get(answer.location).get_data(as_text=True)
    assert "Pendarungan" in html and "Kalirejo" in html
    assert "Maryam" not in html, "nothing of the people of either family"
    assert [e.family_id for e in events(connection, "nik_in_two_families")] == [family.id]

    assert post(phone, answer.location).status_code == 422
    answered = post(phone, answer.location, family=second.public_id)
    assert answered.location == "/desil"
    with phone.session_transaction() as cookie:
        actor = find_actor(cookie["_user_id"])
    assert actor is not None and actor.kind == "family" and actor.family_id == second.id
    assert [(e.family_id, e.data) for e in events(connection, "family_chosen")] == [(second.id, {"known": True})]
    assert phone.get("/masuk/keluarga").status_code == 303, "asked once"
    assert "/masuk/keluarga" not in sign_in(client_of(app), family.head).location, "and remembered"
    assert len(events(connection, "nik_in_two_families")) == 1

    def task(officer: StaffActor) -> bool:
        return "NIK di dua keluarga" in client.as_(officer).get("/petugas/loket").get_data(as_text=True)

    assert [task(one) for one in (supervisor, far, worker)] == [True, False, False]
    as_owner(connection)
    connection.execute(
        text("UPDATE member SET until = current_date WHERE family_id = :f AND person_id = :p"),
        {"f": family.id, "p": family.head.person_id},
    )
    assert not task(supervisor), "an extract has put it right"


def test_who_does_not_know_stays_and_a_third_family_is_a_new_question(
    app: Flask, connection: Connection, family: TestFamily, second: TestFamily
) -> None:
    phone = client_of(app)
    address = sign_in(phone, family.head).location
    assert post(phone, address, family="tidak-tahu").status_code == 303
    with phone.session_transaction() as cookie:
        actor = find_actor(cookie["_user_id"])
    assert actor is not None and actor.kind == "family" and actor.family_id == family.id
    assert "/masuk/keluarga" not in sign_in(client_of(app), family.head).location
    also_in(connection, make.make_family(connection), family.head)
    assert "/masuk/keluarga" in sign_in(client_of(app), family.head).location


def test_nobody_chooses_a_family_in_which_the_nik_does_not_stand(
    app: Flask, connection: Connection, family: TestFamily, second: TestFamily
) -> None:
    stranger = make.make_family(connection)
    phone = client_of(app)
    address = sign_in(phone, family.head).location
    assert post(phone, address, family=stranger.public_id).status_code == 422
    actor = make.family_actor(family.head)
    as_owner(connection)
    with connection.begin_nested():
        for key, value in (("role", "portal_family"), ("portal.person_id", str(actor.person_id))):
            connection.execute(text("SELECT set_config(:k, :v, true)"), {"k": key, "v": value})
        asked = connection.execute(text("SELECT conflict_answer(:f)"), {"f": stranger.public_id}).scalar_one()
    assert asked is None


def test_signing_in_with_one_family_asks_nothing(app: Flask, connection: Connection, family: TestFamily) -> None:
    assert sign_in(client_of(app), family.head, PIN).location == "/beranda"
