"""Conditions about what a family has: electricity, accounts, land, vehicles, savings, income."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from portal.core.messages import N_
from portal.core.wording import Localised, Message
from portal.programs.criteria.base import Context, Finding, Rule, Verdict
from portal.programs.criteria.household import ASK_HOUSE
from portal.registry.codes import FIELD_NAMES, YES_NO
from portal.registry.facts import MemberFacts

Counted = Literal["motorcycles", "cars", "land_m2"]
Had = Literal["savings", "loan"]


def not_recorded(field: str) -> Finding:
    """Unknown, because the record does not hold this field of the house."""
    reason = Message(N_("Not recorded: %(field)s."), {"field": FIELD_NAMES[field]})
    return Finding(Verdict.UNKNOWN, reason, ASK_HOUSE, f"field:housing.{field}")


def recorded(field: str, value: object, met: bool) -> Finding:
    """Met or not, by what is recorded in this field of the house."""
    reason = Message(N_("Recorded: %(field)s: %(value)s."), {"field": FIELD_NAMES[field], "value": value})
    if met:
        return Finding(Verdict.MET, reason)
    return Finding(Verdict.NOT_MET, reason, None, f"field:housing.{field}")


@dataclass(frozen=True, kw_only=True)
class PowerIn(Rule):
    """The power of the house's electricity, in VA, is one of these."""

    kind: Literal["power_va"]
    values: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=1)]

    def words(self) -> Message:
        return Message(N_("Electric power is one of (VA): %(values)s"), {"values": " / ".join(map(str, self.values))})

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        power = context.family.housing.power_va
        if power is None:
            return not_recorded("power_va")
        return recorded("power_va", f"{power} VA", power in self.values)


@dataclass(frozen=True, kw_only=True)
class OwnsAtMost(Rule):
    """Vehicles by their number, or land in m2, are recorded and not more than this."""

    kind: Literal["owns_at_most"]
    field: Counted
    most: Annotated[float, Field(ge=0)]

    def words(self) -> Message:
        return Message(N_("%(field)s: at most %(most)s"), {"field": FIELD_NAMES[self.field], "most": float(self.most)})

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        owned: float | None = getattr(context.family.housing, self.field)
        if owned is None:
            return not_recorded(self.field)
        return recorded(self.field, float(owned), owned <= self.most)


@dataclass(frozen=True, kw_only=True)
class HasMoney(Rule):
    """Savings or a loan, as recorded: the family has them (``has``), or has none."""

    kind: Literal["has_money"]
    field: Had
    has: bool

    def words(self) -> Message:
        return Message(N_("%(field)s: %(value)s"), {"field": FIELD_NAMES[self.field], "value": YES_NO[self.has]})

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        has: bool | None = getattr(context.family.housing, self.field)
        if has is None:
            return not_recorded(self.field)
        return recorded(self.field, YES_NO[has], has is self.has)


@dataclass(frozen=True, kw_only=True)
class HasAccount(Rule):
    """The family has at least one bank account by the record."""

    kind: Literal["has_account"]

    def words(self) -> Message:
        return Message(N_("The family has a bank account"))

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        accounts = context.family.housing.bank_accounts
        if accounts is None:
            return not_recorded("bank_accounts")
        return recorded("bank_accounts", accounts, accounts > 0)


@dataclass(frozen=True, kw_only=True)
class IncomeAtMost(Rule):
    """Income a month is at most so many rupiah. The record holds no income: whoever decides asks for proof of it."""

    kind: Literal["income_at_most"]
    rupiah: Annotated[int, Field(gt=0)]
    ask: Localised

    def words(self) -> Message:
        return Message(N_("Income of at most Rp%(rupiah)s a month"), {"rupiah": f"{self.rupiah:,}".replace(",", ".")})

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        return Finding(Verdict.UNKNOWN, Message(N_("Income is not in our record.")), self.ask, "ask:family")
