"""An officer writes down what a person says: read back, labelled, decided by another, stopped where it is denied."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.accounts.actor import StaffActor
from portal.cases.workflow import Move
from portal.core.db import Scope
from portal.core.errors import Forbidden
from portal.desk import service
from portal.extensions import db
from tests import factories as make
from tests.pages.browsing import Browser, family_browser, staff_browser
from tests.pages.signing import events
from tests.pages.test_cases_pages import photo, reference_on


@pytest.fixture
def family(connection: Connection) -> make.TestFamily:
    """A family of the village whose head cannot use the portal alone."""
    return make.make_family(connection)


@pytest.fixture
def worker(connection: Connection) -> StaffActor:
    """The village's social worker."""
    return make.make_staff(connection, make.VILLAGE, name="Wahyu Hidayat")


@pytest.fixture
def operator(connection: Connection) -> StaffActor:
    """The village's operator at the counter."""
    return make.make_staff(connection, make.VILLAGE, role="village_operator", name="Sri Lestari")


def counter_address(connection: Connection, member: make.TestMember, family: make.TestFamily) -> str:
    """The page of a member at the counter."""
    make.as_owner(connection)
    person = connection.execute(
        text("SELECT public_id FROM person WHERE id = :p"), {"p": member.person_id}
    ).scalar_one()
    return f"/petugas/catat/{family.public_id}/{person}"


def until_read_back(browser: Browser, address: str, *, with_photo: bool = True, speaker: str = "person") -> None:
    """Everything of «we moved» as an officer writes it down, up to the reading aloud."""
    browser.get(address)
    browser.fill(speaker=speaker, kind="pindah-rumah", place="counter", present="y")
    browser.fill(kecamatan=str(make.FAR_KECAMATAN), narrow="1")
    browser.fill(village=str(make.FAR_VILLAGE))
    browser.fill(address="Jalan Melati No. 7", rt="3", rw="12", moved_on=["1", "9", "2026"])
    if with_photo:
        browser.fill("/berkas/moving_letter", **{"moving_letter-file": photo()})
        browser.fill("/berkas")
    else:
        browser.fill("/berkas", later="y")


def recorded(app: Flask, connection: Connection, officer: StaffActor, family: make.TestFamily) -> str:
    """The reference of a move that this officer wrote down for the head."""
    browser = staff_browser(app, connection, officer)
    until_read_back(browser, counter_address(connection, family.head, family), with_photo=False)
    browser.fill("/kirim", agreed="y")
    return reference_on(browser)


def case_row(connection: Connection, reference: str) -> dict[str, Any]:
    make.as_owner(connection)
    found = connection.execute(text("SELECT * FROM cases WHERE reference = :r"), {"r": reference})
    return dict(found.mappings().one())


