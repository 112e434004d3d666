"""Pages for everybody, and whether the portal lives and can work."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Connection, text

from portal.core.db import Database
from portal.home.views import health
from tests.factories import as_owner, family_actor, make_family
from tests.pages.clients import PortalClient


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("path", ["/", "/tentang", "/bantuan-portal"])
def test_public_pages_open_without_signing_in(client: PortalClient, path: str, language: str) -> None:
    client.set_cookie("bahasa", language)
    answer = client.get(path)
    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.text


def test_the_front_door_leads_inside(client: PortalClient) -> None:
    page = BeautifulSoup(client.get("/").text, "html.parser")
    addresses = {link["href"] for link in page.select("main a")}
    assert {"/masuk", "/petugas/masuk", "/bantuan-portal", "tel:021171"} <= addresses


def test_who_is_signed_in_goes_home(client: PortalClient, connection: Connection) -> None:
    answer = client.as_(family_actor(make_family(connection).head)).get("/")
    assert answer.status_code == 303
    assert answer.location == "/beranda"


def test_help_names_the_official_channels_and_the_signs_of_a_fake(client: PortalClient) -> None:
    page = BeautifulSoup(client.get("/bantuan-portal").text, "html.parser")
    for channel in ("021-171", "0887-7171-171", "lapor.go.id"):
        assert channel in page.text
    assert "1500-171" not in page.text
    assert "PIN" in page.select_one("#penipuan").text  # type: ignore[union-attr]


def test_about_credits_the_area_data(client: PortalClient) -> None:
    page = client.get("/tentang").text
    assert "idn-area-data" in page
    assert "ODbL" in page


@pytest.mark.parametrize("path", ["/beranda", "/bantuan", "/desil", "/peluang", "/peluang/PKH"])
def test_family_pages_ask_a_stranger_to_sign_in(client: PortalClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/masuk")


def test_nothing_is_for_search_engines(client: PortalClient) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_it_lives_and_is_ready(client: PortalClient, connection: Connection) -> None:
    for path, said in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (200, said)
        assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_not_ready_at_another_migration(client: PortalClient, connection: Connection) -> None:
    as_owner(connection)
    connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert client.get("/readyz").status_code == 503


def test_it_is_not_ready_without_its_database(client: PortalClient, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Database()
    monkeypatch.setattr(health, "db", nowhere)
    assert client.get("/readyz").status_code == 503
    nowhere.connect("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert client.get("/readyz").status_code == 503
    nowhere.close()
    assert client.get("/healthz").status_code == 200
