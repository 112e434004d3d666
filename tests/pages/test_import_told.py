"""What a load ends or lowers is told to the family in the same transaction: once for each load and thing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from portal.config import Settings
from portal.exchange.importing import confirm_load
from tests.extracts import CHILD, KK, NEXT, OTHER_KK, family, member
from tests.pages.importing import Registry

FULL = ["keluarga", "anggota", "kepesertaan"]
PKH = {"NO_KK": KK, "PROGRAM": "PKH", "SEJAK": "2024-01-01", "STATUS": "AKTIF"}
ENDS = {"STATUS": "BERHENTI", "SAMPAI": "2026-12-31"}
FOOD = PKH | {"PROGRAM": "BPNT"}
HEALTH = PKH | {"PROGRAM": "PBI-JK", "NIK": CHILD}
PAID = {"NO_KK": KK, "PROGRAM": "PKH", "TAHUN": "2026", "TAHAP": "4", "NOMINAL": "750000", "STATUS": "PROSES SPM"}


@pytest.fixture
def registry(committed_url: str, settings: Settings, tmp_path: Path) -> Iterator[Registry]:
    engine: Engine = create_engine(committed_url, poolclass=NullPool)
    yield Registry(engine, settings.keyring, tmp_path / "extract")
    engine.dispose()


def write(registry: Registry, *parts: dict[str, str], desil: str = "3", paid: dict[str, str] = PAID) -> None:
    """A family of two with these participations, beside enough others that the brake does not hold."""
    others = [family(f"3510140101108{n:03}") for n in range(60)]
    ranked = "2026-10-01" if desil == "3" else "2027-01-01"
    registry.write(
        keluarga=[family(DESIL=desil, TGL_DESIL=ranked), family(OTHER_KK), *others],
        anggota=[member(HUBUNGAN="1"), member(nik=CHILD, NAMA="SITI KUSUMA", HUBUNGAN="3")],
        kepesertaan=[*parts, *(PKH | {"NO_KK": one["NO_KK"]} for one in others)],
        penyaluran=[paid],
    )


def with_login(registry: Registry) -> None:
    registry.execute(
        "INSERT INTO account (person_id, family_id, pin_hash) SELECT person_id, family_id, 'none' FROM member"
        " WHERE relation = 1"
    )


def told(registry: Registry) -> list[tuple[str, dict[str, Any]]]:
    return [tuple(row) for row in registry.rows('SELECT key, "values" FROM notice ORDER BY id')]


def test_what_ends_is_told_once_with_its_cause_and_ways(registry: Registry) -> None:
    write(registry, PKH, FOOD, HEALTH)
    registry.load(full=FULL)
    with_login(registry)
    # PKH ends with a cause, the insurance of the child by being absent; food aid goes on under its newer name.
    ended = PKH | ENDS | {"ALASAN": "DESIL"}
    write(registry, ended, FOOD | ENDS, FOOD | {"PROGRAM": "SEMBAKO", "SEJAK": "2027-01-01"}, desil="6")
    rehearsed = registry.load(as_of=NEXT, full=FULL, dry_run=True)
    assert (rehearsed.status, told(registry)) == ("rehearsed", [])
    report = registry.load(as_of=NEXT, full=FULL)
    assert (report.status, report.changes["notices"]) == ("loaded", 3)
    by_key = dict(told(registry))
    assert set(by_key) == {"aid_ended", "health_ended_member", "desil_out"}
    stopped = by_key["aid_ended"]
    assert (stopped["label"], stopped["day"]) == ("PKH", {"day": "2026-12-31"})
    assert "outside the range" in stopped["cause"]["say"]
    assert "14" in stopped["until"]["id"]  # sources differ: no last day is made up
    health = by_key["health_ended_member"]
    assert (health["who"], health["cause"]["say"]) == ("Siti Kusuma", "The cause is not recorded.")
    rank = by_key["desil_out"]
    assert (rank["before"], rank["now"]) == ("3", "6")
    assert "1 sampai" in rank["rules"]["id"]
    assert registry.one("SELECT inbox_revision FROM account") == 3

    assert "notices" not in registry.load(as_of=NEXT, full=FULL).changes
    registry.execute("UPDATE participation SET active = true WHERE program = 'PKH' AND reason = 'DESIL'")
    assert "notices" not in registry.load(as_of=NEXT, full=FULL).changes  # said before of the same extract
    assert len(told(registry)) == 3


def test_a_payment_that_is_stopped_or_made_less_is_told(registry: Registry) -> None:
    write(registry, PKH)
    registry.load()
    with_login(registry)
    write(registry, PKH, paid=PAID | {"STATUS": "EXCLUDE", "NOMINAL": "375000"})
    registry.load(as_of=NEXT)
    write(registry, PKH, paid=PAID | {"STATUS": "EXCLUDE", "NOMINAL": "375000", "CATATAN": "diperiksa"})
    registry.load(as_of=date(2027, 1, 20))
    (lowered_key, lowered), (key, stopped) = sorted(told(registry))
    assert (key, lowered_key) == ("payment_stopped", "payment_lowered")
    assert stopped["payment"] == lowered["payment"] == str(registry.one("SELECT id FROM disbursement"))
    assert (stopped["stage"], stopped["year"]) == ("4", "2026")


def test_a_family_that_is_gone_from_the_data_is_told_so_once(registry: Registry) -> None:
    write(registry, PKH)
    registry.load(full=FULL)
    with_login(registry)
    others = [family(f"3510140101108{n:03}") for n in range(60)]
    registry.write(keluarga=[family(OTHER_KK), *others], kepesertaan=[PKH | {"NO_KK": one["NO_KK"]} for one in others])
    registry.load(as_of=NEXT, full=["keluarga", "kepesertaan"])
    ((key, values),) = told(registry)
    assert (key, values["day"]) == ("family_closed", {"day": "2027-01-01"})


def test_what_the_brake_holds_is_told_when_it_is_released(registry: Registry) -> None:
    registry.write(keluarga=[family()], anggota=[member(HUBUNGAN="1")], kepesertaan=[PKH])
    registry.load()
    with_login(registry)
    registry.write(keluarga=[family()], anggota=[member(HUBUNGAN="1")], kepesertaan=[PKH | ENDS])
    held = registry.load(as_of=NEXT, full=FULL)
    assert (held.status, told(registry)) == ("awaiting_confirmation", [])
    confirmed = confirm_load(registry.url, held.run or 0, 42)
    assert confirmed is not None
    assert confirmed.status == "loaded"
    assert [key for key, _values in told(registry)] == ["aid_ended"]
    assert confirm_load(registry.url, held.run or 0, 42) is None
    assert len(told(registry)) == 1
