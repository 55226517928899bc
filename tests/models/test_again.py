"""A model fitted again with changed columns: what the estimators themselves find on the changed panel."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope.models import event_history, firth
from diffuscope.models.again import Again


def panel(n=600, seed=3):
    rng = np.random.default_rng(seed)
    near, rich = rng.normal(size=n), rng.normal(size=n)
    gap = rng.choice([1.0, 2.0], size=n)
    hazard = 1 / (1 + np.exp(-(-2 + 0.8 * near - 0.4 * rich)))
    return pl.DataFrame(
        {
            "unit": [f"u{at % 40}" for at in range(n)],
            "policy": [f"p{at % 3}" for at in range(n)],
            "duration": [at % 7 + 1 for at in range(n)],
            "event": (rng.random(n) < hazard).astype(int),
            "near": near,
            "rich": rich,
            "gap": gap,
        }
    )


FITS = {
    "logit": lambda rows: event_history("adopted ~ near + rich", rows),
    "cloglog": lambda rows: event_history("adopted ~ near + exp(rich)", rows, link="cloglog"),
    "policies": lambda rows: event_history(
        "adopted ~ near + rich", rows, policy_effects="fixed", duration="cubic"
    ),
    "firth": lambda rows: firth("adopted ~ near + rich", rows),
}


@pytest.mark.parametrize("which", FITS)
def test_nothing_changed_is_the_same_model(which):
    rows = panel()
    fit = FITS[which](rows)
    assert Again.of(fit, rows).coefficients() == pytest.approx(fit.coefficients, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("which", FITS)
def test_a_changed_column_is_the_model_of_the_changed_panel(which):
    rows = panel()
    other = rows.with_columns(
        pl.Series("near", np.random.default_rng(9).permutation(rows["near"].to_numpy()))
    )
    again = Again.of(FITS[which](rows), rows).coefficients({"near": other["near"].to_numpy()})
    assert again == pytest.approx(FITS[which](other).coefficients, rel=1e-6, abs=1e-7)


def test_other_events_are_the_model_of_those_events():
    rows = panel()
    again = Again.of(FITS["logit"](rows), rows)
    events = np.random.default_rng(5).permutation(again.y)
    wanted = FITS["logit"](rows.with_columns(pl.Series("event", events))).coefficients
    assert again.coefficients(y=events) == pytest.approx(wanted, rel=1e-6, abs=1e-7)


def test_rows_in_which_a_column_is_not_known_are_left_out():
    rows = panel()
    near = rows["near"].to_numpy().copy()
    near[::5] = np.nan
    again = Again.of(FITS["logit"](rows), rows).coefficients({"near": near})
    wanted = FITS["logit"](rows.with_columns(pl.Series("near", near).fill_nan(None))).coefficients
    assert again == pytest.approx(wanted, rel=1e-6)


def test_rows_that_the_fit_left_out_stay_out():
    rows = panel().with_columns(near=pl.when(pl.int_range(pl.len()) % 4 == 0).then(None).otherwise("near"))
    fit = FITS["logit"](rows)
    again = Again.of(fit, rows)
    assert len(again.y) == fit.rows == 450
    changed = {"near": rows["near"].fill_null(0.0).to_numpy() * 2}
    assert again.coefficients(changed)[1] == pytest.approx(fit.coefficients[1] / 2, rel=1e-6)


@pytest.mark.parametrize("values", [np.zeros(600), None])
def test_where_no_finite_estimate_exists_nothing_is_told(values):
    rows = panel()
    again = Again.of(FITS["logit"](rows), rows)
    column = 10.0 * rows["event"].to_numpy() if values is None else values
    assert np.isnan(again.coefficients({"near": column})).all()
