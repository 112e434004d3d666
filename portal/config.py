"""Settings, from the environment alone, checked before anything else runs.

Outside the demo every secret is the operator's own, and the portal says in one message which are
missing or weak, by name and never by value. In the demo they are made once, as files of mode 0600
in the instance folder. ``make_secret`` shows how a good one is made.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal.core.outward import SMS, WHATSAPP, Ways, check_gateway, check_push_key, make_push_key
from portal.core.sealing import Keyring

_PREFIX = "PORTAL_"
_DATABASE_URL = "DATABASE_URL"
_KEY_BYTES = 32  # AES-256, and as much for the keyed hash
_LAST_KEY_NUMBER = 255
_SHORTEST_SECRET = 32
_FEWEST_DIFFERENT = 10  # characters of a secret or bytes of a key; a random one of 32 bytes has about 30
_NUMBERED = re.compile(r"(\d{1,3}):(.+)")
_PASSABLE, _PRIVATE = 0o711, 0o700
HASH_MEMORY_KIB = 19_456  # OWASP's smallest for argon2id with two rounds
_LOOPBACK = ("http://localhost", "http://127.0.0.1")


class SettingsError(RuntimeError):
    """The portal cannot run with these settings. The message names every variable to mend, and no value."""


def make_secret() -> str:
    """A new random secret, for signing or as pepper."""
    return secrets.token_urlsafe(48)


def make_key_list() -> str:
    """A new list of keys with one key in it, numbered 1."""
    return f"1:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}"


_MAKERS: Mapping[str, Callable[[], str]] = {
    "secret_key": make_secret,
    "pin_pepper": make_secret,
    "seal_keys": make_key_list,
    "index_keys": make_key_list,
    "push_key": make_push_key,
}
_MEANING: Mapping[str, str] = {
    "secret_key": "signs cookies and forms",
    "pin_pepper": "mixed into every PIN and password before it is hashed: one secret, or NUMBER:SECRET, separated by "
    "commas, of which the highest number is in force",
    "seal_keys": "seal the fields at rest: NUMBER:BASE64 of 32 bytes, separated by commas; the highest number seals",
    "index_keys": "find sealed fields again: NUMBER:BASE64 of 32 bytes, separated by commas; the highest is in force",
}


class Settings(BaseSettings):
    """What the portal is told by its environment. Each field is the variable ``PORTAL_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    #: PostgreSQL 15 or newer, as a role that may create roles and databases. Without it the embedded one runs.
    database_url: SecretStr | None = Field(default=None, validation_alias=_DATABASE_URL)
    #: Demo mode: invented people, and secrets made here.
    demo: bool = False
    #: The folder for what the portal keeps on disk.
    instance: Path = Path("instance")
    #: The folder of the sealed uploads; inside ``instance`` when not named.
    upload_dir: Path | None = None
    #: The address at which people reach the portal, for links in messages and for passkeys.
    base_url: str = "http://localhost:8000"
    #: Whether cookies travel over TLS only. On, except in the demo.
    secure_cookies: bool | None = None
    #: How many proxies stand in front and set X-Forwarded-For; 0 believes none.
    trusted_proxies: int = Field(default=0, ge=0, le=9)
    #: Seconds without a touch after which a kiosk goes back to its start page.
    kiosk_idle_seconds: int = Field(default=90, ge=2, le=90)
    #: Memory of one hash of a PIN or password, in KiB. Less than the default is taken on a loopback address only.
    hash_memory_kib: int = Field(default=HASH_MEMORY_KIB, ge=8, le=1_048_576)
    secret_key: SecretStr
    pin_pepper: SecretStr
    seal_keys: SecretStr
    index_keys: SecretStr
    #: Number of the key that seals, where it is not the highest: while a new one is brought to every process.
    seal_with: int | None = None
    #: Signs messages to phones by web push; without it there is none. Whoever changes it ends every subscription.
    push_key: SecretStr | None = None
    #: The gateways for messages to a number, in apprise's form with ``{phone}`` in it; without one there are none.
    sms_url: SecretStr | None = None
    whatsapp_url: SecretStr | None = None

    @field_validator("push_key")
    @classmethod
    def _is_push_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            check_push_key(value.get_secret_value())
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_strong(cls, value: SecretStr) -> SecretStr:
        _check_strength(value.get_secret_value())
        return value

    @field_validator("pin_pepper")
    @classmethod
    def _are_strong(cls, value: SecretStr) -> SecretStr:
        for pepper in peppers_of(value.get_secret_value()).values():
            _check_strength(pepper)
        return value

    @field_validator("seal_keys", "index_keys")
    @classmethod
    def _is_key_list(cls, value: SecretStr) -> SecretStr:
        _parse_keys(value)
        return value

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        scheme, separator, rest = value.get_secret_value().partition("://")
        if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            raise ValueError("must begin with postgresql://")
        return SecretStr(f"postgresql+psycopg://{rest}")

    @field_validator("instance", "upload_dir")
    @classmethod
    def _is_absolute(cls, value: Path | None) -> Path | None:
        return value and value.absolute()

    @model_validator(mode="after")
    def _has_no_secret_twice(self) -> Self:
        if self.secret_key.get_secret_value() in peppers_of(self.pin_pepper.get_secret_value()).values():
            raise ValueError("PORTAL_SECRET_KEY and PORTAL_PIN_PEPPER are the same")
        if set(_parse_keys(self.seal_keys).values()) & set(_parse_keys(self.index_keys).values()):
            raise ValueError("PORTAL_SEAL_KEYS and PORTAL_INDEX_KEYS have a key in common")
        return self

    @model_validator(mode="after")
    def _seals_with_a_key(self) -> Self:
        if self.seal_with is not None and self.seal_with not in _parse_keys(self.seal_keys):
            raise ValueError("PORTAL_SEAL_WITH is no number of PORTAL_SEAL_KEYS")
        return self

    @model_validator(mode="after")
    def _hashes_hard(self) -> Self:
        if self.hash_memory_kib < HASH_MEMORY_KIB and not self.base_url.startswith(_LOOPBACK):
            raise ValueError(f"PORTAL_HASH_MEMORY_KIB is below {HASH_MEMORY_KIB}")
        return self

    @model_validator(mode="after")
    def _has_gateways(self) -> Self:
        for url in self.ways.gateways.values():
            check_gateway(url, loopback_only=self.ways.loopback_only)
        return self

    @property
    def ways(self) -> Ways:
        """The ways out. From a loopback address nothing leaves the machine."""
        listed = {SMS: self.sms_url, WHATSAPP: self.whatsapp_url}
        return Ways(
            base_url=self.base_url,
            push_key=self.push_key.get_secret_value() if self.push_key else "",
            gateways={channel: url.get_secret_value() for channel, url in listed.items() if url},
            loopback_only=self.demo or self.base_url.startswith(_LOOPBACK),
        )

    @property
    def keyring(self) -> Keyring:
        """The keys in force."""
        index_keys = _parse_keys(self.index_keys)
        version = max(index_keys)
        newest = index_keys.pop(version)
        return Keyring(_parse_keys(self.seal_keys), newest, version, index_keys, self.seal_with)

    @property
    def uploads(self) -> Path:
        """The folder of the sealed uploads."""
        return self.upload_dir or self.instance / "uploads"

    @property
    def embedded_folder(self) -> Path:
        """The folder of the embedded database, used when there is no ``database_url``."""
        return self.instance / "pg"

    @property
    def cookies_are_secure(self) -> bool:
        """Whether cookies travel over TLS only."""
        return not self.demo if self.secure_cookies is None else self.secure_cookies


