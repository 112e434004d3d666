"""The addresses of the family's pages, the public pages and the health of the portal."""

from flask import Blueprint
from flask_login import current_user

from portal.programs.offerings import version_for
from portal.web.kept import stands_on

blueprint = Blueprint("home", __name__)
blueprint.record_once(lambda state: stands_on(state.app, lambda: version_for(current_user)))

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
