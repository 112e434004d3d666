"""Who may use a view, where the others are sent, and that a view which says nothing is refused."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from portal.web.access import access_of, allowed, public, safe_next, unmarked_endpoints
from portal.web.nav import Place, menu
from tests.unit.web_site import Permission, make_site

FAMILY = {"X-Kind": "family"}
STAFF = {"X-Kind": "staff"}


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site()


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


def test_a_view_that_says_nothing_answers_500(client: FlaskClient, site: Flask) -> None:
    answer = client.get("/unmarked")
    assert answer.status_code == 500
    assert b"never" not in answer.data
    assert unmarked_endpoints(site) == ["unmarked"]


def test_public_pages_are_for_everybody(client: FlaskClient) -> None:
    for headers in ({}, FAMILY, STAFF):
        assert client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(("path", "sign_in"), [("/beranda?a=1", "/masuk"), ("/petugas/antrean", "/petugas/masuk")])
def test_strangers_are_sent_to_sign_in_and_back(client: FlaskClient, path: str, sign_in: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.location.split("?", 1)[0] == sign_in
    assert answer.location.endswith(
        {"/masuk": "next=/beranda?a%3D1", "/petugas/masuk": "next=/petugas/antrean"}[sign_in]
    )


def test_htmx_is_told_to_load_the_whole_sign_in(client: FlaskClient) -> None:
    answer = client.get("/beranda", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/masuk?next=/beranda"


def test_a_lost_session_keeps_the_answers(client: FlaskClient, site: Flask) -> None:
    site.extensions["kept"].clear()
    site.config["WTF_CSRF_ENABLED"] = False
    try:
        answer = client.post("/beranda", data={"a": "b"})
    finally:
        site.config["WTF_CSRF_ENABLED"] = True
    assert answer.location == "/masuk"
    assert site.extensions["kept"] == ["/beranda"]


@pytest.mark.parametrize(("path", "headers"), [("/beranda", STAFF), ("/petugas/antrean", FAMILY)])
def test_the_other_kind_is_refused(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    assert client.get(path, headers=headers).status_code == 403


def test_each_kind_has_its_menu(client: FlaskClient) -> None:
    family = client.get("/beranda", headers=FAMILY).get_data(as_text=True)
    assert 'href="/beranda" aria-current="page"' in family
    assert 'href="/bantuan"' in family
    assert "/petugas/antrean" not in family
    staff = client.get("/petugas/antrean", headers=STAFF).get_data(as_text=True)
    assert 'href="/petugas/antrean" aria-current="page"' in staff
    assert 'href="/bantuan"' not in staff
    assert 'class="places"' not in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize(
    "target",
    [
        *("", None, "beranda", "https://jahat.example", "//jahat.example", "/\\jahat.example", "\\\\x", "/a\\b"),
        *("/.//jahat.example", "/..//jahat.example", "/a/..//jahat.example", "/a//jahat.example", "/beranda/.."),
        *("/%2e//jahat.example", "/%2E%2e/%2Fjahat.example", "/%2F/x", "/%5Cx", "/%252e%252e%252f%252fx", "/."),
        *("/a\nb", "/\t/jahat.example", "/%09/x", "/\x7f", "/\u202ebaik", "/%00", "/" + "a" * 3000),
    ],
)
def test_next_never_leaves_the_portal(target: str | None) -> None:
    assert safe_next(target, "/beranda") == "/beranda"


_BASE = "https://portal.example/masuk"
#: What addresses that lead astray are made of.
_PARTS = st.sampled_from(
    ["/", "\\", ".", "%2e", "%2F", "%5c", "%25", "2f", "\t", "\n", " ", "@", ":", "?", "#", "jahat"]
)


def _as_a_browser(address: str) -> str:
    """The address as a browser reads it: no tabs, slashes either way, dot segments taken out, also those in percent."""
    bare = address.strip(" \t\r\n").replace("\t", "").replace("\n", "").replace("\r", "")
    path, mark, query = bare.partition("?")
    path = re.sub("%2e", ".", path.replace("\\", "/"), flags=re.IGNORECASE)
    return urljoin(_BASE, path) + mark + query


@given(st.one_of(st.text(), st.lists(_PARTS).map(lambda parts: "/" + "".join(parts))))
def test_next_is_always_a_path_of_ours(target: str) -> None:
    chosen = safe_next(target, "/beranda")
    for read in (
        chosen,
        unquote(chosen),
        unquote(unquote(chosen)),
        _as_a_browser(chosen)[len("https://portal.example") :],
    ):
        reached = urlsplit(_as_a_browser(read))
        assert reached.netloc == "portal.example"
        assert not reached.path.startswith("//")
    assert chosen.isprintable()


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/pengajuan?halaman=2",
        "/bantuan?tahun=2025#program-1",
        "/bantuan?q=a//b/../c",
        "/peluang/PKH%20Plus",
        "/a.b/..c",
    ],
)
def test_next_keeps_a_good_path(target: str) -> None:
    assert safe_next(target, "/beranda") == target


def test_a_mark_says_whether_it_is_public_and_is_not_overwritten() -> None:
    @public
    def view() -> str:
        return ""

    mark = access_of(view)
    assert mark is not None
    assert mark.is_public
    with pytest.raises(TypeError, match="marked otherwise"):
        allowed(Permission.WORK)(view)
    own = access_of(allowed(Permission.WORK)(lambda: ""))
    assert own is not None
    assert not own.is_public


def test_a_menu_hides_what_the_reader_may_not_open(site: Flask) -> None:
    places = [Place("Queue", "desk.queue", "list", Permission.WORK), Place("Nowhere", "no.such", "list")]
    with site.test_request_context("/petugas/antrean/7KQ-4MX"):
        assert menu(places, lambda permission: False) == ()
        links = menu(places, lambda permission: True)
    assert [(link.url, link.current) for link in links] == [("/petugas/antrean", True)]


def test_officers_sign_out_at_their_own_door(client: FlaskClient) -> None:
    assert 'action="/petugas/keluar"' in client.get("/petugas/antrean", headers=STAFF).get_data(as_text=True)
    assert 'action="/keluar"' in client.get("/beranda", headers=FAMILY).get_data(as_text=True)
