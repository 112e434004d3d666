"""Whole pages and blocks, languages, headers, foreign posts, error pages."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web.errors import PAGES
from portal.web.htmx import wants_block
from portal.web.languages import current_language
from tests.unit.web_site import make_site

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site()


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


def token_of(client: FlaskClient) -> str:
    """The CSRF token on the page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").get_data(as_text=True))
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ({}, True),
        (PARTIAL, False),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, True),
        ({**PARTIAL, "HX-Boosted": "true"}, True),
        ({**PARTIAL, "HX-History-Restore-Request": "true"}, True),
        ({"HX-Request": "true"}, True),
    ],
)
def test_a_block_only_where_htmx_swaps_a_part(client: FlaskClient, headers: dict[str, str], whole: bool) -> None:
    answer = client.get("/", headers=headers)
    assert (b"<html" in answer.data) is whole
    assert b'id="part"' in answer.data
    assert "HX-Request-Type" in answer.headers["Vary"]


def test_indonesian_unless_the_reader_chose(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="id">' in page
    assert "Langsung ke isi halaman" in page
    client.set_cookie("bahasa", "en")
    page = client.get("/").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert "Skip to the main content" in page


def test_phrases_escape_what_they_are_given(site: Flask) -> None:
    say = site.jinja_env.globals["_"]
    with site.test_request_context():
        assert say("Page %(page)s of %(last)s", page="<1>", last=2) == "Halaman &lt;1&gt; dari 2"
        assert say("<b>100% bantuan</b>") == "&lt;b&gt;100% bantuan&lt;/b&gt;"
        assert say("<%(name)s>", name="&") == "&lt;&amp;&gt;"
        assert say("Send") is say("Send")
    with site.test_request_context(headers={"Cookie": "bahasa=en"}):
        assert say("Page %(page)s of %(last)s", page=1, last=2) == "Page 1 of 2"
        assert say("Send") == "Send"


def test_an_unknown_language_is_the_default(client: FlaskClient) -> None:
    client.set_cookie("bahasa", "../../etc")
    assert '<html lang="id">' in client.get("/").get_data(as_text=True)


def test_the_switch_works_without_script(client: FlaskClient) -> None:
    answer = client.post("/bahasa", data={"csrf_token": token_of(client), "language": "en", "next": "/tentang"})
    assert (answer.status_code, answer.location) == (303, "/tentang")
    assert '<html lang="en">' in client.get("/").get_data(as_text=True)
    answer = client.post("/bahasa", data={"csrf_token": token_of(client), "language": "xx", "next": "//jahat.example"})
    assert answer.location == "/"
    assert "Set-Cookie" not in answer.headers


def test_a_kept_page_answers_304_in_a_few_bytes(client: FlaskClient) -> None:
    first = client.get("/kept")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get("/kept", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert "Content-Security-Policy" not in again.headers
    assert len(str(again.headers)) < 300


def test_transport_is_strict_only_when_secure(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "Strict-Transport-Security" in client.get("/", base_url="https://localhost").headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://jahat.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_foreign_posts_are_refused(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    data = {"csrf_token": token_of(client), "language": "id"}
    assert client.post("/bahasa", data=data, headers=headers).status_code == status


def test_a_form_without_its_token_says_what_to_do(client: FlaskClient) -> None:
    answer = client.post("/bahasa", data={"language": "id"})
    assert answer.status_code == 400
    assert "Halaman terlalu lama terbuka" in answer.get_data(as_text=True)


@pytest.mark.parametrize("status", sorted(PAGES))
def test_every_error_has_its_page_in_both_languages(client: FlaskClient, status: int) -> None:
    own = client.get(f"/fail/{status}")
    assert own.status_code == status
    client.set_cookie("bahasa", "en")
    english = client.get(f"/fail/{status}").get_data(as_text=True)
    title, advice = PAGES[status]
    assert title in english
    assert advice in english
    assert title not in own.get_data(as_text=True)
    assert own.headers["Cache-Control"] == "no-store"


def test_other_statuses_take_the_nearest_page(client: FlaskClient) -> None:
    assert client.get("/fail/418").status_code == 418
    assert client.get("/fail/502").status_code == 502


def test_an_unexpected_error_tells_nothing_of_the_machine(client: FlaskClient) -> None:
    answer = client.get("/boom")
    assert answer.status_code == 500
    assert b"secret" not in answer.data
    assert b"RuntimeError" not in answer.data


def test_error_pages_ask_nobody_who_is_signed_in(client: FlaskClient) -> None:
    answer = client.get("/beranda", headers={"X-Broken-Database": "1"})
    assert answer.status_code == 500
    assert "Ada gangguan di pihak kami" in answer.get_data(as_text=True)
    assert client.get("/nowhere", headers={"X-Broken-Database": "1"}).status_code == 404


def test_domain_errors_say_their_own_sentence(client: FlaskClient) -> None:
    answer = client.get("/conflict")
    assert answer.status_code == 409
    assert "Tidak ada yang terkirim dua kali" in answer.get_data(as_text=True)
    assert client.get("/too-many").headers["Retry-After"] == "60"


def test_a_ready_answer_passes_as_it_is(client: FlaskClient) -> None:
    answer = client.get("/ready-answer")
    assert (answer.status_code, answer.get_data(as_text=True)) == (409, "sudah")
    assert answer.headers["Cache-Control"] == "no-store"


def test_outside_a_request_nothing_is_asked() -> None:
    assert not wants_block()
    assert current_language() == "id"


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.get("/bahasa")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_htmx_shows_an_error_in_the_main_part(client: FlaskClient) -> None:
    answer = client.get("/fail/404", headers=PARTIAL)
    assert answer.headers["HX-Retarget"] == "#main"
    assert b"<html" not in answer.data
    assert b"<h1>" in answer.data
