"""Wires everything of ``portal.web`` into an app."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Flask
from jinja2 import StrictUndefined

from portal.web.access import init_access
from portal.web.assets import init_assets
from portal.web.components import init_components
from portal.web.compress import init_compress
from portal.web.errors import init_errors
from portal.web.formats import init_formats
from portal.web.gallery import blueprint as gallery
from portal.web.htmx import htmx
from portal.web.icons import DrawnIcons
from portal.web.kept import init_kept_pages
from portal.web.languages import init_languages
from portal.web.nav import STAFF_PLACES, Place, init_nav
from portal.web.security import init_security


def _nothing_to_keep() -> None:
    """The default of ``keep_answers``: a lost session loses what was typed."""


def init_web(
    app: Flask,
    *,
    staff_places: Sequence[Place] = STAFF_PLACES,
    keep_answers: Callable[[], None] = _nothing_to_keep,
    with_gallery: bool = False,
) -> None:
    """Wire rendering, languages, access, security, errors and components into ``app``.

    ``staff_places`` is the staff's menu; ``keep_answers`` is called when a POST arrives without a session, before
    the reader is sent to sign in; ``with_gallery`` adds ``/_komponen`` (demo and development only).
    Flask-Login must be initialised by the caller; create the app with ``static_folder=None``.
    """
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension(DrawnIcons)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    htmx.init_app(app)
    init_compress(app)
    init_security(app)
    init_access(app, keep_answers)
    init_languages(app)
    init_formats(app)
    init_assets(app)
    init_kept_pages(app)
    init_nav(app, staff_places)
    init_components(app)
    init_errors(app)
    if with_gallery:
        app.register_blueprint(gallery)
