"""Each kind of condition: yes, no, unknown, why, and what would settle it; Kleene's logic for groups."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.wording import Localised
from portal.programs.criteria.base import Context, Finding, Rule, Verdict, all_verdicts, any_verdict
from portal.programs.criteria.combine import (
    AllOf,
    AnyMember,
    AnyOf,
    Disputed,
    NotInRecord,
    PkhComponent,
    Signs,
    asks_member,
)
from portal.programs.criteria.holdings import HasAccount, HasMoney, IncomeAtMost, OwnsAtMost, PowerIn
from portal.programs.criteria.household import (
    AreaPerPerson,
    DesilBetween,
    HouseCode,
    NeverReceived,
    NobodyWorksAs,
    Receives,
)
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
from portal.registry.facts import (
    DesilFacts,
    FamilyFacts,
    HealthFacts,
    HousingFacts,
    MemberFacts,
    ParticipationFacts,
)

DAY = date(2026, 10, 1)
MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN
ASK = Localised(id="Tanya", en="Ask")


def family(**facts: object) -> FamilyFacts:
    return FamilyFacts(1, 1, **facts)  # type: ignore[arg-type]


def judged(rule: Rule, facts: FamilyFacts) -> Finding:
    return rule.judge(Context(facts, DAY), None)


def of_member(rule: Rule, **facts: object) -> Finding:
    member = MemberFacts(id=7, person_id=7, name="ANI", **facts)  # type: ignore[arg-type]
    return rule.judge(Context(family(members=(member,)), DAY), member)


def with_desil(desil: int | None) -> FamilyFacts:
    return family(desils=(DesilFacts(desil, DAY),) if desil else ())


@pytest.mark.parametrize(
    ("desil", "verdict"), [(1, MET), (2, MET), (3, UNKNOWN), (4, NOT_MET), (10, NOT_MET), (None, UNKNOWN)]
)
def test_desil(desil: int | None, verdict: Verdict) -> None:
    rule = DesilBetween(kind="desil_between", lowest=1, highest=2, maybe_highest=3, maybe=ASK, sure="B")
    found = judged(rule, with_desil(desil))
    assert found.verdict is verdict
    if desil == 3:
        assert (found.settle, found.hint) == (ASK, "ask:officer")
    if desil is None:
        assert found.hint == "field:family.desil"


@pytest.mark.parametrize(("code", "verdict"), [(5, MET), (2, UNKNOWN), (6, NOT_MET), (77, NOT_MET), (None, UNKNOWN)])
def test_house_code(code: int | None, verdict: Verdict) -> None:
    rule = HouseCode(kind="house", field="land_proof", met=(1, 5), unsure=(2,), sure="B")
    found = judged(rule, family(housing=HousingFacts(land_proof=code)))
    assert found.verdict is verdict
    assert found.hint == (None if verdict is MET else "field:housing.land_proof")
    assert (found.settle is not None) is (verdict is UNKNOWN)


@pytest.mark.parametrize(
    ("area", "people", "verdict"),
    [(28.0, 4, MET), (28.8, 4, NOT_MET), (None, 4, UNKNOWN), (0.0, 4, UNKNOWN), (28.0, 0, UNKNOWN)],
)
def test_area_per_person(area: float | None, people: int, verdict: Verdict) -> None:
    members = [MemberFacts(number, number, "X") for number in range(people)]
    members.append(MemberFacts(99, 99, "DIED", alive=False))
    facts = family(housing=HousingFacts(floor_area_m2=area), members=tuple(members))
    assert judged(AreaPerPerson(kind="area_per_person", below=7.2, sure="B"), facts).verdict is verdict


def part(program: str, *, active: bool | None = True, until: date | None = None) -> ParticipationFacts:
    return ParticipationFacts(program, date(2020, 1, 1), until, active)


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ([part("PKH")], MET),
        ([part("PKH", until=DAY)], MET),
        ([part("PKH", until=date(2026, 9, 30))], NOT_MET),
        ([part("PKH", active=False)], NOT_MET),
        ([part("PKH", active=None)], NOT_MET),
        ([part("PBI-JK")], NOT_MET),
        ([], NOT_MET),
    ],
)
def test_receives(parts: list[ParticipationFacts], verdict: Verdict) -> None:
    facts = family(participations=tuple(parts))
    assert judged(Receives(kind="receives", programs=("PKH", "SEMBAKO"), sure="B"), facts).verdict is verdict
    asked = judged(Receives(kind="receives", programs=("PKH",), else_ask=ASK, sure="B"), facts)
    assert asked.verdict is (MET if verdict is MET else UNKNOWN)


@pytest.mark.parametrize(
    ("parts", "years", "verdict"),
    [
        ([], None, MET),
        ([part("RST", active=False, until=date(2010, 1, 1))], None, NOT_MET),
        ([part("RST", active=False, until=date(2010, 1, 1))], 10, MET),
        ([part("RST", active=False, until=date(2020, 1, 1))], 10, NOT_MET),
        ([part("PKH")], None, MET),
    ],
)
def test_never_received(parts: list[ParticipationFacts], years: int | None, verdict: Verdict) -> None:
    rule = NeverReceived(kind="never_received", programs=("RST",), within_years=years, sure="B")
    assert judged(rule, family(participations=tuple(parts))).verdict is verdict


@pytest.mark.parametrize(
    ("work", "verdict"), [("ASN/TNI/POLRI", NOT_MET), ("polri", NOT_MET), ("BURUH", MET), (None, MET)]
)
def test_only_recorded_work_excludes(work: str | None, verdict: Verdict) -> None:
    rule = NobodyWorksAs(kind="nobody_works_as", work=("ASN", "POLRI"), sure="B")
    members = (MemberFacts(1, 1, "ADI"), MemberFacts(2, 2, "BUDI", work_status=work))
    found = judged(rule, family(members=members))
    assert found.verdict is verdict
    assert found.member_id == (2 if verdict is NOT_MET else None)
    dead = (MemberFacts(2, 2, "BUDI", work_status=work, alive=False),)
    assert judged(rule, family(members=dead)).verdict is MET


@pytest.mark.parametrize(
    ("born", "verdict"),
    [
        (date(2011, 10, 1), MET),  # 15 today
        (date(2011, 10, 2), UNKNOWN),  # 15 tomorrow: still 14
        (date(2008, 9, 30), MET),  # 18
        (date(2007, 10, 1), UNKNOWN),  # 19
        (date(2006, 10, 1), NOT_MET),  # 20
        (date(2014, 1, 1), NOT_MET),  # 12
        (None, UNKNOWN),
    ],
)
def test_age(born: date | None, verdict: Verdict) -> None:
    rule = AgeBetween(kind="age_between", lowest=15, highest=18, maybe_lowest=13, maybe_highest=19, maybe=ASK, sure="B")
    found = of_member(rule, birth_date=born)
    assert found.verdict is verdict
    assert found.member_id == 7
    open_end = AgeBetween(kind="age_between", lowest=15, sure="B")
    assert of_member(open_end, birth_date=date(1930, 1, 1)).verdict is MET


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"school_participation": 2, "school_level": "SMA", "school_grade": 12}, MET),
        ({"school_participation": 2, "school_level": "SMA", "school_grade": 10}, NOT_MET),
        ({"school_participation": 2, "school_level": "SD", "school_grade": 12}, NOT_MET),
        ({"school_participation": 2, "school_level": "SMA"}, UNKNOWN),
        ({"school_participation": 2, "school_grade": 12}, UNKNOWN),
        ({"school_participation": 3}, NOT_MET),
        ({}, UNKNOWN),
    ],
)
def test_attending(facts: dict[str, object], verdict: Verdict) -> None:
    rule = Attending(kind="attending", levels=("SMA",), grades=(12,), sure="B")
    assert of_member(rule, **facts).verdict is verdict
    assert of_member(Attending(kind="attending", sure="B"), school_participation=2).verdict is MET


def test_education_work_and_orphans() -> None:
    education = EducationIn(kind="education", levels=("SMA",), sure="B")
    assert [of_member(education, education=level).verdict for level in ("sma", "SD", None)] == [MET, NOT_MET, UNKNOWN]
    work = WorksAs(kind="works_as", work=("BERUSAHA SENDIRI",), ask=ASK, sure="B")
    assert [of_member(work, work_status=status).verdict for status in ("BERUSAHA SENDIRI", "BURUH", None)] == [
        MET, UNKNOWN, UNKNOWN,
    ]  # fmt: skip
    orphan = OrphanIs(kind="orphan", values=("YATIM", "PIATU"), sure="B")
    assert [of_member(orphan, orphan=word).verdict for word in ("YATIM", "TIDAK", None)] == [MET, NOT_MET, UNKNOWN]


@pytest.mark.parametrize(
    ("health", "verdict"),
    [
        (HealthFacts(pregnant=True, pregnancy_no=2), MET),
        (HealthFacts(pregnant=True, pregnancy_no=3), NOT_MET),
        (HealthFacts(pregnant=True), UNKNOWN),
        (HealthFacts(pregnant=False), NOT_MET),
        (HealthFacts(), UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_pregnancy(health: HealthFacts | None, verdict: Verdict) -> None:
    rule = Pregnant(kind="pregnant", highest_no=2, sure="B")
    assert of_member(rule, sex="P", health=health).verdict is verdict
    assert of_member(rule, sex="L", health=health).verdict is NOT_MET
    any_number = Pregnant(kind="pregnant", sure="B")
    expected = MET if health and health.pregnant else verdict
    assert of_member(any_number, sex="P", health=health).verdict is expected


def test_hidden_health_says_who_may_see_it() -> None:
    rule = DisabilityIs(kind="disability", severity=(2,), sure="B")
    hidden = of_member(rule, health_hidden=True)
    assert (hidden.verdict, hidden.hint) == (UNKNOWN, "health:member")
    assert of_member(rule).hint == "field:member.health"
    met = of_member(rule, health=HealthFacts(disability=2))
    assert (met.verdict, met.hint) == (MET, None)
    assert of_member(rule, health=HealthFacts(disability=1)).verdict is NOT_MET


@pytest.mark.parametrize(
    ("rule", "housing", "verdicts"),
    [
        (PowerIn(kind="power_va", values=(450, 900), sure="B"), {"power_va": (450, 900, 1300, None)}, "MMNU"),
        (OwnsAtMost(kind="owns_at_most", field="land_m2", most=9, sure="B"), {"land_m2": (0, 9, 9.5, None)}, "MMNU"),
        (OwnsAtMost(kind="owns_at_most", field="cars", most=0, sure="B"), {"cars": (0, 1, None)}, "MNU"),
        (HasMoney(kind="has_money", field="savings", has=False, sure="B"), {"savings": (False, True, None)}, "MNU"),
        (HasMoney(kind="has_money", field="loan", has=True, sure="B"), {"loan": (True, False, None)}, "MNU"),
        (HasAccount(kind="has_account", sure="B"), {"bank_accounts": (2, 0, None)}, "MNU"),
    ],
)  # fmt: skip
def test_what_a_family_has(rule: Rule, housing: dict[str, tuple[object, ...]], verdicts: str) -> None:
    ((field, values),) = housing.items()
    for value, verdict in zip(values, verdicts, strict=True):
        found = judged(rule, family(housing=HousingFacts(**{field: value})))  # type: ignore[arg-type]
        assert found.verdict is {"M": MET, "N": NOT_MET, "U": UNKNOWN}[verdict]
        assert found.hint == (None if verdict == "M" else f"field:housing.{field}")
        assert (found.settle is not None) is (verdict == "U")


def test_income_is_asked_and_never_guessed() -> None:
    found = judged(IncomeAtMost(kind="income_at_most", rupiah=4_000_000, ask=ASK, sure="X"), with_desil(1))
    assert (found.verdict, found.settle, found.hint) == (UNKNOWN, ASK, "ask:family")


@pytest.mark.parametrize(
    ("attends", "level", "grade", "final", "formal"),
    [
        (2, "SD", 6, MET, MET),
        (2, "SD", 5, NOT_MET, MET),
        (2, "SD", None, UNKNOWN, MET),
        (2, "SMA", None, NOT_MET, MET),
        (2, "PAKET C", 3, NOT_MET, NOT_MET),
        (2, None, 6, UNKNOWN, UNKNOWN),
        (3, "SD", 6, NOT_MET, NOT_MET),
        (None, "SD", 6, UNKNOWN, UNKNOWN),
    ],
)
def test_last_grade_and_formal_school(
    attends: int | None, level: str | None, grade: int | None, final: Verdict, formal: Verdict
) -> None:
    facts = {"school_participation": attends, "school_level": level, "school_grade": grade}
    last = of_member(FinalGrade(kind="grade_final", grades={"SD": 6, "SMP": 9}, sure="B"), **facts)
    assert last.verdict is final
    opposite = {MET: NOT_MET, NOT_MET: MET, UNKNOWN: UNKNOWN}
    for expected, verdict in ((True, formal), (False, opposite[formal])):
        rule = InFormalSchool(kind="in_formal_school", expected=expected, other_levels=("PAKET C",), sure="B")
        assert of_member(rule, **facts).verdict is verdict


@pytest.mark.parametrize(("finished", "verdict"), [("smk", UNKNOWN), ("SD", NOT_MET), (None, UNKNOWN)])
def test_the_year_of_a_diploma_is_asked(finished: str | None, verdict: Verdict) -> None:
    rule = GraduatedWithin(kind="graduated_within_years", levels=("SMA", "SMK"), years=3, ask=ASK, sure="B")
    found = of_member(rule, education=finished)
    assert found.verdict is verdict
    assert (found.settle == ASK) is (finished == "smk")


def test_any_member_asks_nothing_about_the_family() -> None:
    with pytest.raises(ValueError, match="about the family"):
        AnyMember(kind="any_member", criteria=(HasAccount(kind="has_account", sure="B"),), sure="B")


def test_a_member_rule_refuses_a_family() -> None:
    with pytest.raises(ValueError, match="about a member"):
        judged(AgeBetween(kind="age_between", lowest=1, sure="B"), family())


class Fixed(NotInRecord):
    """A condition with a given answer."""

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        return Finding(Verdict(self.text.en), self.text)


def fixed(verdict: Verdict) -> Fixed:
    return Fixed(kind="not_in_record", text=Localised(id=verdict, en=verdict), ask=ASK, sure="B")


TRIPLES = list(product(Verdict, repeat=3))


@pytest.mark.parametrize("verdicts", TRIPLES)
def test_groups_follow_kleene(verdicts: tuple[Verdict, ...]) -> None:
    number = {NOT_MET: 0, UNKNOWN: 1, MET: 2}
    word = {value: key for key, value in number.items()}
    parts = tuple(fixed(verdict) for verdict in verdicts)
    numbers = [number[verdict] for verdict in verdicts]
    facts = family()
    both = judged(AllOf(kind="all_of", criteria=parts, sure="B"), facts)  # type: ignore[arg-type]
    one = judged(AnyOf(kind="any_of", criteria=parts, sure="B"), facts)  # type: ignore[arg-type]
    signs = judged(Signs(kind="signs", criteria=parts, ask=ASK, sure="B"), facts)  # type: ignore[arg-type]
    disputed = judged(Disputed(kind="disputed", criteria=parts, note=ASK, sure="X"), facts)  # type: ignore[arg-type]
    assert both.verdict is word[min(numbers)] is all_verdicts(verdicts)
    assert one.verdict is word[max(numbers)] is any_verdict(verdicts)
    agreed = verdicts[0] if len(set(verdicts)) == 1 else UNKNOWN
    assert signs.verdict is disputed.verdict is agreed
    assert len(both.parts) == 3


@given(st.lists(st.sampled_from(list(Verdict))), st.lists(st.sampled_from(list(Verdict))))
def test_de_morgan_and_more_knowledge(one: list[Verdict], two: list[Verdict]) -> None:
    def opposite(verdict: Verdict) -> Verdict:
        return {MET: NOT_MET, NOT_MET: MET, UNKNOWN: UNKNOWN}[verdict]

    assert opposite(all_verdicts(one)) is any_verdict([opposite(verdict) for verdict in one])
    assert all_verdicts([all_verdicts(one), all_verdicts(two)]) is all_verdicts(one + two)
    # What is decided stays decided, whatever an unknown turns out to be.
    if all_verdicts([*one, UNKNOWN]) is not UNKNOWN:
        assert all_verdicts([*one, MET]) is all_verdicts([*one, NOT_MET])


def test_a_dispute_without_own_words_sends_to_the_officer() -> None:
    rule = Disputed(kind="disputed", criteria=(fixed(MET), fixed(NOT_MET)), sure="X")  # type: ignore[arg-type]
    found = judged(rule, family())
    assert (found.verdict, found.hint) == (UNKNOWN, "ask:officer")
    assert found.settle is not None


def test_any_member() -> None:
    rule = AnyMember(kind="any_member", criteria=(AgeBetween(kind="age_between", lowest=60, sure="B"),), sure="B")
    old, young = MemberFacts(1, 1, "OLD", date(1950, 1, 1)), MemberFacts(2, 2, "YOUNG", date(2000, 1, 1))
    unknown = MemberFacts(3, 3, "UNKNOWN")
    assert judged(rule, family(members=(young, old))).member_id == 1
    assert judged(rule, family(members=(young, old))).verdict is MET
    assert judged(rule, family(members=(young, unknown))).verdict is UNKNOWN
    assert judged(rule, family(members=(young,))).verdict is NOT_MET
    assert judged(rule, family()).verdict is UNKNOWN
    assert not asks_member(rule)
    assert asks_member(AnyOf(kind="any_of", criteria=(AgeBetween(kind="age_between", lowest=60, sure="B"),), sure="B"))


def test_what_the_record_does_not_hold_is_asked() -> None:
    rule = NotInRecord(kind="not_in_record", text=ASK, ask=ASK, sure="B")
    assert judged(rule, family())[:4] == (UNKNOWN, judged(rule, family()).reason, ASK, "ask:family")
    assert asks_member(NotInRecord(kind="not_in_record", text=ASK, ask=ASK, per_member=True, sure="B"))


def test_components_need_counting_rules() -> None:
    with pytest.raises(ValueError, match="no counting rules"):
        judged(PkhComponent(kind="pkh_component", sure="A"), family())


RULES: list[Rule] = [
    DesilBetween(kind="desil_between", lowest=1, highest=4, sure="A"),
    HouseCode(kind="house", field="roof", met=(6, 7), sure="B"),
    AreaPerPerson(kind="area_per_person", below=7.2, sure="B"),
    Receives(kind="receives", programs=("PKH",), sure="B"),
    NeverReceived(kind="never_received", programs=("RST",), sure="B"),
    NobodyWorksAs(kind="nobody_works_as", work=("ASN",), sure="B"),
    AgeBetween(kind="age_between", lowest=15, highest=18, sure="B"),
    AgeBetween(kind="age_between", lowest=15, sure="B"),
    Attending(kind="attending", sure="B"),
    Attending(kind="attending", levels=("SD",), sure="B"),
    EducationIn(kind="education", levels=("SMA",), sure="B"),
    WorksAs(kind="works_as", work=("TANI",), ask=ASK, sure="B"),
    OrphanIs(kind="orphan", values=("YATIM",), sure="B"),
    Pregnant(kind="pregnant", sure="B"),
    Pregnant(kind="pregnant", highest_no=2, sure="B"),
    DisabilityIs(kind="disability", severity=(2,), sure="B"),
    AllOf(kind="all_of", criteria=(DesilBetween(kind="desil_between", lowest=1, highest=4, sure="A"),), sure="B"),
    AnyOf(kind="any_of", criteria=(DesilBetween(kind="desil_between", lowest=1, highest=4, sure="A"),), sure="B"),
    Signs(kind="signs", criteria=(AreaPerPerson(kind="area_per_person", below=7.2, sure="B"),), ask=ASK, sure="B"),
    Disputed(kind="disputed", criteria=(DesilBetween(kind="desil_between", lowest=1, highest=4, sure="A"),), sure="X"),
    AnyMember(kind="any_member", criteria=(Pregnant(kind="pregnant", sure="B"),), sure="B"),
    PkhComponent(kind="pkh_component", sure="A"),
    PowerIn(kind="power_va", values=(450,), sure="B"),
    OwnsAtMost(kind="owns_at_most", field="cars", most=0, sure="B"),
    HasMoney(kind="has_money", field="loan", has=True, sure="B"),
    HasAccount(kind="has_account", sure="B"),
    IncomeAtMost(kind="income_at_most", rupiah=1, ask=ASK, sure="B"),
    FinalGrade(kind="grade_final", grades={"SD": 6}, sure="B"),
    InFormalSchool(kind="in_formal_school", expected=False, sure="B"),
    GraduatedWithin(kind="graduated_within_years", levels=("SMA",), years=3, ask=ASK, sure="B"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_every_kind_has_general_words_and_own_words_win(rule: Rule) -> None:
    assert rule.words().key
    assert rule.rule == rule.words()
