"""Refits, one by one and a thousand at once: what the estimators themselves find on the changed panel."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from diffuscope.errors import MethodError
from diffuscope.models import event_history, firth
from diffuscope.models.refit import Refitter, fit_batch, time_varying
from diffuscope.models.refit.grouped_rows import grouped_rows, patterns_of


@pytest.fixture(autouse=True, params=["row by row", "grouped"])
def _either_way(request, monkeypatch):
    """Large panels are refitted with equal rows grouped: all that holds for small ones holds for them."""
    if request.param == "grouped":
        monkeypatch.setattr(time_varying, "CACHED", 0)


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
    "out of proportion": lambda rows: event_history("adopted ~ exp(near / 4) + rich", rows),
    "interaction": lambda rows: event_history("adopted ~ near + near:rich + rich", rows),
    "policies": lambda rows: event_history(
        "adopted ~ near + rich", rows, policy_effects="fixed", duration="cubic"
    ),
    "firth": lambda rows: firth("adopted ~ near + rich", rows),
    "nothing constant": lambda rows: event_history("adopted ~ 0 + near", rows),
}
CLOSE = 1e-8


def of_terms(fit, coefficients):
    """Without intercept and policies: refits measure each policy by its own level."""
    return [
        value
        for name, value in zip(fit.names, np.asarray(coefficients), strict=True)
        if name != "intercept" and not name.lower().startswith(("intercept", "policy "))
    ]


@pytest.mark.parametrize("which", FITS)
def test_nothing_changed_is_the_same_model(which):
    rows = panel()
    fit = FITS[which](rows)
    again = Refitter.of(fit, rows, ["near"]).coefficients({})[0]
    assert of_terms(fit, again) == pytest.approx(of_terms(fit, fit.coefficients), rel=CLOSE, abs=CLOSE)


@pytest.mark.parametrize("which", FITS)
def test_changed_columns_are_the_models_of_the_changed_panels(which):
    rows, rng = panel(), np.random.default_rng(9)
    near = np.array([rng.permutation(rows["near"].to_numpy()) for _ in range(3)])
    found = Refitter.of(FITS[which](rows), rows, ["near"]).coefficients({"near": near})
    for own, changed in zip(found, near, strict=True):
        wanted = FITS[which](rows.with_columns(pl.Series("near", changed)))
        assert of_terms(wanted, own) == pytest.approx(
            of_terms(wanted, wanted.coefficients), rel=CLOSE, abs=CLOSE
        )


@pytest.mark.parametrize("which", FITS)
def test_equal_rows_count_as_often_as_they_occur(which):
    rows = panel().with_columns(pl.col("near", "rich").round(0))
    assert rows.select("near", "rich", "policy", "duration", "event").n_unique() < 400
    fit = FITS[which](rows)
    near = np.random.default_rng(2).permutation(rows["near"].to_numpy())
    wanted = FITS[which](rows.with_columns(pl.Series("near", near)))
    found = Refitter.of(fit, rows, ["near"]).coefficients({"near": near[None]})[0]
    assert of_terms(wanted, found) == pytest.approx(of_terms(wanted, wanted.coefficients), rel=CLOSE)


def test_rows_are_grouped_in_the_order_in_which_they_come():
    patterns = patterns_of([np.array([2.0, 1.0, 2.0, np.nan, np.nan]), np.array([0.0, 0.0, 0.0, 5.0, 5.0])])
    assert patterns.of_row.tolist() == [0, 1, 0, 2, 2]
    assert patterns.first.tolist() == [0, 1, 3]
    rows = grouped_rows([np.array([7.0, 7.0, 7.0, 8.0, 8.0])], np.array([1, 0, 1, 1, 1]))
    assert rows.pattern.tolist() == [1, 0, 1]
    assert rows.columns[0].tolist() == [7.0, 7.0, 8.0]
    assert rows.times.tolist() == [2.0, 1.0, 2.0]


def test_other_events_are_the_model_of_those_events():
    rows = panel()
    again = Refitter.of(FITS["logit"](rows), rows, ["near"])
    events = np.random.default_rng(5).permutation(again.y)
    wanted = FITS["logit"](rows.with_columns(pl.Series("event", events))).coefficients
    assert again.coefficients({}, y=events[None])[0] == pytest.approx(wanted, rel=CLOSE, abs=CLOSE)


def test_rows_in_which_a_column_is_not_known_are_left_out():
    rows = panel()
    near = rows["near"].to_numpy().copy()
    near[::5] = np.nan
    again = Refitter.of(FITS["logit"](rows), rows, ["near"]).coefficients({"near": near[None]})[0]
    wanted = FITS["logit"](rows.with_columns(pl.Series("near", near).fill_nan(None))).coefficients
    assert again == pytest.approx(wanted, rel=CLOSE)


def test_rows_that_the_fit_left_out_stay_out():
    rows = panel().with_columns(rich=pl.when(pl.int_range(pl.len()) % 4 == 0).then(None).otherwise("rich"))
    fit = FITS["logit"](rows)
    again = Refitter.of(fit, rows, ["near"])
    assert len(again.complete.y) == fit.rows == 450
    changed = {"near": rows["near"].to_numpy()[None] * 2}
    assert again.coefficients(changed)[0, 1] == pytest.approx(fit.coefficients[1] / 2, rel=CLOSE)


def test_without_some_rows_it_is_the_model_of_the_rest():
    rows = panel()
    for which in ("logit", "firth"):
        again = Refitter.of(FITS[which](rows), rows)
        gone = np.array([rows["unit"].to_numpy() == f"u{at}" for at in (0, 7)])
        for own, without in zip(again.drop_rows(gone), gone, strict=True):
            wanted = FITS[which](rows.filter(pl.Series(~without))).coefficients
            assert own == pytest.approx(wanted, rel=CLOSE, abs=CLOSE)


def test_a_policy_without_events_is_left_out_with_its_rows():
    rows = panel()
    fit = FITS["policies"](rows)
    for policy in ("p0", "p2"):
        events = np.where(rows["policy"].to_numpy() == policy, 0, rows["event"].to_numpy())
        again = Refitter.of(fit, rows, ["near"]).coefficients({}, y=events.astype(float)[None])[0]
        rest = rows.with_columns(pl.Series("event", events)).filter(pl.col("policy") != policy)
        wanted = FITS["policies"](rest)
        at, there = fit.names.index("near"), wanted.names.index("near")
        assert again[at] == pytest.approx(wanted.coefficients[there], rel=1e-7)


@pytest.mark.parametrize("which", ["logit", "cloglog"])
def test_where_no_finite_estimate_exists_nothing_is_told(which):
    rows = panel()
    again = Refitter.of(FITS[which](rows), rows, ["near"])
    separated, flat = 10.0 * rows["event"].to_numpy(), np.zeros(600)
    as_it_was = rows["near"].to_numpy()
    found = again.coefficients({"near": np.array([separated, as_it_was, flat])})
    assert np.isnan(found[0]).all()
    assert np.isfinite(found[1]).all()
    assert np.isnan(found[2, 1])


def test_columns_that_repeat_each_other_have_no_estimate():
    rows = panel()
    again = Refitter.of(FITS["logit"](rows), rows, ["near"])
    assert np.isnan(again.coefficients({"near": rows["rich"].to_numpy()[None] * 3})).all()


def test_firth_is_finite_where_events_are_separated():
    """Closed form of a separated 2x2 table: 0 of 10 against 4 of 10 (methods: -2.6767977)."""
    x = np.column_stack([np.ones(20), np.r_[np.ones(10), np.zeros(10)]])
    y = np.r_[np.zeros(10), np.ones(4), np.zeros(6)]
    found = fit_batch(x, (), y, firth=True)
    assert found.coefficients[0] == pytest.approx([-0.3677248, -2.6767977], abs=1e-7)
    assert np.isnan(fit_batch(x, (), y).coefficients).all()


def test_events_that_are_separated_in_a_draw_have_no_estimate_though_the_search_stands_still():
    """No event with x = 0, however often rows are drawn: near 35, rounding ends the search of some draws."""
    x = np.column_stack([np.ones(20), np.r_[np.zeros(10), np.ones(10)]])
    y = np.r_[np.zeros(10), np.ones(4), np.zeros(6)]
    drawn = np.random.default_rng(0).multinomial(20, np.full(20, 0.05), size=1000)
    assert np.isnan(fit_batch(x, (), y, mask=drawn).coefficients).all()


def test_counts_of_rows_are_rows_repeated():
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(60), rng.normal(size=(60, 2))])
    y = (rng.random(60) < 0.4).astype(float)
    counts = rng.integers(0, 4, 60)
    for firth_ in (True, False):
        once = fit_batch(x, (), y, firth=firth_, mask=counts[None])
        repeated = fit_batch(np.repeat(x, counts, axis=0), (), np.repeat(y, counts), firth=firth_)
        assert once.coefficients == pytest.approx(repeated.coefficients, rel=1e-7)
        assert once.loglik == pytest.approx(repeated.loglik, rel=1e-9)


def test_closed_form_of_a_two_by_two_table():
    """12 of 40 against 5 of 60: log odds ratio 1.5505974, log-likelihood -41.6447311; cloglog 1.4107860."""
    x = np.column_stack([np.ones(100), np.r_[np.ones(40), np.zeros(60)]])
    y = np.r_[np.ones(12), np.zeros(28), np.ones(5), np.zeros(55)]
    logit = fit_batch(x[:, :1], (np.tile(x[:, 1], (3, 1)),), y)
    assert logit.coefficients[2] == pytest.approx([-2.3978953, 1.5505974], abs=5e-8)
    assert logit.loglik[2] == pytest.approx(-41.6447311, abs=5e-8)
    assert fit_batch(x, (), y, link="cloglog").coefficients[0, 1] == pytest.approx(1.4107860, abs=5e-8)
    firth_ = fit_batch(x, (), y, firth=True)
    assert firth_.coefficients[0] == pytest.approx([-2.3116349, 1.4874595], abs=5e-8)
    assert firth_.loglik[0] == pytest.approx(-39.7989017, abs=5e-8)


def test_max_loglik_with_a_term_held_at_zero():
    rows = panel()
    again = Refitter.of(FITS["logit"](rows), rows, ["near"])
    assert again.max_loglik() == pytest.approx(FITS["logit"](rows).loglik, abs=1e-8)
    assert again.max_loglik([1]) == pytest.approx(event_history("adopted ~ rich", rows).loglik, abs=1e-8)


def test_a_weighted_model_is_refused():
    rows = panel().with_columns(weight=pl.lit(2.0))
    fit = event_history("adopted ~ near", rows, weights="weight")
    with pytest.raises(MethodError, match="weighted"):
        Refitter.of(fit, rows)
