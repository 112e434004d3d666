"""What nobody should send, and what changes under the hands of who sends: clear words, nothing lost, nothing twice."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from portal.cases.handing_on import hand_on_cases
from portal.core.db import Scope
from portal.core.typed import clean
from portal.desk import service
from portal.exchange.report import Report
from portal.extensions import db
from tests import factories as make
from tests.pages.browsing import family_browser, staff_browser
from tests.pages.test_cases_pages import moved_until_check, photo, reference_on

LONG = 100_000
TURNED = "Bayu \u202eartup\u2069 S\u200baputra\u2066"
EMOJI = "Bayu \U0001f468\u200d\U0001f469\u200d\U0001f467 Saputra"
FORMULA = '=HYPERLINK("http://contoh.invalid","klik")'


class Family:
    """A family with a child in a village with a worker, a supervisor and an office, on a phone."""

    def __init__(self, app: Flask, connection: Connection, folder: Path) -> None:
        self.app, self.connection, self.folder = app, connection, folder
        self.family = make.make_family(connection)
        self.child = make.make_member(
            connection, self.family.id, name="DEWI", birth=date(2014, 3, 1), sex="P", relation=3
        )
        self.worker = make.make_staff(connection, make.VILLAGE, name="Wahyu Hidayat")
        self.above = make.make_staff(connection, make.KECAMATAN, role="supervisor", name="Ibu Kecamatan")
        self.phone = family_browser(app, connection, self.family.head)

    def run(self, sql: str, **values: object) -> Any:
        make.as_owner(self.connection)
        return self.connection.execute(text(sql), values)

    def count(self, table: str) -> int:
        return int(self.run(f"SELECT count(*) FROM {table}").scalar_one())

    def tell(self, words: str) -> None:
        """*Ceritakan saja*, up to what comes back."""
        self.phone.get("/pengajuan/baru/ceritakan-saja")
        self.phone.fill()
        self.phone.fill(how="words", words=words, about_officer="no")

    def born(self, name: str) -> None:
        """A birth, up to what comes back after the name."""
        self.phone.get("/pengajuan/baru/kelahiran")
        self.phone.fill()
        self.phone.fill(full_name=name, sex="L", born_on=["1", "2", "2026"])

    def born_until_check(self, name: str) -> None:
        """The same, up to the answers read back."""
        self.born(name)
        self.phone.fill()
        self.phone.fill("/berkas", later="y")

    def school(self) -> None:
        """The child's school, up to the answers read back."""
        self.phone.get("/pengajuan/baru/sekolah")
        self.phone.fill()
        while not self.phone.path.endswith("/periksa"):
            known = {"who": str(self.child.id), "school_participation": "2", "school_level": "SMP", "school_grade": "7"}
            known |= {"school_name": "SMPN 1", "since": ["1", "7", "2026"], "later": "y", "more": ""}
            asked = set(self.phone.form()[1]) | {str(one["name"]) for one in self.phone.soup.select("main [name]")}
            before = self.phone.path
            self.phone.fill(**{name: value for name, value in known.items() if name in asked})
            assert self.phone.path != before, self.phone.words


def too_long(one: Family) -> None:
    for words in ("a" * LONG, "\U0001f35a" * LONG):
        one.tell(words)
        assert one.phone.page.status_code == 422 and "paling banyak 4000" in one.phone.words
        assert one.phone.form()[1]["words"] == words  # all of it, to be made shorter
    one.tell("a" * 13_000_000)
    assert one.phone.page.status_code == 413 and "terlalu panjang" in one.phone.words
    assert "foto" not in one.phone.words.partition("terlalu panjang")[0].lower()
    one.phone.get("/pengajuan/baru/pungutan")
    one.phone.fill()
    one.phone.fill(what="cut", amount="9" * LONG, story="Diminta di kantor")
    assert one.phone.page.status_code == 422 and "paling banyak 250" in one.phone.words  # one line is no place for it
    assert one.phone.form()[1]["story"] == "Diminta di kantor"


def turned_around(one: Family) -> None:
    one.born("\u200b\u202e \u2066")
    assert one.phone.page.status_code == 422  # nothing that is seen was written
    one.born_until_check(TURNED)
    assert "Bayu artup Saputra" in one.phone.words
    one.phone.fill("/kirim")
    assert not set("\u202e\u2069\u2066\u200b") & set(one.phone.get(f"/pengajuan/{reference_on(one.phone)}").text)


def emoji(one: Family) -> None:
    one.born_until_check(EMOJI)
    assert EMOJI in one.phone.words
    one.phone.fill("/kirim")
    desk = staff_browser(one.app, one.connection, one.worker)
    desk.get(f"/petugas/kasus/{reference_on(one.phone)}")
    assert EMOJI in desk.words


