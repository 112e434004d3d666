"""Reads and plans visits in the open transaction: what was planned, what was typed so far, what was recorded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, insert, select, update
from sqlalchemy.orm import Session, aliased, undefer

from portal.accounts.models import Staff
from portal.cases.answers import Answers
from portal.cases.kinds.base import Kind, World
from portal.cases.kinds.lines import NO
from portal.cases.models import Case
from portal.cases.visit_lines import differs, is_as_said, line_named
from portal.cases.visit_models import StaffPhoto, Visit
from portal.core.ids import new_code
from portal.extensions import keys
from portal.registry.changes import Finding

CODE_LENGTH = 6
PHOTO = "visit"  # the label of a photo of a visit among the papers of its case
_CODE, _DRAFT, _RESULT, _PLACE = "visit.code", "visit.draft", "visit.result", "visit.place"
#: Whose value a decision states where they differ.
BY_VISIT, BY_FAMILY, BY_RECORD = "visit", "family", "record"


@dataclass(frozen=True, slots=True)
class Found:
    """One line as the visit found it, beside what record and family said at that time.

    As answers of the line; of one that asks only «is it as the family says?» in words.
    """

    name: str
    label: str
    about: str | None  # the member
    recorded: Any
    said: Any
    found: Any
    states: bool

    def differs_from_record(self, kind: Kind) -> bool:
        """Whether the record says otherwise, or nothing."""
        recorded = self.recorded
        return self.states and (recorded is None or differs(line_named(kind, self.name), recorded, self.found))

    def differs_from_said(self, kind: Kind) -> bool:
        """Whether the family says otherwise."""
        if is_as_said(self.name):
            return bool(self.found == NO)
        return differs(line_named(kind, self.name), self.said, self.found)


@dataclass(frozen=True, slots=True)
class Result:
    """What was recorded, and the family's own word on it."""

    lines: Sequence[Found]
    seen_more: str
    present: str
    is_right: bool
    word_text: str


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit as pages show it."""

    public_id: UUID
    staff_id: int
    officer: str
    title: str
    has_photo: bool
    code: str
    planned_on: date
    part: str
    agreed_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    paper_on: date | None
    result: Result | None
    place: dict[str, str] | None
    counts: dict[str, str] = field(default_factory=dict)

    def choice_of(self, found: Found) -> str:
        """Whose value counts for that line: the visit's where the family spoke of it, else the record stays."""
        return self.counts.get(found.name) or (BY_RECORD if found.said is None else BY_VISIT)


def visits_of(session: Session, case: Case) -> list[VisitView]:
    """The visits of a case, the newest last."""
    return [_view(*row) for row in session.execute(_found().where(*_of(case)))]


def visits_of_family(session: Session, family_id: int) -> dict[int, list[VisitView]]:
    """The visits that the reader may see, by the id of the case, the newest last."""
    found: dict[int, list[VisitView]] = {}
    for row in session.execute(_found().where(Visit.family_id == family_id)):
        found.setdefault(row[0].case_id, []).append(_view(*row))
    return found


def _of(case: Case) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Visit.family_id == case.family_id, Visit.case_id == case.id


def _found() -> Select[Any, Any, Any, Any, Any]:
    recorder = aliased(Staff)
    return (
        select(Visit, Staff.name, Staff.title, recorder.name, StaffPhoto.staff_id)
        .join(Staff, Staff.id == Visit.staff_id)
        .outerjoin(recorder, recorder.id == Visit.done_by)
        .outerjoin(StaffPhoto, StaffPhoto.staff_id == Visit.staff_id)
        .order_by(Visit.id)
        .execution_options(populate_existing=True)
    )


def _view(visit: Visit, officer: str, title: str, recorder: str | None, photo: int | None) -> VisitView:
    ring = keys.ring
    return VisitView(
        public_id=visit.public_id,
        staff_id=visit.staff_id,
        officer=officer,
        title=title,
        has_photo=photo is not None,
        code=ring.unseal(_CODE, visit.code_sealed),
        planned_on=visit.planned_on,
        part=visit.part,
        agreed_at=visit.agreed_at,
        done_at=visit.done_at,
        done_by=recorder,
        paper_on=visit.paper_on,
        result=_result(json.loads(ring.unseal(_RESULT, visit.result_sealed))) if visit.result_sealed else None,
        place=json.loads(ring.unseal(_PLACE, visit.place_sealed)) if visit.place_sealed else None,
        counts=dict(visit.counts),
    )


