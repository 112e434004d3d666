"""An extract merged into the record: what is new, what changed with the value before, what is closed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from portal.config import Settings
from portal.exchange import importing, loads
from portal.exchange.generator import Spoiled, households, spoiled, write_extract
from portal.exchange.importing import confirm_load
from portal.registry.merge import Ending, Load, merge, tables
from tests.extracts import (
    AS_OF,
    CHILD,
    KK,
    NEXT,
    NIK,
    OTHER_KK,
    SHARED,
    VILLAGES,
    family,
    member,
    shared_manifest,
    shared_villages,
)
from tests.pages.importing import Registry

PKH = {"NO_KK": KK, "PROGRAM": "PKH", "SEJAK": "2024-01-01", "STATUS": "AKTIF"}
PAID = {"NO_KK": KK, "PROGRAM": "PKH", "TAHUN": "2026", "TAHAP": "3", "NOMINAL": "750000", "STATUS": "PROSES SPM"}


@pytest.fixture
def registry(committed_url: str, settings: Settings, tmp_path: Path) -> Iterator[Registry]:
    engine: Engine = create_engine(committed_url, poolclass=NullPool)
    yield Registry(engine, settings.keyring, tmp_path / "extract")
    engine.dispose()


def whole(registry: Registry, **changes: list[dict[str, str]] | str) -> None:
    """Write one family with two members, a participation and a disbursement, but for the changes."""
    files: dict[str, list[dict[str, str]] | str] = {
        "keluarga": [family(ALAMAT="Dusun Krajan No. 1", LANTAI="6", LUAS_LANTAI_M2="40.5", RT="1", STATUS="AKTIF")],
        "anggota": [
            member(HUBUNGAN="1", PENYAKIT_KRONIS="ASMA", STATUS_HIDUP="HIDUP"),
            member(nik=CHILD, NAMA="Siti", HUBUNGAN="3"),
        ],
        "kepesertaan": [PKH],
        "penyaluran": [PAID],
    }
    registry.write(**(files | changes))


def test_a_first_load_makes_the_whole_record_and_no_clear_number(registry: Registry) -> None:
    whole(registry)
    report = registry.load()
    assert report.status == "loaded"
    assert {k: report.changes[f"{k}.new"] for k in ("keluarga", "anggota", "kepesertaan", "penyaluran")} == {
        "keluarga": 1,
        "anggota": 2,
        "kepesertaan": 1,
        "penyaluran": 1,
    }
    ring = registry.ring
    ((sealed, address, village, status, revision, rt),) = registry.rows(
        "SELECT kk_sealed, address_sealed, village_id, status, revision, rt FROM family"
    )
    assert (ring.unseal("kk", sealed), ring.unseal("address", address)) == (KK, "Dusun Krajan No. 1")
    assert (village, status, revision, rt) == (3510142015, "active", 1, "001")
    assert registry.rows("SELECT floor, floor_area_m2 FROM housing") == [(6, 40.5)]
    assert registry.rows("SELECT desil, ranked_on FROM desil") == [(3, AS_OF)]
    people = registry.rows("SELECT m.name, m.nik_sealed, m.since, m.until, m.alive FROM member m ORDER BY m.name")
    assert [(p.name, ring.unseal("nik", p.nik_sealed), p.since, p.until, p.alive) for p in people] == [
        ("Hasan Kusuma", NIK, AS_OF, None, True),
        ("Siti", CHILD, AS_OF, None, None),
    ]
    assert registry.rows("SELECT chronic_illness, pregnant FROM member_health") == [("ASMA", None)]
    assert registry.one("SELECT count(*) FROM nik_index WHERE nik_hash = :h", h=ring.blind_index("nik", NIK)) == 1
    kept = "\n".join(line for table in registry.record().values() for line in table)
    assert NIK not in kept
    assert KK not in kept
    assert registry.stages() == 0
    assert registry.one("SELECT event FROM audit_event") == "extract_loaded"
    asked = registry.rows("SELECT task_name, args FROM jobs.procrastinate_jobs WHERE task_name LIKE 'match%'")
    assert [tuple(job) for job in asked] == [("match_regency", {"regency": 3510})]


def test_the_same_extract_twice_changes_nothing(registry: Registry) -> None:
    source = spoiled(households(150, VILLAGES, AS_OF), 2, Spoiled(), two_families=3)
    write_extract(registry.folder, source)
    first = registry.load(full=["keluarga", "anggota", "kepesertaan"])
    before = registry.record()
    second = registry.load(full=["keluarga", "anggota", "kepesertaan"])
    assert registry.record() == before
    assert first.counts == second.counts
    assert {k for k, n in second.changes.items() if n and not k.endswith("unchanged")} <= {
        "families_that_received_something_before"
    }
    assert registry.one("SELECT count(*) FROM finding") == 3


def test_a_change_keeps_the_value_before_and_raises_the_revision_once(registry: Registry) -> None:
    whole(registry)
    registry.load()
    whole(
        registry,
        keluarga=[
            family(
                ALAMAT="Dusun Tegal No. 2",
                LANTAI="8",
                LUAS_LANTAI_M2="40.5",
                RT="1",
                STATUS="AKTIF",
                DESIL="5",
                TGL_DESIL="2027-01-01",
                SUMBER_DATA="GROUND CHECK",
                TGL_DATA="2026-12-01",
            )
        ],
        penyaluran=[PAID | {"STATUS": "SUKSES SPM", "TGL_CAIR": "2026-08-01"}],
    )
    report = registry.load(as_of=NEXT)
    changed = registry.rows(
        "SELECT subject, field, old, new, source, source_date, as_of FROM record_change WHERE field <> 'address'"
        " ORDER BY subject, field"
    )
    assert [tuple(row) for row in changed] == [
        ("desil", "desil", "3", "5", "BPS", NEXT, NEXT),
        ("disbursement", "paid_on", None, "2026-08-01", None, None, NEXT),
        ("disbursement", "status", "PROSES SPM", "SUKSES SPM", None, None, NEXT),
        ("housing", "floor", "6", "8", "GROUND CHECK", date(2026, 12, 1), NEXT),
    ]
    ((old, new),) = registry.rows("SELECT old_sealed, new_sealed FROM record_change WHERE field = 'address'")
    assert [registry.ring.unseal("address", x) for x in (old, new)] == ["Dusun Krajan No. 1", "Dusun Tegal No. 2"]
    assert registry.rows("SELECT revision, as_of FROM family") == [(2, NEXT)]
    assert registry.rows("SELECT desil FROM desil ORDER BY ranked_on") == [(3,), (5,)]
    assert (report.changes["keluarga.changed"], report.changes["penyaluran.changed"]) == (1, 1)
    assert report.changes["anggota.unchanged"] == 2


def test_an_unchanged_family_keeps_its_revision(registry: Registry) -> None:
    whole(registry)
    registry.load()
    whole(registry)
    registry.load(as_of=NEXT)
    assert registry.rows("SELECT revision, as_of FROM family") == [(1, NEXT)]
    assert registry.rows("SELECT * FROM record_change") == []


def test_health_and_member_changes_stand_apart(registry: Registry) -> None:
    whole(registry)
    registry.load()
    whole(
        registry,
        anggota=[
            member(HUBUNGAN="1", PENYAKIT_KRONIS="STROKE", STATUS_HIDUP="MENINGGAL"),
            member(nik=CHILD, NAMA="Siti", HUBUNGAN="3", HAMIL="0"),
        ],
    )
    report = registry.load(as_of=NEXT)
    told = registry.rows("SELECT subject, field, old, new, person_id IS NULL FROM record_change ORDER BY field")
    assert [tuple(row) for row in told] == [
        ("member", "alive", "true", "false", True),
        ("member_health", "chronic_illness", "ASMA", "STROKE", False),
    ]
    assert report.changes["anggota.alive_changed"] == 1
    assert registry.one("SELECT count(*) FROM member_health") == 2


def test_absence_means_nothing_unless_the_file_is_full(registry: Registry) -> None:
    whole(registry)
    registry.load()
    registry.write(keluarga=[family(OTHER_KK)])
    registry.load(as_of=NEXT)
    assert registry.rows("SELECT count(*) FROM family WHERE closed_on IS NULL") == [(2,)]
    assert registry.rows("SELECT count(*) FROM member WHERE until IS NULL") == [(2,)]
    assert registry.rows("SELECT active FROM participation") == [(True,)]


def test_full_files_close_what_is_absent_and_delete_nothing(registry: Registry) -> None:
    whole(registry, keluarga=[family(), family(OTHER_KK)])
    registry.load()
    registry.write(keluarga=[family()], anggota=[member(HUBUNGAN="1", STATUS_HIDUP="HIDUP", PENYAKIT_KRONIS="ASMA")])
    held = registry.load(as_of=NEXT, full=["keluarga", "anggota", "kepesertaan"])
    assert held.status == "awaiting_confirmation"
    report = confirm_load(registry.url, held.run or 0, 7)
    assert report is not None
    assert (report.changes["keluarga.closed"], report.changes["anggota.closed"]) == (1, 1)
    assert report.changes["kepesertaan.closed"] == 1
    assert [r[0] for r in registry.rows("SELECT closed_on FROM family ORDER BY closed_on NULLS FIRST")] == [None, NEXT]
    assert [r[0] for r in registry.rows("SELECT until FROM member ORDER BY until NULLS FIRST")] == [None, NEXT]
    assert registry.rows("SELECT active, until, reason, ended_as_of FROM participation") == [(False, None, None, NEXT)]
    assert registry.rows("SELECT status FROM disbursement") == [("PROSES SPM",)]
    whole(registry, keluarga=[family(), family(OTHER_KK)])
    again = registry.load(as_of=date(2027, 4, 1))
    assert registry.rows("SELECT count(*) FROM family WHERE closed_on IS NULL") == [(2,)]
    assert registry.rows("SELECT count(*) FROM member WHERE until IS NULL") == [(2,)]
    assert registry.rows("SELECT active, ended_as_of FROM participation") == [(True, None)]
    assert again.changes["anggota.reopened_changed"] == 1


@pytest.mark.parametrize(
    "spoiled_row",
    [
        {"keluarga": [family(KODE_WILAYAH="99"), family(OTHER_KK)]},
        {"anggota": [member(TGL_LAHIR="31/02/1990"), member(OTHER_KK, CHILD)]},
        {"anggota": "NO_KK,NIK,NAMA\n3.51014E+15,1,A\n"},
    ],
    ids=["family refused", "member refused", "family unreadable"],
)
def test_what_was_refused_is_not_absent(registry: Registry, spoiled_row: dict[str, list[dict[str, str]]]) -> None:
    registry.write(keluarga=[family(), family(OTHER_KK)], anggota=[member(HUBUNGAN="1")])
    registry.load()
    registry.write(**({"keluarga": [family(), family(OTHER_KK)], "anggota": [member(HUBUNGAN="1")]} | spoiled_row))
    registry.load(as_of=NEXT, full=["keluarga", "anggota"])
    assert registry.rows("SELECT until FROM member WHERE relation = 1") == [(None,)]
    assert registry.rows("SELECT closed_on FROM family") == [(None,), (None,)]


def test_an_older_extract_is_refused_and_leaves_the_record(registry: Registry) -> None:
    whole(registry)
    registry.load(as_of=NEXT)
    before = registry.record()
    whole(registry, keluarga=[family(DESIL="9")])
    report = registry.load()
    assert report.status == "refused_older"
    assert registry.record() == before
    assert registry.stages() == 0


def test_nothing_usable_says_so(registry: Registry) -> None:
    registry.folder.mkdir()
    report = registry.load(full=["keluarga"])
    assert report.status == "nothing_to_load"
    assert "keluarga.file_missing" in report.problems
    assert "keluarga.not_closed_file_missing" in report.problems
    assert registry.one("SELECT state FROM extract_load") == "cancelled"


def test_a_rehearsal_tells_and_changes_nothing(registry: Registry) -> None:
    whole(registry)
    before = registry.record()
    report = registry.load(dry_run=True)
    assert (report.status, report.changes["anggota.new"]) == ("rehearsed", 2)
    assert registry.record() == before
    assert registry.one("SELECT count(*) FROM extract_load") == 0
    assert registry.stages() == 0


def test_a_column_that_is_not_there_leaves_what_is_known(registry: Registry) -> None:
    whole(registry)
    registry.load()
    whole(
        registry,
        keluarga=f"NO_KK,KODE_WILAYAH,DESIL\n{KK},35.10.14.2015,3\n",
        anggota=f"NO_KK,NIK,NAMA\n{KK},{NIK},Hasan Kusuma\n",
    )
    report = registry.load(as_of=NEXT)
    assert registry.rows("SELECT floor, floor_area_m2 FROM housing") == [(6, 40.5)]
    ((address, rt),) = registry.rows("SELECT address_sealed, rt FROM family")
    assert (registry.ring.unseal("address", address), rt) == ("Dusun Krajan No. 1", "001")
    assert registry.rows("SELECT birth_date FROM member WHERE name = 'Hasan Kusuma'") == [(date(1980, 3, 12),)]
    assert registry.rows("SELECT field FROM record_change") == []
    assert report.changes["keluarga.changed"] == 0


def test_an_empty_cell_is_not_known_any_more_but_the_value_before_is_kept(registry: Registry) -> None:
    whole(registry)
    registry.load()
    whole(
        registry,
        keluarga=[family(ALAMAT="Dusun Krajan No. 1", LUAS_LANTAI_M2="40.5", RT="1", STATUS="AKTIF", DESIL="")],
    )
    registry.load(as_of=NEXT)
    assert registry.rows("SELECT field, old, new FROM record_change") == [("floor", "6", None)]
    assert registry.rows("SELECT desil FROM desil") == [(3,)]


def test_payments_alone_find_their_families_in_the_registry(registry: Registry) -> None:
    whole(registry)
    registry.load()
    for name in ("keluarga", "anggota", "kepesertaan"):
        (registry.folder / f"{name}.csv").unlink()
    later = PAID | {"TAHAP": "4"}
    text = registry.folder / "penyaluran.csv"
    header, row = text.read_text().splitlines()
    lines = [
        row.replace(",3,", ",4,"),
        row.replace(f"{KK},", f"{KK},{NIK}"),
        row.replace(KK, OTHER_KK),
        row.replace(f"{KK},", f"{KK},3510145205159999"),
    ]
    text.write_text("\n".join([header, row, *lines]) + "\n")
    report = registry.load(as_of=NEXT)
    assert later["TAHAP"] == "4"
    assert report.counts["penyaluran.refused.family_unknown"] == 1
    assert report.counts["penyaluran.refused.member_unknown"] == 1
    found = registry.rows("SELECT stage, member_id IS NULL FROM disbursement ORDER BY stage, 2")
    assert [tuple(row) for row in found] == [(3, False), (3, True), (4, True)]
    assert report.changes["penyaluran.new"] == 2


def test_a_person_stays_the_same_in_a_new_family(registry: Registry) -> None:
    whole(registry)
    registry.load()
    registry.write(keluarga=[family(OTHER_KK)], anggota=[member(OTHER_KK)])
    registry.load(as_of=NEXT)
    assert registry.one("SELECT count(DISTINCT person_id) FROM member") == 2
    assert registry.one("SELECT count(*) FROM member") == 3
    ((kind, families),) = registry.rows("SELECT kind, jsonb_array_length(detail -> 'families') FROM finding")
    assert (kind, families) == ("nik_in_two_families", 2)


def test_a_family_that_moved_away_is_not_overwritten_by_an_older_word(registry: Registry) -> None:
    registry.write(keluarga=[family(KODE_WILAYAH="35.09.01.2001", DESIL="5")])
    registry.load(as_of=NEXT)
    registry.write(keluarga=[family(DESIL="3"), family(OTHER_KK)])
    report = registry.load()
    assert report.changes["keluarga.newer_in_registry"] == 1
    assert registry.rows("SELECT village_id FROM family ORDER BY village_id") == [(3509012001,), (3510142015,)]


def test_a_load_cut_off_leaves_the_record_and_the_next_one_cleans_up(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole(registry)
    before = registry.record()
    script = (
        "import os, signal, sys\n"
        "from datetime import date\nfrom pathlib import Path\n"
        "from portal.core.sealing import Keyring\nfrom portal.exchange.importing import Order, import_extract\n"
        "def watch(step, done, whole):\n"
        "    if (step, done) == ('merging', 9): os.kill(os.getpid(), signal.SIGKILL)\n"
        "ring = Keyring({1: bytes(range(32))}, bytes(range(1, 33)))\n"
        "import_extract(os.environ['URL'], ring, Order(Path(sys.argv[1]), date(2026, 10, 1)), watch)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(registry.folder)],
        check=False,
        cwd=Path.cwd(),
        env=os.environ | {"URL": registry.url, "PYTHONPATH": str(Path.cwd())},
    )
    assert done.returncode == -9
    assert registry.record() == before
    assert registry.one("SELECT state FROM extract_load") == "running"
    report = registry.load()
    assert report.status == "loaded"
    assert [r[0] for r in registry.rows("SELECT state FROM extract_load ORDER BY id")] == ["cancelled", "loaded"]
    assert registry.stages() == 0


def test_a_load_that_still_runs_is_left_alone(registry: Registry) -> None:
    with registry.engine.connect() as running, registry.engine.connect() as other:
        loads.begin_load(running, AS_OF, [], "ani")
        loads.sweep(other)
        assert registry.one("SELECT state FROM extract_load") == "running"
    with registry.engine.connect() as other:
        loads.sweep(other)
    assert registry.one("SELECT state FROM extract_load") == "cancelled"


def test_a_person_named_by_another_load_meanwhile_begins_the_merge_anew(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole(registry)
    tries: list[Load] = []

    def clash(load: Load) -> Ending:
        tries.append(load)
        if len(tries) == 1:
            load.run("INSERT INTO nik_index (nik_hash, person_id, key_version) VALUES ('x', -1, 1)")
        return merge(load)

    monkeypatch.setattr(importing, "merge", clash)
    assert registry.load().status == "loaded"
    assert len(tries) == 2
    assert registry.one("SELECT count(*) FROM member") == 2


def test_an_error_in_the_middle_undoes_everything(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    whole(registry)
    registry.load()
    before = registry.record()
    whole(registry, keluarga=[family(DESIL="9")])
    monkeypatch.setitem(tables.DISBURSEMENT_FIELDS, "no_such_column", "text")
    with pytest.raises(Exception, match="no_such_column") as caught:
        registry.load(as_of=NEXT)
    assert NIK not in str(caught.value)
    assert registry.record() == before


@pytest.mark.skipif(not SHARED.exists(), reason="the shared extract is not beside this clone")
def test_the_shared_extract_and_its_next_quarter(registry: Registry) -> None:
    with registry.engine.begin() as connection:
        for village in shared_villages():
            connection.exec_driver_sql(
                "INSERT INTO area (id, level, parent_id, name) VALUES (%s, 3, 3510, 'k') ON CONFLICT DO NOTHING",
                (village // 10_000,),
            )
            connection.exec_driver_sql(
                "INSERT INTO area (id, level, parent_id, name) VALUES (%s, 4, %s, 'v') ON CONFLICT DO NOTHING",
                (village, village // 10_000),
            )
    manifest, later = shared_manifest(), shared_manifest("next-quarter")
    report = registry.load(SHARED, full=["keluarga", "anggota"])
    assert report.as_dict()["report"] == manifest["report"]
    held = registry.load(SHARED / "next-quarter", NEXT, full=["keluarga", "anggota", "kepesertaan"])
    assert held.status == "awaiting_confirmation"
    due = later["difference_from_the_extract_above"]
    assert {key: held.changes[key] for key in due} == due
    assert held.rows == later["rows"]
    confirmed = confirm_load(registry.url, held.run or 0, 1)
    assert confirmed is not None
    assert confirmed.status == "loaded"
    assert {key: confirmed.changes[key] for key in due} == due
    assert registry.one("SELECT count(*) FROM finding") == 15
