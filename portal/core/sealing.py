"""Sealing of fields at rest, keyed hashes to find them again, and keyed fingerprints.

Keys live outside the database. A sealed value names the key that sealed it, so that old values
stay readable while ``portal keys rotate`` reseals them. The hash key is versioned apart, because
changing it means hashing every number anew.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_KEY = 32
HASH_SIZE = 16


class SealBroken(Exception):
    """A sealed value cannot be opened: wrong key, wrong purpose, or changed bytes."""


@dataclass(frozen=True)
class Keyring:
    """The keys in force. ``seal_keys`` maps a key number (0-255) to 32 bytes; ``seals_with`` seals (else the highest).

    ``older_index_keys`` (by version) are those from before ``index_key``, as long as something is still found by them.
    """

    seal_keys: Mapping[int, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)
    index_version: int = 1
    older_index_keys: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    seals_with: int | None = None

    def __post_init__(self) -> None:
        if not self.seal_keys or any(len(key) != _KEY or not 0 <= n <= 255 for n, key in self.seal_keys.items()):
            raise ValueError("seal keys are 32 bytes each, numbered 0 to 255")
        if any(len(key) != _KEY for key in (self.index_key, *self.older_index_keys.values())):
            raise ValueError("an index key is 32 bytes")
        if self.seals_with is not None and self.seals_with not in self.seal_keys:
            raise ValueError("the key that seals is not among the keys")
        object.__setattr__(self, "_ciphers", {n: AESGCM(key) for n, key in self.seal_keys.items()})
        object.__setattr__(self, "_current", max(self.seal_keys) if self.seals_with is None else self.seals_with)

    @property
    def current(self) -> int:
        """The number of the key that seals; the first byte of everything that it sealed."""
        number: int = self._current  # type: ignore[attr-defined]
        return number

    def seal(self, purpose: str, text: str) -> bytes:
        """``text`` sealed for ``purpose`` (the column it is for): it opens for no other."""
        return self.seal_bytes(purpose, text.encode())

    def unseal(self, purpose: str, sealed: bytes) -> str:
        """The text sealed for ``purpose``. Raises ``SealBroken``."""
        return self.unseal_bytes(purpose, sealed).decode()

    def seal_bytes(self, purpose: str, content: bytes) -> bytes:
        """Bytes sealed for ``purpose``: key number, nonce, AES-256-GCM."""
        nonce = os.urandom(_NONCE)
        current: int = self._current  # type: ignore[attr-defined]
        cipher: AESGCM = self._ciphers[current]  # type: ignore[attr-defined]
        return bytes((current,)) + nonce + cipher.encrypt(nonce, content, purpose.encode())

    def unseal_bytes(self, purpose: str, sealed: bytes) -> bytes:
        """The bytes sealed for ``purpose``. Raises ``SealBroken``."""
        try:
            cipher: AESGCM = self._ciphers[sealed[0]]  # type: ignore[attr-defined]
            return cipher.decrypt(bytes(sealed[1 : 1 + _NONCE]), bytes(sealed[1 + _NONCE :]), purpose.encode())
        except (KeyError, IndexError, InvalidTag, ValueError) as broken:
            raise SealBroken(purpose) from broken

    def blind_index(self, purpose: str, text: str) -> bytes:
        """Sixteen bytes by which a sealed value is found: HMAC-SHA-256 under the index key, cut short."""
        return _blind(self.index_key, purpose, text)

    def blind_indexes(self, purpose: str, text: str) -> list[bytes]:
        """The same under every index key, the one in force first: for what cannot be hashed anew, such as codes."""
        older = (self.older_index_keys[version] for version in sorted(self.older_index_keys, reverse=True))
        return [_blind(key, purpose, text) for key in (self.index_key, *older)]

    def fingerprint(self, content: bytes) -> bytes:
        """Sixteen bytes that tell whether a row is the one already loaded, and nothing else."""
        return hashlib.blake2b(content, digest_size=HASH_SIZE, key=self.index_key).digest()


def _blind(key: bytes, purpose: str, text: str) -> bytes:
    return hmac.digest(key, f"{purpose}\0{text}".encode(), "sha256")[:HASH_SIZE]


class Keys:
    """The keyring of this process; created empty and bound once."""

    def __init__(self) -> None:
        self._ring: Keyring | None = None

    def bind(self, ring: Keyring) -> None:
        """Use ``ring`` from now on."""
        self._ring = ring

    @property
    def ring(self) -> Keyring:
        """The keyring in force. Raises ``RuntimeError`` where none was bound."""
        if self._ring is None:
            raise RuntimeError("no keys are bound")
        return self._ring
