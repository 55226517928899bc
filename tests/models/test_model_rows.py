"""Rows of a frame as numbers: words are counted anew, whatever else the program has seen."""

from __future__ import annotations

import numpy as np
import polars as pl

from diffuscope.models.design.complete_cases import codes


def test_words_are_numbered_without_gaps_whatever_was_numbered_before():
    pl.Series([f"seen before {at}" for at in range(500)]).cast(pl.Categorical)
    frame = pl.DataFrame({"one": ["b", "a", "b"], "other": ["c", "b", "a"]})
    one, other = codes(frame, ["one", "other"])
    assert sorted({*one.tolist(), *other.tolist()}) == [0, 1, 2]
    assert one[0] == one[2] == other[1]
    assert one[1] == other[2] != other[0]


def test_whole_numbers_stay_what_they_are():
    [found] = codes(pl.DataFrame({"unit": [7, 3, 7]}), ["unit"])
    assert found.tolist() == [7, 3, 7]
    assert found.dtype == np.int64


def test_no_rows_are_no_numbers():
    [found] = codes(pl.DataFrame({"unit": []}, schema={"unit": pl.String}), ["unit"])
    assert found.size == 0
