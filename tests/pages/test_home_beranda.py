"""The home page: four answers, what became worse first, few statements, and the page that a browser keeps."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import Connection, event, text

from portal.extensions import db, keys
from portal.registry.changes import Finding, Verifier, make_statement
from tests.factories import (
    AS_OF,
    VILLAGE,
    TestFamily,
    TestMember,
    as_owner,
    family_actor,
    insert,
    make_disbursement,
    make_family,
    make_member,
    make_participation,
    make_staff,
)
from tests.pages.clients import PortalClient

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def home_of(client: PortalClient, member: TestMember, path: str = "/beranda", **kwargs: Any) -> str:
    """The words of a member's page."""
    answer = client.as_(family_actor(member)).get(path, **kwargs)
    assert answer.status_code == 200
    return words_of(answer.text)


def words_of(page: str) -> str:
    main = BeautifulSoup(page, "html.parser").find("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def visited(connection: Connection, at: datetime) -> None:
    """Every session of this test began after a visit at that time."""
    as_owner(connection)
    connection.execute(text("UPDATE web_session SET previous_visit_at = :at"), {"at": at})


def rich_family(connection: Connection) -> TestFamily:
    family = make_family(connection, desil=3)
    insert(connection, "desil", family_id=family.id, ranked_on=date(2026, 7, 1), desil=2)
    make_member(
        connection, family.id, name="RAHMAT HIDAYAT", birth=date(2011, 2, 4), sex="L", relation=3, marital=1,
        school_participation=2, school_level="SMP",
    )  # fmt: skip
    make_participation(connection, family.id)
    make_disbursement(connection, family.id)
    make_disbursement(
        connection, family.id, stage=4, amount=1_200_000, status="SI", paid_on=None, scheduled_on=date(2026, 11, 25)
    )
    officer = make_staff(connection, VILLAGE)
    insert(
        connection, "cases", family_id=family.id, reference="7KQ4-MX9T", draft_id=str(uuid.uuid4()),
        content_hash=b"x", person_id=family.head.person_id, kind="moved", state="with_worker", village_id=VILLAGE,
        level="village", assigned_to=officer.staff_id, answers_sealed=b"x", promised_on=date(2026, 12, 4),
    )  # fmt: skip
    return family


def test_four_answers_stand_in_order(client: PortalClient, connection: Connection) -> None:
    words = home_of(client, rich_family(connection).head)
    answers = ["Halo, Siti Aminah", "Rp1.200.000", "Di bank", "25 Nov 2026", "Desil keluarga saya: 3", "1 Okt 2026",
               "sebelumnya 2", "Rahmat Hidayat (15 tahun)", "Kami pindah rumah", "4 Desember 2026"]  # fmt: skip
    places = [words.find(answer) for answer in answers]
    assert -1 not in places, dict(zip(answers, places, strict=True))
    assert places == sorted(places)


def test_home_takes_few_statements(client: PortalClient, connection: Connection) -> None:
    browser = client.as_(family_actor(rich_family(connection).head))
    browser.get("/beranda")
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        assert browser.get("/beranda").status_code == 200
        assert len(seen) <= 4, seen  # the session, who asks (twice), and the page
    finally:
        event.remove(connection, "before_cursor_execute", note)


def stopped_family(connection: Connection, **ended: Any) -> TestFamily:
    family = make_family(connection, desil=6, head={"name": "SUTRISNO"})
    insert(connection, "desil", family_id=family.id, ranked_on=date(2026, 7, 1), desil=4)
    values = {"until": date(2026, 9, 30), "active": False, "reason": "DESIL", "ended_as_of": AS_OF} | ended
    make_participation(connection, family.id, **values)
    return family


def test_a_stop_comes_first_with_its_remedy(client: PortalClient, connection: Connection) -> None:
    words = home_of(client, stopped_family(connection).head)
    assert words.index("PKH berhenti 30 September 2026") < words.index("Bantuan berikutnya")
    assert "beri tahu kami" in words


def test_an_unrecorded_cause_is_said_to_be_so(client: PortalClient, connection: Connection) -> None:
    words = home_of(client, stopped_family(connection, reason=None).head)
    assert "belum tercatat" in words[: words.index("Bantuan berikutnya")]


@pytest.mark.parametrize(
    ("at", "loaded", "is_news"),
    [
        (datetime(2026, 9, 20, tzinfo=UTC), False, True),  # the extract is newer than the visit
        (datetime(2026, 11, 1, tzinfo=UTC), False, False),  # seen at the visit before
        (datetime(2026, 11, 1, tzinfo=UTC), True, True),  # the extract is older than the visit, but loaded after it
    ],
)
def test_news_are_what_came_since_the_last_visit(
    client: PortalClient, connection: Connection, at: datetime, loaded: bool, is_news: bool
) -> None:
    family = stopped_family(connection)
    if loaded:
        change = {"subject": "participation", "field": "active", "old": "true", "new": "false", "at": NOW}
        insert(connection, "record_change", family_id=family.id, **change)
    browser = client.as_(family_actor(family.head))
    visited(connection, at)
    words = words_of(browser.get("/beranda").text)
    assert (words.index("PKH berhenti") < words.index("Bantuan berikutnya")) is is_news
    assert words.count("PKH berhenti 30 September 2026") == 1  # told before: still there, as a quiet line


def test_what_ended_years_ago_is_no_news(client: PortalClient, connection: Connection) -> None:
    words = home_of(client, stopped_family(connection, until=date(2021, 12, 31)).head)
    assert "berhenti" not in words


def test_what_began_again_is_no_stop(client: PortalClient, connection: Connection) -> None:
    family = stopped_family(connection)
    make_participation(connection, family.id, since=date(2026, 10, 1))
    assert "berhenti" not in home_of(client, family.head)


def test_a_risen_desil_is_told_after_the_visit_before_it(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection, desil=5)
    insert(connection, "desil", family_id=family.id, ranked_on=date(2026, 7, 1), desil=3)
    browser = client.as_(family_actor(family.head))
    assert "naik" not in words_of(browser.get("/beranda").text)
    visited(connection, datetime(2026, 9, 1, tzinfo=UTC))
    assert "Desil Anda naik dari 3 ke 5" in words_of(browser.get("/beranda").text)
    visited(connection, datetime(2026, 11, 1, tzinfo=UTC))
    assert "naik" not in words_of(browser.get("/beranda").text)


def test_the_dead_are_not_greeted_and_offered_nothing(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection, head={"alive": False, "name": "KAKEK SLAMET"})
    youth = make_member(connection, family.id, name="RAHMAT", birth=date(2011, 2, 4), relation=3, alive=False)
    words = home_of(client, family.head)
    assert "Halo, Kakek" not in words
    assert "Kakek Slamet tercatat meninggal" in words
    assert youth.name.capitalize() not in words


def test_new_messages_are_counted(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    spouse = make_member(connection, family.id, name="AGUS", relation=2)
    for person in (family.head, family.head, spouse):
        insert(connection, "notice", family_id=family.id, person_id=person.person_id, key="case_taken")
    insert(connection, "notice", family_id=family.id, person_id=family.head.person_id, key="case_taken", read_at=NOW)
    assert "Pesan: 2 baru" in home_of(client, family.head)


def test_an_empty_record_says_so_kindly(client: PortalClient, connection: Connection) -> None:
    words = home_of(client, make_family(connection, desil=None).head)
    assert "Saat ini belum ada yang tercatat" in words
    assert "Desil Anda belum tercatat" in words
    assert "Sampaikan di sini" in words


def test_unknown_words_of_the_record_are_shown_as_they_are(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_participation(connection, family.id, "BANTUAN XYZ")
    make_disbursement(connection, family.id, "BANTUAN XYZ", stage=4, status="LABEL ANEH", paid_on=None, amount=None)
    words = home_of(client, family.head)
    assert "BANTUAN XYZ" in words
    assert "LABEL ANEH" in words
    assert "Belum jelas" in words
    assert "Jumlah belum tercatat" in words


def test_the_page_speaks_english_where_chosen(client: PortalClient, connection: Connection) -> None:
    browser = client.as_(family_actor(rich_family(connection).head))
    browser.set_cookie("bahasa", "en")
    words = words_of(browser.get("/beranda").text)
    assert "Hello, Siti Aminah" in words
    assert "Next aid" in words
    assert "Bantuan berikutnya" not in words


def test_one_family_never_sees_another(client: PortalClient, connection: Connection) -> None:
    rich_family(connection)
    words = home_of(client, make_family(connection, head={"name": "KARTINI"}, desil=9).head)
    assert "Rahmat" not in words
    assert "Rp1.200.000" not in words


def test_a_page_that_did_not_change_is_a_bare_304(client: PortalClient, connection: Connection) -> None:
    browser = client.as_(family_actor(rich_family(connection).head))
    first = browser.get("/beranda")
    again = browser.get("/beranda", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert set(again.headers.keys()) == {"ETag", "Cache-Control", "Vary"}
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_304_asks_the_database_only_for_the_session(client: PortalClient, connection: Connection) -> None:
    browser = client.as_(family_actor(rich_family(connection).head))
    tag = browser.get("/beranda").headers["ETag"]
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        assert browser.get("/beranda", headers={"If-None-Match": tag}).status_code == 304
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert not [statement for statement in seen if "json_agg" in statement]


def test_the_tag_of_one_family_is_nothing_to_another(client: PortalClient, connection: Connection) -> None:
    tag = client.as_(family_actor(rich_family(connection).head)).get("/beranda").headers["ETag"]
    other = client.as_(family_actor(make_family(connection).head))
    assert other.get("/beranda", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("reason", ["language", "block", "record", "cases", "day", "session"])
def test_the_tag_changes_with_what_the_page_stands_on(
    client: PortalClient, connection: Connection, reason: str
) -> None:
    family = rich_family(connection)
    browser = client.as_(family_actor(family.head))
    headers = {"If-None-Match": browser.get("/beranda").headers["ETag"]}
    if reason == "language":
        browser.set_cookie("bahasa", "en")
    elif reason == "block":
        headers["HX-Request-Type"] = "partial"
    elif reason == "record":
        as_owner(connection)
        connection.execute(text("UPDATE family SET revision = revision + 1 WHERE id = :f"), {"f": family.id})
    elif reason == "cases":
        as_owner(connection)
        connection.execute(text("UPDATE cases SET state = 'accepted' WHERE family_id = :f"), {"f": family.id})
    elif reason == "session":
        browser = client.as_(browser.actor or family_actor(family.head))
    with time_machine.travel(NOW.replace(day=22) if reason == "day" else NOW):
        assert browser.get("/beranda", headers=headers).status_code == 200


def test_a_page_that_says_something_once_is_not_kept(app: Flask, client: PortalClient, connection: Connection) -> None:
    browser = client.as_(family_actor(rich_family(connection).head))
    tag = browser.get("/beranda").headers["ETag"]
    with browser.session_transaction() as cookie:
        cookie["_flashes"] = [("good", "Terkirim sekali ini")]
    said = browser.get("/beranda", headers={"If-None-Match": tag})
    assert said.status_code == 200
    assert "Terkirim sekali ini" in said.text
    assert "ETag" not in said.headers
    assert browser.get("/beranda", headers={"If-None-Match": tag}).status_code == 304


def test_the_form_of_a_kept_page_can_still_be_sent(app: Flask, client: PortalClient, connection: Connection) -> None:
    browser = client.as_(family_actor(rich_family(connection).head))
    kept = browser.get("/beranda")
    assert browser.get("/beranda", headers={"If-None-Match": kept.headers["ETag"]}).status_code == 304
    page = BeautifulSoup(kept.text, "html.parser")
    form = page.select_one("form[action='/bahasa']")
    assert form is not None
    token = page.select_one(f"input[name=csrf_token][form={form['id']}]")["value"]  # type: ignore[index]
    answer = browser.post("/bahasa", data={"csrf_token": token, "language": "en", "next": "/beranda"})
    assert answer.status_code == 303


def test_a_checked_statement_makes_the_page_anew(client: PortalClient, connection: Connection, app: Flask) -> None:
    family = rich_family(connection)
    browser = client.as_(family_actor(family.head))
    tag = browser.get("/beranda").headers["ETag"]
    officer = make_staff(connection, VILLAGE)
    with db.begin(officer.scope) as opened:
        make_statement(
            opened, keys.ring, family_id=family.id, finding=Finding("housing", "roof", "6"),
            verifier=Verifier(officer.staff_id, officer.name, "7KQ4-MX9T"),
        )  # fmt: skip
    assert browser.get("/beranda", headers={"If-None-Match": tag}).status_code == 200


def test_a_visit_that_is_set_is_told(client: PortalClient, connection: Connection) -> None:
    family = rich_family(connection)
    as_owner(connection)
    connection.execute(text("UPDATE cases SET state = 'visit_set', visit_on = '2026-11-24'"))
    assert "Wahyu Hidayat akan mengunjungi Anda pada 24 November 2026" in home_of(client, family.head)


@pytest.mark.parametrize(("label", "said"), [("EXCLUDE", "Tertahan"), ("SK", "Masuk daftar"), ("OMSPAN", "kas negara")])
def test_where_the_money_is_in_two_words(client: PortalClient, connection: Connection, label: str, said: str) -> None:
    family = make_family(connection)
    make_participation(connection, family.id)
    make_disbursement(connection, family.id, stage=4, status=label, paid_on=None, scheduled_on=date(2026, 11, 25))
    assert said in home_of(client, family.head)


def test_the_next_stage_is_an_estimate_with_its_place(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_participation(connection, family.id)
    make_participation(connection, family.id, "BPNT")
    make_disbursement(connection, family.id, channel="BRI")
    words = home_of(client, family.head)
    assert "Perkiraan" in words
    assert "Lewat BRI." in words
    assert "PKH tahap 4 · 2026" in words
    assert "Juga: Sembako." in words


def test_a_payment_past_its_planned_day_says_so(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_participation(connection, family.id)
    make_disbursement(connection, family.id, stage=4, status="SI", paid_on=None, scheduled_on=date(2026, 10, 15))
    assert "Sudah lewat tanggal rencana" in home_of(client, family.head)
