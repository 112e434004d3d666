"""Without a mouse, and at first sight: signing in by keys alone, a focus that is seen, four answers on one screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.reader import KIOSK, PHONE, Person, Sit
from tests.browser.words import say
from tests.browser.world import World

_MOST_STEPS = 60
#: What tells the focused element from others: outline, shadow, colours.
_LOOKS = """
element => { const s = getComputedStyle(element)
  const outline = [s.outlineStyle, s.outlineWidth, s.outlineColor]
  return [...outline, s.boxShadow, s.backgroundColor, s.borderColor, s.color].join('|') }
"""


def focused(person: Person) -> str:
    """Tag and name of the element that has the focus."""
    tag, name = person.page.evaluate("[document.activeElement].map(e => [e.tagName, e.name || e.innerText])[0]")
    return f"{tag.lower()} {name or ''}".strip()


def tab_to(person: Person, wanted: str) -> None:
    """Press Tab until the element has the focus; it must then look otherwise than without."""
    for _step in range(_MOST_STEPS):
        person.page.keyboard.press("Tab")
        if focused(person) == wanted:
            return
    raise AssertionError(f"Tab never reaches {wanted!r}")


def test_signing_in_by_keys_alone(sit: Sit, world: World) -> None:
    account = world.account("birth_not_recorded")
    assert account.pin is not None
    person = sit().open("/masuk")
    person.page.keyboard.press("Tab")
    assert focused(person) == f"a {say('Skip to the main content')}"
    expect(person.page.locator(".govuk-skip-link")).to_be_in_viewport()
    tab_to(person, "input nik")
    person.page.keyboard.type(account.login)
    person.page.keyboard.press("Tab")
    assert focused(person) == "input pin"
    person.page.keyboard.type("111112")
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.look()
    assert person.page.evaluate("document.activeElement.className") == "govuk-error-summary"
    tab_to(person, "input pin")
    person.page.keyboard.type(account.pin)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    assert person.path == "/beranda"


@pytest.mark.parametrize("path", ["/masuk", "/petugas/masuk", "/bantuan-portal", "/_komponen"])
def test_the_focus_is_seen(sit: Sit, path: str) -> None:
    person = sit(KIOSK).open(path)
    page = person.page
    for _step in range(_MOST_STEPS):
        page.keyboard.press("Tab")
        handle = page.evaluate_handle("document.activeElement").as_element()
        assert handle is not None
        if handle.evaluate("e => e === document.body"):
            return
        with_focus = handle.evaluate(_LOOKS)
        name = focused(person)
        without = handle.evaluate(f"e => {{ e.blur(); const looks = ({_LOOKS})(e); e.focus(); return looks }}")
        assert with_focus != without, f"nobody sees that {name!r} has the focus"


@pytest.mark.parametrize(
    "about", ["paid_on_time", "stuck_at_si", "desil_4_to_6", "stopped_without_cause", "elder_alone", "moved_away"]
)
def test_the_four_answers_stand_on_the_first_screen(sit: Sit, world: World, secret: str, about: str) -> None:
    person = sit(PHONE).enter_as(world.session_of(world.account(about), secret)).open("/beranda")
    bottom = person.page.locator("nav.places").bounding_box()
    assert bottom is not None
    alerted = person.page.locator("main section.card--warm").count() > 0  # news comes first and takes its room
    for title in ("Next aid", "My family's desil", "Open to my family", "What I sent"):
        heading = person.page.locator("h2", has_text=say(title))
        answer = heading if alerted else person.page.locator("main section.card", has=heading)
        box = answer.bounding_box()
        assert box is not None, title
        assert box["y"] + box["height"] <= bottom["y"], f"{title} ends below the first screen"
