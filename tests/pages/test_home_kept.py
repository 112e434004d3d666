"""What home shows is read and worked out once, and kept until it becomes another; nobody reads another's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import ProgrammingError

from portal.accounts.sessions import token_hash
from portal.core.db import ANONYMOUS, Scope, set_scope
from tests.factories import VILLAGE, as_owner, family_actor, make_family, make_member, make_staff
from tests.pages.clients import PortalClient

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
COURSE = "Rahmat (15 tahun)"


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def offers_of(browser: PortalClient) -> str:
    page = BeautifulSoup(browser.get("/beranda").text, "html.parser")
    card = next(one for one in page.select(".cards > section") if one.select_one("a[href='/peluang']"))
    return " ".join(card.get_text(" ").split())


@contextmanager
def asked(connection: Connection) -> Iterator[list[str]]:
    """What is asked of the members meanwhile."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


def with_a_pupil(connection: Connection, birth: date = date(2011, 2, 4)) -> tuple[Any, Any]:
    family = make_family(connection, desil=3)
    pupil = make_member(connection, family.id, name="RAHMAT", birth=birth, sex="L", relation=3)
    return family, pupil


def kept_rows(connection: Connection) -> list[Any]:
    as_owner(connection)
    return list(connection.execute(text("SELECT * FROM kept_home")))


EMPTIED = text("UPDATE kept_home SET content = jsonb_set(content::jsonb, '{2}', '[]')::json")


def test_it_is_worked_out_once(client: PortalClient, connection: Connection) -> None:
    family, _ = with_a_pupil(connection)
    browser = client.as_(family_actor(family.head))
    assert COURSE in offers_of(browser)
    (row,) = kept_rows(connection)
    assert (row.person_id, row.since) == (family.head.person_id, date(2026, 11, 21))
    connection.execute(EMPTIED)  # what is kept is what is shown
    assert COURSE not in offers_of(browser)
    with asked(connection) as statements:
        browser.get("/beranda")
    assert not [one for one in statements if "kept_home" in one]  # it comes with the look for the session


def test_a_changed_record_makes_it_anew(client: PortalClient, connection: Connection) -> None:
    family, pupil = with_a_pupil(connection)
    browser = client.as_(family_actor(family.head))
    assert COURSE in offers_of(browser)
    as_owner(connection)
    connection.execute(text("UPDATE member SET birth_date = '2000-02-04' WHERE id = :id"), {"id": pupil.id})
    assert COURSE in offers_of(browser)  # without a revision nothing has changed
    as_owner(connection)
    connection.execute(text("UPDATE family SET revision = revision + 1 WHERE id = :id"), {"id": family.id})
    assert COURSE not in offers_of(browser)


@pytest.mark.parametrize(
    "stale",
    [
        "until = '2026-11-20'",
        "since = '2026-11-22'",
        "catalogue = 'x'",
        "family_id = 0",
        "record_revision = record_revision - 1",
        "cases_revision = cases_revision - 1",
        "inbox_revision = inbox_revision - 1",
    ],
)
def test_what_is_not_of_this_time_is_made_anew(client: PortalClient, connection: Connection, stale: str) -> None:
    family, _ = with_a_pupil(connection)
    browser = client.as_(family_actor(family.head))
    offers_of(browser)
    as_owner(connection)
    emptied = "content = jsonb_set(content::jsonb, '{2}', '[]')::json"
    connection.execute(text(f"UPDATE kept_home SET {emptied}, {stale}"))
    assert COURSE in offers_of(browser)
    (row,) = kept_rows(connection)
    assert row.content[2]
    assert row.since <= date(2026, 11, 21) <= row.until


def test_the_day_after_a_birthday_it_is_another(client: PortalClient, connection: Connection) -> None:
    family, _ = with_a_pupil(connection, birth=date(2011, 11, 25))
    browser = client.as_(family_actor(family.head))
    assert "(14 tahun)" not in offers_of(browser)
    with time_machine.travel(datetime(2026, 11, 26, 3, tzinfo=UTC), tick=True):
        assert COURSE in offers_of(client.as_(family_actor(family.head)))


def test_each_reader_has_an_own_one_and_sees_no_other(client: PortalClient, connection: Connection) -> None:
    family, _ = with_a_pupil(connection)
    partner = make_member(connection, family.id, name="AGUS", birth=date(1982, 3, 4), sex="L", relation=2)
    for reader in (family.head, partner):
        offers_of(client.as_(family_actor(reader)))
    assert {row.person_id for row in kept_rows(connection)} == {family.head.person_id, partner.person_id}
    set_scope(connection, Scope("family", person_id=partner.person_id, family_id=family.id, guardian=True))
    seen = list(connection.execute(text("SELECT person_id FROM kept_home")))
    assert [row.person_id for row in seen] == [partner.person_id]


def test_the_function_gives_what_was_kept_for_that_session_only(client: PortalClient, connection: Connection) -> None:
    family, _ = with_a_pupil(connection)
    browser = client.as_(family_actor(family.head))
    offers_of(browser)
    assert browser.actor is not None
    set_scope(connection, ANONYMOUS)
    ask = text("SELECT session_kept_home(:token)")
    assert connection.execute(ask, {"token": token_hash(browser.actor.token)}).scalar_one() is not None
    assert connection.execute(ask, {"token": token_hash("x" * 43)}).scalar_one() is None
    with pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("SELECT content FROM kept_home"))


def test_with_a_helper_beside_it_is_read_through_narrower_walls(client: PortalClient, connection: Connection) -> None:
    family, _ = with_a_pupil(connection)
    officer = make_staff(connection, VILLAGE)
    actor = family_actor(family.head)
    browser = client.as_(actor)
    offers_of(browser)
    (before,) = kept_rows(connection)
    beside = text("UPDATE web_session SET helped_by = :officer WHERE ended_at IS NULL")
    connection.execute(beside, {"officer": officer.staff_id})
    connection.execute(EMPTIED)
    assert COURSE in offers_of(browser)  # not what was kept
    (after,) = kept_rows(connection)
    assert after.content[2] == []  # and it keeps nothing of its own
    assert before.since == after.since
