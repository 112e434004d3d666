"""Every module with addresses of the desk: importing this one puts them all on the blueprint."""

from portal.desk import (  # noqa: F401 - put their addresses there
    views,
    views_bulk,
    views_claims,
    views_intake,
    views_notes,
    views_pace,
    views_papers,
    views_photo,
    views_proposals,
    views_ready,
    views_sealed,
    views_search,
    views_sorting,
    views_supervising,
    views_visit_sheets,
    views_visits,
)
from portal.desk.blueprint import blueprint

__all__ = ["blueprint"]
