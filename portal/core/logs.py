"""Logs as one JSON object a line, with nothing that looks like a NIK or a No. KK in it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SIXTEEN_DIGITS = re.compile(r"\d{16}")


def _without_numbers(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last wall: sixteen digits in a row never reach a log, whoever wrote them."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _SIXTEEN_DIGITS.sub("<number>", value)
        elif not isinstance(value, (int, float, bool, type(None))):
            event[name] = _SIXTEEN_DIGITS.sub("<number>", repr(value))
    return event


def init_logs() -> None:
    """Send every log of ours and of the libraries to standard error, as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_numbers,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),  # what a command prints is its answer
        cache_logger_on_first_use=True,
    )


def log_libraries(level: int = logging.WARNING) -> None:
    """Send what the libraries log to standard error too, in the same form and behind the same wall."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _without_numbers,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler])
