"""Questions whose answers can be counted: exposures of 0 and 1, and columns set by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

import diffuscope
from diffuscope.models import event_history, firth
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs
from diffuscope.panel.exposures import add_exposure
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.ties import Layer

UNITS = tuple(f"u{at:03d}" for at in range(80))


def laws_of(seed=1, policies=("a",), contagion=1.5, trend=0.0, periods=8, rename=None):
    """Dates of adoption of units that each look at one other, for each policy."""
    rng = np.random.default_rng(seed)
    looks = np.roll(np.arange(len(UNITS)), 1)
    rows = []
    for policy in policies:
        has = np.zeros(len(UNITS), dtype=bool)
        for period in range(periods):
            hazard = 1 / (1 + np.exp(2.0 - contagion * has[looks] - trend * period))
            new = ~has & (rng.random(len(UNITS)) < hazard)
            rows += [(UNITS[at], policy, 2000 + period) for at in np.flatnonzero(new)]
            has |= new
        rows += [(UNITS[at], policy, None) for at in np.flatnonzero(~has)]
    return pl.DataFrame(rows, schema=["unit", "policy", "time"], orient="row").with_columns(
        pl.col("unit").replace(rename or {})
    )


def ring(rename=None):
    """Ties of units that each look at one other."""
    named = tuple((rename or {}).get(unit, unit) for unit in UNITS)
    return Layer(name="ring", units=named, weights=np.roll(np.eye(len(UNITS)), -1, axis=1))


def asked(
    laws, formula="adopted ~ seen", layer=None, columns=None, others=(), covariates=None, model="logit", **how
):
    """The question whether units follow the one they look at; `columns` of the panel are set by hand."""
    layer = layer or ring()
    panel = diffuscope.person_period(laws, censor=2007, undated="never")
    if covariates is not None:
        panel = diffuscope.add_covariates(panel, covariates)
    panel = add_exposure(panel, layer, name="seen")
    if columns:
        panel = replace(panel, frame=panel.table().with_columns(**columns(panel.table())))
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
    channels = [TestedExposure(column="seen", mechanism="learning", inputs=seen)]
    channels += [TestedExposure(column=name, mechanism=mechanism, inputs=seen) for name, mechanism in others]
    fit = firth(formula, panel) if model == "firth" else event_history(formula, panel, link=model, **how)
    return TestedModel(panel, fit, tuple(channels))


def log_odds_ratio(rows):
    """Of adoption, by whether the one looked at had adopted: the coefficient of a model of that alone."""
    count = {
        (seen, event): rows.filter((pl.col("seen") == seen) & (pl.col("event") == event)).height
        for seen in (0, 1)
        for event in (0, 1)
    }
    return np.log(count[1, 1] * count[0, 0] / (count[1, 0] * count[0, 1]))
