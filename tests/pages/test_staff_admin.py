"""An administrator looks after officers: invitations, roles, areas, and the code that is asked once more."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pyotp
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Connection, text

from portal.accounts.actor import StaffActor
from portal.accounts.staffing import database_day
from portal.core.clock import now
from tests import factories as make
from tests.pages.clients import PortalClient
from tests.pages.signing import PASSWORD, client_of, events, make_officer, post

NEW = {
    "name": "Sari Utami",
    "title": "Operator Desa Pendarungan",
    "role": "village_operator",
    "login": "Sari.U",
    "areas": "pendarungan\n35.10.14.2016",
}
_LINK = re.compile(r"/petugas/undangan/[A-Za-z0-9_-]{43}")


def parts(name: str, day: date) -> dict[str, list[int]]:
    """A day as its three fields send it."""
    return {name: [day.day, day.month, day.year]}


@pytest.fixture
def admin(connection: Connection) -> StaffActor:
    return make.make_staff(connection, make.REGENCY, role="administrator", name="Agus Setiawan")


@pytest.fixture
def desk(client: PortalClient, admin: StaffActor) -> PortalClient:
    return client.as_(admin)


def public_id(connection: Connection, name: str) -> str:
    make.as_owner(connection)
    return str(connection.execute(text("SELECT public_id FROM staff WHERE name = :n"), {"n": name}).scalar_one())


def test_adding_an_officer_gives_a_link_once(desk: PortalClient, connection: Connection) -> None:
    answer = desk.send("/kantor/petugas/baru", NEW)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = _LINK.search(answer.get_data(as_text=True))
    assert found is not None
    make.as_owner(connection)
    kept = connection.execute(text("SELECT i::text FROM staff_invitation i")).scalar_one()
    assert found[0].rsplit("/", 1)[1] not in kept, "only the hash is kept"
    areas = connection.execute(
        text("SELECT area_id FROM staff_assignment a JOIN staff s ON s.id = a.staff_id WHERE s.name = 'Sari Utami'")
    ).scalars()
    assert set(areas) == {make.VILLAGE, make.OTHER_VILLAGE}
    page = desk.get(f"/kantor/petugas/{public_id(connection, 'Sari Utami')}").get_data(as_text=True)
    assert _LINK.search(page) is None
    assert "sari.u" in page
    assert "Sari Utami" in desk.get("/kantor/petugas").get_data(as_text=True)
    assert [e.actor_id for e in events(connection, "staff_invited")] == [desk.actor.staff_id]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"areas": "Sukamakmur"}, "Sukamakmur"),
        ({"areas": "3509012001"}, "3509012001"),
        ({"login": "X"}, "3"),
        ({"role": "owner"}, ""),
        ({"name": ""}, ""),
    ],
)
def test_wrong_answers_come_back_with_everything_kept(
    desk: PortalClient, connection: Connection, change: dict[str, str], words: str
) -> None:
    answer = desk.send("/kantor/petugas/baru", NEW | change)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page
    assert "Operator Desa Pendarungan" in page
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM staff WHERE name = 'Sari Utami'")).scalar_one() == 0


def test_a_login_is_given_once(desk: PortalClient, connection: Connection) -> None:
    make_officer(connection, make.VILLAGE, login="sari.u")
    answer = desk.send("/kantor/petugas/baru", NEW)
    assert answer.status_code == 422
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM staff WHERE name = 'Sari Utami'")).scalar_one() == 0


def test_a_name_that_several_areas_have_asks_for_the_code(desk: PortalClient, connection: Connection) -> None:
    make.insert(connection, "area", id=3510022009, level=4, parent_id=make.FAR_KECAMATAN, name="Pendarungan")
    answer = desk.send("/kantor/petugas/baru", NEW)
    assert answer.status_code == 422
    assert "35.10.02.2009" in answer.get_data(as_text=True)


def test_a_new_link_ends_the_old_one_and_a_revoked_one_is_dead(
    desk: PortalClient, client: PortalClient, connection: Connection
) -> None:
    old = _LINK.search(desk.send("/kantor/petugas/baru", NEW).get_data(as_text=True))
    address = f"/kantor/petugas/{public_id(connection, 'Sari Utami')}"
    new = _LINK.search(desk.send(f"{address}/undang", {"login": "sari.u"}).get_data(as_text=True))
    assert old and new
    assert client.get(old[0]).status_code == 404
    assert client.get(new[0]).status_code == 200
    assert desk.send(f"{address}/cabut").status_code == 303
    assert client.get(new[0]).status_code == 404
    assert len(events(connection, "staff_invitation_revoked")) == 1


def test_a_link_ends_after_72_hours(desk: PortalClient, client: PortalClient, connection: Connection) -> None:
    link = _LINK.search(desk.send("/kantor/petugas/baru", NEW).get_data(as_text=True))
    assert link
    make.as_owner(connection)
    left = connection.execute(text("SELECT expires_at - now() FROM staff_invitation")).scalar_one()
    assert left == timedelta(hours=72)
    connection.execute(text("UPDATE staff_invitation SET expires_at = now() - interval '1 second'"))
    assert client.get(link[0]).status_code == 404
    again = desk.send(f"/kantor/petugas/{public_id(connection, 'Sari Utami')}/undang", {"login": "sari.u"})
    assert again.status_code == 200


def test_an_administrator_is_made_by_two(desk: PortalClient, client: PortalClient, connection: Connection) -> None:
    answer = desk.send("/kantor/petugas/baru", NEW | {"role": "administrator"})
    assert answer.status_code == 303
    address = answer.location
    assert desk.send(f"{address}/undang", {"login": "sari.u"}).status_code == 422
    assert desk.send(f"{address}/setujui").status_code == 409
    second = client.as_(make.make_staff(connection, make.REGENCY, role="administrator", name="Budi Second"))
    assert second.send(f"{address}/setujui").status_code == 303
    assert second.send(f"{address}/undang", {"login": "sari.u"}).status_code == 200
    assert len(events(connection, "staff_role_proposed")) == len(events(connection, "staff_role_confirmed")) == 1


def test_a_role_changes_at_once_and_signs_out(desk: PortalClient, client: PortalClient, connection: Connection) -> None:
    worker = make.make_staff(connection, make.VILLAGE, name="Ratna Lama")
    theirs = client.as_(worker)
    assert theirs.get("/petugas/antrean").status_code == 200
    address = f"/kantor/petugas/{public_id(connection, 'Ratna Lama')}"
    assert desk.send(f"{address}/peran", {"role": "village_operator"}).status_code == 303
    assert theirs.get("/petugas/antrean").status_code == 303
    assert client.as_(worker).get("/petugas/antrean").status_code == 403


def test_areas_begin_and_end(desk: PortalClient, connection: Connection) -> None:
    worker = make.make_staff(connection, make.VILLAGE, name="Ratna Lama")
    address = f"/kantor/petugas/{public_id(connection, 'Ratna Lama')}"
    later = database_day() + timedelta(days=3)
    assert desk.send(f"{address}/wilayah", {"area": "Kalirejo", **parts("area_since", later)}).status_code == 303
    ended = {"area_id": make.VILLAGE, "began": "2020-01-01"}
    assert desk.send(f"{address}/wilayah/akhiri", ended).status_code == 303
    make.as_owner(connection)
    served = connection.execute(
        text("SELECT area_id, since, until FROM staff_assignment WHERE staff_id = :s ORDER BY since"),
        {"s": worker.staff_id},
    ).all()
    assert [tuple(row) for row in served] == [
        (make.VILLAGE, date(2020, 1, 1), database_day() - timedelta(days=1)),
        (make.OTHER_VILLAGE, later, None),
    ]
    wrong = {"area": "Kalirejo", **parts("area_since", later), **parts("area_until", later - timedelta(days=1))}
    assert desk.send(f"{address}/wilayah", wrong).status_code == 422
    assert desk.send(f"{address}/wilayah", {"area": "Padomasan"}).status_code == 422


def test_after_five_minutes_a_change_asks_for_the_code_and_then_goes_on(
    client: PortalClient, connection: Connection
) -> None:
    officer = make_officer(connection, make.REGENCY, role="administrator", login="agus")
    admin = StaffActor("", officer.id, "Wahyu Hidayat", "Pendamping sosial", "administrator", "Asia/Jakarta")
    desk = client.as_(admin)
    make.as_owner(connection)
    connection.execute(text("UPDATE web_session SET created_at = now() - interval '6 minutes'"))
    answer = desk.send("/kantor/petugas/baru", NEW)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    form = page.select_one("main form")
    assert form is not None
    fields = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
    kept = {name: value for name, value in fields.items() if name != "csrf_token"}
    assert kept["name"] == "Sari Utami" and "step_up_code" not in kept
    assert form["action"] == "/kantor/petugas/baru"
    moment = now()
    assert desk.send(str(form["action"]), kept | {"step_up_code": "000000"}).status_code == 422
    assert len(events(connection, "staff_confirm_failed")) == 1
    done = desk.send(str(form["action"]), kept | {"step_up_code": officer.code(moment)})
    assert _LINK.search(done.get_data(as_text=True)), "the act goes on"
    assert len(events(connection, "staff_confirmed")) == 1
    make.as_owner(connection)
    connection.execute(text("UPDATE web_session SET confirmed_at = now() - interval '6 minutes'"))
    replayed = desk.send("/kantor/petugas/baru", NEW | {"login": "other", "step_up_code": officer.code(moment)})
    assert replayed.status_code == 422, "a code works once"
    assert _LINK.search(replayed.get_data(as_text=True)) is None


def test_wrong_codes_make_one_wait_even_with_the_right_one(client: PortalClient, connection: Connection) -> None:
    officer = make_officer(connection, make.REGENCY, role="administrator", login="agus")
    desk = client.as_(StaffActor("", officer.id, "W", "P", "administrator", "Asia/Jakarta"))
    for _try in range(3):
        desk.send("/petugas/konfirmasi", {"step_up_code": "000000"})
    answer = desk.send("/petugas/konfirmasi", {"step_up_code": officer.code(now())})
    assert answer.status_code == 422
    assert not events(connection, "staff_confirmed")


def test_the_page_of_the_code_goes_back_to_where_it_was_asked(client: PortalClient, connection: Connection) -> None:
    officer = make_officer(connection, make.REGENCY, role="administrator", login="agus")
    desk = client.as_(StaffActor("", officer.id, "W", "P", "administrator", "Asia/Jakarta"))
    asked = {"step_up_code": officer.code(now()), "next": "/kantor/petugas"}
    assert desk.send("/petugas/konfirmasi", asked).location == "/kantor/petugas"
    later = {"step_up_code": officer.code(now() + timedelta(seconds=30)), "next": "//evil.example"}
    assert "evil" not in desk.send("/petugas/konfirmasi", later).location


def invite(desk: PortalClient) -> str:
    found = _LINK.search(desk.send("/kantor/petugas/baru", NEW).get_data(as_text=True))
    assert found
    return found[0]


def secret_on(page: str) -> str:
    found = BeautifulSoup(page, "html.parser").select_one("[data-secret-text]")
    assert found is not None
    return found.get_text().replace(" ", "")


GOOD = "empat kata yang panjang"


def test_the_first_sign_in_by_invitation(desk: PortalClient, client: PortalClient, connection: Connection) -> None:
    link = invite(desk)
    new = client_of(client.application)
    assert new.get(link).headers["Referrer-Policy"] == "no-referrer"
    for password, again in (("too short", "too short"), ("bismillah1234", "bismillah1234"), (GOOD, "something else")):
        assert post(new, link, password=password, password_again=again).status_code == 422
    assert post(new, link, password="sari utami dan kucing", password_again="sari utami dan kucing").status_code == 422
    assert new.get(f"{link}/kode").status_code == 303, "no code before a password"
    assert post(new, link, password=GOOD, password_again=GOOD).location == f"{link}/kode"
    page = new.get(f"{link}/kode").get_data(as_text=True)
    totp = pyotp.TOTP(secret_on(page))
    assert "<svg" in page
    assert post(new, f"{link}/kode", code="000000").status_code == 422
    moment = now()
    answer = post(new, f"{link}/kode", code=totp.at(moment))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    codes = [
        one.get_text() for one in BeautifulSoup(answer.get_data(as_text=True), "html.parser").select("li.reference")
    ]
    assert len(set(codes)) == 10
    assert new.get(link).status_code == 404, "the link works once"
    make.as_owner(connection)
    kept = connection.execute(text("SELECT string_agg(r::text, ' ') FROM staff_recovery_code r")).scalar_one()
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]

    assert post(new, "/petugas/masuk", login="sari.u", password=GOOD).status_code == 303
    assert post(new, "/petugas/masuk/kode", code=totp.at(moment)).status_code == 422, "the first code is spent"
    assert post(new, "/petugas/masuk/kode", code=totp.at(moment + timedelta(seconds=30))).status_code == 303

    lost = client_of(client.application)
    for code, status in ((codes[0].lower(), 303), (codes[0], 422), ("7KQ4M-X9TCD", 422), (codes[1], 303)):
        post(lost, "/petugas/masuk", login="sari.u", password=GOOD)
        answer = post(lost, "/petugas/masuk/cadangan", code=code)
        assert answer.status_code == status, code
        if status == 303:
            assert re.search(r"\b[98]\b", lost.get(answer.location, follow_redirects=True).get_data(as_text=True))
            post(lost, "/petugas/keluar", "/lupa-pin")
    assert [e.data["left"] for e in events(connection, "recovery_code_used")] == [9, 8]


def test_new_recovery_codes_end_the_old_ones(client: PortalClient, connection: Connection) -> None:
    worker = make.make_staff(connection, make.VILLAGE)
    desk = client.as_(worker)
    first = BeautifulSoup(desk.send("/petugas/kode-cadangan").get_data(as_text=True), "html.parser")
    second = BeautifulSoup(desk.send("/petugas/kode-cadangan").get_data(as_text=True), "html.parser")
    assert {one.get_text() for one in first.select("li.reference")}.isdisjoint(
        {one.get_text() for one in second.select("li.reference")}
    )
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM staff_recovery_code")).scalar_one() == 10
    assert "10" in desk.get("/petugas/kode-cadangan").get_data(as_text=True)


def test_a_recovery_code_of_another_officer_is_of_no_use(client: PortalClient, connection: Connection) -> None:
    make_officer(connection, make.VILLAGE, login="wahyu")
    other = client.as_(make.make_staff(connection, make.VILLAGE))
    shown = BeautifulSoup(other.send("/petugas/kode-cadangan").get_data(as_text=True), "html.parser")
    code = shown.select("li.reference")[0].get_text()
    stranger = client_of(client.application)
    post(stranger, "/petugas/masuk", login="wahyu", password=PASSWORD)
    assert post(stranger, "/petugas/masuk/cadangan", code=code).status_code == 422
