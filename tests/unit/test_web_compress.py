"""Pages go compressed to browsers that take it, and never twice."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from portal.web.compress import LEAST, init_compress

PAGE = "<p>Bantuan Anda sedang diproses.</p>\n" * 200


@pytest.fixture
def client() -> FlaskClient:
    """A site with one view a case."""
    app = Flask(__name__, static_folder=None)
    init_compress(app)

    @app.get("/page")
    def page() -> Response:
        response = Response(PAGE, mimetype="text/html")
        response.set_etag("abc")
        return response

    @app.get("/short")
    def short() -> Response:
        return Response("x" * (LEAST - 1), mimetype="text/html")

    @app.get("/kept")
    def kept() -> Response:
        return Response(status=304, mimetype="text/html")

    @app.get("/picture")
    def picture() -> Response:
        return Response(b"\xff" * 5000, mimetype="image/jpeg")

    @app.get("/done")
    def done() -> Response:
        return Response(gzip.compress(PAGE.encode()), mimetype="text/html", headers={"Content-Encoding": "gzip"})

    @app.get("/flow")
    def flow() -> Response:
        def words() -> Iterator[str]:
            yield PAGE

        return Response(words(), mimetype="text/html")

    return app.test_client()


@pytest.mark.parametrize("offered", ["gzip, deflate, br, zstd", "gzip;q=0.5, *;q=0.1"])
def test_a_page_goes_compressed_and_whole(client: FlaskClient, offered: str) -> None:
    answer = client.get("/page", headers={"Accept-Encoding": offered})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert len(answer.data) < len(PAGE) / 10
    assert gzip.decompress(answer.data).decode() == PAGE
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.get_etag() == ("abc:gzip", False)


@pytest.mark.parametrize("offered", ["", "br", "gzip;q=0"])
def test_a_browser_without_gzip_gets_the_page_as_it_is(client: FlaskClient, offered: str) -> None:
    answer = client.get("/page", headers={"Accept-Encoding": offered})
    assert "Content-Encoding" not in answer.headers
    assert answer.text == PAGE
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.get_etag() == ("abc", False)


@pytest.mark.parametrize("path", ["/short", "/kept", "/picture", "/flow"])
def test_what_gains_nothing_is_left_alone(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip"}).headers


def test_what_is_compressed_is_not_compressed_again(client: FlaskClient) -> None:
    answer = client.get("/done", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.data).decode() == PAGE
