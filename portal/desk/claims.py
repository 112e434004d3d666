"""What the office does with what was said about a household: finds it, asks it, erases what is not so."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import text

from portal.accounts.actor import StaffActor
from portal.cases.loading import find_case, seal_answers, seal_words
from portal.cases.moves import Act, NotPossible, make_move
from portal.cases.promises import promised_on
from portal.cases.workflow import Move, State
from portal.core.clock import today
from portal.core.errors import NotFound
from portal.core.ids import new_reference
from portal.core.nik import parse_digits
from portal.desk.service import held
from portal.extensions import blobs, db, keys
from portal.inbox.service import notify

KIND = "claim_about_us"
_OPEN = text(
    "SELECT family_id, person_id FROM claim_open(:report, :nik, :kk, :reference, :content, :answers, :words, :due)"
)
_ERASE = text("SELECT family_id, person_id, blobs FROM claim_erase(:reference)")
_CLAIMS = text(
    "SELECT c.reference, c.state FROM claim_link l"
    " JOIN cases r ON r.family_id = l.report_family_id AND r.id = l.report_id"
    " JOIN cases c ON c.family_id = l.claim_family_id AND c.id = l.claim_id"
    " WHERE r.reference = :reference ORDER BY c.id"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that came of a report."""

    reference: str
    state: State


def claims_of(actor: StaffActor, report: str) -> list[Claim]:
    """What households were asked because of a report. Raises ``NotFound`` where it is not the officer's to see."""
    with db.begin(actor.scope) as session:
        if find_case(session, report).kind != "other_objection":
            raise NotFound
        return [Claim(row.reference, State(row.state)) for row in session.execute(_CLAIMS, {"reference": report})]


def open_claim(actor: StaffActor, report: str, number: str, claim: str) -> bool:
    """Ask the household of this NIK or No. KK, in the officer's own words. False where none was found to ask."""
    digits, day = parse_digits(number), today(actor.zone)
    answers = {"claim": claim}
    due, reference = promised_on(KIND, "sent", day), new_reference()
    asked = {
        "report": report,
        "nik": keys.ring.blind_index("nik", digits),
        "kk": keys.ring.blind_index("kk", digits),
        "reference": reference,
        "content": keys.ring.fingerprint(json.dumps(answers).encode()),
        "answers": seal_answers(answers),
        "words": seal_words(claim),
        "due": due,
    }
    with db.begin(actor.scope) as session:
        row = session.execute(_OPEN, asked).one_or_none()
        if row is None:
            return False
        notify(
            session,
            family_id=row.family_id,
            person_id=row.person_id,
            key="claim_asked",
            values={"day": due},
            case_reference=reference,
        )
        return True


def erase_claim(actor: StaffActor, reference: str, seen: int) -> None:
    """It was not so: nothing of it stays, and the household is told just that. Raises ``NotPossible``."""
    with db.begin(actor.scope) as session:
        case, _mover = held(session, actor, reference, seen)
        if case.kind != KIND:
            raise NotFound
        row = session.execute(_ERASE, {"reference": reference}).one_or_none()
        if row is None:
            raise NotPossible
        notify(session, family_id=row.family_id, person_id=row.person_id, key="claim_erased", values={})
    blobs.remove(row.blobs)


def close_report(actor: StaffActor, reference: str, seen: int) -> None:
    """Looked into: the reporter hears that, and nothing of what was found."""
    with db.begin(actor.scope) as session:
        case, mover = held(session, actor, reference, seen)
        make_move(session, case, Move.CHECK, mover, Act(actor.name, actor.staff_id))
