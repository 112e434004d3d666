"""Ways from a page to the case that fits what is wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from portal.cases.kinds.aid_missing import KIND as AID_MISSING
from portal.cases.kinds.base import Kind
from portal.cases.kinds.health import DISABILITY, ILLNESS, PREGNANCY
from portal.cases.kinds.house import ASSET_LINES, ASSETS, HOUSE, HOUSE_LINES
from portal.cases.kinds.identity import IDENTITY
from portal.cases.kinds.livelihood import SCHOOL, WORK_CHANGED
from portal.cases.kinds.money import CARD
from portal.cases.kinds.moved import KIND as MOVED
from portal.cases.kinds.objection import KIND as OWN_OBJECTION
from portal.cases.kinds.people import DEATH, RECORDED_DEAD
from portal.cases.kinds.told import KIND as TOLD

#: The kind that corrects each fact of the record; what none fits is told in free words.
_KINDS: Mapping[str, Kind] = {
    **{line.key: HOUSE for line in HOUSE_LINES},
    **{line.key: ASSETS for line in ASSET_LINES},
    **dict.fromkeys(("address", "village_id", "rt", "rw"), MOVED),
    **dict.fromkeys(("school_participation", "school_level", "school_grade"), SCHOOL),
    **dict.fromkeys(("name", "birth_date", "nik", "sex", "relation", "marital"), IDENTITY),
    **dict.fromkeys(("nkks", "bank", "kks_last4", "card_last4"), CARD),
    **dict.fromkeys(("pregnant", "pregnancy_no"), PREGNANCY),
    "work_status": WORK_CHANGED,
    "disability": DISABILITY,
    "chronic_illness": ILLNESS,
    "alive": DEATH,
    "desil": OWN_OBJECTION,
}


def payment_url(disbursement_id: int) -> str:
    """Say that this payment is wrong or did not come."""
    return url_for("cases.begin", slug=AID_MISSING.slug, penyaluran=disbursement_id)


def program_url(code: str) -> str:
    """Say that the aid of this programme stopped or is wrong."""
    return url_for("cases.begin", slug=AID_MISSING.slug, program=code)


def object_url(program: str) -> str:
    """Object to the end of the aid of this programme, by the record's word for it."""
    return url_for("cases.begin", slug=OWN_OBJECTION.slug, program=program)


def fix_url(field: str, member_id: int | None = None, *, died: bool = False) -> str:
    """Say that a recorded fact is wrong: the kind that fits it, with the fact and its member filled in.

    ``died``: the record says that the member has died.
    """
    name = field.rpartition(".")[2]
    kind = RECORDED_DEAD if died and name == "alive" else _KINDS.get(name, TOLD)
    return url_for("cases.begin", slug=kind.slug, bidang=name, anggota=member_id)


#: For templates.
LINKS: dict[str, Any] = {
    "payment_url": payment_url,
    "program_url": program_url,
    "object_url": object_url,
    "fix_url": fix_url,
}
