"""Cox's model: worked examples, the published Rossi table, lifelines and statsmodels on random data."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from made_panels import counting

from diffuscope.errors import MethodError, PlanError
from diffuscope.models import cox
from diffuscope.models.likelihood.partial_likelihood import partial_likelihood, risk_sets, score_residuals

FOUR = pl.DataFrame({"start": 0, "stop": [1, 2, 3, 4], "event": [1, 1, 1, 0], "x": [1, 0, 1, 0]})


def test_four_units_without_ties():
    frame = FOUR.with_columns(event=pl.lit(1))
    sets = risk_sets(np.zeros(4), np.arange(1.0, 5), np.ones(4))
    found = partial_likelihood(sets, np.array([[1.0], [0], [1], [0]]), np.array([0.9406136]), "efron")
    assert found.loglik == pytest.approx(-2.8699763, abs=5e-8)
    assert found.gradient == pytest.approx(0, abs=5e-8)
    with pytest.raises(MethodError, match="every row has an event"):
        cox("event ~ x", frame, cluster=None)
    # a unit that is never at risk at an event makes the outcome vary and changes nothing
    late = pl.concat(
        [frame, pl.DataFrame({"start": [5], "stop": [6], "event": [0], "x": [1]})], how="vertical_relaxed"
    )
    fit = cox("event ~ x", late, cluster=None)
    assert fit.coefficients[0] == pytest.approx(0.9406136, abs=5e-8)
    assert fit.loglik == pytest.approx(-2.8699763, abs=5e-8)


@pytest.mark.parametrize(
    ("ties", "at_zero", "at_one"),
    [("breslow", -2.7725887, -3.0128177), ("efron", -2.4849066, -2.7251357)],
)
def test_two_of_four_at_once(ties, at_zero, at_one):
    sets = risk_sets(np.zeros(4), np.array([1.0, 2, 1, 2]), np.array([1.0, 0, 1, 0]))
    x = np.array([[1.0], [1], [0], [0]])
    assert partial_likelihood(sets, x, np.zeros(1), ties).loglik == pytest.approx(at_zero, abs=5e-8)
    assert partial_likelihood(sets, x, np.ones(1), ties).loglik == pytest.approx(at_one, abs=5e-8)
    frame = pl.DataFrame({"start": 0, "stop": [1, 2, 1, 2], "event": [1, 0, 1, 0], "x": [1, 1, 0, 0]})
    assert cox("event ~ x", frame, ties=ties, cluster=None).coefficients[0] == pytest.approx(0, abs=1e-9)


def test_the_published_table_of_recidivism():
    from lifelines.datasets import load_rossi

    rossi = load_rossi().assign(start=0)
    fit = cox("arrest ~ fin + age + race + wexp + mar + paro + prio", rossi, stop="week", cluster=None)
    expected = (-0.37942, -0.05744, 0.31390, -0.14980, -0.43370, -0.08487, 0.09150)
    assert fit.coefficients == pytest.approx(expected, abs=5e-6)
    assert fit.loglik == pytest.approx(-658.74766, abs=5e-6)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_late_entry_and_ties_are_those_of_statsmodels(ties):
    from statsmodels.duration.hazard_regression import PHReg

    frame = counting()
    # its `entry` counts a row as at risk at its own entry time: half a period later is right
    other = PHReg(
        frame["stop"].to_numpy(), frame.select("x", "z").to_numpy(), status=frame["event"].to_numpy(),
        entry=frame["start"].to_numpy() + 0.5, ties=ties,
    ).fit(disp=0)  # fmt: skip
    ours = cox("adopted ~ x + z", frame, ties=ties, cluster=None)
    assert ours.coefficients == pytest.approx(other.params, rel=1e-6)
    assert ours.std_errors == pytest.approx(other.bse, rel=1e-5)
    assert ours.loglik == pytest.approx(other.llf, rel=1e-9)


def test_covariates_that_change_are_those_of_lifelines():
    from lifelines import CoxTimeVaryingFitter

    frame = counting()
    spans = frame.drop("unit").with_columns(id=pl.int_range(frame.height)).to_pandas()
    other = CoxTimeVaryingFitter().fit(
        spans, id_col="id", event_col="event", start_col="start", stop_col="stop"
    )
    ours = cox("adopted ~ x + z", frame, cluster=None)
    assert ours.coefficients == pytest.approx(other.params_.to_numpy(), rel=1e-6)
    assert ours.std_errors == pytest.approx(other.standard_errors_.to_numpy(), rel=1e-6)


def test_strata_are_compared_within_themselves():
    from statsmodels.duration.hazard_regression import PHReg

    frame = counting().with_columns(group=pl.int_range(400) % 3)
    other = PHReg(
        frame["stop"].to_numpy(), frame.select("x", "z").to_numpy(), status=frame["event"].to_numpy(),
        entry=frame["start"].to_numpy() + 0.5, strata=frame["group"].to_numpy(), ties="efron",
    ).fit(disp=0)  # fmt: skip
    ours = cox("adopted ~ x + z", frame, strata="group", cluster=None)
    assert ours.coefficients == pytest.approx(other.params, rel=1e-6)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("tied", [True, False])
def test_clustered_errors_are_the_sandwich_of_score_residuals(ties, tied):
    """Score residuals by their definition, one row and one event time after another."""
    frame = counting(120, ties=tied)
    start, stop, event = (frame[name].to_numpy().astype(float) for name in ("start", "stop", "event"))
    x, beta = frame.select("x", "z").to_numpy(), np.array([0.3, -0.2])
    sets = risk_sets(start, stop, event)
    found = partial_likelihood(sets, x, beta, ties)
    risk, expected = np.exp(x @ beta), np.zeros_like(x)
    for time in np.unique(stop[event == 1]):
        at_risk = (start < time) & (time <= stop)
        dying = at_risk & (event == 1) & (stop == time)
        count = dying.sum()
        for ahead in range(count):
            gone = ahead / count if ties == "efron" else 0.0
            part = risk * (at_risk - gone * dying)
            mean = part @ x / part.sum()
            expected += dying[:, None] * (x - mean) / count - (part / part.sum())[:, None] * (x - mean)
    ours = score_residuals(sets, x, found)
    assert ours == pytest.approx(expected, abs=1e-12)
    assert ours.sum(axis=0) == pytest.approx(found.gradient, abs=1e-10)


def test_clustered_errors_without_ties_are_those_of_lifelines():
    from lifelines import CoxPHFitter

    frame = counting(ties=False).with_columns(start=pl.lit(0.0))
    data = frame.select("stop", "event", "x", "z").with_columns(unit=frame["unit"].rank("dense")).to_pandas()
    other = CoxPHFitter().fit(
        data, "stop", "event", cluster_col="unit", robust=True, fit_options={"precision": 1e-12}
    )
    ours = cox("adopted ~ x + z", frame, cluster="unit")
    count = ours.clusters[0][1]
    assert ours.std_errors / np.sqrt(count / (count - 1)) == pytest.approx(
        other.standard_errors_.to_numpy(), rel=1e-5
    )


def test_a_panel_has_spans_of_its_own():
    frame = counting().with_columns(duration=pl.col("stop"), gap=pl.col("stop") - pl.col("start"))
    with_spans, without = (cox("adopted ~ x + z", each) for each in (frame, frame.drop("start", "stop")))
    assert with_spans.coefficients == pytest.approx(without.coefficients, rel=1e-12)


def test_what_cannot_be_estimated_is_refused():
    frame = counting()
    with pytest.raises(MethodError, match="not after the `start`"):
        cox("adopted ~ x", frame.with_columns(stop=pl.col("start")))
    with pytest.raises(MethodError, match="has no maximum for `z`"):
        cox("adopted ~ x + z", frame.with_columns(z=pl.col("event") * 1.0))
    with pytest.raises(MethodError, match="`y` is an exact combination"):
        cox("adopted ~ x + z + y", frame.with_columns(y=pl.col("x") - pl.col("z")))
    with pytest.raises(PlanError, match="ties"):
        cox("adopted ~ x", frame, ties="marginal")


def test_pairs_hang_together_by_either_end():
    """Where one unit is an end of both, two rows hang together: by the definition, pair of rows by pair."""
    rng = np.random.default_rng(8)
    receiver = rng.integers(0, 30, 400)
    sender = (receiver + rng.integers(1, 30, 400)) % 30
    pairs = {"receiver": [f"u{at}" for at in receiver], "sender": [f"u{at}" for at in sender]}
    frame = counting().drop("unit").with_columns(pl.Series(name, own) for name, own in pairs.items())
    fit = cox("adopted ~ x + z", frame)
    assert fit.clusters == (("units of dyads", 30),)
    assert "30 by units of dyads" in fit.summary()
    x = frame.select("x", "z").to_numpy()
    sets = risk_sets(*(frame[name].to_numpy().astype(float) for name in ("start", "stop", "event")))
    found = partial_likelihood(sets, x, fit.coefficients, "efron")
    scores, bread = score_residuals(sets, x, found), np.linalg.inv(found.information)
    shared = np.array([[bool({a, b} & {c, d}) for c, d in zip(receiver, sender, strict=True)]
                       for a, b in zip(receiver, sender, strict=True)])  # fmt: skip
    expected = bread @ scores.T @ shared @ scores @ bread * 30 / 29
    assert fit.covariance == pytest.approx(expected, rel=1e-6)
    two = cox("adopted ~ x + z", frame, cluster=("receiver", "sender"))
    assert [name for name, _ in two.clusters] == ["receiver", "sender"]
