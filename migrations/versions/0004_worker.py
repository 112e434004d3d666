"""The worker signs in as itself and the web no longer may be it; cases follow a family that moved

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def upgrade() -> None:
    op.execute("REVOKE portal_worker FROM portal_web")
    op.get_bind().exec_driver_sql((_SQL / "0004_follow.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP FUNCTION cases_follow_family() CASCADE")
    # Roles belong to the whole server: the worker's stays as it is for other databases.
    op.execute("GRANT portal_worker TO portal_web")
