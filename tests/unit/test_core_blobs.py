"""The store of sealed bytes: what a row may name is on the disk, whatever happens, and the rest is swept."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portal.core.blobs import BlobMissing, BlobStore
from portal.core.sealing import Keyring, SealBroken

RING = Keyring({1: os.urandom(32)}, os.urandom(32))


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    made = BlobStore()
    made.bind(tmp_path / "uploads")
    return made


def test_blobs_are_sealed_under_their_own_name(store: BlobStore) -> None:
    with pytest.raises(RuntimeError):
        BlobStore().put(RING, b"x")
    name, other = store.put(RING, b"a letter"), store.put(RING, b"another")
    path, other_path = (store.folder / one[:2] / one for one in (name, other))
    assert b"letter" not in path.read_bytes() and path.stat().st_mode & 0o777 == 0o600
    assert store.get(RING, name) == b"a letter"
    other_path.replace(path)  # exchanged on the disk
    with pytest.raises(SealBroken):
        store.get(RING, name)
    store.remove([name, name])
    for missing in (name, "../../etc/passwd", "x"):
        with pytest.raises(BlobMissing):
            store.get(RING, missing)


def test_orphans_and_broken_writes_are_swept_and_young_ones_stay(store: BlobStore) -> None:
    kept, orphan, young = (store.put(RING, b"x") for _number in range(3))
    broken = store.folder / orphan[:2] / f"{'0' * 32}.part"
    broken.write_bytes(b"half")
    for path in (store.folder / kept[:2] / kept, store.folder / orphan[:2] / orphan, broken):
        os.utime(path, (1, 1))
    assert store.sweep(lambda names: {kept} & set(names)) == 2
    assert store.get(RING, kept) and store.get(RING, young)
    with pytest.raises(BlobMissing):
        store.get(RING, orphan)
    assert BlobStore.sweep(store, set) == 0


def test_bytes_and_every_folder_entry_are_on_the_disk_before_the_name_is_known(
    store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def seen(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", seen)
    name = store.put(RING, b"a letter")
    folder = store.folder / name[:2]
    assert synced == [str(path) for path in (store.folder.parent, folder / f"{name}.part", folder, store.folder)]


WRITER = """
import base64, pathlib, sys
from portal.core.blobs import BlobStore
from portal.core.sealing import Keyring

store, keys = BlobStore(), [base64.b64decode(word) for word in sys.argv[2:]]
store.bind(pathlib.Path(sys.argv[1]))
while True:
    print(store.put(Keyring({1: keys[0]}, keys[1]), bytes(300_000)), flush=True)
"""


@pytest.mark.parametrize("after", [1, 5, 17])
def test_a_kill_leaves_every_named_file_whole_and_the_rest_to_the_sweep(store: BlobStore, after: int) -> None:
    """The name on the pipe stands for the row that is committed: what was named is there, after a kill -9 as well."""
    keys = os.urandom(32), os.urandom(32)
    words = [base64.b64encode(key).decode() for key in keys]
    command = [sys.executable, "-c", WRITER, str(store.folder), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        named = [writer.stdout.readline().strip() for _number in range(after)]
        writer.send_signal(signal.SIGKILL)
        named += writer.stdout.read().split("\n")[:-1]
    ring = Keyring({1: keys[0]}, keys[1])
    assert all(store.get(ring, name) == bytes(300_000) for name in named)
    there = [path for path in store.folder.glob("??/*") if path.is_file()]
    for path in there:
        os.utime(path, (1, 1))
    assert store.sweep(lambda names: set(named) & set(names)) == len(there) - len(named)
    assert {path.name for path in store.folder.glob("??/*")} == set(named)
