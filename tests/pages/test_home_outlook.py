"""What is open to a family is worked out once and kept until it becomes another; nobody reads another's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import Connection, event, text

from portal.core.db import Scope, set_scope
from tests.factories import as_owner, family_actor, make_family, make_member
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
    return list(connection.execute(text("SELECT * FROM kept_outlook")))


def test_it_is_worked_out_once(client: PortalClient, connection: Connection) -> None:
    family, _ = with_a_pupil(connection)
    browser = client.as_(family_actor(family.head))
    assert COURSE in offers_of(browser)
    (row,) = kept_rows(connection)
    assert (row.person_id, row.since) == (family.head.person_id, date(2026, 11, 21))
    connection.execute(text("UPDATE kept_outlook SET answers = answers - 0"))  # what is kept is what is shown
    assert COURSE not in offers_of(browser)
    with asked(connection) as statements:
        browser.get("/beranda")
    assert not [one for one in statements if "INSERT" in one]


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


@pytest.mark.parametrize("stale", ["until = '2026-11-20'", "since = '2026-11-22'", "catalogue = 'x'", "family_id = 0"])
def test_what_is_not_of_this_time_is_made_anew(client: PortalClient, connection: Connection, stale: str) -> None:
    family, _ = with_a_pupil(connection)
    browser = client.as_(family_actor(family.head))
    offers_of(browser)
    as_owner(connection)
    connection.execute(text(f"UPDATE kept_outlook SET answers = '[]', {stale}"))
    assert COURSE in offers_of(browser)
    (row,) = kept_rows(connection)
    assert row.answers
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
    seen = list(connection.execute(text("SELECT person_id FROM kept_outlook")))
    assert [row.person_id for row in seen] == [partner.person_id]
