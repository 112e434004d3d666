"""Logs are one JSON object a line, whatever was put into them, and hold no number of sixteen digits."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

NUMBER = "3204015501909001"
FORGED = 'x\n{"event": "staff_signed_in", "level": "info"}\r\n'

# A process of its own: the logs of this one belong to the test runner.
BEGIN = """
import logging, structlog
from portal.core.logs import init_logs, log_libraries
init_logs()
log_libraries()
own, library = structlog.get_logger("own"), logging.getLogger("library")
"""
NUMBERS = f"""
number = "{NUMBER}"
own.warning("found " + number, who=number, many=[number], of={{"nik": number}})
library.warning("row %s of %s", number, {{"kk": number}})
try:
    raise ValueError(number)
except ValueError:
    own.exception("failed")
    library.exception("failed too")
"""


def logged(program: str) -> list[dict[str, Any]]:
    """What a process logs, by us and by the libraries."""
    ended = subprocess.run([sys.executable, "-c", BEGIN + program], capture_output=True, text=True, check=True)
    assert ended.stdout == "", "what a command prints is its answer"
    return [json.loads(line) for line in ended.stderr.splitlines()]


def test_no_number_of_a_person_reaches_a_log() -> None:
    found = logged(NUMBERS)
    assert len(found) == 4
    assert NUMBER not in json.dumps(found)
    assert json.dumps(found).count("<number>") == 8
    assert sum("ValueError: <number>" in one.get("exception", "") for one in found) == 2


def test_a_line_of_the_log_cannot_be_forged() -> None:
    found = logged(f"own.warning('refused', endpoint={FORGED!r})\nlibrary.warning({FORGED!r})")
    assert [one.get("endpoint", one["event"]) for one in found] == [FORGED, FORGED]
    for one in found:
        assert one["level"] == "warning"
        assert one["timestamp"].endswith("Z")
