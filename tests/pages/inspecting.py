"""A test client that inspects every page it fetches.

``app.test_client_class = InspectingClient``; a page that breaks a rule of the house fails the test that fetched it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from html5lib.html5parser import ParseError
from werkzeug.test import TestResponse

#: Sixteen digits, as in a NIK or a No. KK, also with the separators that people and cards write.
SIXTEEN_DIGITS = re.compile(r"(?<![\dA-Za-z_-])\d(?:[ .\-]?\d){15}(?![\dA-Za-z_-])")
PLAIN_SIXTEEN_DIGITS = re.compile(r"(?<![\dA-Za-z_-])\d{16}(?![\dA-Za-z_-])")
#: What a forgotten value or placeholder looks like on a page.
LEFTOVERS = re.compile(r"\bNone\b|%\(\w*|\{\{|\{%|\bundefined\b|<lazy|LazyString|&lt;function|\bTraceback\b")
_HTML_NAMESPACE = "{http://www.w3.org/1999/xhtml}"
_CONTROLS = frozenset({"input", "select", "textarea"})
_LABELLESS_INPUTS = frozenset({"hidden", "submit", "button", "image", "reset"})
_GEOMETRY = frozenset({"d", "points", "viewBox", "transform"})
_TOKEN = re.compile(r'(name="csrf_token"[^>]* value=")[\w.-]+"')
_SEEN: dict[tuple[bytes, bool, bool], list[str]] = {}
_ID_LISTS = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns")


class PageFault(AssertionError):
    """A page breaks a rule of the house."""


class InspectingClient(FlaskClient):
    """Flask's test client; every HTML answer is inspected."""

    _nik_allowed = False
    inspects = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send the request, then inspect the answer and those on the way to it."""
        response = super().open(*args, **kwargs)
        if self.inspects:
            for answer in (*response.history, response):
                inspect_answer(answer, allow_nik=self._nik_allowed)
        return response

    @contextmanager
    def allow_nik(self) -> Iterator[None]:
        """For the page where a person types or is shown a NIK in clear on purpose (a form that came back)."""
        self._nik_allowed = True
        try:
            yield
        finally:
            self._nik_allowed = False


def inspect_answer(answer: TestResponse, *, allow_nik: bool = False) -> None:
    """Check headers of any answer, and the page where it is one."""
    where = f"{answer.request.method} {answer.request.path} -> {answer.status_code}"
    faults = list(header_faults(answer))
    if answer.mimetype == "text/html" and answer.data and not 300 <= answer.status_code < 400:
        html = answer.get_data(as_text=True)
        part = answer.request.headers.get("HX-Request-Type") == "partial" and "<html" not in html
        faults += _faults_of(html, part=part, allow_nik=allow_nik)
    if faults:
        raise PageFault("\n  ".join([where, *faults]))


def _faults_of(html: str, *, part: bool, allow_nik: bool) -> list[str]:
    """:func:`page_faults`, once for pages that differ in nothing but their token: reading a page takes longer than
    making it, and many are the same refusal."""
    seen = (hashlib.sha256(_TOKEN.sub(r"\1\"", html).encode()).digest(), part, allow_nik)
    if seen not in _SEEN:
        _SEEN[seen] = page_faults(html, part=part, allow_nik=allow_nik)
    return _SEEN[seen]


def header_faults(answer: TestResponse) -> Iterator[str]:
    """No NIK in an address or a header; no page without the security headers; a 304 stays small."""
    address = answer.request.url
    if SIXTEEN_DIGITS.search(address):
        yield "sixteen digits in the address"
    for name, value in answer.headers.items():
        if name != "Set-Cookie" and SIXTEEN_DIGITS.search(value):
            yield f"sixteen digits in the header {name}"
    if answer.status_code == 304:
        size = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
        if size > 500:
            yield f"a 304 of {size} bytes"
        return
    if answer.mimetype == "text/html" and "unsafe" in answer.headers.get(
        "Content-Security-Policy", "unsafe: no policy"
    ):
        yield "no strict Content-Security-Policy"
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        yield "no X-Content-Type-Options"


def page_faults(html: str, *, part: bool = False, allow_nik: bool = False) -> list[str]:
    """Everything wrong with a page, or with a ``part`` of one."""
    parser = html5lib.HTMLParser(strict=True)
    try:
        tree = parser.parseFragment(html) if part else parser.parse(html)
    except ParseError as error:
        return [f"invalid HTML: {error} near {_near(html, parser)!r}"]
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    faults = [] if part else list(_frame_faults(elements))
    faults += _id_faults(elements, part=part)
    faults += _inline_faults(elements)
    faults += _form_faults(elements)
    faults += _text_faults(html, tree, allow_nik=allow_nik)
    return faults


def _near(html: str, parser: Any) -> str:
    line, column = parser.errors[-1][0] if parser.errors else (1, 0)
    lines = html.splitlines()
    return lines[line - 1][max(0, column - 60) : column + 20] if 0 < line <= len(lines) else ""


def _name(element: Element) -> str:
    return element.tag.removeprefix(_HTML_NAMESPACE)


def _all(elements: list[Element], *names: str) -> list[Element]:
    return [element for element in elements if _name(element) in names]


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _frame_faults(elements: list[Element]) -> Iterator[str]:
    page = _all(elements, "html")[0]
    if not page.get("lang"):
        yield "no lang on html"
    titles = [_text(title) for title in _all(elements, "title") if _text(title)]
    if len(titles) != 1:
        yield f"{len(titles)} titles"
    headings = _all(elements, "h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1"
    elif not _text(headings[0]):
        yield "an empty h1"
    if len(_all(elements, "main")) != 1:
        yield f"{len(_all(elements, 'main'))} main"


def _id_faults(elements: list[Element], *, part: bool) -> Iterator[str]:
    ids = Counter(value for element in elements if (value := element.get("id")) is not None)
    for value, number in ids.items():
        if number > 1 or not value or " " in value:
            yield f"id {value!r} is there {number} times or is no id"
    if part:
        return
    for element in elements:
        for attribute in _ID_LISTS:
            for value in (element.get(attribute) or "").split():
                if value not in ids:
                    yield f"{attribute} names {value!r}, which is not on the page"
        link = element.get("href") or ""
        if link.startswith("#") and len(link) > 1 and link[1:] not in ids:
            yield f"a link to {link!r}, which is not on the page"


def _inline_faults(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        name = _name(element)
        if name == "style" or (name == "script" and not element.get("src")):
            yield f"inline {name}"
        for attribute in element.attrib:
            plain = str(attribute)
            if plain == "style" or plain.startswith(("on", "hx-on")):
                yield f"{plain} on {name}"
        for attribute in ("href", "src", "action"):
            value = (element.get(attribute) or "").strip().lower()
            if value.startswith(("javascript:", "data:")):
                yield f"{attribute} of {name} is {value[:20]!r}"
            if attribute != "href" and value.startswith(("http:", "https:", "//")):
                yield f"{attribute} of {name} is a third party's: {value[:60]!r}"
        if name == "img" and element.get("alt") is None:
            yield "img without alt"


def _form_faults(elements: list[Element]) -> Iterator[str]:
    labelled: set[object] = set()
    yield from _label_faults(elements, labelled)
    for form in _all(elements, "form"):
        tied = [one for one in _all(elements, *_CONTROLS) if form.get("id") and one.get("form") == form.get("id")]
        fields = {control.get("name") for control in (*form.iter(), *tied) if _name(control) in _CONTROLS}
        if (form.get("method") or "get").lower() == "post" and "csrf_token" not in fields:
            yield f"POST form to {form.get('action')!r} without csrf_token"
    for control in _all(elements, *_CONTROLS):
        if control.get("type") in _LABELLESS_INPUTS or control.get("aria-label") or control.get("aria-labelledby"):
            continue
        if control.get("id") not in labelled and id(control) not in labelled:
            yield f"{_name(control)} {control.get('name')!r} has no label"
    for control in _all(elements, "button", "a"):
        if not (_text(control) or control.get("aria-label")):
            yield f"{_name(control)} without words"


def _label_faults(elements: list[Element], labelled: set[object]) -> Iterator[str]:
    """Check every label, and gather what they are for into ``labelled``."""
    ids = {element.get("id") for element in elements if element.get("id")}
    for label in _all(elements, "label"):
        target = label.get("for")
        inner = [child for child in label.iter() if _name(child) in _CONTROLS]
        if target is None and not inner:
            yield f"label {_text(label)!r} is for nothing"
        elif target is not None and target not in ids:
            yield f"label for {target!r}, which is not on the page"
        if not _text(label):
            yield f"an empty label for {target!r}"
        if target is not None:
            labelled.add(target)
        labelled.update(child.get("id") or id(child) for child in inner)


def _text_faults(html: str, tree: Element, *, allow_nik: bool) -> Iterator[str]:
    texts = [text.strip() for text in tree.itertext() if text.strip()]
    values = [
        value
        for element in tree.iter()
        if isinstance(element.tag, str)
        for name, value in element.attrib.items()
        if name not in _GEOMETRY
    ]
    if not allow_nik and (
        PLAIN_SIXTEEN_DIGITS.search(html) or any(SIXTEEN_DIGITS.search(text) for text in (*texts, *values))
    ):
        yield "sixteen digits in clear, as of a NIK or a No. KK"
    leftover = LEFTOVERS.search(" ".join(texts)) or LEFTOVERS.search("\n".join(values))
    if leftover:
        yield f"a leftover: {leftover.group()!r}"
