"""Notes, finding, handing over and honest counts of the desk

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def _run(name: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    statement = (_SQL / f"0021_{name}.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def upgrade() -> None:
    for part in ("queue", "desk"):
        _run(part)


def downgrade() -> None:
    _run("down")
