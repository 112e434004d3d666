"""An officer answers a case: queue, taking, asking, visiting, deciding; and who may not."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from portal.accounts.actor import StaffActor
from portal.core.clock import today
from portal.core.workdays import add_workdays
from portal.extensions import keys
from tests.factories import (
    KECAMATAN,
    OTHER_REGENCY,
    OTHER_VILLAGE,
    REGENCY,
    VILLAGE,
    TestFamily,
    as_owner,
    insert,
    make_family,
    make_staff,
)
from tests.pages.browsing import family_browser, staff_browser
from tests.pages.test_cases_pages import moved_until_check, photo, reference_on


class Told:
    """A family that said «we moved», its browser, its officer and the officer's browser."""

    def __init__(self, app: Flask, connection: Connection) -> None:
        self.connection = connection
        self.family: TestFamily = make_family(connection)
        self.officer: StaffActor = make_staff(connection, VILLAGE, name="Wahyu Hidayat")
        self.phone = family_browser(app, connection, self.family.head)
        self.desk = staff_browser(app, connection, self.officer)
        self.chief = staff_browser(app, connection, make_staff(connection, KECAMATAN, role="supervisor"))
        moved_until_check(self.phone)
        self.phone.fill("/kirim")
        self.reference = reference_on(self.phone)
        self.case = f"/petugas/kasus/{self.reference}"
        self.own = f"/pengajuan/{self.reference}"

    def take(self) -> None:
        self.desk.get(self.case)
        self.desk.fill("/ambil")

    def decide(self, decision: str, **more: object) -> None:
        reason = "Saya sudah datang dan melihat rumah baru."
        self.desk.fill("/putusan", **({"decision": decision, "reason": reason} | more))

    def value(self, sql: str) -> object:
        as_owner(self.connection)
        return self.connection.execute(text(sql)).scalar_one()


@pytest.fixture
def told(app: Flask, connection: Connection) -> Told:
    return Told(app, connection)


def test_the_queue_shows_what_is_asked_beside_the_record(told: Told) -> None:
    told.desk.get("/petugas/antrean")
    assert told.reference in told.desk.words and "Siti Aminah" in told.desk.words
    told.desk.get(told.case)
    assert "Dusun Krajan No. 1" in told.desk.words and "Jalan Melati No. 7" in told.desk.words
    assert len(told.desk.soup.select("td.changed")) == 3
    told.phone.get(told.own)
    assert "Wahyu Hidayat" in told.phone.words
    assert told.value("SELECT count(*) FROM case_event WHERE event = 'opened'") == 1
    told.desk.get(told.case)
    assert told.value("SELECT count(*) FROM case_event WHERE event = 'opened'") == 1
    assert told.value("SELECT count(*) FROM audit_event WHERE event = 'family_viewed'") == 2
    assert told.value("SELECT count(*) FROM audit_event WHERE event = 'case_opened'") == 1


