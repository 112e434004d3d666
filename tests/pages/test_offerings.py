"""An office's own programme: from picking its conditions to the family that sees it, and who may not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.core.clock import today
from portal.core.db import ANONYMOUS, Scope, set_scope
from portal.programs import side_by_side
from portal.programs.catalog import Program, catalog_on, default
from portal.programs.eligibility import State, judge
from portal.programs.preview import Wanted, hidden_villages, preview
from portal.registry.snapshot import PARTS, facts_of
from tests import factories as make
from tests import populations as some
from tests.pages.browsing import Browser, family_browser, staff_browser
from tests.pages.clients import PortalClient
from tests.pages.test_helping import counter_address

NAME = "Kursus menjahit Pendarungan"
Offices = tuple[StaffActor, StaffActor]
ABOUT: dict[str, Any] = {
    "kind": "training", "audience": "member", "code": "jahit 2027", "name_id": NAME, "name_en": "Sewing course",
    "summary_id": "Belajar menjahit tiga bulan.", "summary_en": "Three months of sewing.",
    "organiser_id": "Dinas Sosial Banyuwangi", "organiser_en": "Social affairs office",
}  # fmt: skip


@pytest.fixture
def offices(connection: Connection) -> Offices:
    return (make.make_staff(connection, make.REGENCY, role="regency_office", name="Ibu Satu"),
            make.make_staff(connection, make.REGENCY, role="regency_office", name="Pak Dua"))  # fmt: skip


def parts(day: date) -> list[str]:
    return [str(day.day), str(day.month), str(day.year)]


def terms(**changed: Any) -> dict[str, Any]:
    day = today()
    return {
        "quota": "20", "valid_from": parts(day), "registration_from": parts(day),
        "registration_until": parts(day + timedelta(days=20)), "starts_on": parts(day + timedelta(days=30)),
        "ends_on": parts(day + timedelta(days=90)), "where_id": "Balai desa", "where_en": "Village hall",
        "how_id": "Daftar di portal ini.", "how_en": "Register on this portal.", "who": "all",
    } | changed  # fmt: skip


def pick(office: Browser, kind: str, **choices: Any) -> None:
    office.get(f"{office.path}?jenis={kind}")
    office.fill("/syarat", **choices)


def draft(office: Browser, **changed: Any) -> str:
    """A sewing course for ages 15 to 20 of desil 1 to 4, as far as the page of the whole; gives its address."""
    office.get("/petugas/program/baru")
    office.fill("/baru", **ABOUT)
    pick(office, "age", lowest="15", highest="20")
    pick(office, "desil", lowest="1", highest="4")
    office.get(office.path.replace("/syarat", "/waktu"))
    office.fill("/waktu", **terms(**changed))
    return office.path


def stepped_up(connection: Connection) -> None:
    make.as_owner(connection)
    connection.execute(text("UPDATE web_session SET confirmed_at = now()"))


def published(app: Flask, connection: Connection, offices: Offices, **changed: Any) -> str:
    one, two = (staff_browser(app, connection, officer) for officer in offices)
    page = draft(one, **changed)
    one.fill("/ajukan")
    stepped_up(connection)
    two.get(page)
    two.fill("/terbitkan")
    assert "Diterbitkan" in two.page.text
    return page


def with_pupil(connection: Connection, village: int = make.VILLAGE) -> make.TestFamily:
    family = make.make_family(connection, village_id=village)
    make.make_member(connection, family.id, name="BUDI", birth=date(today().year - 17, 1, 1), sex="L", relation=3)
    return family


def test_from_picking_to_the_family(app: Flask, connection: Connection, offices: Offices) -> None:
    for _ in range(6):
        family = with_pupil(connection)
    far = with_pupil(connection, make.OTHER_REGENCY_VILLAGE)
    reader, stranger = (family_browser(app, connection, one.head) for one in (family, far))
    assert NAME not in reader.get("/peluang").text and NAME not in reader.get("/beranda").text
    one, two = (staff_browser(app, connection, officer) for officer in offices)
    page = draft(one)
    one.get(f"{page}/hitung")
    assert "6" in one.words and "Pendarungan" in one.words and "BUDI" not in one.words
    one.get(page)
    one.fill("/ajukan")
    stepped_up(connection)
    token = str(one.soup.select_one("input[name=csrf_token]")["value"])  # type: ignore[index]
    one.post(f"{page}/terbitkan", {"csrf_token": token, "seen": one.soup.select_one("input[name=seen]")["value"]})  # type: ignore[index]
    assert NAME not in reader.get("/peluang").text  # not by the same officer
    two.get(page)
    two.fill("/terbitkan")
    assert NAME in reader.get("/peluang").text
    assert "Budi" in reader.get("/peluang/JAHIT-2027").text and "Balai desa" in reader.words
    register = str(reader.soup.select_one("main a[href*=daftar-peluang]")["href"])  # type: ignore[index]
    reader.get(register)
    reader.fill("/daftar-peluang")
    budi = str(reader.soup.select("main input[name=who]")[-1]["value"])
    reader.fill("/siapa", who=budi)
    reader.fill("/izin", share="y")
    day = re.search(r"paling lambat \w+, (\d+ \w+ \d{4})", reader.words)
    assert day is not None
    reader.fill("/kirim")
    assert day.group(1) in reader.words  # what is promised before sending is what is promised after it
    assert NAME in reader.get("/beranda").text
    assert NAME not in stranger.get("/peluang").text
    two.get(page)
    two.fill("/tarik")
    assert NAME not in reader.get("/peluang").text and NAME not in reader.get("/beranda").text
    make.as_owner(connection)
    events = connection.execute(text("SELECT event FROM audit_event WHERE event LIKE 'program%' ORDER BY at")).scalars()
    assert list(events) == ["program_drafted", "program_submitted", "program_published", "program_withdrawn"]
    jobs = connection.execute(text("SELECT args FROM jobs.procrastinate_jobs WHERE task_name = 'match_regency'"))
    assert list(jobs.scalars()) == [{"regency": make.REGENCY}] * 2  # once published, once withdrawn


def test_a_change_is_a_new_version_and_asks_other_villages(
    app: Flask, connection: Connection, offices: Offices
) -> None:
    near, far = with_pupil(connection), with_pupil(connection, make.FAR_VILLAGE)
    page = published(app, connection, offices)
    one, two = (staff_browser(app, connection, officer) for officer in offices)
    reader, other = (family_browser(app, connection, family.head) for family in (near, far))
    assert NAME in reader.get("/peluang").text and NAME in other.get("/peluang").text
    one.get(page)
    one.fill("/ubah")
    one.get(f"{page}/waktu")
    one.fill("/waktu", who="kecamatan", kecamatan=str(make.KECAMATAN))
    assert NAME in other.get("/peluang").text  # until it is published
    one.get(f"{page}/hitung")
    assert "kurang dari 5" in one.words  # who comes in and who drops out
    one.get(page)
    one.fill("/ajukan")
    stepped_up(connection)
    two.get(page)
    two.fill("/terbitkan")
    assert NAME in reader.get("/peluang").text and NAME not in other.get("/peluang").text
    make.as_owner(connection)
    kept = connection.execute(text("SELECT number, state, asked FROM offering_version ORDER BY number")).all()
    assert [tuple(row) for row in kept] == [(1, "published", []), (2, "published", [make.KECAMATAN])]


def test_no_page_asks_again_what_is_known(app: Flask, connection: Connection, offices: Offices) -> None:
    """The revision comes along with the session, and what was read stays in memory under it."""
    reader = family_browser(app, connection, with_pupil(connection).head)
    tag = reader.get("/peluang").headers["ETag"]
    published(app, connection, offices)
    seen = reader.get("/peluang", headers={"If-None-Match": tag})
    assert NAME in seen.text and seen.headers["ETag"] != tag
    assert reader.client.get("/peluang", headers={"If-None-Match": seen.headers["ETag"]}).status_code == 304
    make.as_owner(connection)
    forbid = "REVOKE EXECUTE ON FUNCTION offerings_published(bigint) FROM portal_anonymous, portal_family"
    connection.execute(text(forbid))
    for page in ("/beranda", "/beranda?a", "/peluang", "/peluang/JAHIT-2027"):
        assert NAME in reader.get(page).text


def test_what_is_wrong_is_refused_with_its_field(app: Flask, connection: Connection, offices: Offices) -> None:
    one = staff_browser(app, connection, offices[0])
    one.get("/petugas/program/baru")
    one.fill("/baru", **ABOUT | {"name_en": "", "code": "pkh"})
    assert one.page.status_code == 422 and NAME in one.page.text
    assert {field["id"] for field in one.soup.select(".govuk-error-message")} == {"code-error", "name_en-error"}
    published(app, connection, offices)
    one.get("/petugas/program/baru")
    one.fill("/baru", **ABOUT)
    pick(one, "age", lowest="20", highest="15")
    assert one.page.status_code == 422 and one.soup.select_one("#highest-error") is not None
    one.fill("/syarat", lowest="15", highest="20")
    page = one.path.removesuffix("/syarat")
    one.get(f"{page}/waktu")
    day = today()
    wrong = {"quota": "0", "ends_on": parts(day), "registration_until": parts(day - timedelta(days=1)), "where_en": ""}
    one.fill("/waktu", **terms(**wrong))
    errors = {str(field["id"]) for field in one.soup.select(".govuk-error-message")}
    assert errors == {"quota-error", "ends_on-error", "registration_until-error", "where_en-error"}
    one.fill("/waktu", **terms())
    assert one.page.status_code == 422 and one.soup.select_one("#valid_from-error") is not None  # the code is taken
    later = day + timedelta(days=200)
    one.fill("/waktu", **terms(valid_from=parts(later), registration_until=parts(later), starts_on=["", "", ""],
                               ends_on=["", "", ""]))  # fmt: skip
    assert one.path == page


def test_the_walls(app: Flask, connection: Connection, offices: Offices, client: PortalClient) -> None:
    family, far = with_pupil(connection), with_pupil(connection, make.OTHER_REGENCY_VILLAGE)
    page = published(app, connection, offices)
    later, none = parts(today() + timedelta(days=400)), ["", "", ""]
    again = staff_browser(app, connection, offices[0])
    draft(again, valid_from=later, registration_until=later, starts_on=none, ends_on=none)
    other = make.make_staff(connection, make.OTHER_REGENCY, role="regency_office")
    worker = make.make_staff(connection, make.VILLAGE)
    assert client.as_(other).get(page).status_code == 404 and client.as_(worker).get(page).status_code == 403

    def seen(scope: Scope) -> int:
        set_scope(connection, scope)
        return int(connection.execute(text("SELECT count(*) FROM offering_version")).scalar_one())

    def of(one: make.TestFamily) -> Scope:
        return Scope("family", person_id=one.head.person_id, family_id=one.id, guardian=True)

    scopes = [offices[0].scope, worker.scope, other.scope, of(family), of(far), Scope("family"), Scope("staff")]
    assert [seen(scope) for scope in scopes] == [2, 1, 0, 1, 0, 0, 0]
    refused = [
        (ANONYMOUS, "SELECT 1 FROM offering"),
        (of(family), "SELECT answers FROM offering_version"),
        (of(family), "UPDATE offering SET state = 'closed'"),
        (offices[0].scope, "UPDATE offering_version SET quota = 5 WHERE state = 'published'"),
        (offices[0].scope, "UPDATE offering_version SET state = 'published' WHERE state = 'draft'"),
        (offices[0].scope, "UPDATE offering SET state = 'published' WHERE state = 'draft'"),
        (offices[0].scope, "DELETE FROM offering_version"),
    ]
    for scope, statement in refused:
        set_scope(connection, scope)
        with pytest.raises(DBAPIError), connection.begin_nested():
            connection.execute(text(statement))
    visitor = client.as_(None)
    assert NAME in visitor.get(f"/program/daerah/{make.REGENCY}").text
    assert "Balai desa" in visitor.get(f"/program/daerah/{make.REGENCY}/jahit-2027").text
    set_scope(connection, ANONYMOUS)
    known = connection.execute(text("SELECT offerings_published(:r)"), {"r": make.REGENCY}).scalar_one()
    assert len(known[1]) == 1 and "Ibu Satu" not in str(known)


@pytest.mark.parametrize(
    ("families", "hidden"),
    [
        ({1: 9, 2: 7}, set()),
        ({1: 9, 2: 7, 3: 2}, {2, 3}),  # or the sum tells
        ({1: 9, 2: 7, 3: 4, 4: 3}, {3, 4}),
        ({1: 9, 2: 1, 3: 1}, {1, 2, 3}),
        ({1: 3}, {1}),
    ],
)
def test_a_small_count_cannot_be_worked_out(families: dict[int, int], hidden: set[int]) -> None:
    assert hidden_villages(families) == hidden


def test_what_is_counted_is_what_each_family_is_told(
    connection: Connection, offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random families and programmes: the counts of the office are the answers of the single families, added up."""
    day, random = some.DAYS[0], Random(4)
    make.as_owner(connection)
    inside = some.fill(connection, random, day, families=150, first=6 * 10**9)
    today_ = catalog_on(day)
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        set_scope(session, Scope("worker", job="count"))
        every = [
            facts_of(one, tuple(session.execute(select(*PARTS), {"family": one}).one()), reader=0) for one in inside
        ]
        known = [one.facts for one in every if one is not None]
        here = [one for one in known if one.village_id // 1_000_000 == make.REGENCY]
        for number, program in enumerate(some.programs(random, today_, 12)):
            monkeypatch.setattr(side_by_side, "_SMALLEST", 10 if number % 2 else 20_000)  # in parts, or all at once
            before = replace(
                program, criteria=program.family_criteria[1:] + program.member_criteria or program.criteria
            )

            def fits(one: Program) -> set[int]:
                return {family.id for family in here if judge(one, family, day, today_).state is State.MEETS}

            set_scope(session, offices[0].scope)
            found = preview(session, Wanted(program), day, make.REGENCY, Wanted(before), default())
            new, old = fits(program), fits(before)
            assert (found.all.families, found.added, found.dropped) == (len(new), len(new - old), len(old - new))
            for place, excluded in enumerate(found.excluded):
                less = replace(program, criteria=program.criteria[:place] + program.criteria[place + 1 :])
                if less.member_criteria or program.audience == "family":  # else whoever lives there fits
                    assert excluded == len(fits(less) - new)


def test_at_the_counter_the_regencys_own_is_chosen_from_the_list_while_it_is_open(
    app: Flask, connection: Connection, offices: Offices
) -> None:
    day = today()
    page = published(app, connection, offices, registration_from=parts(day + timedelta(days=5)))
    near, second = with_pupil(connection), with_pupil(connection)
    far = with_pupil(connection, make.OTHER_REGENCY_VILLAGE)
    operator = make.make_staff(connection, make.VILLAGE, role="village_operator")
    elsewhere = make.make_staff(connection, make.OTHER_REGENCY_VILLAGE, role="village_operator")
    counter, other = staff_browser(app, connection, operator), staff_browser(app, connection, elsewhere)

    def begun(browser: Browser, family: make.TestFamily) -> None:
        browser.get(counter_address(connection, family.head, family))
        browser.fill(speaker="person", kind="daftar-peluang", place="counter", present="y")
        assert "Prakerja" in browser.words

    begun(counter, near)
    assert NAME not in counter.words  # not yet
    set_scope(connection, ANONYMOUS)  # no officer's: the owner changes what was published
    make.as_owner(connection)
    connection.execute(text("UPDATE offering_version SET registration_from = :d"), {"d": day})
    connection.execute(text("UPDATE regency_catalogue SET revision = revision + 1"))
    begun(other, far)
    assert NAME not in other.words  # of another regency
    for family in (second, near):
        begun(counter, family)
        counter.fill("/peluang", opportunity="JAHIT-2027")
        counter.fill("/siapa", who=str(family.members[0].id))
        counter.fill("/izin", share="y")
        assert counter.path.endswith("/bacakan") and NAME in counter.words and "desil" in counter.words
        if family is second:
            assert counter.fill("/kirim", agreed="y").status_code == 200
            assert counter.path.endswith("/terkirim")
    make.as_owner(connection)
    sent = connection.execute(text("SELECT kind, program, level, recorded_by FROM cases")).one()
    assert tuple(sent) == ("registration", "JAHIT-2027", "regency", operator.staff_id)

    one = staff_browser(app, connection, offices[0])
    one.get(page)
    one.fill("/tutup")
    closed = "Pendaftaran ini tidak dibuka hari ini"
    assert counter.fill("/kirim", agreed="y").status_code == 409 and closed in counter.words
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM cases")).scalar_one() == 1
    reader = family_browser(app, connection, near.head)
    reader.get("/pengajuan/baru/daftar-peluang?peluang=JAHIT-2027")
    reader.fill("/daftar-peluang")
    assert reader.path.endswith("/peluang") and "Prakerja" in reader.words and NAME not in reader.words
