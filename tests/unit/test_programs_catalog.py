"""The catalogue: what it holds, how it is looked up, and every fault refused with file and line."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from portal.programs.catalog import FOLDER, Program, catalog_on, default, load
from portal.programs.cli import catalog as command
from portal.programs.criteria.person import AgeBetween
from portal.programs.reading import CatalogError
from portal.programs.toml_lines import line_of

DAY = date(2026, 10, 1)

MINIMAL = """\
code = "KURSUS"
kind = "training"
audience = "member"
valid_from = 2026-01-01
name = { id = "Kursus", en = "Course" }
summary = { id = "Gratis", en = "Free" }
organiser = { id = "Dinas", en = "Office" }
documents = [
  { id = "KTP", en = "KTP" },
]

[[amounts]]
key = "day"
label = { id = "sehari", en = "a day" }
rupiah = 20_000
per = "day"
sure = "B"
valid_from = 2026-01-01

[[criteria]]
kind = "age_between"
lowest = 15
highest = 18
sure = "G"
"""


def folder_with(tmp_path: Path, **files: str) -> Path:
    for name, source in files.items():
        (tmp_path / f"{name}.toml").write_text(source, encoding="utf-8")
    return tmp_path


def test_the_programmes_of_the_issue_are_there() -> None:
    codes = {program.code for program in catalog_on(DAY).programs}
    assert codes == {
        "PKH", "SEMBAKO", "BLT-DESA", "ATENSI-YAPI", "PIP", "PBI-JK", "RST", "BSPS", "PENA", "SEKOLAH-RAKYAT", "VOKASI",
        "PRAKERJA", "KIP-KULIAH", "LISTRIK-SUBSIDI", "KURSUS-KODING",
    }  # fmt: skip
    assert [program.code for program in default().programs if program.demo] == ["KURSUS-KODING"]


def test_rules_hold_from_a_day_to_a_day() -> None:
    assert "VOKASI" in catalog_on(date(2026, 12, 31)).by_code
    assert "VOKASI" not in catalog_on(date(2027, 1, 1)).by_code
    assert catalog_on(date(2016, 12, 31)).programs == ()


def test_what_is_only_announced_judges_nobody() -> None:
    catalog = catalog_on(DAY)
    assert [program.code for program in catalog.announced] == ["LPG-3-KG"]
    assert "LPG-3-KG" not in catalog.by_code


def test_what_has_ended_is_still_told_by_name() -> None:
    assert {one.code for one in default().past(DAY)} == {"BLTS", "BST", "BLT-UMKM"}
    assert "BLTS" in catalog_on(date(2025, 11, 1)).by_code
    assert "BLTS" not in {one.code for one in default().past(date(2025, 11, 1))}


@pytest.mark.parametrize("program", default().programs, ids=lambda program: program.code)
def test_every_programme_tells_how_where_and_with_which_papers(program: Program) -> None:
    assert program.how and program.where and program.documents and program.desil_text
    assert program.remarks or program.legal or program.calendar, "something that says how sure it is"
    for text in (program.name, program.summary, program.organiser, program.where):
        assert text is not None and text.id and text.en and text.id != "", program.code


def test_nothing_is_foreseen_from_a_calendar_in_words() -> None:
    paid = {program.code for program in default().programs if program.pays}
    assert paid == {"PKH", "SEMBAKO"}


@pytest.mark.parametrize("label", ["BPNT", "bpnt", " Sembako ", "SEMBAKO"])
def test_the_words_of_the_record_find_their_programme(label: str) -> None:
    program = catalog_on(DAY).find(label)
    assert program is not None
    assert program.code == "SEMBAKO"


def test_ended_and_unknown_programmes_show_by_name() -> None:
    catalog = catalog_on(DAY)
    assert catalog.find("BST") is None
    assert catalog.name_of("BST").text("id") == "Bantuan Sosial Tunai (BST)"
    assert catalog.name_of("BLT KESRA") == catalog.name_of("BLTS")
    assert catalog.name_of("BANTUAN KOTA LAMA").text("en") == "BANTUAN KOTA LAMA"
    assert catalog.code_of("BANTUAN KOTA LAMA") == "BANTUAN KOTA LAMA"


def test_every_dispute_tells_the_family() -> None:
    for program in default().programs:
        for criterion in program.criteria:
            assert criterion.sure != "X" or criterion.note is not None


def test_the_catalogue_of_a_day_is_made_once() -> None:
    assert catalog_on(DAY) is catalog_on(DAY)
    catalog = default()
    for ahead in range(150):
        catalog.on(date.fromordinal(DAY.toordinal() + ahead))
    assert catalog.on(DAY).day == DAY


def test_the_version_changes_with_any_file(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "copy")
    before = load(tmp_path / "copy").version
    assert before == default().version
    with (tmp_path / "copy" / "rst.toml").open("a", encoding="utf-8") as file:
        file.write("# one more remark\n")
    assert load(tmp_path / "copy").version != before


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('kind = "age_between"', 'kind = "shoe_size"', 21, "unknown criterion"),
        ("rupiah = 20_000", "rupiah = -1", 15, "greater than or equal to 0"),
        ("rupiah = 20_000", 'rupiah = "20000"', 15, "valid integer"),
        ('{ id = "Gratis", en = "Free" }', '{ id = "Gratis" }', 6, "language 'en' is missing"),
        ('{ id = "KTP", en = "KTP" }', '{ en = "KTP" }', 8, "language 'id' is missing"),
        ('{ id = "sehari", en = "a day" }', '{ id = "sehari" }', 14, "language 'en' is missing"),
        ("lowest = 15", "lowest = 15\nshoes = 4", 23, "'shoes' is not known here"),
        ('sure = "G"', 'sure = "?"', 24, "'A', 'B', 'C', 'G' or 'X'"),
        ('code = "KURSUS"', 'code = "kursus koding"', 1, "pattern"),
        ('kind = "training"\n', "", 1, "'kind' is missing"),
        ("valid_from = 2026-01-01\nname", "valid_from = 2026-01-01\nvalid_until = 2025-01-01\nname", 5, "before"),
        ('audience = "member"', 'audience = "family"', 20, "about a member"),
        ('kind = "age_between"\nlowest = 15\nhighest = 18', 'kind = "pkh_component"', 3, "asks nothing of a member"),
        ("highest = 18", "highest = ", 23, "not TOML"),
        ("valid_from = 2026-01-01", 'valid_from = "tomorrow"', 4, "valid date"),
        ("valid_from = 2026-01-01", "valid_from = 2026-02-30", 4, "not TOML"),
        ('name = { id = "Kursus"', 'colour = "red"\nname = { id = "Kursus"', 5, "'colour' is not known here"),
        ('code = "KURSUS"', 'code = "KURSUS"\naliases = ["A b", "a-B"]', 2, "one alias stands twice"),
        ('kind = "training"', 'kind = "training"\nstanding = "perhaps"', 3, "'in_force' or 'announced'"),
    ],
)  # fmt: skip
def test_faults_are_refused_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in MINIMAL
    folder = folder_with(tmp_path, kursus=MINIMAL.replace(old, new, 1))
    with pytest.raises(CatalogError) as refused:
        load(folder)
    assert (refused.value.file, refused.value.line) == ("kursus.toml", line), str(refused.value)
    assert words in refused.value.problem


def test_the_minimal_file_itself_is_fine(tmp_path: Path) -> None:
    assert [program.code for program in load(folder_with(tmp_path, kursus=MINIMAL)).programs] == ["KURSUS"]


def test_overlapping_validity_is_refused(tmp_path: Path) -> None:
    later = MINIMAL.replace("valid_from = 2026-01-01", "valid_from = 2026-07-01", 1)
    with pytest.raises(CatalogError, match=r"b\.toml:4: KURSUS overlaps in time with a\.toml"):
        load(folder_with(tmp_path, a=MINIMAL, b=later))


def test_versions_that_follow_each_other_are_fine(tmp_path: Path) -> None:
    first = MINIMAL.replace("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_until = 2026-06-30", 1)
    second = MINIMAL.replace("valid_from = 2026-01-01", "valid_from = 2026-07-01", 1).replace(
        "highest = 18", "highest = 19"
    )
    catalog = load(folder_with(tmp_path, a=first, b=second))
    rules = [catalog.on(day).by_code["KURSUS"].criteria[0] for day in (date(2026, 6, 30), date(2026, 7, 1))]
    assert [rule.highest for rule in rules if isinstance(rule, AgeBetween)] == [18, 19]


def test_two_amounts_for_one_day_are_refused(tmp_path: Path) -> None:
    twice = MINIMAL + MINIMAL[MINIMAL.index("[[amounts]]") : MINIMAL.index("[[criteria]]")]
    with pytest.raises(CatalogError, match=r"kursus\.toml:25: two amounts for 'day'"):
        load(folder_with(tmp_path, kursus=twice))


def test_one_word_for_two_programmes_is_refused(tmp_path: Path) -> None:
    names = (
        '[[program]]\ncode = "LAIN"\naliases = ["kursus"]\nkind = "cash"\nsure = "G"\n'
        'name = { id = "L", en = "L" }\nsummary = { id = "L", en = "L" }\n'
    )
    with pytest.raises(CatalogError, match="'kursus' already means KURSUS"):
        load(folder_with(tmp_path, kursus=MINIMAL, names=names))


def test_one_name_for_two_programmes_is_refused_on_its_line(tmp_path: Path) -> None:
    other = MINIMAL.replace('code = "KURSUS"', 'code = "LAIN"\nkind = "training"\naliases = ["Kursus"]', 1)
    other = other.replace('kind = "training"\naudience', "audience", 1)
    with pytest.raises(CatalogError, match=r"b\.toml:3: 'Kursus' already means KURSUS"):
        load(folder_with(tmp_path, a=MINIMAL, b=other))


def test_a_programme_that_stands_twice_is_refused(tmp_path: Path) -> None:
    one = '[[program]]\ncode = "KURSUS"\nkind = "cash"\nsure = "G"\nname = { id = "L", en = "L" }\n'
    names = one + 'summary = { id = "L", en = "L" }\n'
    with pytest.raises(CatalogError, match=r"names\.toml:2: 'KURSUS' stands twice"):
        load(folder_with(tmp_path, kursus=MINIMAL, names=names))


def test_a_folder_that_is_refused_leaves_the_old_catalogue(tmp_path: Path) -> None:
    before = default()
    with pytest.raises(CatalogError):
        load(folder_with(tmp_path, kursus=MINIMAL.replace("lowest = 15", "lowest = -15", 1)))
    assert default() is before
    assert catalog_on(DAY).by_code["PKH"] is before.on(DAY).by_code["PKH"]


def test_the_command_names_each_fault_and_ends_with_one(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.mkdir()
    bad.mkdir()
    folder_with(good, a=MINIMAL)
    folder_with(bad, a=MINIMAL.replace("rupiah = 20_000", "rupiah = -1"), b=MINIMAL.replace("lowest", "shoes"))
    (bad / "c.toml").write_bytes(b'code = "C"\nname = "\xff"\n')
    passed, refused = (CliRunner().invoke(command, ["check", str(folder)]) for folder in (good, bad))
    assert (passed.exit_code, passed.output) == (0, "")
    assert refused.exit_code == 1
    assert [line.split(": ")[0] for line in refused.output.splitlines()] == ["a.toml:15", "b.toml:20", "c.toml:2"]
    assert CliRunner().invoke(command, ["check", str(tmp_path)]).exit_code == 1, "a folder without programmes"


def test_counting_needs_its_rules_and_amounts(tmp_path: Path) -> None:
    pkh = (FOLDER / "pkh.toml").read_text(encoding="utf-8")
    with pytest.raises(CatalogError, match="need each other"):
        load(
            folder_with(
                tmp_path, pkh=pkh.replace('kind = "pkh_component"\n', 'kind = "nobody_works_as"\nwork = ["X"]\n')
            )
        )
    with pytest.raises(CatalogError, match="no amount for elderly"):
        load(folder_with(tmp_path, pkh=pkh.replace('key = "elderly"', 'key = "old"')))
    with pytest.raises(CatalogError, match="order must name every component once") as refused:
        load(folder_with(tmp_path, pkh=pkh.replace('"elderly", "pregnancy"]', '"elderly"]')))
    assert "[counting.order]" in pkh.splitlines()[refused.value.line - 1]


@given(st.text(alphabet='ab="[]{}\n.1', max_size=120))
def test_lines_are_found_in_any_text(source: str) -> None:
    assert 1 <= line_of(source, ("a", 0, "b")) <= max(1, len(source.splitlines()))


def test_lines_of_long_values_and_nested_tables() -> None:
    source = '[a]\nb = """\nc = 1\n"""\nc = [\n  1, # x]\n  2,\n]\nd.e = 3\n[[a.f]]\n[[a.f]]\ng = 1\n[[a.f.h]]\ni = 2\n'
    assert line_of(source, ("a", "c")) == 5
    assert line_of(source, ("a", "c", 1)) == 5
    assert line_of(source, ("a", "d", "e")) == 9
    assert line_of(source, ("a", "f", 1, "g")) == 12
    assert line_of(source, ("a", "f", 1, "h", 0, "i")) == 14
    assert line_of(source, ("nowhere",)) == 1
