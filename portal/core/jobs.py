"""Work for later: rows in the transaction that asks for it, and jobs that come round by the clock.

``procrastinate`` keeps the rows in the schema ``jobs`` and runs them in the worker process (``portal worker``).
A feature writes a plain function and marks it; the worker imports the feature (``portal.working`` lists them).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy, builtin_tasks
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

#: A job: does its work under the worker's scope, in transactions of its own, and gives the number of things done.
Job = Callable[[], int]
Plain = str | int

QUEUE = "portal"  # also named in the migration
MAX_ATTEMPTS = 5
_KEPT_HOURS = 14 * 24  # rows of jobs that ended
_OVERDUE_S = 24 * 3600  # a job that was due while no worker ran is made up for within a day
RETRY = RetryStrategy(max_attempts=MAX_ATTEMPTS, exponential_wait=5)
_OPTIONS = "-c search_path=jobs -c timezone=UTC -c lock_timeout=4s -c statement_timeout=10s"
_NUMBER = re.compile(r"\d{16}")
_DEFER = text("SELECT jobs.defer(:task, CAST(:arguments AS jsonb), :at)")

app = App(connector=PsycopgConnector(), periodic_defaults={"max_delay": _OVERDUE_S})
#: The jobs that come round, by name. ``portal jobs run NAME`` runs one now.
PERIODIC: dict[str, Job] = {}


def periodic(cron: str) -> Callable[[Job], Job]:
    """Mark a function as a job that comes round at ``cron`` (in UTC). Its name is stored: it never changes."""

    def mark(job: Job) -> Job:
        def run(timestamp: int | None = None) -> int:
            """``timestamp`` is when it was due, in seconds; none where somebody asked for it."""
            return job()

        task = app.task(name=job.__name__, queue=QUEUE, retry=RETRY)(run)
        app.periodic(cron=cron)(task)
        PERIODIC[job.__name__] = job
        return job

    return mark


def defer(session: Session, task: str, *, at: datetime | None = None, **arguments: Plain) -> int:
    """Ask for a task, in the open transaction: it runs after the commit, or never. Gives the id of the job.

    ``arguments`` are ids, never a NIK or a name: they stand in clear. ``at`` puts it off until then.
    """
    stored = json.dumps(arguments)
    if _NUMBER.search(stored):
        raise ValueError(f"the arguments for {task} hold a number of sixteen digits; jobs get ids")
    return int(session.execute(_DEFER, {"task": task, "arguments": stored, "at": at}).scalar_one())


def worker_connector(url: str) -> PsycopgConnector:
    """How the worker reaches its rows at ``url`` (as the worker's role): in the schema of jobs."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    options = {"options": _OPTIONS, "application_name": "portal worker"}
    return PsycopgConnector(conninfo=plain, min_size=1, max_size=4, kwargs=options)


@app.periodic(cron="*/5 * * * *")
@app.task(name="retry_stalled", queue=QUEUE, pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int | None = None) -> None:
    """Give jobs whose worker was killed to a living one, a few times."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        if job.attempts < MAX_ATTEMPTS:
            await manager.retry_job(job)


@app.periodic(cron="50 18 * * *")
@app.task(name="remove_old_jobs", queue=QUEUE, pass_context=True)
async def remove_old_jobs(context: JobContext, timestamp: int | None = None) -> None:
    """Forget jobs that ended two weeks ago."""
    await builtin_tasks.remove_old_jobs(
        context, max_hours=_KEPT_HOURS, remove_failed=True, remove_cancelled=True, remove_aborted=True
    )
