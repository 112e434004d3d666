"""What regencies offer themselves, for visitors: found from the list, and judged by the screener with all else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Connection, event, text

from portal.core.clock import today
from portal.home.regency_offers import provinces_offering, regency_of
from tests import factories as make
from tests.pages.clients import PortalClient
from tests.pages.test_programs_told import TEENS, publish
from tests.pages.test_public_told import FAMILY, words

LIST = f"/program/daerah/{make.REGENCY}"
RICH = {"kind": "desil_between", "lowest": 9, "highest": 10, "sure": "A"}
LAST = {"step": "3", "go": "on"}


@contextmanager
def questions(connection: Connection, most: int) -> Iterator[None]:
    """No more than so many questions to the database: each begins by saying who asks."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert len(seen) <= most, seen


def section(page: str, heading: str) -> str:
    """The words below a heading of the answer, up to the next one."""
    main = words(page)
    rest = main[main.index(heading) :].removeprefix(heading)
    ends = [place for other in HEADINGS if other != heading and (place := rest.find(other)) >= 0]
    return rest[: min(ends, default=len(rest))]


MEETS, OPEN, NOT = "Memenuhi syarat dasar", "Belum bisa dipastikan", "Tidak memenuhi syarat dasar"
HEADINGS = (MEETS, OPEN, NOT, "Yang sudah diterima keluarga Anda", "Langkah berikutnya")


def test_from_the_list_to_what_a_regency_offers(client: PortalClient, connection: Connection) -> None:
    visitor = client.as_(None)
    with questions(connection, 1):
        empty = words(visitor.get("/program").text)
    assert "Saat ini belum ada kabupaten atau kota yang menawarkan program sendiri di sini." in empty
    publish(connection, "MASAK", TEENS)
    publish(connection, "TERNAK", TEENS, asked=[make.FAR_VILLAGE, make.OTHER_VILLAGE, make.VILLAGE])
    publish(connection, "LAS", TEENS, regency=make.OTHER_REGENCY, asked=[make.OTHER_REGENCY_KECAMATAN])
    with questions(connection, 1):
        page = visitor.get("/program").text
    card = BeautifulSoup(page, "html.parser").select_one("#daerah")
    assert card is not None
    listed = {str(row.a["href"]): words_of(row) for row in card.select("li")}  # type: ignore[index]
    assert listed == {
        LIST: "Kabupaten Banyuwangi Ditawarkan sekarang: 2",
        f"/program/daerah/{make.OTHER_REGENCY}": "Kabupaten Jember Ditawarkan sekarang: 1",
    }
    with questions(connection, 2):
        regency = visitor.get(LIST).text
    assert "Kabupaten Banyuwangi" in regency and "Kursus masak" in regency and "Kursus las" not in regency
    only = "Hanya untuk keluarga di desa atau kelurahan Kalirejo, Pendarungan (Kabat); Sukorejo (Bangorejo)"
    assert words(regency).count(only) == 1 and "Daftar sampai" in words(regency)
    assert only in words(visitor.get(f"{LIST}/ternak").text) and only not in visitor.get(f"{LIST}/masak").text
    course = visitor.get(f"{LIST}/masak")
    assert f'href="{LIST}"' in course.text and "dibuat sendiri oleh Dinas Sosial kabupaten" in words(course.text)
    assert visitor.get("/program/daerah/9999").status_code == visitor.get(f"{LIST}/las").status_code == 404
    visitor.set_cookie("bahasa", "en")
    assert "Only for families of kecamatan Jombang" in words(visitor.get(f"/program/daerah/{make.OTHER_REGENCY}").text)


def words_of(part: Any) -> str:
    return " ".join(part.get_text(" ").split())


def test_many_regencies_stand_folded_by_province(client: PortalClient, connection: Connection) -> None:
    make.insert(connection, "area", id=11, level=1, name="Aceh")
    for number in range(12):
        make.insert(connection, "area", id=1101 + number, level=2, parent_id=11, name=f"Kabupaten {number:02}")
        publish(connection, "MASAK", TEENS, regency=1101 + number)
    publish(connection, "MASAK", TEENS)
    with questions(connection, 1):
        page = BeautifulSoup(client.as_(None).get("/program").text, "html.parser")
    folded = [words_of(one) for one in page.select("#daerah details details summary")]
    assert folded == ["Aceh (12)", "Jawa Timur (1)"] and len(page.select("#daerah li")) == 13
    picks = BeautifulSoup(client.as_(None).get("/cocok").text, "html.parser").select("select[name=regency] option")
    assert [one.text.strip() for one in picks if one.has_attr("disabled")] == ["Aceh", "Jawa Timur"]
    assert len(picks) == 1 + 2 + 13


def test_only_a_family_that_is_asked_is_led_to_its_own_answer(client: PortalClient, connection: Connection) -> None:
    publish(connection, "MASAK", TEENS, asked=[make.KECAMATAN])
    villages = (make.VILLAGE, make.FAR_VILLAGE, make.OTHER_REGENCY_VILLAGE)
    readers = [client.as_(make.family_actor(make.make_family(connection, village_id=one).head)) for one in villages]
    led = ['href="/peluang/MASAK"' in reader.get(f"{LIST}/masak").text for reader in readers]
    assert led == [True, False, False]
    assert [reader.get("/peluang/MASAK").status_code for reader in readers] == [200, 404, 404]


