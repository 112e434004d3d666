"""An administrator ends officers and renews their sign-in; passkeys confirm an act; cases go to others."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from portal.accounts.actor import StaffActor
from portal.cases.handing_on import hand_on_left_cases
from portal.core.clock import now
from portal.core.jobs import PERIODIC
from portal.extensions import db
from tests import factories as make
from tests.pages.authenticator import Authenticator
from tests.pages.browsing import staff_browser
from tests.pages.clients import PortalClient
from tests.pages.holding import ask_owner, asked, asked_new, save
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import PASSWORD, TestOfficer, client_of, events, make_officer, post, staff_sign_in
from tests.pages.test_jobs_late import make_case

_LINK = re.compile(r"/petugas/undangan/[A-Za-z0-9_-]{43}")


@pytest.fixture
def admin(connection: Connection) -> StaffActor:
    return make.make_staff(connection, make.REGENCY, role="administrator", name="Agus Setiawan")


@pytest.fixture
def desk(client: PortalClient, admin: StaffActor) -> PortalClient:
    return client.as_(admin)


@pytest.fixture
def officer(connection: Connection) -> TestOfficer:
    return make_officer(connection, make.VILLAGE)


def address_of(connection: Connection, staff: int) -> str:
    make.as_owner(connection)
    public = connection.execute(text("SELECT public_id FROM staff WHERE id = :i"), {"i": staff}).scalar_one()
    return f"/kantor/petugas/{public}"


def left_of(connection: Connection, staff: int) -> dict[str, int]:
    """What an officer could still sign in with."""
    make.as_owner(connection)
    queries = {
        "login": "staff_credential WHERE staff_id = :i",
        "sessions": "web_session WHERE staff_id = :i AND ended_at IS NULL",
        "passkeys": "passkey WHERE staff_id = :i",
        "codes": "staff_recovery_code WHERE staff_id = :i",
        "browsers": "staff_device WHERE staff_id = :i",
        "links": "staff_invitation WHERE staff_id = :i AND used_at IS NULL AND revoked_at IS NULL",
    }
    return {
        key: connection.execute(text(f"SELECT count(*) FROM {query}"), {"i": staff}).scalar_one()
        for key, query in queries.items()
    }


def equip(connection: Connection, app: Flask, officer: TestOfficer) -> InspectingClient:
    """Signed in, with a passkey and recovery codes."""
    theirs = client_of(app)
    assert staff_sign_in(theirs, officer, now()).status_code == 303
    ask_owner(connection, f"UPDATE staff_credential SET totp_last_step = 0 WHERE staff_id = {officer.id} RETURNING 1")
    save(theirs, Authenticator().make(asked_new(theirs, code=officer.code(now()))))
    make.insert(connection, "staff_recovery_code", staff_id=officer.id, code_hash=b"x")
    assert all(left_of(connection, officer.id)[key] for key in ("login", "sessions", "passkeys", "codes", "browsers"))
    return theirs


def test_a_new_sign_in_takes_everything_old_away_and_gives_a_link(
    app: Flask, connection: Connection, desk: PortalClient, officer: TestOfficer
) -> None:
    theirs, address = equip(connection, app, officer), address_of(connection, officer.id)
    page = BeautifulSoup(desk.get(f"{address}/masuk-baru").text, "html.parser")
    assert page.select_one(f'main a.govuk-button[href="{address}"]'), "a way back"
    assert left_of(connection, officer.id)["login"] == 1, "looking changes nothing"
    made = desk.send(f"{address}/masuk-baru")
    link = _LINK.search(made.text)
    assert made.status_code == 200 and link and made.headers["Cache-Control"] == "no-store"
    assert left_of(connection, officer.id) == dict.fromkeys(left_of(connection, 0), 0) | {"links": 1}
    assert theirs.get("/petugas/antrean").status_code == 303
    assert post(client_of(app), "/petugas/masuk", login=officer.login, password=PASSWORD).status_code == 422
    assert [e.data for e in events(connection, "staff_code_reset")] == [
        {"staff": officer.id, "by": desk.actor.staff_id}  # type: ignore[union-attr]
    ]
    assert post(client_of(app), link[0], password=PASSWORD, password_again=PASSWORD).status_code == 303
    assert desk.send(f"{address}/masuk-baru").status_code == 409, "nothing is left to take away"


def test_ending_an_officer_shuts_out_and_hands_on(
    app: Flask, connection: Connection, desk: PortalClient, officer: TestOfficer
) -> None:
    theirs, address = equip(connection, app, officer), address_of(connection, officer.id)
    family = make.make_family(connection)
    case = make_case(connection, family, state="with_worker", assigned_to=officer.id)
    next_one = make.make_staff(connection, make.VILLAGE, name="Ratna Penerus")
    assert officer.login not in desk.get(f"{address}/akhiri-tugas").text
    ended = desk.send(f"{address}/akhiri-tugas")
    assert ended.location == "/kantor/petugas"
    assert left_of(connection, officer.id) == dict.fromkeys(left_of(connection, 0), 0) | {"login": 1}
    assert theirs.get("/petugas/antrean").status_code == 303
    assert post(client_of(app), "/petugas/masuk", login=officer.login, password=PASSWORD).status_code == 422
    assert len(events(connection, "staff_deactivated")) == 1
    assert ask_owner(connection, "SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'hand_on_left_cases'")
    assert PERIODIC["hand_on_left_cases"] is hand_on_left_cases
    assert hand_on_left_cases() == 1 and hand_on_left_cases() == 0
    assert ask_owner(connection, f"SELECT assigned_to FROM cases WHERE reference = '{case}'") == next_one.staff_id
    assert desk.send(f"{address}/akhiri-tugas").status_code in (404, 409), "it has ended already"


def test_nobody_ends_or_resets_oneself_and_the_last_administrator_stays(
    client: PortalClient, desk: PortalClient, admin: StaffActor, connection: Connection
) -> None:
    own = address_of(connection, admin.staff_id)
    for path in ("akhiri-tugas", "masuk-baru"):
        assert desk.get(f"{own}/{path}").status_code == 404
        assert desk.send(f"{own}/{path}").status_code == 404
    with db.begin(admin.scope) as session:
        asked_for = {"o": admin.staff_id}
        assert session.execute(text("SELECT staff_end(:o, current_date)"), asked_for).scalar_one() == "oneself"
        assert session.execute(text("SELECT staff_reset(:o, 'x', 1)"), asked_for).scalar_one() == "oneself"
    second = make.make_staff(connection, make.REGENCY, role="administrator", name="Indah Kedua")
    worker = make.make_staff(connection, make.VILLAGE)
    for actor in (worker, make.make_staff(connection, make.REGENCY, role="auditor")):
        with db.begin(actor.scope) as session:
            found = session.execute(text("SELECT staff_end(:o, current_date)"), {"o": second.staff_id}).scalar_one()
        assert found == "unknown"
    assert desk.send(f"{address_of(connection, second.staff_id)}/akhiri-tugas").status_code == 303
    make.as_owner(connection)
    with pytest.raises(IntegrityError, match="last administrator"), connection.begin_nested():
        connection.execute(text("UPDATE staff SET active = false WHERE id = :i"), {"i": admin.staff_id})


def test_an_administrator_gets_a_new_sign_in_from_two(
    client: PortalClient, desk: PortalClient, connection: Connection
) -> None:
    lost = make_officer(connection, make.REGENCY, role="administrator", login="indah")
    address = address_of(connection, lost.id)
    answer = desk.send(f"{address}/masuk-baru")
    assert answer.location == address and not _LINK.search(answer.text)
    assert left_of(connection, lost.id)["login"] == 0
    assert desk.send(f"{address}/setujui").status_code == 409
    assert desk.send(f"{address}/undang", {"login": "indah"}).status_code == 422
    third = client.as_(make.make_staff(connection, make.REGENCY, role="administrator", name="Budi Ketiga"))
    ask_owner(connection, "UPDATE staff_proposal SET proposed_at = now() - interval '8 days' RETURNING 1")
    assert third.send(f"{address}/setujui").status_code == 409, "proposed too long ago"
    assert 'value="administrator"' in third.get(address).text
    assert third.send(f"{address}/peran", {"role": "administrator"}).status_code == 303
    assert desk.send(f"{address}/setujui").status_code == 303
    assert _LINK.search(desk.send(f"{address}/undang", {"login": "indah"}).text)


@pytest.fixture
def keyed(app: Flask, connection: Connection) -> Iterator[tuple[PortalClient, Authenticator, TestOfficer]]:
    """An administrator with a passkey, signed in longer than five minutes ago."""
    agus = make_officer(connection, make.REGENCY, role="administrator", login="agus")
    client, phone = client_of(app), Authenticator()
    assert staff_sign_in(client, agus, now()).status_code == 303
    ask_owner(connection, "UPDATE staff_credential SET totp_last_step = 0 RETURNING 1")
    save(client, phone.make(asked_new(client, code=agus.code(now()))))
    ask_owner(connection, "UPDATE web_session SET created_at = now() - interval '6 minutes' RETURNING 1")
    yield client, phone, agus  # type: ignore[misc]


def test_a_passkey_confirms_an_act_once_and_in_its_own_session(
    app: Flask,
    connection: Connection,
    keyed: tuple[InspectingClient, Authenticator, TestOfficer],
) -> None:
    client, phone, agus = keyed
    worker = make.make_staff(connection, make.VILLAGE, name="Ratna Lama")
    path = f"{address_of(connection, worker.staff_id)}/peran"
    wanted = {"role": "village_operator"}
    page = post(client, path, path.removesuffix("/peran"), **wanted)
    assert page.status_code == 422 and "data-passkey" in page.text and "step_up_code" in page.text
    kept = BeautifulSoup(page.text, "html.parser").select('form.passkey input[name="role"]')
    assert [one["value"] for one in kept] == ["village_operator"], "the answers go along"

    def confirm(signed: str, purpose_page: str = "/petugas/konfirmasi") -> int:
        return post(client, path, purpose_page, credential=signed, **wanted).status_code

    assert confirm(phone.sign(asked(client, "code", "/petugas/konfirmasi"))) == 422, "asked for something else"
    elsewhere = client_of(app)
    assert confirm(phone.sign(asked(elsewhere, "step_up"))) == 422, "asked in another browser"
    phone.verifies = False
    assert confirm(phone.sign(asked(client, "step_up", "/petugas/konfirmasi"))) == 422, "its owner is not checked"
    phone.verifies = True
    ask_owner(connection, "DELETE FROM signin_guard RETURNING 1")
    assert not events(connection, "staff_confirmed")
    signed = phone.sign(asked(client, "step_up", "/petugas/konfirmasi"))
    assert confirm(signed) == 303, "and the act goes on"
    assert [e.data for e in events(connection, "staff_confirmed")] == [{"staff": agus.id, "by": "passkey"}]
    assert ask_owner(connection, f"SELECT role FROM staff WHERE id = {worker.staff_id}") == "village_operator"
    ask_owner(connection, "UPDATE web_session SET confirmed_at = now() - interval '6 minutes' RETURNING 1")
    assert confirm(signed) == 422, "a signature is good once"


def test_the_passkey_of_another_officer_confirms_nothing(
    app: Flask, connection: Connection, keyed: tuple[InspectingClient, Authenticator, TestOfficer]
) -> None:
    _client, phone, _agus = keyed
    other = make.make_staff(connection, make.REGENCY, role="administrator", name="Indah Kedua")
    browser = staff_browser(app, connection, other)
    assert "data-passkey" not in browser.get("/petugas/konfirmasi").text, "who has none is offered none"
    signed = phone.sign(asked(browser.client, "step_up", "/petugas/konfirmasi"))
    refused = post(browser.client, "/petugas/konfirmasi", credential=signed, next="/kantor/petugas")
    assert refused.status_code == 422 and not events(connection, "staff_confirmed")
    assert [e.data["reason"] for e in events(connection, "passkey_refused")] == ["other_account"]
