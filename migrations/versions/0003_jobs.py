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

#: procrastinate ships its schema whole and, for databases that have an older one, as steps that it only ever adds to.
#: This is the last step that the whole schema of its 3.10 holds. A newer version with more steps wants a migration here
#: that runs those after the one which the comment on the schema names; new databases then have them already.
LAST_STEP = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
_SQL = Path(__file__).resolve().parents[1] / "sql"


def _run(statement: str) -> None:
    # exec_driver_sql: the text holds colons and percent signs that are not parameters.
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def upgrade() -> None:
    last_step = max(step.name for step in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    if last_step < LAST_STEP:
        raise RuntimeError("procrastinate 3.10 or newer is needed")
    _run("CREATE SCHEMA jobs; SET LOCAL search_path = jobs")
    _run(SchemaManager.get_schema())
    _run(f"SET LOCAL search_path = DEFAULT; COMMENT ON SCHEMA jobs IS '{last_step}'")
    _run((_SQL / "0003_jobs.sql").read_text(encoding="utf-8"))
    _run((_SQL / "0003_late.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    _run("DROP FUNCTION case_route_above(bigint, bigint, text); DROP INDEX ix_case_file_blob")
    _run("DROP SCHEMA jobs CASCADE")
