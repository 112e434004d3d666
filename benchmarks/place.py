"""Where the measurements live: a folder, secrets and a PostgreSQL of their own, kept between runs."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from portal.config import Settings, fresh_environment, load_settings

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("PORTAL_INSTANCE", ROOT / "instance")).absolute() / "bench"
POSTGRES = FOLDER / "pg"
PYTHON = Path(sys.executable)
PORTAL = PYTHON.with_name("portal")  # the command, of the same environment
CORES = os.cpu_count() or 1


@cache
def secrets() -> Mapping[str, str]:
    """The secrets of the measurements, made once: what was sealed with them stays readable."""
    path = FOLDER / "secrets.json"
    if not path.exists():
        FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(fresh_environment(), file)
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


@cache
def settings() -> Settings:
    """The settings of the measured portal, for what is prepared on this side."""
    plain = {name.removeprefix("PORTAL_").lower(): value for name, value in secrets().items()}
    return load_settings(instance=FOLDER, demo=False, secure_cookies=False, database_url=None, **plain)


def environment(database_url: str) -> dict[str, str]:
    """The environment of a measured process, on the database at ``database_url``."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    own = {"DATABASE_URL": database_url, "PORTAL_INSTANCE": str(FOLDER), "PORTAL_SECURE_COOKIES": "0"}
    return {**inherited, **secrets(), **own}


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
