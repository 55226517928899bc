"""Percentages in workbooks: 45% is stored as 0.45, and is 45 where the column counts per cent."""

from __future__ import annotations

import pytest
import xlsxwriter
from made import rules

from diffuscope.case import new_case, read_case
from diffuscope.case.percent_cells import percent_formats
from diffuscope.study import run_study

HEAD = ("unit", "time", "variable", "value", "unit_of_measure", "source")
SHARES = ("document", "locator", "quantity", "status", "wave", "printed", "value", "decimals")


@pytest.fixture
def folder(tmp_path):
    """A register of which one table stands in a workbook; a pair is a number and its format."""

    def of(table, *rows):
        case = new_case(tmp_path / "case", monitoring=True)
        (case / f"{table}.csv").unlink(missing_ok=True)
        book = xlsxwriter.Workbook(case / "book.xlsx")
        sheet = book.add_worksheet(table)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, tuple):
                    sheet.write_number(at, column, cell[0], book.add_format({"num_format": cell[1]}))
                elif cell != "":
                    sheet.write(at, column, cell)
        book.close()
        return case

    return of


def values(case, table="attributes", column="value"):
    return case.table(table)[column].to_list()


def test_printed_shares_in_percent_cells_are_confirmed(folder):
    shares = [
        ("report-2024", "p. 2", "share", status, "2024", (share, "0%"), (share, "0%"), 0)
        for status, share in (("completed", 0.2), ("ongoing", 0.6), ("planning", 0.2))
    ]
    case = read_case(folder("published", SHARES, *shares))
    read = case.table("published").select("printed", "value").rows()
    assert read == [("20%", 20), ("60%", 60), ("20%", 20)]
    found = run_study(case, parts=("monitoring", "audit")).audit
    assert [one.outcome for one in found] == ["confirmed"] * 4  # three figures, and the row they make


def test_what_is_printed_has_the_decimals_that_the_cell_shows(folder):
    row = ("report-2024", "p. 2", "share", "ongoing", "2024", (0.6, "0.0%"), (0.6, "0.0%"), 1)
    assert values(read_case(folder("published", SHARES, row)), "published", "printed") == ["60.0%"]


@pytest.mark.parametrize("measure", ["%", "per cent", "Percent"])
def test_a_percentage_is_per_cent_where_the_row_says_so(folder, measure):
    rows = [
        ("alder", 2021, "internet", (0.45, "0%"), measure, "census"),
        ("birch", 2021, "internet", (0.07, "0.00%"), measure, "census"),
        ("cedar", 2021, "internet", 45, measure, "census"),
    ]
    case = read_case(folder("attributes", HEAD, *rows))
    assert values(case) == ["45", "7", "45"]
    assert rules(case) == []


def test_a_percentage_beside_numbers_above_one_is_told_and_stays_a_share(folder):
    rows = [
        ("alder", 2021, "internet", (0.45, "0%"), "", "census"),
        ("birch", 2021, "internet", "45%", "", "census"),
        ("cedar", 2021, "internet", 45, "", "census"),
        ("alder", 2021, "wealth", 3000, "", "census"),
        ("alder", 2021, "literate", (0.9, "0%"), "", "census"),
        ("birch", 2021, "literate", 0.8, "", "census"),
    ]
    case = read_case(folder("attributes", HEAD, *rows))
    assert values(case)[0] == "0.45"
    told = {one.row: (one.rule, one.level, one.fix) for one in case.problems}
    assert set(told) == {2, 3}
    assert told[2][:2] == ("percent-beside-numbers", "error")
    assert "write 45 if the others are per cents, 0.45 if they are shares" in told[2][2]
    assert told[3][0] == "bad-number"


def test_percent_complete_counts_per_cent_and_other_text_stays(folder):
    head = (
        "wave", "project", "unit", "title", "area", "status", "percent_complete", "status_basis",
        "link_basis", "source",
    )  # fmt: skip
    rows = [
        ("2025", f"p{at}", "alder", f"Project {at}", "Water", "ongoing", done, "reported", "exact title", "x")
        for at, done in enumerate(((0.45, "0%"), 45, (1, "0%"), (0.3, '0" %"'), (0.125, "0.0%")))
    ]
    case = read_case(folder("projects", head, *rows))
    # the fourth shows the sign, but is no percentage: it is told as a share
    assert values(case, "projects", "percent_complete") == [45, 45, 100, 0.3, 12.5]
    assert [(one.row, one.rule) for one in case.problems if one.column == "percent_complete"] == [
        (5, "percent-not-share")
    ]


@pytest.mark.parametrize("shown_as", ["0%", "0." + "0" * 200 + "%", 'yyyy"-"0%', "0.0%%"])
@pytest.mark.parametrize("number", [1e300, 1e-300, -0.5, 40000, 0.1 + 0.2])
def test_no_number_and_no_format_ends_the_reading(folder, shown_as, number):
    row = ("report-2024", "p. 2", "share", "ongoing", "2024", (number, shown_as), (number, shown_as), 1)
    assert read_case(folder("published", SHARES, row)).table("published").height == 1


def test_formats_of_percentages_are_found_in_the_styles():
    styles = (
        b'<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.0%;[Red]-0.0%"/>'
        b'<numFmt numFmtId="165" formatCode="0&quot;%&quot;"/>'
        b"<numFmt formatCode='0\\%' numFmtId='166'/></numFmts>"
        b'<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        b'<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="10"/>'
        b'<xf numFmtId="164"><alignment/></xf>'
        b'<xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>'
    )
    assert percent_formats(styles) == {1: 0, 2: 2, 3: 1}
