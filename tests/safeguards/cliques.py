"""Units in cliques: whoever changes places within a clique keeps its ties, so nothing is exchanged."""

from __future__ import annotations

import numpy as np
import polars as pl

import diffuscope
from diffuscope.models import event_history, firth
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs
from diffuscope.panel.exposures import add_exposure
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.ties import Layer


def cliques_of(cliques, size, policies, seed=1, contagion=2.0, periods=8, rename=None, formula=None):
    """The question whether units follow others of their clique, and the clique of each unit."""
    rng = np.random.default_rng(seed)
    many = cliques * size
    names = [f"u{at:02d}" for at in range(many)]
    named = names if rename is None else [rename[name] for name in names]
    own = np.repeat(np.arange(cliques), size)
    weights = (own[:, None] == own).astype(float)
    np.fill_diagonal(weights, 0.0)
    rows = []
    for policy in range(policies):
        has = np.zeros(many, dtype=bool)
        for period in range(periods):
            hazard = 1 / (1 + np.exp(2.2 - contagion * (weights @ has) / (size - 1)))
            new = ~has & (rng.random(many) < hazard)
            rows += [(named[at], f"p{policy:02d}", 2000 + period) for at in np.flatnonzero(new)]
            has |= new
        rows += [(named[at], f"p{policy:02d}", None) for at in np.flatnonzero(~has)]
    laws = pl.DataFrame(rows, schema=["unit", "policy", "time"], orient="row")
    order = np.argsort(named)
    layer = Layer(
        name="cliques", units=tuple(named[at] for at in order), weights=weights[np.ix_(order, order)]
    )
    panel = diffuscope.person_period(laws, censor=1999 + periods, undated="never")
    panel = add_exposure(panel, layer, name="seen")
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
    fitted = firth if many < 10 else event_history
    fit = fitted(formula or "adopted ~ seen", panel)
    strata = dict(zip(named, own.tolist(), strict=True))
    return TestedModel(
        panel, fit, (TestedExposure(column="seen", mechanism="learning", inputs=seen),)
    ), strata
