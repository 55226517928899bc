"""Workbooks as people send them: with titles and totals, many joined, columns filled from the place."""

from __future__ import annotations

import shutil

import openpyxl
import pytest
from made import one, rules
from openpyxl.styles import numbers

from diffuscope.case import read_case
from diffuscope.study import case_problems

SETTINGS = """format = 1
id = "network"
title = "A network"
licence = "CC0-1.0"

[waves]
2024 = "2024-12"
2025 = "2025-09"
"""
COUNTRIES = (
    "Northland",
    "Southland",
    "Eastland",
    "Westland",
    "Upland",
    "Lowland",
    "Coast",
    "Delta",
    "Isles",
    "Hills",
)
HEADINGS = ("No.", "City", "Project Name", "Focus Area", "Status", "% completed", "Start date", "Remarks")


def units(countries=COUNTRIES) -> str:
    lines = ["unit,name,kind,role,parent"]
    for name in countries:
        lines += [
            f"{name.lower()},{name},state,adopter,",
            f"{name.lower()}-city,{name} City,city,adopter,{name.lower()}",
        ]
    return "\n".join(lines)


def sent(path, country="Northland", name="M&E 2025", headings=HEADINGS, more=()):
    """A country's workbook: titles, headings in row 6, merged and percent cells, a total, a signature."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    rows = [
        ("SMART CITIES NETWORK - Monitoring 2025",),
        (f"Country: {country}   Representative: A. B.",),
        (),
        ("Please fill in the yellow cells only",),
        (),
        headings,
        (1, f"{country} City", "Bus lanes ", "Transport", "On-going", 0.65, 2022, "as of May"),
        (2, None, f"Flood gauges {country}", "Water", "COMPLETED", 1, "2021-03", None),
        (3, f"{country.lower()}-city", "Smart grid", "Power", "on going", None, "2020", None),
        *more,
        (),
        ("Total", None, 3),
        (),
        ("Submitted by: C. D.",),
    ]
    for row in rows:
        sheet.append(list(row)[: max(len(headings), 1)] if row else [])
    for row in (7, 8):
        sheet.cell(row, 6).number_format = numbers.FORMAT_PERCENTAGE
    sheet.merge_cells("A1:H1")
    sheet.merge_cells("B7:B8")
    book.create_sheet("Instructions").append(["How to fill in"])
    book.save(path)
    return path


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "network"
    place.mkdir()
    (place / "case.toml").write_text(SETTINGS + '\n[sheets]\n"M&E*" = "projects"\n')
    (place / "units.csv").write_text(units())
    return place


def test_a_country_s_workbook_is_read_below_its_titles(folder):
    sent(folder / "northland.xlsx")
    case = read_case(folder)
    projects = case.table("projects")
    assert projects["_row"].to_list() == [7, 8, 9]
    assert projects["title"].to_list() == ["Bus lanes", "Flood gauges Northland", "Smart grid"]
    assert projects["status"].to_list() == ["ongoing", "completed", "ongoing"]
    assert projects["percent_complete"].to_list() == [65.0, 100.0, None]
    assert projects["unit"].to_list() == [["northland-city"]] * 3, "the merged cells B7:B8 show one city"
    assert not case.errors
    assert sorted(rules(case)) == ["below-table", "headings-lower", "merged-cells", "unread-file"]
    assert "row 6; 3 rows" in one(case, "headings-lower").message
    assert "1 total and 1 row of text (rows 11, 13)" in one(case, "below-table").message
    assert (one(case, "merged-cells").level, one(case, "merged-cells").row) == ("warning", 7)


def test_what_was_read_as_what_is_listed(folder):
    sent(folder / "northland.xlsx")
    taken = {(said.column, said.written): said.means for said in read_case(folder).read_as}
    assert taken["headings", "Project Name"] == "title"
    assert taken["headings", "City"] == "unit"
    assert taken["headings", "% completed"] == "percent_complete"
    assert taken["headings", "Remarks"] == "note"
    assert taken["headings", "No."] == "a running number, which is not kept"
    assert taken["status", "On-going"] == "ongoing"
    assert taken["status", "COMPLETED"] == "completed"
    assert taken["wave", "(empty)"] == "2025", "the sheet is named after it"


def test_required_columns_are_filled_from_file_sheet_and_row(folder):
    sent(folder / "northland.xlsx")
    projects = read_case(folder).table("projects")
    assert projects["source"].to_list()[1] == "northland.xlsx › M&E 2025, row 8"
    assert projects["status_basis"].to_list()[1] == "as reported: northland.xlsx › M&E 2025, row 8"
    assert set(projects["link_basis"]) == {"not linked"}
    assert set(projects["wave"]) == {"2025"}


def test_a_column_that_no_table_has_is_named_at_the_sheet_that_has_it(folder):
    sent(folder / "northland.xlsx")
    park = (4, "Southland City", "Park", "Water", "ongoing", None, None, None, "Works")
    sent(folder / "southland.xlsx", "Southland", headings=(*HEADINGS, "Ministry"), more=[park])
    told = one(read_case(folder), "unknown-column")
    assert (told.file, told.column) == ("southland.xlsx › M&E 2025", "Ministry")
    assert "its 1 value is not read" in told.message


def test_one_empty_cell_among_filled_ones_is_not_filled(tmp_path):
    rows = [
        ("wave", "project", "unit", "title", "status", "status_basis", "link_basis", "source"),
        ("2025", "a", "northland-city", "A", "ongoing", "report", "judged", "p. 1"),
        ("2025", "b", "northland-city", "B", "ongoing", "report", "judged", None),
    ]
    book = openpyxl.Workbook()
    book.active.title = "projects"
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "case.toml").write_text(SETTINGS)
    (tmp_path / "units.csv").write_text(units())
    case = read_case(tmp_path)
    assert (one(case, "missing-value").row, one(case, "missing-value").column) == (3, "source")


def test_a_wave_is_taken_only_where_one_is_named(tmp_path):
    place = tmp_path / "network"
    place.mkdir()
    (place / "case.toml").write_text(SETTINGS)
    (place / "units.csv").write_text(units())
    sent(place / "northland.xlsx", name="projects 2024 and 2025")
    case = read_case(place)
    assert [problem.column for problem in case.errors] == ["wave"]


def test_a_declared_row_of_headings_is_taken(folder):
    sent(
        folder / "northland.xlsx",
        headings=("No.", "Ort", "Vorhaben", "Bereich", "Stand", "Fertig", "Beginn", "Notiz"),
    )
    assert "unread-table" not in rules(read_case(folder))
    words = ["Ort = 'unit'", "Vorhaben = 'title'", "Bereich = 'area'", "Stand = 'status'", "Notiz = 'note'"]
    words += ["Fertig = 'percent_complete'", "Beginn = 'start'"]
    sheets = '\n[sheets]\n"M&E*" = { table = "projects", headings = 6 }\n'
    (folder / "case.toml").write_text(SETTINGS + sheets + "\n[words.heading]\n" + "\n".join(words))
    case = read_case(folder)
    assert not case.errors, case.errors
    assert case.table("projects")["status"].to_list() == ["ongoing", "completed", "ongoing"]
    (folder / "case.toml").write_text(
        SETTINGS + '\n[sheets]\n"M&E*" = "projects"\n\n[words.heading]\n' + "\n".join(words)
    )
    assert read_case(folder).table("projects").height == 3, "words alone find the row"


def test_ten_countries_make_one_case_with_what_is_uncertain_named(folder):
    for at, country in enumerate(COUNTRIES):
        odd = (
            [(4, f"{country} City", "Port", "Trade", "Delayed", "30%", "01/03/2022", None)] if at == 3 else []
        )
        sent(folder / f"{country.lower()}.xlsx", country, more=odd)
    case = read_case(folder)
    assert case.table("projects").height == 31
    assert case.table("projects")["_row"].n_unique() == 31
    joined = one(case, "joined-sheets")
    assert joined.level == "warning"
    assert "joined from 10 places" in joined.message
    assert "4 rows of `westland.xlsx › M&E 2025`" in joined.message
    assert {(problem.file, problem.row, problem.column) for problem in case.errors} == {
        ("westland.xlsx › M&E 2025", 10, column) for column in ("status", "percent_complete", "start")
    }
    where = {said.file for said in case.read_as if said.column == "status" and said.written == "On-going"}
    assert len(where) == 10
    assert not [problem for problem in case_problems(case) if (problem.row or 0) > 100]


@pytest.mark.parametrize("name", ["projects Northland", "Projects 2025", "projects (2)", "projects_north"])
def test_sheets_named_after_a_table_are_joined(tmp_path, name):
    place = tmp_path / "network"
    place.mkdir()
    (place / "case.toml").write_text(SETTINGS.replace('2024 = "2024-12"\n', ""))
    (place / "units.csv").write_text(units())
    sent(place / "a.xlsx", "Northland", name="projects")
    sent(place / "b.xlsx", "Southland", name=name)
    case = read_case(place)
    assert not case.errors
    assert case.table("projects").height == 6
    assert {said.file for said in case.read_as if said.column == "status"} == {
        "a.xlsx › projects",
        f"b.xlsx › {name}",
    }


def test_files_named_after_a_table_are_joined_with_their_rows(tmp_path):
    place = tmp_path / "network"
    place.mkdir()
    (place / "case.toml").write_text(SETTINGS)
    (place / "units.csv").write_text(units(COUNTRIES[:2]))
    (place / "units_rest.csv").write_text(units(COUNTRIES[2:]) + "\nnorthland,Twice,state,adopter,\n")
    case = read_case(place)
    assert case.table("units").height == 21
    again = one(case, "repeated-key")
    assert (again.file, again.row, again.value) == ("units_rest.csv", 18, "northland")
    assert again.message == "The row repeats row 2 of `units.csv`: `unit` is the same."


def test_headings_that_do_not_agree_are_an_error_that_names_them(tmp_path):
    place = tmp_path / "network"
    place.mkdir()
    (place / "case.toml").write_text(SETTINGS)
    (place / "units.csv").write_text(units(COUNTRIES[:2]))
    (place / "units_rest.csv").write_text(units(COUNTRIES[2:4]).replace("parent", "belongs", 1))
    problem = one(read_case(place), "headings-differ")
    assert (problem.level, problem.file) == ("error", "units_rest.csv")
    assert "it lacks `parent`" in problem.message
    assert "`belongs`" in problem.message
    assert "4 rows cannot be joined" in problem.message
    assert '`"belongs" = "parent"` under `[words.heading]`' in problem.fix


def test_a_sheet_without_a_column_that_may_be_empty_is_joined(tmp_path):
    place = tmp_path / "network"
    place.mkdir()
    (place / "case.toml").write_text(SETTINGS)
    (place / "units.csv").write_text("unit,name,kind,role,parent,note\nnorth,North,state,other,,first\n")
    (place / "units_rest.csv").write_text("role,unit,kind,name\nother,south,state,South\n")
    case = read_case(place)
    assert case.table("units").select("unit", "name", "note").rows() == [
        ("north", "North", "first"), ("south", "South", None)
    ]  # fmt: skip
    assert "`units_rest.csv` has no `parent`, `note`" in one(case, "joined-sheets").message
    (place / "units_rest.csv").write_text("role,unit,name\nother,south,South\n")
    assert "it lacks `kind`" in one(read_case(place), "headings-differ").message


def test_titles_under_the_heading_project_are_asked_for(tmp_path):
    place = tmp_path / "network"
    place.mkdir()
    (place / "case.toml").write_text(SETTINGS)
    (place / "units.csv").write_text(units(COUNTRIES[:2]))
    (place / "projects.csv").write_text("Project,City,Area,Status\nBus lanes,northland,Transport,ongoing\n")
    lacking = [problem for problem in read_case(place).problems if problem.rule == "missing-column"]
    assert ['"Project" = "title"' in problem.fix for problem in lacking if problem.column == "title"] == [
        True
    ]


def test_a_copy_of_a_table_is_no_second_part_of_it(tmp_path):
    place = tmp_path / "network"
    place.mkdir()
    (place / "case.toml").write_text(SETTINGS)
    (place / "units.csv").write_text(units())
    shutil.copy(place / "units.csv", place / "units old.csv")
    problem = one(read_case(place), "table-twice")
    assert (problem.level, problem.file) == ("error", "units old.csv")
    assert read_case(place).table("units").height == 20


def test_a_sheet_named_after_a_table_without_its_headings_is_named_as_unread(folder):
    path = sent(folder / "northland.xlsx")
    book = openpyxl.load_workbook(path)
    book.create_sheet("projects to discuss").append(["call Ash"])
    book.save(path)
    assert ("northland.xlsx › projects to discuss", "unread-file") in {
        (problem.file, problem.rule) for problem in read_case(folder).problems
    }


def test_merged_numbers_are_not_multiplied(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "projects"
    sheet.append(["wave", "unit", "title", "status", "budget", "currency"])
    sheet.append(["2025", "northland-city", "A", "ongoing", 900, "USD"])
    sheet.append(["2025", "northland-city", "B", "ongoing", None, "USD"])
    sheet.merge_cells("E2:E3")
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "case.toml").write_text(SETTINGS)
    (tmp_path / "units.csv").write_text(units())
    case = read_case(tmp_path)
    assert case.table("projects")["budget"].to_list() == [900.0, None]
    assert "only the first holds the value" in one(case, "merged-cells").message


@pytest.mark.parametrize(
    ("says", "rule"),
    [
        ('"M&E" = "project"', "unknown-table"),
        ('"M&E" = { table = "projects", heading = 3 }', "unknown-setting"),
        ('"M&E" = { table = "projects", headings = "six" }', "bad-setting"),
    ],
)
def test_mistakes_in_sheets_are_told(folder, says, rule):
    (folder / "case.toml").write_text(f"{SETTINGS}\n[sheets]\n{says}\n")
    assert rule in rules(read_case(folder))


def test_a_status_that_is_not_known_can_be_declared(tmp_path):
    (tmp_path / "case.toml").write_text(SETTINGS)
    (tmp_path / "units.csv").write_text(units())
    row = "2025,northland-city,A bridge,Water,in the pipeline"
    (tmp_path / "projects.csv").write_text(f"wave,unit,title,area,status\n{row}\n")
    found = next(one for one in read_case(tmp_path).problems if one.column == "status")
    assert found.fix.startswith("write one of `planning`")
    assert found.fix.endswith("or say under `[words.status]` which of them the network's own word means")


def test_what_several_files_spell_alike_is_one_line(tmp_path):
    place = tmp_path / "network"
    place.mkdir()
    (place / "case.toml").write_text(SETTINGS)
    for at, name in enumerate(("units", "units_rest", "units_more")):
        text = (
            units(COUNTRIES[2 * at : 2 * at + 2]).replace("unit,", "Unit,", 1).replace("adopter", "Adopter")
        )
        (place / f"{name}.csv").write_text(text)
    lines = read_case(place).read_as_lines()
    [heading] = [line for line in lines if "`Unit`" in line]
    assert heading == "units, headings: `Unit` is read as `unit` (3 files or sheets)"
    assert len([line for line in lines if "`Adopter` is read as `adopter` (3 files or sheets" in line]) == 1
