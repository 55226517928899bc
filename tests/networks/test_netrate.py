"""NetRate against closed forms, the conditions of an optimum, and simulated rates."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

from diffuscope import PlanError, infer_rates
from diffuscope.networks.netrate import RATE_DELAYS, Problem, solve


def rates(rows, censor, **options) -> dict[tuple[str, str], float]:
    frame = pl.DataFrame(
        rows, schema={"unit": pl.String, "policy": pl.String, "time": pl.Float64}, orient="row"
    )
    found = infer_rates(frame, censor=censor, **options)
    assert found.receivers["converged"].drop_nulls().all()
    return {(s, r): rate for s, r, rate in found.table().iter_rows()}


def test_one_parent_in_closed_form():
    rows = [("a", "x", 0.5), ("b", "x", 1.5), ("a", "y", 0.5), ("b", "y", 3.5), ("a", "z", 0.5)]
    assert rates(rows, 10.5) == {("a", "b"): pytest.approx(2 / 14)}
    # log 2 + log 6 + log 20 of exposure, in half units of time
    assert rates(rows, 10.5, delay="power-law") == {("a", "b"): pytest.approx(2 / math.log(2 * 6 * 20))}
    assert rates(rows, 10.5, delay="rayleigh") == {("a", "b"): pytest.approx(2 / ((1 + 9 + 100) / 2))}


@pytest.mark.parametrize(
    ("exposure", "hazards", "expected", "likelihood"),
    [
        # c1 with lags (2, 1); c2 a alone, lag 1.5; c3 b alone, censored after 5
        ([3.5, 6.0], [[1, 1], [1, 0]], (0.5714286, 0.0), -3.1192316),
        # ℓ = (-2a - b) + log(a + b) - 1.5a + log a - .2b - .5b + log b
        ([3.5, 1.7], [[1, 1], [1, 0], [0, 1]], (0.3600792, 1.0233664), -3.6737566),
    ],
)
def test_two_parents(exposure, hazards, expected, likelihood):
    hazards = np.array(hazards, dtype=float)
    found = solve(Problem(np.arange(2), np.array(exposure, dtype=float), hazards, len(hazards)))
    assert found.converged
    assert found.rates == pytest.approx(expected, abs=1e-7)
    assert found.log_likelihood == pytest.approx(likelihood, abs=1e-7)
    assert np.dot(found.rates, exposure) == pytest.approx(len(hazards))


def test_a_random_problem_against_a_general_optimiser():
    rng = np.random.default_rng(3)
    hazards = rng.random((40, 8)) * (rng.random((40, 8)) < 0.6)
    hazards[:, 0] += 0.05
    exposure = rng.uniform(5, 60, 8)
    found = solve(Problem(np.arange(8), exposure, hazards, 40))
    best = minimize(
        lambda a: exposure @ a - np.log(hazards @ a).sum(), np.full(8, 0.1), bounds=[(1e-12, None)] * 8,
        method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-12, "maxiter": 5000},
    )  # fmt: skip
    assert found.converged
    assert found.log_likelihood >= -best.fun - 1e-8
    assert found.rates == pytest.approx(best.x, abs=2e-4)


@pytest.mark.parametrize("delay", RATE_DELAYS)
def test_totals_by_sender_are_the_sums_over_all_policies(delay):
    """Exposure by its definition, policy by policy; who never adopts is counted there one by one."""
    from diffuscope.networks.from_frame import cascades_from_frame
    from diffuscope.networks.netrate import _ends, _Hazards, _problem, _totals

    rng = np.random.default_rng(5)
    rows = [
        (unit, f"p{p}", float(rng.integers(0, 8)) + 0.5)
        for p in range(15)
        for unit in "abcde"
        if rng.random() < 0.7
    ]
    frame = pl.DataFrame(rows, schema=["unit", "policy", "time"], orient="row")
    cascades = cascades_from_frame(frame)
    hazards, ends = _Hazards(delay, 0.5), _ends(cascades, 12.0)
    index = cascades.by_receiver()
    when = {(u, p): t for u, p, t in rows}
    for at, receiver in enumerate(cascades.units):
        own = index.own(at)
        problem = _problem(cascades, ends, hazards, _totals(cascades, ends, hazards), own)
        for place, sender in enumerate(problem.senders.tolist()):
            total = 0.0
            for policy in cascades.policies:
                start = when.get((cascades.units[sender], policy))
                stop = when.get((receiver, policy), 12.0)
                if start is not None and stop > start:
                    total += float(hazards.cumulative(np.array([stop - start]))[0])
            assert problem.exposure[place] == pytest.approx(total)


def test_simulated_rates_are_recovered():
    """Exponential delays along a chain a → b → c, with rates 0.5 and 1."""
    rng = np.random.default_rng(8)
    rows = []
    for policy in range(800):
        b = rng.exponential(2)
        c = b + rng.exponential(1)
        rows += [("a", f"p{policy}", 0.0)]
        rows += [(unit, f"p{policy}", at) for unit, at in (("b", b), ("c", c)) if at < 4]
    found = rates(rows, 4.0)
    assert found["a", "b"] == pytest.approx(0.5, rel=0.1)
    assert found["b", "c"] == pytest.approx(1.0, rel=0.12)
    assert found.get(("a", "c"), 0.0) < 0.03


def test_who_gives_no_information_has_no_rates_and_says_why():
    frame = pl.DataFrame({"unit": ["a", "b"], "policy": ["p", "p"], "time": [1, 1]})
    found = infer_rates(frame, censor=3)
    assert found.table().height == 0
    assert found.receivers["why"].str.contains("no information").all()


@pytest.mark.parametrize(
    ("censor", "says"),
    [(None, "no time for the policy"), (0, "after observation ended"), ({"q": 5}, "no time")],
)
def test_the_end_of_observation_is_never_guessed(censor, says):
    frame = pl.DataFrame({"unit": ["a", "b"], "policy": ["p", "p"], "time": [1, 2]})
    with pytest.raises(PlanError, match=says):
        infer_rates(frame, censor=censor)