def test_the_count_is_what_the_page_of_the_regency_shows(connection: Connection) -> None:
    """Random offerings in random versions and states, on random days."""
    random, day = Random(5), today()
    for number in range(25):
        offering = publish(connection, f"ACAK-{number}", TEENS)
        make.as_owner(connection)
        for version in range(2, 2 + random.randrange(3)):
            connection.execute(
                text("INSERT INTO offering_version SELECT (jsonb_populate_record(v, jsonb_build_object('number', :n,"
                     " 'id', nextval(pg_get_serial_sequence('offering_version', 'id'))))).* FROM offering_version v"
                     " WHERE v.offering_id = :o AND v.number = 1"), {"n": version, "o": offering})  # fmt: skip
        spread = text(
            "UPDATE offering_version SET valid_from = :f, valid_until = :u, content = content || jsonb_build_object("
            "'valid_from', CAST(:f AS date), 'valid_until', CAST(:u AS date)) WHERE offering_id = :o AND number = :n"
        )
        for version in range(1, 4):
            first = day + timedelta(days=random.randrange(-30, 30))
            values = {"f": first, "u": first + timedelta(days=random.randrange(30)), "o": offering, "n": version}
            connection.execute(spread, values)
        state = random.choice(["published", "published", "closed", "withdrawn"])
        connection.execute(text("UPDATE offering SET state = :s WHERE id = :o"), {"s": state, "o": offering})
    regency = regency_of(make.REGENCY)
    assert regency is not None
    counts = []
    for ahead in range(-35, 65, 5):
        shown = len(regency.on(day + timedelta(days=ahead)))
        listed = [one.programs for province in provinces_offering(day + timedelta(days=ahead))
                  for one in province.regencies]  # fmt: skip
        assert listed == ([shown] if shown else [])
        counts.append(shown)
    assert max(counts) > 3 and min(counts) == 0


def answer(visitor: PortalClient, **answers: object) -> str:
    given: Mapping[str, object] = {**FAMILY, **LAST, **answers}
    page = visitor.send("/cocok", dict(given))
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    return page.text


def test_the_screener_judges_what_the_regency_offers(client: PortalClient, connection: Connection) -> None:
    visitor = client.as_(None)
    assert 'name="regency"' not in visitor.get("/cocok").text
    publish(connection, "MASAK", TEENS)
    publish(connection, "TERNAK", TEENS, asked=[make.VILLAGE])
    publish(connection, "WAYANG", RICH, TEENS, asked=[make.VILLAGE])
    publish(connection, "LAS", TEENS, regency=make.OTHER_REGENCY)
    with questions(connection, 1):
        first = visitor.get("/cocok").text
    picks = BeautifulSoup(first, "html.parser").select("select[name=regency] option")
    assert [(one["value"], one.text.strip()) for one in picks] == [
        ("", "Lewati pertanyaan ini"), ("3510", "Kabupaten Banyuwangi"), ("3509", "Kabupaten Jember"),
    ]  # fmt: skip
    with questions(connection, 0):
        second = visitor.send("/cocok", {**FAMILY, "regency": "3510", "step": "1", "go": "on"})
    assert 'name="regency" value="3510"' in second.text
    back = visitor.send("/cocok", {**FAMILY, "regency": "3510", "step": "2", "go": "back"})
    assert 'value="3510" selected' in back.text
    with questions(connection, 2):
        page = answer(visitor, regency="3510")
    fits, maybe, no = (section(page, heading) for heading in (MEETS, OPEN, NOT))
    assert "Kursus masak Kabupaten Banyuwangi Orang 3, 15 tahun, memenuhi syarat dasar." in fits
    only = "Hanya untuk keluarga di desa atau kelurahan Pendarungan (Kabat)"
    assert "Kursus ternak" in maybe and only in maybe and "Di sini tidak ditanyakan" in maybe
    assert "Kursus wayang" in no and only not in no and "desil" in no.lower()
    assert "Kursus las" not in page and f'href="{LIST}/masak"' in page and 'href="/program/pip"' in page
    with questions(connection, 0):
        assert "Kursus masak" not in words(answer(visitor))  # skipped: only the portal's own
    make.as_owner(connection)
    connection.execute(text("UPDATE offering SET state = 'withdrawn' WHERE regency_id = 3510"))
    gone = words(answer(visitor, regency="3510"))
    assert (
        "Kursus masak" not in gone and "Kabupaten Banyuwangi saat ini tidak menawarkan program sendiri di sini" in gone
    )
    with visitor.session_transaction() as cookie:
        assert set(cookie) <= {"csrf_token"}


@pytest.mark.parametrize("regency", ["9999", "35", "0", "-3510", "3510142015", "<b>", "\u0663\u0665\u0661\u0660"])
def test_a_strange_regency_is_as_if_it_was_skipped(client: PortalClient, connection: Connection, regency: str) -> None:
    publish(connection, "MASAK", TEENS)
    assert "Kursus masak" not in words(answer(client.as_(None), regency=regency))
