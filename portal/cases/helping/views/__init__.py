"""The addresses of helping: the counter's pages, the kiosk's, and the family's page of its helpers."""

from flask import Blueprint

blueprint = Blueprint("helping", __name__)

from portal.cases.helping.views import (  # noqa: E402, F401 - they put their addresses here
    disowning,
    drafting,
    events,
    mandates,
    recording,
    together,
)
