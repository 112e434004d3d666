"""Am I in the record: one bit, the same questions whatever is wrong, counted, and the twins of the match agree."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from portal.accounts.sessions import DEVICE_COOKIE
from portal.core.db import ANONYMOUS
from portal.core.nik import Nik
from portal.extensions import db
from portal.home.check_names import same_name, words_of
from portal.home.checking import check
from tests import factories as make
from tests.name_pairs import DIFFERENT, SAME
from tests.pages.clients import PortalClient
from tests.pages.signing import counted, events

HERE = f"/cek/isi/{make.VILLAGE}"
PHONE = b"a phone of 16 by"
UNKNOWN = Nik("3510014101909991")
FOUND, NOT_FOUND = "Tercatat", "Belum ditemukan"
_AGREE = text("SELECT names_agree(:typed, name_words(:recorded)), name_words(:recorded)")


@pytest.fixture
def asked(client: PortalClient) -> PortalClient:
    """A browser that has opened the form."""
    visitor = client.as_(None)
    assert visitor.get(HERE).status_code == 200
    return visitor


def answer_of(client: PortalClient, nik: str, name: str, path: str = HERE) -> str:
    page = client.send(path, {"nik": nik, "name": name})
    assert page.status_code == 200, page.text
    assert page.headers["Cache-Control"] == "no-store"
    return page.text.partition("<main")[2].partition("</main")[0]


def test_the_way_from_the_front_door(client: PortalClient, connection: Connection) -> None:
    head = make.make_family(connection).head
    visitor = client.as_(None)
    assert '/cek"' in visitor.get("/").text
    page = visitor.get("/cek").text
    for path in ("/cek/di/35", "/cek/di/3510", "/cek/di/351014", HERE):
        assert f'href="{path}"' in page, path
        page = visitor.get(path).text
    answer = answer_of(visitor, head.nik, "siti aminah")
    assert FOUND in answer and 'href="/masuk"' in answer and 'href="/usul"' in answer
    assert visitor.get("/cek/di/99").status_code == visitor.get("/cek/isi/3510").status_code == 404
    assert visitor.send("/cek/isi/3510", {"nik": head.nik, "name": "Siti"}).status_code == 404


def test_one_answer_and_the_same_questions_whatever_is_wrong(
    asked: PortalClient, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = make.make_family(connection)
    other = make.make_family(connection, village_id=make.OTHER_VILLAGE).head
    gone = make.make_member(connection, family.id, name="BUDI SANTOSO", alive=False)
    moved = make.make_member(connection, family.id, name="RINA WATI", until=date(2026, 1, 1))
    wrong = [
        (UNKNOWN.clear, "Siti Aminah"),
        (family.head.nik, "Siti Maryam"),
        (other.nik, "Siti Aminah"),
        (gone.nik, "Budi Santoso"),
        (moved.nik, "Rina Wati"),
    ]
    answers, statements = set(), set()
    for nik, name in [*wrong, (family.head.nik, "Hj. Aminah, S.")]:
        with counted(connection, monkeypatch) as seen:
            answers.add(re.sub(r'value="[^"]+"', "", answer_of(asked, nik, name)))
        statements.add(tuple(seen["statements"]))
    assert len(answers) == 1 and NOT_FOUND in next(iter(answers))
    with counted(connection, monkeypatch) as seen:
        assert FOUND in answer_of(asked, family.head.nik, "Hj. siti aminnah")
    assert {*statements, tuple(seen["statements"])} == statements and len(statements) == 1
    assert any("public_check" in one for one in next(iter(statements)))


def test_a_wrong_form_asks_nothing_and_keeps_what_was_typed(asked: PortalClient, connection: Connection) -> None:
    for answers in ({"nik": "123", "name": "Siti"}, {"nik": UNKNOWN.clear, "name": "..."}, {"nik": "", "name": ""}):
        with asked.allow_nik():
            page = asked.send(HERE, answers)
        assert page.status_code == 422
        assert page.headers["Cache-Control"] == "no-store"
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM signin_guard")).scalar_one() == 0


def test_a_nik_is_checked_five_times_a_day(asked: PortalClient, client: PortalClient, connection: Connection) -> None:
    head = make.make_family(connection).head
    for _time in range(5):
        assert FOUND in answer_of(asked, head.nik, head.name)
    other = client.as_(None)
    other.get(HERE)
    page = other.send(HERE, {"nik": head.nik, "name": head.name})
    assert page.status_code == 429
    assert "lima kali" in page.text and FOUND not in page.text
    assert FOUND not in answer_of(other, UNKNOWN.clear, "Siti")


def test_a_device_has_ten_and_many_niks_are_an_alarm(connection: Connection) -> None:
    niks = [Nik(f"35100141019{9000 + number}") for number in range(12)]
    seen = [check(nik, "Siti", make.VILLAGE, PHONE).over for nik in niks]
    assert seen == [None] * 10 + ["device"] * 2
    assert check(niks[11], "Siti", make.VILLAGE, b"another phone...").over is None
    told = events(connection, "check_swept")
    assert [one.data for one in told] == [{"subjects": 6, "by": "device"}]
    make.as_owner(connection)
    kept = connection.execute(text("SELECT string_agg(t::text, ' ') FROM signin_guard t")).scalar_one()
    assert niks[0].clear not in kept


def test_everybody_together_and_browsers_without_a_mark(client: PortalClient, connection: Connection) -> None:
    bare = client.as_(None)
    answer_of(bare, UNKNOWN.clear, "Siti")
    assert bare.get_cookie(DEVICE_COOKIE) is None, "the mark is given with the form"
    make.as_owner(connection)
    by_count = "SELECT count(*) FROM signin_guard WHERE lane = 'check' AND failures = 1"
    assert connection.execute(text(by_count)).scalar_one() == 3, "by NIK, by device, everybody"
    connection.execute(text("UPDATE signin_guard SET failures = 3000"))
    assert check(Nik("3510014101909992"), "Siti", make.VILLAGE, PHONE).over == "everybody"
    make.as_owner(connection)
    connection.execute(text("UPDATE signin_guard SET failures = 2999"))
    assert check(Nik("3510014101909992"), "Siti", make.VILLAGE, PHONE).over is None


def test_nobody_elsewhere_uses_up_a_nik_at_a_kiosk(connection: Connection) -> None:
    head = make.make_family(connection).head
    office = make.make_staff(connection, make.REGENCY, role="regency_office").staff_id
    counter = b"the kiosk's mark"
    make.as_owner(connection)
    make.insert(
        connection, "kiosk", device_hash=counter, name="Meja depan", village_id=make.VILLAGE, registered_by=office
    )
    nik = Nik(head.nik)
    elsewhere = [check(nik, head.name, make.VILLAGE, f"phone {number}".encode()).over for number in range(6)]
    assert elsewhere == [None] * 5 + ["nik"]
    assert check(nik, head.name, make.VILLAGE, counter).found


def test_many_at_once_are_no_more_than_many_in_a_row(committed: Engine) -> None:
    niks = [Nik(f"35100141019{9000 + number}") for number in range(14)]
    with ThreadPoolExecutor(7) as at_once:
        over = list(at_once.map(lambda nik: check(nik, "Siti", make.VILLAGE, PHONE).over, niks))
    assert (over.count(None), over.count("device")) == (10, 4)


def test_a_visitor_reads_nothing_else(connection: Connection) -> None:
    for statement in ("SELECT name_words('SITI')", "SELECT name FROM member", "SELECT check_count('\\x00')"):
        with pytest.raises(ProgrammingError, match="permission denied"), db.begin(ANONYMOUS) as session:
            session.execute(text(statement))


@pytest.mark.parametrize(("pairs", "same"), [(SAME, True), (DIFFERENT, False)])
def test_the_database_answers_as_the_rule_does(
    connection: Connection, pairs: tuple[tuple[str, str], ...], same: bool
) -> None:
    make.as_owner(connection)
    for typed, recorded in pairs:
        agree, words = connection.execute(_AGREE, {"typed": words_of(typed), "recorded": recorded}).one()
        assert (agree, words) == (same, words_of(recorded)), (typed, recorded)


_WORDS = st.sampled_from(
    "SITI AMINAH Aminnah amianh S A H Hj. M. Muh MUHAMMAD Rizki RIZKY Nur Hayati NurHayati , ' \u2019 \u00e9".split(" ")
)
_NAMES = st.lists(_WORDS, max_size=5).map(" ".join)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(_NAMES, _NAMES), min_size=60, max_size=60))
def test_both_agree_on_any_names(connection: Connection, pairs: list[tuple[str, str]]) -> None:
    make.as_owner(connection)
    for typed, recorded in pairs:
        agree, words = connection.execute(_AGREE, {"typed": words_of(typed), "recorded": recorded}).one()
        assert words == words_of(recorded), recorded
        assert agree == same_name(words_of(typed), words_of(recorded)), (typed, recorded)
