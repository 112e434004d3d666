"""Ways from a page to the case that fits what is wrong there."""

from __future__ import annotations

from typing import Any

from flask import url_for

from portal.cases.kinds.aid_missing import KIND as AID_MISSING
from portal.cases.kinds.moved import KIND as MOVED

_MOVING = frozenset({"address", "village_id", "rt", "rw"})


def payment_url(disbursement_id: int) -> str:
    """Say that this payment is wrong or did not come."""
    return url_for("cases.begin", slug=AID_MISSING.slug, penyaluran=disbursement_id)


def program_url(code: str) -> str:
    """Say that the aid of this programme stopped or is wrong."""
    return url_for("cases.begin", slug=AID_MISSING.slug, program=code)


def fix_url(field: str) -> str:
    """Say that a recorded fact is wrong: the kind that fits it, else where a case is started, with its name."""
    if field.rpartition(".")[2] in _MOVING:
        return url_for("cases.begin", slug=MOVED.slug)
    return url_for("cases.choose", tentang=field)


#: For templates.
LINKS: dict[str, Any] = {"payment_url": payment_url, "program_url": program_url, "fix_url": fix_url}
