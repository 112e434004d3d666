"""Removes what the register of keeping says, as the worker, in batches, with an event in the same transaction.

The rules are SQL, because what they remove belongs to features above this one. What a feature sweeps itself (sessions,
counters, drafts, files) stays its own: the rule names the job, and counts for ``--dry-run``.

The record, the cases and the trail have no period until the office gives one: without it their rules do nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.db import Scope
from portal.core.jobs import PERIODIC, periodic
from portal.extensions import blobs, db
from portal.privacy.retention import days_of, given_periods, kinds_of_office

BATCH = 500  # rows of one transaction
_SCOPE = Scope("worker", job="purge_privacy")
_ORPHAN_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind is removed: the table, and which rows (``:before`` is the moment that the period reaches back to).

    ``first`` are tables whose rows hang on them and go first, with the columns that hold the row's ``ids``. ``people``:
    then also those who stand nowhere any more. ``empties`` sets a column to a value in the place of removing the row.
    ``job`` is the feature's own sweep. ``call`` is a function of the database that removes and counts, and ``counts``
    the one that only counts.
    """

    key: str
    table: str
    where: str
    first: tuple[tuple[str, str], ...] = ()
    ids: str = "id"
    people: bool = False
    empties: str = ""
    job: str = ""
    call: str = ""
    counts: str = ""


#: What hangs on a family or a case, and who is named where: a test holds the lists to the keys of the database.
OF_FAMILY = (
    "case_draft", "companion", "consent", "desil", "disbursement", "eligible", "finding", "housing", "look", "mandate",
    "member_health", "member", "notice", "participation", "pin_reset", "push_subscription", "record_change",
    "slip", "staff_kinship", "statement",
)  # fmt: skip
OF_CASE = ("case_event", "case_file", "sealed_opening")  # beside what the database lets go with it
NAMES_PERSON = (
    "account.person_id", "case_draft.person_id", "cases.person_id", "cases.about_person_id", "consent.person_id",
    "delivery.person_id", "look.person_id", "mandate.person_id", "member.person_id", "member_health.person_id",
    "notice.person_id", "pin_reset.person_id", "place.person_id", "push_subscription.person_id",
    "said_right.person_id", "slip.person_id",
)  # fmt: skip

