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
    CODE_FAILED = "code_failed"  # the code of a slip
    CODE_GUESSED = "code_guessed"  # many codes tried on one NIK: an alarm
    SLIP_BOUND = "slip_bound"
    RESET_STARTED = "reset_started"  # of a lost PIN, by the first officer
    RESET_CONFIRMED = "reset_confirmed"  # by the second
    RESET_CALLED_OFF = "reset_called_off"
    RESET_REFUSED = "reset_refused"  # one officer tried to do both steps
    PIN_RESET = "pin_reset"  # the member chose a new PIN with the code of the slip
    NIK_IN_TWO_FAMILIES = "nik_in_two_families"  # met at sign-in: a task for the supervisor
    FAMILY_CHOSEN = "family_chosen"  # by the member, which of them is the own
    ACCOUNT_ACTIVATED = "account_activated"
    KIOSK_REGISTERED = "kiosk_registered"
    KIOSK_REVOKED = "kiosk_revoked"
    KIOSK_TRIED = "kiosk_tried"  # many wrong tries in a row on one kiosk: an alarm
    SESSION_CARRIED_OFF = "session_carried_off"  # a kiosk's, tried on another device: an alarm
    SESSIONS_ENDED = "sessions_ended"  # by the person whose they were, on other devices
    PIN_CHANGED = "pin_changed"  # by the member, who knew the old one
    PIN_CHANGE_FAILED = "pin_change_failed"
    OWN_PIN_FAILED = "own_pin_failed"
    SLIPS_MADE = "slips_made"
    STAFF_ADDED = "staff_added"
    STAFF_ASSIGNED = "staff_assigned"
    STAFF_UNASSIGNED = "staff_unassigned"
    STAFF_CODE_RESET = "staff_code_reset"
    STAFF_PASSWORD_SET = "staff_password_set"  # noqa: S105 - by a command, for an officer who forgot it
    STAFF_DEACTIVATED = "staff_deactivated"
    STAFF_INVITED = "staff_invited"
    STAFF_INVITATION_REVOKED = "staff_invitation_revoked"
    STAFF_INVITATION_USED = "staff_invitation_used"
    STAFF_ROLE_CHANGED = "staff_role_changed"
    STAFF_ROLE_PROPOSED = "staff_role_proposed"  # to make an administrator, which takes two
    STAFF_ROLE_CONFIRMED = "staff_role_confirmed"
    STAFF_LEAVE_SET = "staff_leave_set"  # with the one who stands in
    STAFF_LEAVE_ENDED = "staff_leave_ended"  # before its last day
    STAFF_CONFIRMED = "staff_confirmed"  # an officer's code once more, before an act that asks for it
    STAFF_CONFIRM_FAILED = "staff_confirm_failed"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    NUMBER_REVEALED = "number_revealed"  # a masked NIK, to an officer who said why
    BROWSING_ALARM = "browsing_alarm"  # many families opened without a case
    STAFF_SIGNED_IN = "staff_signed_in"
    STAFF_SIGN_IN_FAILED = "staff_sign_in_failed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PASSKEY_USED = "passkey_used"
    PASSKEY_REFUSED = "passkey_refused"
    PASSKEY_COPIED = "passkey_copied"
    CASE_SENT = "case_sent"
    CASE_RECORDED = "case_recorded"  # by an officer, as a person said it
    CASE_DISOWNED = "case_disowned"  # the person says that these are not the own words
    HELP_OFFERED = "help_offered"  # a member's PIN was right at a kiosk; an officer is to confirm
    HELP_CODE_WRONG = "help_code_wrong"
    HELP_CONFIRMED = "help_confirmed"
    HELP_BEGUN = "help_begun"  # the session of two
    HELP_ENDED = "help_ended"  # why: by a tap, or nobody touched the kiosk any more
    MANDATE_GRANTED = "mandate_granted"
    MANDATE_ENDED = "mandate_ended"
    CASE_OPENED = "case_opened"
    CASE_MOVED = "case_moved"
    CASE_REMINDED = "case_reminded"  # the family was asked once more for an answer
    CASE_RAISED = "case_raised"  # not answered by the promised day, so it went one level up
    CASE_FOLLOWED = "case_followed"  # the family moved to another village, and its open case with it
    CASE_HANDED_ON = "case_handed_on"  # its officer left, so that another one has it
    SEALED_ASKED = "sealed_asked"  # by the first officer, to open a sealed case
    SEALED_OPENED = "sealed_opened"  # by the second: these two read it
    SEALED_REFUSED = "sealed_refused"  # one officer tried to be both
    CASE_SORTED = "case_sorted"  # free words, by an officer
    CASE_FILE_OPENED = "case_file_opened"
    CASE_PAPER_ADDED = "case_paper_added"  # by the family, to a case that was sent
    CASE_PAPER_LOOKED = "case_paper_looked"  # an officer said whether it can be read
    CASES_SEARCHED = "cases_searched"  # by an officer: what kind of search, and which families were listed
    VISIT_RECORDED = "visit_recorded"  # what was found at a home; with its place or without
    VISIT_WEIGHED = "visit_weighed"  # whose value counts where visit and family differ
    CASE_NOTED = "case_noted"  # an officer's note on its path
    CLAIM_OPENED = "claim_opened"  # by the office, about a household
    CLAIM_ERASED = "claim_erased"  # it was not so: of what, nothing is kept
    CONTACT_SET = "contact_set"  # how a person is reached; never the number
    PROPOSAL_SENT = "proposal_sent"  # without a login, or written down by an officer
    PROPOSAL_MOVED = "proposal_moved"
    PROPOSAL_LINKED = "proposal_linked"  # the record has the family by now
    PROPOSAL_NIK_SHOWN = "proposal_nik_shown"  # the whole NIK, to an officer
    CASE_GIVEN = "case_given"  # to another officer, by whoever oversees both
    CASE_TRACE_GUESSED = "case_trace_guessed"  # many wrong tries at tracing without a login: an alarm
    CHECK_SWEPT = "check_swept"  # one device asked of many NIKs whether they are in the record: an alarm
    FAMILY_VIEWED = "family_viewed"
    BREACH_RECORDED = "breach_recorded"  # of personal data: an alarm
    BREACH_CHANGED = "breach_changed"
    BREACH_TOLD = "breach_told"  # the people or the authority
    BREACH_CLOSING = "breach_closing"  # by the first officer
    BREACH_CLOSED = "breach_closed"  # by the second
    PROGRAM_DRAFTED = "program_drafted"  # by an office, of its own: a new one or the next version
    PROGRAM_SUBMITTED = "program_submitted"  # to the second officer
    PROGRAM_GIVEN_BACK = "program_given_back"  # to be written on
    PROGRAM_PUBLISHED = "program_published"  # by the second officer
    PROGRAM_CLOSED = "program_closed"  # nobody registers any more
    PLACES_GIVEN = "places_given"  # by the published order, to who registered for a programme of the office
    PLACE_OFFERED = "place_offered"  # that became free, to the next of the waiting list
    PLACE_REMINDED = "place_reminded"
    PLACE_LAPSED = "place_lapsed"  # no answer after two reminders
    PLACE_CANCELLED = "place_cancelled"  # the office withdrew the whole
    PLACE_ANSWERED = "place_answered"  # by the family: taken, or given back
    PLACE_NOTED = "place_noted"  # by the office: what the family told it, who came, who got the certificate
    PROGRAM_WITHDRAWN = "program_withdrawn"
    DATA_PURGED = "data_purged"  # what the register of keeping says, by kind and count
    PERIOD_SET = "period_set"  # how long a kind is kept, as the office decided; without days: for ever
    NOTICE_TOLD = "notice_told"  # by an officer in person, whom no message reaches
    DEVICE_ADDED = "device_added"  # by a member, to get messages there
    DEVICE_REMOVED = "device_removed"  # by the member, or because nothing arrives there any more
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    DATA_TAKEN = "data_taken"  # a member downloaded or printed what is held about the family
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
