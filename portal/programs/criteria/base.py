"""Three-valued answers, and what a condition may look at.

Logic is Kleene's: an unknown never turns into a yes or a no by itself. Each condition has a Python
form here; its twin in SQL stands beside it in ``criteria_sql.py`` where sets of families are matched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import ClassVar, NamedTuple

from portal.core.wording import Localised, Message, Said
from portal.programs.pkh import PkhCount, known_age
from portal.programs.terms import STRICT, Sureness
from portal.registry.facts import FamilyFacts, MemberFacts, ParticipationFacts


class Verdict(StrEnum):
    """Whether a condition holds: yes, no, or not known."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


def all_verdicts(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene *and*: one no decides, otherwise one unknown does. Nothing asked is a yes."""
    result = Verdict.MET
    for verdict in verdicts:
        if verdict is Verdict.NOT_MET:
            return verdict
        if verdict is Verdict.UNKNOWN:
            result = verdict
    return result


def any_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene *or*: one yes decides, otherwise one unknown does. Nobody asked is a no."""
    result = Verdict.NOT_MET
    for verdict in verdicts:
        if verdict is Verdict.MET:
            return verdict
        if verdict is Verdict.UNKNOWN:
            result = verdict
    return result


class Finding(NamedTuple):
    """The answer of one condition, why, and what would settle an unknown.

    ``hint`` is a stable key for a page to act on: ``field:housing.tenure``, ``field:member.birth_date``,
    ``field:family.desil`` (a recorded fact to correct), ``health:member`` (only that member sees it),
    ``ask:officer``, ``ask:family``. ``member_id`` says whom the fact is about.
    """

    verdict: Verdict
    reason: Said
    settle: Said | None = None
    hint: str | None = None
    member_id: int | None = None
    parts: tuple[Condition, ...] = ()


class Condition(NamedTuple):
    """A condition in words with its finding and how sure the rule itself is."""

    rule: Said
    finding: Finding
    sure: Sureness
    note: Localised | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the condition holds."""
        return self.finding.verdict

    @property
    def reason(self) -> Said:
        """What in the record says so."""
        return self.finding.reason

    @property
    def settle(self) -> Said | None:
        """What would settle an unknown."""
        return self.finding.settle

    @property
    def hint(self) -> str | None:
        """Key of what a page can offer to settle it (see :class:`Finding`)."""
        return self.finding.hint

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions inside this one, where it is made of several."""
        return self.finding.parts


class Context:
    """One family on one day, with what several conditions need worked out once.

    ``participations`` are under the stable codes of the catalogue (the record may say BPNT for SEMBAKO);
    ``name_of`` gives the name of a programme for a reader.
    """

    __slots__ = ("active", "ages", "day", "desil", "family", "living", "name_of", "participations", "pkh")

    def __init__(
        self,
        family: FamilyFacts,
        day: date,
        code_of: Callable[[str], str] = str,
        name_of: Callable[[str], Said | str] = str,
        pkh: PkhCount | None = None,
    ) -> None:
        self.family = family
        self.desil = family.desil
        self.day = day
        self.name_of = name_of
        self.pkh = pkh
        self.living = family.living_members
        self.ages = {member.id: known_age(member, day) for member in self.living}
        self.participations = [(code_of(part.program), part) for part in family.participations]
        self.active = {code for code, part in self.participations if is_active(part, day)}


def is_active(part: ParticipationFacts, day: date) -> bool:
    """Whether the record says that a participation goes on (up to and including its last day)."""
    return bool(part.active) and (part.until is None or part.until >= day)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every condition of the catalogue carries: sureness, own words, a remark on a dispute."""

    __pydantic_config__ = STRICT
    about_member: ClassVar[bool] = False

    sure: Sureness
    text: Localised | None = None
    note: Localised | None = None

    @cached_property
    def rule(self) -> Said:
        """The condition in words: those of the catalogue, else those of its kind."""
        return self.text or self.words()

    def words(self) -> Message:
        """The condition in the general words of its kind."""
        raise NotImplementedError

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        """The answer for the family, or for ``member`` where the condition is about one."""
        raise NotImplementedError

    def verdict(self, context: Context, member: MemberFacts | None) -> Verdict:
        """The bare answer of :meth:`judge`; conditions asked often have a shorter way to it."""
        return self.judge(context, member).verdict

    def condition(self, context: Context, member: MemberFacts | None) -> Condition:
        """The answer with the words of the rule beside it."""
        return Condition(self.rule, self.judge(context, member), self.sure, self.note)
