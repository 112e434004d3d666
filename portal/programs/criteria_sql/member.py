"""Twins of the conditions about one living member."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ARRAY, Boolean, Date, Text, and_, case, func, literal, not_, or_

from portal.programs.criteria.person import (
    AgeBetween,
    Attending,
    DisabilityIs,
    EducationIn,
    OrphanIs,
    Pregnant,
    WorksAs,
)
from portal.programs.criteria.schooling import FinalGrade, GraduatedWithin, InFormalSchool
from portal.programs.criteria_sql.base import FALSE, TRUE, UNKNOWN, Asked, Truth, of_member, twin_of
from portal.programs.pkh import ATTENDING

BIRTH = of_member("birth", Date)  # NULL where it is not recorded or lies ahead
SCHOOL, GRADE = of_member("school_participation"), of_member("school_grade")
LEVEL, EDUCATION, ORPHAN = of_member("school_level", Text), of_member("education", Text), of_member("orphan", Text)
WORK = of_member("work", Text)  # as recorded, in capitals: one kind of work, or several with / between them
FEMALE_OR_OPEN = of_member("sex", Text).is_distinct_from("L")
PREGNANT, PREGNANCY_NO = of_member("pregnant", Boolean), of_member("pregnancy_no")
DISABILITY = of_member("disability")


def born_until(day: date, age: int) -> date:
    """The last birth date of those who are ``age`` on ``day``; 29 February looks back to 28 where there is none."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:
        return date(day.year - age, 2, 28)


def at_least(age: int, day: date) -> Truth:
    """Whether the member is so old; NULL where the age is not known."""
    return literal(born_until(day, age), Date) >= BIRTH


def aged(lowest: int, highest: int | None, day: date) -> Truth:
    """Whether the member's age lies between two, both included."""
    old_enough = at_least(lowest, day)
    return old_enough if highest is None else and_(old_enough, not_(at_least(highest + 1, day)))


def named_work(work: tuple[str, ...]) -> Truth:
    """Whether the record names one of these kinds of work; NULL where it names none at all."""
    names = [name.upper() for name in work]
    several: Truth = func.string_to_array(WORK, "/").op("&&", is_comparison=True)(literal(names, ARRAY(Text)))
    return case((func.strpos(WORK, "/") > 0, several), else_=WORK.in_(names))


@twin_of(AgeBetween)
def age_between(rule: AgeBetween, asked: Asked) -> Truth:
    met = aged(rule.lowest, rule.highest, asked.day)
    maybe: list[Truth] = []
    if rule.maybe_lowest is not None:
        maybe.append(and_(at_least(rule.maybe_lowest, asked.day), not_(at_least(rule.lowest, asked.day))))
    if rule.highest is not None and rule.maybe_highest is not None:
        maybe.append(aged(rule.highest + 1, rule.maybe_highest, asked.day))
    return case((met, TRUE), (or_(*maybe), UNKNOWN), else_=met) if maybe else met


@twin_of(Attending)
def attending(rule: Attending, asked: Asked) -> Truth:
    needed = [column for column, given in ((LEVEL, rule.levels), (GRADE, rule.grades)) if given]
    right = [column.in_(given) for column, given in ((LEVEL, rule.levels), (GRADE, rule.grades)) if given]
    return case(
        (SCHOOL != ATTENDING, FALSE),
        (or_(SCHOOL.is_(None), *(column.is_(None) for column in needed)), UNKNOWN),
        else_=and_(TRUE, *right),
    )


@twin_of(FinalGrade)
def grade_final(rule: FinalGrade, asked: Asked) -> Truth:
    last = [and_(LEVEL.in_([level]), GRADE.in_([grade])) for level, grade in rule.grades.items()]
    return case((SCHOOL != ATTENDING, FALSE), (or_(SCHOOL.is_(None), LEVEL.is_(None)), UNKNOWN), else_=or_(*last))


@twin_of(InFormalSchool)
def in_formal_school(rule: InFormalSchool, asked: Asked) -> Truth:
    formal = SCHOOL == ATTENDING
    if rule.other_levels:
        formal = case((formal, LEVEL.not_in(rule.other_levels)), else_=formal)
    return formal if rule.expected else not_(formal)


@twin_of(EducationIn)
def education(rule: EducationIn, asked: Asked) -> Truth:
    return EDUCATION.in_(rule.levels)


@twin_of(GraduatedWithin)
def graduated_within_years(rule: GraduatedWithin, asked: Asked) -> Truth:
    return case((EDUCATION.not_in(rule.levels), FALSE), else_=UNKNOWN)


@twin_of(WorksAs)
def works_as(rule: WorksAs, asked: Asked) -> Truth:
    return case((named_work(rule.work), TRUE), else_=UNKNOWN)


@twin_of(OrphanIs)
def orphan(rule: OrphanIs, asked: Asked) -> Truth:
    return ORPHAN.in_(rule.values)


@twin_of(Pregnant)
def pregnant(rule: Pregnant, asked: Asked) -> Truth:
    now = PREGNANT
    if rule.highest_no is not None:
        now = case((PREGNANT, rule.highest_no >= PREGNANCY_NO), else_=PREGNANT)
    return case((FEMALE_OR_OPEN, now), else_=FALSE)


@twin_of(DisabilityIs)
def disability(rule: DisabilityIs, asked: Asked) -> Truth:
    return DISABILITY.in_(rule.severity)
