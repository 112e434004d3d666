"""Hashes of PINs and passwords: argon2id over a peppered HMAC, one at a time in a process.

A thread of its own does the hashing, and there are as many processes as cores: two hashes on one core would only push
each other out of its cache. The 19 MiB that a hash needs are taken and given back in one heap,
however many threads answer requests, and the rest of the process stays responsive while a crowd signs in.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.core.errors import Unavailable
from portal.core.messages import N_

AT_ONCE = 1
#: Seconds to wait for the thread. Longer, and the person would have tapped again.
PATIENCE = 8.0
_ROUNDS, _LANES = 2, 1
_Made = TypeVar("_Made")


class Busy(Unavailable):
    """Too many people sign in at this moment."""

    message = N_("Very many people are signing in just now. Wait half a minute and try again.")
    retry_after = 30


class Hasher:
    """Hashes and checks secrets. Created empty and bound once per process."""

    def __init__(self) -> None:
        self._argon: PasswordHasher | None = None
        self._pepper = b""
        self._dummy = ""
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hash")

    def bind(self, pepper: str, memory_kib: int) -> None:
        """Use this pepper and so much memory for a hash. Makes the hash that unknown accounts are checked against."""
        self._argon = PasswordHasher(time_cost=_ROUNDS, memory_cost=memory_kib, parallelism=_LANES)
        self._pepper = pepper.encode()
        # Anew at every bind: a server process that was forked has none of its parent's threads.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hash")
        self._dummy = self.hash(secrets.token_hex())

    def hash(self, secret: str) -> str:
        """The hash to store."""
        argon, peppered = self._bound(), self._peppered(secret)
        return self._in_turn(lambda: argon.hash(peppered))

    def verify(self, stored: str | None, secret: str) -> bool:
        """Whether ``secret`` is the one of ``stored``; costs the same where there is no such account (None)."""
        argon, peppered = self._bound(), self._peppered(secret)

        def check() -> bool:
            try:
                return argon.verify(stored or self._dummy, peppered)
            except (VerificationError, InvalidHashError):
                return False

        return self._in_turn(check) and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._bound().check_needs_rehash(stored)

    def _bound(self) -> PasswordHasher:
        if self._argon is None:
            raise RuntimeError("the hasher is not bound")
        return self._argon

    def _peppered(self, secret: str) -> bytes:
        return hmac.digest(self._pepper, secret.encode(), "sha256")

    def _in_turn(self, work: Callable[[], _Made]) -> _Made:
        """Do the work on the thread. Raises ``Busy`` where it stays taken."""
        turn = self._threads.submit(work)
        try:
            return turn.result(PATIENCE)
        except TimeoutError:
            turn.cancel()
            raise Busy from None


hasher = Hasher()
