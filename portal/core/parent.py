"""A process that another one started ends with it, also where that one was killed and could tell nobody."""

from __future__ import annotations

import os
import signal
import threading

_LOOK_S = 2.0


def end_with_parent() -> None:
    """From now on look every two seconds whether the parent is still the one of now; else end, cleanly."""
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    looked = threading.Event()
    while os.getppid() == parent:
        looked.wait(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)
