"""Roles, row-level security, and the short list of functions that an anonymous visitor may call

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
_PARTS = ("roles", "scope", "policies", "trail", "sessions", "signin", "activation", "staff", "cases")


def upgrade() -> None:
    for part in _PARTS:
        # exec_driver_sql: the text holds colons and percent signs that are not parameters.
        statement = (_SQL / f"0002_{part}.sql").read_text(encoding="utf-8").replace("%", "%%")
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.get_bind().exec_driver_sql((_SQL / "0002_down.sql").read_text(encoding="utf-8").replace("%", "%%"))
