"""An authenticator made of software: real keys, real signatures, and what a thief or a broken device would send."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost:8000"
_PRESENT, _VERIFIED, _ELIGIBLE, _BACKED_UP, _NEW_KEY = 1, 4, 8, 16, 64


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def unpacked(value: str) -> bytes:
    """Bytes of base64url without its padding."""
    return urlsafe_b64decode(value + "=" * (-len(value) % 4))


@dataclass
class Key:
    """One passkey in the authenticator."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    site: str = "localhost"
    count: int = 0

    def cose(self) -> bytes:
        """The public half as COSE writes it: EC2, ES256, P-256."""
        numbers = self.private.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})


@dataclass
class Authenticator:
    """A phone with passkeys. ``verifies``: whether it asked for finger or lock; ``counts``: by how much a use adds."""

    verifies: bool = True
    counts: int = 1
    eligible: bool = False
    backed_up: bool = False
    origin: str = ORIGIN
    keys: list[Key] = field(default_factory=list)

    def make(self, options: dict[str, Any], credential_id: bytes | None = None, **otherwise: Any) -> str:
        """A new passkey for what the page asked, as the script sends it."""
        key = Key(handle=unpacked(options["user"]["id"]), site=options["rp"]["id"], count=self.counts)
        key.credential_id = credential_id or key.credential_id
        self.keys.append(key)
        described = bytes(16) + struct.pack(">H", len(key.credential_id)) + key.credential_id + key.cose()
        said = self._said(key, _NEW_KEY) + described
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})
        client = self._client("webauthn.create", options["challenge"], otherwise)
        response = {"attestationObject": _text(made), "transports": ["internal", "hybrid"]}
        return self._answer(key, client, response)

    def sign(self, options: dict[str, Any], key: Key | None = None, **otherwise: Any) -> str:
        """The signature of a passkey (the last one) over what the page asked, as the script sends it."""
        key = key or self.keys[-1]
        key.count += self.counts
        client = self._client("webauthn.get", options["challenge"], otherwise)
        said = self._said(key, 0)
        signed = said + hashlib.sha256(client).digest()
        response = {
            "authenticatorData": _text(said),
            "signature": _text(key.private.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": _text(key.handle),
        }
        return self._answer(key, client, response)

    def _client(self, kind: str, challenge: str, otherwise: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False} | otherwise
        return json.dumps(told).encode()

    def _said(self, key: Key, more: int) -> bytes:
        flags = _PRESENT | more | (_VERIFIED if self.verifies else 0)
        flags |= (_ELIGIBLE if self.eligible else 0) | (_BACKED_UP if self.backed_up else 0)
        return hashlib.sha256(key.site.encode()).digest() + struct.pack(">BI", flags, key.count)

    @staticmethod
    def _answer(key: Key, client: bytes, response: dict[str, Any]) -> str:
        named = _text(key.credential_id)
        response["clientDataJSON"] = _text(client)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})
