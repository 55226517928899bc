"""Small worlds in which it is known what spread, and why."""

from __future__ import annotations

import numpy as np
import polars as pl

import diffuscope
from diffuscope.models import event_history
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs, successes
from diffuscope.panel.exposures import add_exposure
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.ties import Layer


def drawn(seed=1, contagion=0.0, wealth=0.6, learning=0.0, units=60, periods=10):
    """Dates of adoption, ties, a covariate and how it went, of units that look at their neighbours."""
    rng = np.random.default_rng(seed)
    ties = (rng.random((units, units)) < 0.1).astype(float)
    np.fill_diagonal(ties, 0)
    x, went = rng.normal(size=units), rng.normal(size=units)
    when, has = np.full(units, -1), np.zeros(units)
    for period in range(periods):
        seen = ties @ has / np.maximum(ties.sum(axis=1), 1)
        good = ties @ (has * went) / np.maximum(ties @ has, 1)
        hazard = 1 / (1 + np.exp(-(-2.2 + contagion * seen + learning * good + wealth * x)))
        new = (rng.random(units) < hazard) & (has == 0)
        when[new], has = period, has + new
    names = [f"u{at:03d}" for at in range(units)]
    return {
        "laws": pl.DataFrame({"unit": names, "time": [2000 + int(at) if at >= 0 else None for at in when]}),
        "ties": ties,
        "covariates": pl.DataFrame({"unit": names, "wealth": x}),
        "went": pl.DataFrame({"unit": names, "time": [2000] * units, "value": went}),
        "censor": 2000 + periods - 1,
    }


def panel_of(world):
    panel = diffuscope.person_period(world["laws"], censor=world["censor"], undated="never")
    return diffuscope.add_covariates(panel, world["covariates"])


def layer_of(world, ties=None):
    names = tuple(world["laws"]["unit"])
    return Layer(name="advice", units=names, weights=world["ties"] if ties is None else ties)


def question_of(world, formula="adopted ~ seen + wealth", strata=None):
    """The question whether a unit follows those it is tied to."""
    layer, panel = layer_of(world), panel_of(world)
    panel = add_exposure(panel, layer, name="seen")
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
    channel = TestedExposure(column="seen", mechanism="learning", inputs=seen)
    return TestedModel(panel, event_history(formula, panel), (channel,), strata)


def learned_of(world):
    """The question whether a unit follows those with whom it went well."""
    layer, panel = layer_of(world), panel_of(world)
    spec = ExposureSpec(form="mean success")
    panel = add_exposure(panel, layer, name="seen")
    panel = add_exposure(panel, layer, name="good", form="mean success", success=world["went"])
    through = [
        exposure_inputs(layer, panel.table(), panel.history, ExposureSpec()),
        exposure_inputs(
            layer, panel.table(), panel.history, spec, success=successes(world["went"], panel.history)
        ),
    ]
    fit = event_history("adopted ~ seen + good + wealth", panel)
    seen, good = through
    channels = (
        TestedExposure(column="seen", mechanism=None, inputs=seen),
        TestedExposure(column="good", mechanism="learning", inputs=good),
    )
    return TestedModel(panel, fit, channels)
