"""What the server loads: the application, on the database of its settings."""

from __future__ import annotations

import os

from flask import Flask

from portal.app import create_app
from portal.config import load_settings
from portal.core.embedded import running_url
from portal.core.logs import log_libraries
from portal.core.parent import end_with_parent


def make_app() -> Flask:
    """The application for the settings in the environment, on ``DATABASE_URL`` or the running embedded database."""
    log_libraries()
    settings = load_settings()
    url = settings.database_url.get_secret_value() if settings.database_url else running_url(settings.embedded_folder)
    if url is None:
        raise RuntimeError("the embedded database does not run: start the portal with `portal serve`")
    return create_app(settings, url)


def make_child_app() -> Flask:
    """The application in a process that ``serve`` started: told to stop by that one alone, and ending with it."""
    os.setpgid(0, 0)  # Ctrl-C goes to a whole group, and a server process that is told twice at once may miss both
    end_with_parent()
    return make_app()