RULES: tuple[Rule, ...] = (
    Rule("sessions", "web_session", "ended_at < :before OR expires_at < :before", job="sweep_sessions"),
    Rule(
        "sign_in_tries",
        "signin_guard",
        "last_failed_at < :before AND (locked_until IS NULL OR locked_until < :now)",
        job="sweep_signin_counters",
    ),
    Rule("pin_trials", "pin_trial", "at < :before", job="sweep_pin_trials"),
    Rule("drafts", "case_draft", "updated_at < :before", job="sweep_drafts"),
    Rule("devices", "known_device", "last_seen_at < :before"),
    Rule("staff_devices", "staff_device", "last_seen_at < :before"),
    Rule("pairings", "helped_pairing", "expires_at < :before"),
    Rule(
        "resets",
        "pin_reset",
        "started_at < :before AND (used_at IS NOT NULL OR called_off_at IS NOT NULL OR EXISTS ("
        "SELECT FROM slip s WHERE s.serial = pin_reset.serial AND s.expires_at < :before))",
    ),
    Rule(
        "slips_unused",
        "slip",
        "used_at IS NULL AND expires_at < :before"
        " AND NOT EXISTS (SELECT FROM pin_reset r WHERE r.serial = slip.serial)",
    ),
    Rule(
        "slips_used",
        "slip",
        "used_at < :before AND NOT EXISTS (SELECT FROM pin_reset r WHERE r.serial = slip.serial)",
    ),
    Rule(
        "accounts_closed",
        "account",
        "closed_at < :before",
        first=tuple((table, "account_id") for table in ("known_device", "helped_pairing", "web_session")),
    ),
    Rule("notices", "notice", "created_at < :before"),
    Rule(
        "news_devices",
        "push_subscription",
        "created_at < :before AND NOT EXISTS ("
        "SELECT FROM account a WHERE a.person_id = push_subscription.person_id AND a.closed_at IS NULL)",
    ),
    Rule("looks", "look", "at < :before"),
    Rule(
        "said_right",
        "said_right",
        # Void: the fact changed again. Of a member's facts alone does the subject's number say whose they are.
        "said_at < :before OR EXISTS (SELECT FROM record_change c JOIN record_change n ON n.family_id = c.family_id"
        " AND n.id > c.id AND n.subject = c.subject AND n.field = c.field"
        " AND (c.subject NOT IN ('member', 'member_health') OR n.subject_id = c.subject_id)"
        " WHERE c.family_id = said_right.family_id AND c.id = said_right.change_id)",
    ),
    Rule(
        "consents",
        "consent",
        "at < :before AND EXISTS (SELECT FROM consent c WHERE c.person_id = consent.person_id"
        " AND c.purpose = consent.purpose AND c.id > consent.id)",
    ),
    Rule(
        "contacts",
        "contact",
        "since < :before AND NOT EXISTS (SELECT FROM account a WHERE a.person_id = contact.person_id"
        " AND (a.closed_at IS NULL OR a.closed_at >= :before))",
    ),
    Rule("proposals", "proposal", "closed_at < :before"),
    Rule("mandates", "mandate", "ended_at < :before OR until < CAST(:before AS date)"),
    Rule(
        "invitations",
        "staff_invitation",
        "used_at < :before OR revoked_at < :before OR used_at IS NULL AND expires_at < :before",
    ),
    Rule("alarms", "staff_alarm", "raised_at < :before"),
    Rule(
        "officer_photos",
        "staff_photo",
        "put_at < :before AND NOT EXISTS (SELECT FROM staff s WHERE s.id = staff_photo.staff_id AND s.active)",
    ),
    Rule(
        "load_reports",
        "extract_load",
        "created_at < :before AND report <> '{}' AND state IN ('loaded', 'cancelled')",
        empties="report = '{}'",
    ),
    Rule("findings", "finding", "resolved_at < :before"),
    Rule("breaches", "breach", "closed_at < :before"),
    Rule(
        "conflicts",
        "nik_conflict",
        "greatest(met_at, answered_at) < :before AND 2 > ("
        "SELECT count(*) FROM member m JOIN family f ON f.id = m.family_id AND f.closed_on IS NULL"
        " WHERE m.person_id = nik_conflict.person_id AND m.until IS NULL)",
    ),
    Rule(
        "staging",
        "extract_load",
        "state = 'awaiting_confirmation' AND created_at < :before",
        call="held_loads_drop(:before)",
    ),
    Rule(
        "cases",
        "cases",
        # An appeal stands on the case that it is about, so that it goes first.
        "closed_at < :before AND NOT EXISTS (SELECT FROM cases o WHERE o.first_case = cases.reference)",
        first=tuple((table, "family_id, case_id") for table in OF_CASE),
        ids="family_id, id",
    ),
    Rule(
        "record",
        "family",
        "closed_on < CAST(:before AS date) AND NOT EXISTS (SELECT FROM cases c WHERE c.family_id = family.id)",
        first=tuple((table, "family_id") for table in OF_FAMILY),
        people=True,
    ),
    Rule("trail", "audit_event", "", call=f"audit_forget({BATCH})", counts="audit_due()"),
)
FILES = "files"  # on disk and not in a table


def without_period() -> list[str]:
    """The kinds for which the office gave no period yet: nothing of them is removed."""
    with db.begin(_SCOPE) as session:
        given = given_periods(session)
    return [kind for kind in kinds_of_office() if kind not in given]


def count_due() -> dict[str, int]:
    """How much of each kind would go now."""
    found = {}
    for rule in RULES:
        with db.begin(_SCOPE) as session:
            found[rule.key] = _count(session, rule)
    found[FILES] = blobs.sweep(_known_files, older_than_s=_ORPHAN_S, remove=False)
    return found


def purge() -> Iterator[tuple[str, int]]:
    """Remove what is due, kind by kind; gives each kind with the number that went. Run again it finds nothing."""
    for rule in RULES:
        yield rule.key, _by_job(rule.key, rule.job) if rule.job else _remove(rule)
    yield FILES, _by_job(FILES, "sweep_blobs")


@periodic("20 19 * * *")
def purge_privacy() -> int:
    """Every night: what the register of keeping says."""
    return sum(number for _, number in purge())


def _count(session: Session, rule: Rule) -> int:
    before = _before(session, rule)
    if before is None:
        return 0
    query = rule.counts or f"count(*) FROM {rule.table} WHERE {rule.where}"
    return int(session.execute(text(f"SELECT {query}"), _moments(before)).scalar_one())