def test_said_at_the_counter_read_back_sent_and_labelled_everywhere(
    app: Flask, connection: Connection, family: make.TestFamily, worker: StaffActor, operator: StaffActor
) -> None:
    browser = staff_browser(app, connection, operator)
    address = counter_address(connection, family.head, family)
    browser.get(address)
    assert "Siti Aminah" in browser.words and "021\N{NON-BREAKING HYPHEN}171" in browser.words
    until_read_back(browser, address)
    assert browser.path.endswith("/bacakan")
    assert "Jalan Melati No. 7" in browser.words and "003 / 012" in browser.words and "Sukorejo" in browser.words
    assert browser.fill("/kirim").status_code == 422, "sent without the person's yes"
    draft = browser.path.split("/")[4]
    paper = re.search(r"/petugas/catat/berkas/[0-9a-f-]+", browser.get(f"/petugas/catat/draf/{draft}/berkas").text)
    assert paper and browser.client.get(paper.group()).mimetype == "image/jpeg"
    assert browser.soup.select_one("input[type=file]")["capture"] == "environment"  # the paper lies on the table
    browser.get(f"/petugas/catat/draf/{draft}/bacakan")
    action, form = browser.form("/kirim")
    browser.post(action, form | {"agreed": "y"})
    reference = reference_on(browser)
    browser.post(action, form | {"agreed": "y"})
    assert reference_on(browser) == reference, "a double tap is the same case"
    assert browser.get(f"/petugas/catat/{reference}/cetak").status_code == 200
    assert "Sri Lestari" in browser.words and reference in browser.words

    row = case_row(connection, reference)
    assert (row["recorded_by"], row["recorded_at_place"], row["person_id"]) == (
        operator.staff_id,
        "counter",
        family.head.person_id,
    )
    assert row["assigned_to"] == worker.staff_id
    [event] = events(connection, "case_recorded")
    assert (event.actor_kind, event.actor_id, event.family_id) == ("staff", operator.staff_id, family.id)

    make.as_owner(connection)
    looks = connection.execute(text("SELECT staff_id, family_id, case_reference FROM look ORDER BY id")).all()
    assert [tuple(one) for one in looks] == [
        (operator.staff_id, family.id, None),
        (operator.staff_id, family.id, reference),
    ]

    at_home = family_browser(app, connection, family.head)
    assert "Sri Lestari" in at_home.get("/pesan").text
    for path in ("/pengajuan", f"/pengajuan/{reference}", f"/pengajuan/{reference}/cetak"):
        at_home.get(path)
        assert "Dicatat oleh" in at_home.words and "Sri Lestari" in at_home.words, path
    desk = staff_browser(app, connection, worker)
    for path in ("/petugas/antrean", f"/petugas/kasus/{reference}"):
        desk.get(path)
        assert "Dicatat oleh Sri Lestari" in desk.words, path


def test_whoever_wrote_it_down_neither_works_on_it_nor_decides(
    app: Flask, connection: Connection, family: make.TestFamily, worker: StaffActor
) -> None:
    other = make.make_staff(connection, make.VILLAGE, name="Dewi Anggraini")
    reference = recorded(app, connection, worker, family)
    assert case_row(connection, reference)["assigned_to"] == other.staff_id
    desk = staff_browser(app, connection, worker)
    desk.get(f"/petugas/kasus/{reference}")
    assert "Anda mencatat" in desk.words and not desk.soup.select("#tindakan form")
    with pytest.raises(Forbidden, match="wrote this submission down"):
        service.take(worker, reference, 1)
    with db.begin(worker.scope) as session:
        tried = text("UPDATE cases SET state = 'accepted', decision = 'accepted' WHERE reference = :r")
        assert session.connection().execute(tried, {"r": reference}).rowcount == 0
        held = text("SELECT 1 FROM cases WHERE reference = :r FOR UPDATE")
        assert session.execute(held, {"r": reference}).first() is None
    make.as_owner(connection)
    with pytest.raises(IntegrityError, match="recorder_never_has_it"), connection.begin_nested():
        connection.execute(text("UPDATE cases SET assigned_to = recorded_by WHERE reference = :r"), {"r": reference})
    service.take(other, reference, case_row(connection, reference)["version"])


@pytest.mark.parametrize(
    ("recorder", "others", "to"),
    [
        ("social_worker", ["supervisor"], "kecamatan"),
        ("supervisor", ["regency_office"], "regency"),
        ("social_worker", [], "regency"),
    ],
)
def test_it_goes_to_somebody_else_or_to_nobody_yet(
    app: Flask, connection: Connection, family: make.TestFamily, recorder: str, others: list[str], to: str
) -> None:
    areas = {"social_worker": make.VILLAGE, "supervisor": make.KECAMATAN, "regency_office": make.REGENCY}
    officer = make.make_staff(connection, areas[recorder], role=recorder)
    made = [make.make_staff(connection, areas[role], role=role) for role in others]
    row = case_row(connection, recorded(app, connection, officer, family))
    assert (row["level"], row["assigned_to"]) == (to, made[0].staff_id if made else None)
    make.as_owner(connection)
    above = text("SELECT staff_id FROM case_route_above(:f, :v, 'village', :r)")
    raised = connection.execute(above, {"f": family.id, "v": make.VILLAGE, "r": officer.staff_id}).scalar()
    assert raised != officer.staff_id


