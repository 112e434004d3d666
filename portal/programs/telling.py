"""Tells families of opportunities that matching found: each once, to whoever of the family has an open login.

Told is what somebody can ask for: a course, a school, help for a business or a house. Cash and food are set by others,
and nobody is told of them, nor of an office's round that takes no registrations now. Nothing is promised.

A person gets one message a run, however much was found: it names the first and counts the rest, so a regency that was
loaded for the first time is not flooded. What rests on a health fact is told to whoever may read that fact, and counted
for nobody else. ``eligible.told_at`` is set by the statement that leaves the messages, so nothing is told twice,
however often and in how many processes the job runs; what nobody could be told yet, for want of a login, stays open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

from portal.core.db import Scope
from portal.core.messages import N_
from portal.core.wording import Message
from portal.extensions import db
from portal.inbox.service import Value, packed
from portal.programs.catalog import CatalogDay, Program
from portal.programs.matching import lock_matches
from portal.programs.models import MATCH_REGENCY
from portal.programs.offerings import Offered, catalog_in

KINDS = frozenset({"training", "school", "business", "housing"})
UNTIL = N_("You can register until %(day)s.")
HOW = N_("The page about it says how to take part.")
AGED = N_("%(name)s, %(age)s years old,")
ALL = N_("See everything under Opportunities.")
MORE = N_("There are %(count)s more like this for your family. See them under Opportunities.")
_AT_ONCE = 1_000  # families told in one transaction
_FINDING = text("SELECT set_config('statement_timeout', '5min', true)")  # one look at the logins of a regency

_WITH_NEWS = text(
    "SELECT DISTINCT f.id FROM family f JOIN member m ON m.family_id = f.id AND m.until IS NULL"
    " JOIN account a ON a.person_id = m.person_id AND a.closed_at IS NULL"
    " WHERE f.regency_id = :regency AND f.closed_on IS NULL AND EXISTS (SELECT FROM eligible e"
    " WHERE e.family_id = f.id AND e.told_at IS NULL AND e.program = ANY (CAST(:codes AS text[]))) ORDER BY f.id"
)
_READER = (
    "SELECT m.family_id, m.person_id, m.relation FROM member m"
    " JOIN family f ON f.id = m.family_id AND f.closed_on IS NULL"
    " JOIN account a ON a.person_id = m.person_id AND a.closed_at IS NULL"
    " WHERE m.family_id = ANY (CAST(:families AS bigint[])) AND m.until IS NULL"
    # Who stands in two families acts in the one seen at activation, else in the first (as the session finds it).
    " AND NOT EXISTS (SELECT FROM member o WHERE o.person_id = m.person_id AND o.until IS NULL"
    " AND (o.family_id <> a.family_id, o.family_id) < (m.family_id <> a.family_id, m.family_id))"
)
_NEWS = (
    "SELECT r.family_id, r.person_id, e.member_id, e.program, w.place, w.told, c.name, c.birth_date,"
    " CASE WHEN e.member_id IS NULL THEN 'chance_family' WHEN c.person_id = r.person_id THEN 'chance_own'"
    " WHEN r.relation IN (1, 2) AND c.relation = 3 THEN 'chance_child' ELSE 'chance_member' END AS key"
    " FROM reader r JOIN eligible e ON e.family_id = r.family_id AND e.told_at IS NULL"
    " JOIN unnest(CAST(:codes AS text[]), CAST(:told AS jsonb[])) WITH ORDINALITY w (code, told, place)"
    " ON w.code = e.program"
    " LEFT JOIN member c ON c.family_id = e.family_id AND c.id = e.member_id"
    # Health facts: that member, and a parent where it is a small child, as the wall of the table has it.
    " WHERE NOT e.about_health OR EXISTS ("
    "SELECT FROM member_health h WHERE h.family_id = e.family_id AND h.member_id = e.member_id"
    " AND (h.person_id = r.person_id OR r.relation IN (1, 2) AND h.birth_date > :day - interval '13 years'))"
)
#: Another process that tells the same family waits here for its rows, and then finds them told.
_TOLD = (
    "UPDATE eligible e SET told_at = now() FROM (SELECT DISTINCT family_id, member_id, program FROM news) n"
    " WHERE e.family_id = n.family_id AND e.program = n.program AND e.member_id IS NOT DISTINCT FROM n.member_id"
    " AND e.told_at IS NULL RETURNING e.family_id, e.member_id, e.program"
)
_SAID = (
    "SELECT n.*, count(*) OVER one - 1 AS rest,"
    " row_number() OVER (one ORDER BY n.place, n.birth_date DESC NULLS LAST, n.member_id) AS nth"
    " FROM news n JOIN told t ON t.family_id = n.family_id AND t.program = n.program"
    " AND t.member_id IS NOT DISTINCT FROM n.member_id WINDOW one AS (PARTITION BY n.family_id, n.person_id)"
)
_AGE = (
    "(extract(year FROM :day) - extract(year FROM s.birth_date)"
    " - (to_char(:day, 'MMDD') < to_char(s.birth_date, 'MMDD'))::int)::text"
)
_WHO = (
    "CASE WHEN s.name IS NULL THEN '{}' WHEN s.birth_date IS NULL THEN jsonb_build_object('who', initcap(s.name))"
    " ELSE jsonb_set(jsonb_set(CAST(:aged AS jsonb), '{who,with,name}', to_jsonb(initcap(s.name))),"
    f" '{{who,with,age}}', to_jsonb({_AGE})) END"
)
_REST = (
    "CASE WHEN s.rest = 0 THEN CAST(:alone AS jsonb)"
    " ELSE jsonb_set(CAST(:more AS jsonb), '{rest,with,count}', to_jsonb(s.rest::text)) END"
)
_LEAVE = text(
    " ".join(
        (
            *("WITH reader AS MATERIALIZED (", _READER, "), news AS MATERIALIZED (", _NEWS, ")"),
            *(", told AS (", _TOLD, "), said AS (", _SAID, ")"),
            'INSERT INTO notice (family_id, person_id, key, "values")',
            *("SELECT s.family_id, s.person_id, s.key, s.told ||", _WHO, "||", _REST),
            "FROM said s WHERE s.nth = 1 ORDER BY s.family_id, s.person_id",
        )
    )
)


def tell_regency(regency_id: int, day: date) -> int:
    """Tell every family of a regency, some at a time, each time in a transaction of its own; gives how many messages.

    Ended in between, the next run tells those that were not told yet.
    """
    scope, told = Scope("worker", job=MATCH_REGENCY), 0
    with db.begin(scope) as session:
        worth = worth_telling(catalog_in(session, regency_id).on(day))
        session.execute(_FINDING)
        asked = {"regency": regency_id, "codes": [program.code for program in worth]}
        waiting = list(session.scalars(_WITH_NEWS, asked)) if worth else []
    for start in range(0, len(waiting), _AT_ONCE):
        with db.begin(scope) as session:
            lock_matches(session, regency_id)
            told += tell_families(session, regency_id, waiting[start : start + _AT_ONCE], day)
    return told


def tell_families(session: Session, regency_id: int, families: Sequence[int], day: date) -> int:
    """Leave the messages of these families of one regency in the open transaction; gives how many."""
    worth = worth_telling(catalog_in(session, regency_id).on(day))
    if not worth:
        return 0
    values = {
        "families": list(families),
        "day": day,
        "codes": [program.code for program in worth],
        "told": [_json(_told(program)) for program in worth],
        "aged": _json({"who": Message(AGED, {"name": "", "age": ""})}),
        "alone": _json({"rest": Message(ALL)}),
        "more": _json({"rest": Message(MORE, {"count": ""})}),
    }
    return cast(CursorResult[Any], session.connection().execute(_LEAVE, values)).rowcount


def worth_telling(catalog: CatalogDay) -> list[Program]:
    """What is told of, in this order: the office's own rounds that end first, then the portal's catalogue."""
    worth = [one for one in catalog.programs if one.kind in KINDS and not one.demo and _is_open(one, catalog.day)]
    return sorted(worth, key=lambda one: (_until(one) or date.max, one.code))


def _is_open(program: Program, day: date) -> bool:
    return not isinstance(program, Offered) or program.round.takes_registrations(day)


def _until(program: Program) -> date | None:
    return program.round.registration_until if isinstance(program, Offered) else None


def _told(program: Program) -> dict[str, Value]:
    """What the message says of it; ``register`` leads to the registration, where the office's round takes some."""
    values: dict[str, Value] = {"program": program.name, "code": program.code}
    until = _until(program)
    if until is None:
        return values | {"how": Message(HOW)}
    return values | {"how": Message(UNTIL, {"day": until}), "register": program.code}


def _json(values: Mapping[str, Value]) -> str:
    return json.dumps(packed(values))
