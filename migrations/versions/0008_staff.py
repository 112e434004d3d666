"""Officers are invited, stand in for others and confirm by code; walls know roles; who browses is seen

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def _run(statement: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _read(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def upgrade() -> None:
    _run(_read("0008_walls"))
    _run(_read("0008_admin"))


def downgrade() -> None:
    _run(_read("0008_admin_down"))
    _run(_read("0008_walls_down"))
    before = _read("0005_serving")
    for function in ("serving", "staff_area"):
        found = re.search(rf"CREATE (?:OR REPLACE )?FUNCTION {function}\(.*?\n\$\$;", before, re.DOTALL)
        if found is None:
            raise RuntimeError(f"0005_serving does not make {function}")
        _run(re.sub("^CREATE (OR REPLACE )?", "CREATE OR REPLACE ", found[0]))
    # What depends on the table goes first: a substitution's policies name these functions.
    _run("DROP TABLE staff_substitution; DROP FUNCTION staff_overseen(), staff_managed(), staff_admin_area()")
