"""The empty card as a tree, the stages ahead, the rules of a place, and what lies between two rankings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from portal.cases.kinds import BY_SLUG
from portal.core.wording import Speaker
from portal.home.expecting import calendar_file
from portal.home.rankings import AFTER, by_ranking
from portal.programs.catalog import catalog_on
from portal.programs.empty_card import ENDS, QUESTIONS, ROOTS, Go, Send, Situation, Until, Wait, walk, ways
from portal.programs.empty_card_start import NOTHING, abouts
from portal.programs.expected import expected_stages
from portal.programs.local_rules import LocalRules, Objecting, Ranking, local_rules
from portal.programs.payment_labels import MEANINGS
from portal.registry.facts import DesilFacts, DisbursementFacts, ParticipationFacts

DAY = date(2026, 11, 21)  # stage 4
CATALOG = catalog_on(DAY)
PKH = ParticipationFacts("PKH", date(2022, 1, 1), None, True)
SPEAKER = Speaker("id", lambda words: words, str, date.isoformat)


def payment(
    status: str | None, *, stage: int = 4, planned: date | None = None, paid: date | None = None, channel: str = "BRI"
) -> DisbursementFacts:
    return DisbursementFacts(7, "PKH", 2026, stage, 600_000, planned, paid, status, channel)


def test_every_way_ends_and_every_end_is_reached() -> None:
    assert set(ROOTS) == set(Situation)
    reached = {end for root in ROOTS.values() for _way, end in ways(root)}  # a loop would never come back
    assert reached == set(ENDS)
    asked = set()
    for root in ROOTS.values():
        for way, end in ways(root):
            assert walk(root, way) == end
            assert 1 <= len(way) <= 4, "few questions"
            asked |= {walk(root, way[:count]) for count in range(len(way))}
        assert walk(root, ("lain-lagi",)) is None
    assert asked == set(QUESTIONS)
    for question in QUESTIONS.values():
        keys = [choice.key for choice in question.choices]
        assert len(set(keys)) == len(keys) > 1
        assert all(key.replace("-", "").isalpha() for key in keys), "stands in an address"
    assert {type(end) for end in ENDS.values()} == {Wait, Go, Send}
    assert all(end.slug in BY_SLUG for end in ENDS.values() if isinstance(end, Send))
    assert all(end.papers for end in ENDS.values() if isinstance(end, Go))


@pytest.mark.parametrize(
    ("paid", "situation"),
    [
        (payment("SK"), Situation.WAITING),
        (payment("OMSPAN", planned=date(2026, 12, 3)), Situation.WAITING),
        (payment("OMSPAN", planned=date(2026, 11, 3)), Situation.LATE),
        (payment("SI", planned=date(2026, 12, 3)), Situation.WAITING),
        (payment("SI", planned=date(2026, 11, 3)), Situation.AT_BANK),
        (payment("PROSES SPM", channel="POS"), Situation.WAITING_POST),
        (payment("PROSES BUREKOL"), Situation.NEW_ACCOUNT),
        (payment("GAGAL OMSPAN"), Situation.MISMATCH),
        (payment("-"), Situation.MISMATCH),
        (payment("EXCLUDE MENINGGAL"), Situation.RECORDED_DEAD),
        (payment("TIDAK LAYAK GIS"), Situation.EXCLUDED),
        (payment("TIDAK TRANSAKSI"), Situation.NOT_TAKEN),
        (payment("SUKSES SPM"), Situation.PAID),
        (payment("SI", paid=date(2026, 11, 5), channel="POS"), Situation.PAID_BY_POST),
        (payment("SUKSES SPM", stage=3), Situation.NOT_PLANNED),
        (payment("LABEL BARU"), Situation.UNKNOWN),
        (payment(None), Situation.UNKNOWN),
    ],
)
def test_it_begins_where_the_record_stands(paid: DisbursementFacts, situation: Situation) -> None:
    (one,) = abouts([paid], [PKH], DAY, CATALOG)
    assert one.situation is situation


def test_every_label_leads_into_the_tree() -> None:
    for label in MEANINGS:
        (one,) = abouts([payment(label)], [PKH], DAY, CATALOG)
        assert one.situation in ROOTS


def test_what_ended_and_what_is_not_there() -> None:
    ended = ParticipationFacts("BPNT", date(2022, 1, 1), date(2026, 9, 30), False, "DESIL")
    assert [(one.key, one.situation) for one in abouts([], [PKH, ended], DAY, CATALOG)] == [
        ("p-PKH", Situation.NOT_PLANNED),
        ("p-SEMBAKO", Situation.ENDED),
    ]
    assert abouts([], [], DAY, CATALOG) == (NOTHING,)


def test_the_day_to_wait_for_is_the_planned_one_else_an_end_of_stage() -> None:
    (planned,) = abouts([payment("OMSPAN", planned=date(2026, 12, 3))], [PKH], DAY, CATALOG)
    (open_one,) = abouts([payment("OMSPAN", stage=3)], [PKH], DAY, CATALOG)
    assert planned.waits_until(Until.PLANNED, DAY) == date(2026, 12, 3)
    assert open_one.waits_until(Until.PLANNED, DAY) == date(2026, 12, 31)
    assert planned.waits_until(Until.NEXT_STAGE, DAY) == date(2027, 1, 1)


def test_the_stages_ahead_begin_with_the_one_that_goes_on() -> None:
    ((program, stages),) = expected_stages([PKH], DAY, CATALOG)
    assert program.code == "PKH"
    assert [(one.number, one.starts, one.ends) for one in stages][:2] == [
        (4, date(2026, 10, 1), date(2026, 12, 31)),
        (1, date(2027, 1, 1), date(2027, 3, 31)),
    ]
    over = ParticipationFacts("PKH", date(2022, 1, 1), date(2026, 9, 30), False)
    assert expected_stages([over], DAY, CATALOG) == ()


def test_the_calendar_file_says_nothing_of_aid() -> None:
    food = ParticipationFacts("SEMBAKO", date(2022, 1, 1), None, True)
    content = calendar_file([PKH, food], DAY, CATALOG, SPEAKER, datetime(2026, 11, 21, tzinfo=UTC))
    events = Calendar.from_ical(content).walk("VEVENT")
    starts = [event.decoded("dtstart") for event in events]
    assert starts == [date(2027, 1, 1), date(2027, 4, 1), date(2027, 7, 1)]  # each day once for both
    assert len({str(event["uid"]) for event in events}) == len(events)
    for word in ("PKH", "Sembako", "Rp", "bansos", "bantuan"):
        assert word not in content.decode()


def test_a_regency_has_its_own_rule_on_its_days_and_an_unsure_one_gives_no_last_day() -> None:
    rules = local_rules()
    assert rules.ranking_in(5207, date(2025, 10, 5)).regency == 5207
    assert rules.ranking_in(5207, date(2026, 10, 5)).regency is None
    assert rules.ranking_in(3510, DAY).next_after(date(2026, 11, 3)) == date(2027, 2, 1)
    assert rules.objecting_in(3510, DAY).last_day(DAY) is None
    text = rules.objecting_in(3510, DAY).text
    sure = Objecting(text=text, sure="A", valid_from=date(2026, 1, 1), regency=3510, days=30)
    own = LocalRules(ranking=rules.ranking, objecting=(*rules.objecting, sure))
    assert own.objecting_in(3510, DAY).last_day(DAY) == date(2026, 12, 21)
    assert own.objecting_in(3509, DAY).last_day(DAY) is None
    assert Objecting(text=text, sure="X", valid_from=DAY, days=30).last_day(DAY) is None
    every_two_years = Ranking(months=24, text=text, sure="B", valid_from=DAY)
    assert every_two_years.next_after(date(2026, 12, 31)) == date(2028, 12, 1)


@dataclass(frozen=True)
class Changed:
    """A change of the record as far as its place is asked."""

    subject: str = "housing"
    source_date: date | None = None
    extract_id: int | None = None


def test_a_change_lies_before_the_ranking_that_could_know_it() -> None:
    desils = [DesilFacts(6, date(2026, 10, 1)), DesilFacts(4, date(2026, 7, 1)), DesilFacts(3, date(2026, 4, 1))]
    ranked = [Changed("desil", date(2026, 10, 1), 9), Changed("desil", date(2026, 7, 1), 8)]
    seen = Changed(source_date=date(2026, 9, 2))
    brought = Changed(extract_id=9)  # known to us later than the ranking, but from the same extract
    later = Changed(source_date=date(2026, 10, 5), extract_id=9)  # the source itself is newer than the ranking
    middle, old = Changed(source_date=date(2026, 5, 1)), Changed(source_date=date(2026, 2, 1))
    dated = [(one, one.source_date or date(2026, 10, 20)) for one in (seen, brought, later, middle, old)]
    assert by_ranking(desils, dated, ranked) == {0: [seen, brought], AFTER: [later], 1: [middle]}
    assert by_ranking([], dated[:1], []) == {}
