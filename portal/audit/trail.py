"""Appends to the trail inside the open transaction: the event and what it tells are stored together, or neither."""

from __future__ import annotations

import json
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session


class Event(StrEnum):
    """Everything the trail tells. A name never changes once it has been written."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    PIN_SPRAYED = "pin_sprayed"  # one PIN tried over many NIKs: an alarm
    SLIP_BOUND = "slip_bound"
    ACCOUNT_ACTIVATED = "account_activated"
    SLIPS_MADE = "slips_made"
    STAFF_ADDED = "staff_added"
    STAFF_ASSIGNED = "staff_assigned"
    STAFF_UNASSIGNED = "staff_unassigned"
    STAFF_CODE_RESET = "staff_code_reset"
    STAFF_PASSWORD_SET = "staff_password_set"  # noqa: S105 - by a command, for an officer who forgot it
    STAFF_DEACTIVATED = "staff_deactivated"
    STAFF_SIGNED_IN = "staff_signed_in"
    STAFF_SIGN_IN_FAILED = "staff_sign_in_failed"
    CASE_SENT = "case_sent"
    CASE_OPENED = "case_opened"
    CASE_MOVED = "case_moved"
    CASE_RAISED = "case_raised"  # not answered by the promised day, so it went one level up
    CASE_FOLLOWED = "case_followed"  # the family moved to another village, and its open case with it
    CASE_HANDED_ON = "case_handed_on"  # its officer left, so that another one has it
    CASE_FILE_OPENED = "case_file_opened"
    FAMILY_VIEWED = "family_viewed"
    STATEMENT_MADE = "statement_made"
    STATEMENT_SETTLED = "statement_settled"
    EXTRACT_LOADED = "extract_loaded"
    EXTRACT_HELD = "extract_held"
    EXTRACT_CONFIRMED = "extract_confirmed"
    KINSHIP_DECLARED = "kinship_declared"
    COMPANION_NAMED = "companion_named"  # the family's own pendamping


Plain = str | int | bool | None | list[str] | list[int]

_APPEND = text("SELECT audit_record(:event, CAST(:family AS bigint), CAST(:data AS jsonb))")


def record(session: Session, event: Event, *, family_id: int | None = None, **data: Plain) -> None:
    """Append an event; the actor is whoever the transaction's scope says is asking.

    ``data`` holds plain values only: ids and case references, never a NIK, a name or an answer.
    """
    session.execute(_APPEND, {"event": event.value, "family": family_id, "data": json.dumps(data)})
