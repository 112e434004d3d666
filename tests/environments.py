"""What processes beside the tests are told, so that rows made by the tests can be read by them."""

from __future__ import annotations

from portal.config import Settings

_SECRETS = ("secret_key", "pin_pepper", "seal_keys", "index_keys", "push_key")


def variables_of(run: Settings) -> dict[str, str]:
    """The secrets and the cheap hashes of the run as environment variables."""
    given = {f"PORTAL_{name.upper()}": getattr(run, name).get_secret_value() for name in _SECRETS}
    return given | {
        "PORTAL_HASH_MEMORY_KIB": str(run.hash_memory_kib),
        "PORTAL_BASE_URL": run.base_url,
        "PORTAL_KIOSK_IDLE_SECONDS": str(run.kiosk_idle_seconds),
    }
