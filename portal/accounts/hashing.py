"""Hashes of PINs and passwords: argon2id over a peppered HMAC, one at a time in a process.

A stored hash names the pepper it was made with (``2:$argon2id$...``; number 1 has no mark). One of older parameters or
an older pepper is told by ``is_outdated``, and the sign-in that proves it stores a new one in its own statement.

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

from portal.config import peppers_of
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
        self._peppers: dict[int, bytes] = {}
        self._current = 0
        self._dummy = ""
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hash")

    def bind(self, pepper: str, memory_kib: int) -> None:
        """Use these peppers (see ``peppers_of``) and so much memory for a hash.

        Makes the hash that unknown accounts are checked against.
        """
        self._argon = PasswordHasher(time_cost=_ROUNDS, memory_cost=memory_kib, parallelism=_LANES)
        self._peppers = {number: text.encode() for number, text in peppers_of(pepper).items()}
        self._current = max(self._peppers)
        # Anew at every bind: a server process that was forked has none of its parent's threads.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hash")
        self._dummy = self.hash(secrets.token_hex())

    def hash(self, secret: str) -> str:
        """The hash to store."""
        argon, peppered = self._bound(), self._peppered(secret, self._current)
        made = self._in_turn(lambda: argon.hash(peppered))
        return made if self._current == 1 else f"{self._current}:{made}"

    def verify(self, stored: str | None, secret: str) -> bool:
        """Whether ``secret`` is the one of ``stored``; costs the same where there is no such account (None)."""
        argon = self._bound()
        number, bare = _parted(stored or self._dummy)
        known = number in self._peppers
        peppered = self._peppered(secret, number if known else self._current)

        def check() -> bool:
            try:
                return argon.verify(bare, peppered) and known
            except (VerificationError, InvalidHashError):
                return False

        return self._in_turn(check) and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters or another pepper than today's."""
        number, bare = _parted(stored)
        return number != self._current or self._bound().check_needs_rehash(bare)

    def _bound(self) -> PasswordHasher:
        if self._argon is None:
            raise RuntimeError("the hasher is not bound")
        return self._argon

    def _peppered(self, secret: str, number: int) -> bytes:
        return hmac.digest(self._peppers[number], secret.encode(), "sha256")

    def _in_turn(self, work: Callable[[], _Made]) -> _Made:
        """Do the work on the thread. Raises ``Busy`` where it stays taken."""
        turn = self._threads.submit(work)
        try:
            return turn.result(PATIENCE)
        except TimeoutError:
            turn.cancel()
            raise Busy from None


def _parted(stored: str) -> tuple[int, str]:
    """The number of the pepper and the hash itself."""
    number, mark, bare = stored.partition(":")
    return (int(number), bare) if mark and number.isascii() and number.isdigit() else (1, stored)


hasher = Hasher()
