"""A lost PIN is reset by two officers; a member who stands in two families is asked which is the own

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
#: What is replaced here, and the file that holds it as it was.
_BEFORE = {"signin_lookup": "0002_signin", "slip_find": "0002_activation", "slip_use": "0002_activation"}


def _run(statement: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _read(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def upgrade() -> None:
    for part in ("resetting", "slips", "counter"):
        _run(_read(f"0006_{part}"))


def downgrade() -> None:
    _run(_read("0006_down"))
    for function, file in _BEFORE.items():
        found = re.search(rf"CREATE FUNCTION {function}\(.*?\n\$\$;", _read(file), re.DOTALL)
        if found is None:
            raise RuntimeError(f"{file} does not make {function}")
        _run(found[0])
    _run(
        "GRANT EXECUTE ON FUNCTION signin_lookup(bytea, bytea), slip_find(bytea, bytea), slip_use(bytea, bytea, text)"
        " TO portal_anonymous"
    )
