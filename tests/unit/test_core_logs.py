"""Logs are one JSON object a line, whatever was put into them, and hold no number of sixteen digits."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from portal.core.logs import init_logs, log_libraries

NUMBER = "3204015501909001"


@pytest.fixture(autouse=True)
def own_logs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Logs as in a process of the portal, and as before afterwards."""
    monkeypatch.setattr(logging.root, "handlers", [])
    init_logs()
    log_libraries()
    yield
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged, by us and by the libraries."""
    said = capsys.readouterr()
    return [json.loads(line) for line in (said.out + said.err).splitlines()]


def test_no_number_of_a_person_reaches_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("own").warning(f"found {NUMBER}", who=NUMBER, many=[NUMBER], of={"nik": NUMBER})
    logging.getLogger("library").warning("row %s of %s", NUMBER, {"kk": NUMBER})
    try:
        raise ValueError(NUMBER)
    except ValueError:
        structlog.get_logger("own").exception("failed")
        logging.getLogger("library").exception("failed too")
    found = lines(capsys)
    assert len(found) == 4
    assert NUMBER not in json.dumps(found)
    assert json.dumps(found).count("<number>") >= 8
    assert sum("ValueError" in one.get("exception", "") for one in found) == 2


def test_a_line_of_the_log_cannot_be_forged(capsys: pytest.CaptureFixture[str]) -> None:
    forged = 'x\n{"event": "staff_signed_in", "level": "info"}\r\n'
    structlog.get_logger("own").warning("refused", endpoint=forged)
    logging.getLogger("library").warning(forged)
    found = lines(capsys)
    assert len(found) == 2
    assert found[0]["endpoint"] == forged
    for one in found:
        assert one["level"] == "warning"
        assert one["timestamp"].endswith(("Z", "+00:00"))
