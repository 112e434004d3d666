"""Hashes: peppered, one for nobody, as many at once as said, and a bounded wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from portal.accounts import hashing
from portal.accounts.hashing import AT_ONCE, Busy, Hasher


@pytest.fixture(scope="module")
def hasher() -> Hasher:
    made = Hasher()
    made.bind("pepper of the tests", 64)
    return made


def test_a_secret_is_found_again_and_another_is_not(hasher: Hasher) -> None:
    stored = hasher.hash("483917")
    assert hasher.verify(stored, "483917")
    assert not hasher.verify(stored, "483918")
    assert "483917" not in stored


def test_without_the_pepper_the_hash_is_worth_nothing(hasher: Hasher) -> None:
    other = Hasher()
    other.bind("another pepper", 64)
    assert not other.verify(hasher.hash("483917"), "483917")


def test_nobody_costs_one_hash_and_is_never_right(hasher: Hasher, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, secret: bytes) -> bool:
        calls.append(stored)
        return real(self, stored, secret)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    assert not hasher.verify(None, "483917")
    assert len(calls) == 1


def test_what_is_no_hash_is_never_right(hasher: Hasher) -> None:
    assert not hasher.verify("none", "483917")


def test_other_parameters_are_seen(hasher: Hasher) -> None:
    stronger = Hasher()
    stronger.bind("pepper of the tests", 128)
    stored = hasher.hash("483917")
    assert stronger.is_outdated(stored)
    assert not hasher.is_outdated(stored)
    assert stronger.verify(stored, "483917")


def test_unbound_is_refused() -> None:
    with pytest.raises(RuntimeError):
        Hasher().hash("483917")


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hashes wait until the test opens."""
    opened = threading.Event()
    real = PasswordHasher.hash

    def slow(self: PasswordHasher, secret: bytes, **rest: bytes) -> str:
        opened.wait(10)
        return real(self, secret, **rest)

    monkeypatch.setattr(PasswordHasher, "hash", slow)
    yield opened
    opened.set()


def test_two_at_once_and_the_third_is_told_to_wait(
    hasher: Hasher, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "PATIENCE", 0.05)
    results: list[object] = []

    def one() -> None:
        try:
            results.append(hasher.hash("483917"))
        except Busy as busy:
            results.append(busy)

    threads = [threading.Thread(target=one) for _ in range(AT_ONCE + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Nobody waits for ever: with the gate closed all give up, and the one in the queue is never begun.
    assert all(isinstance(result, Busy) for result in results)
    assert Busy.status == 503
    gate.set()
    monkeypatch.setattr(hashing, "PATIENCE", 5.0)
    started = time.monotonic()
    assert hasher.verify(hasher.hash("483917"), "483917")
    assert time.monotonic() - started < 5


OLD, NEW = "pepper of the tests", "a newer pepper of the tests"


def test_an_older_pepper_still_proves_and_is_outdated(hasher: Hasher) -> None:
    turned = Hasher()
    turned.bind(f"2:{NEW},1:{OLD}", 64)
    stored = hasher.hash("483917")
    assert turned.verify(stored, "483917")
    assert not turned.verify(stored, "483918")
    assert turned.is_outdated(stored)
    made = turned.hash("483917")
    assert made.startswith("2:$argon2id$")
    assert turned.verify(made, "483917")
    assert not turned.is_outdated(made)
    assert not hasher.verify(made, "483917"), "who lacks the new pepper proves nothing"


def test_a_pepper_that_was_taken_away_costs_one_hash_and_proves_nothing(
    hasher: Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = Hasher()
    later.bind(f"2:{NEW}", 64)
    calls: list[str] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, secret: bytes) -> bool:
        calls.append(stored)
        return real(self, stored, secret)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    assert not later.verify(hasher.hash("483917"), "483917")
    assert len(calls) == 1
