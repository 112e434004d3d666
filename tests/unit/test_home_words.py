"""Pure parts of the family's pages: written names, checked values in the record, an unclear payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.names import written_name
from portal.home.checked import with_statements
from portal.registry.facts import FamilyFacts, HealthFacts, HousingFacts, MemberFacts
from portal.registry.models import Statement


@pytest.mark.parametrize(
    ("recorded", "written"),
    [
        ("SITI AMINAH", "Siti Aminah"),
        ("  SITI   AMINAH ", "Siti Aminah"),
        ("M. YUSUF AL-AMIN", "M. Yusuf Al-Amin"),
        ("NUR'AINI", "Nur'aini"),
        ("Siti McKenzie", "Siti McKenzie"),
        ("", ""),
    ],
)
def test_names_as_they_are_written(recorded: str, written: str) -> None:
    assert written_name(recorded) == written


@given(st.text(max_size=40))
def test_a_written_name_keeps_its_letters(recorded: str) -> None:
    assert written_name(recorded).casefold().split() == " ".join(recorded.split()).casefold().split()


def stated(
    subject: str, field: str, value: str | None, *, member: int | None = None, state: str = "waiting"
) -> Statement:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Statement(subject=subject, subject_id=member, field=field, value=value, state=state, stated_at=at)


FACTS = FamilyFacts(
    1,
    3510142015,
    members=(MemberFacts(7, 70, "Siti", date(1986, 5, 12), school_level="SD"), MemberFacts(8, 80, "Agus")),
    housing=HousingFacts(roof=2, floor_area_m2=36.0),
)


def test_statements_stand_in_place_of_official_values() -> None:
    checked = with_statements(
        FACTS,
        [
            stated("housing", "roof", "6"),
            stated("housing", "roof", "1"),  # an older one
            stated("housing", "floor_area_m2", "24.5"),
            stated("housing", "savings", "true"),
            stated("member", "school_level", "SMP", member=7),
            stated("member", "school_grade", "8", member=7),
        ],
    )
    assert (checked.housing.roof, checked.housing.floor_area_m2, checked.housing.savings) == (6, 24.5, True)
    assert (checked.members[0].school_level, checked.members[0].school_grade) == ("SMP", 8)
    assert checked.members[1] == FACTS.members[1]


def test_what_was_stated_of_the_body_stands_beside_what_is_recorded_of_it() -> None:
    one = MemberFacts(7, 70, "Siti", health=HealthFacts(disability=1), health_hidden=True)
    facts = replace(FACTS, members=(one, FACTS.members[1]))
    said = {"disability": "2", "pregnant": "True", "pregnancy_no": "2", "chronic_illness": "Asma"}
    checked = with_statements(facts, [stated("member_health", name, text, member=7) for name, text in said.items()])
    assert checked.members[0].health == HealthFacts(2, True, 2, "Asma") and not checked.members[0].health_hidden
    ended = with_statements(facts, [stated("member_health", "pregnant", "False", member=7)]).members[0].health
    assert ended == HealthFacts(disability=1, pregnant=False) and checked.members[1] == FACTS.members[1]


@pytest.mark.parametrize(
    "statement",
    [
        stated("housing", "roof", "6", state="accepted"),  # it is the official value already
        stated("housing", "roof", None),
        stated("housing", "roof", "not a code"),
        stated("housing", "source", "SURVEY"),
        stated("family", "village_id", "3510142016"),
        stated("member", "name", "SITI", member=7),
        stated("member", "school_grade", "x", member=7),
        stated("member", "school_level", "SMP"),
        stated("member", "school_level", "SMP", member=99),
        stated("member_health", "disability", "x", member=7),
        stated("member_health", "pregnant", "True"),
    ],
)
def test_what_cannot_stand_in_the_record_changes_nothing(statement: Statement) -> None:
    assert with_statements(FACTS, [statement]) == FACTS
