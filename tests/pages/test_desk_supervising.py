"""Who oversees an area: the load of each officer, cases given to another one, and what the counter wrote down today."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from portal.accounts.actor import StaffActor
from portal.cases.loading import seal_answers
from portal.cases.pace_counting import count_pace
from portal.core.clock import now, today
from portal.extensions import db
from tests import factories as make
from tests.pages.browsing import Browser, family_browser, staff_browser
from tests.pages.test_walls import make_case


class Area:
    """A kecamatan: two workers of a village, their supervisor, and three families with a case of the first."""

    def __init__(self, app: Flask, connection: Connection) -> None:
        self.connection = connection
        self.first = make.make_staff(connection, make.VILLAGE, name="Wahyu Hidayat")
        self.second = make.make_staff(connection, make.VILLAGE, make.OTHER_VILLAGE, name="Dewi Lestari")
        self.far = make.make_staff(connection, make.FAR_VILLAGE, name="Jauh Sekali")
        supervisor = make.make_staff(connection, make.KECAMATAN, role="supervisor", name="Ibu Camat")
        self.chief: Browser = staff_browser(app, connection, supervisor)
        self.families = [make.make_family(connection) for _ in range(3)]
        self.cases = [make_case(connection, family) for family in self.families]
        self.change("UPDATE cases SET assigned_to = :s, state = 'with_worker'", s=self.first.staff_id)
        self.change("UPDATE cases SET promised_on = :d WHERE id = :c", d=today() - timedelta(days=9), c=self.cases[0])
        moved = {"village": make.OTHER_VILLAGE, "address": "Jalan Melati", "rt": "1", "rw": "2"}
        self.change('UPDATE case_event SET data = \'{"level": "village"}\'')
        self.change(
            "UPDATE cases SET reference = 'CCCC-' || id, answers_sealed = :a",
            a=seal_answers(moved | {"moved_on": "2026-09-01"}),
        )

    def change(self, sql: str, **values: object) -> None:
        make.as_owner(self.connection)
        self.connection.execute(text(sql), values)

    def all(self, sql: str) -> list[object]:
        make.as_owner(self.connection)
        return list(self.connection.execute(text(sql)).scalars())

    def public(self, officer: StaffActor) -> str:
        return str(self.all(f"SELECT public_id FROM staff WHERE id = {officer.staff_id}")[0])

    def ticks(self, html: str) -> list[str]:
        return re.findall(r'name="case" value="([^"]+)"', html)


@pytest.fixture
def area(app: Flask, connection: Connection) -> Area:
    return Area(app, connection)


def test_a_supervisor_sees_the_load_and_gives_cases_to_another_worker(app: Flask, area: Area) -> None:
    values = {"staff_id": area.first.staff_id, "substitute_id": area.second.staff_id, "made_by": area.first.staff_id}
    make.insert(area.connection, "staff_substitution", since=today(), until=today() + timedelta(days=3), **values)
    area.chief.get("/petugas/beban")
    words = area.chief.words
    assert "Wahyu Hidayat" in words and "Dewi Lestari menggantikan" in words and "Jauh Sekali" not in words
    page = f"/petugas/beban/{area.public(area.first)}"
    area.chief.get(page)
    ticks = area.ticks(area.chief.page.text)
    assert ticks[0].startswith(f"CCCC-{area.cases[0]}:") and len(ticks) == 3  # the late one first
    given = {"to": area.public(area.second), "reason": "Pak Wahyu cuti sampai akhir bulan."}
    area.chief.fill(page, **given)
    assert area.chief.page.status_code == 422  # nothing was ticked
    area.change("UPDATE cases SET version = version + 1 WHERE id = :c", c=area.cases[1])
    make.insert(area.connection, "staff_kinship", staff_id=area.second.staff_id, family_id=area.families[2].id)
    area.chief.fill(page, case=ticks, **given)
    assert area.chief.page.status_code == 409 and "Ada yang baru" in area.chief.words
    holders = area.all("SELECT assigned_to FROM cases ORDER BY id")
    assert holders == [area.second.staff_id, area.first.staff_id, area.first.staff_id]
    assert area.all("SELECT event FROM case_event WHERE event = 'given'") == ["given"]
    assert area.all("SELECT values ->> 'officer' FROM notice WHERE key = 'case_taken_over'") == ["Dewi Lestari"]
    phone = family_browser(app, area.connection, area.families[0].head)
    phone.get(f"/pengajuan/CCCC-{area.cases[0]}")
    assert "Diserahkan kepada Dewi Lestari oleh Ibu Camat" in phone.words and "Pak Wahyu cuti" in phone.words


def test_a_case_goes_to_nobody_who_may_not_have_it(area: Area) -> None:
    page = f"/petugas/beban/{area.public(area.first)}"
    area.chief.get(page)
    reason = {"reason": "Pak Wahyu cuti sampai akhir bulan.", "case": area.ticks(area.chief.page.text)}
    area.chief.fill(page, to=area.public(area.far), **reason)
    assert area.chief.page.status_code == 422  # not an officer of this area
    area.change("UPDATE cases SET level = 'kecamatan'")
    area.chief.fill(page, to=area.public(area.second), **reason)
    assert area.chief.page.status_code == 409  # what was raised is not sent back down
    assert set(area.all("SELECT assigned_to FROM cases")) == {area.first.staff_id}
    assert area.all("SELECT event FROM case_event WHERE event = 'given'") == []


def test_takers_are_told_to_overseers_only(committed: Engine) -> None:
    with committed.begin() as owner:
        family = make.make_family(owner)
        worker, kin = make.make_staff(owner, make.VILLAGE), make.make_staff(owner, make.VILLAGE)
        chief = make.make_staff(owner, make.KECAMATAN, role="supervisor")
        far = make.make_staff(owner, make.FAR_KECAMATAN, role="supervisor")
        make.insert(owner, "staff_kinship", staff_id=kin.staff_id, family_id=family.id)
    asked = {"f": family.id, "v": make.VILLAGE}
    expected = ((chief, {worker.staff_id, chief.staff_id}), (worker, set()), (far, set()))
    for officer, takers in expected:
        with db.begin(officer.scope) as session:
            found = session.execute(text("SELECT staff_id FROM case_takers(:f, :v)"), asked).scalars()
            assert set(found) == takers


def test_what_is_urgent_stands_in_sight_of_whoever_oversees_and_by_the_clock(app: Flask, area: Area) -> None:
    urgent, later, sealed = area.cases
    area.change("UPDATE cases SET kind = 'no_food', urgent = true, promised_on = :d, sent_at = :s WHERE id = :c",
                c=urgent, d=today() + timedelta(days=1), s=now() - timedelta(hours=3, minutes=1))  # fmt: skip
    area.change("UPDATE cases SET assigned_to = NULL WHERE id = :c", c=later)
    area.change("UPDATE cases SET kind = 'violence', urgent = true, restricted = true, needs_two = true,"
                " level = 'regency', assigned_to = NULL WHERE id = :c", c=sealed)  # fmt: skip
    make.insert(area.connection, "staff_substitution", staff_id=area.first.staff_id, substitute_id=area.second.staff_id,
                since=now().date(), until=now().date(), made_by=area.second.staff_id)  # fmt: skip
    office = staff_browser(app, area.connection, make.make_staff(area.connection, make.REGENCY, role="regency_office"))
    for browser, waiting in ((area.chief, 1), (office, 2)):
        browser.get("/petugas/beban")
        assert [one.get_text()[0] for one in browser.soup.select("#urgent-open")] == [str(waiting)]
        browser.get("/petugas/mendesak")
        assert [row.get_text().count(f"CCCC-{urgent}") for row in browser.soup.select("table.queue tbody tr")] == [1]
        assert "20 jam lagi" in browser.words and "Dewi Lestari" in browser.words
        assert (f"CCCC-{sealed}" in browser.words) is (waiting == 2) and f"CCCC-{later}" not in browser.words
    polled = str(office.soup.select_one("#queue")["hx-get"])  # type: ignore[index]
    assert polled.startswith("/petugas/mendesak") and len(office.soup.select("#urgent-open")) == 1
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    assert office.client.get(polled, headers=headers).status_code == 204
    area.change("UPDATE cases SET urgent = true, kind = 'disaster' WHERE id = :c", c=later)
    fresh = office.client.get(polled, headers=headers).text
    assert 'id="urgent-open" hx-swap-oob="true"><span aria-hidden="true">3<' in fresh
    worker = staff_browser(app, area.connection, area.second)
    worker.get("/petugas/antrean?mendesak=1")
    assert len(worker.soup.select("table.queue tbody tr")) == 2 and not worker.soup.select("#urgent-open")
    assert worker.get("/petugas/mendesak").status_code == 403


def test_the_counter_lists_what_was_written_down_today(app: Flask, area: Area) -> None:
    operator = make.make_staff(area.connection, make.VILLAGE, role="village_operator", name="Sri Wahyuni")
    counter = staff_browser(app, area.connection, operator)
    assert "Belum ada" in counter.get("/petugas/loket/hari-ini").text
    recorded = "UPDATE cases SET recorded_by = :o, recorded_at_place = 'counter', sent_at = :at WHERE id = :c"
    for case, at in ((area.cases[0], now()), (area.cases[1], now() - timedelta(days=2))):
        area.change(recorded, o=operator.staff_id, c=case, at=at)
    counter.get("/petugas/loket/hari-ini")
    assert f"CCCC-{area.cases[0]}" in counter.words and "Sedang diperiksa" in counter.words
    assert f"CCCC-{area.cases[1]}" not in counter.words and f"CCCC-{area.cases[2]}" not in counter.words


def test_how_long_a_village_takes_is_counted_at_night_and_told_to_families(as_worker: Engine) -> None:
    """Sealed cases are never counted, and of few cases nothing is said."""
    sent = now() - timedelta(days=30)
    with as_worker.begin() as owner:
        for village, cases in ((make.VILLAGE, 5), (make.OTHER_VILLAGE, 4)):
            for number in range(9):
                family = make.make_family(owner, village_id=village)
                case = make_case(owner, family, restricted=number >= cases)
                values = {"c": case, "s": sent, "d": sent + timedelta(days=14)}
                owner.execute(
                    text("UPDATE cases SET sent_at = :s, closed_at = :d, decision = 'accepted' WHERE id = :c"), values
                )
                make.insert(owner, "case_event", family_id=family.id, case_id=case, event="asked", actor_kind="staff",
                            actor_name="W", state="needs_more", at=sent + timedelta(days=7))  # fmt: skip
    assert count_pace() == count_pace() == 2
    with as_worker.connect() as owner:
        rows = owner.execute(text("SELECT village_id, cases, first_word_days, decision_days FROM village_pace"))
        found = {row.village_id: tuple(row)[1:] for row in rows}
    assert found[make.OTHER_VILLAGE] == (4, None, None)
    number, first, decided = found[make.VILLAGE]
    assert number == 5 and 3 <= first <= 5 and 7 <= decided <= 10  # holidays of the season aside


def test_a_family_and_its_officers_read_the_same_pace(app: Flask, area: Area) -> None:
    make.insert(area.connection, "village_pace", village_id=make.VILLAGE, counted_on=date(2026, 11, 22), cases=12,
                first_word_days=2, decision_days=6)  # fmt: skip
    phone = family_browser(app, area.connection, area.families[0].head)
    for page in ("/pengajuan", "/pengajuan/baru/pindah-rumah"):
        phone.get(page)
        assert "biasanya dijawab dalam 6 hari kerja (12 pengajuan dalam 90 hari)" in phone.words, page
    area.chief.get("/petugas/lama-jawaban")
    assert "Pendarungan 12 2 hari kerja 6 hari kerja" in area.chief.words
    assert "kurang dari 5" in area.chief.words  # of the other village
