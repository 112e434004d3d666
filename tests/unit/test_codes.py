"""Words for codes: complete tables, unknown codes, owners of fields."""

from __future__ import annotations

import dataclasses

import pytest

from portal.core.wording import Message
from portal.registry.codes import (
    CODES,
    FIELD_NAMES,
    FIELD_OWNERS,
    OWNER_ADVICE,
    OWNER_WORDS,
    Owner,
    field_name,
    label,
    owner_of,
    source_name,
)
from portal.registry.facts import HealthFacts, HousingFacts, MemberFacts

TECHNICAL = {"reported_dead", "id", "person_id", "source", "observed_on", "health_hidden"}


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("tenure", range(1, 7)),
        ("land_proof", range(1, 7)),
        ("floor", range(1, 10)),
        ("wall", range(1, 8)),
        ("roof", range(1, 9)),
        ("water", range(1, 14)),
        ("toilet", range(1, 7)),
        ("sewage", range(1, 7)),
        ("lighting", range(1, 5)),
        ("fuel", range(1, 13)),
        ("relation", range(1, 9)),
        ("marital", range(1, 5)),
        ("school_participation", range(1, 4)),
        ("disability", range(3)),
    ],
)
def test_every_code_of_the_form_has_words(field: str, codes: range) -> None:
    assert sorted(CODES[field]) == list(codes)


def test_codes_that_are_easy_to_mix_up() -> None:
    assert label("floor", 8).key == "earth"
    assert label("wall", 1).key == "brick or concrete wall"
    assert label("roof", 2).key == "roof tile"
    assert label("toilet", 6).key == "no toilet"
    assert label("fuel", 10).key == "firewood"
    assert label("disability", 2).key == "severe disability"


def test_unknown_and_missing_codes() -> None:
    assert label("tenure", 99) == Message("code %(code)s", {"code": 99})
    assert label("no such field", 1) == Message("code %(code)s", {"code": 1})
    assert label("tenure", None).key == "not recorded"


@pytest.mark.parametrize("facts", [HousingFacts, MemberFacts, HealthFacts])
def test_every_recorded_field_has_a_name_and_an_owner(facts: type) -> None:
    fields = {field.name for field in dataclasses.fields(facts)} - TECHNICAL
    assert fields <= set(FIELD_NAMES)
    assert fields <= set(FIELD_OWNERS)


def test_what_dukcapil_and_the_bank_own_is_not_ours() -> None:
    assert owner_of("birth_date") is Owner.DUKCAPIL
    assert owner_of("kks_last4") is Owner.BANK
    assert owner_of("desil") is Owner.BPS
    assert owner_of("roof") is Owner.VILLAGE
    assert owner_of("something new") is Owner.KEMENSOS
    assert set(OWNER_WORDS) == set(OWNER_ADVICE) == set(Owner)


def test_names_of_fields_and_sources() -> None:
    assert field_name("roof").key == "roof"
    assert field_name("odd_field").params == {"field": "odd_field"}
    assert source_name("ground  check").key == "a visit by an officer"
    assert source_name("SURAT RW").params == {"source": "SURAT RW"}
    assert source_name(None).key == "not recorded"
