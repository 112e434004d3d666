"""The session cookie and the forms' token, signed as Flask and Flask-WTF sign them, at a third of the time.

Both libraries make a new signer for every request, and that one derives its key from the secret again each time.
Here a signer and its key are made once for an app. What is written and what is believed is the same.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from flask import Flask, Request, Response, current_app, g, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode, bytes_to_int, int_to_bytes
from itsdangerous.signer import SigningAlgorithm
from itsdangerous.timed import TimestampSigner

from portal.web.vary import vary_on

_FORM_TOKEN = "csrf_token"  # noqa: S105 - the name of a field
_FORMS = "portal_form_signer"


class OneStepHmac(SigningAlgorithm):
    """HMAC-SHA-1, as itsdangerous has it, in one call of OpenSSL."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha1")


class KeptKeySigner(TimestampSigner):
    """A signer that remembers the keys it has derived."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "algorithm": OneStepHmac()})
        self._derived: dict[str | bytes | None, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        key = self._derived.get(secret_key)
        if key is None:
            key = self._derived[secret_key] = super().derive_key(secret_key)
        return key


class KeptSerializer(URLSafeTimedSerializer):
    """A serializer that signs with one signer."""

    _kept: Signer | None = None

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        if salt is not None and salt != self.salt:
            return super().make_signer(salt)
        if self._kept is None:
            self._kept = super().make_signer(salt)
        return self._kept


class FormTokens:
    """The tokens of forms as ``flask_wtf.csrf`` writes and reads them, in one step: every page carries one."""

    def __init__(self, secret_key: str | bytes) -> None:
        self._key = KeptKeySigner(secret_key, salt="wtf-csrf-token").derive_key()

    def of(self, secret: str) -> str:
        """The token of a session's secret, signed now."""
        signed = b".".join((base64_encode(f'"{secret}"'), base64_encode(int_to_bytes(int(time.time())))))
        return b".".join((signed, base64_encode(hmac.digest(self._key, signed, "sha1")))).decode()


class KeptSessions(SecureCookieSessionInterface):
    """Flask's sessions with one serializer for the app."""

    def __init__(self, app: Flask) -> None:
        self._cookie = self.get_cookie_name(app)
        self._longest = int(app.permanent_session_lifetime.total_seconds())
        self._serializer = KeptSerializer(
            [*(app.config["SECRET_KEY_FALLBACKS"] or ()), app.secret_key],
            salt=self.salt,
            serializer=self.serializer,
            signer=KeptKeySigner,
            signer_kwargs={"key_derivation": self.key_derivation, "digest_method": self.digest_method},
        )
        self._key = self._serializer.make_signer(self.salt).derive_key()

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        value = request.cookies.get(self._cookie)
        if not value:
            return self.session_class()
        try:
            found = self._read_plain(value) or self._serializer.loads(value, max_age=self._longest)
        except BadSignature:
            found = None
        return self.session_class(found)

    def _read_plain(self, value: str) -> dict[str, str] | None:
        """What a cookie of today's key holds where it holds texts alone, as ours do; None leaves it to itsdangerous."""
        signed, _, signature = value.rpartition(".")
        body, _, stamp = signed.rpartition(".")
        right = base64_encode(hmac.digest(self._key, signed.encode(), "sha1"))
        if not body or body[0] == "." or not hmac.compare_digest(right, signature.encode()):
            return None
        if not 0 <= time.time() - bytes_to_int(base64_decode(stamp)) <= self._longest:
            return None
        found = json.loads(base64_decode(body))
        plain = all(type(text) is str and name[:1] != " " for name, text in found.items())  # a space marks a tag
        return found if plain else None

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does; the common case, in which nothing changed, in one step."""
        if session and not session.modified and not session.permanent:
            vary_on(response, "Cookie")
            return
        super().save_session(app, session, response)


def form_token() -> str:
    """The token of the forms of this request, as ``flask_wtf.csrf.generate_csrf`` gives it."""
    token: str | None = g.get(_FORM_TOKEN)
    if token is None:
        secret = session.get(_FORM_TOKEN)
        if not isinstance(secret, str):
            secret = session[_FORM_TOKEN] = hashlib.sha1(secrets.token_bytes(64), usedforsecurity=False).hexdigest()
        token = g.csrf_token = current_app.extensions[_FORMS].of(secret)
    return token


def init_signing(app: Flask) -> None:
    """Sign with kept signers; called after Flask-WTF has set up its own."""
    app.session_interface = KeptSessions(app)
    app.extensions[_FORMS] = FormTokens(app.secret_key or "")
    app.context_processor(lambda: {_FORM_TOKEN: form_token})
    app.jinja_env.globals[_FORM_TOKEN] = form_token
