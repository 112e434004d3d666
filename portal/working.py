"""The worker: runs the jobs that features left in the database, and those that come round by the clock."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from portal.accounts import browsing_alarm as _browsing
from portal.accounts import housekeeping as _accounts
from portal.audit import publishing as _audit
from portal.cases import handing_on as _handing_on
from portal.cases import housekeeping as _cases
from portal.cases import late as _late
from portal.cases import pace_counting as _pace
from portal.cases import resting as _resting
from portal.cases import waiting as _waiting
from portal.cases.helping import ended as _ended
from portal.cases.proposals import late as _late_proposals
from portal.cases.proposals import linking as _linking
from portal.config import Settings
from portal.core import migrate
from portal.core.jobs import PERIODIC, app, worker_connector
from portal.core.logs import init_logs, log_libraries
from portal.core.parent import end_with_parent
from portal.delivery import carrying as _delivery
from portal.extensions import blobs, db, keys, outward
from portal.privacy import purging as _privacy
from portal.programs import matching_jobs as _matching
from portal.serving import database

#: The features whose jobs the worker knows: importing them is what registers the jobs.
FEATURES = (
    _accounts,
    _browsing,
    _cases,
    _ended,
    _handing_on,
    _late,
    _late_proposals,
    _linking,
    _pace,
    _resting,
    _waiting,
    _audit,
    _delivery,
    _matching,
    _privacy,
)
_POLL_S = 30.0  # a job announces itself; looking for one is for what was put off, or missed
_STOP_S = 30.0  # what a running job gets to end when the worker is told to stop


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
        return PERIODIC[name]()


@contextmanager
def ready(settings: Settings) -> Iterator[str]:
    """The worker's URL of a database that is up, with everything bound that a job may use."""
    init_logs()
    log_libraries()
    keys.bind(settings.keyring)
    blobs.bind(settings.uploads)
    outward.bind(settings.ways)
    with database(settings) as owner_url:
        url = migrate.worker_url(owner_url, settings.secret_key.get_secret_value())
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
