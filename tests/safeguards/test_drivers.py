"""What drives the ties: correlations by hand, and likeness that looks like contagion."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from asking import asking
from planted import drawn, panel_of, question_of

import diffuscope
from diffuscope.models import event_history
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs
from diffuscope.safeguards.checks.drivers_of_ties import SAFEGUARD
from diffuscope.safeguards.checks.permuted_ties import SAFEGUARD as TIES
from diffuscope.safeguards.engine.check import SafeguardOptions
from diffuscope.safeguards.engine.homophily import driver_tests, dyadic_covariate
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.ties import Layer

drivers_of_ties, permuted_ties = asking(SAFEGUARD), asking(TIES)
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
    rows = pl.DataFrame({"unit": UNITS, "time": [1] * 8, "event": [0] * 8, "value": values})
    likeness = dyadic_covariate(Layer(name="ties", units=UNITS, weights=weights), rows, "value")
    pairs = values[:, None], values[None, :]
    differences = np.abs(pairs[0] - pairs[1]) if kind == "numbers" else (pairs[0] != pairs[1]).astype(float)
    assert likeness.correlation() == pytest.approx(correlation_of_dyads(weights, differences))


def test_units_of_whom_the_covariate_is_not_known_are_left_out():
    weights = np.roll(np.eye(8), 1, axis=1)
    rows = pl.DataFrame(
        {
            "unit": UNITS,
            "time": [1] * 8,
            "event": [0] * 8,
            "value": [1.0, None, 2.0, 5.0, 7.0, 8.0, float("nan"), 9.0],
        }
    )
    likeness = dyadic_covariate(Layer(name="ties", units=UNITS, weights=weights), rows, "value")
    keep = [0, 2, 3, 4, 5, 7]
    values = np.array([1.0, 2.0, 5.0, 7.0, 8.0, 9.0])
    by_hand = correlation_of_dyads(weights[np.ix_(keep, keep)], np.abs(values[:, None] - values))
    assert likeness.correlation() == pytest.approx(by_hand)
    assert dyadic_covariate(Layer(name="ties", units=UNITS, weights=weights), rows[:4], "value") is None


def contagion_by_wealth(seed=4, units=80, periods=10):
    """Alike units are tied, and each follows those it is tied to: what drives the ties is no rival."""
    rng = np.random.default_rng(seed)
    world = drawn(seed=seed, units=units, periods=periods)
    x = world["covariates"]["wealth"].to_numpy()
    ties = (rng.random((units, units)) < 0.5 * np.exp(-2 * np.abs(x[:, None] - x))).astype(float)
    np.fill_diagonal(ties, 0)
    when, has = np.full(units, -1), np.zeros(units)
    for period in range(periods):
        seen = ties @ has / np.maximum(ties.sum(axis=1), 1)
        new = (rng.random(units) < 1 / (1 + np.exp(3.0 - 6.0 * seen))) & (has == 0)
        when[new], has = period, has + new
    laws = world["laws"].with_columns(time=pl.Series([2000 + int(at) if at >= 0 else None for at in when]))
    return {**world, "laws": laws, "ties": ties}


def test_likeness_that_looks_like_contagion_does_not_pass():
    question = question_of(ALIKE, "adopted ~ seen")
    assert question.fit.ci_low[1] > 0
    found = drivers_of_ties(question, "seen", ["z"], draws=199)
    assert (found.applies, found.passed) == (True, False)
    assert "`z`: r = −0." in found.description


def test_contagion_passes_with_what_drives_its_ties():
    """The permutation test with the driver in the model is that of a model that has it by itself."""
    world = contagion_by_wealth()
    found = drivers_of_ties(question_of(world, "adopted ~ seen"), "seen", ["wealth"], draws=199)
    assert found.passed
    both = question_of(world)
    assert found.value == pytest.approx(both.coefficient("seen"), abs=1e-8)
    assert found.p == permuted_ties(both, "seen", draws=199).p


def test_a_driver_that_is_in_the_model_asks_nothing_new():
    inside = question_of(contagion_by_wealth())
    found = drivers_of_ties(inside, "seen", ["wealth"], draws=199)
    assert (found.p, found.value) == (permuted_ties(inside, "seen", draws=199).p, inside.coefficient("seen"))


def test_without_a_declared_driver_it_is_not_asked_and_names_what_goes_with_the_ties():
    found = drivers_of_ties(question_of(ALIKE, "adopted ~ seen"), "seen", draws=199)
    assert (found.applies, found.passed) == (False, None)
    assert found.description.startswith("No drivers of these ties are declared.")
    assert "`z` (r = −0." in found.description


def test_a_driver_that_the_panel_does_not_have_is_missing():
    found = drivers_of_ties(question_of(ALIKE), "seen", ["language"], draws=199)
    assert (found.applies, found.passed) == (True, None)
    assert "`language`" in found.description


def test_what_does_not_go_with_the_ties_is_no_driver():
    """A noise variable would let every world pass."""
    noise = np.random.default_rng(8).normal(size=ALIKE["covariates"].height)
    covariates = ALIKE["covariates"].with_columns(flat=pl.lit(1.0), noise=pl.Series(noise))
    world = {**ALIKE, "covariates": covariates}
    for name in ("flat", "noise"):
        found = drivers_of_ties(question_of(world, "adopted ~ seen"), "seen", [name], draws=199)
        assert (found.applies, found.passed) == (False, None)
        assert f"`{name}`" in found.description


def test_words_drive_ties_as_numbers_do():
    found = drivers_of_ties(question_of(ALIKE, "adopted ~ seen"), "seen", ["kind"], draws=199)
    assert "`kind`: r = −0." in found.description


def test_a_driver_dated_after_the_ties_does_not_precede_them():
    """What holds always precedes; what is dated later does not; beside undated ties nobody knows."""
    world = drawn(seed=1, contagion=5.0)
    names = world["covariates"]["unit"]
    dated = pl.DataFrame({"unit": names, "time": [1995] * len(names), "age": world["covariates"]["wealth"]})

    def tests(known_from):
        layer = Layer(name="advice", units=tuple(names), weights=world["ties"], known_from=known_from)
        panel = diffuscope.add_covariates(panel_of(world), dated, carry=100)
        panel = diffuscope.add_exposure(panel, layer, name="seen")
        seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
        fit = event_history("adopted ~ seen", panel)
        question = TestedModel(panel, fit, (TestedExposure(column="seen", mechanism=None, inputs=seen),))
        return driver_tests(question, "seen", ["wealth", "age"], SafeguardOptions(draws=99, workers=1))

    assert [(one.precedes) for one in tests("1990").values()] == [True, False]
    assert [(one.precedes) for one in tests("1998").values()] == [True, True]
    assert [(one.precedes) for one in tests(None).values()] == [True, None]


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
    assert one.description == other.description
