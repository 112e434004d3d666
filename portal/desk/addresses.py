"""Every module with addresses of the desk: importing this one puts them all on the blueprint."""

from portal.desk import views, views_search  # noqa: F401 - put their addresses there
from portal.desk.blueprint import blueprint

__all__ = ["blueprint"]
