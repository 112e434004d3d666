"""The looking itself: a page that breaks a rule fails, or the other browser tests would prove nothing."""

from __future__ import annotations

import pytest

from tests.browser.reader import Person, Sit

_FRAME = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Coba</title></head>
<body><main><h1>Coba</h1>{}</main></body></html>"""


def shown(person: Person, body: str) -> Person:
    """A page of our own at an address of the portal."""
    person.page.route("**/coba", lambda route: route.fulfill(body=_FRAME.format(body), content_type="text/html"))
    person.page.goto(person.base_url + "/coba")
    return person


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<div style="width: 500px; height: 9px; background: red"></div>', "scrolls sideways"),
        ('<button style="width: 90px; height: 30px">Kirim</button>', "too small to tap"),
        ('<img src="/coba.png" width="9" height="9">', "axe image-alt"),
        ('<p style="color: #bbb">Tulisan pudar</p>', "axe color-contrast"),
        ('<img alt="" src="http://orang.ketiga.example/a.png">', "asked another host"),
    ],
)
def test_a_fault_is_found(sit: Sit, body: str, fault: str, script: bool) -> None:
    with pytest.raises(AssertionError, match=fault):
        shown(sit(script=script), body).look()


def test_a_script_that_breaks_the_policy_is_found(sit: Sit) -> None:
    person = sit()
    person.page.goto(person.base_url + "/masuk")
    person.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))")
    with pytest.raises(AssertionError, match="console"):
        person.look(axe=False)


def test_a_good_page_passes(sit: Sit) -> None:
    for script in (True, False):
        shown(sit(script=script), '<p>Halo</p><p><a href="/coba">Lagi</a></p>').look()
