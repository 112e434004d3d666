"""The trail as the auditor reads it: by time, filtered, and without the data of families.

The database does the hiding: the view ``audit_trail`` shows marks in the place of families and people, a list of
harmless data keys, and nothing at all to any other role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from portal.audit.trail import Event
from portal.core.clock import now

PER_PAGE = 50
_FIRST_STEP = timedelta(minutes=5)
_WIDER = 8
#: Events that somebody ought to look into.
ALARMS = frozenset(
    {
        Event.PIN_SPRAYED,
        Event.CODE_GUESSED,
        Event.KIOSK_TRIED,
        Event.SESSION_CARRIED_OFF,
        Event.BROWSING_ALARM,
        Event.CHECK_SWEPT,
        Event.PASSKEY_COPIED,
        Event.RESET_REFUSED,
        Event.BREACH_RECORDED,
    }
)
ACTOR_KINDS = ("family", "staff", "anonymous", "worker", "owner")

_PAGE = text("""
    SELECT t.at, t.shard, t.seq, t.event, t.actor_kind, t.staff_id, s.name AS staff_name,
        s.title AS staff_title, t.person_mark, t.family_mark,
        t.data
    FROM audit_trail t LEFT JOIN staff s ON s.id = t.staff_id
    WHERE t.at >= :since AND t.at < :until
      AND (t.at, t.shard, t.seq) < (:before_at, CAST(:before_shard AS smallint), CAST(:before_seq AS bigint))
      AND (CAST(:events AS text[]) IS NULL OR t.event = ANY (:events))
      AND (CAST(:actor_kind AS text) IS NULL OR t.actor_kind = :actor_kind)
      AND (CAST(:staff AS text) IS NULL OR s.name ILIKE '%' || :staff || '%')
      AND (CAST(:mark AS text) IS NULL OR t.family_mark = :mark)
    ORDER BY t.at DESC, t.shard DESC, t.seq DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: the event by its time, shard and number."""

    at: datetime
    shard: int
    seq: int

    def __str__(self) -> str:
        return f"{int(self.at.timestamp() * 1_000_000)}-{self.shard}-{self.seq}"

    @staticmethod
    def parse(written: str) -> Place | None:
        """The place, or None where that is none."""
        try:
            micros, shard, seq = (int(part) for part in written.split("-"))
            seconds, rest = divmod(micros, 1_000_000)
            if not (0 <= shard < 256 and 0 <= seq < 2**63):
                return None
            return Place(datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest), shard, seq)
        except (ValueError, OverflowError, OSError):
            return None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events: from a moment (included) until another (not included), and more where it is given."""

    since: datetime
    until: datetime
    event: str | None = None
    actor_kind: str | None = None
    staff: str | None = None
    mark: str | None = None
    alarms_only: bool = False

    @property
    def events(self) -> list[str] | None:
        """The kinds of events, or None for all."""
        if self.event:
            return [self.event] if not self.alarms_only or self.event in ALARMS else []
        return sorted(ALARMS) if self.alarms_only else None


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the list."""

    place: Place
    event: str
    actor_kind: str
    staff_name: str | None
    staff_title: str | None
    person_mark: str | None
    family_mark: str | None
    data: Mapping[str, Any]

    @property
    def is_alarm(self) -> bool:
        """Whether somebody ought to look into it."""
        return self.event in ALARMS


def read(session: Session, wanted: Filter, before: Place | None = None) -> tuple[list[Line], Place | None]:
    """A page of events, newest first, and where the next one begins (None: this is the last).

    The view is a barrier, which works out every row of the period before the newest are taken. So the newest minutes
    are asked first, and more only where they do not fill the page.
    """
    start = before or Place(wanted.until, 0, 0)
    values = {
        "until": wanted.until,
        "before_at": start.at,
        "before_shard": start.shard,
        "before_seq": start.seq,
        "events": wanted.events,
        "actor_kind": wanted.actor_kind,
        "staff": _plain(wanted.staff),
        "mark": wanted.mark,
        "most": PER_PAGE + 1,
    }
    rows: Sequence[Row[Any]] = ()
    for since in _widening(min(start.at, wanted.until, now()), wanted.since):
        rows = session.execute(_PAGE, values | {"since": since}).all()
        if len(rows) > PER_PAGE:
            break
    lines = [_line(row) for row in rows[:PER_PAGE]]
    return lines, lines[-1].place if len(rows) > PER_PAGE else None


def _line(row: Row[Any]) -> Line:
    place = Place(row.at, row.shard, row.seq)
    who = (row.staff_name, row.staff_title, row.person_mark, row.family_mark)
    return Line(place, row.event, row.actor_kind, *who, row.data)


def _widening(end: datetime, since: datetime) -> Iterator[datetime]:
    """Where ever longer periods before ``end`` begin; the last one is ``since``."""
    step = _FIRST_STEP
    while end - since > step:
        yield end - step
        step *= _WIDER
    yield since


def _plain(typed: str | None) -> str | None:
    """What was typed, with the signs that LIKE reads taken as themselves."""
    if not typed:
        return None
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
