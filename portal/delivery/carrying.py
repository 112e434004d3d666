"""The jobs that carry messages out, each once.

A row of ``delivery`` is claimed and committed as ``sending`` before anything is sent, and what became of it is written
afterwards. What stands as ``sending`` when its worker is gone may have gone out: it becomes ``unsure`` and is **never
sent again**, on no channel. A second SMS costs money and a doubled message costs trust, while the inbox holds the
message anyway, and an officer is told of what stays unread. Tried again is only what surely was not taken.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import Event, record
from portal.cases.kinds import KINDS
from portal.cases.models import Case
from portal.core.clock import now, zone, zone_of_area
from portal.core.db import Scope
from portal.core.jobs import QUEUE, app, defer, periodic
from portal.core.outward import WEB_PUSH
from portal.delivery.gateways import send
from portal.delivery.models import ENDPOINT, PushSubscription
from portal.delivery.outcomes import Outcome
from portal.delivery.pushing import push
from portal.delivery.rules import rules
from portal.extensions import db, keys, outward
from portal.inbox.contacts import reached_by
from portal.inbox.models import Delivery, Notice
from portal.inbox.service import notify
from portal.privacy.consents import has_consent, switch_off
from portal.registry.models import Family

DELIVER = "deliver"
_NEIGHBOUR = "other"
_SCOPE = Scope("worker", job="deliver")
#: A try takes half a minute at most; after this its worker is gone.
_GIVEN_UP_AFTER = timedelta(minutes=10)
_REST = timedelta(minutes=5)  # of a gateway that gives no answer, so that one message is lost to it and not all
_OVERDUE = timedelta(minutes=3)  # its own job should have had it by now
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message that is being sent."""

    key: UUID
    family_id: int
    person_id: int
    channel: str
    device_id: int
    target: str  # a number, or the address of a device with its keys
    language: str
    urgent: bool
    attempts: int


@app.task(name=DELIVER, queue=QUEUE)
def deliver(person: int) -> int:
    """Send what is due for this person; asked for with every notice. Gives how many messages were tried."""
    tried = 0
    while (parcel := _claim(person)) is not None:
        _settle(parcel, _send(parcel))
        tried += 1
    return tried


@periodic("*/5 * * * *")
def deliver_due() -> int:
    """What no job of its own took up: its worker was killed, or the job was lost."""
    with db.begin(_SCOPE) as session:
        lost = update(Delivery).where(Delivery.state == "sending", Delivery.changed_at < now() - _GIVEN_UP_AFTER)
        settled = len(session.execute(lost.values(state="unsure", changed_at=now()).returning(Delivery.id)).all())
        late = select(Delivery.person_id).where(Delivery.state == "waiting", Delivery.due_at < now() - _OVERDUE)
        people = list(session.scalars(late.distinct()))
    if settled:
        _log.warning("deliveries_unsure", count=settled)
    return settled + sum(deliver(person) for person in people)


def _claim(person: int) -> Parcel | None:
    """The next message of this person that can be sent now, marked as being sent; the others are put off or ended."""
    while True:
        with db.begin(_SCOPE) as session:
            due = select(Delivery).where(
                Delivery.person_id == person, Delivery.state == "waiting", Delivery.due_at <= now()
            )
            one = session.scalar(due.order_by(Delivery.id).limit(1).with_for_update(skip_locked=True))
            if one is None:
                return None
            parcel = _prepare(session, one)
        if parcel is not None:
            return parcel


def _prepare(session: Session, one: Delivery) -> Parcel | None:
    """Mark the row and what goes with it as being sent; None where it is put off or comes to its end here."""
    notice = session.get_one(Notice, (one.family_id, one.notice_id))
    end = _end(session, one, notice)
    if end is not None:
        one.state, one.changed_at = end, now()
        return None
    village = session.scalars(select(Family.village_id).where(Family.id == one.family_id)).one()
    awake = rules().not_before(notice.key, now(), zone(zone_of_area(village)))
    due = outward.rests_until(one.channel, awake)
    if due > now():
        one.due_at = due
        defer(session, DELIVER, at=due, person=one.person_id)
        return None
    target = _target(session, one)
    if target is None:
        one.state, one.changed_at = "stopped", now()
        return None
    for row in (one, *_beside(session, one, notice)):
        row.state, row.changed_at = "sending", now()
        row.message_key, row.attempts = one.message_key, one.attempts + (row is one)
    language = session.scalar(select(Account.language).where(Account.person_id == one.person_id).limit(1))
    return Parcel(
        *(one.message_key, one.family_id, one.person_id, one.channel, one.device_id),
        target=target,
        language=language or "id",
        urgent=notice.key in rules().urgent,
        attempts=one.attempts,
    )


