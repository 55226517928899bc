"""One row by itself: the same rules as whole tables, with what stands already."""

from __future__ import annotations

import polars as pl
import pytest
from raws import DOCUMENTS, POLICIES, UNITS, raw

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.check import check_tables
from diffuscope.tables.one_row import check_row

CONTEXT, NONE = check_tables([raw("units", UNITS), raw("policies", POLICIES), raw("documents", DOCUMENTS)])
SOUND = {"unit": "vnm", "policy": "plan", "time": "2018", "source": "p. 1"}


def rules(table, cells, context=CONTEXT, **more):
    return [(one.rule, one.column, one.row) for one in check_row(table, cells, context, **more)[1]]


def test_a_sound_row_has_typed_values_and_no_problems():
    value, problems = check_row("adoptions", SOUND, CONTEXT)
    assert problems == []
    assert (value["unit"], value["time"], value["until"]) == ("vnm", "2018", None)
    assert set(value) == {column.name for column in CATALOGUE["adoptions"].columns}


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [
        ({"source": " "}, "missing-value", "source"),
        ({"time": "last year"}, None, "time"),
        ({"unit": "vnn"}, "unknown-id", "unit"),
        ({"until": "2012"}, "dates-in-order", "until"),
        ({"colour": "red"}, "unknown-column", None),
    ],
)
def test_what_is_wrong_is_what_a_whole_table_says(change, rule, column):
    cells = SOUND | change
    found = check_row("adoptions", cells, CONTEXT)[1]
    assert all(one.row is None for one in found)
    assert rule is None or rule in {one.rule for one in found}
    assert column is None or column in {one.column for one in found}
    header, line = ",".join(cells), ",".join(value or "" for value in cells.values())
    whole = check_tables(
        [raw("units", UNITS), raw("policies", POLICIES), raw("adoptions", f"{header}\n{line}\n")]
    )[1]
    assert [(one.rule, one.column, one.value, one.fix) for one in found] == [
        (one.rule, one.column, one.value, one.fix) for one in whole
    ]


def test_a_row_that_repeats_a_key_is_refused_and_another_is_not():
    assert rules("policies", {"policy": "plan", "name": "Plan"}) == [("repeated-key", "policy", None)]
    assert rules("policies", {"policy": "new-plan", "name": "Plan"}) == []
    assert rules("policies", {"policy": "plan", "name": "Plan"}, {}) == []


def test_a_row_may_refer_to_rows_of_its_own_table():
    city = {"unit": "hue", "name": "Huế", "kind": "city", "role": "adopter", "parent": "vnm"}
    assert rules("units", city) == []
    assert [rule for rule, *_ in rules("units", city | {"parent": "atlantis"})] == ["unknown-id"]


def test_what_is_wrong_in_other_rows_of_its_table_is_not_told_again():
    broken = CONTEXT["units"].with_columns(parent=pl.lit("atlantis"))
    city = {"unit": "hue", "name": "Huế", "kind": "city", "role": "adopter", "parent": "vnm"}
    assert rules("units", city, {**CONTEXT, "units": broken}) == []


def test_waves_are_those_of_the_case():
    row = {"wave": "2026", "unit": "vnm", "state": "received", "source": "return"}
    assert rules("returns", row, waves=("2026",)) == []
    assert [rule for rule, *_ in rules("returns", row, waves=("2025",))] == ["unknown-id"]