def test_what_may_concern_an_officer_is_not_asked_by_one(
    app: Flask, connection: Connection, family: make.TestFamily, operator: StaffActor
) -> None:
    browser = staff_browser(app, connection, operator)
    browser.get(counter_address(connection, family.head, family))
    browser.fill(speaker="person", kind="bantuan-tidak-diterima", place="visit", present="y")
    draft = browser.path.split("/")[4]
    browser.fill(about="p:PKH")
    browser.fill(happened="never_came", since="unknown", story="Kata agen kosong.")
    assert browser.path.endswith("/berkas"), "the page about card and cut is left out"
    assert browser.client.get(f"/petugas/catat/draf/{draft}/kartu").status_code == 404
    browser.fill("/berkas")
    assert "021\N{NON-BREAKING HYPHEN}171" in browser.words
    browser.fill("/kirim", agreed="y")
    row = case_row(connection, reference_on(browser))
    assert row["restricted"] is False and row["recorded_at_place"] == "visit"


def test_only_for_a_person_who_is_there_and_an_adult_of_another_family(
    app: Flask, connection: Connection, family: make.TestFamily, operator: StaffActor
) -> None:
    child = make.make_member(connection, family.id, birth=date(2015, 1, 1), relation=3)
    dead = make.make_member(connection, family.id, relation=2, alive=False)
    own = make.make_family(connection)
    make.insert(connection, "staff_kinship", staff_id=operator.staff_id, family_id=own.id)
    browser = staff_browser(app, connection, operator)
    here = counter_address(connection, family.head, family)
    browser.get(here)
    assert browser.fill(speaker="person", kind="pindah-rumah", place="counter").status_code == 422
    assert browser.fill(kind="x", place="y", present="y").status_code == 422
    for member, of in ((child, family), (dead, family), (own.head, own)):
        browser.get(counter_address(connection, member, of))
        assert browser.page.status_code == 200 and not browser.soup.select("#main form"), member.name
        given = {"speaker": "person", "kind": "pindah-rumah", "place": "counter", "present": "y"}
        token = {"csrf_token": str(browser.soup.select("input[name=csrf_token]")[0]["value"])}
        assert browser.post(browser.path, given | token).status_code == 403
    far = make.make_family(connection, village_id=make.FAR_VILLAGE)
    assert browser.get(counter_address(connection, far.head, far)).status_code == 404


def test_a_draft_of_an_officer_is_that_officers_alone(
    app: Flask, connection: Connection, family: make.TestFamily, worker: StaffActor, operator: StaffActor
) -> None:
    browser = staff_browser(app, connection, operator)
    until_read_back(browser, counter_address(connection, family.head, family), with_photo=False)
    draft = browser.path.split("/")[4]
    assert staff_browser(app, connection, worker).get(f"/petugas/catat/draf/{draft}/bacakan").status_code == 404
    at_home = family_browser(app, connection, family.head)
    assert "Jalan Melati" not in at_home.get("/pengajuan").text
    assert at_home.get(f"/pengajuan/draf/{draft}/periksa").status_code == 404
    browser.get(f"/petugas/catat/draf/{draft}")
    assert f"/petugas/catat/draf/{draft}/bacakan" in browser.page.text, "it can be gone on with"
    browser.get(f"/petugas/catat/draf/{draft}/hapus")
    browser.fill()
    assert browser.client.get(f"/petugas/catat/draf/{draft}/bacakan").status_code == 404


WRITES = (
    "INSERT INTO cases (family_id, reference, draft_id, content_hash, person_id, kind, state, village_id, level,"
    " answers_sealed, promised_on, restricted, recorded_by, recorded_at_place, helped_by) VALUES (:family, :reference,"
    " gen_random_uuid(), '', :person, 'moved', 'sent', :village, 'village', '', current_date, :restricted, :recorder,"
    " :place, :helper)"
)