def a_formula(one: Family) -> None:
    one.born_until_check(FORMULA)
    one.phone.fill("/kirim")
    one.phone.get(f"/pengajuan/{reference_on(one.phone)}")
    assert FORMULA in one.phone.words and '<a href="http://contoh' not in one.phone.page.text
    report = Report(date(2026, 11, 1))
    for name in (FORMULA, "\uff1d1+1", "@SUM(A1)", "-1", "\t=1"):
        report.refuse("anggota", 2, "NAMA", name, "name_missing")
    report.write_refused(one.folder / "tolak.csv")
    with (one.folder / "tolak.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[3][0] for row in list(csv.reader(file))[1:]] == ["'"] * 5


def a_member_gone(one: Family) -> None:
    for change in ("SET until = current_date", "SET until = NULL, alive = false"):
        one.school()
        action, answers = one.phone.form("/kirim")
        one.run(f"UPDATE member {change} WHERE id = :m", m=one.child.id)
        one.run("UPDATE family SET revision = revision + 1")
        one.phone.post(action, answers)
        assert one.phone.path.endswith("/siapa") and "tidak cocok lagi" in one.phone.words, one.phone.words
        assert one.count("cases") == 0 and one.count("case_draft") == 1
        assert "DEWI" not in one.phone.words.upper()
        one.run("UPDATE member SET until = NULL, alive = NULL WHERE id = :m", m=one.child.id)
        one.run("UPDATE family SET revision = revision + 1")
    one.phone.fill(who=str(one.child.id))
    assert one.phone.path.endswith("/periksa") and "SMPN 1" in one.phone.words  # the rest was kept


def the_sender_gone(one: Family) -> None:
    moved_until_check(one.phone, with_photo=False)
    action, answers = one.phone.form("/kirim")
    one.run("UPDATE member SET until = current_date WHERE id = :m", m=one.family.head.id)
    one.run("UPDATE account SET closed_at = now()")
    one.phone.post(action, answers)
    assert one.phone.path.startswith("/masuk") and one.count("cases") == 0


def no_worker_before(one: Family) -> None:
    moved_until_check(one.phone, with_photo=False)
    one.run("UPDATE staff SET active = false WHERE id = :s", s=one.worker.staff_id)
    one.phone.fill("/kirim")
    assert "Ibu Kecamatan" in one.phone.words and "tidak punya pendamping" in one.phone.words


def no_worker_after(one: Family) -> None:
    moved_until_check(one.phone, with_photo=False)
    one.phone.fill("/kirim")
    reference = reference_on(one.phone)
    service.take(one.worker, reference, 1)
    service.ask(one.worker, reference, 2, "Sejak kapan pindah?")
    one.run("UPDATE staff SET active = false WHERE id = :s", s=one.worker.staff_id)
    one.phone.get(f"/pengajuan/{reference}")
    one.phone.fill("/jawab", words="Sejak bulan lalu.")
    assert one.phone.page.status_code == 200 and "Sejak bulan lalu." in one.phone.words
    make.as_owner(one.connection)
    with db.begin(Scope("worker", job="hand_on_left_cases")) as session:
        assert hand_on_cases(session, one.worker.staff_id) == 1
    one.phone.get(f"/pengajuan/{reference}")
    assert "Ibu Kecamatan" in one.phone.words
    desk = staff_browser(one.app, one.connection, one.above)
    desk.get(f"/petugas/kasus/{reference}")
    assert "Sejak bulan lalu." in desk.words


def sent_twice(one: Family) -> None:
    moved_until_check(one.phone, with_photo=False)
    action, answers = one.phone.form("/kirim")
    one.phone.post(action, answers)
    first = reference_on(one.phone)
    one.phone.post(action, answers)
    assert reference_on(one.phone) == first and one.count("cases") == 1 and one.count("notice") == 1


def twenty_photos(one: Family) -> None:
    moved_until_check(one.phone, with_photo=False)
    one.phone.get(one.phone.path.replace("/periksa", "/berkas"))
    for number in range(20):
        one.phone.fill("/berkas/moving_letter", **{"moving_letter-file": photo(80)})
        assert one.phone.page.status_code == (200 if number < 12 else 422), (number, one.phone.words)
    assert "12 halaman" in one.phone.words
    big = ("besar.jpg", b"\xff\xd8\xff" + b"0" * 12 * 1024 * 1024)
    one.phone.fill("/berkas/moving_letter", **{"moving_letter-file": big})
    assert one.phone.page.status_code == 413 and "10 MB" in one.phone.words
    assert one.count("case_file") == 12
    one.phone.fill("/berkas")
    assert one.phone.path.endswith("/periksa") and "12 halaman" in one.phone.words
    one.phone.fill("/kirim")
    assert one.run("SELECT count(*) FROM case_file WHERE case_id IS NOT NULL").scalar_one() == 12


WAYS: tuple[Callable[[Family], None], ...] = (
    too_long,
    turned_around,
    emoji,
    a_formula,
    a_member_gone,
    the_sender_gone,
    no_worker_before,
    no_worker_after,
    sent_twice,
    twenty_photos,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_bad_input(app: Flask, connection: Connection, tmp_path: Path, way: Callable[[Family], None]) -> None:
    way(Family(app, connection, tmp_path))


def test_what_is_not_seen_is_not_kept_and_letters_are() -> None:
    assert clean(TURNED) == "Bayu artup Saputra" and clean("a\u2028b\u00adc\ufff9") == "abc"
    for kept in (EMOJI, "\u0639\u0644\u06cc", "\ua98f\ua9c0\u200d\ua98f", "Nyi Roro\nKidul", "\u2764\ufe0f"):
        assert clean(kept) == kept
    assert clean("Si\u200dti") == "Siti"
