"""Out of what an office picked and typed: the programme as the catalogue holds it, with its places and dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.core.messages import N_
from portal.office.offering_picks import Pick, criteria_of
from portal.programs.offerings import Incomplete, program_of
from portal.programs.place_order import Order

ABOUT, CONDITIONS, TERMS = "about", "conditions", "terms"
DAYS = ("valid_from", "registration_from", "registration_until", "starts_on", "ends_on")
SURE = "A"  # the office says its own rules

NOT_WRITTEN = N_("This step is not filled in yet.")
NO_CONDITION = N_("Add at least one condition.")
NO_MEMBER = N_("It is for one family member: add at least one condition about a person, such as age.")
#: What is said of a fault, by the step on which it is mended.
_FAULTS: Mapping[str, str] = {"no_member": NO_MEMBER}


class Faulty(ValueError):
    """What is written is no programme yet: the step on which to mend it, and why (a message key)."""

    def __init__(self, step: str, message: str) -> None:
        super().__init__(message)
        self.step, self.message = step, message


@dataclass(frozen=True, slots=True)
class Written:
    """The columns of a version that is complete."""

    content: dict[str, Any]
    code: str
    kind: str
    valid_from: date
    valid_until: date
    quota: int
    registration_from: date
    registration_until: date
    starts_on: date | None
    ends_on: date | None
    asked: list[int]
    place_order: str


def written(answers: Mapping[str, Any], known: Mapping[str, Pick]) -> Written:
    """What the answers make; raises :class:`Faulty` for the first thing that is missing."""
    about, picked, terms = answers.get(ABOUT), answers.get(CONDITIONS) or [], answers.get(TERMS)
    if not about:
        raise Faulty(ABOUT, NOT_WRITTEN)
    if not picked:
        raise Faulty(CONDITIONS, NO_CONDITION)
    if not terms:
        raise Faulty(TERMS, NOT_WRITTEN)
    first, last = span_of(terms)
    content: dict[str, Any] = {
        **{key: about[key] for key in ("code", "kind", "audience")},
        "valid_from": first.isoformat(),
        "valid_until": last.isoformat(),
        **{key: _both(about, key) for key in ("name", "summary", "organiser")},
        "where": _both(terms, "where"),
        "how": _lines(terms, "how"),
        "documents": _lines(terms, "papers"),
        "amounts": _amounts(terms, first),
        "criteria": criteria_of(picked, about["audience"], known),
    }
    try:
        program_of(content)
    except Incomplete as fault:
        step = CONDITIONS if "criteria" in fault.where else ABOUT
        raise Faulty(step, _FAULTS.get(fault.problem, NOT_WRITTEN)) from None
    return Written(
        content,
        about["code"],
        about["kind"],
        first,
        last,
        terms["quota"],
        _day(terms, "registration_from"),
        _day(terms, "registration_until"),
        _maybe_day(terms, "starts_on"),
        _maybe_day(terms, "ends_on"),
        [int(area) for area in terms.get("asked", [])],
        terms.get("place_order") or Order.DESIL.value,
    )


def span_of(terms: Mapping[str, Any]) -> tuple[date, date]:
    """The first and the last day on which it stands in the catalogue: until it ends and nobody registers any more."""
    ends = [_day(terms, "registration_until"), _maybe_day(terms, "starts_on"), _maybe_day(terms, "ends_on")]
    return _day(terms, "valid_from"), max(day for day in ends if day is not None)


def _day(said: Mapping[str, Any], key: str) -> date:
    return date.fromisoformat(said[key])


def _maybe_day(said: Mapping[str, Any], key: str) -> date | None:
    return date.fromisoformat(said[key]) if said.get(key) else None


def _both(said: Mapping[str, Any], key: str) -> dict[str, str]:
    return {"id": said[f"{key}_id"], "en": said[f"{key}_en"]}


def _lines(said: Mapping[str, Any], key: str) -> list[dict[str, str]]:
    """Line by line, the same thing in both languages."""
    one, other = lines_of(said.get(f"{key}_id")), lines_of(said.get(f"{key}_en"))
    return [{"id": words, "en": english} for words, english in zip(one, other, strict=True)]


def lines_of(typed: str | None) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in (typed or "").splitlines() if line.strip()]


def _amounts(terms: Mapping[str, Any], first: date) -> list[dict[str, Any]]:
    if terms.get("rupiah") is None:
        return []
    amount = {"key": "amount", "label": _both(terms, "amount"), "rupiah": terms["rupiah"], "per": terms["per"]}
    return [{**amount, "sure": SURE, "valid_from": first.isoformat()}]
