"""Questions put to simulated worlds, and what they show counted without the code under test."""

from __future__ import annotations

import numpy as np
import polars as pl

import diffuscope
from diffuscope.models import event_history
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs
from diffuscope.panel.exposures import add_exposure
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.simulate import PlantedEffect, simulate_diffusion
from diffuscope.ties import Layer

ALIKE = PlantedEffect(name="advice", by="trait", reciprocated=True)
NEVER = 10**6


def small(seed=1, policies=1, effect=2.0, trait=0.0, units=40, periods=8, **more):
    layer = PlantedEffect(name="advice", effect=effect, senders=4.0, by="trait" if trait else "chance")
    return simulate_diffusion(
        [layer],
        units=units,
        periods=periods,
        policies=policies,
        trait=trait,
        baseline=-2.0,
        seed=seed,
        **more,
    )


def question_of(
    world,
    formula="adopted ~ seen + wealth",
    *,
    fitted=event_history,
    spec=None,
    policies=None,
    rename=None,
    **how,
):
    """Whether a unit follows those it is tied to; `rename` calls the units by other names."""
    spec, named = spec or ExposureSpec(), rename or {}
    laws = world.adoptions.with_columns(pl.col("unit").replace(named))
    known = world.covariates.join(world.truth.table(), on="unit").with_columns(pl.col("unit").replace(named))
    panel = diffuscope.person_period(laws, policies=policies, censor=world.last, undated="never", origin=2001)
    panel = diffuscope.add_covariates(panel, known)
    layer = world.ties[0]
    layer = Layer(
        name="advice", units=tuple(named.get(unit, unit) for unit in layer.units), weights=layer.weights
    )
    panel = add_exposure(
        panel, layer, name="seen", form=spec.form, lag=spec.lag, decay=spec.decay, cumulative=spec.cumulative
    )
    seen = exposure_inputs(layer, panel.table(), panel.history, spec)
    channel = TestedExposure(column="seen", mechanism=None, inputs=seen)
    return TestedModel(panel, fitted(formula, panel, **how), (channel,))


def shares(world, policy="p1"):
    """Share of senders that had adopted by the end of each year, a row a unit: column 0 is the year 2000."""
    ties = world.ties[0].weights.toarray()
    when = world.adoptions.filter(pl.col("policy") == policy)["time"].fill_null(NEVER).to_numpy()
    has = when[:, None] <= np.arange(2000, world.last + 1)
    with np.errstate(invalid="ignore"):
        return ties @ has / ties.sum(axis=1)[:, None]


def looked_up(world, rows, later, of=None, lag=1):
    """What each row sees by the end of the year `later` years after its own.

    Watching begins `lag` years before 2001, when nobody had adopted; before, and after the end, it is null.
    """
    place = {unit: at for at, unit in enumerate(world.ties[0].units)}
    found = []
    for unit, policy, year in rows.select("unit", "policy", "time").iter_rows():
        seen = year + later
        known = 2001 - lag <= seen <= world.last
        found.append(shares(world, of or policy)[place[unit], max(seen - 2000, 0)] if known else np.nan)
    return pl.Series(found).fill_nan(None)


def names_reversed(world):
    """Other names for all units, so that they are sorted the other way round."""
    units = world.ties[0].units
    return {unit: f"z{len(units) - at:04d}" for at, unit in enumerate(units)}
