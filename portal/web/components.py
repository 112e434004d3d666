"""The components as Jinja globals: every macro of ``templates/components/``, and ``icon``.

A block rendered alone for htmx does not see what its page imports; globals it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, request

from portal.web.icons import icon
from portal.web.languages import current_language

#: File under ``templates/components/`` to the macros it offers to every template. A file sees the macros of those
#: before it: its globals are taken when it is loaded.
MACROS: dict[str, tuple[str, ...]] = {
    "words.html": ("tag", "amount", "amount_switch", "facts", "fact", "more"),
    "surfaces.html": ("card", "notice", "empty", "page_head"),
    "links.html": (
        "button",
        "link_button",
        "print_button",
        "back_link",
        "pages",
        "links_row",
        "breadcrumbs",
        "paper_choice",
        "htmx_script",
    ),
    "pictures.html": ("desil_scale", "bars", "dated_path"),
    "frame.html": ("frame_head", "frame_top", "menu_count"),
    "footer.html": ("site_footer",),
    "forms.html": ("form_frame", "error_summary", "filters"),
}


#: Macros with few different values, drawn on nearly every page.
_KEPT = ("frame_head", "frame_top", "site_footer", "desil_scale", "tag", "amount_switch")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of ``bars``: what it is of, how much it is, and the words above it and in the table."""

    label: str
    value: int
    short: str
    full: str


@dataclass(frozen=True, slots=True)
class Column:
    """A bar as it is drawn: middle, top and height in the units of the drawing."""

    middle: float
    top: float
    height: float
    bar: Bar


#: The drawing of ``bars``: width, the line the bars stand on, and the height of the highest one, in its own units.
BARS_WIDTH, BARS_GROUND, BARS_HIGHEST = 320, 128, 100


def columns(series: Sequence[Bar]) -> list[Column]:
    """Where each bar stands and how high it is; a value above zero is always visible."""
    highest = max((bar.value for bar in series), default=0)
    step = BARS_WIDTH / max(len(series), 1)
    drawn = []
    for place, bar in enumerate(series):
        height = round(bar.value / highest * BARS_HIGHEST, 1) if highest > 0 else 0.0
        height = max(height, 3.0) if bar.value > 0 else 1.0
        drawn.append(Column(round(step * (place + 0.5), 1), BARS_GROUND - height, height, bar))
    return drawn


#: Papers that slips are printed on: rolls of thermal printers by their width, and sheets.
PAPERS = ("80", "58", "a4")


def paper_of(wanted: str | None) -> str:
    """The paper that was picked, else the roll that most counters have."""
    return wanted if wanted in PAPERS else PAPERS[0]


#: Far more drawings than the macros that are kept have, so that nobody's values can fill the memory.
_MOST_KEPT = 2_000


def kept_by_language(draw: Callable[..., str]) -> Callable[..., str]:
    """Keep what a macro draws, for what depends on nothing but the language, the portal's address and its values."""
    kept: dict[tuple[object, ...], str] = {}

    def drawn(*values: object, **named: object) -> str:
        key: tuple[object, ...] = (current_language(), request.environ["SCRIPT_NAME"], values)
        if values or named:
            # A text and markup of the same letters are equal, but only one of them is escaped.
            key = (*key, *named.items(), *map(type, values), *map(type, named.values()))
        drawing = kept.get(key)
        if drawing is None:
            drawing = draw(*values, **named)
            if len(kept) < _MOST_KEPT:
                kept[key] = drawing
        return drawing

    return drawn


def init_components(app: Flask) -> None:
    """Load every macro once and offer it to all templates."""
    names: dict[str, Any] = {"icon": icon, "paper_of": paper_of, "columns": columns, "Bar": Bar}
    app.jinja_env.globals.update(names)
    for file, macros in MACROS.items():
        module = app.jinja_env.get_template(f"components/{file}").module
        names = {macro: getattr(module, macro) for macro in macros}
        app.jinja_env.globals.update(names)
    for macro in _KEPT:
        draw = cast(Callable[..., str], app.jinja_env.globals[macro])
        app.jinja_env.globals[macro] = kept_by_language(draw)
