"""Panels in workbooks as people keep them, and panels by quarter and half year."""

from __future__ import annotations

import tomllib
from datetime import date

import openpyxl
import polars as pl
import pytest

from diffuscope import CaseError, PlanError, import_case, read_frame
from diffuscope.importing.import_map import FileMap, ImportMap

HEADINGS = ("country", "year", "law", "share")
ROWS = [("Laos", year, 0, 0.25) for year in (1990, 1991)] + [("Siam", 1990, 0, 0.5), ("Siam", 1991, 1, 0.5)]


def workbook(file, rows, *, sheet="Panel", others=()):
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for name in others:
        book.create_sheet(name).append(["left", "right"])
    book.save(file)
    return file


def test_titles_above_and_totals_below_are_not_read(tmp_path):
    rows = [("Laws of the region",), (), HEADINGS, *ROWS, (), ("Total", None, 1, None), ("Source: ministry",)]
    file = workbook(tmp_path / "laws.xlsx", rows)
    assert read_frame(file).rows() == ROWS
    made = import_case([file], tmp_path / "case", policy=["law"], kind="state")
    decided = [one.statement for one in made.decisions]
    assert "The headings are in row 3; 1 row of text above is not read." in decided
    assert "2 rows of text or totals below the table, not read: 9, 10." in decided
    adopted = pl.read_csv(tmp_path / "case" / "adoptions.csv", infer_schema=False)
    assert adopted["time"].to_list() == ["1991"]


def test_percentages_truth_and_errors_are_read_as_they_are_stored(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    for row in [("city", "law", "share"), ("A", True, 0.45), ("B", False, "#N/A"), ("C", None, 0.5)]:
        page.append(row)
    page["C3"].data_type = "e"
    for cell in ("C2", "C4"):
        page[cell].number_format = "0%"
    book.save(tmp_path / "cities.xlsx")
    frame = read_frame(tmp_path / "cities.xlsx")
    assert frame["law"].to_list() == [True, False, None]
    assert frame["share"].to_list() == [0.45, None, 0.5]


def test_one_of_several_sheets_is_asked_for(tmp_path):
    file = workbook(tmp_path / "laws.xlsx", [HEADINGS, *ROWS], others=("Notes",))
    with pytest.raises(PlanError, match=r'`Panel`, `Notes`.*sheet = "Panel"'):
        read_frame(file)
    with pytest.raises(PlanError, match=r'under \[file."laws.xlsx"\]'):
        import_case([file], tmp_path / "case", policy=["law"])
    said = ImportMap(file={"laws.xlsx": FileMap(sheet="Panel")})
    assert import_case([file], tmp_path / "case", policy=["law"], map=said).rows["adoptions"] == 1
    with pytest.raises(PlanError, match="no sheet `Data`"):
        read_frame(file, sheet="Data")


def test_values_without_a_heading_are_refused_until_the_row_is_named(tmp_path):
    file = workbook(tmp_path / "laws.xlsx", [("Laws", "by country"), HEADINGS, *ROWS])
    with pytest.raises(CaseError, match=r"row 1 was read as the headings.*column C.*headings = 2"):
        read_frame(file)
    assert read_frame(file, headings=2).columns == list(HEADINGS)
    with pytest.raises(PlanError, match="row 40 holds no headings"):
        read_frame(file, headings=40)


def test_a_year_that_became_a_date_is_refused(tmp_path):
    rows = [("country", "year", "law"), ("Laos", date(1905, 6, 12), 0), ("Laos", date(1905, 6, 13), 1)]
    file = workbook(tmp_path / "laws.xlsx", rows)
    with pytest.raises(CaseError, match="every row of a panel needs a time of one kind"):
        import_case([file], tmp_path / "case", policy=["law"])
    assert "1990 in a cell formatted as a date" in read_frame(file)["year"][0]


def test_a_unit_without_a_date_at_the_end_is_a_record(tmp_path):
    rows = [("country", "law"), ("Laos", 1990), ("Siam", None), ("Chad", None), (), ("Total", 1), ("A note",)]
    assert read_frame(workbook(tmp_path / "laws.xlsx", rows)).rows() == rows[1:4]


def test_a_formula_that_was_never_computed_is_refused(tmp_path):
    file = workbook(tmp_path / "laws.xlsx", [("country", "law"), ("Laos", "=1+1")])
    with pytest.raises(CaseError, match=r"formula, the first B2"):
        read_frame(file)


def test_what_is_no_workbook_is_told(tmp_path):
    (tmp_path / "laws.xlsx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(CaseError, match=r"laws.xlsx"):
        read_frame(tmp_path / "laws.xlsx")
    workbook(tmp_path / "empty.xlsx", [])
    with pytest.raises(CaseError, match="holds no rows"):
        read_frame(tmp_path / "empty.xlsx")


@pytest.mark.parametrize("spelling", ["{y}-Q{q}", "{y}q{q}", "Q{q} {y}", "{y} Q{q}", "{y}Q{q}"])
def test_a_panel_by_quarter_becomes_a_case_by_wave(tmp_path, spelling):
    quarters = [spelling.format(y=year, q=quarter) for year in (1990, 1991) for quarter in (1, 2, 3, 4)]
    rows = [
        f"{unit},{time},{int(unit != 'c' and at >= 3)}" for unit in "abc" for at, time in enumerate(quarters)
    ]
    (tmp_path / "panel.csv").write_text("\n".join(["unit,time,law", *rows]) + "\n", encoding="utf-8")
    made = import_case([tmp_path / "panel.csv"], tmp_path / "case", policy=["law"], kind="state")
    assert [problem for problem in made.problems if problem.level == "error"] == []
    adopted = pl.read_csv(tmp_path / "case" / "adoptions.csv", infer_schema=False)
    assert adopted.select("unit", "time", "time_latest").rows() == [
        ("a", "1990-10", "1990-12"), ("b", "1990-10", "1990-12")
    ]  # fmt: skip
    settings = tomllib.loads((tmp_path / "case" / "case.toml").read_text(encoding="utf-8"))
    assert settings["analysis"][0]["period"] == "wave"
    assert settings["analysis"][0]["window"] == ["1990-Q1", "1991-Q4"]
    assert list(settings["waves"])[::7] == ["1990-Q1", "1991-Q4"]
    assert settings["waves"]["1991-Q1"] == date(1991, 3, 31)


def test_adoptions_by_half_year_are_dated_by_its_months(tmp_path):
    (tmp_path / "laws.csv").write_text(
        "unit,time,law\na,1990-H2,law\nb,1991-H1,law\nc,1992,law\n", encoding="utf-8"
    )
    (tmp_path / "plain.csv").write_text("unit,time,policy\na,1990h2,law\nb,H1 1991,law\n", encoding="utf-8")
    import_case([tmp_path / "plain.csv"], tmp_path / "case", kind="state")
    adopted = pl.read_csv(tmp_path / "case" / "adoptions.csv", infer_schema=False)
    assert adopted.select("time", "time_latest").rows() == [("1990-07", "1990-12"), ("1991-01", "1991-06")]
    settings = tomllib.loads((tmp_path / "case" / "case.toml").read_text(encoding="utf-8"))
    assert settings["waves"] == {"1990-H2": date(1990, 12, 31), "1991-H1": date(1991, 6, 30)}


def test_quarters_mixed_with_years_are_refused(tmp_path):
    (tmp_path / "panel.csv").write_text("unit,time,law\na,1990-Q1,0\na,1991,1\n", encoding="utf-8")
    with pytest.raises(CaseError, match="a time of one kind"):
        import_case([tmp_path / "panel.csv"], tmp_path / "case", policy=["law"])
