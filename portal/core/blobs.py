"""Files at rest: sealed bytes under random names in one folder.

``put`` returns only after the bytes and the folder entry are on the disk, so a row that names a blob can be
committed. A blob whose row was never committed is an orphan, which ``sweep`` removes.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from portal.core.sealing import Keyring

_NAME = re.compile(r"[0-9a-f]{32}")
_PART = ".part"


class BlobMissing(Exception):
    """There is no blob of that name."""


class BlobStore:
    """The folder of the sealed files. Created empty and bound once, in ``create_app`` or the command."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def bind(self, folder: Path) -> None:
        """Keep the files in ``folder``, which is made when the first one comes."""
        self._folder = folder

    @property
    def folder(self) -> Path:
        """The folder in use. Raises ``RuntimeError`` where none was bound."""
        if self._folder is None:
            raise RuntimeError("no folder for files is bound")
        return self._folder

    def put(self, ring: Keyring, content: bytes) -> str:
        """Store ``content`` sealed and give its name; on return it survives a loss of power."""
        name = secrets.token_hex(16)
        path = self._path(name)
        self._make_folder(path.parent)
        part = path.with_suffix(_PART)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(ring.seal_bytes(_purpose(name), content))
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        # The one above as well: another process may have made the folder a moment ago and not put it there yet.
        for folder in (path.parent, self.folder):
            _sync_folder(folder)
        return name

    def get(self, ring: Keyring, name: str) -> bytes:
        """The content of a blob. Raises ``BlobMissing``, or ``SealBroken`` where the bytes were changed."""
        try:
            sealed = self._path(name).read_bytes()
        except FileNotFoundError:
            raise BlobMissing(name) from None
        return ring.unseal_bytes(_purpose(name), sealed)

    def names(self) -> Iterator[str]:
        """The name of every blob."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            if _NAME.fullmatch(path.name):
                yield path.name

    def reseal(self, ring: Keyring, name: str) -> bool:
        """Seal a blob with the key in force; False where it is so already, or gone. A reader sees one or the other.

        Owner and age of the file stay. Raises ``SealBroken`` where it does not open.
        """
        path = self._path(name)
        try:
            sealed, kept = path.read_bytes(), path.stat()
        except FileNotFoundError:
            return False
        if sealed[:1] == bytes((ring.current,)):
            return False
        content = ring.unseal_bytes(_purpose(name), sealed)
        part = path.with_suffix(_PART)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(ring.seal_bytes(_purpose(name), content))
            file.flush()
            os.fsync(file.fileno())
        os.chown(part, kept.st_uid, kept.st_gid)
        os.utime(part, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        part.rename(path)
        _sync_folder(path.parent)
        return True

    def remove(self, names: Iterable[str]) -> None:
        """Remove blobs; one that is gone already is fine."""
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def sweep(
        self, is_known: Callable[[list[str]], set[str]], *, older_than_s: float = 3600, remove: bool = True
    ) -> int:
        """Remove what no row names and is older than ``older_than_s`` seconds; give their number.

        ``is_known`` gets names and answers those that a row names. Young files may belong to an open transaction.
        Without ``remove`` they are only counted.
        """
        limit = time.time() - older_than_s
        removed = 0
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            old = [path for path in folder.iterdir() if path.stat().st_mtime < limit]
            whole = [path.name for path in old if _NAME.fullmatch(path.name)]
            known = is_known(whole) if whole else set()
            for path in old:
                if path.name not in known:
                    if remove:
                        path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BlobMissing(name)
        return self.folder / name[:2] / name

    def _make_folder(self, folder: Path) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(self.folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _purpose(name: str) -> str:
    """A blob opens under its own name only, so that two files cannot be exchanged on the disk."""
    return f"blob:{name}"


def _sync_folder(folder: Path) -> None:
    """Put the folder's entries on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
