"""A process ends with the one that started it, also where that one was gone before the look began."""

from __future__ import annotations

import subprocess
import sys

#: The starter is gone before its child looks for it; the child's end is seen by the pipe that it holds.
_ORPHAN = """
import multiprocessing, os, time
from portal.core.parent import end_with_parent

def child(starter):
    while os.getppid() == starter:
        time.sleep(0.01)
    end_with_parent()
    time.sleep(60)

multiprocessing.get_context("fork").Process(target=child, args=(os.getpid(),)).start()
os._exit(0)
"""


def test_a_process_whose_starter_is_gone_already_ends_too() -> None:
    done = subprocess.run([sys.executable, "-c", _ORPHAN], stdout=subprocess.PIPE, timeout=20, check=False)
    assert done.returncode == 0