def _end(session: Session, one: Delivery, notice: Notice) -> str | None:
    """How it ends without being sent."""
    if notice.read_at is not None or notice.told_at is not None:
        return "seen"
    if not has_consent(session, one.person_id, one.channel):
        return "stopped"
    kind = session.scalar(select(Case.kind).where(Case.reference == notice.case_reference))
    known = KINDS.get(kind or "")
    # A phone lies about at home: nothing of a case that somebody at home must not know of.
    return "kept" if known is not None and known.quick_exit else None


def _target(session: Session, one: Delivery) -> str | None:
    if one.channel != WEB_PUSH:
        reached = reached_by(session, one.person_id)
        # A neighbour's phone gets nothing: an officer comes by instead.
        if reached is None or reached.phone is None or reached.whose == _NEIGHBOUR:
            return None
        return reached.phone.e164
    sealed = session.scalar(
        select(PushSubscription.endpoint_sealed).where(
            PushSubscription.id == one.device_id, PushSubscription.person_id == one.person_id
        )
    )
    return None if sealed is None else keys.ring.unseal(ENDPOINT, sealed)


def _beside(session: Session, one: Delivery, notice: Notice) -> Sequence[Delivery]:
    """What waits for the same place about the same case, and goes in the same message."""
    if notice.case_reference is None:
        return ()
    waiting = (
        select(Delivery)
        .join(Notice, (Notice.family_id == Delivery.family_id) & (Notice.id == Delivery.notice_id))
        .where(
            *(Delivery.person_id == one.person_id, Delivery.id != one.id, Delivery.state == "waiting"),
            *(Delivery.channel == one.channel, Delivery.device_id == one.device_id),
            Notice.case_reference == notice.case_reference,
        )
    )
    return session.scalars(waiting.with_for_update(skip_locked=True, of=Delivery)).all()


def _send(parcel: Parcel) -> Outcome:
    """Outside of any transaction: nothing is locked while somebody else's machine thinks."""
    if parcel.channel == WEB_PUSH:
        return push(json.loads(parcel.target), parcel.language, parcel.key, urgent=parcel.urgent)
    return send(parcel.channel, parcel.target, rules().words[parcel.channel], parcel.language, parcel.key)


def _settle(parcel: Parcel, outcome: Outcome) -> None:
    """Write down what became of it; what was not taken is tried again after a while, a number of times."""
    wait = rules().wait_after(parcel.attempts) if outcome is Outcome.LATER else None
    state: str = outcome.value
    if outcome is Outcome.UNSURE and parcel.channel != WEB_PUSH:
        outward.rest(parcel.channel, now() + _REST)
    if outcome is Outcome.LATER:
        state = "failed" if wait is None else "waiting"
        _log.warning("not_delivered", channel=parcel.channel, attempts=parcel.attempts, message=str(parcel.key))
    with db.begin(_SCOPE) as session:
        mine = update(Delivery).where(
            Delivery.family_id == parcel.family_id, Delivery.message_key == parcel.key, Delivery.state == "sending"
        )
        values = {"state": state, "attempts": parcel.attempts, "changed_at": now()}
        session.execute(mine.values(values | ({} if wait is None else {"due_at": now() + wait})))
        if wait is not None:
            defer(session, DELIVER, at=now() + wait, person=parcel.person_id)
        if outcome is Outcome.GONE:
            _note_gone(session, parcel)


def _note_gone(session: Session, parcel: Parcel) -> None:
    """Nothing arrives there any more: switch it off, and tell the person where it can be read. Once."""
    if parcel.channel == WEB_PUSH:
        device = delete(PushSubscription).where(PushSubscription.id == parcel.device_id)
        if session.execute(device.returning(PushSubscription.id)).first() is None:
            return
        record(session, Event.DEVICE_REMOVED, family_id=parcel.family_id, gone=True)
    elif not switch_off(session, parcel.family_id, parcel.person_id, parcel.channel):
        return
    waiting = update(Delivery).where(
        *(Delivery.person_id == parcel.person_id, Delivery.channel == parcel.channel),
        *(Delivery.device_id == parcel.device_id, Delivery.state == "waiting"),
    )
    session.execute(waiting.values(state="gone", changed_at=now()))
    key = f"gone_{parcel.channel}"
    notify(session, family_id=parcel.family_id, person_id=parcel.person_id, key=key, values={})
