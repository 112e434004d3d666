"""The built assets: small, hashed, precompressed, kept for ever; and no style that nobody uses."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from portal.web.assets import DIST, ROOT, AssetsNotBuilt, asset, init_assets, load_manifest
from tests.unit.web_site import make_site

#: Bytes over the wire (brotli) that each may take.
BUDGET = {"portal.css": 11_000, "app.js": 1_500, "htmx.js": 14_000, "icon.svg": 500}


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site()


def stylesheet() -> str:
    return (DIST / Path(load_manifest()["portal.css"]).name).read_text()


@pytest.mark.parametrize(("name", "most"), BUDGET.items())
def test_assets_are_small(name: str, most: int) -> None:
    path = DIST / Path(load_manifest()[name]).name
    packed = (path.parent / f"{path.name}.br").read_bytes()
    assert len(packed) <= most
    assert brotli.decompress(packed) == path.read_bytes()


def test_assets_are_kept_for_ever(site: Flask) -> None:
    with site.test_request_context():
        address = asset("portal.css")
    with site.test_client().get(address, headers={"Accept-Encoding": "br"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "max-age=315" in answer.headers["Cache-Control"]


def test_an_unknown_asset_says_what_to_do(site: Flask) -> None:
    with site.test_request_context(), pytest.raises(AssetsNotBuilt, match="make assets"):
        asset("nothing.css")


def test_without_a_build_the_application_still_starts(tmp_path: Path) -> None:
    bare = Flask("bare")
    init_assets(bare, tmp_path / "nowhere")
    assert load_manifest(tmp_path / "nowhere") == {}


def test_nothing_comes_from_elsewhere() -> None:
    assert not re.search(r"url\(|@import|@font-face|GDS|crown", stylesheet())


def test_every_class_of_the_stylesheet_is_used() -> None:
    """A class is used when its name stands in a template, in our Python, or in a macro of the form widgets."""
    sources = [*ROOT.glob("templates/**/*"), *ROOT.glob("portal/**/*.py"), *ROOT.glob("assets/js/*.js")]
    widgets = Path(__import__("govuk_frontend_jinja").__file__).parent / "templates" / "components"
    drawn = ("input", "select", "textarea", "radios", "checkboxes", "date-input", "file-upload", "label", "hint")
    sources += [path for name in (*drawn, "fieldset", "error-message") for path in (widgets / name).iterdir()]
    text = "\n".join(path.read_text() for path in sources if path.is_file())
    words = set(re.findall(r"[A-Za-z][\w-]*", text))
    stems = {
        f"{stem}--{end}" for stem in ("tag", "notice", "card", "amount", "govuk-button") for end in _variants(text)
    }
    stems |= {f"path-{state}" for state in ("done", "now", "next", "stop")}
    stems |= {f"chain-{state}" for state in ("done", "next", "stop")}
    classes = set(re.findall(r"\.([a-z][\w-]+)", re.sub(r"\{[^{}]*\}", "{}", stylesheet())))
    unused = {name for name in classes if name not in words | stems and not name.startswith(_UNASKED)}
    assert unused == set()


#: What the library brings beside what we use of it, and is too small to cut out.
_UNASKED = (
    "govuk-body", "govuk-heading", "govuk-link", "govuk-list", "govuk-input", "govuk-radios", "govuk-checkboxes",
    "govuk-fieldset", "govuk-label", "govuk-hint", "govuk-visually-hidden", "govuk-date-input", "govuk-file-upload",
    "govuk-drop-zone", "govuk-skip-link-focused", "govuk-frontend-supported",
)  # fmt: skip


def _variants(text: str) -> set[str]:
    return set(re.findall(r"\b(good|wait|stop|info|brand|warm|big|secondary|warning)\b", text))