def writes(scope: Scope, family: make.TestFamily, **values: object) -> None:
    """Insert a case in raw SQL."""
    given = {
        "family": family.id, "person": family.head.person_id, "village": family.village_id, "restricted": False,
        "reference": uuid.uuid4().hex[:9], "recorder": None, "place": None, "helper": None,
    }  # fmt: skip
    with db.begin(scope) as session:
        session.execute(text(WRITES), given | values)


def test_the_walls_of_writing_for_others_in_sql(
    connection: Connection, family: make.TestFamily, worker: StaffActor
) -> None:
    far = make.make_family(connection, village_id=make.FAR_VILLAGE)
    own = make.make_family(connection)
    make.insert(connection, "staff_kinship", staff_id=worker.staff_id, family_id=own.id)
    office = make.make_staff(connection, make.REGENCY, role="regency_office")
    mine = {"recorder": worker.staff_id, "place": "counter"}
    member = Scope("family", person_id=family.head.person_id, family_id=family.id)
    beside = Scope("family", person_id=family.head.person_id, family_id=family.id, helper_id=worker.staff_id)
    forbidden: list[tuple[Scope, make.TestFamily, dict[str, object]]] = [
        (worker.scope, far, mine),
        (worker.scope, own, mine),
        (worker.scope, family, {}),  # without a label
        (worker.scope, family, mine | {"recorder": office.staff_id}),  # under another's name
        (worker.scope, family, mine | {"village": make.FAR_VILLAGE}),
        (office.scope, family, {"recorder": office.staff_id, "place": "counter"}),  # sits at no counter
        (member, family, mine),
        (member, family, {"helper": worker.staff_id}),
        (beside, family, {}),
    ]
    for scope, of, values in forbidden:
        with pytest.raises(DBAPIError, match="row-level security"):
            writes(scope, of, **values)
    with pytest.raises(IntegrityError, match="sealed_is_not_recorded"):
        writes(worker.scope, family, **mine, restricted=True)
    writes(worker.scope, family, **mine)
    writes(member, family)
    writes(beside, family, helper=worker.staff_id)


def test_the_person_says_these_are_not_my_words(
    app: Flask, connection: Connection, family: make.TestFamily, worker: StaffActor, operator: StaffActor
) -> None:
    supervisor = make.make_staff(connection, make.KECAMATAN, role="supervisor", name="Bambang Riyadi")
    reference = recorded(app, connection, operator, family)
    partner = make.make_member(connection, family.id, relation=2)
    beside = family_browser(app, connection, partner)
    beside.get(f"/pengajuan/{reference}")
    assert "bukan-ucapan-saya" not in beside.page.text, "only the person whose words they are said to be"
    at_home = family_browser(app, connection, family.head)
    at_home.get(f"/pengajuan/{reference}/bukan-ucapan-saya")
    assert at_home.fill(reason="").status_code == 422
    at_home.fill(reason="Saya tidak pernah pindah.")
    assert at_home.path == f"/pengajuan/{reference}" and "Saya tidak pernah pindah." in at_home.words
    row = case_row(connection, reference)
    assert (row["state"], row["assigned_to"], row["level"]) == ("disowned", supervisor.staff_id, "kecamatan")
    [event] = events(connection, "case_disowned")
    assert event.data["recorded_by"] == operator.staff_id and event.data["at_counter"] is False
    assert "berhenti" in at_home.get("/pesan").text
    desk = staff_browser(app, connection, supervisor)
    desk.get(f"/petugas/kasus/{reference}")
    assert "Saya tidak pernah pindah." in desk.words and "putusan" not in desk.page.text
    desk.fill("/bukan-ucapan", found="Warga benar, tidak pindah. Petugas ditegur.")
    assert case_row(connection, reference)["state"] == "void"
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM statement")).scalar_one() == 0
    at_home.get(f"/pengajuan/{reference}")
    assert "Petugas ditegur." in at_home.words


