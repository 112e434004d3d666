"""The regency office reads what a load did, in its own language."""

from __future__ import annotations

import json
from typing import Any

from bs4 import BeautifulSoup
from sqlalchemy import Connection

from tests import factories as make

_REPORT = {
    "report": {
        "anggota.read": 100,
        "anggota.repeated": 2,
        "anggota.refused.nik_float": 3,
        "anggota.finding.nik_in_two_families": 4,
        "keluarga.value_dropped.lantai_unknown_code": 5,
        "keluarga.refused.a_new_reason": 6,
        "penyaluran.refused.family_refused": 7,
    },
    "changes": {"families_touched": 9},
}


def test_the_page_of_a_load_says_reasons_in_words(client: Any, connection: Connection) -> None:
    office = make.make_staff(connection, make.REGENCY, role="regency_office")
    load = make.insert(
        connection,
        "extract_load",
        "public_id",
        as_of="2026-10-01",
        state="loaded",
        report=json.dumps(_REPORT),
        regency_id=make.REGENCY,
    )
    page = client.as_(office).get(f"/kantor/muatan/{load}")
    assert page.status_code == 200
    words = " ".join(BeautifulSoup(page.text, "html.parser").find(id="main").get_text(" ").split())  # type: ignore[union-attr]
    for said in (
        "baris berulang; yang pertama dipakai 2",
        "ditolak: NIK rusak oleh program lembar kerja 3",
        "ditemukan: NIK yang ada di dua keluarga 4",
        "isian tidak dipakai: kode tidak dikenal di LANTAI 5",
        "ditolak: a new reason 6",
        "ditolak: baris keluarganya ditolak 7",
    ):
        assert said in words
