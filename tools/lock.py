"""Write the two lock files from what is installed in this environment: ``make lock``.

``requirements.lock`` holds what the portal runs with, ``requirements-dev.lock`` what its tests,
checks and asset build need besides. Both pin exact versions.
"""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent

# What not every Python that we support needs, or can install.
MARKERS = {"backports-zstd": 'python_version < "3.14"'}

# Needed to install the portal itself without the network; nothing requires it.
BUILD = "setuptools"


def canonical(name: str) -> str:
    """The name of a package as the index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(requirements: list[str]) -> set[str]:
    """The installed packages that these requirements need, directly or not."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        wanted = waiting.pop()
        for extra in {"", *wanted.extras}:
            key = (canonical(wanted.name), extra)
            if key in seen:
                continue
            seen.add(key)
            found.add(key[0])
            for needed in map(Requirement, metadata.requires(wanted.name) or []):
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    waiting.append(needed)
    return found


def write(path: Path, names: set[str], head: str) -> None:
    """Write one lock file."""
    lines = [f"# {head} Written by `make lock`."]
    for name in sorted(names):
        marker = f" ; {MARKERS[name]}" if name in MARKERS else ""
        lines.append(f"{name}=={metadata.version(name)}{marker}")
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    """Write both files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run = closure(project["dependencies"]) | {BUILD}
    dev = closure(project["optional-dependencies"]["dev"]) - run
    write(ROOT / "requirements.lock", run, "What the portal runs with.")
    write(ROOT / "requirements-dev.lock", dev, "What its tests, checks and asset build need besides.")


if __name__ == "__main__":
    main()
