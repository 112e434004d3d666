"""What a family said is right in its record, kept for the family alone

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def _run(name: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    statement = (_SQL / f"0032_{name}.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def upgrade() -> None:
    _run("said_right")


def downgrade() -> None:
    _run("down")