def test_asked_answered_with_a_photo_visited_and_accepted(told: Told) -> None:
    told.take()
    told.desk.fill("/tanya", question="Mohon kirim foto surat dari RT.")
    told.phone.get("/pesan")
    assert told.reference in told.phone.words
    told.phone.get(told.own)
    assert "Mohon kirim foto surat dari RT." in told.phone.words
    told.phone.fill("/jawab", words="")
    assert told.phone.page.status_code == 422
    told.phone.fill("/jawab", words="Ini fotonya.", file=("foto.jpg", b"bukan foto"))
    assert told.phone.page.status_code == 422 and told.phone.form("/jawab")[1]["words"].strip() == "Ini fotonya."
    told.phone.fill("/jawab", words="Ini fotonya.", file=photo())
    assert told.phone.page.status_code == 200
    told.desk.get(told.case)
    assert "Ini fotonya." in told.desk.words
    links = [str(link["href"]) for link in told.desk.soup.select("a[href*='/petugas/berkas/']")]
    assert len(links) == 2
    assert told.desk.client.get(links[1]).mimetype == "image/jpeg"
    assert told.value("SELECT count(*) FROM audit_event WHERE event = 'case_file_opened'") == 1
    day = today() + timedelta(days=3)
    parts = [str(day.day), str(day.month), str(day.year)]
    told.desk.fill("/kunjungan", day=parts, part="morning")
    told.phone.get(told.own)
    assert told.value("SELECT state FROM cases") == "visit_set"
    told.desk.get(told.case)
    told.decide("accepted")
    assert told.value("SELECT state FROM cases") == "accepted"
    fields = told.value("SELECT array_agg(field ORDER BY field) FROM statement WHERE state = 'waiting'")
    assert fields == ["address", "rt", "rw", "village_id"]
    sealed = told.value("SELECT value_sealed FROM statement WHERE field = 'address'")
    assert keys.ring.unseal("address", bytes(sealed)) == "Jalan Melati No. 7"  # type: ignore[arg-type]
    assert told.value("SELECT value FROM statement WHERE field = 'rw'") == "012"
    assert told.value("SELECT village_id FROM family WHERE id = " + str(told.family.id)) == VILLAGE  # official stays
    told.phone.get(told.own)
    assert "Saya sudah datang dan melihat rumah baru." in told.phone.words
    assert told.value("SELECT count(*) FROM notice WHERE key = 'case_accepted'") == 1
    assert told.value("SELECT count(*) FROM audit_event WHERE event = 'statement_made'") == 4
    told.desk.get("/petugas/antrean")
    assert told.reference not in told.desk.words
    told.desk.get("/petugas/antrean?status=closed")
    assert told.reference in told.desk.words


def test_accepted_in_part_states_only_what_was_ticked(told: Told) -> None:
    told.take()
    told.decide("partly")
    assert told.desk.page.status_code == 422
    told.decide("partly", fields=["rt", "rw"])
    fields = told.value("SELECT array_agg(field ORDER BY field) FROM statement")
    assert fields == ["rt", "rw"] and told.value("SELECT state FROM cases") == "partly"


def test_refused_writes_nothing_into_the_record(told: Told) -> None:
    told.take()
    told.decide("refused", reason="pendek")
    assert told.desk.page.status_code == 422 and told.desk.form("/putusan")[1]["reason"].strip() == "pendek"
    told.decide("refused")
    assert told.value("SELECT count(*) FROM statement") == 0
    told.phone.get(told.own)
    assert told.phone.soup.select_one(".said")


def test_the_second_who_takes_or_decides_is_told_what_changed(app: Flask, told: Told) -> None:
    colleague = staff_browser(app, told.connection, make_staff(told.connection, VILLAGE, name="Dewi Lestari"))
    colleague.get(told.case)
    action, answers = colleague.form("/ambil")
    told.take()
    colleague.post(action, answers)
    assert colleague.page.status_code == 409 and "Wahyu Hidayat" in colleague.words
    decision = told.desk.form("/putusan")
    colleague.fill("/ambil-alih")
    assert colleague.page.status_code == 200
    told.desk.post(decision[0], decision[1] | {"decision": "accepted", "reason": "Rumah sudah dilihat."})
    assert told.desk.page.status_code == 409 and "Dewi Lestari" in told.desk.words
    assert "Rumah sudah dilihat." in told.desk.page.text or "TAKE" not in told.desk.page.text
    assert told.value("SELECT state FROM cases") == "with_worker"


def test_nobody_works_on_the_own_family(told: Told) -> None:
    insert(told.connection, "staff_kinship", staff_id=told.officer.staff_id, family_id=told.family.id)
    told.desk.get(told.case)
    assert told.desk.page.status_code == 200
    assert not list(told.desk.soup.select("main form[method=post]"))
    token = told.desk.soup.select_one("input[name=csrf_token]")
    assert token is not None
    told.desk.post(f"{told.case}/ambil", {"csrf_token": str(token["value"]), "seen": "1"})
    assert told.desk.page.status_code == 403
    assert told.value("SELECT state FROM cases") == "sent"
    assert told.value("SELECT count(*) FROM case_event WHERE event = 'opened'") == 0


