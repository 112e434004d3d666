"""Is a person in the record? One bit for a NIK, a name and a village, by one named function of the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from portal.core.db import ANONYMOUS
from portal.core.nik import Nik
from portal.extensions import db, keys
from portal.home.check_names import words_of

Limit = Literal["nik", "device", "everybody"]
_CHECK = text("SELECT found, over FROM public_check(:subject, :words, :village, :device)")


@dataclass(frozen=True, slots=True)
class Checked:
    """``found`` says no more than that; ``over`` names the limit of the day that was reached, and nothing was looked
    at."""

    found: bool
    over: Limit | None


def check(nik: Nik, name: str, village_id: int, device: bytes | None) -> Checked:
    """Whether a living person of this NIK stands under this name in a family of this village.

    ``device`` is the mark of the browser; None where it keeps none.
    """
    asked = {
        "subject": keys.ring.blind_index("nik", nik.clear),
        "words": words_of(name),
        "village": village_id,
        "device": device,
    }
    with db.begin(ANONYMOUS) as session:
        row = session.execute(_CHECK, asked).one()
    return Checked(row.found, row.over)
