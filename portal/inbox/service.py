"""Writes messages inside the open transaction, and reads them for their person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.core.wording import Localised, Message
from portal.extensions import db
from portal.inbox.carried import Carried, carried
from portal.inbox.models import Notice
from portal.inbox.text import Text
from portal.inbox.texts import TEXTS, UNKNOWN

Value = str | int | date | Message | Localised
PER_PAGE = 20


def notify(
    session: Session,
    *,
    family_id: int,
    person_id: int,
    key: str,
    values: Mapping[str, Value],
    case_reference: str | None = None,
) -> None:
    """Leave a message for a person; stored with what it tells, or not at all."""
    if key not in TEXTS:
        raise ValueError(f"no words for the message {key}")
    # inline: an officer may write a message and not read it back.
    session.execute(
        insert(Notice)
        .inline()
        .values(
            family_id=family_id,
            person_id=person_id,
            key=key,
            values=packed(values),
            case_reference=case_reference,
        )
    )


def packed(values: Mapping[str, Value]) -> dict[str, Any]:
    """The values of a message as they are stored; for who leaves many messages in one statement."""
    return {name: _packed(value) for name, value in values.items()}


def _packed(value: object) -> Any:
    """A value as JSON: a day and words to translate are marked, anything else is text as it is."""
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Message):
        return {"say": value.key, "with": {name: _packed(part) for name, part in value.params.items()}}
    if isinstance(value, Localised):
        return {"id": value.id, "en": value.en}
    return str(value)


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "day" in value:
        return date.fromisoformat(value["day"])
    if "say" in value:
        return Message(value["say"], {name: _unpacked(part) for name, part in value.get("with", {}).items()})
    return Localised(id=value["id"], en=value["en"])


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as a page shows it."""

    text: Text
    values: Mapping[str, Any]
    case_reference: str | None
    created_at: datetime
    is_new: bool
    carried: Sequence[Carried] = ()  # what became of it outside the portal

    @property
    def title(self) -> Message:
        """What it is about."""
        return Message(self.text.title, self.values)

    @property
    def body(self) -> Message:
        """The sentence with its values."""
        return Message(self.text.body, self.values)

    @property
    def ways(self) -> list[tuple[str, str, dict[str, str]]]:
        """The ways on: words, endpoint and its values; one that needs what the message does not have is left out."""
        return [
            (way.label, way.endpoint, {**way.fixed, **{name: self.values[value] for name, value in way.named.items()}})
            for way in self.text.ways
            if all(value in self.values for value in way.named.values())
        ]


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of messages, the newest first."""

    letters: list[Letter]
    page: int
    last_page: int


def open_inbox(actor: FamilyActor, page: int = 1) -> Inbox:
    """The messages of the person, marked as read from now on; those that were new still say so."""
    mine = Notice.person_id == actor.person_id
    with db.begin(actor.scope) as session:
        total = session.scalar(select(func.count()).select_from(Notice).where(mine)) or 0
        last = max(1, -(-total // PER_PAGE))
        page = min(max(page, 1), last)
        newest = select(Notice).where(mine).order_by(Notice.created_at.desc(), Notice.id.desc())
        found = list(session.scalars(newest.limit(PER_PAGE).offset((page - 1) * PER_PAGE)))
        ways = carried(session, found)
        letters = [_letter(notice, ways.get(notice.id, ())) for notice in found]
        new = [notice.id for notice in found if notice.read_at is None]
        if new:
            session.execute(update(Notice).where(mine, Notice.id.in_(new)).values(read_at=func.now()))
        return Inbox(letters, page, last)


def all_letters(session: Session, person_id: int, limit: int) -> list[Letter]:
    """The newest messages of the person, read or not; none is marked as read."""
    newest = select(Notice).where(Notice.person_id == person_id).order_by(Notice.created_at.desc(), Notice.id.desc())
    return [_letter(notice) for notice in session.scalars(newest.limit(limit))]


def mark_case_read(session: Session, person_id: int, case_reference: str) -> None:
    """The person opened the case that the messages tell of."""
    session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.case_reference == case_reference, Notice.read_at.is_(None))
        .values(read_at=func.now())
    )


def unread_count(session: Session, person_id: int) -> int:
    """How many messages the person has not read."""
    unread = select(func.count()).select_from(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return session.scalar(unread) or 0


def _letter(notice: Notice, ways: Sequence[Carried] = ()) -> Letter:
    values = {name: _unpacked(value) for name, value in notice.values.items()}
    return Letter(
        TEXTS.get(notice.key, UNKNOWN), values, notice.case_reference, notice.created_at, notice.read_at is None, ways
    )