def test_other_areas_do_not_find_it(app: Flask, told: Told) -> None:
    paper = told.value("SELECT public_id FROM case_file LIMIT 1")
    for area, role in ((OTHER_VILLAGE, "social_worker"), (OTHER_REGENCY, "regency_office"), (KECAMATAN, "unknown")):
        stranger = staff_browser(app, told.connection, make_staff(told.connection, area, role=role))
        refused = 403 if role == "unknown" else 404
        assert stranger.get(told.case).status_code == refused
        assert stranger.get(f"/petugas/berkas/{paper}").status_code == refused
        assert told.reference not in stranger.get("/petugas/antrean").text
    for area, role in ((KECAMATAN, "supervisor"), (REGENCY, "regency_office")):
        above = staff_browser(app, told.connection, make_staff(told.connection, area, role=role))
        assert above.get(told.case).status_code == 200
    assert told.phone.get(told.case).status_code == 403
    assert told.desk.get(told.own).status_code == 403


def test_a_village_worker_may_not_pass_by_the_table(told: Told) -> None:
    told.desk.get(told.case)
    token = told.desk.form("/ambil")[1]
    told.desk.post(f"{told.case}/tanya", token | {"seen": "1", "question": "Mohon kirim fotonya."})
    assert told.desk.page.status_code == 409  # it must be taken first
    told.desk.fill("/ambil")
    told.desk.post(f"{told.case}/kunjungan", token | {"seen": "2", "day": ["1", "1", "2020"]})
    assert told.desk.page.status_code == 422


def test_the_queue_is_filtered_paged_late_and_polled(app: Flask, told: Told) -> None:
    late, soon = today() - timedelta(days=4), add_workdays(today(), 1)
    days = {0: late, 1: late, 2: today(), 3: soon, 4: soon}
    for number in range(30):
        insert(
            told.connection,
            "cases",
            family_id=told.family.id,
            reference=f"TEST-{number:04}",
            draft_id=f"00000000-0000-0000-0000-{number:012}",
            content_hash=b"x",
            person_id=told.family.head.person_id,
            kind="aid_missing",
            state="with_worker" if number else "needs_more",
            village_id=VILLAGE,
            level="village",
            assigned_to=told.officer.staff_id if number < 3 else None,
            answers_sealed=b"x",
            promised_on=days.get(number, date(2099, 1, 1)),
            version=1,
        )
    told.desk.get("/petugas/antrean")
    rows = told.desk.soup.select("table.queue tbody tr")
    assert len(rows) == 25 and "TEST-0000" in rows[0].get_text() and "TEST-0001" in rows[1].get_text()
    assert [row.has_attr("class") for row in rows[:3]] == [False, True, False]
    assert [way.get_text(strip=True)[-1] for way in told.desk.soup.select(".due-ways a")] == ["1", "1", "2"]
    assert "batas jawab hari ini" in rows[2].get_text()
    for filters, count in (
        ("jenis=moved", 1),
        ("saya=1&jenis=aid_missing", 3),
        ("status=needs_more", 1),
        ("status=nonsense", 0),
        (f"desa={OTHER_VILLAGE}", 0),
        ("desa=99999999999999999999", 25),  # no database knows such a number, nor a NUL
        ("jenis=%00", 25),
        ("janji=lewat", 1),  # not what waits for the family
        ("janji=hari-ini", 1),
        ("janji=besok", 2),
        ("janji=besok&saya=1", 0),
        ("janji=x", 25),
        ("sesudah=0-9999999-1", 25),  # beyond everything: from the top again
        ("sesudah=0-99999999999999999-1&sebelum=x", 25),
    ):
        told.desk.get(f"/petugas/antrean?{filters}")
        assert len(told.desk.soup.select("table.queue tbody tr")) == count, filters


