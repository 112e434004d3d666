"""Mandates that are used, and kiosks bound to their sessions

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"
#: Functions that are replaced here: the file that holds each as it was, and how it is called.
_BEFORE = {
    "session_find": ("0009_sessions", "(bytea, boolean)"),
    "kiosk_find": ("0009_kiosks", "(uuid)"),
}


def _run(statement: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _read(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def upgrade() -> None:
    _run(_read("0015_mandates"))


def downgrade() -> None:
    _run(_read("0015_down"))
    for function, (file, arguments) in _BEFORE.items():
        found = re.search(rf"CREATE FUNCTION {function}\(.*?\n\$\$;", _read(file), re.DOTALL)
        if found is None:
            raise RuntimeError(f"{file} does not make {function}")
        _run(found[0])
        _run(f"GRANT EXECUTE ON FUNCTION {function}{arguments} TO portal_anonymous")
