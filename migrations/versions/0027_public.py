"""Am I in the record: the public check, counted by NIK, by device and for everybody

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def _run(name: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    statement = (_SQL / f"0027_{name}.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def upgrade() -> None:
    _run("public")


def downgrade() -> None:
    _run("down")
