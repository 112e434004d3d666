"""The record with what officers checked put in place of the official values: what an acceptance would change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from portal.registry.facts import FamilyFacts, HealthFacts, HousingFacts, MemberFacts
from portal.registry.models import Statement

_HOUSING = {field.name for field in fields(HousingFacts)} - {"source", "observed_on"}
_NUMBERS = frozenset({"school_participation", "school_grade", "relation", "marital"})
_WORDS = frozenset({"school_level", "education", "work_status", "orphan"})
_TRUE = frozenset({"true", "t", "1", "yes"})


def with_statements(facts: FamilyFacts, statements: Iterable[Statement]) -> FamilyFacts:
    """A copy of the facts in which unsettled statements stand; the newest on a field counts."""
    housing: dict[str, Any] = {}
    members: dict[int, dict[str, Any]] = {}
    health: dict[int, dict[str, Any]] = {}
    for statement in statements:
        if statement.state == "accepted" or statement.value is None:
            continue
        if statement.subject == "housing" and statement.field in _HOUSING:
            housing.setdefault(statement.field, _housing_value(statement.field, statement.value))
        elif statement.subject == "member" and statement.subject_id is not None:
            value = _member_value(statement.field, statement.value)
            if value is not None:
                members.setdefault(statement.subject_id, {}).setdefault(statement.field, value)
        elif statement.subject == "member_health" and statement.subject_id is not None:
            value = _health_value(statement.field, statement.value)
            if value is not None:
                health.setdefault(statement.subject_id, {}).setdefault(statement.field, value)
    return replace(
        facts,
        housing=replace(facts.housing, **{name: value for name, value in housing.items() if value is not None}),
        members=tuple(
            _stated(member, members.get(member.id, {}), health.get(member.id, {})) for member in facts.members
        ),
    )


def _stated(member: MemberFacts, values: dict[str, Any], health: dict[str, Any]) -> MemberFacts:
    if health:  # whoever sees the statement sees the health of this member
        values = values | {"health": replace(member.health or HealthFacts(), **health), "health_hidden": False}
    return replace(member, **values) if values else member


def _housing_value(field: str, text: str) -> object:
    """The value of a house's field as the record holds it; None where the text is none."""
    if field in ("savings", "loan"):
        return text.lower() in _TRUE
    try:
        return float(text) if field.endswith("_m2") else int(text)
    except ValueError:
        return None


def _health_value(field: str, text: str) -> object:
    """The value of a health field as the record holds it; None where the text is none."""
    if field == "pregnant":
        return text.lower() in _TRUE
    if field == "chronic_illness":
        return text
    return int(text) if field in ("disability", "pregnancy_no") and text.isdigit() else None


def _member_value(field: str, text: str) -> object:
    if field in _WORDS:
        return text
    return int(text) if field in _NUMBERS and text.isdigit() else None
