"""The page inspector finds what it is there to find, and nothing on a good page."""

from __future__ import annotations

import pytest

from tests.pages.inspecting import SIXTEEN_DIGITS, page_faults

GOOD = '<!doctype html><html lang="id"><head><title>Coba</title></head><body><main><h1>Halo</h1>{}</main></body></html>'
NIK = "351014" + "0101909001"


def test_a_good_page_has_no_faults() -> None:
    assert page_faults(GOOD.format("<p>Rp1.950.000 dan 12 Oktober 2026</p>")) == []


@pytest.mark.parametrize(
    ("html", "word"),
    [
        ("<p><div>x</p></div>", "invalid HTML"),
        ("<h1>lagi</h1>", "2 h1"),
        ("<title>lagi</title>", "2 titles"),
        ('<p id="a"></p><p id="a"></p>', "'a' is there 2 times"),
        ("<style>p{}</style>", "inline style"),
        ("<script>x</script>", "inline script"),
        ('<p style="color:red">x</p>', "style on p"),
        ('<p onclick="x()">x</p>', "onclick on p"),
        ('<a href="javascript:x">x</a>', "'javascript:x'"),
        ('<img alt="" src="https://elsewhere.example/x.png">', "third party"),
        ('<img src="/x.png">', "without alt"),
        ('<form method="post" action="/x"></form>', "without csrf_token"),
        ('<label for="nowhere">x</label>', "'nowhere', which is not on the page"),
        ("<label>x</label>", "is for nothing"),
        ('<input name="a">', "has no label"),
        ('<label for="a"></label><input id="a" name="a">', "an empty label"),
        ("<button></button>", "without words"),
        ('<p aria-describedby="gone">x</p>', "'gone', which is not on the page"),
        ('<a href="#gone">x</a>', "'#gone'"),
        (f"<p>{NIK}</p>", "sixteen digits"),
        ("<p>3510 1401 0190 9001</p>", "sixteen digits"),
        ("<p>35.10.14.010190.9001</p>", "sixteen digits"),
        (f'<a href="/x?nik={NIK}">x</a>', "sixteen digits"),
        (f"<!-- {NIK} -->", "sixteen digits"),
        ("<p>Halo None</p>", "leftover"),
        ("<p>%(name)s</p>", "leftover"),
        ('<a href="/x/None">x</a>', "leftover"),
    ],
)
def test_each_fault_is_found(html: str, word: str) -> None:
    faults = page_faults(GOOD.format(html))
    assert any(word in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("page", "word"),
    [
        (GOOD.replace(' lang="id"', ""), "no lang"),
        (GOOD.replace("Coba", ""), "0 titles"),
        (GOOD.replace("<h1>Halo</h1>", ""), "0 h1"),
        (GOOD.replace("Halo", ""), "an empty h1"),
        (GOOD.replace("<!doctype html>", ""), "invalid HTML"),
    ],
)
def test_the_frame_of_a_page(page: str, word: str) -> None:
    assert any(word in fault for fault in page_faults(page.format("")))


def test_a_nik_may_be_allowed_and_a_part_has_no_frame() -> None:
    assert page_faults(GOOD.format(f"<p>{NIK}</p>"), allow_nik=True) == []
    assert page_faults("<p>Halo</p>", part=True) == []


@pytest.mark.parametrize("text", ["Rp1.950.000", "12 Oktober 2026, 09.14", "7KQ-4MX", "3510********9001", "a" + NIK])
def test_what_is_no_nik(text: str) -> None:
    assert not SIXTEEN_DIGITS.search(text)
