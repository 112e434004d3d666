"""Every language offered says everything, with the same placeholders and the same tags."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from portal.web.languages import DEFAULT_LANGUAGE, LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
SOURCE_LANGUAGE = "en"
TRANSLATED = sorted(set(LANGUAGES) - {SOURCE_LANGUAGE})
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "_l": None,
    "N_": None,
    "lazy_gettext": None,
    "pgettext": ((1, "c"), 2),
    "_n": (1, 2),
}
_PLACE = re.compile(r"%\((\w+)\)[sd]")
_TAG = re.compile(r"</?[a-z][^>]*>")


@pytest.fixture(scope="module")
def source() -> set[str | tuple[str, ...]]:
    """Every string of the source, as it is extracted now."""
    catalog = Catalog()
    for path in sorted((ROOT / "portal").rglob("*.py")):
        _collect(catalog, "python", path)
    for path in sorted((ROOT / "templates").rglob("*.html")):
        _collect(catalog, "jinja2", path)
    return {message.id for message in catalog if message.id}


def _collect(catalog: Catalog, method: str, path: Path) -> None:
    with path.open("rb") as file:
        for _line, message, _comments, context in extract(method, file, keywords=KEYWORDS, options={"silent": "false"}):
            catalog.add(message, context=context)


def _catalogue(language: str) -> Catalog:
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def test_indonesian_is_the_default() -> None:
    assert DEFAULT_LANGUAGE == "id"
    assert {"id", "en"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_is_said(language: str, source: set[str | tuple[str, ...]]) -> None:
    catalogue = _catalogue(language)
    said = {
        m.id for m in catalogue if m.id and not m.fuzzy and (all(m.string) if isinstance(m.string, tuple) else m.string)
    }
    assert sorted(str(m) for m in source - said) == [], "run `make messages` and translate these"
    assert sorted(str(m) for m in {m.id for m in catalogue if m.id} - source) == [], "no longer used: `make messages`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_and_tags_are_the_same(language: str) -> None:
    for message in _catalogue(language):
        if not message.id:
            continue
        source_text = message.id[-1] if isinstance(message.id, tuple) else message.id
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            assert set(_PLACE.findall(text)) == set(_PLACE.findall(source_text)), message.id
            assert sorted(_TAG.findall(text)) == sorted(_TAG.findall(source_text)), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_phone_number_is_not_broken_over_lines(language: str) -> None:
    """Its hyphens are those at which no line ends (U+2011): on a slip of 58 mm a half number looks like a whole one."""
    broken = [m.id for m in _catalogue(language) if m.id and re.search(r"\b0\d{2,4}-\d{3}", str(m.string))]
    assert broken == []
