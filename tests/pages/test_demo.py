"""The demo is made whole: two quarters, the stories, who can sign in, and what was sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import click
import pytest
from sqlalchemy import Connection, create_engine, text

from portal.accounts.roles import ROLES
from portal.accounts.signin import SignedIn, sign_in
from portal.config import Settings, load_settings
from portal.core import migrate
from portal.core.database_roles import web_url
from portal.demo.seed import ACCOUNTS_FILE, SLIPS_FILE, make_demo, quarter_of
from portal.demo.stories import Quarter, households
from portal.extensions import db


@pytest.fixture(scope="module")
def own_settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The run's secrets, in a folder of this module's own."""
    given = {name: getattr(settings, name) for name in ("secret_key", "pin_pepper", "seal_keys", "index_keys")}
    return load_settings(
        instance=tmp_path_factory.mktemp("demo"), hash_memory_kib=settings.hash_memory_kib, demo=False, **given
    )


@pytest.fixture(scope="module")
def demo(make_database: Callable[..., str], own_settings: Settings) -> str:
    """A database with the demo in it."""
    url = make_database()
    migrate.prepare(url, own_settings.secret_key.get_secret_value())
    make_demo(own_settings, url)
    return url


@pytest.fixture
def connection(demo: str) -> Iterator[Connection]:
    """The owner's connection to the demo."""
    engine = create_engine(demo)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def _listed(settings: Settings, name: str) -> list[dict[str, str]]:
    listing: list[dict[str, str]] = json.loads((settings.instance / name).read_text(encoding="utf-8"))
    return listing


def test_it_holds_600_families_in_two_kecamatan(connection: Connection) -> None:
    families = connection.execute(text("SELECT count(*), count(DISTINCT village_id / 10000) FROM family")).one()
    assert tuple(families) == (600, 2)
    serials = connection.execute(text("SELECT count(DISTINCT as_of) FROM extract_load WHERE state = 'loaded'"))
    assert serials.scalar_one() == 2


def test_who_can_sign_in_is_listed_and_can(demo: str, own_settings: Settings) -> None:
    accounts = _listed(own_settings, ACCOUNTS_FILE)
    families = [one for one in accounts if "pin" in one]
    officers = [one for one in accounts if "totp_secret" in one]
    assert len(families) + len(officers) == len(accounts)
    assert {one["role"] for one in officers} == set(ROLES)
    assert all({"role", "name", "login"} <= set(one) for one in accounts)
    assert (own_settings.instance / ACCOUNTS_FILE).stat().st_mode & 0o077 == 0
    db.connect(web_url(demo, own_settings.secret_key.get_secret_value()))
    try:
        for one in families:
            assert isinstance(sign_in(one["login"], one["pin"], b"0" * 32), SignedIn), one["about"]
    finally:
        db.close()


def test_the_stories_are_in_the_record(connection: Connection) -> None:
    ended = connection.execute(
        text(
            "SELECT count(*) FILTER (WHERE reason = 'DESIL'), count(*) FILTER (WHERE reason IS NULL) "
            "FROM participation p JOIN family f ON f.id = p.family_id WHERE NOT p.active AND f.nkks LIKE '3599%'"
        )
    ).one()
    assert ended[0] == 3
    assert ended[1] == 1
    labels = set(
        connection.execute(
            text("SELECT d.status FROM disbursement d JOIN family f ON f.id = d.family_id WHERE f.nkks LIKE '3599%'")
        ).scalars()
    )
    assert {"SI", "SUKSES SPM", "EXCLUDE MENINGGAL"} <= labels
    rose = connection.execute(
        text(
            "SELECT array_agg(desil ORDER BY ranked_on) FROM desil d JOIN family f ON f.id = d.family_id "
            "WHERE f.nkks = '359900002'"
        )
    ).scalar_one()
    assert rose == [4, 6]


def test_every_invented_number_says_that_it_is_invented() -> None:
    quarter = quarter_of(date(2026, 11, 21))
    for household in households(quarter, before=False):
        numbers = [household.kk, *(member[1] for member in household.members)]
        assert all(number[-4] == "9" and len(number) == 16 for number in numbers)


def test_cases_were_sent_routed_and_one_of_them_is_sealed(connection: Connection) -> None:
    rows = connection.execute(text("SELECT kind, state, level, restricted FROM cases ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [
        ("moved", "visit_set", "village", False),
        ("moved", "accepted", "village", False),
        ("aid_missing", "sent", "village", False),
        ("aid_missing", "sent", "regency", True),
    ]
    assert connection.execute(text("SELECT count(*) FROM statement WHERE state = 'waiting'")).scalar_one() >= 1


def test_a_second_start_makes_nothing_again(
    demo: str, own_settings: Settings, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    make_demo(own_settings, demo)
    assert "Making the demo" not in capsys.readouterr().out
    assert connection.execute(text("SELECT count(*) FROM family")).scalar_one() == 600


def test_lost_accounts_are_told(demo: str, own_settings: Settings, tmp_path: Path) -> None:
    file = own_settings.instance / SLIPS_FILE
    kept = tmp_path / "kept"
    file.rename(kept)
    try:
        with pytest.raises(click.ClickException, match="demo-reset"):
            make_demo(own_settings, demo)
    finally:
        kept.rename(file)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 21), Quarter(date(2026, 7, 1), date(2026, 10, 1))),
        (date(2027, 1, 1), Quarter(date(2026, 10, 1), date(2027, 1, 1))),
        (date(2027, 6, 30), Quarter(date(2027, 1, 1), date(2027, 4, 1))),
    ],
)
def test_the_quarters_follow_the_calendar(day: date, expected: Quarter) -> None:
    assert quarter_of(day) == expected


def test_whoever_can_sign_in_is_told_what_the_quarter_ended(connection: Connection) -> None:
    told = connection.execute(
        text(
            "SELECT m.name, n.key FROM notice n JOIN member m ON m.person_id = n.person_id"
            " WHERE n.key LIKE '%ended%' ORDER BY 1, 2"
        )
    )
    assert {tuple(row) for row in told} == {
        ("SULASTRI WAHYUNI", "aid_ended"),
        ("SULASTRI WAHYUNI", "health_ended"),
        ("Juariyah", "aid_ended"),
    }
