"""The aid page: every label in words, years, what ended and why, whom PKH counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import Connection

from portal.programs.payment_labels import MEANINGS
from tests.factories import (
    TestMember,
    family_actor,
    make_disbursement,
    make_family,
    make_member,
    make_participation,
)
from tests.pages.clients import PortalClient

WAITING = {"stage": 4, "paid_on": None, "scheduled_on": date(2026, 11, 25)}


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 21, 3, tzinfo=UTC), tick=True):
        yield


def page_of(client: PortalClient, member: TestMember, path: str = "/bantuan") -> BeautifulSoup:
    answer = client.as_(family_actor(member)).get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def words(page: BeautifulSoup) -> str:
    return " ".join(page.main.get_text(" ").split()) if page.main else ""


@pytest.mark.parametrize("label", [*MEANINGS, "LABEL ANEH", None])
def test_every_label_says_what_it_means_and_what_to_do(
    client: PortalClient, connection: Connection, label: str | None
) -> None:
    family = make_family(connection)
    make_participation(connection, family.id)
    make_disbursement(connection, family.id, status=label, **WAITING)
    said = words(page_of(client, family.head))
    if label != "SUKSES SPM":
        assert "Siapa yang mengurus:" in said
        assert "Yang bisa Anda lakukan:" in said
    if label == "LABEL ANEH":
        assert "LABEL ANEH" in said
        assert "kami tidak tahu artinya" in said or "kami belum tahu artinya" in said


def test_both_readings_of_si_are_given(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_disbursement(connection, family.id, status="SI", **WAITING)
    said = words(page_of(client, family.head))
    assert "Pertama:" in said
    assert "Kedua:" in said
    assert "25 November 2026" in said


def test_a_payment_leads_to_its_own_report(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_participation(connection, family.id)
    made = make_disbursement(connection, family.id)
    page = page_of(client, family.head)
    addresses = [link["href"] for link in page.select("main a")]
    assert f"/pengajuan/baru/bantuan-tidak-diterima?penyaluran={made}" in addresses


def test_the_next_stage_is_marked_as_an_estimate(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_participation(connection, family.id)
    make_disbursement(connection, family.id, channel="BRI")
    said = words(page_of(client, family.head))
    assert "Tahap 4 tahun 2026" in said
    assert "Lewat BRI" in said
    assert "perkiraan" in said.lower()


def test_years_are_bars_with_a_table(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    for year, amount in ((2024, 500_000), (2025, 750_000), (2026, 1_000_000)):
        make_disbursement(connection, family.id, year=year, stage=1, amount=amount)
    page = page_of(client, family.head)
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in page.select(".bars tbody tr")]
    assert rows == [["2024", "Rp500.000"], ["2025", "Rp750.000"], ["2026", "Rp1.000.000"]]


def test_two_hundred_payments_are_folded_by_year(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    for year in range(1977, 2027):
        for stage in range(1, 5):
            make_disbursement(connection, family.id, year=year, stage=stage, scheduled_on=None)
    answer = client.as_(family_actor(family.head)).get("/bantuan")
    page = BeautifulSoup(answer.text, "html.parser")
    assert len(page.select(".payments > li")) == 8
    assert len(answer.data) < 60_000
    assert page.select_one('a[href^="/bantuan?tahun=1990"]')
    older = page_of(client, family.head, "/bantuan?tahun=1990")
    assert len(older.select(".payments > li")) == 12
    assert "Tahap 3 tahun 1990" in words(older)


def test_a_year_that_is_no_number_is_ignored(client: PortalClient, connection: Connection) -> None:
    page_of(client, make_family(connection).head, "/bantuan?tahun=abc")


@pytest.mark.parametrize(
    ("reason", "said"), [(None, "belum tercatat"), ("DESIL", "di luar"), ("SEBAB LAIN", "SEBAB LAIN")]
)
def test_an_ended_programme_tells_its_cause(
    client: PortalClient, connection: Connection, reason: str | None, said: str
) -> None:
    family = make_family(connection)
    make_participation(connection, family.id, active=False, until=date(2026, 9, 30), reason=reason)
    page = page_of(client, family.head)
    assert said in words(page)
    assert "Berhenti 30 September 2026" in words(page)
    assert page.select_one('a[href="/pengajuan/baru/bantuan-tidak-diterima?program=PKH"]')


def test_pkh_counts_with_how_sure_the_rule_is(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection, head={"health": {"disability": 0, "pregnant": False}})
    make_participation(connection, family.id)
    make_member(
        connection, family.id, name="NUR AINI", birth=date(2017, 2, 4), relation=3, school_participation=2,
        school_level="SD", health={"disability": 0},
    )  # fmt: skip
    make_member(connection, family.id, name="MBAH SUMINI", birth=date(1950, 2, 4), relation=6)
    said = words(page_of(client, family.head))
    counted = said[said.index("Siapa yang dihitung PKH") :]
    assert "Nur Aini" in counted
    assert "Rp225.000" in counted
    assert "Mbah Sumini" in counted
    assert "70 tahun" in counted  # sources differ, and the page says so
    assert "bukan janji" in counted


def test_whoever_has_no_pkh_sees_no_counting(client: PortalClient, connection: Connection) -> None:
    assert "dihitung PKH" not in words(page_of(client, make_family(connection).head))


def test_a_member_s_programme_names_the_member(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_participation(connection, family.id, "PBI-JK", member_id=family.head.id)
    assert "Masih berjalan Siti Aminah" in words(page_of(client, family.head))


def test_nothing_recorded_is_said_kindly(client: PortalClient, connection: Connection) -> None:
    said = words(page_of(client, make_family(connection, desil=None).head))
    assert "Belum ada rencana bantuan" in said
    assert "Kartu KKS tidak perlu diminta" in said


def test_unknown_programmes_keep_their_name(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_disbursement(connection, family.id, "BANTUAN XYZ")
    make_disbursement(connection, family.id, "BLT UMKM", year=2021, stage=1)
    said = words(page_of(client, family.head))
    assert "BANTUAN XYZ" in said
    assert "BLT UMKM" in said


def test_a_paid_amount_that_is_not_recorded_is_said_to_be_missing(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_disbursement(connection, family.id, stage=1, amount=600_000)
    assert "Sebagian jumlah belum tercatat" not in words(page_of(client, family.head))
    make_disbursement(connection, family.id, stage=2, amount=None)
    assert "Sebagian jumlah belum tercatat" in words(page_of(client, family.head))
