"""Work for later: the tables of procrastinate in a schema of their own, and who takes over a late case

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: procrastinate ships its schema as steps that it only ever adds to. These are the ones of its 3.10; what a newer
#: version adds is a migration of its own here, so that old and new databases go through the same steps.
LAST_STEP = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
_SQL = Path(__file__).resolve().parents[1] / "sql"


def _run(statement: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def upgrade() -> None:
    steps = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    if LAST_STEP not in {step.name for step in steps}:
        raise RuntimeError("procrastinate 3.10 or newer is needed")
    _run("CREATE SCHEMA jobs; SET LOCAL search_path = jobs")
    for step in steps:
        if step.name <= LAST_STEP:
            _run(step.read_text(encoding="utf-8"))
    _run("SET LOCAL search_path = DEFAULT")
    _run((_SQL / "0003_jobs.sql").read_text(encoding="utf-8"))
    _run((_SQL / "0003_late.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    _run("DROP FUNCTION case_route_above(bigint, bigint, text); DROP INDEX ix_case_file_blob")
    _run("DROP SCHEMA jobs CASCADE")
