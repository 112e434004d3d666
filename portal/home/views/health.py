"""Whether the portal lives, and whether it can work."""

from __future__ import annotations

from flask import Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.core.db import ANONYMOUS
from portal.core.source import newest_migration
from portal.extensions import db
from portal.home.views import blueprint
from portal.web.access import public
from portal.web.render import unkept_page


def _plain(words: str, status: int = 200) -> Response:
    response = Response(f"{words}\n", status=status, mimetype="text/plain")
    unkept_page(response)
    return response


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process answers. Asks nobody else."""
    return _plain("ok")


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """The database answers and its migrations are those that this code needs."""
    try:
        with db.begin(ANONYMOUS) as session:
            found = session.scalar(text("SELECT version_num FROM alembic_version"))
    except (SQLAlchemyError, RuntimeError):
        return _plain("the database does not answer", 503)
    if found != newest_migration():
        return _plain("the database is not at the migration that this version needs", 503)
    return _plain("ready")
