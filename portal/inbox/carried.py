"""What became of messages outside the portal, for the person whom they are for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.messages import N_
from portal.inbox.models import Delivery, Notice

#: By channel and state, with ``%(time)s``. What waits, or was not to go out, says nothing.
WORDS: Mapping[tuple[str, str], str] = {
    ("web_push", "sent"): N_("Your phone was told: %(time)s"),
    ("whatsapp", "sent"): N_("WhatsApp sent: %(time)s"),
    ("sms", "sent"): N_("SMS sent: %(time)s"),
    ("web_push", "unsure"): N_("Your phone was perhaps told: %(time)s"),
    ("whatsapp", "unsure"): N_("WhatsApp perhaps sent: %(time)s"),
    ("sms", "unsure"): N_("SMS perhaps sent: %(time)s"),
    ("web_push", "failed"): N_("Your phone could not be reached"),
    ("whatsapp", "failed"): N_("WhatsApp could not be sent"),
    ("sms", "failed"): N_("SMS could not be sent"),
    ("web_push", "gone"): N_("Your phone could not be reached"),
    ("whatsapp", "gone"): N_("WhatsApp could not be sent"),
    ("sms", "gone"): N_("SMS could not be sent"),
}
#: What the officer of the case reads.
CHANNELS: Mapping[str, str] = {"web_push": N_("News on the phone"), "whatsapp": N_("WhatsApp"), "sms": N_("SMS")}
ENDS: Mapping[str, str] = {
    "sent": N_("sent on %(time)s"),
    "unsure": N_("perhaps sent on %(time)s"),
    "failed": N_("could not be sent"),
    "gone": N_("could not be sent: the device or number is no more"),
}
_OF_CASE = text("SELECT channel, state, at FROM case_deliveries(:reference) ORDER BY at")
TOLD = N_("%(officer)s told you in person: %(time)s")


@dataclass(frozen=True, slots=True)
class Carried:
    """One way that a message took, in words with their values; ``time`` is to be put into them by the page."""

    words: str
    at: datetime
    officer: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One message of a case that left the portal, for its officer; ``end`` in words, with ``time`` to be put in."""

    channel: str
    end: str
    at: datetime


def carried_of_case(session: Session, reference: str) -> list[Way]:
    """What went out about a case that the officer may see, never about a sealed one."""
    rows = session.execute(_OF_CASE, {"reference": reference})
    return [Way(CHANNELS[row.channel], ENDS[row.state], row.at) for row in rows if row.state in ENDS]


def carried(session: Session, notices: Sequence[Notice]) -> Mapping[int, list[Carried]]:
    """By message. A message on several devices is said once."""
    found: dict[int, list[Carried]] = {}
    if not notices:
        return found
    ways = (
        select(Delivery.notice_id, Delivery.channel, Delivery.state, func.max(Delivery.changed_at))
        .where(Delivery.person_id == notices[0].person_id, Delivery.notice_id.in_([one.id for one in notices]))
        .group_by(Delivery.notice_id, Delivery.channel, Delivery.state)
        .order_by(Delivery.channel, Delivery.state.desc())
    )
    for notice_id, channel, state, at in session.execute(ways):
        if (channel, state) in WORDS:
            found.setdefault(notice_id, []).append(Carried(WORDS[channel, state], at))
    told = {one.told_by for one in notices if one.told_by is not None}
    names = dict(session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(told))).all()) if told else {}
    for one in notices:
        if one.told_by is not None and one.told_at is not None:
            found.setdefault(one.id, []).append(Carried(TOLD, one.told_at, names.get(one.told_by, "")))
    return found