def _by_job(key: str, job: str) -> int:
    gone = PERIODIC[job]()
    if gone:
        with db.begin(_SCOPE) as session:
            record(session, Event.DATA_PURGED, kind=key, count=gone)
    return gone


def _remove(rule: Rule) -> int:
    removed = 0
    while True:
        with db.begin(_SCOPE) as session:
            before = _before(session, rule)
            gone = 0 if before is None else _remove_some(session, rule, _moments(before))
            if gone:
                record(session, Event.DATA_PURGED, kind=rule.key, count=gone)
        removed += gone
        if gone < BATCH:
            return removed


def _remove_some(session: Session, rule: Rule, moments: dict[str, object]) -> int:
    """One batch, in the open transaction."""
    # The constants of this module, never anything that was typed.
    if rule.call:
        return int(session.execute(text(f"SELECT {rule.call}"), moments).scalar_one())
    if rule.first:
        return _remove_whole(session, rule, moments)
    some = f"SELECT ctid FROM {rule.table} WHERE {rule.where} LIMIT {BATCH}"  # noqa: S608
    act = f"UPDATE {rule.table} SET {rule.empties}" if rule.empties else f"DELETE FROM {rule.table}"  # noqa: S608
    return len(session.execute(text(f"{act} WHERE ctid IN ({some}) RETURNING 1"), moments).all())


def _remove_whole(session: Session, rule: Rule, moments: dict[str, object]) -> int:
    """The same where other rows hang on them."""
    due = session.execute(
        text(f"SELECT {rule.ids} FROM {rule.table} WHERE {rule.where} LIMIT {BATCH}"),  # noqa: S608
        moments,
    ).all()
    if not due:
        return 0
    listed = {f"ids{place}": list(column) for place, column in enumerate(zip(*due, strict=True))}
    arrays = ", ".join(f"CAST(:{name} AS bigint[])" for name in listed)
    picked = f"IN (SELECT * FROM unnest({arrays}))"  # noqa: S608
    people = _members(session, listed["ids0"]) if rule.people else []
    for table, columns in rule.first:
        session.execute(text(f"DELETE FROM {table} WHERE ({columns}) {picked}"), listed)  # noqa: S608
    session.execute(text(f"DELETE FROM {rule.table} WHERE ({rule.ids}) {picked}"), listed)  # noqa: S608
    if people:
        _forget_people(session, people)
    return len(due)


def _members(session: Session, families: list[int]) -> list[int]:
    query = text("SELECT DISTINCT person_id FROM member WHERE family_id = ANY (:families)")
    return list(session.scalars(query, {"families": families}))


def _forget_people(session: Session, people: list[int]) -> None:
    """Those of them who are named nowhere any more; who has a login or another family stays."""
    named = (one.split(".") for one in NAMES_PERSON)
    nowhere = " AND ".join(f"NOT EXISTS (SELECT FROM {table} n WHERE n.{name} = person.id)" for table, name in named)
    query = text(f"SELECT id FROM person WHERE id = ANY (:people) AND {nowhere}")  # noqa: S608
    free = {"free": list(session.scalars(query, {"people": people}))}
    hanging = [(table, "person_id") for table in ("contact", "nik_conflict", "nik_index")]
    for table, column in (*hanging, ("person", "id")):
        session.execute(text(f"DELETE FROM {table} WHERE {column} = ANY (:free)"), free)  # noqa: S608


def _before(session: Session, rule: Rule) -> datetime | None:
    """The moment that the period of a kind reaches back to; None where the office gave none."""
    if rule.key not in kinds_of_office():
        return now() - timedelta(days=days_of(rule.key))
    given = given_periods(session).get(rule.key)
    return None if given is None else now() - timedelta(days=given.days)


def _moments(before: datetime) -> dict[str, object]:
    return {"before": before, "now": now()}


def _known_files(names: list[str]) -> set[str]:
    with db.begin(_SCOPE) as session:
        query = text(
            "SELECT blob FROM case_file WHERE blob = ANY (:names)"
            " UNION SELECT blob FROM staff_photo WHERE blob = ANY (:names)"
            " UNION SELECT blob FROM proposal_file WHERE blob = ANY (:names)"
        )
        return set(session.execute(query, {"names": names}).scalars())
