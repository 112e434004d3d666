"""Signing in takes nothing on trust; officers have known devices; who serves a village is said in one place

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
#: What is replaced here, and the file that holds it as it was.
_BEFORE = {
    "staff_area": "0002_scope",
    "case_route": "0002_cases",
    "case_route_above": "0003_late",
    "cases_follow_family": "0004_follow",
    "signin_succeed": "0002_signin",
    "staff_lookup": "0002_staff",
    "staff_succeed": "0002_staff",
}


def _run(statement: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _read(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def upgrade() -> None:
    _run(_read("0005_serving"))
    _run(_read("0005_signin"))


def downgrade() -> None:
    _run(_read("0005_down"))
    for function, file in _BEFORE.items():
        found = re.search(rf"CREATE (FUNCTION {function}\(.*?\n\$\$;)", _read(file), re.DOTALL)
        if found is None:
            raise RuntimeError(f"{file} does not make {function}")
        _run(f"CREATE OR REPLACE {found[1]}")
    _run("DROP FUNCTION serves(bigint, bigint), serving()")
    _run(
        "GRANT EXECUTE ON FUNCTION signin_succeed(bigint, bytea, text, bytea, bytea, int, int, text),"
        " staff_lookup(text, bytea), staff_spend_code(bigint, bigint),"
        " staff_succeed(bigint, bytea, bytea, int, int, text) TO portal_anonymous;"
        "GRANT EXECUTE ON FUNCTION staff_lookup(text, bytea) TO portal_worker"
    )
