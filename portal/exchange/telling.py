"""Tells families what a load ended or lowered, in the transaction that loads it: all of it is told, or nothing.

Set by set: what is new is gathered by family into one table, the few different wordings are made here, and one
statement leaves the messages. Whoever of the family has an open login is told; a thing is told to a person once,
however often its load runs. A rehearsal and a load that the brake holds are undone with their messages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import text

from portal.core.messages import N_
from portal.core.wording import Localised, Message
from portal.inbox.service import Value, packed
from portal.programs.catalog import CatalogDay, NamedProgram, Program, catalog_on, default, fold
from portal.programs.desil_rules import range_of
from portal.programs.local_rules import local_rules
from portal.programs.payment_labels import MEANINGS, Tone, meaning_of
from portal.programs.payments import RECENT_STAGES
from portal.programs.stages import STAGES_A_YEAR, stage_on
from portal.programs.stop_reasons import NOT_RECORDED, stop_reason
from portal.registry.facts import ParticipationFacts
from portal.registry.merge import Load

HEALTH = "PBI-JK"
UNTIL = N_("You can object until %(day)s.")
#: Folded as by :func:`portal.programs.catalog.fold`.
_CODE = (
    r"coalesce((SELECT code FROM program_word w WHERE w.word ="
    r" upper(regexp_replace(btrim(\1), '[\\s_-]+', '-', 'g'))), \1)"
)


def _coded(sql: str) -> str:
    """``sql`` with ``CODE(column)`` as the stable code of the programme that the column names in the record's words."""
    return re.sub(r"CODE\(([\w.]+)\)", _CODE, sql)


def tell_families(load: Load) -> int:
    """Leave the messages of a merged load; gives how many. ``load`` still holds what the merge noted."""
    counts = load.counts
    ended = counts["kepesertaan.ended"] + counts["kepesertaan.closed"]
    payments = counts["penyaluran.status_changed"] + counts["penyaluran.amount_changed"] + counts["penyaluran.new"]
    ranks = counts["keluarga.desil_changed"]
    if not (ended or payments or ranks or counts["keluarga.closed"]):
        return 0
    catalog = catalog_on(load.as_of)
    _prepare(load, catalog)
    _analyse(load, "ended", "closed_participation", "desil_new", "made_change")
    if counts["keluarga.closed"]:
        load.run(_CLOSED)
    if ended:
        load.run(_coded(_ENDED))
    if ranks:
        load.run(_coded(_OUT_OF_RANGE))
    if payments:
        _tell_of_stopped(load)
    if counts["penyaluran.amount_changed"]:
        load.run(_LOWERED)
    return _leave_messages(load, catalog)


def _analyse(load: Load, *tables: str) -> None:
    """Give the planner the numbers of these passing tables: without them it looked up millions of rows one by one."""
    for table in tables:
        load.run(f"ANALYZE {table}")


def _tell_of_stopped(load: Load) -> None:
    oldest = stage_on(load.as_of).ordinal - RECENT_STAGES
    if load.run(_HELD_UP.replace("STAGES", str(STAGES_A_YEAR)).replace("OLDEST", str(oldest))):
        _analyse(load, "held_up", "disbursement_pair")
        load.run(_STOPPED)


def _prepare(load: Load, catalog: CatalogDay) -> None:
    """The table of what is to be told, the record's words for programmes, and their desil ranges."""
    load.run(
        "CREATE TEMP TABLE bad_news (family_id bigint, key text, told text, thing text, more jsonb) ON COMMIT DROP"
    )
    load.run("CREATE TEMP TABLE program_word (word text PRIMARY KEY, code text) ON COMMIT DROP")
    load.run("CREATE TEMP TABLE stopping_word (word text PRIMARY KEY) ON COMMIT DROP")
    load.run("CREATE TEMP TABLE program_range (code text PRIMARY KEY, sure smallint, maybe smallint) ON COMMIT DROP")
    entries: list[Program | NamedProgram] = [*default().programs, *default().named]
    words = {(fold(name), entry.code) for entry in entries for name in (entry.code, *entry.aliases)}
    stopping = [label for label, meaning in MEANINGS.items() if meaning.tone is Tone.STOP]
    ranges = [(program.code, *found) for program in catalog.programs if (found := range_of(program))]
    run = load.connection.execute
    run(text("INSERT INTO program_word VALUES (:word, :code)"), [{"word": w, "code": c} for w, c in sorted(words)])
    run(text("INSERT INTO stopping_word VALUES (:word)"), [{"word": label} for label in stopping])
    if ranges:
        values = [{"code": code, "sure": sure, "maybe": maybe} for code, sure, maybe in ranges]
        run(text("INSERT INTO program_range VALUES (:code, :sure, :maybe)"), values)


