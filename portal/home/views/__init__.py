"""The addresses of the family's pages, the public pages and the health of the portal."""

from flask import Blueprint

from portal.programs import catalog
from portal.web.kept import stands_on

blueprint = Blueprint("home", __name__)
blueprint.record_once(lambda state: stands_on(state.app, lambda: catalog.default().version))

from portal.home.views import (  # noqa: E402 - they put their addresses on the blueprint
    check,  # noqa: F401
    explained,  # noqa: F401
    family,  # noqa: F401
    health,  # noqa: F401
    own_data,  # noqa: F401
    programs,  # noqa: F401
    public,  # noqa: F401
    screener,  # noqa: F401
    told,  # noqa: F401
)
