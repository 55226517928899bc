"""A Word document: tables whose columns every program draws as wide as their words need."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import docx
from docx.enum.section import WD_ORIENT

from diffuscope.report.document import WIDTH_CM, Document


def written(header, rows, widths=()):
    paper = Document("Title", datetime(2025, 1, 2, tzinfo=UTC), "foot")
    paper.table("What it shows", header, rows, widths)
    [table] = docx.Document(BytesIO(paper.content())).tables
    return table


def test_grid_and_cells_agree_on_widths_that_fill_the_page():
    table = written(("Wave", "What was printed there"), iter([("2025", "a longer text than the others")]))
    grid = [column.width for column in table.columns]
    assert [[cell.width for cell in row.cells] for row in table.rows] == [grid, grid]
    assert abs(sum(width.cm for width in grid) - WIDTH_CM) < 0.01


def test_a_column_is_as_wide_as_its_words_need():
    table = written(
        ("Undetermined", "n", "Project"),
        [("2", "1", "Integrated flood and pumping house system of the city")],
    )
    status, number, title = (column.width for column in table.columns)
    assert number < status < title


def test_widths_that_are_given_are_kept():
    table = written(("a", "b"), [("x" * 80, "y")], (1, 3))
    first, second = (column.width for column in table.columns)
    assert abs(second / first - 3) < 0.01


def pages(document):
    return [section.orientation for section in docx.Document(BytesIO(document.content())).sections]


def test_a_wide_table_at_the_top_leaves_no_page_with_the_title_alone():
    wide = [tuple(f"Specification {number}" for number in range(14))] * 2
    paper = Document("Title", datetime(2025, 1, 2, tzinfo=UTC), "foot")
    paper.text("The wave", "Subtitle")
    paper.turn([wide])
    paper.table("Wide", *wide[:1], wide[1:])
    assert pages(paper) == [WD_ORIENT.LANDSCAPE]
    paper.turn()
    paper.table("Narrow", ("a", "b"), [("1", "2")])
    assert pages(paper) == [WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