_CLOSED = (
    "INSERT INTO bad_news SELECT f.id, 'family_closed', '[]', 'closed/' || :as_of::text, '{}'"
    " FROM family f WHERE f.regency_id = :regency AND f.closed_on = :as_of AND f.extract_id = :load"
)
#: One row for a family, a programme, a cause and a day; a member's by name. What goes on under another row has not
#: ended; of a family that is gone from the data without a cause, the family's own message says it.
_ENDED = (
    "INSERT INTO bad_news SELECT p.family_id, 'aid_ended',"
    " json_build_array(p.program, p.reason, coalesce(p.until, p.ended_as_of), count(m.id) > 0)::text,"
    " 'ended/' || p.program || '/' || p.ended_as_of || coalesce('/' || min(p.member_id), ''),"
    " jsonb_strip_nulls(jsonb_build_object('label', p.program,"
    " 'who', string_agg(initcap(m.name), ', ' ORDER BY m.relation, m.id)))"
    " FROM (SELECT family_id, id FROM ended UNION SELECT family_id, id FROM closed_participation) e"
    " JOIN participation p ON p.family_id = e.family_id AND p.id = e.id AND p.active IS FALSE"
    " LEFT JOIN member m ON m.family_id = p.family_id AND m.id = p.member_id"
    " WHERE NOT EXISTS (SELECT FROM participation g WHERE g.family_id = p.family_id AND g.active"
    " AND coalesce(g.member_id, 0) = coalesce(p.member_id, 0) AND CODE(g.program) = CODE(p.program))"
    " AND NOT (p.reason IS NULL AND EXISTS ("
    "SELECT FROM bad_news b WHERE b.family_id = p.family_id AND b.key = 'family_closed'))"
    " GROUP BY p.family_id, p.program, p.reason, p.until, p.ended_as_of"
)
#: A rank that leaves the range of what goes on. Nothing is decided by it, and the message says so.
_OUT_OF_RANGE = (
    "INSERT INTO bad_news SELECT d.family_id, 'desil_out',"
    " json_build_array(d.old, d.desil, json_agg(DISTINCT r.code ORDER BY r.code))::text,"
    " 'desil/' || d.ranked_on || '/' || d.desil, '{}' FROM desil_new d"
    " JOIN participation p ON p.family_id = d.family_id AND p.active"
    " JOIN program_range r ON r.code = CODE(p.program) AND d.old <= r.maybe AND d.desil > r.sure"
    " WHERE NOT d.is_new AND d.desil > d.old GROUP BY d.family_id, d.old, d.desil, d.ranked_on"
)
_LOWERED = (
    "INSERT INTO bad_news SELECT o.family_id, 'payment_lowered', json_build_array(o.program, o.year, o.stage)::text,"
    " 'lowered/' || o.id || '/' || o.amount, jsonb_build_object('payment', o.id::text)"
    " FROM made_change c JOIN disbursement o ON o.family_id = c.family_id AND o.id = c.subject_id"
    " JOIN record_change r ON r.family_id = c.family_id AND r.extract_id = :load AND r.subject = 'disbursement'"
    " AND r.subject_id = c.subject_id AND r.field = 'amount'"
    " WHERE c.subject = 'disbursement' AND c.field = 'amount' AND r.new::bigint < r.old::bigint"
)


#: Payments of this stage and the one before that stand under a label that stops them.
_HELD_UP = (
    "CREATE TEMP TABLE held_up ON COMMIT DROP AS SELECT DISTINCT k.family_id, s.program, s.year, s.stage, s.status"
    " FROM {disbursement} s JOIN stopping_word w ON w.word = s.status"
    " JOIN family_key k ON k.number = s.number AND NOT k.is_new WHERE s.year * STAGES + s.stage - 1 >= OLDEST"
)
#: Of those, the ones that this load brought, or whose label it changed.
_STOPPED = (
    "INSERT INTO bad_news SELECT o.family_id, 'payment_stopped',"
    " json_build_array(o.program, o.year, o.stage, o.status)::text,"
    " 'payment/' || o.id || '/' || o.status, jsonb_build_object('payment', o.id::text)"
    " FROM held_up s JOIN disbursement o ON o.family_id = s.family_id AND o.program = s.program AND o.year = s.year"
    " AND o.stage = s.stage AND o.extract_id = :load AND o.status = s.status AND o.paid_on IS NULL"
    " LEFT JOIN disbursement_pair q ON q.of_family = o.family_id AND q.of_id = o.id"
    " LEFT JOIN (SELECT DISTINCT family_id, subject_id FROM made_change WHERE subject = 'disbursement'"
    " AND field = 'status') c ON c.family_id = o.family_id AND c.subject_id = o.id"
    " WHERE q.of_id IS NULL OR c.subject_id IS NOT NULL"
)


