"""A process that another one started ends with it, also where that one was killed and could tell nobody."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading

_LOOK_S = 2.0


def end_with_parent() -> None:
    """From now on look every two seconds whether who started this process is still its parent; else end, cleanly.

    A process that was still loading when its parent was killed has another parent by now.
    """
    started_by = multiprocessing.parent_process()
    parent = os.getppid() if started_by is None or started_by.pid is None else started_by.pid
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    looked = threading.Event()
    while os.getppid() == parent:
        looked.wait(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)
