"""Payments in plain words: every label, the path, what comes next, aid by year, why aid ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.programs.catalog import catalog_on
from portal.programs.payment_labels import MEANINGS, Step, Tone, meaning_of
from portal.programs.payments import (
    NEXT_WORDS,
    NextKind,
    StepState,
    aid_by_year,
    explain,
    is_paid,
    lasting,
    next_payment,
    next_payments,
    stuck_payments,
)
from portal.programs.stages import Stage, stage_on
from portal.programs.stop_reasons import STOP_REASONS, stop_reason
from portal.registry.facts import DisbursementFacts, ParticipationFacts

DAY = date(2026, 11, 21)  # stage 4
LABELS = """SK|CALON PENERIMA|OMSPAN|GAGAL OMSPAN|SI|EXCLUDE|EXCLUDE PEKERJAAN|EXCLUDE TIDAK LAYAK DAERAH
EXCLUDE MENINGGAL|TIDAK TRANSAKSI|PROSES SPM|SUKSES SPM|PROSES BUREKOL|TIDAK LAYAK GIS|OVERLAP SDM KESOS|-"""
PKH = ParticipationFacts("PKH", date(2022, 1, 1), None, True)


def payment(
    year: int = 2026,
    stage: int = 4,
    status: str | None = "PROSES SPM",
    *,
    program: str = "PKH",
    paid: date | None = None,
    scheduled: date | None = None,
    amount: int | None = 600_000,
    member_id: int | None = None,
) -> DisbursementFacts:
    number = year * 10 + stage
    return DisbursementFacts(number, program, year, stage, amount, scheduled, paid, status, "BRI", None, member_id)


def paid(year: int, stage: int, amount: int | None = 600_000, program: str = "PKH") -> DisbursementFacts:
    on = Stage(year, stage).starts + timedelta(days=20)
    return payment(year, stage, "SUKSES SPM", paid=on, amount=amount, program=program)


def test_exactly_the_known_labels_have_a_meaning() -> None:
    assert set(MEANINGS) == set(LABELS.replace("\n", "|").split("|"))
    for meaning in MEANINGS.values():
        assert meaning.known
        assert all((meaning.title.key, meaning.meaning.key, meaning.actor.key, meaning.todo.key))


@pytest.mark.parametrize(
    ("status", "tone", "step"),
    [
        ("SUKSES SPM", Tone.GOOD, Step.CREDITED),
        ("si", Tone.WAIT, Step.SI),
        ("  proses   spm ", Tone.WAIT, Step.SPM),
        ("Omspan", Tone.WAIT, Step.SP2D),
        ("PROSES BUREKOL", Tone.WAIT, Step.ACCOUNT_CHECK),
        ("CALON PENERIMA", Tone.WAIT, Step.FINAL_LIST),
        ("-", Tone.STOP, Step.ACCOUNT_CHECK),
        ('KETERANGAN "-"', Tone.STOP, Step.ACCOUNT_CHECK),
        ("EXCLUDE MENINGGAL", Tone.STOP, Step.FINAL_LIST),
        ("TIDAK TRANSAKSI", Tone.STOP, None),
    ],
)
def test_tone_and_step_of_labels(status: str, tone: Tone, step: Step | None) -> None:
    meaning = meaning_of(status)
    assert (meaning.tone, meaning.step) == (tone, step)


def test_si_gives_both_readings() -> None:
    meaning = meaning_of("SI")
    assert len(meaning.readings) == 2
    assert meaning.sure == "X"


@pytest.mark.parametrize("status", [None, "", "  ", "STATUS BARU 2027"])
def test_unknown_labels_keep_their_name_and_promise_nothing(status: str | None) -> None:
    meaning = meaning_of(status)
    assert not meaning.known
    assert meaning.step is None
    assert explain(payment(status=status), DAY).path == ()
    if status and status.strip():
        assert meaning.title.params == {"label": "STATUS BARU 2027"}


def test_the_path_shows_where_the_money_is() -> None:
    path = explain(payment(status="PROSES SPM"), DAY).path
    assert [step.state for step in path] == [
        StepState.DONE, StepState.DONE, StepState.NOW, StepState.AHEAD, StepState.AHEAD, StepState.AHEAD,
    ]  # fmt: skip
    stopped = explain(payment(status="GAGAL OMSPAN"), DAY).path
    assert stopped[3].state is StepState.STOPPED
    done = explain(paid(2026, 3), DAY).path
    assert {step.state for step in done} == {StepState.DONE}
    assert done[-1].on == date(2026, 7, 21)


def test_a_day_is_named_only_if_it_is_recorded() -> None:
    ahead = explain(payment(scheduled=date(2026, 12, 1)), DAY)
    assert ahead.by == date(2026, 12, 1)
    assert ahead.when is not None
    assert "Planned for" in ahead.when.key
    passed = explain(payment(scheduled=date(2026, 10, 10)), DAY)
    assert passed.by is None
    assert passed.when is not None
    assert "not recorded as paid" in passed.when.key
    assert explain(payment(), DAY).when is None
    assert explain(payment(status="EXCLUDE", scheduled=date(2026, 12, 1)), DAY).by is None
    assert explain(paid(2026, 3), DAY).when is not None


def test_what_counts_as_paid() -> None:
    assert is_paid(paid(2026, 1))
    assert is_paid(payment(status="SUKSES SPM"))
    assert is_paid(payment(status="OMSPAN", paid=DAY))  # the day of payment is newer than the label
    assert explain(payment(status="OMSPAN", paid=DAY), DAY).tone is Tone.GOOD
    assert not is_paid(payment(status="TIDAK TRANSAKSI", paid=DAY))
    assert not is_paid(payment(status="PROSES SPM"))


def test_stages_of_the_year() -> None:
    assert stage_on(DAY) == Stage(2026, 4)
    assert Stage(2026, 4).next() == Stage(2027, 1)
    assert (Stage(2026, 1).starts, Stage(2026, 1).ends) == (date(2026, 1, 1), date(2026, 3, 31))
    assert Stage(2026, 4).ends == date(2026, 12, 31)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_every_day_lies_in_its_stage(day: date) -> None:
    stage = stage_on(day)
    assert stage.starts <= day <= stage.ends
    assert stage.next().ordinal == stage.ordinal + 1
    assert stage.next().starts == stage.ends + timedelta(days=1)


def test_next_is_what_is_on_its_way() -> None:
    found = next_payment([paid(2026, 3), payment(scheduled=date(2026, 12, 1))], [PKH], DAY)
    assert found is not None
    assert (found.kind, found.stage, found.amount, found.estimated) == (
        NextKind.ON_THE_WAY, Stage(2026, 4), 600_000, False,
    )  # fmt: skip
    assert found.note is None
    assert found.last_paid == paid(2026, 3)


def test_what_is_stuck_at_si_since_the_stage_before_comes_first() -> None:
    found = next_payment([payment(stage=3, status="SI"), payment(stage=4, status="CALON PENERIMA")], [PKH], DAY)
    assert found is not None
    assert found.stage == Stage(2026, 3)


def test_the_latest_stage_stopped_is_said_instead_of_a_guess() -> None:
    found = next_payment([paid(2026, 3), payment(status="EXCLUDE PEKERJAAN")], [PKH], DAY)
    assert found is not None
    assert found.kind is NextKind.STUCK
    # Once a later stage was paid, the stopped one is no longer what comes next.
    later = next_payment([payment(stage=3, status="EXCLUDE"), paid(2026, 4)], [PKH], DAY)
    assert later is not None
    assert later.kind is NextKind.EXPECTED


def test_an_unknown_label_is_not_on_its_way() -> None:
    found = next_payment([payment(status="ENTAH")], [PKH], DAY)
    assert found is not None
    assert found.kind is NextKind.UNCLEAR


def test_the_next_stage_is_an_estimate_and_says_so() -> None:
    found = next_payment([paid(2026, 3), paid(2026, 4, 975_000)], [PKH], DAY)
    assert found is not None
    assert (found.kind, found.stage, found.amount) == (NextKind.EXPECTED, Stage(2027, 1), 975_000)
    assert found.estimated
    assert found.note is not None
    assert found.channel == "BRI"
    assert found.title == NEXT_WORDS[NextKind.EXPECTED]


def test_a_gap_does_not_point_to_the_past() -> None:
    found = next_payment([paid(2025, 1)], [PKH], DAY)
    assert found is not None
    assert found.stage == Stage(2026, 4)
    new = next_payment([], [PKH], DAY)
    assert new is not None
    assert (new.stage, new.amount, new.last_paid) == (Stage(2026, 4), None, None)


def test_nothing_is_expected_where_nothing_is_paid() -> None:
    ended = replace(PKH, active=False, until=date(2026, 9, 30), reason="DESIL")
    assert next_payment([paid(2026, 3)], [ended], DAY) is None
    assert next_payment([], [ParticipationFacts("PBI-JK", None, None, True)], DAY) is None
    assert next_payment([], [ParticipationFacts("BANTUAN LAMA", None, None, True)], DAY) is None
    assert next_payment([payment(2024, 1, "EXCLUDE")], [], DAY) is None
    assert next_payment([], [], DAY) is None


def test_what_is_still_on_its_way_shows_after_the_end() -> None:
    ended = replace(PKH, active=False, until=date(2026, 9, 30))
    assert next_payment([payment()], [ended], DAY) is not None


def test_each_programme_and_child_by_itself() -> None:
    found = next_payments(
        [
            payment(status="EXCLUDE"),
            payment(program="BPNT"),
            payment(program="ATENSI-YAPI", member_id=7),
            payment(program="ATENSI-YAPI", member_id=8),
        ],
        [PKH],
        DAY,
        catalog_on(DAY),
    )
    assert [(one.program, one.member_id, one.kind) for one in found] == [
        ("ATENSI-YAPI", 7, NextKind.ON_THE_WAY),
        ("ATENSI-YAPI", 8, NextKind.ON_THE_WAY),
        ("SEMBAKO", None, NextKind.ON_THE_WAY),
        ("PKH", None, NextKind.STUCK),
    ]


def test_stuck_payments_are_recent_and_newest_first() -> None:
    found = stuck_payments(
        [
            payment(2024, 1, "EXCLUDE"),
            payment(2026, 3, "TIDAK TRANSAKSI"),
            payment(2026, 4, "SI", scheduled=date(2026, 10, 10)),
            payment(2026, 4, "OMSPAN", scheduled=date(2026, 12, 10)),
            paid(2026, 3),
        ],
        DAY,
    )
    assert [one.meaning.label for one in found] == ["SI", "TIDAK TRANSAKSI"]


def test_aid_by_year_counts_only_what_was_paid() -> None:
    rows = [
        paid(2023, 1, 750_000),
        paid(2025, 1, 750_000),
        paid(2025, 2, None),
        paid(2025, 2, 600_000, "BPNT"),
        paid(2025, 3, 600_000, "SEMBAKO"),
        payment(2025, 4, "EXCLUDE", amount=9_000_000),
    ]
    years = aid_by_year(rows, catalog_on(DAY))
    assert [(one.year, one.total, one.unknown) for one in years] == [
        (2023, 750_000, 0),
        (2024, 0, 0),
        (2025, 1_950_000, 1),
    ]
    assert years[-1].by_program == {"PKH": 750_000, "SEMBAKO": 1_200_000}
    assert aid_by_year(rows)[-1].by_program == {"PKH": 750_000, "BPNT": 600_000, "SEMBAKO": 600_000}
    assert aid_by_year([payment()]) == ()


ROWS = st.lists(
    st.builds(
        payment,
        st.integers(2020, 2028),
        st.integers(1, 4),
        st.sampled_from([None, "LAIN", *MEANINGS]),
        program=st.sampled_from(["PKH", "SEMBAKO", "LAMA"]),
        paid=st.none() | st.dates(date(2020, 1, 1), DAY),
        scheduled=st.none() | st.dates(date(2020, 1, 1), date(2028, 1, 1)),
        amount=st.none() | st.integers(0, 3_000_000),
    ),
    max_size=12,
)
PARTS = st.lists(
    st.builds(
        ParticipationFacts,
        st.sampled_from(["PKH", "SEMBAKO", "PBI-JK", "LAMA"]),
        since=st.none(),
        until=st.none() | st.dates(date(2024, 1, 1), date(2028, 1, 1)),
        active=st.sampled_from([None, True, False]),
        reason=st.sampled_from([None, "DESIL", "LAIN"]),
    ),
    max_size=4,
)


@given(ROWS, PARTS, st.integers(0, 800))
def test_what_lasts_is_all_that_is_looked_at_from_then_on(
    rows: list[DisbursementFacts], parts: list[ParticipationFacts], days: int
) -> None:
    left = lasting(rows, DAY)
    assert next_payments(left, parts, DAY + timedelta(days=days)) == next_payments(
        rows, parts, DAY + timedelta(days=days)
    )


def test_what_lasts_is_little() -> None:
    rows = [payment(year, stage, "TOP UP", paid=DAY) for year in (2024, 2025) for stage in (1, 2, 3, 4)]
    assert lasting(rows, DAY) == [rows[-1]]


@given(ROWS, PARTS)
def test_next_payments_are_never_paid_and_never_past(
    rows: list[DisbursementFacts], parts: list[ParticipationFacts]
) -> None:
    now = stage_on(DAY)
    for found in next_payments(rows, parts, DAY):
        assert found.stage.ordinal >= now.ordinal - 1
        assert (found.explained is None) is (found.kind is NextKind.EXPECTED) is found.estimated
        assert found.explained is None or not is_paid(found.explained.disbursement)
        assert found.last_paid is None or is_paid(found.last_paid)


@given(ROWS)
def test_years_add_up_to_all_that_was_paid(rows: list[DisbursementFacts]) -> None:
    years = aid_by_year(rows)
    assert sum(one.total for one in years) == sum(row.amount or 0 for row in rows if is_paid(row))
    assert all(one.total == sum(one.by_program.values()) for one in years)
    assert [one.year for one in years] == list(range(years[0].year, years[-1].year + 1)) if years else True


@pytest.mark.parametrize("reason", ["DESIL", "TIDAK ADA KOMPONEN", "PEKERJAAN", "MENINGGAL"])
def test_recorded_causes(reason: str) -> None:
    found = stop_reason(replace(PKH, active=False, reason=f" {reason.lower()} "))
    assert found is STOP_REASONS[reason]


def test_a_cause_that_is_not_recorded_or_not_known() -> None:
    missing = stop_reason(replace(PKH, active=False))
    assert missing is not None
    assert not missing.recorded
    other = stop_reason(replace(PKH, active=False, reason="Pindah program"))
    assert other is not None
    assert not other.known
    assert other.cause.params == {"cause": "Pindah program"}


@pytest.mark.parametrize(
    ("active", "until", "ended"),
    [
        (True, None, False),
        (True, date(2027, 1, 1), False),
        (None, None, False),
        (None, date(2026, 9, 30), True),
        (False, None, True),
    ],
)
def test_only_what_ended_has_a_cause(active: bool | None, until: date | None, ended: bool) -> None:
    assert (stop_reason(replace(PKH, active=active, until=until)) is not None) is ended
