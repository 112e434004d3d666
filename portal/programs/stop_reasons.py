"""Why aid ended, in words: the recorded cause, or that none is recorded. Never inferred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from portal.core.messages import N_
from portal.core.wording import Message
from portal.registry.facts import ParticipationFacts


class StopExplained(NamedTuple):
    """Why a participation ended and what the family can do. ``recorded`` False: no cause in the record."""

    cause: Message
    todo: Message
    recorded: bool
    known: bool = True


STOP_REASONS: Mapping[str, StopExplained] = {
    "DESIL": StopExplained(
        Message(N_("The desil of your family went outside the range of this programme.")),
        Message(
            N_(
                "Look at the facts that are recorded about your family. If one is wrong, tell us. "
                "BPS then ranks again; that takes months."
            )
        ),
        True,
    ),
    "TIDAK ADA KOMPONEN": StopExplained(
        Message(
            N_(
                "By the record, no member is counted any more: "
                "no pregnancy, young child, pupil, elderly or severely disabled person."
            )
        ),
        Message(N_("If there is such a member in your family, tell us.")),
        True,
    ),
    "PEKERJAAN": StopExplained(
        Message(
            N_(
                "Somebody in your family is recorded in work that may not receive this aid "
                "(ASN, TNI, Polri and the like)."
            )
        ),
        Message(N_("If this is wrong, tell us or the village office.")),
        True,
    ),
    "MENINGGAL": StopExplained(
        Message(N_("The recipient is recorded as having died.")),
        Message(
            N_("Ask the village office whether another member can receive it. If the record is wrong, go to Dukcapil.")
        ),
        True,
    ),
}
NOT_RECORDED = StopExplained(
    Message(N_("The cause is not recorded.")),
    Message(N_("You can ask why. Send us a complaint; the social worker must find out.")),
    False,
)


def stop_reason(participation: ParticipationFacts) -> StopExplained | None:
    """Why a participation ended; None while it goes on. An unknown cause shows by its own words."""
    reason = " ".join((participation.reason or "").upper().split())
    over = participation.active is False or (participation.active is None and participation.until is not None)
    if not over and not reason:
        return None
    if not reason:
        return NOT_RECORDED
    found = STOP_REASONS.get(reason)
    if found is not None:
        return found
    cause = Message(N_("Recorded cause: %(cause)s"), {"cause": participation.reason})
    return StopExplained(cause, Message(N_("Ask the social worker what this means.")), True, known=False)
