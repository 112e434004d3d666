"""Removes what the register of keeping says, as the worker, in batches, with an event in the same transaction.

The rules are SQL, because what they remove belongs to features above this one. What a feature sweeps itself (sessions,
counters, drafts, files) stays its own: the rule names the job, and counts for ``--dry-run``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.db import Scope
from portal.core.jobs import PERIODIC, periodic
from portal.extensions import blobs, db
from portal.privacy.retention import days_of

BATCH = 500  # rows of one transaction
_SCOPE = Scope("worker", job="purge_privacy")
_ORPHAN_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind is removed: the table, and which rows (``:before`` is the moment that the period reaches back to).

    ``first`` are tables whose rows hang on them and go first, with their column and the table's own. ``empties`` sets
    a column to a value in the place of removing the row. ``job`` is the feature's own sweep.
    """

    key: str
    table: str
    where: str
    first: tuple[tuple[str, str, str], ...] = ()
    empties: str = ""
    job: str = ""


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
        first=tuple((table, "account_id", "id") for table in ("known_device", "helped_pairing", "web_session")),
    ),
    Rule("notices", "notice", "created_at < :before"),
    Rule("looks", "look", "at < :before"),
    Rule(
        "consents",
        "consent",
        "at < :before AND EXISTS (SELECT FROM consent c WHERE c.person_id = consent.person_id"
        " AND c.purpose = consent.purpose AND c.id > consent.id)",
    ),
    Rule("mandates", "mandate", "ended_at < :before OR until < CAST(:before AS date)"),
    Rule(
        "invitations",
        "staff_invitation",
        "used_at < :before OR revoked_at < :before OR used_at IS NULL AND expires_at < :before",
    ),
    Rule("alarms", "staff_alarm", "raised_at < :before"),
    Rule(
        "load_reports",
        "extract_load",
        "created_at < :before AND report <> '{}' AND state IN ('loaded', 'cancelled')",
        empties="report = '{}'",
    ),
    Rule("findings", "finding", "resolved_at < :before"),
    Rule("breaches", "breach", "closed_at < :before"),
)
FILES = "files"  # on disk and not in a table


def count_due() -> dict[str, int]:
    """How much of each kind would go now."""
    found = {}
    for rule in RULES:
        with db.begin(_SCOPE) as session:
            query = text(f"SELECT count(*) FROM {rule.table} WHERE {rule.where}")  # noqa: S608 - constants of ours
            found[rule.key] = int(session.execute(query, _moments(rule)).scalar_one())
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


def _by_job(key: str, job: str) -> int:
    gone = PERIODIC[job]()
    if gone:
        with db.begin(_SCOPE) as session:
            record(session, Event.DATA_PURGED, kind=key, count=gone)
    return gone


def _remove(rule: Rule) -> int:
    removed = 0
    while True:
        gone = _remove_some(rule)
        removed += gone
        if gone < BATCH:
            return removed


def _remove_some(rule: Rule) -> int:
    """One batch in one transaction."""
    # The constants of this module, never anything that was typed.
    some = f"SELECT ctid FROM {rule.table} WHERE {rule.where} LIMIT {BATCH}"  # noqa: S608
    act = f"UPDATE {rule.table} SET {rule.empties}" if rule.empties else f"DELETE FROM {rule.table}"  # noqa: S608
    with db.begin(_SCOPE) as session:
        for table, column, of in rule.first:
            hanging = f"SELECT {of} FROM {rule.table} WHERE {rule.where}"  # noqa: S608
            session.execute(text(f"DELETE FROM {table} WHERE {column} IN ({hanging})"), _moments(rule))  # noqa: S608
        gone = session.execute(text(f"{act} WHERE ctid IN ({some}) RETURNING 1"), _moments(rule)).all()
        if gone:
            record(session, Event.DATA_PURGED, kind=rule.key, count=len(gone))
    return len(gone)


def _moments(rule: Rule) -> dict[str, object]:
    return {"before": now() - timedelta(days=days_of(rule.key)), "now": now()}


def _known_files(names: list[str]) -> set[str]:
    with db.begin(_SCOPE) as session:
        query = text("SELECT blob FROM case_file WHERE blob = ANY (:names)")
        return set(session.execute(query, {"names": names}).scalars())