def _result(kept: dict[str, Any]) -> Result:
    lines = [Found(**line) for line in kept["lines"]]
    return Result(lines, kept["seen_more"], kept["present"], kept["is_right"], kept["word_text"])


def seal_result(result: Result) -> bytes:
    """What was recorded, sealed."""
    lines = [{name: getattr(line, name) for name in Found.__slots__} for line in result.lines]
    kept = {"lines": lines} | {name: getattr(result, name) for name in Result.__slots__ if name != "lines"}
    return keys.ring.seal(_RESULT, json.dumps(kept, sort_keys=True))


def seal_place(place: dict[str, str] | None) -> bytes | None:
    """The place of the house, sealed."""
    return keys.ring.seal(_PLACE, json.dumps(place, sort_keys=True)) if place else None


def seal_draft(answers: Answers) -> bytes:
    """What was typed so far, sealed."""
    return keys.ring.seal(_DRAFT, json.dumps(answers, sort_keys=True))


def draft_of(visit: Visit) -> Answers:
    """What was typed so far."""
    answers: Answers = json.loads(keys.ring.unseal(_DRAFT, visit.draft_sealed)) if visit.draft_sealed else {}
    return answers


def newest_visit(session: Session, case: Case) -> Visit | None:
    """The visit that counts, for an officer: with what was typed."""
    newest = select(Visit).where(Visit.family_id == case.family_id, Visit.case_id == case.id).order_by(Visit.id.desc())
    loaded = newest.limit(1).options(undefer(Visit.draft_sealed), undefer(Visit.result_hash))
    return session.scalar(loaded.execution_options(populate_existing=True))


def plan_visit(session: Session, case: Case, staff_id: int, day: date, part: str) -> None:
    """A new visit with a new code; what was typed for one that did not happen goes with it."""
    before = newest_visit(session, case)
    typed = before.draft_sealed if before is not None and before.done_at is None else None
    mine = (Visit.family_id == case.family_id, Visit.case_id == case.id, Visit.draft_sealed.is_not(None))
    session.execute(update(Visit).where(*mine).values(draft_sealed=None))
    session.execute(
        insert(Visit).values(
            family_id=case.family_id,
            case_id=case.id,
            staff_id=staff_id,
            code_sealed=keys.ring.seal(_CODE, new_code(CODE_LENGTH)),
            planned_on=day,
            part=part,
            draft_sealed=typed,
        )
    )


def agree(session: Session, case: Case) -> None:
    """The family says that the day is fine."""
    newest = (
        select(func.max(Visit.id)).where(Visit.family_id == case.family_id, Visit.case_id == case.id).scalar_subquery()
    )
    session.execute(update(Visit).where(Visit.id == newest).values(agreed_at=func.now()))


def findings_with(kind: Kind, answers: Answers, world: World, visited: VisitView | None) -> list[Finding]:
    """What a decision states: what the family says, and where the visit found something else, whatever was chosen."""
    stated = {(one.subject, one.field, one.subject_id): one for one in kind.findings(answers, world)}
    result = visited.result if visited else None
    for one in result.lines if visited and result else ():
        if not one.states or visited is None or visited.choice_of(one) != BY_VISIT:
            continue
        finding = _finding(kind, one)
        place = (finding.subject, finding.field, finding.subject_id)
        if one.differs_from_record(kind):
            stated[place] = finding
        else:
            stated.pop(place, None)
    return list(stated.values())


def _finding(kind: Kind, one: Found) -> Finding:
    line = line_named(kind, one.name)
    member = int(one.name[1:].partition("_")[0]) if line.subject == "member" else None
    return Finding(line.subject or "", line.key, line.ask.stated(one.found), member)
