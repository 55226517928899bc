"""Exposures with units exchanged: the same as through a layer whose ties were exchanged by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import diffuscope
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs, successes
from diffuscope.panel.exposures import add_exposure
from diffuscope.ties import Layer

UNITS = tuple("abcdefgh")


def laws(seed):
    rng = np.random.default_rng(seed)
    rows = [
        {
            "unit": unit,
            "policy": policy,
            "time": int(rng.integers(2001, 2009)) if rng.random() < 0.8 else None,
        }
        for policy in ("p", "q")
        for unit in UNITS
    ]
    return pl.DataFrame(rows)


def weights(seed):
    rng = np.random.default_rng(seed)
    found = rng.random((8, 8)) * (rng.random((8, 8)) < 0.6)
    np.fill_diagonal(found, 0)
    found[3] = 0  # hears of nobody
    return found


def exchanged(matrix, order):
    return matrix[np.ix_(order, order)]


@pytest.mark.parametrize("form", ["share", "sum"])
@pytest.mark.parametrize("lag", [1, 2])
def test_exchanged_units_see_what_exchanged_ties_show(form, lag):
    panel = diffuscope.person_period(laws(1), censor=2010, undated="never")
    order = np.random.default_rng(2).permutation(8)
    layer = Layer(name="advice", units=UNITS, weights=weights(3))
    other = Layer(name="advice", units=UNITS, weights=exchanged(weights(3), order))
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec(form=form, lag=lag))
    for order_, through in ((None, layer), (order, other)):
        wanted = add_exposure(panel, through, name="seen", form=form, lag=lag).table()
        values, alone = seen.values(order_)
        assert pl.Series("seen", values).fill_nan(None).to_list() == pytest.approx(wanted["seen"].to_list())
        assert alone.tolist() == wanted["isolate_seen"].to_list()
        assert alone.any()


def test_success_goes_with_the_one_whose_it_is():
    panel = diffuscope.person_period(laws(1), censor=2010, undated="never")
    rng = np.random.default_rng(5)
    went = pl.DataFrame({"unit": UNITS, "time": [2003] * 8, "value": rng.normal(size=8)})
    order = rng.permutation(8)
    layer, other = (
        Layer(name="advice", units=UNITS, weights=matrix)
        for matrix in (weights(3), exchanged(weights(3), order))
    )
    look = ExposureSpec(form="mean success")
    seen = exposure_inputs(layer, panel.table(), panel.history, look, success=successes(went, panel.history))
    wanted = add_exposure(panel, other, name="seen", form="mean success", success=went).table()["seen"]
    got = pl.Series("seen", seen.values(order)[0]).fill_nan(None)
    assert got.to_list() == pytest.approx(wanted.to_list())
    assert got.is_not_null().any()


def test_senders_that_are_no_units_keep_their_ties():
    panel = diffuscope.person_period(laws(1), censor=2010, undated="never")
    matrix = np.hstack([weights(3), np.arange(8.0)[:, None]])
    order = np.random.default_rng(2).permutation(8)
    seen, other = (
        exposure_inputs(
            Layer(name="advice", units=UNITS, senders=(*UNITS, "bank"), weights=found),
            panel.table(),
            panel.history,
            ExposureSpec(form="sum"),
            pushing=("bank",),
        )
        for found in (matrix, np.hstack([exchanged(weights(3), order), np.arange(8.0)[order][:, None]]))
    )
    np.testing.assert_allclose(seen.values(order)[0], other.values()[0])
