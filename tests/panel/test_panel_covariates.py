"""What comes into a panel and goes out of it: kinds of frames, covariates, dates drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from histories_made import RANGE, cells, laws

from diffuscope import PlanError, add_covariates, impute_dates, person_period


def test_the_kind_of_frame_that_comes_in_goes_out():
    adopted = laws(("a", 2000), ("b", 2002), ("c", None))
    for frame, kind in (
        (adopted, pl.DataFrame), (adopted.lazy(), pl.DataFrame), (adopted.to_pandas(), pd.DataFrame),
        (adopted.to_arrow(), pa.Table),
    ):  # fmt: skip
        panel = person_period(frame)
        assert isinstance(panel.frame, kind)
        assert panel.table().equals(person_period(adopted).table())


def test_a_pandas_frame_with_an_index_and_nan_is_read():
    frame = pd.DataFrame({"unit": [10, 20, 30], "time": [2000.0, 2001.0, np.nan]}, index=[7, 7, 9])
    assert cells(person_period(frame)) == [("20", 2001, 1), ("30", 2001, 0)]


# Covariates


def test_covariates_are_those_of_the_period_before():
    panel = person_period(laws(("a", 2000), ("b", 2002)))
    known = pl.DataFrame({"unit": ["b", "b", "b"], "year": [2000, 2001, 2002], "gdp": [1.0, 2.0, 3.0]})
    assert cells(add_covariates(panel, known), "period", "gdp") == [(2001, 1.0), (2002, 2.0)]
    same = add_covariates(panel, known, lag=0)
    assert same.table()["gdp"].to_list() == [2.0, 3.0]
    assert any("lag 0" in note for note in same.notes)


def test_what_is_not_known_stays_empty_and_is_counted():
    panel = person_period(laws(("a", 2000), ("b", 2003)))
    known = pl.DataFrame({"unit": ["b"], "time": [2000], "gdp": [1.0]})
    found = add_covariates(panel, known)
    assert found.table()["gdp"].to_list() == [1.0, None, None]
    assert "`gdp` is unknown in 2 of 3 rows." in found.notes
    assert add_covariates(panel, known, carry=1).table()["gdp"].to_list() == [1.0, 1.0, None]


def test_covariates_known_once_or_by_policy():
    adopted = laws(("a", "x", 2000), ("b", "x", 2001), columns=("unit", "policy", "time"))
    size = pl.DataFrame({"unit": ["b"], "size": [9]})
    salience = pl.DataFrame({"policy": ["x"], "year": [2000], "salience": [0.5]})
    panel = add_covariates(person_period(adopted, covariates=size), salience)
    assert cells(panel, "size", "salience") == [(9, 0.5)]


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"unit": ["b", "b"], "year": [2000, 2000], "x": [1, 2]}, "two rows for one period"),
        ({"unit": ["b"], "gap": [1]}, "in the panel already"),
        ({"unit": ["b"], "year": [2000]}, "no values"),
        ({"year": [2000], "x": [1]}, "`unit`"),
        ({"unit": ["b"], "year": ["then"], "x": [1]}, "a time that cannot be read"),
    ],
)
def test_covariates_that_cannot_be_joined_are_refused(known, words):
    with pytest.raises(PlanError, match=words):
        add_covariates(person_period(laws(("a", 2000), ("b", 2001))), pl.DataFrame(known))


# Drawn dates


def test_dates_are_drawn_from_their_span_alike_and_by_seed():
    adopted = laws(("a", 2000, None), ("b", 2002, 2005), ("c", 2003, None), columns=RANGE)
    panel = person_period(adopted, censor=2006)
    drawn = impute_dates(panel, seed=5, draws=200)
    years = [one.table().filter(unit="b", event=1)["time"].item() for one in drawn]
    assert {2002, 2003, 2004, 2005} == set(years)
    assert np.bincount(np.array(years) - 2002) == pytest.approx([50] * 4, abs=25)
    assert all((one.table()["gap"] == 1).all() for one in drawn)
    again = impute_dates(panel, seed=5, draws=20)
    assert all(one.table().equals(two.table()) for one, two in zip(drawn[:20], again, strict=True))
    assert panel.table().filter(unit="b", event=1)["gap"].item() == 4


def test_draws_are_refused_where_they_say_nothing():
    panel = person_period(laws(("a", 2000), ("b", 2002)))
    with pytest.raises(PlanError, match="nothing to draw"):
        impute_dates(panel, seed=1)
    with pytest.raises(PlanError, match="fewer than 20"):
        impute_dates(panel, seed=1, draws=5)
