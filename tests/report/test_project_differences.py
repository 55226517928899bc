"""Rows of a register that differ between two results are named with their old and new values."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from test_our_figures import AREAS, UNITS, WAVES

from diffuscope.case import case_from_frames
from diffuscope.report.difference import compare, in_words
from diffuscope.study import run_study

ROWS = pl.DataFrame(
    {
        "wave": ["2024", "2025", "2025", "2025"],
        "project": ["bus", "bus", None, "drain"],
        "unit": ["ash", "ash", "birch", "cedar"],
        "title": ["Bus lanes", "Bus lanes", "Flood gauges", "Drainage"],
        "area": ["Transport", "Transport", "Water", "Water"],
        "status": ["planning", "ongoing", "ongoing", "completed"],
        "status_basis": "reported",
        "link_basis": ["exact title", "exact title", "not linked", "exact title"],
        "source": "returns",
    }
)


def result(rows: pl.DataFrame):
    case = case_from_frames(id="t", title="T", waves=WAVES, units=UNITS, areas=AREAS, projects=rows)
    return run_study(case, parts=("monitoring",))


def found(new: pl.DataFrame) -> list[tuple[str | None, str, str, str]]:
    compared = compare(result(ROWS), result(new))
    return [(one.project or one.title, one.column, one.before, one.after) for one in compared.projects]


def test_changed_cells_are_named_with_what_stood_there_and_what_stands_there():
    at = pl.col("project").eq("bus") & pl.col("wave").eq("2025")
    new = ROWS.with_columns(
        status=pl.when(at).then(pl.lit("completed")).otherwise("status"),
        note=pl.when(pl.col("title") == "Flood gauges").then(pl.lit("asked again")),
    )
    assert found(new) == [
        ("bus", "status", "ongoing", "completed"),
        ("Flood gauges", "note", "—", "asked again"),
    ]


def test_rows_that_moved_down_the_file_have_not_changed():
    assert found(ROWS.reverse()) == []


def test_new_and_gone_rows_are_named():
    assert found(ROWS.head(3)) == [("drain", "", "completed, row 5", "—")]
    more = pl.concat([ROWS, ROWS.tail(1).with_columns(project=pl.lit("pump"), title=pl.lit("Pump"))])
    assert found(more) == [("pump", "", "—", "completed, row 6")]


def test_they_are_printed():
    new = ROWS.with_columns(status=pl.lit("completed"))
    lines = [line.text for line in in_words(compare(result(ROWS), result(new)))]
    at = lines.index("Rows of the register")
    assert lines[at + 1 : at + 3] == ["  2024, ash: Bus lanes [bus]", "    status: planning → completed"]


def test_results_without_rows_say_nothing():
    held = result(ROWS)
    bare = msgspec.structs.replace(held, frames={})
    assert compare(held, bare).projects == ()
