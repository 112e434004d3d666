"""Consents, who looked, and what a family asks about its data

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SQL = Path(__file__).resolve().parents[1] / "sql"


def _run(statement: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _read(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def upgrade() -> None:
    for part in ("0011_looks", "0011_cases", "0011_consents"):
        _run(_read(part))


def downgrade() -> None:
    _run(_read("0011_down"))
    # Replaced above; this is how 0010 left it.
    found = re.search(r"CREATE OR REPLACE FUNCTION cases_follow_family\(.*?\n\$\$;", _read("0010_helping"), re.DOTALL)
    if found is None:
        raise RuntimeError("0010_helping does not make cases_follow_family")
    _run(found[0])