_MESSAGES = text(
    'INSERT INTO notice (family_id, person_id, key, "values")'
    " SELECT n.family_id, m.person_id, w.stored, w.told_values || n.more || jsonb_build_object('thing', n.thing)"
    " FROM bad_news n JOIN unnest(CAST(:keys AS text[]), CAST(:told AS text[]), CAST(:stored AS text[]),"
    " CAST(:values AS jsonb[])) AS w (key, told, stored, told_values) ON w.key = n.key AND w.told = n.told"
    " JOIN member m ON m.family_id = n.family_id AND m.until IS NULL"
    " JOIN account a ON a.person_id = m.person_id AND a.closed_at IS NULL"
    # Who stands in two families acts in the one seen at activation, else in the first (as the session finds it).
    " WHERE NOT EXISTS (SELECT FROM member o WHERE o.person_id = m.person_id AND o.until IS NULL"
    " AND (o.family_id <> a.family_id, o.family_id) < (m.family_id <> a.family_id, m.family_id))"
    " AND NOT EXISTS (SELECT FROM notice t WHERE t.family_id = n.family_id AND t.person_id = m.person_id"
    " AND t.key = w.stored AND t.values ->> 'thing' = n.thing)"
)


def _leave_messages(load: Load, catalog: CatalogDay) -> int:
    """Word each different thing once, and leave it for everybody whom it is about."""
    _analyse(load, "bad_news")
    found = load.connection.execute(text("SELECT DISTINCT key, told FROM bad_news ORDER BY 1, 2")).all()
    if not found:
        return 0
    worded = [_WORDED[key](json.loads(told), load, catalog) for key, told in found]
    values = {
        "keys": [key for key, _ in found],
        "told": [told for _, told in found],
        "stored": [stored for stored, _ in worded],
        "values": [json.dumps(packed(told)) for _, told in worded],
    }
    return load.connection.execute(_MESSAGES, values).rowcount


_Worded = tuple[str, Mapping[str, Value]]


def _closed(_told: list[Any], load: Load, _catalog: CatalogDay) -> _Worded:
    return "family_closed", {"day": load.as_of, "until": _until(load)}


def _ended(told: list[Any], load: Load, catalog: CatalogDay) -> _Worded:
    label, reason, day, of_member = told
    on = date.fromisoformat(day)
    explained = stop_reason(ParticipationFacts(label, None, on, False, reason)) or NOT_RECORDED
    values: dict[str, Value] = {
        "program": catalog.name_of(label),
        "day": on,
        "as_of": load.as_of,
        "cause": explained.cause,
        "todo": explained.todo,
        "until": _until(load),
    }
    if catalog.code_of(label) == HEALTH:
        return "health_ended_member" if of_member else "health_ended", values
    return "aid_ended_member" if of_member else "aid_ended", values


def _out_of_range(told: list[Any], _load: Load, catalog: CatalogDay) -> _Worded:
    before, now, codes = told
    rules = [catalog.by_code[code].desil_text for code in codes]
    said = [rule for rule in rules if rule is not None]
    joined = Localised(id=" ".join(rule.id for rule in said), en=" ".join(rule.en for rule in said))
    return "desil_out", {"before": before, "now": now, "rules": joined}


def _stopped(told: list[Any], _load: Load, catalog: CatalogDay) -> _Worded:
    label, year, stage, status = told
    meaning = meaning_of(status)
    values: dict[str, Value] = {"program": catalog.name_of(label), "year": year, "stage": stage}
    return "payment_stopped", values | {"meaning": meaning.meaning, "actor": meaning.actor, "todo": meaning.todo}


def _lowered(told: list[Any], load: Load, catalog: CatalogDay) -> _Worded:
    label, year, stage = told
    return "payment_lowered", {"program": catalog.name_of(label), "year": year, "stage": stage, "day": load.as_of}


_WORDED = {
    "family_closed": _closed,
    "aid_ended": _ended,
    "desil_out": _out_of_range,
    "payment_stopped": _stopped,
    "payment_lowered": _lowered,
}


def _until(load: Load) -> Message | Localised:
    """The last day to object where a sure rule gives one, else that sources differ and to be quick."""
    rule = local_rules().objecting_in(load.regency_id, load.as_of)
    last = rule.last_day(load.as_of)
    return Message(UNTIL, {"day": last}) if last else rule.text
