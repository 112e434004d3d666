"""The worker: runs the jobs that features left in the database, and those that come round by the clock."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import FrameType

from portal.config import Settings
from portal.core.database_roles import worker_url
from portal.core.jobs import PERIODIC, Job, app, worker_connector
from portal.core.logs import init_logs, log_libraries
from portal.core.parent import end_with_parent
from portal.extensions import blobs, db, keys, outward
from portal.serving import database

#: The modules whose jobs the worker knows: importing them is what registers the jobs. By name, since the web processes
#: begin as this command too, and would carry what only the worker needs (gateways, push) in their memory.
FEATURES = (
    "portal.accounts.browsing_alarm",
    "portal.accounts.housekeeping",
    "portal.audit.publishing",
    "portal.cases.handing_on",
    "portal.cases.helping.ended",
    "portal.cases.housekeeping",
    "portal.cases.late",
    "portal.cases.pace_counting",
    "portal.cases.place_giving",
    "portal.cases.place_turns",
    "portal.cases.proposals.late",
    "portal.cases.proposals.linking",
    "portal.cases.resting",
    "portal.cases.waiting",
    "portal.delivery.carrying",
    "portal.privacy.purging",
    "portal.programs.matching_jobs",
)
_POLL_S = 30.0  # a job announces itself; looking for one is for what was put off, or missed
_STOP_S = 30.0  # what a running job gets to end when the worker is told to stop


def jobs_by_name() -> Mapping[str, Job]:
    """The jobs that come round, of every feature."""
    for feature in FEATURES:
        import_module(feature)
    return PERIODIC


def work(settings: Settings, *, tied: bool = False) -> None:
    """Run jobs until told to stop (SIGTERM, Ctrl-C); ``tied`` also stops when the process that started it is gone."""
    signal.signal(signal.SIGTERM, _stop)
    if tied:
        end_with_parent()
    try:
        with ready(settings) as url, app.replace_connector(worker_connector(url)):
            app.run_worker(name="portal", fetch_job_polling_interval=_POLL_S, shutdown_graceful_timeout=_STOP_S)
    except KeyboardInterrupt:
        pass  # told to stop before the worker listened for it


def run_now(settings: Settings, name: str) -> int:
    """Run one of the jobs that come round, here and now; gives the number of things done."""
    with ready(settings):
        return jobs_by_name()[name]()


@contextmanager
def ready(settings: Settings) -> Iterator[str]:
    """The worker's URL of a database that is up, with everything bound that a job may use."""
    init_logs()
    log_libraries()
    jobs_by_name()
    keys.bind(settings.keyring)
    blobs.bind(settings.uploads)
    outward.bind(settings.ways)
    with database(settings) as owner_url:
        url = worker_url(owner_url, settings.secret_key.get_secret_value())
        db.connect(url, pool_size=2)
        try:
            yield url
        finally:
            db.close()


@contextmanager
def worker_beside() -> Iterator[subprocess.Popen[bytes]]:
    """A worker process with the settings of this environment, stopped at the end of the block."""
    command = [sys.executable, "-m", "portal", "worker", "--tied"]
    # In a session of its own: Ctrl-C reaches this process, which then stops the worker once.
    child = subprocess.Popen(command, start_new_session=True)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(_STOP_S + 5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
