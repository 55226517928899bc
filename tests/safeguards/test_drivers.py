"""What drives the ties: correlations by hand, and likeness that looks like contagion."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from diffuscope.safeguards.drivers import drivers_of_ties, likeness_of
from planted import drawn, question_of

from diffuscope.ties import Layer

UNITS = tuple("abcdefgh")


def alike(seed=3, units=90, periods=14):
    """Alike units are tied, alike units adopt, and nobody follows anybody."""
    rng = np.random.default_rng(seed)
    world = drawn(seed=seed, units=units, periods=periods)
    z = rng.normal(size=units)
    ties = (rng.random((units, units)) < np.exp(-3 * np.abs(z[:, None] - z))).astype(float)
    np.fill_diagonal(ties, 0)
    hazard = 1 / (1 + np.exp(3.0 - 1.6 * z))
    when = rng.geometric(hazard)
    laws = world["laws"].with_columns(
        time=pl.Series([2000 + int(at) if at < periods else None for at in when])
    )
    covariates = world["covariates"].with_columns(
        z=pl.Series(z), kind=pl.Series(np.where(z > 0, "north", "south"))
    )
    return {**world, "laws": laws, "ties": ties, "covariates": covariates}


ALIKE = alike()


def correlation_of_dyads(weights, differences):
    """Over all ordered pairs, written out."""
    apart = ~np.eye(len(weights), dtype=bool)
    return np.corrcoef(weights[apart], differences[apart])[0, 1]


@pytest.mark.parametrize("kind", ["numbers", "words"])
def test_the_correlation_is_that_over_all_dyads(kind):
    rng = np.random.default_rng(2)
    weights = rng.random((8, 8)) * (rng.random((8, 8)) < 0.5)
    np.fill_diagonal(weights, 0)
    values = rng.normal(size=8) if kind == "numbers" else rng.choice(["x", "y", "z"], 8)
    rows = pl.DataFrame({"unit": UNITS, "time": [1] * 8, "value": values})
    likeness = likeness_of(Layer(name="ties", units=UNITS, weights=weights), rows, "value")
    pairs = values[:, None], values[None, :]
    differences = np.abs(pairs[0] - pairs[1]) if kind == "numbers" else (pairs[0] != pairs[1]).astype(float)
    assert likeness.correlation() == pytest.approx(correlation_of_dyads(weights, differences))


def test_units_of_whom_the_covariate_is_not_known_are_left_out():
    weights = np.roll(np.eye(8), 1, axis=1)
    rows = pl.DataFrame(
        {"unit": UNITS, "time": [1] * 8, "value": [1.0, None, 2.0, 5.0, 7.0, 8.0, float("nan"), 9.0]}
    )
    likeness = likeness_of(Layer(name="ties", units=UNITS, weights=weights), rows, "value")
    keep = [0, 2, 3, 4, 5, 7]
    values = np.array([1.0, 2.0, 5.0, 7.0, 8.0, 9.0])
    by_hand = correlation_of_dyads(weights[np.ix_(keep, keep)], np.abs(values[:, None] - values))
    assert likeness.correlation() == pytest.approx(by_hand)
    assert likeness_of(Layer(name="ties", units=UNITS, weights=weights), rows[:4], "value") is None


def test_likeness_that_looks_like_contagion_does_not_pass():
    question = question_of(ALIKE, "adopted ~ seen")
    assert question.fit.low[1] > 0
    found = drivers_of_ties(question, "seen", ["z"], draws=199)
    assert (found.applies, found.passed) == (True, False)
    assert found.low < 0 < found.high
    assert "With the ties goes: `z`" in found.says


def test_contagion_passes_with_what_drives_its_ties():
    followed = question_of(drawn(seed=1, contagion=5.0), "adopted ~ seen")
    found = drivers_of_ties(followed, "seen", ["wealth"], draws=199)
    assert found.passed
    both = question_of(drawn(seed=1, contagion=5.0)).fit
    assert (found.value, found.low) == pytest.approx((both.coefficients[1], both.low[1]), abs=1e-6)
    assert f"without, {followed.fit.coefficients[1]:.2f}" in found.says


def test_a_driver_that_is_in_the_model_is_taken_out_to_compare():
    inside = question_of(drawn(seed=1, contagion=5.0))
    found = drivers_of_ties(inside, "seen", ["wealth"], draws=199)
    assert found.value == pytest.approx(inside.coefficient("seen"), abs=1e-6)
    bare = question_of(drawn(seed=1, contagion=5.0), "adopted ~ seen").fit
    assert f"without, {bare.coefficients[1]:.2f}" in found.says


def test_without_a_declared_driver_the_safeguard_is_missing():
    found = drivers_of_ties(question_of(ALIKE, "adopted ~ seen"), "seen", draws=199)
    assert (found.applies, found.passed) == (True, None)
    assert found.says.startswith("No drivers of these ties are declared.")
    assert "`z` (difference and tie correlate at -0." in found.says
    assert "neither declared nor in the model" in found.says


def test_a_driver_that_the_panel_does_not_have_is_missing_too():
    found = drivers_of_ties(question_of(ALIKE), "seen", ["language"], draws=199)
    assert (found.applies, found.passed) == (True, None)
    assert "`language`" in found.says


def test_a_driver_that_does_not_vary_is_told_in_words():
    world = {**ALIKE, "covariates": ALIKE["covariates"].with_columns(flat=pl.lit(1.0))}
    found = drivers_of_ties(question_of(world), "seen", ["flat"], draws=199)
    assert (found.applies, found.passed) == (True, None)
    assert "`flat`" in found.says


def test_words_drive_ties_as_numbers_do():
    found = drivers_of_ties(question_of(ALIKE, "adopted ~ seen"), "seen", ["kind"], draws=199)
    assert "`kind` (difference and tie correlate at -0." in found.says


def test_ties_at_random_go_with_nothing():
    found = drivers_of_ties(question_of(drawn(seed=2)), "seen", draws=199)
    assert "No covariate goes with the ties, of 1 compared." in found.says


def test_seeds_reproduce_and_names_and_workers_do_not_matter():
    names = {unit: f"x{200 - at:03d}" for at, unit in enumerate(ALIKE["laws"]["unit"])}
    renamed = {
        **ALIKE,
        **{key: ALIKE[key].with_columns(pl.col("unit").replace(names)) for key in ("laws", "covariates")},
    }
    one, two, other = (
        drivers_of_ties(
            question_of(world, "adopted ~ seen"), "seen", ["z"], draws=199, seed=seed, workers=workers
        )
        for world, seed, workers in ((ALIKE, 1, 1), (ALIKE, 1, 2), (renamed, 1, 1))
    )
    assert one == two
    assert one.says == other.says
