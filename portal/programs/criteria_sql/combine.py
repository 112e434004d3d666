"""Twins of the conditions made of conditions. SQL's AND and OR are Kleene's; what remains is *all say the same*."""

from __future__ import annotations

from sqlalchemy import and_, case, not_, or_

from portal.programs.criteria.combine import AllOf, AnyMember, AnyOf, Disputed, Group, NotInRecord, Signs
from portal.programs.criteria_sql.base import FALSE, TRUE, UNKNOWN, Asked, Truth, truth_of, twin_of


@twin_of(AllOf)
def all_of(rule: AllOf, asked: Asked) -> Truth:
    return and_(*(asked.truth(part) for part in rule.criteria))


@twin_of(AnyOf)
def any_of(rule: AnyOf, asked: Asked) -> Truth:
    return or_(*(asked.truth(part) for part in rule.criteria))


@twin_of(Signs)
def signs(rule: Signs, asked: Asked) -> Truth:
    return _same(rule, asked)


@twin_of(Disputed)
def disputed(rule: Disputed, asked: Asked) -> Truth:
    return _same(rule, asked)


def _same(rule: Group, asked: Asked) -> Truth:
    """The answer that all parts give; NULL where they differ."""
    parts = [asked.truth(part) for part in rule.criteria]
    return parts[0] if len(parts) == 1 else case((and_(*parts), TRUE), (not_(or_(*parts)), FALSE), else_=UNKNOWN)


@twin_of(AnyMember)
def any_member(rule: AnyMember, asked: Asked) -> Truth:
    parts = and_(*(asked.truth(part) for part in rule.criteria))
    return truth_of(asked.any_of_members(repr(rule.criteria), parts))


@twin_of(NotInRecord)
def not_in_record(rule: NotInRecord, asked: Asked) -> Truth:
    return UNKNOWN
