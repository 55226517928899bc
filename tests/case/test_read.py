"""Where a case may be kept, and what of it is read."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile

import polars as pl
import pytest
from made import ADOPTIONS, SETTINGS, TABLES, UNITS, one, place, rules, text, write

from diffuscope.case import read_case, shipped_cases
from diffuscope.errors import CaseError
from diffuscope.study import case_problems


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "toy é 1")


def test_a_folder_is_read_whole(folder):
    case = read_case(folder)
    assert case.problems == ()
    assert (case.id, case.title, case.licence, case.language) == ("toy", "A toy case", "CC0-1.0", "en")
    assert case.files == {name: f"{name}.csv" for name in TABLES}
    assert case.table("units").select("unit", "name", "lat", "_row").rows() == [
        ("hn", "Hà Nội", 21.03, 2),
        ("sg", "Singapore", 1.35, 3),
        ("jp", "Japan", None, 4),
    ]
    assert case.table("adoptions")["source"].to_list() == ["p. 1", "p. 2; see also\nnote 3"]
    assert case.table("ties").height == 0
    (asked,) = case.analyses
    assert (asked.policies, asked.units, asked.window) == (("plan",), ("hn", "sg"), ("2014", "2023"))
    assert case.waves == {"2022": "2022-12", "2023": "2023-12"}


def test_the_place_may_be_given_as_text_or_by_its_settings(folder, monkeypatch):
    assert read_case(str(folder)).id == "toy"
    assert read_case(folder / "case.toml").id == "toy"
    monkeypatch.chdir(folder)
    assert read_case(".").id == "toy"


@pytest.mark.parametrize("top", ["", "toy/", "toy é/"])
def test_a_zip_is_read_bare_or_with_its_folder(folder, tmp_path, top):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for file in folder.iterdir():
            packed.write(file, top + file.name)
        packed.writestr("__MACOSX/toy/._units.csv", b"\0\x05")
        packed.writestr(top + ".DS_Store", b"\0")
    case = read_case(tmp_path / "a.zip")
    assert case.problems == ()
    assert case.sha256 == read_case(folder).sha256
    assert case.files["units"] == "units.csv"


def test_tables_may_be_parquet_or_tab_separated(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / "case.toml", other)
    pl.read_csv(folder / "units.csv").write_parquet(other / "units.parquet")
    (other / "POLICIES.TSV").write_text(text(TABLES["policies"], "\t"), encoding="utf-8")
    pl.read_csv(folder / "adoptions.csv").with_columns(ids=pl.Series([["a"], []])).write_parquet(
        other / "adoptions.parquet"
    )
    case = read_case(other)
    assert rules(case) == ["unknown-column"]
    assert case.sha256 == read_case(folder).sha256
    assert case.files["policies"] == "POLICIES.TSV"


def test_values_of_parquet_keep_their_meaning(folder):
    pl.DataFrame(
        {
            "unit": pl.Series(["hn", "sg"], dtype=pl.Categorical),
            "policy": ["plan", "plan"],
            "time": pl.Series([2018.0, None]),
            "time_latest": pl.Series(["2019-02-03", "2014-01-01"]).str.to_datetime(),
            "source": ["a", "b"],
            "until": [b"x", b"y"],
        }
    ).write_parquet(folder / "adoptions.parquet")
    (folder / "adoptions.csv").unlink()
    case = read_case(folder)
    assert case.table("adoptions")["time"].to_list() == ["2018", None]
    assert case.table("adoptions")["time_latest"].to_list() == ["2019-02-03", "2014-01-01"]
    assert place(one(case, "bad-type")) == ("adoptions.parquet", 1, "until", None)


def test_shipped_cases_are_read_by_name():
    shipped = {case.id: case for case in shipped_cases()}
    case = read_case("asean-smart-cities")
    assert case.title == shipped["asean-smart-cities"].title
    assert case.errors == ()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("asean-smart-citys", "Did you mean `asean-smart-cities`?"),
        ("no/such/folder", "no/such/folder"),
        ("zzz", "Cases that come with diffuscope: asean-smart-cities"),
        ("a\0b", "There is no folder"),
        ("x" * 5000, "cannot be read"),
    ],
)
def test_what_is_not_there_is_met_with_what_is(asked, says):
    with pytest.raises(CaseError) as refused:
        read_case(asked)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("name", "says"), [("units.csv", "lies in"), ("a.ods", ".xlsx`."), ("notes", "lies in")]
)
def test_other_files_are_refused_with_what_to_give_instead(folder, name, says):
    (folder / name).touch()
    with pytest.raises(CaseError, match="neither a folder nor") as refused:
        read_case(folder / name)
    assert says in str(refused.value)


def test_a_folder_without_any_case_is_refused(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    with pytest.raises(CaseError, match="holds neither"):
        read_case(tmp_path)


def test_tables_without_settings_are_checked_all_the_same(folder):
    (folder / "case.toml").rename(folder / "case.toml.txt")
    (folder / "units.csv").write_text(text([*UNITS, ("b", "B", "city", "king", "", "")]), encoding="utf-8")
    (folder / "evidence.csv").write_text("id,coder,analysis\nx,c,spread\n", encoding="utf-8")
    case = read_case(folder)
    assert one(case, "missing-settings").fix == "rename `case.toml.txt` to `case.toml`"
    assert one(case, "bad-choice").value == "king"
    assert "unknown-id" not in rules(case)  # whether there is an analysis `spread` is not known
    assert (case.id, case.title) == ("toy-é-1", "toy é 1")


def test_settings_without_tables_say_so(tmp_path):
    case = read_case(write(tmp_path / "a", units=None, policies=None, adoptions=None))
    assert sorted(rules(case)) == ["missing-table", "missing-table", "no-tables"]


def test_an_unreadable_table_is_one_problem_and_no_others_follow(folder):
    (folder / "units.csv").write_bytes(text(UNITS).encode("cp1258", "replace"))
    case = read_case(folder)
    assert rules(case) == ["bad-encoding"]
    assert "units" not in case.tables


def test_files_that_are_no_tables_are_left_alone_unless_they_look_like_one(folder):
    for name in ("README.md", "notes.csv", "~$book.xlsx", "Thumbs.db", "map.png"):
        (folder / name).write_bytes(b"\0")
    (folder / "adoptions.csv").rename(folder / "adoption.csv")
    case = read_case(folder)
    assert place(one(case, "unknown-file")) == ("adoption.csv", None, None, None)
    assert "`adoptions`" in one(case, "unknown-file").message
    assert one(case, "unknown-file").level == "error"
    assert "2 rows are not read" in one(case, "unknown-file").message
    assert rules(case) == ["unknown-file", "unread-file"]
    assert one(case, "unread-file").file == "notes.csv"


def test_a_copy_beside_the_table_is_no_misspelt_table_but_is_named(folder):
    shutil.copy(folder / "units.csv", folder / "units_old.csv")
    case = read_case(folder)
    assert rules(case) == ["table-twice"]
    assert case.table("units").height == 3


def test_a_table_given_twice_is_a_problem(folder):
    pl.read_csv(folder / "units.csv").write_parquet(folder / "units.parquet")
    twice = one(read_case(folder), "table-twice")
    assert (twice.file, twice.level) == ("units.parquet", "error")


def test_only_the_tables_asked_for_are_read(folder):
    (folder / "adoptions.csv").write_bytes(b"\xff")
    case = read_case(folder, tables=["units", "policies"])
    assert case.problems == ()
    assert set(case.tables) == {"units", "policies"}


def test_a_listed_document_must_be_there(folder):
    rows = [
        ("document", "title", "path", "share"),
        ("a", "A", "docs/Hà Nội.pdf", ""),
        ("b", "B", "docs/none.pdf", ""),
        ("c", "C", "docs", ""),
        ("d", "D", "../toy.pdf", ""),
        ("e", "E", "docs/secret plan.pdf", "private"),
    ]
    (folder / "documents.csv").write_text(text(rows), encoding="utf-8")
    (folder / "docs").mkdir()
    # The name as macOS composes it, of letters and accents apart.
    (folder / "docs" / "Ha\u0300 No\u0323\u0302i.pdf").touch()
    (folder.parent / "toy.pdf").touch()
    case = read_case(folder)
    absent = [problem for problem in case.problems if problem.rule == "missing-file"]
    assert [place(problem) for problem in absent] == [
        ("documents.csv", 3, "path", "docs/none.pdf"),
        ("documents.csv", 4, "path", "docs"),
        ("documents.csv", 6, "path", "(private)"),
    ]
    assert one(case, "bad-path").row == 5
    with zipfile.ZipFile(folder.parent / "a.zip", "w") as packed:
        for file in folder.rglob("*.*"):
            packed.write(file, file.relative_to(folder))
    zipped = [
        problem.row
        for problem in read_case(folder.parent / "a.zip").problems
        if problem.rule == "missing-file"
    ]
    assert zipped == [3, 4, 6]


def test_the_hash_is_of_the_content_alone(folder, tmp_path):
    known = read_case(folder).sha256
    turned = (UNITS[0][::-1], *[row[::-1] for row in UNITS[:0:-1]])
    comma = [[cell.replace(".", ",") if cell[:1].isdigit() else cell for cell in row] for row in turned]
    other = write(tmp_path / "b", units=text(comma, ";", "\r\n"), adoptions=(ADOPTIONS[0], *ADOPTIONS[:0:-1]))
    assert read_case(other).problems == ()
    assert read_case(other).sha256 == known
    changed = write(tmp_path / "c", adoptions=text(ADOPTIONS).replace("2014", "2015"))
    assert read_case(changed).sha256 != known
    asked = write(tmp_path / "d", settings=SETTINGS.replace('"2023"]', '"2022"]'))
    assert read_case(asked).sha256 != known


def test_the_hash_tells_an_empty_cell_from_a_moved_one(tmp_path):
    rows = [("unit", "name", "kind", "role", "source", "note"), ("a", "A", "city", "adopter", "x", "")]
    moved = [rows[0], ("a", "A", "city", "adopter", "", "x")]
    cases = [read_case(write(tmp_path / name, units=units)) for name, units in (("a", rows), ("b", moved))]
    assert cases[0].sha256 != cases[1].sha256


def test_large_cases_go_through_every_check(tmp_path):
    # Some faults of table libraries show only where a column is split between the cores of a machine.
    units = [
        ("unit", "name", "kind", "role"),
        *((f"u{at}", f"U {at}", "city", "adopter") for at in range(20_000)),
    ]
    case = read_case(write(tmp_path / "large", units=units, adoptions=None))
    assert case_problems(case) == ()
    assert len(case.analyses[0].units) == 20_000


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_followed_within_the_case_and_never_out_of_it(folder, tmp_path):
    (folder / "data").mkdir()
    (folder / "policies.csv").rename(folder / "data" / "p.csv")
    (folder / "policies.csv").symlink_to("data/p.csv")
    assert read_case(folder).problems == ()
    (folder / "units.csv").rename(tmp_path / "units.csv")
    (folder / "units.csv").symlink_to(tmp_path / "units.csv")
    (folder / "ties.csv").symlink_to("/nowhere")
    case = read_case(folder)
    assert rules(case) == ["link-outside", "link-outside"]
    assert {problem.file for problem in case.problems} == {"units.csv", "ties.csv"}
    linked = tmp_path / "linked"
    linked.symlink_to(folder)
    assert read_case(linked).id == "toy"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="everything is readable to root")
def test_a_file_that_may_not_be_read_is_a_problem(folder):
    (folder / "units.csv").chmod(0)
    assert rules(read_case(folder)) == ["cannot-open"]


def test_the_words_of_the_network_are_no_part_of_the_hash(tmp_path):
    plain = read_case(write(tmp_path / "plain")).sha256
    settings = SETTINGS.replace("[waves]", '[words.unit]\n"Hanoi" = "hn"\n\n[waves]')
    assert read_case(write(tmp_path / "settings", settings)).sha256 == plain
    table = (("column", "written", "means"), ("unit", "Hanoi", "hn"))
    case = read_case(write(tmp_path / "table", words=table))
    assert case.words == {"unit": {"Hanoi": "hn"}}
    assert case.sha256 == plain