def test_pages_follow_each_other_without_a_gap_there_and_back(told: Told) -> None:
    """Urgent ones first, several of one day and one moment: every page begins where the one before it ended."""
    for number in range(130):
        closed = number >= 65
        insert(told.connection, "cases", family_id=told.family.id, reference=f"PAGE-{number:04}", content_hash=b"x",
               draft_id=f"00000000-0000-0000-0001-{number:012}", person_id=told.family.head.person_id, level="village",
               kind="no_food" if number % 2 else "moved", state="refused" if closed else "with_worker", version=1,
               village_id=VILLAGE, answers_sealed=b"x", urgent=number % 2 == 1 and number % 65 < 60,
               promised_on=date(2098, 1, 1 + number % 3),
               closed_at=f"2026-01-0{1 + number % 3}T08:00:00Z" if closed else None)  # fmt: skip
    for first, count in (("/petugas/antrean", 66), ("/petugas/antrean?status=closed", 65),
                         ("/petugas/mendesak", 30), ("/petugas/beban/tanpa-petugas", 65)):  # fmt: skip
        desk = told.chief
        seen: dict[str, list[list[str]]] = {"next": [], "prev": []}
        address = first
        for way in ("next", "prev"):
            while True:
                desk.get(address)
                seen[way].append(
                    re.findall(
                        r"PAGE-\d{4}",
                        " ".join(row.get_text() for row in desk.soup.select("tr, .govuk-checkboxes__item")),
                    )
                )
                link = desk.soup.select_one(f'a[rel="{way}"]')
                if link is None:
                    break
                address = str(link["href"])
        there = [one for page in seen["next"] for one in page]
        assert len(there) == len(set(there)) == (65 if count == 66 else count), first
        assert seen["prev"] == seen["next"][::-1], first


def test_new_cases_appear_by_polling_and_silence_costs_nothing(app: Flask, told: Told) -> None:
    told.desk.get("/petugas/antrean")
    polled = str(told.desk.soup.select_one("#queue")["hx-get"])  # type: ignore[index]
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    assert told.desk.client.get(polled, headers=headers).status_code == 204
    moved_until_check(told.phone)
    told.phone.fill("/kirim")
    fresh = told.desk.client.get(polled, headers=headers)
    assert fresh.status_code == 200 and reference_on(told.phone) in fresh.text
    assert fresh.text.lstrip().startswith('<div id="queue"') and "every 20s" in fresh.text
    ended = told.desk.client.get(polled.split("sejak=", maxsplit=1)[0] + "sejak=1000000000&tanda=x", headers=headers)
    assert "every 20s" not in ended.text


def test_the_answer_of_the_family_keeps_the_promise_honest(told: Told) -> None:
    told.take()
    told.desk.fill("/tanya", question="Mohon kirim foto surat dari RT.")
    told.phone.get(told.own)
    action, answers = told.phone.form("/jawab")
    as_owner(told.connection)
    told.connection.execute(text("UPDATE cases SET promised_on = '2020-01-01'"))
    told.phone.post(action, answers | {"words": "Sudah."})
    assert told.value("SELECT promised_on > current_date FROM cases") is True
    told.phone.post(action, answers | {"words": "Sudah lagi."})
    assert told.phone.page.status_code == 409


def test_a_too_large_answer_comes_back_on_its_page(told: Told) -> None:
    told.take()
    told.desk.fill("/tanya", question="Mohon kirim foto surat dari RT.")
    told.phone.get(told.own)
    told.phone.fill("/jawab", words="Ini.", file=("besar.jpg", b"\xff\xd8\xff" + b"0" * (13 * 1024 * 1024)))
    assert told.phone.page.status_code == 413 and told.phone.form("/jawab")


def test_the_address_of_a_post_opened_again_leads_to_its_page(told: Told) -> None:
    told.desk.get(f"{told.case}/putusan")
    assert told.desk.path == told.case and told.desk.page.status_code == 200
    told.phone.get(f"{told.own}/jawab")
    assert told.phone.path == told.own
    moved_until_check(told.phone)
    check = told.phone.path
    for again, page in (("/kirim", "/periksa"), ("/berkas/moving_letter", "/berkas")):
        told.phone.get(check.replace("/periksa", again))
        assert told.phone.path == check.replace("/periksa", page)
