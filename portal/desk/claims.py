"""What the office does with what was said about a household: finds it, asks it, erases what is not so."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import text

from portal.accounts.actor import StaffActor
from portal.audit.trail import Event, record
from portal.cases.loading import find_case, seal_answers, seal_words
from portal.cases.moves import Act, NotPossible, make_move, write_step
from portal.cases.promises import promised_on
from portal.cases.workflow import LOCAL, Move, State
from portal.core.clock import today
from portal.core.errors import NotFound
from portal.core.ids import new_reference
from portal.core.messages import N_
from portal.core.nik import parse_digits
from portal.desk.service import held
from portal.extensions import blobs, db, keys
from portal.inbox.service import notify

KIND, REPORT = "claim_about_us", "other_objection"
NOBODY_THERE = N_("No supervisor of that kecamatan can have it now.")
_SUPERVISOR = text("SELECT staff_id, level FROM case_next(:family, :case, 'kecamatan')")
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
        if find_case(session, report).kind != REPORT:
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


def give_to_kecamatan(actor: StaffActor, reference: str, seen: int) -> None:
    """The supervisor of the kecamatan finds the household and asks it; the village still sees nothing.

    Raises ``NotPossible`` where the report is with the kecamatan already or nobody there may have it.
    """
    with db.begin(actor.scope) as session:
        case, _mover = held(session, actor, reference, seen)
        asked = {"family": case.family_id, "case": case.id}
        taker = session.execute(_SUPERVISOR, asked).one_or_none() if case.kind == REPORT else None
        if case.level != "regency" or case.state not in LOCAL or taker is None or taker.level != "kecamatan":
            raise NotPossible(NOBODY_THERE)
        case.assigned_to, case.level, case.version = taker.staff_id, taker.level, case.version + 1
        write_step(session, case, "to_kecamatan", Act(actor.name, actor.staff_id))
        record(session, Event.CASE_MOVED, family_id=case.family_id, reference=reference, move="to_kecamatan")


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