def test_also_after_the_decision_and_never_for_what_one_sent_alone(
    app: Flask, connection: Connection, family: make.TestFamily, worker: StaffActor, operator: StaffActor
) -> None:
    reference = recorded(app, connection, operator, family)
    service.take(worker, reference, 1)
    service.decide(worker, reference, 2, Move.ACCEPT, "Sudah diperiksa.")
    at_home = family_browser(app, connection, family.head)
    at_home.get(f"/pengajuan/{reference}/bukan-ucapan-saya")
    at_home.fill(reason="Bukan saya yang bilang.")
    row = case_row(connection, reference)
    assert row["state"] == "disowned" and row["closed_at"] is None and row["assigned_to"] is None
    writes(Scope("family", person_id=family.head.person_id, family_id=family.id), family, reference="7KQ4-MX9T")
    with db.begin(Scope("family", person_id=family.head.person_id, family_id=family.id)) as session:
        alone = text("UPDATE cases SET state = 'disowned' WHERE recorded_by IS NULL")
        with pytest.raises(DBAPIError, match="row-level security"), session.begin_nested():
            session.execute(alone)


def test_denied_at_a_counter_through_another_officer(
    app: Flask, connection: Connection, family: make.TestFamily, worker: StaffActor, operator: StaffActor
) -> None:
    reference = recorded(app, connection, worker, family)
    own = staff_browser(app, connection, worker)
    path = f"/petugas/catat/{reference}/bukan-ucapan"
    assert own.get(path).status_code == 403
    with db.begin(worker.scope) as session:
        tried = text("UPDATE cases SET state = 'disowned' WHERE reference = :r")
        assert session.connection().execute(tried, {"r": reference}).rowcount == 0
    counter = staff_browser(app, connection, operator)
    counter.get(counter_address(connection, family.head, family))
    assert path in counter.page.text and "Wahyu Hidayat" in counter.words
    counter.get(path)
    assert counter.fill(reason="Saya tidak bilang begitu.").status_code == 422, "the person has to be there"
    counter.fill(reason="Saya tidak bilang begitu.", present="y")
    row = case_row(connection, reference)
    assert row["state"] == "disowned" and row["assigned_to"] != worker.staff_id
    [event] = events(connection, "case_disowned")
    assert event.actor_id == operator.staff_id and event.data["at_counter"] is True
    assert own.get(f"/petugas/kasus/{reference}").status_code == 200 and "bukan ucapan kami" in own.words


def test_an_event_of_life_is_told_once_at_the_counter(
    app: Flask, connection: Connection, family: make.TestFamily, worker: StaffActor, operator: StaffActor
) -> None:
    make.make_participation(connection, family.id)
    address = counter_address(connection, family.head, family)
    for officer in (operator, worker):  # the operator sees nothing of the aid, and is told so
        browser = staff_browser(app, connection, officer)
        browser.get(address)
        browser.fill(speaker="person", kind="peristiwa/kelahiran", place="visit", present="y")
        assert ("tidak melihat bantuan" in browser.words) == (officer is operator)
    assert "akta kelahiran" in browser.words and "Siti Aminah" in browser.words
    assert browser.fill(sex="L").status_code == 422 and browser.path.endswith("/peristiwa/kelahiran")
    browser.fill(full_name="Bayu", sex="L", born_on=["1", "1", "2026"], mother=str(family.head.id))
    assert browser.path == address and browser.words.count("Bagian dari: Ada anak lahir") == 2
    for title in ("Ada anak lahir", "PKH: hitung seorang anak"):
        card = next(card for card in browser.soup.select("section.card") if card.find("h2", string=title))
        browser.get(str(card.select_one("a.govuk-button")["href"]))
        browser.fill("/berkas", later="y")
        browser.fill("/kirim", agreed="y")
        browser.get(address)
    make.as_owner(connection)
    cases = connection.execute(text("SELECT kind, event, heading, recorded_by, recorded_at_place FROM cases")).all()
    assert {case.kind for case in cases} == {"birth", "pkh_component"} and len({case.heading for case in cases}) == 1
    assert {tuple(case)[1::2] for case in cases} == {("birth", worker.staff_id)}
    assert {case.recorded_at_place for case in cases} == {"visit"}
    for wrong in ("di=elsewhere", "di=visit&oleh=nobody"):
        assert browser.get(f"{address}/peristiwa/kelahiran?{wrong}").status_code == 404
