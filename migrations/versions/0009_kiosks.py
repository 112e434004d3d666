"""Devices of a service centre, and what a person sees of the own sessions

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


#: What is replaced here, and the file that holds it as it was.
_BEFORE = {"session_find": "0002_sessions", "signin_lookup": "0006_counter", "signin_succeed": "0005_signin"}


def _run(statement: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _read(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def upgrade() -> None:
    _run(_read("0009_kiosks"))
    _run(_read("0009_sessions"))


def downgrade() -> None:
    _run("DROP FUNCTION session_find(bytea, boolean)")
    for function, file in _BEFORE.items():
        found = re.search(rf"CREATE (FUNCTION {function}\(.*?\n\$\$;)", _read(file), re.DOTALL)
        if found is None:
            raise RuntimeError(f"{file} does not make {function}")
        _run(f"CREATE OR REPLACE {found[1]}")
    _run("GRANT EXECUTE ON FUNCTION session_find(bytea) TO portal_anonymous")
    _run(_read("0009_down"))
