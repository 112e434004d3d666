"""Programme pages, the screener, words and myths: open to everybody, light, and nothing of the answers is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Connection, text

from portal.home.told import FOLDER, glossary, myths, read_glossary, read_myths
from portal.programs.catalog import default
from portal.programs.reading import CatalogError
from tests import factories as make
from tests.pages.clients import PortalClient

CODES = sorted({program.code.lower() for program in default().programs if program.code != "BLTS"})
#: The last page of the screener, answered by a family of four in desil 2.
FAMILY: Mapping[str, object] = {
    "ages": "41, 38, 15, 4",
    "desil": "2",
    "aid": ["PKH"],
    "school_0": "done_smp",
    "work_0": "own",
    "school_2": "smp",
    "school_3": "none",
    "floor": "8",
    "tenure": "1",
    "power": "450",
}


def words(page: str) -> str:
    main = BeautifulSoup(page, "html.parser").main
    assert main is not None
    return " ".join(main.get_text(" ").split())


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_list_and_every_page_open_without_signing_in(client: PortalClient, language: str) -> None:
    client.set_cookie("bahasa", language)
    listed = client.get("/program").text
    for code in CODES:
        assert code == "kursus-koding" or f'href="/program/{code}"' in listed, code
        answer = client.get(f"/program/{code}")
        assert answer.status_code == 200, code
        assert 'href="/masuk"' in answer.text
        assert len(answer.data) < 40_000
    for name in ("BST", "BPUM", "BLT Kesra"):
        assert name in listed
    assert client.get("/program/blts").status_code == client.get("/program/nothing").status_code == 404


def test_a_page_says_how_sure_each_rule_is(client: PortalClient) -> None:
    sembako = words(client.get("/program/sembako").text)
    assert "Aturan desil untuk Sembako berbeda di tiap sumber" in sembako and "Rp200.000 setiap bulan" in sembako
    announced = words(client.get("/program/lpg-3-kg").text)
    assert "Baru diumumkan, belum berlaku" in announced and "Nomor aturannya tidak kami temukan" in announced


def test_who_is_signed_in_gets_the_own_answer(client: PortalClient, connection: Connection) -> None:
    family = client.as_(make.family_actor(make.make_family(connection).head))
    assert 'href="/peluang/PKH"' in family.get("/program/pkh").text
    assert "LPG" not in family.get("/peluang").text


def test_three_pages_then_three_answers_and_nothing_is_kept(client: PortalClient, connection: Connection) -> None:
    visitor = client.as_(None)
    first = visitor.get("/cocok")
    assert first.headers["Cache-Control"] == "no-store"
    second = visitor.send("/cocok", {"step": "1", "go": "on", "ages": "41, 38, 15, 4", "desil": "2"})
    assert second.status_code == 200 and 'name="ages" value="41, 38, 15, 4"' in second.text
    assert "Orang 3, 15 tahun" in second.text
    third = visitor.send("/cocok", {**FAMILY, "step": "2", "go": "on"})
    assert "Rumah Anda" in third.text and 'name="work_0" value="own"' in third.text
    back = visitor.send("/cocok", {**FAMILY, "step": "3", "go": "back"})
    assert back.status_code == 200 and 'value="own" selected' in back.text
    answer = visitor.send("/cocok", {**FAMILY, "step": "3", "go": "on"})
    assert answer.headers["Cache-Control"] == "no-store"
    said = words(answer.text)
    assert "Orang 3, 15 tahun, memenuhi syarat dasar." in said
    for link in ("/program/pip", "/program/sekolah-rakyat", "/program/rst", "/cek", "/masuk", "/usul"):
        assert f'href="{link}"' in answer.text, link
    assert "LPG" not in said
    with visitor.session_transaction() as cookie:
        assert set(cookie) <= {"csrf_token"}
    assert {cookie.key for cookie in (visitor._cookies or {}).values()} == {"portal"}, "the session alone"
    make.as_owner(connection)
    for table in ("audit_trail", "case_draft", "signin_guard", "pin_trial"):
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


@pytest.mark.parametrize(
    "answers",
    [
        {"step": "1", "go": "on", "ages": ""},
        {"step": "1", "go": "on", "ages": "empat"},
        {"step": "3", "go": "on", "ages": "x"},
        {"step": "3", "go": "on", "ages": "40", "area": "a lot"},
        {"step": "2", "go": "on", "ages": "40", "school_0": "<script>"},
        {"step": "3", "go": "on", "ages": "40", "desil": "77"},
    ],
)
def test_a_wrong_answer_comes_back_with_all_the_others(client: PortalClient, answers: dict[str, str]) -> None:
    page = client.as_(None).send("/cocok", {"roof": "6", **answers})
    assert page.status_code == 422
    assert re.search(r'name="roof" value="6"|<option value="6" selected', page.text)
    assert "<script>" not in page.text.partition("<main")[2].replace("</script>", "")


def test_strange_posts_are_the_first_page(client: PortalClient) -> None:
    visitor = client.as_(None)
    for answers in ({}, {"step": "99"}, {"step": "-1", "go": "back"}, {"step": "2", "go": "back", "ages": "a" * 500}):
        assert 'name="step" value="1"' in visitor.send("/cocok", answers).text


@pytest.mark.parametrize("language", ["id", "en"])
def test_words_and_myths(client: PortalClient, language: str) -> None:
    client.set_cookie("bahasa", language)
    page = client.get("/istilah").text
    assert all(f'id="{one.key}"' in page for one in glossary())
    assert "OMSPAN" in page and "EXCLUDE" in page
    page = client.get("/mitos").text
    assert all(f'id="{one.key}"' in page for one in myths())
    for path in ("/", "/bantuan-portal"):
        assert {"/istilah", "/mitos", "/program"} <= set(re.findall(r'href="(/[a-z]+)"', client.get(path).text))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (', en = "Desil" }', " }", "language 'en' is missing"),
        ('key = "nik"', 'key = "desil"', "'desil' stands twice"),
        ('key = "nik"', 'key = "nik"\ncolour = "red"', "'colour' is not known here"),
        ('sure = "A"', 'sure = "Z"', "'A', 'B', 'C', 'G' or 'X'"),
    ],
)
def test_a_wrong_file_of_words_is_refused_with_its_line(tmp_path, old: str, new: str, said: str) -> None:  # type: ignore[no-untyped-def]
    source = (FOLDER / "glossary.toml").read_text(encoding="utf-8")
    assert old in source
    (tmp_path / "glossary.toml").write_text(source.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogError, match=rf"glossary\.toml:\d+: .*{re.escape(said)}"):
        read_glossary(tmp_path / "glossary.toml")
    assert read_myths(FOLDER / "myths.toml") == myths()
