"""Keys of rows: what names a row in a message, with its number or without one."""

from __future__ import annotations

import polars as pl
import pytest
from raws import POLICIES, UNITS, raw

from diffuscope.case import case_from_frames
from diffuscope.records import Problem
from diffuscope.tables.check import check_tables
from diffuscope.tables.keys import row_keys, with_keys
from diffuscope.tables.one_row import check_row

ADOPTED = "unit,policy,time,source\nvnm,plan,2018,p. 1\nvnm,plan,2031-13,p. 2\n"


def test_a_key_is_what_the_table_declares_in_its_order():
    frames, _ = check_tables([raw("units", UNITS), raw("policies", POLICIES), raw("adoptions", ADOPTED)])
    # the time of the second row cannot be read: the rest of its key still names it
    assert row_keys("adoptions", frames["adoptions"], [2, 3, 9]) == {2: "vnm, plan, 2018", 3: "vnm, plan"}


@pytest.mark.parametrize("table", ["support", "no table of the catalogue"])
def test_a_table_without_a_key_gives_none(table):
    assert row_keys(table, pl.DataFrame({"partner": ["x"], "_row": [2]}), [2]) == {}


def test_only_problems_of_rows_that_are_there_have_keys():
    frame = pl.DataFrame({"unit": ["vnm"], "_row": [2]})
    told = [
        Problem(level="error", rule="x", message="m", fix="f", table=table, row=row)
        for table, row in (("units", 2), ("units", 1), ("units", None), ("policies", 2), (None, None))
    ]
    assert [one.key for one in with_keys(told, {"units": frame})] == ["vnm", None, None, None, None]


@pytest.mark.parametrize(
    ("row", "key", "words"),
    [(3, "vnm", "row 3 (vnm)"), (3, None, "row 3"), (None, "vnm", "row of vnm"), (None, None, "")],
)
def test_a_row_is_named_by_what_is_known_of_it(row, key, words):
    assert Problem(level="error", rule="x", message="m", fix="f", row=row, key=key).at_row == words


def test_a_form_names_its_row_as_a_case_names_the_same_row():
    cells = {"policy": "plan", "name": None}
    (told,) = check_row("policies", cells, {})[1]
    case = case_from_frames(policies=pl.DataFrame({name: [value] for name, value in cells.items()}))
    (whole,) = (one for one in case.problems if one.table == "policies" and one.column == "name")
    assert (told.row, told.key, told.at_row) == (None, "plan", "row of plan")
    assert (whole.row, whole.key) == (2, "plan")
    assert (told.rule, told.message, told.fix) == (whole.rule, whole.message, whole.fix)


def test_the_key_of_a_private_row_is_not_told():
    documents = pl.DataFrame(
        {"document": ["open-memo", "sealed-memo"], "title": [None, None], "share": ["public", "private"]},
        schema_overrides={"title": pl.String},
    )
    told = [one for one in case_from_frames(documents=documents).problems if one.column == "title"]
    assert [(one.row, one.key) for one in told] == [(2, "open-memo"), (3, None)]
    assert "sealed-memo" not in repr(told)
