"""Places of what an office offers: the published order, who has one, who waits

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def _run(name: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    statement = (_SQL / f"0030_{name}.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def upgrade() -> None:
    _run("places")


def downgrade() -> None:
    _run("down")
