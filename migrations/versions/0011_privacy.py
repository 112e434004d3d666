"""Consents, who looked, and what a family asks about its data

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def _run(name: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    op.get_bind().exec_driver_sql((_SQL / f"{name}.sql").read_text(encoding="utf-8").replace("%", "%%"))


def upgrade() -> None:
    _run("0011_looks")


def downgrade() -> None:
    _run("0011_down")
