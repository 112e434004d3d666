"""The addresses of a family's submissions."""

from flask import Blueprint

blueprint = Blueprint("cases", __name__)

from portal.cases.proposals import views as proposal_views  # noqa: E402, F401 - puts its addresses here
from portal.cases.proposals import views_slip as proposal_slip_views  # noqa: E402, F401 - puts its addresses here
from portal.cases.views import (  # noqa: E402, F401 - they put their addresses here
    adding,
    drafting,
    earlier,
    emergency,
    following,
    life_events,
    papers,
    places,
    starting,
    tasks,
    tracing,
    visits,
)
