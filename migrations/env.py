"""Runs migrations on the connection that ``portal.core.migrate`` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

import portal.schema  # noqa: F401 - registers every table
from portal.core.db import Base

connection = context.config.attributes["connection"]
connection.execute(text("SET lock_timeout = '4s'"))
context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, compare_server_default=False)
with context.begin_transaction():
    context.run_migrations()
