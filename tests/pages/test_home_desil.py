"""The desil page: the rank, what it is not, recorded facts with their source, and what officers checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import Connection, text

from portal.extensions import db, keys
from portal.registry.changes import Finding, Verifier, make_statement
from tests.factories import (
    OTHER_VILLAGE,
    VILLAGE,
    TestFamily,
    TestMember,
    as_owner,
    family_actor,
    insert,
    make_family,
    make_member,
    make_staff,
)
from tests.pages.clients import PortalClient


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 21, 3, tzinfo=UTC), tick=True):
        yield


def page_of(client: PortalClient, member: TestMember) -> BeautifulSoup:
    answer = client.as_(family_actor(member)).get("/desil")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def words(part: object) -> str:
    assert part is not None
    return " ".join(part.get_text(" ").split())  # type: ignore[attr-defined]


def stated(connection: Connection, family: TestFamily, *findings: Finding) -> None:
    officer = make_staff(connection, VILLAGE)
    for finding in findings:
        with db.begin(officer.scope) as session:
            verifier = Verifier(officer.staff_id, officer.name, "7KQ4-MX9T")
            make_statement(session, keys.ring, family_id=family.id, finding=finding, verifier=verifier)


def test_the_rank_with_since_when_and_the_one_before(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection, desil=3)
    insert(connection, "desil", family_id=family.id, ranked_on=date(2026, 7, 1), desil=3)
    insert(connection, "desil", family_id=family.id, ranked_on=date(2026, 4, 1), desil=2)
    page = page_of(client, family.head)
    assert words(page.h1) == "Mengapa desil saya 3?"
    assert "sejak 1 Juli 2026, sebelumnya 2" in words(page.main)
    assert page.select_one(".scale")["aria-label"] == "Desil 3 dari 10. Sebelumnya: 2."  # type: ignore[index]


def test_no_rupiah_and_no_formula(client: PortalClient, connection: Connection) -> None:
    said = words(page_of(client, make_family(connection).head).main)
    assert "Rp" not in said
    assert "Desil bukan jumlah penghasilan" in said
    assert "tidak menghitung desil" in said


def test_a_family_without_desil_is_told_what_to_do(client: PortalClient, connection: Connection) -> None:
    page = page_of(client, make_family(connection, desil=None).head)
    assert "Desil Anda belum tercatat" in words(page.main)
    assert not page.select(".scale")


def test_each_programme_has_its_rule(client: PortalClient, connection: Connection) -> None:
    page = page_of(client, make_family(connection, desil=5).head)
    rules = {words(item.a): words(item) for item in page.select(".rules > li")}
    assert "di luar" in rules["Program Keluarga Harapan (PKH)"]
    assert "di dalam batas" in rules["BPJS Kesehatan gratis (PBI-JK)"]
    assert "Belum pasti" in rules["Sembako (BPNT)"]


def test_facts_have_source_date_owner_and_a_way_to_correct(client: PortalClient, connection: Connection) -> None:
    page = page_of(client, make_family(connection).head)
    house = page.select_one("#house")
    assert "kunjungan petugas, 1 Agustus 2025" in words(house)
    assert "36 m²" in words(house)
    assert "belum tercatat" in words(house)
    assert house.select_one('a[href="/pengajuan/baru/rumah?bidang=roof"]')  # type: ignore[union-attr]
    address = page.select_one("#address")
    assert "Dusun Krajan No. 1" in words(address)
    assert address.select_one('a[href="/pengajuan/baru/pindah-rumah?bidang=address"]')  # type: ignore[union-attr]


def test_numbers_are_masked_and_civil_facts_belong_to_dukcapil(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    page = page_of(client, family.head)
    member = page.select_one(f"#member-{family.head.id}")
    masked = f"{family.head.nik[:4]}**********{family.head.nik[-2:]}"
    assert masked in words(member)
    assert "Dukcapil" in words(member)
    assert family.kk not in page.text


def test_what_an_officer_checked_stands_beside_the_official_value(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    stated(
        connection,
        family,
        Finding("housing", "roof", "6"),
        Finding("family", "address", "Jalan Melati No. 7"),
        Finding("family", "village_id", str(OTHER_VILLAGE)),
        Finding("member", "school_level", "SMP", family.head.id),
    )
    page = page_of(client, family.head)
    roof = next(words(row) for row in page.select("#house .fact") if "atap" in words(row))
    assert "DTSEN: genteng" in roof
    assert "Hasil pemeriksaan: bambu" in roof
    assert "belum diterima pusat" in roof
    said = words(page.select_one("#address"))
    assert "DTSEN: Dusun Krajan No. 1" in said
    assert "Jalan Melati No. 7" in said
    assert "Kalirejo" in said
    assert "Hasil pemeriksaan: SMP" in words(page.select_one(f"#member-{family.head.id}"))
    changed = words(page.select_one("#berubah"))
    assert "bambu" in changed
    assert "sebelumnya: genteng" in changed


@pytest.mark.parametrize(("state", "said"), [("accepted", "sudah diterima pusat"), ("contradicted", "yang lain")])
def test_a_settled_statement_says_so(client: PortalClient, connection: Connection, state: str, said: str) -> None:
    family = make_family(connection)
    stated(connection, family, Finding("housing", "savings", "true"))
    as_owner(connection)
    connection.execute(text("UPDATE statement SET state = :s"), {"s": state})
    assert said in words(page_of(client, family.head).select_one("#assets"))


def test_changes_since_the_last_ranking_have_the_value_before(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    insert(connection, "desil", family_id=family.id, ranked_on=date(2026, 7, 1), desil=2)
    values = {"family_id": family.id, "source": "GROUND CHECK", "as_of": date(2026, 10, 1)}
    now = datetime(2026, 10, 2, tzinfo=UTC)
    insert(connection, "record_change", subject="housing", field="floor", old="8", new="2", at=now, **values)
    insert(connection, "record_change", subject="housing", field="land_m2", old=None, new="250.00", at=now, **values)
    insert(connection, "record_change", subject="member", subject_id=family.head.id, field="birth_date",
           old="1986-05-12", new="1986-05-13", at=now, **values)  # fmt: skip
    insert(connection, "record_change", subject="housing", field="cars", old="0", new="7",
           at=datetime(2026, 6, 1, tzinfo=UTC), **values)  # fmt: skip
    insert(connection, "record_change", subject="member", subject_id=family.head.id, field="alive",
           old="true", new="false", at=now, **values)  # fmt: skip
    said = words(page_of(client, family.head).select_one("#berubah"))
    assert "keramik" in said
    assert "sebelumnya: tanah" in said
    assert "250 m²" in said
    assert "sebelumnya: belum tercatat" in said
    assert "Siti Aminah: tanggal lahir" in said
    assert "tercatat meninggal" in said
    assert "mobil" not in said


def test_health_is_seen_by_that_member_only(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection, head={"health": {"disability": 1}})
    spouse = make_member(
        connection, family.id, name="AGUS", birth=date(1980, 1, 1), sex="L", relation=2,
        health={"disability": 2, "chronic_illness": "DIABETES"},
    )  # fmt: skip
    page = page_of(client, family.head)
    assert "disabilitas ringan" in words(page.select_one(f"#member-{family.head.id}"))
    other = words(page.select_one(f"#member-{spouse.id}"))
    assert "Hanya anggota ini yang bisa melihatnya" in other
    assert "DIABETES" not in page.text
    assert "DIABETES" in page_of(client, spouse).text


@pytest.mark.parametrize(("birth", "sex", "asked"), [(1980, "L", False), (2018, "P", False), (1990, "P", True)])
def test_pregnancy_is_no_fact_of_a_man_or_a_child(
    client: PortalClient, connection: Connection, birth: int, sex: str, asked: bool
) -> None:
    born = date(birth, 1, 1)
    family = make_family(connection, head={"birth": born, "sex": sex, "health": {"disability": 1, "pregnant": False}})
    member = page_of(client, family.head).select_one(f"#member-{family.head.id}")
    assert ("kehamilan" in words(member)) is asked


def test_a_dead_member_is_listed_as_recorded(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    gone = make_member(connection, family.id, name="KAKEK SLAMET", relation=6, alive=False)
    assert "tercatat meninggal" in words(page_of(client, family.head).select_one(f"#member-{gone.id} summary"))
