"""The addresses of the family's pages, the public pages and the health of the portal."""

from flask import Blueprint

from portal.programs import catalog
from portal.web.kept import stands_on

blueprint = Blueprint("home", __name__)
blueprint.record_once(lambda state: stands_on(state.app, lambda: catalog.default().version))

from portal.home.views import family, health, own_data, public  # noqa: E402, F401 - they put their addresses on the blueprint
