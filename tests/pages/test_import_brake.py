"""A load that would end the aid of many waits for a second officer; statements are settled, never erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from portal.accounts.staffing import NewOfficer, create_staff
from portal.commands import main
from portal.config import Settings
from portal.exchange.generator import households, write_extract
from portal.exchange.importing import cancel_load, confirm_load
from portal.registry.areas_load import AreasRefused, load_areas
from portal.registry.changes import Finding, Verifier, make_statement
from portal.registry.merge import Stage
from tests.environments import variables_of
from tests.extracts import AS_OF, KK, NEXT, NIK, ROOT, VILLAGES, family, member
from tests.pages.importing import Registry

PASSWORD = "langit-biru-sekali-9"
FULL = ["keluarga", "anggota", "kepesertaan"]


@pytest.fixture
def registry(committed_url: str, settings: Settings, tmp_path: Path) -> Iterator[Registry]:
    engine: Engine = create_engine(committed_url, poolclass=NullPool)
    yield Registry(engine, settings.keyring, tmp_path / "extract")
    engine.dispose()


def hold(registry: Registry) -> int:
    """Load a quarter whose successor ends the aid of many; gives the number of the load that waits."""
    write_extract(registry.folder, households(200, VILLAGES, AS_OF))
    assert registry.load().status == "loaded"
    write_extract(registry.folder, households(200, VILLAGES, AS_OF, quarter=1))
    held = registry.load(as_of=NEXT, full=FULL)
    assert held.status == "awaiting_confirmation"
    assert held.run is not None
    return held.run


def test_the_generator_knows_what_the_next_quarter_changes(registry: Registry) -> None:
    hold(registry)
    quarter = list(households(200, VILLAGES, AS_OF, quarter=1))
    changes = registry.said[-1].changes
    for what, key in (
        ("desil", "keluarga.desil_changed"),
        ("floor", "keluarga.floor_changed"),
        ("death", "anggota.alive_changed"),
        ("birth", "anggota.new"),
        ("ended", "kepesertaan.ended"),
    ):
        assert changes[key] == sum(h.changes.count(what) for h in quarter), what
    assert changes["families_that_lose_a_program"] == sum("ended" in h.changes for h in quarter)
    assert changes["kepesertaan.closed"] == 0


def test_a_held_load_changes_nothing_until_it_is_confirmed(registry: Registry) -> None:
    write_extract(registry.folder, households(200, VILLAGES, AS_OF))
    registry.load()
    before = registry.record()
    write_extract(registry.folder, households(200, VILLAGES, AS_OF, quarter=1))
    held = registry.load(as_of=NEXT, full=FULL)
    assert registry.record() == before
    assert registry.one("SELECT state FROM extract_load WHERE id = :id", id=held.run) == "awaiting_confirmation"
    for path in registry.folder.iterdir():
        path.unlink()  # what was checked is applied, whatever became of the files
    report = confirm_load(registry.url, held.run or 0, 42)
    assert report is not None
    assert report.status == "loaded"
    assert report.changes == held.changes
    assert registry.rows("SELECT state, confirmed_by FROM extract_load WHERE id = :id", id=held.run) == [("loaded", 42)]
    assert registry.one("SELECT count(*) FROM participation WHERE ended_as_of = :day", day=NEXT) > 0
    assert registry.stages() == 0
    assert confirm_load(registry.url, held.run or 0, 42) is None


def test_a_held_load_may_be_given_up(registry: Registry) -> None:
    run = hold(registry)
    assert cancel_load(registry.url, run)
    assert not cancel_load(registry.url, run)
    assert confirm_load(registry.url, run, 1) is None
    assert registry.stages() == 0


def test_a_held_load_is_too_old_once_a_newer_one_is_in(registry: Registry) -> None:
    run = hold(registry)
    write_extract(registry.folder, households(200, VILLAGES, AS_OF))
    assert registry.load(as_of=date(2027, 2, 1)).status == "loaded"
    report = confirm_load(registry.url, run, 1)
    assert report is not None
    assert report.status == "refused_older"


def test_a_held_load_waits_again_where_more_would_lose_aid_than_was_agreed(registry: Registry) -> None:
    run = hold(registry)
    registry.execute("UPDATE participation SET active = true, until = NULL WHERE NOT active")
    report = confirm_load(registry.url, run, 1)
    assert report is not None
    assert report.status == "awaiting_confirmation"
    assert registry.one("SELECT state FROM extract_load WHERE id = :id", id=run) == "awaiting_confirmation"


def test_staging_that_a_crash_emptied_cannot_be_confirmed(registry: Registry) -> None:
    run = hold(registry)
    registry.execute(f"TRUNCATE {Stage(run).name('family')}")
    report = confirm_load(registry.url, run, 1)
    assert report is not None
    assert report.status == "staging_lost"
    assert registry.one("SELECT state FROM extract_load WHERE id = :id", id=run) == "cancelled"


def state(registry: Registry, finding: Finding, extract: dict[str, list[dict[str, str]]], as_of: date = NEXT) -> str:
    """What becomes of a statement made on 15 November 2026 when an extract comes in."""
    with Session(registry.engine) as session, session.begin():
        family_id = session.execute(text("SELECT id FROM family")).scalar_one()
        if finding.subject in ("member", "member_health"):
            member_id = session.execute(text("SELECT id FROM member")).scalar_one()
            finding = Finding(finding.subject, finding.field, finding.value, member_id)
        made = make_statement(
            session,
            registry.ring,
            family_id=family_id,
            finding=finding,
            verifier=Verifier(1, "Wahyu Hidayat", "7KQ4-MX9T"),
        )
        made.stated_at = datetime(2026, 11, 15, tzinfo=UTC)
    registry.write(**extract)
    registry.load(as_of=as_of)
    return str(registry.one("SELECT state FROM statement"))


@pytest.mark.parametrize(
    ("finding", "agrees", "differs"),
    [
        (Finding("housing", "floor", "8"), {"LANTAI": "8"}, {"LANTAI": "2"}),
        (Finding("housing", "floor_area_m2", "40.5"), {"LUAS_LANTAI_M2": "40.50"}, {"LUAS_LANTAI_M2": "41"}),
        (Finding("housing", "savings", "False"), {"TABUNGAN": "TIDAK"}, {"TABUNGAN": "YA"}),
        (Finding("family", "village_id", "3510022001"), {"KODE_WILAYAH": "35.10.02.2001"}, {}),
        (Finding("family", "address", "Dusun  krajan 7"), {"ALAMAT": "DUSUN KRAJAN 7"}, {"ALAMAT": "Dusun Lor 1"}),
        (Finding("member", "education", "SMA"), {"PENDIDIKAN_TERTINGGI": "SMA"}, {"PENDIDIKAN_TERTINGGI": "SD"}),
        (
            Finding("member_health", "chronic_illness", "Asma, Stroke"),
            {"PENYAKIT_KRONIS": "STROKE; HIPERTENSI ;ASMA"},
            {"PENYAKIT_KRONIS": "ASMA"},
        ),
    ],
    ids=lambda value: value.field if isinstance(value, Finding) else "",
)
def test_statements_are_settled_or_contradicted_and_never_erased(
    registry: Registry, finding: Finding, agrees: dict[str, str], differs: dict[str, str]
) -> None:
    def extract(cells: dict[str, str]) -> dict[str, list[dict[str, str]]]:
        of_member = ("PENDIDIKAN_TERTINGGI", "PENYAKIT_KRONIS")
        mine = {k: v for k, v in cells.items() if k in of_member}
        return {"keluarga": [family(**{k: v for k, v in cells.items() if k not in mine})], "anggota": [member(**mine)]}

    registry.write(**extract({}))
    registry.load()
    assert state(registry, finding, extract({}), AS_OF) == "waiting"  # an older word does not contradict
    registry.write(**extract(differs))
    assert registry.load(as_of=NEXT).changes["statements.contradicted"] == 1
    registry.write(**extract(agrees))
    assert registry.load(as_of=date(2027, 4, 1)).changes["statements.accepted"] == 1
    assert registry.rows("SELECT state, compared_as_of FROM statement") == [("accepted", date(2027, 4, 1))]
    registry.write(**extract(differs))
    registry.load(as_of=date(2027, 7, 1))
    assert registry.one("SELECT state FROM statement") == "accepted"


@pytest.fixture
def environment(
    registry: Registry, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The environment of the command, on the test's database and with the secrets of the run."""
    made = variables_of(settings) | {"DATABASE_URL": registry.url, "PORTAL_INSTANCE": str(tmp_path / "instance")}
    for name, value in made.items():
        monkeypatch.setenv(name, value)
    return made


