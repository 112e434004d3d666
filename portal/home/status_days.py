"""Since when the record gives each label of a payment: the days on the path of the money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.programs.payment_labels import Step, meaning_of
from portal.registry.models import RecordChange

#: By the id of the payment: the first day on which the data of the centre had it at the step.
StatusDays = Mapping[int, Mapping[Step, date]]


def status_days(session: Session, family_id: int) -> StatusDays:
    """Of every payment whose label changed while the portal had it; what came before is not recorded."""
    changes = session.execute(
        select(RecordChange.subject_id, RecordChange.new, RecordChange.as_of)
        .where(
            RecordChange.family_id == family_id,
            RecordChange.subject == "disbursement",
            RecordChange.field == "status",
            RecordChange.as_of.is_not(None),
        )
        .order_by(RecordChange.as_of)
    )
    found: dict[int, dict[Step, date]] = {}
    for payment, label, day in changes:
        step = meaning_of(label).step
        if payment is not None and step is not None and day is not None:
            found.setdefault(payment, {}).setdefault(step, day)
    return found
