"""Twin of *a member that PKH counts*: that somebody is counted, may be, or nobody is. Whom and how much is not asked.

Every limit of counting is at least one, so the first member with a component is counted: some member has one.
"""

from __future__ import annotations

from sqlalchemy import Text, and_, case, func, literal, or_

from portal.programs.criteria.combine import PkhComponent
from portal.programs.criteria_sql.base import FALSE, TRUE, UNKNOWN, Asked, Truth, truth_of, twin_of
from portal.programs.criteria_sql.member import (
    BIRTH,
    DISABILITY,
    FEMALE_OR_OPEN,
    LEVEL,
    PREGNANCY_NO,
    PREGNANT,
    SCHOOL,
    aged,
    at_least,
)
from portal.programs.pkh import ATTENDING, SEVERE, CountingRules


@twin_of(PkhComponent)
def pkh_component(rule: PkhComponent, asked: Asked) -> Truth:
    rules: CountingRules = asked.counting
    found = or_(_by_age(rules, asked), _pupil(rules, asked), DISABILITY == SEVERE, _expecting(rules))
    perhaps = or_(BIRTH.is_(None), _perhaps_pupil(rules, asked), DISABILITY.is_(None), _perhaps_expecting(rules, asked))
    counted = case((found, TRUE), (perhaps, UNKNOWN), else_=FALSE)
    return truth_of(asked.any_of_members(f"counted by {rules!r}", counted))


def _by_age(rules: CountingRules, asked: Asked) -> Truth:
    young = aged(0, rules.early_childhood_until_age.value, asked.day)
    return or_(young, at_least(rules.elderly_from_age.value, asked.day))


def _school_age(rules: CountingRules, asked: Asked) -> Truth:
    return aged(rules.school_from_age.value, rules.school_until_age.value, asked.day)


def _known_level(rules: CountingRules) -> Truth:
    """Whether the level is one of those that count; a word that is written otherwise is folded first."""
    folded = func.upper(func.btrim(func.regexp_replace(LEVEL, r"\s+", " ", "g")), type_=Text)
    words = [word for word in rules.school_levels if word == " ".join(word.upper().split())]
    return case((LEVEL.in_(words), TRUE), (LEVEL.is_(None), FALSE), else_=folded.in_(words))


def _pupil(rules: CountingRules, asked: Asked) -> Truth:
    return case((and_(SCHOOL == ATTENDING, _school_age(rules, asked)), _known_level(rules)), else_=FALSE)


def _perhaps_pupil(rules: CountingRules, asked: Asked) -> Truth:
    not_said = or_(SCHOOL.is_(None), SCHOOL == ATTENDING)
    return case((_school_age(rules, asked), not_said), else_=FALSE)


def _expecting(rules: CountingRules) -> Truth:
    return and_(FEMALE_OR_OPEN, PREGNANT, literal(rules.highest_pregnancy.value) >= PREGNANCY_NO)


def _perhaps_expecting(rules: CountingRules, asked: Asked) -> Truth:
    lowest, highest = rules.pregnancy_asked_from_age.value, rules.pregnancy_asked_until_age.value
    asked_about = or_(BIRTH.is_(None), aged(lowest, highest, asked.day))
    no_number = and_(PREGNANT, PREGNANCY_NO.is_(None))
    return and_(FEMALE_OR_OPEN, or_(and_(PREGNANT.is_(None), asked_about), no_number))