def load_settings(**given: Any) -> Settings:
    """The settings of this process: ``given`` over the environment. Raises ``SettingsError``."""
    try:
        if _Start(**given).demo:
            given = _demo_secrets(_Start(**given).instance) | given
        return Settings(**given)
    except ValidationError as wrong:
        raise SettingsError(_explain(wrong)) from None


class _Start(BaseSettings):
    """What must be known before the secrets."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )
    demo: bool = False
    instance: Path = Path("instance")


def _demo_secrets(instance: Path) -> dict[str, SecretStr]:
    """The secrets of the demo that the environment does not set, made at the first call."""
    instance.mkdir(mode=_PASSABLE, parents=True, exist_ok=True)
    folder = instance / "secrets"
    folder.mkdir(mode=_PRIVATE, exist_ok=True)
    unset = {name: maker for name, maker in _MAKERS.items() if not os.environ.get((_PREFIX + name).upper())}
    return {name: SecretStr(_kept_secret(folder / name, maker)) for name, maker in unset.items()}


def _kept_secret(path: Path, maker: Callable[[], str]) -> str:
    """The secret in the file, made if there is none; of two processes that make it, one wins."""
    if not path.exists():
        part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(maker())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            pass  # another process was quicker, and its secret counts
        finally:
            part.unlink()
    return path.read_text().strip()


def _check_strength(text: str) -> None:
    if len(text) < _SHORTEST_SECRET or len(set(text)) < _FEWEST_DIFFERENT:
        raise ValueError(f"is too weak: at least {_SHORTEST_SECRET} random characters")


def peppers_of(listed: str) -> dict[int, str]:
    """The peppers by number: of ``2:NEW,1:OLD``, or the one secret as number 1. The highest is in force.

    A PIN that was hashed with an older one is hashed anew at its next sign-in, so the old one stays until then.
    Raises ``ValueError`` without quoting any.
    """
    entries = [_NUMBERED.fullmatch(entry.strip()) for entry in listed.split(",")]
    if not any(entries):
        return {1: listed}
    if not all(entries):
        raise ValueError("is neither one secret nor a list of NUMBER:SECRET")
    peppers = {int(entry[1]): entry[2] for entry in entries if entry}
    if len(peppers) < len(entries) or min(peppers) < 1:
        raise ValueError("has a number twice, or 0")
    return peppers


def _parse_keys(listed: SecretStr) -> dict[int, bytes]:
    """The keys of ``NUMBER:BASE64,NUMBER:BASE64`` by number. Raises ``ValueError`` without quoting any."""
    keys: dict[int, bytes] = {}
    for entry in listed.get_secret_value().split(","):
        number, _, encoded = entry.strip().partition(":")
        if not (number.isascii() and number.isdigit() and int(number) <= _LAST_KEY_NUMBER):
            raise ValueError(f"is not a list of NUMBER:BASE64 with numbers from 0 to {_LAST_KEY_NUMBER}")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise ValueError(f"has a key (number {int(number)}) that is not Base64") from None
        if len(key) != _KEY_BYTES or len(set(key)) < _FEWEST_DIFFERENT:
            raise ValueError(f"has a weak key (number {int(number)}): {_KEY_BYTES} random bytes are needed")
        if int(number) in keys or key in keys.values():
            raise ValueError(f"has the number or the key of {int(number)} twice")
        keys[int(number)] = key
    return keys


def _explain(wrong: ValidationError) -> str:
    """One message that names each variable, and says how to make what is missing."""
    lines = ["The portal does not start. Mend these settings in its environment:"]
    for error in wrong.errors(include_input=False, include_url=False, include_context=False):
        complaint = error["msg"].removeprefix("Value error, ")
        name = str(error["loc"][0]) if error["loc"] else ""
        variable = _DATABASE_URL if name in {"database_url", _DATABASE_URL} else (_PREFIX + name).upper()
        if error["type"] == "missing":
            lines.append(f"  {variable} is missing ({_MEANING[name]})")
        else:
            lines.append(f"  {variable} {complaint}" if name else f"  {complaint}")
    lines.append("`portal keys new` prints fresh secrets; PORTAL_DEMO=1 runs the demo, which makes its own.")
    return "\n".join(lines)


def fresh_environment() -> dict[str, str]:
    """Fresh values for every secret, by the name of its variable."""
    return {(_PREFIX + name).upper(): maker() for name, maker in _MAKERS.items()}
