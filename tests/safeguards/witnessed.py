"""Event histories as the witness reads them: three mechanisms and neighbours, each in a model of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from planted import drawn, layer_of, panel_of

from diffuscope.models import event_history
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs
from diffuscope.panel.exposures import add_exposure
from diffuscope.records import Coefficient, Estimate, EventHistory, MechanismModel
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel

WORLD = drawn(seed=4, contagion=4.0)
"""In which everybody follows those they are tied to."""
NEIGHBOURS = "neighbours"


def question_through(column, mechanism, ties=None, formula=None, world=WORLD):
    """The question whether a unit follows those it is tied to, by ties of any name."""
    layer = replace(layer_of(world, ties), name=f"ties of {column}")
    panel = add_exposure(panel_of(world), layer, name=column)
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
    fit = event_history(formula or f"adopted ~ {column} + wealth + time", panel)
    return TestedModel(panel, fit, (TestedExposure(column=column, mechanism=mechanism, inputs=seen),))


def unrelated(world=WORLD, seed=5):
    """The same number of ties, among units drawn by lot."""
    order = np.random.default_rng(seed).permutation(len(world["ties"]))
    return world["ties"][np.ix_(order, order)]


def model_of(question, column, mechanism, timed=True, **changed):
    """The record of the model in which a mechanism is judged."""
    fit, x = question.fit, question.refitter.complete.rows[column].to_numpy()
    ends = {"contrast_from": float(np.quantile(x, 0.1)), "contrast_to": float(np.quantile(x, 0.9))}
    coefficients = tuple(
        Coefficient(
            term=name, mechanism=mechanism if name == column else None,
            column=name if name == column else None, estimate=float(fit.coefficients[at]),
            std_error=float(fit.std_errors[at]), ci_low=float(fit.ci_low[at]),
            ci_high=float(fit.ci_high[at]), p=float(fit.p[at]),
            **(ends if name == column else {}),
        )
        for at, name in enumerate(fit.names)
    )  # fmt: skip
    tested = Estimate(
        id="main", description="", formula=fit.formula, model=fit.model, rows=fit.rows, events=fit.events,
        coefficients=coefficients, timed=timed,
    )  # fmt: skip
    return MechanismModel(**({"mechanism": mechanism, "term": column, "tested": tested} | changed))


def history_of(*models, **changed):
    return EventHistory(**({"analysis": "q", "models": models} | changed))
