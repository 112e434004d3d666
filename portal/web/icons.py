"""The icons: drawn for this portal on a 24 x 24 grid, set inline so that no page asks for one.

Icons never stand alone for a meaning: a word is always beside them, so they are hidden from screen readers.
"""

from __future__ import annotations

import re

from jinja2.ext import Extension
from markupsafe import Markup

#: Name to the inside of the drawing. Strokes are ``currentColor``, set in the stylesheet.
_DRAWINGS: dict[str, str] = {
    "home": '<path d="M3.5 11 12 4l8.5 7M6 9.5V20h4.5v-5.5h3V20H18V9.5"/>',
    "card": '<rect x="3" y="5.5" width="18" height="13" rx="2.5"/><path d="M3 10h18M7 14.5h4"/>',
    "star": '<path d="m12 4 2.4 5 5.6.8-4 3.9.9 5.5-4.9-2.6-4.9 2.6.9-5.5-4-3.9 5.6-.8z"/>',
    "document": '<path d="M6 3.5h8.5L18.5 8v12.5H6zM14 3.5V8.5h4.5M9 12.5h6.5M9 16h4"/>',
    "list": '<path d="M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.2l3.4 2"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="15" rx="2.5"/><path d="M4 10h16M8.5 3v4.5M15.5 3v4.5"/>',
    "check": '<path d="m5 12.8 4.6 4.7L19.5 7"/>',
    "wait": '<path d="M7 3.5h10M7 20.5h10M8 3.5c0 5 8 6 8 8.5s-8 3.5-8 8.5M16 3.5c0 5-8 6-8 8.5s8 3.5 8 8.5"/>',
    "stop": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5v5.5M12 16.5v.01"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11.2v5.3M12 7.7v.01"/>',
    "question": '<circle cx="12" cy="12" r="8.5"/><path d="M9.5 9.7c.2-3 5-3 5 0 0 2-2.5 2-2.5 4M12 16.8v.01"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.5-9 14.5-9 15 0"/>',
    "family": '<circle cx="8" cy="8" r="3.3"/><circle cx="17" cy="10" r="2.4"/>'
    '<path d="M2.5 19.5c.3-7.5 10.7-7.5 11 0M15.5 15.2c3-.9 6 1 6 4.3"/>',
    "house": '<path d="M3 11.5 12 4l9 7.5M5.5 9.7V20h13V9.7M10 20v-5h4v5"/>',
    "phone": '<path d="M5 4h4l1.7 4.5-2.4 1.7a12 12 0 0 0 5.5 5.5l1.7-2.4L20 15v4c0 .8-.6 1.3-1.4 1.3'
    'C10.5 19.7 4.3 13.5 3.7 5.4 3.7 4.6 4.2 4 5 4z"/>',
    "device": '<rect x="3.5" y="4" width="17" height="12" rx="2"/><path d="M12 16v4M8 20h8"/>',
    "printer": '<path d="M7 8.5V3.5h10v5M7 17H4V8.5h16V17h-3M7 14h10v6.5H7z"/>',
    "camera": '<path d="M3 7.5h4.5L9 5h6l1.5 2.5H21V19.5H3z"/><circle cx="12" cy="13" r="3.5"/>',
    "map": '<path d="M12 21c-4.5-5-6.7-8.3-6.7-11a6.7 6.7 0 0 1 13.4 0c0 2.7-2.2 6-6.7 11z"/>'
    '<circle cx="12" cy="10" r="2.4"/>',
    "bell": '<path d="M6 16.5v-6a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 20.5c1 1 3 1 4 0"/>',
    "eye": '<path d="M2.5 12C6.5 4.7 17.5 4.7 21.5 12c-4 7.3-15 7.3-19 0z"/><circle cx="12" cy="12" r="2.8"/>',
    "eye-off": '<path d="M2.5 12C6.5 4.7 17.5 4.7 21.5 12c-4 7.3-15 7.3-19 0zM4 20 20 4"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2.5"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "shield": '<path d="M12 3.5 5 6v5.5c0 4.5 3 7.5 7 9 4-1.5 7-4.5 7-9V6zM9 12l2.2 2.3L15.2 10"/>',
    "arrow": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "back": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "down": '<path d="m6 9.5 6 6 6-6"/>',
    "globe": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c-5 5-5 12 0 17M12 3.5c5 5 5 12 0 17"/>',
    "leave": '<path d="M13.5 4H5v16h8.5M10 12h10.5M17 8.3l3.7 3.7-3.7 3.7"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5.5 5.5"/>',
    "chat": '<path d="M4 5h16v11.5H11L6.5 20v-3.5H4z"/>',
    "coins": '<ellipse cx="12" cy="7" rx="7.5" ry="3"/><path d="M4.5 7v10c0 4 15 4 15 0V7M4.5 12c0 4 15 4 15 0"/>',
    "scale": '<path d="M4 19.5v-4M9.3 19.5V12M14.7 19.5V8.5M20 19.5V4.5"/>',
}
#: The size holds where the style sheet did not arrive (a poor network): a small icon, not a full screen.
_FRAME = '<svg class="icon" width="22" height="22" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>'
ICONS: dict[str, Markup] = {
    name: Markup(_FRAME.format(inside))  # noqa: S704 - our own drawings
    for name, inside in _DRAWINGS.items()
}


def icon(name: str) -> Markup:
    """The inline drawing of that name; an unknown name is an error of the template."""
    return ICONS[name]


_PLAIN_CALL = re.compile(r'\{\{ icon\("([a-z-]+)"\) \}\}')


class DrawnIcons(Extension):
    """Puts an icon that a template names outright into the template when it is read, not each time it is drawn."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _PLAIN_CALL.sub(lambda call: str(icon(call[1])), source)
