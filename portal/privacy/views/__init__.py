"""The addresses of consents and of who looked."""

from flask import Blueprint

blueprint = Blueprint("privacy", __name__)

from portal.privacy.views import consents, looks  # noqa: E402, F401 - the routes need the blueprint above
