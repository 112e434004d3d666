"""One message to one browser: signed (VAPID), sealed for that browser alone, through the push service it named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import requests
from pywebpush import WebPushException, webpush

from portal.delivery.endpoints import NotAllowed, check_endpoint
from portal.delivery.outcomes import Outcome
from portal.delivery.rules import rules
from portal.extensions import outward

_TIMEOUT_S = 10.0
_GONE = frozenset({404, 410})  # RFC 8030: the subscription is no more
_NO_MAIL = "mailto:portal@localhost"


class _Straight(requests.Session):
    """Follows no redirect: the address was looked at, another one was not."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def push(subscription: Mapping[str, str], language: str, key: UUID, *, urgent: bool) -> Outcome:
    """Send the news that there is a message, in that language; ``key`` is the message's own, the same at every try."""
    try:
        check_endpoint(subscription["endpoint"])
        with _Straight() as session:
            _post(session, subscription, json.dumps({"language": language}), _headers(key, urgent=urgent))
    except WebPushException as refused:
        return Outcome.GONE if refused.status_code in _GONE else Outcome.LATER
    except requests.RequestException as error:
        return Outcome.LATER if was_not_reached(str(error)) else Outcome.UNSURE
    except (NotAllowed, ValueError):
        return Outcome.GONE  # an address that we do not call, or keys that no browser has
    return Outcome.SENT


def _headers(key: UUID, *, urgent: bool) -> dict[str, Any]:
    return {"Topic": key.hex, "Urgency": "high" if urgent else "normal"}


def _post(session: requests.Session, subscription: Mapping[str, str], said: str, headers: dict[str, Any]) -> None:
    webpush(
        {"endpoint": subscription["endpoint"], "keys": {name: subscription[name] for name in ("p256dh", "auth")}},
        said,
        vapid_private_key=outward.ways.push_key,
        vapid_claims={"sub": _subject()},
        ttl=int(rules().push_for.total_seconds()),
        timeout=_TIMEOUT_S,
        headers=headers,
        requests_session=session,
    )


def was_not_reached(said: str) -> bool:
    """Whether the words of a connection that failed say that it never came about."""
    return any(word in said for word in ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError"))


def _subject() -> str:
    """Whom a push service can turn to: the portal's own address."""
    parts = urlsplit(outward.ways.base_url)
    return f"https://{parts.hostname}" if parts.scheme == "https" else _NO_MAIL
