"""Helped sessions, what an officer writes down for somebody, and mandates

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
#: Functions that are replaced here; ``0005_serving`` holds them as they were, and the roles that called them.
_BEFORE = {
    "case_route": ("(bigint, boolean)", "portal_family, portal_staff"),
    "case_route_above": ("(bigint, bigint, text)", "portal_worker"),
    "cases_follow_family": ("()", None),
}


def _run(statement: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _read(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def upgrade() -> None:
    _run(_read("0010_helping"))


def downgrade() -> None:
    _run(_read("0010_down"))
    was = _read("0005_serving")
    for function, (arguments, callers) in _BEFORE.items():
        found = re.search(rf"CREATE OR REPLACE (FUNCTION {function}\(.*?\n\$\$;)", was, re.DOTALL)
        if found is None:
            raise RuntimeError(f"0005_serving does not make {function}")
        _run(f"CREATE OR REPLACE {found[1]}")
        if callers:
            _run(f"GRANT EXECUTE ON FUNCTION {function}{arguments} TO {callers}")
