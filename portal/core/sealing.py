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
    """The keys in force. ``seal_keys`` maps a key number (0-255) to 32 bytes; the highest seals."""

    seal_keys: Mapping[int, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)
    index_version: int = 1

    def __post_init__(self) -> None:
        if not self.seal_keys or any(len(key) != _KEY or not 0 <= n <= 255 for n, key in self.seal_keys.items()):
            raise ValueError("seal keys are 32 bytes each, numbered 0 to 255")
        if len(self.index_key) != _KEY:
            raise ValueError("the index key is 32 bytes")
        object.__setattr__(self, "_ciphers", {n: AESGCM(key) for n, key in self.seal_keys.items()})
        object.__setattr__(self, "_current", max(self.seal_keys))

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
        return hmac.digest(self.index_key, f"{purpose}\0{text}".encode(), "sha256")[:HASH_SIZE]

    def fingerprint(self, content: bytes) -> bytes:
        """Sixteen bytes that tell whether a row is the one already loaded, and nothing else."""
        return hashlib.blake2b(content, digest_size=HASH_SIZE, key=self.index_key).digest()


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
