"""Tables of a case are walked in one way: what is read, what cannot be, and what nobody asked for."""

from __future__ import annotations

import zipfile

import polars as pl
import pytest

from diffuscope.case import case_from_frames, read_case
from diffuscope.case.refusal import Unreadable
from diffuscope.case.table_source import RawTables, TableSource
from diffuscope.tables.places import Wording
from diffuscope.tables.raw import RawTable

UNITS = pl.DataFrame({"unit": ["a", "b"], "name": ["A", "B"], "kind": ["state"] * 2, "role": ["adopter"] * 2})
POLICIES = pl.DataFrame({"policy": ["p"], "name": ["P"]})
SETTINGS = 'format = 1\nid = "small"\ntitle = "Small"\n'


def source(table):
    raw = RawTable(name=table, file=f"{table}.csv", cells=pl.DataFrame({"_row": [2]}))
    return TableSource(table, raw.file, lambda: (raw, []))


def broken():
    raise Unreadable(Wording("damaged", "It is torn.", "copy it anew"))


def test_a_table_that_nobody_asked_for_is_not_read_and_not_missing():
    found = RawTables(wanted=frozenset({"units"}))
    for one in (source("units"), TableSource("policies", "policies.csv", broken)):
        found.add(one)
    assert [raw.name for raw in found.raws] == ["units"]
    assert (found.refused, found.problems) == ({"policies"}, [])


def test_a_table_that_cannot_be_read_is_told_with_its_place():
    found = RawTables()
    found.add(TableSource("units", "case.xlsx › units", broken))
    assert [(one.rule, one.file, one.table) for one in found.problems] == [
        ("damaged", "case.xlsx › units", "units")
    ]
    assert found.refused == {"units"}
    assert found.raws == []


@pytest.mark.parametrize("kind", ["folder", "zip", "workbook"])
def test_every_source_gives_the_tables_that_frames_give(kind, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "case.toml").write_text(SETTINGS, encoding="utf-8")
    if kind == "workbook":
        import xlsxwriter

        with xlsxwriter.Workbook(folder / "small.xlsx") as book:
            UNITS.write_excel(book, worksheet="units")
            POLICIES.write_excel(book, worksheet="policies")
    else:
        UNITS.write_csv(folder / "units.csv")
        POLICIES.write_csv(folder / "policies.csv")
    place = folder
    if kind == "zip":
        place = tmp_path / "small.zip"
        with zipfile.ZipFile(place, "w") as packed:
            for file in folder.iterdir():
                packed.write(file, file.name)
    read, given = read_case(place), case_from_frames(id="small", units=UNITS, policies=POLICIES)
    assert read.problems == given.problems == ()
    assert {name: table.to_dicts() for name, table in read.tables.items()} == {
        name: table.to_dicts() for name, table in given.tables.items()
    }
