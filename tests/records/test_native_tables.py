"""Tables of pandas to Polars and back as pyarrow converts them, which a plain installation does not have."""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from diffuscope import PlanError, event_history
from diffuscope.panel.native_frames import polars_of
from diffuscope.records.native_tables import NotATableError, as_kind, pandas_frame, polars_frame

FROM_PANDAS = {
    "whole": [1, 2, 3],
    "decimal": [1.5, float("nan"), 2.0],
    "small": pd.array([1, 2, 3], dtype="int8"),
    "text": ["x", None, "y"],
    "written": pd.array(["a", None, "b"], dtype="string"),
    "day": [date(2020, 1, 1), None, date(2021, 2, 3)],
    "moment": pd.to_datetime(["2020-01-01", None, "2021-01-01T10:00"], format="ISO8601"),
    "span": pd.to_timedelta([1, None, 3], unit="D"),
    "flag": [True, False, True],
    "flag or not": pd.Series([True, None, False], dtype=object),
    "flag kept": pd.array([True, None, False], dtype="boolean"),
    "category": pd.Categorical(["u", "v", None], categories=["v", "u"]),
    "numbered": pd.Categorical([1, 2, 1]),
    "kept": pd.array([1, None, 2], dtype="Int64"),
    "kept small": pd.array([1, None, 2], dtype="UInt16"),
    "kept decimal": pd.array([1, None, 2], dtype="Float64"),
    "objects": pd.Series([1, None, 3], dtype=object),
    "mixed numbers": pd.Series([1, 2.5, 3], dtype=object),
    "lists": pd.Series([["a"], ["b", "c"], None], dtype=object),
    "time": pd.Series([time(1, 2), None, time(3)], dtype=object),
}
TO_PANDAS = pl.DataFrame(
    {
        "whole": [1, 2, 3],
        "gaps": [1, None, 3],
        "small": pl.Series([1, None, 2], dtype=pl.Int8),
        "decimal": [1.5, None, 2.0],
        "text": ["a", None, "b"],
        "flag": [True, False, True],
        "flag or not": [True, None, True],
        "day": [date(2020, 1, 1), None, date(1700, 1, 1)],
        "moment": [datetime(2020, 1, 1), None, datetime(2021, 1, 1, 3)],
        "span": [timedelta(1), None, timedelta(2)],
        "category": pl.Series(["u", None, "v"], dtype=pl.Categorical),
        "ordered": pl.Series(["u", None, "v"], dtype=pl.Enum(["v", "u"])),
        "lists": [["a"], ["b", "c"], None],
        "nothing": pl.Series([None, None, None], dtype=pl.String),
    }
)


def test_pandas_becomes_polars_as_pyarrow_has_it():
    table = pd.DataFrame(FROM_PANDAS)
    assert_frame_equal(polars_frame(table)[0], pl.from_pandas(table))


def test_polars_becomes_pandas_as_pyarrow_has_it():
    for frame in (TO_PANDAS, TO_PANDAS.clear()):
        pd.testing.assert_frame_equal(
            pandas_frame(frame), frame.to_pandas(), check_categorical=frame.height > 0
        )


def test_nothing_of_it_needs_pyarrow(monkeypatch):
    table = pandas_frame(TO_PANDAS.drop("nothing"))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    frame, kind = polars_frame(table)
    assert (frame.height, kind) == (3, "pandas")
    assert frame["text"].to_list() == ["a", None, "b"]


def test_categories_enter_a_model_without_pyarrow(monkeypatch):
    rows = pl.DataFrame({"event": [0, 1, 0, 1, 1, 0] * 4, "region": ["n", "n", "s", "s", "e", "e"] * 4})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    fit = event_history("event ~ region", rows, cluster=None)
    assert fit.names[1:] == ("region[T.n]", "region[T.s]")


def test_arrow_comes_and_goes():
    table = pa.table({"unit": ["a", None]})
    frame, kind = polars_frame(table)
    assert as_kind(frame, kind).equals(table.cast(as_kind(frame, kind).schema))


@pytest.mark.parametrize("native", [{"unit": ["a"]}, 7, None])
def test_what_is_no_table_is_refused(native):
    with pytest.raises(NotATableError):
        polars_frame(native)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, "a"], dtype=object),
        pd.Series([1, "a", 2.5], dtype=object),
        pd.period_range("2020", periods=2, freq="Y"),
    ],
)
def test_a_column_of_several_kinds_is_refused(column):
    with pytest.raises(PlanError, match="mixes kinds of values"):
        polars_of(pd.DataFrame({"unit": column}), "The frame")
