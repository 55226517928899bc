"""Exposure of many histories at once is that of each by itself."""

from __future__ import annotations

import numpy as np
import pytest

from diffuscope.ties import Layer, exposure
from diffuscope.ties.exposure_of_copies import exposure_of_copies

UNITS = tuple("abcdefg")
DATES = [2001, 2002, 2003, 2004, 2005, 2006]


def _layer(*, dated: bool) -> Layer:
    rng = np.random.default_rng(3)
    first, second = (np.where(rng.random((7, 7)) < 0.4, rng.random((7, 7)), 0.0) for _ in range(2))
    for ties in (first, second):
        np.fill_diagonal(ties, 0)
        ties[4] = 0  # a unit without ties
    if not dated:
        return Layer(name="advice", units=UNITS, weights=first)
    return Layer(name="advice", units=UNITS, weights=(("2001", first), ("2004", second)))


def _histories(*, gives_up: bool, unknown: bool) -> np.ndarray:
    rng = np.random.default_rng(5)
    when = rng.integers(0, 9, size=(4, 7))
    has = (when[:, :, None] <= np.arange(6)).astype(float)
    if gives_up:
        has[0, 2, 4:] = 0
    if unknown:
        has[1, 3, 1:3] = np.nan
    return has


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"form": "sum"},
        {"lag": 2},
        {"decay": 0.3},
        {"cumulative": False},
        {"form": "attribute share", "success": "some"},
        {"form": "mean success", "success": "some"},
        {"form": "sum", "success": "some", "unknown": True},
        {"unknown": True},
        {"gives_up": True},
    ],
)
def test_copies_are_exposed_as_each_alone(how, dated):
    layer, how = _layer(dated=dated), dict(how)
    has = _histories(gives_up=how.pop("gives_up", False), unknown=how.pop("unknown", False))
    if how.get("success"):
        success = np.random.default_rng(7).random((4, 7, 6))
        success[:, 5] = np.nan
        if how["form"] == "attribute share":
            success = np.nan_to_num(success, nan=0.5)
        how["success"] = success
    values, isolates = exposure_of_copies(layer, has, periods=DATES, **how)
    for copy in range(4):
        own = dict(how, success=how["success"][copy]) if "success" in how else how
        alone = exposure(layer, has[copy], periods=DATES, **own)
        np.testing.assert_allclose(values[copy], alone.values, rtol=1e-12, atol=1e-14)
        np.testing.assert_array_equal(isolates if isolates.ndim == 1 else isolates[copy], alone.isolates)
