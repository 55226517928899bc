"""A corrected copy: what is certain is changed and listed, the rest stays, and so does the case."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from made import TABLES, text, write

from diffuscope.case import correct_case, read_case
from diffuscope.errors import CaseError

UNITS = (
    ("unit", "name", "kind", "role", "lat", "entered"),
    ("hn", "Hà Nội", "city", "Adopter", "21.03", "March 2014"),
    ("sg", "Singapore", "city", "adopter", "1 350,5", "n/a"),
    ("jp", "Japan", "state", "promotor", "12", "4/5/2018"),
)
ADOPTIONS = (
    ("unit", "policy", "time", "source"),
    ("SG", "plan", "2014", "p. 1"),
    ("hn", "plan", "กรกฎาคม 2561", "p. 2; see also\nnote 3"),
    ("hn", "law", "2562", "p. 3"),
)
CERTAIN = {
    ("units", 2, "role", "Adopter", "adopter"),
    ("units", 2, "entered", "March 2014", "2014-03"),
    ("units", 3, "entered", "n/a", ""),
    ("adoptions", 2, "unit", "SG", "sg"),
    ("adoptions", 3, "time", "กรกฎาคม 2561", "2018-07"),
    ("adoptions", 4, "time", "2562", "2019"),
}


def changes(made):
    with made.list.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["why"] for row in rows)
    return {(row["table"], int(row["row"]), row["column"], row["old"], row["new"]) for row in rows}


def book(path, units=UNITS, adoptions=ADOPTIONS):
    made = openpyxl.Workbook()
    made.remove(made.active)
    case = [("format", 1), ("id", "toy"), ("title", "A toy case"), ("licence", "CC0-1.0")]
    for name, rows in {"case": case, **TABLES, "units": units, "adoptions": adoptions}.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append([cell or None for cell in row])
    made["units"]["F3"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    made["adoptions"].merge_cells("F1:G1")
    made.create_sheet("Notes to self").append(["=1+1"])
    made.save(path)
    return path


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_folder_is_corrected_in_a_copy(tmp_path, delimiter):
    folder = write(tmp_path / "case", units=text(UNITS, delimiter, "\r\n"), adoptions=ADOPTIONS)
    (folder / "documents").mkdir()
    (folder / "documents" / "a.txt").write_text("kept")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    made = correct_case(folder, tmp_path / "copy")
    assert changes(made) == CERTAIN | {("units", 3, "lat", "1 350,5", "1350.5")}
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert (made.copy / "documents" / "a.txt").read_text() == "kept"
    old, new = read_case(folder), read_case(made.copy)
    assert {name: table.height for name, table in new.tables.items()} == {
        name: table.height for name, table in old.tables.items()
    }
    assert len(new.errors) < len(old.errors)
    # a near name and a date of two readings are nobody's certain fix
    assert {(one.column, one.value) for one in new.errors} >= {("role", "promotor"), ("entered", "4/5/2018")}
    assert new.read_as == ()
    assert correct_case(made.copy, tmp_path / "again").changes == ()


def test_a_cell_of_two_lines_and_the_line_ends_stay(tmp_path):
    folder = write(tmp_path / "case", adoptions=text(ADOPTIONS, ";", "\r\n").encode("utf-8-sig"))
    made = correct_case(folder, tmp_path / "copy")
    data = (made.copy / "adoptions.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[2] == ["hn", "plan", "2018-07", "p. 2; see also\nnote 3"]
    assert data.count(b"\r\n") == len(ADOPTIONS)


def test_a_workbook_is_corrected_cell_by_cell(tmp_path):
    path = book(tmp_path / "a.xlsx")
    before = path.read_bytes()
    made = correct_case(path, tmp_path / "b.xlsx")
    assert changes(made) == CERTAIN | {("units", 3, "lat", "1 350,5", "1350.5")}
    assert path.read_bytes() == before
    now = openpyxl.load_workbook(made.copy)
    assert [cell.value for cell in now["adoptions"]["C"]] == ["time", "2014", "2018-07", "2019"]
    assert now["units"]["F3"].value is None
    assert now["units"]["F3"].fill.fgColor.rgb == "00FFFF00", "formats stay"
    assert now["Notes to self"]["A1"].value == "=1+1"
    assert len(read_case(made.copy).errors) < len(read_case(path).errors)
    assert zipfile.ZipFile(made.copy).testzip() is None


def test_formulas_and_dates_of_cells_are_left(tmp_path):
    adoptions = [
        *ADOPTIONS[:2],
        ("hn", "plan", dt.date(2018, 7, 1), "p. 2"),
        ("jp", "law", "=2560+2", "p. 3"),
    ]
    made = correct_case(book(tmp_path / "a.xlsx", adoptions=adoptions), tmp_path / "b.xlsx")
    now = openpyxl.load_workbook(made.copy)["adoptions"]
    assert now["C3"].value == dt.datetime(2018, 7, 1)
    assert now["C4"].value == "=2560+2"


def test_a_joined_table_is_corrected_in_its_own_files(tmp_path):
    folder = write(tmp_path / "case", units_north=UNITS, units=TABLES["units"], adoptions=TABLES["adoptions"])
    (folder / "units_north.csv").write_text(text([UNITS[0][:5], ("ax", "Axe", "City", "ADOPTER", "1"), ()]))
    (folder / "units.csv").write_text(text([row[:5] for row in TABLES["units"]]))
    made = correct_case(folder, tmp_path / "copy")
    assert [(one.file, one.row, one.old, one.new) for one in made.changes] == [
        ("units_north.csv", 2, "City", "city"),
        ("units_north.csv", 2, "ADOPTER", "adopter"),
    ]
    assert "adopter" in (made.copy / "units_north.csv").read_text()


def test_names_with_commas_between_them_are_all_kept(tmp_path):
    projects = "wave,unit,title,status,status_basis,link_basis,source\n"
    projects += (
        '2024,"hn, sg",T,ongoing,reported,not linked,p. 1\n2024,"hn, xx",T,ongoing,r,not linked,p. 1\n'
    )
    case = write(tmp_path / "case", projects=projects.replace("2024", "2023"))
    made = correct_case(case, tmp_path / "copy")
    assert {one for one in changes(made) if one[0] == "projects"} == {
        ("projects", 2, "unit", "hn, sg", "hn; sg")
    }


def test_nothing_is_ever_corrected_in_place(tmp_path):
    folder = write(tmp_path / "case", units=UNITS)
    for out in (folder, folder / "copy"):
        with pytest.raises(CaseError):
            correct_case(folder, out)
    path = book(tmp_path / "a.xlsx")
    with pytest.raises(CaseError, match="never corrected in place"):
        correct_case(path, path)
    with pytest.raises(CaseError, match="is a workbook"):
        correct_case(path, tmp_path / "copy")
    (tmp_path / "b-changes.csv").write_text("mine")
    with pytest.raises(CaseError, match="exists already"):
        correct_case(path, tmp_path / "b.xlsx")
    assert not (tmp_path / "b.xlsx").exists()


def test_what_stands_in_private_rows_is_not_listed(tmp_path):
    documents = (
        ("document", "title", "year", "share"),
        ("secret-plan", "The secret plan", "March 2014", "Private"),
        ("open", "Open", "March 2015", "public"),
    )
    made = correct_case(write(tmp_path / "case", documents=documents), tmp_path / "copy")
    listed = {(one.row, one.old, one.new) for one in made.changes}
    assert listed == {(2, "(private)", "(private)"), (3, "March 2015", "2015-03")}
    assert "Private" not in made.list.read_text(encoding="utf-8-sig")
    assert "March 2014,private" in (made.copy / "documents.csv").read_text(), "its date is left to its owner"


def test_kinds_are_spelt_as_they_are_read(tmp_path):
    units = (
        *TABLES["units"],
        ("ax", "Axe", "City", "adopter", "", ""),
        ("bx", "Bex", "cities", "adopter", "", ""),
    )
    made = correct_case(write(tmp_path / "case", units=units), tmp_path / "copy")
    assert [(one.row, one.column, one.old, one.new) for one in made.changes] == [(5, "kind", "City", "city")]
    assert "read-as" not in {one.rule for one in read_case(made.copy).problems}


def test_thousands_alike_are_all_corrected(tmp_path):
    """Problems tell 500 rows of a column one by one; the copy is right in the others too."""
    units = [TABLES["units"][0], *((f"u{at}", f"U {at}", "city", "adopter", "", "") for at in range(1500))]
    adoptions = [TABLES["adoptions"][0], *((f"u{at}", "plan", "March 2014", "p. 1") for at in range(1500))]
    folder = write(tmp_path / "case", units=units, adoptions=adoptions)
    made = correct_case(folder, tmp_path / "copy")
    assert len(made.changes) == 1500
    assert read_case(made.copy).table("adoptions")["time"].to_list() == ["2014-03"] * 1500
