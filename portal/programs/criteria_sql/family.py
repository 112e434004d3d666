"""Twins of the conditions about the whole family."""

from __future__ import annotations

from sqlalchemy import Boolean, Double, Integer, SmallInteger, case, cast, func, literal, literal_column, not_

from portal.programs.criteria.holdings import HasAccount, HasMoney, IncomeAtMost, OwnsAtMost, PowerIn
from portal.programs.criteria.household import (
    AreaPerPerson,
    DesilBetween,
    HouseCode,
    NeverReceived,
    NobodyWorksAs,
    Receives,
)
from portal.programs.criteria_sql.base import MET, TRUE, UNKNOWN, Asked, Truth, of_house, twin_of
from portal.programs.criteria_sql.member import named_work

DESIL = literal_column("rank.desil", SmallInteger)
LIVING = func.coalesce(literal_column("kin.living", Integer), 0)


@twin_of(DesilBetween)
def desil_between(rule: DesilBetween, asked: Asked) -> Truth:
    met = DESIL.between(rule.lowest, rule.highest)
    if rule.maybe_highest is None:
        return met
    maybe = (rule.highest < DESIL) & (rule.maybe_highest >= DESIL)
    return case((met, TRUE), (maybe, UNKNOWN), else_=met)


@twin_of(HouseCode)
def house(rule: HouseCode, asked: Asked) -> Truth:
    met = of_house(rule.field).in_(rule.met)
    if not rule.unsure:
        return met
    return case((met, TRUE), (of_house(rule.field).in_(rule.unsure), UNKNOWN), else_=met)


@twin_of(AreaPerPerson)
def area_per_person(rule: AreaPerPerson, asked: Asked) -> Truth:
    area = cast(of_house("floor_area_m2"), Double)
    each = area / cast(LIVING, Double)
    return case(((area > 0) & (LIVING > 0), each < literal(rule.below, Double)), else_=UNKNOWN)


@twin_of(PowerIn)
def power_va(rule: PowerIn, asked: Asked) -> Truth:
    return of_house("power_va").in_(rule.values)


@twin_of(OwnsAtMost)
def owns_at_most(rule: OwnsAtMost, asked: Asked) -> Truth:
    return cast(of_house(rule.field), Double) <= literal(rule.most, Double)


@twin_of(HasMoney)
def has_money(rule: HasMoney, asked: Asked) -> Truth:
    has = of_house(rule.field, Boolean)
    return has if rule.has else not_(has)


@twin_of(HasAccount)
def has_account(rule: HasAccount, asked: Asked) -> Truth:
    return of_house("bank_accounts") > 0


@twin_of(IncomeAtMost)
def income_at_most(rule: IncomeAtMost, asked: Asked) -> Truth:
    return UNKNOWN


@twin_of(Receives)
def receives(rule: Receives, asked: Asked) -> Truth:
    takes_part = asked.takes_part(rule.programs)
    return takes_part if rule.else_ask is None else case((takes_part, TRUE), else_=UNKNOWN)


@twin_of(NeverReceived)
def never_received(rule: NeverReceived, asked: Asked) -> Truth:
    return not_(asked.took_part(rule.programs, rule.within_years))


@twin_of(NobodyWorksAs)
def nobody_works_as(rule: NobodyWorksAs, asked: Asked) -> Truth:
    best = asked.any_of_members(f"works as {rule.work}", named_work(rule.work))
    return func.coalesce(best, 0) != MET
