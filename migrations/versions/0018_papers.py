"""The state of each paper of a case, and papers that were sent before

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def _run(name: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    statement = (_SQL / f"0018_{name}.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def upgrade() -> None:
    _run("papers")


def downgrade() -> None:
    _run("down")
