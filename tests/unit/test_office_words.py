"""The counts of a load have words on the office's page."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

import portal
import portal.exchange
from portal.cases.workflow import Move
from portal.core.wording import Speaker
from portal.exchange.parsers import disbursement_parsers, family_parsers, member_parsers, participation_parsers
from portal.office.reasons import reason_words
from portal.office.trail_words import FACT_WORDS, MOVE_WORDS, facts_of
from portal.office.words import count_words

SPEAKER = Speaker("en", str, str, str)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("unchanged", "unchanged"),
        ("families_touched", "families whose data changed"),
        ("refused.impossible_date", "refused: the date does not exist"),
        ("refused.family_refused", "refused: the row of the family was refused"),
        ("value_dropped.lantai_unknown_code", "value left out: unknown code in LANTAI"),
        ("value_dropped.luas_lantai_m2_not_a_number", "value left out: no number in LUAS_LANTAI_M2"),
        ("kept.unknown_program", "taken over as it is: a programme that is not known"),
        ("finding.nik_in_two_families", "found: a NIK that stands in two families"),
        ("refused.a_new_reason", "refused: a new reason"),
        ("status_changed", "changed: state of the payment"),
        ("power_va_changed", "changed: electric power"),
        ("birth_date_now_known", "known now: birth date"),
        ("colour_changed", "changed: colour"),
        ("something_else", "something else"),
    ],
)
def test_every_count_has_words(key: str, said: str) -> None:
    assert SPEAKER.say(count_words(key)) == said


#: Cells that are wrong in every way that a parser knows.
_SPOILED = (
    *(
        "",
        "  ",
        "x",
        "-1",
        "99",
        "0,0",
        "3.0",
        "1.5E+15",
        "12.34",
        "1.200.000",
        "9" * 20,
        "a" * 600,
        "a\x07b",
        "\ufffd",
    ),
    *("31/12/2020", "2020-01-01 00:00", "31/02/2020", "3510 0101 0190 9001", "0000000000000000", "3510200101909001"),
    *("3510-2001-0190-9001", "35.10.20.1001", "3510201001", "35 10 20 1001", "PROGRAM LAMA"),
)
_WITH_REASON = re.compile(r"\"(?:refused|repaired|value_dropped|kept|warned|finding)\.([a-z0-9_]+)\"")
_COUNTED = re.compile(r"\.(?:warned|finding)\.([a-z0-9_]+)")
_REFUSED = re.compile(r"refuse\(.*\"([a-z0-9_]+)\"(?: if .* else \"([a-z0-9_]+)\")?\)")


def reasons() -> set[str]:
    """Every reason that reading an extract can give: those of its cells, and those that its rows are judged by."""
    parsers = [family_parsers({3510201001}), member_parsers(), participation_parsers()]
    parsers.append(disbursement_parsers(date(2026, 10, 1)))
    notes = {parse(cell)[1] for group in parsers for parse in group.values() for cell in _SPOILED}
    found = {note.partition(".")[2] for note in notes if note}
    for file in Path(portal.exchange.__file__).parent.glob("*.py"):
        source = file.read_text()
        found |= {*_WITH_REASON.findall(source), *_COUNTED.findall(source)}
        found |= {reason for pair in _REFUSED.findall(source) for reason in pair if reason}
    return found


def test_every_reason_of_an_extract_has_words() -> None:
    found = reasons()
    assert {"member_unknown", "family_refused", "nik_in_two_families", "rt_not_a_number", "nama_too_long"} <= found
    assert {one for one in found if reason_words(one).key == "%(reason)s"} == set()


def test_the_facts_beside_an_event_of_the_trail_have_words() -> None:
    """Every fact that is recorded, by the names given to ``record`` anywhere, and every step of a case."""
    sources = (file.read_text() for file in Path(portal.__file__).parent.rglob("*.py"))
    calls = (call for source in sources for call in _RECORDED.findall(source))
    named = {name for call in calls for name in _NAMED.findall(call)} - {"family_id", "session"}
    assert {"staff", "reference", "reason", "helped_by"} <= named
    assert named <= set(FACT_WORDS), named - set(FACT_WORDS)
    assert {move.value for move in Move} <= set(MOVE_WORDS)
    assert (
        facts_of({"field": "housing.floor", "kind": "house"}, str) == "fact: floor · kind: Our house is different now"
    )
    data = {"move": "taken", "lines": ["x", "y"], "hidden": True, "staff": 5, "area": None}
    assert facts_of(data, str.upper) == "HIDDEN FROM THE FAMILY: YES · LINES: x, y · STEP: TAKEN · OFFICER: 5"


_RECORDED = re.compile(r"\brecord\(\s*(?:session|transaction|connection),\s*((?:[^()]|\([^()]*\))*)\)")
_NAMED = re.compile(r"(?:^|[\s,({])\"?([a-z_]+)\"?(?:=|: )(?!=)")