def run(*words: str, **more: Any) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], **more)


def officer(registry: Registry, login: str, role: str, *areas: int) -> str:
    with Session(registry.engine) as session, session.begin():
        new = NewOfficer(login=login, name=login, title=role, role=role, areas=areas, since=date(2025, 1, 1))
        _, secret = create_staff(session, new, PASSWORD)
    return secret


def test_the_commands_load_hold_and_confirm(registry: Registry, environment: dict[str, str], tmp_path: Path) -> None:
    write_extract(registry.folder, households(200, VILLAGES, AS_OF))
    report = tmp_path / "report.json"
    done = run("registry", "import", str(registry.folder), "--as-of", "2026-10-01", "--report", str(report))
    assert done.exit_code == 0, done.output
    assert "The extract is loaded." in done.output
    assert '"keluarga.accepted": 200' in report.read_text()
    assert (tmp_path / "report-refused.csv").read_text("utf-8-sig").startswith("file,line,column,value,reason")
    write_extract(registry.folder, households(200, VILLAGES, AS_OF, quarter=1))
    words = (
        "registry",
        "import",
        str(registry.folder),
        "--as-of",
        "2027-01-01",
        "--full",
        ",".join(FULL),
        "--by",
        "budi",
    )
    rehearsed = run(*words, "--dry-run")
    assert "A rehearsal" in rehearsed.output
    held = run(*words)
    assert held.exit_code == 0, held.output
    assert "The load waits" in held.output
    load = registry.one("SELECT max(id) FROM extract_load")
    regency = VILLAGES[0] // 1_000_000
    first, second = (officer(registry, login, "regency_office", regency) for login in ("budi", "ani"))
    elsewhere = officer(registry, "made", "regency_office", VILLAGES[0] // 10_000)
    worker = officer(registry, "wahyu", "social_worker")

    def confirm(login: str, secret: str) -> Result:
        return run("registry", "confirm", load, "--login", login, "--code", pyotp.TOTP(secret).now())

    assert "second officer" in confirm("budi", first).output
    assert "may not confirm" in confirm("wahyu", worker).output
    assert "is wrong" in confirm("ani", first).output
    assert "does not serve" in confirm("made", elsewhere).output
    assert "awaiting_confirmation" in run("registry", "runs").output
    done = confirm("ani", second)
    assert done.exit_code == 0, done.output
    assert "The extract is loaded." in done.output
    assert "No load" in confirm("ani", second).output
    assert "No load" in run("registry", "cancel", load).output
    older = run("registry", "import", str(registry.folder), "--as-of", "2026-11-01")
    assert older.exit_code == 1
    assert "newer extract" in older.output
    assert NIK not in older.output
    assert KK not in older.output


def test_the_commands_refuse_what_cannot_be_meant(registry: Registry, environment: dict[str, str]) -> None:
    registry.folder.mkdir()
    wrong = run("registry", "import", str(registry.folder), "--as-of", "2026-10-01", "--full", "penyaluran")
    assert wrong.exit_code == 2
    assert run("registry", "import", str(registry.folder), "--as-of", "31/12/2026").exit_code == 2
    assert run("registry", "import", str(registry.folder), "--as-of", "2026-10-01").exit_code == 1
    assert "No load" in run("registry", "confirm", "77", "--login", "a", "--code", "1").output
    assert run("areas", "load", str(registry.folder)).exit_code == 1


def areas(folder: Path, villages: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "provinces.csv").write_text("code,name\n35,Jawa Timur\n")
    (folder / "regencies.csv").write_text("code,province_code,name,bps_code\n35.10,35,Kabupaten Banyuwangi,3510\n")
    (folder / "districts.csv").write_text("code,regency_code,name\n35.10.14,35.10,Glagah\n")
    (folder / "villages.csv").write_text("code,district_code,name\n" + villages)
    return folder


def test_areas_are_loaded_renamed_and_retired(registry: Registry, tmp_path: Path) -> None:
    with registry.engine.begin() as connection:
        counts = load_areas(
            connection, areas(tmp_path / "a", "35.10.14.2015,35.10.14,Kenjo Baru\n35.10.14.2099,,Baru\n")
        )
    assert (counts["new"], counts["villages"], counts["regencies"]) == (1, 2, 1)
    assert counts["changed"] >= 2
    assert counts["retired"] == registry.one("SELECT count(*) FROM area WHERE retired") > 0
    assert registry.rows("SELECT name, bps_code FROM area WHERE id = 3510") == [("Kabupaten Banyuwangi", "3510")]
    assert registry.rows("SELECT name, retired FROM area WHERE id = 3510142015") == [("Kenjo Baru", False)]
    assert registry.one("SELECT retired FROM area WHERE id = 3510142016")


@pytest.mark.parametrize(
    ("villages", "why"),
    [
        ("35.10.14.201,,Pendek\n", "line 2"),
        ("35.10.14.2015,,\n", "line 2"),
        ("35.10.14.2015,,A\n35.10.14.2015,,B\n", "twice"),
        ("35.10.99.2015,,A\n", "none of the files"),
    ],
)
def test_broken_areas_are_refused_whole(registry: Registry, tmp_path: Path, villages: str, why: str) -> None:
    before = registry.rows("SELECT * FROM area ORDER BY id")
    with pytest.raises(AreasRefused, match=why), registry.engine.begin() as connection:
        load_areas(connection, areas(tmp_path / "a", villages))
    with pytest.raises(AreasRefused, match="cannot be read"), registry.engine.begin() as connection:
        load_areas(connection, tmp_path)
    assert registry.rows("SELECT * FROM area ORDER BY id") == before


def test_all_areas_of_indonesia_load_with_the_command(registry: Registry, environment: dict[str, str]) -> None:
    folder = ROOT / "node_modules" / "idn-area-data" / "data"
    if not folder.exists():
        pytest.skip("the areas come with npm; `make assets` brings them")
    done = run("areas", "load", str(folder))
    assert done.exit_code == 0, done.output
    levels = dict(tuple(row) for row in registry.rows("SELECT level, count(*) FROM area WHERE NOT retired GROUP BY 1"))
    assert (levels[1], levels[2]) == (38, 514)
    assert levels[3] > 7_200
    assert levels[4] > 83_700
