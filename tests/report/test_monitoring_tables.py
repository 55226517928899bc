"""Monitoring and audit as tables: every check, every reading, every count, in a file of its own."""

from __future__ import annotations

import csv
import sys
from io import BytesIO, StringIO
from pathlib import Path

import msgspec
import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from monitored import example, founding

from diffuscope.records import Place
from diffuscope.report.tables import out_tables
from diffuscope.report.write import report_files

COUNTED = (
    "wave_totals",
    "wave_returns",
    "project_counts",
    "wave_changes",
    "movements",
    "links_to_confirm",
    "learning_peers",
    "unfinished_areas",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return example(tmp_path_factory.mktemp("register") / "towns")


@pytest.fixture(scope="module")
def files(small):
    return report_files(small)


def told(result, name):
    table = next(table for table in out_tables(result) if table.name == name)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_every_table_is_a_file_and_a_sheet(files):
    book = openpyxl.load_workbook(BytesIO(files["tables.xlsx"]), read_only=True)
    for name in ("audit", "claims", "claim_readings", "projects", "published", *COUNTED):
        assert f"tables/{name}.csv" in files
        assert name in book.sheetnames


def test_links_to_confirm_hold_what_a_person_needs(files):
    rows = list(csv.DictReader(StringIO(files["tables/links_to_confirm.csv"].decode())))
    # by hand from the example: two cycling rows of 2025 may be the cycling project of 2024
    assert [(row["row"], row["earlier_title"], row["project"]) for row in rows] == [
        ("12", "Safe cycling to school", "cedar-cycle"),
        ("16", "Safe cycling to school", "cedar-cycle"),
    ]
    assert all(0 < float(row["score"]) < 1 and row["reason"] for row in rows)


def test_every_check_has_its_row_the_confirmed_too(files):
    rows = list(csv.DictReader(StringIO(files["tables/audit.csv"].decode())))
    assert [row["outcome"] for row in rows] == ["differs", *["confirmed"] * 6]
    assert rows[0] | {} == {
        **rows[0],
        "document": "report-2025",
        "locator": "p. 2",
        "area": "Transport",
        "printed": "3",
        "computed": "4",
        "own": "yes",
        "known": "the example: the report counts the two cycling projects as one",
        "file": "published.csv",
        "rows": "7",
    }
    assert len(told(founding(), "audit")) == len(founding().audit)


def test_every_reading_has_its_row():
    rows = told(founding(), "claim_readings")
    assert len(rows) == sum(len(claim.readings) for claim in founding().claims)
    mine = [(row["found"], row["holds"], row["received"]) for row in rows if row["id"] == "claim-01"]
    # in 2023 three cities had joined and sent nothing: 26 to 29 cities can have had projects
    absent = ("26, but a missing return could change this", None, True)
    assert mine == [("26", True, None)] * 4 + [absent] + [("31", False, None)] * 2 + [("35", False, None)] * 2


def test_rows_of_several_files_keep_their_file(small):
    places = (
        Place(table="claims", file="claims.csv", row=2),
        Place(table="projects", file="projects.csv", row=7),
    )
    claim = msgspec.structs.replace(small.claims[0], rows=places)
    (row,) = told(msgspec.structs.replace(small, claims=(claim,)), "claims")
    assert (row["file"], row["rows"]) == ("claims.csv; projects.csv", "claims.csv 2; projects.csv 7")


def test_a_study_without_a_register_has_none_of_them(make_result):
    names = {table.name for table in out_tables(make_result())}
    assert names & {"audit", "claims", "claim_readings", *COUNTED} == set()
