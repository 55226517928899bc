"""Drawn worlds keep apart who decided together: everybody else hears of all, they not of each other."""

from __future__ import annotations

import numpy as np
import polars as pl

from diffuscope import add_exposure, firth
from diffuscope.panel import person_period
from diffuscope.safeguards.checks.leave_one_unit_out import leave_one_unit_out
from diffuscope.safeguards.engine.check import SafeguardOptions
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel
from diffuscope.simulate.forward import ForwardSimulation


def spread(units: int = 24):
    """A panel in which six units carry out one directive, one a year, and the others decide alone."""
    rng = np.random.default_rng(5)
    ids = [f"u{at:02}" for at in range(units)]
    times = [int(at) for at in rng.integers(2001, 2011, units)]
    times[:6] = [2002, 2003, 2004, 2005, 2006, 2007]
    rows = pl.DataFrame(
        {
            "unit": ids,
            "time": [None if at > 2008 else at for at in times],
            "decision": ["directive"] * 6 + [None] * (units - 6),
        }
    )
    pairs = {(one, other) for one in ids for other in rng.choice(ids, 4).tolist() if one != other}
    ties = pl.DataFrame(sorted(pairs), schema=["sender", "receiver"], orient="row").with_columns(weight=1.0)
    panel = add_exposure(person_period(rows, censor=2010), ties, name="near", isolates="zero")
    fit = firth("adopted ~ near", panel)
    return panel, fit, panel.history.exposures[0].inputs(panel.table(), panel.history)


def test_worlds_tell_everybody_but_those_who_decided_together():
    panel, fit, seen = spread()
    simulation = ForwardSimulation.of(panel, fit, {"near": seen})
    worlds = simulation.worlds(range(30), 1, "worlds")
    blank = worlds.inputs["near"]
    assert [None if part.units is None else len(part.units) for part in blank.parts] == [None, 6]
    senders = list(blank.layer.senders)
    unit = np.repeat("", len(simulation.time)).astype(object)
    for part in blank.parts:
        unit[part.at] = np.array(blank.layer.units, dtype=object)[part.unit]
    for part, states in zip(blank.parts, worlds.states["near"], strict=True):
        expected = np.repeat(part.state[None], len(states), axis=0)
        for world, row in zip(*np.nonzero(worlds.y), strict=True):
            sender = senders.index(unit[row])
            if sender not in part.unheard:
                expected[world, sender, simulation.time[row] - part.start :] = 1.0
        assert np.array_equal(states, expected, equal_nan=True)
    directive = [senders.index(f"u{at:02}") for at in range(6)]
    assert not worlds.states["near"][1][:, directive].any()
    assert worlds.states["near"][0][:, directive].any()


def test_who_decided_together_is_left_out_together():
    panel, fit, seen = spread()
    question = TestedModel(panel, fit, (TestedExposure(column="near", mechanism=None, inputs=seen),))
    found = leave_one_unit_out(question, "near", SafeguardOptions(draws=99, seed=1, workers=1))
    without = panel.table().filter(~pl.col("unit").is_in([f"u{at:02}" for at in range(6)]))
    alone = [
        float(firth("adopted ~ near", rows).coefficients[1])
        for rows in (
            without,
            *(
                panel.table().filter(pl.col("unit") != name)
                for name in panel.table()["unit"].unique()
                if name > "u05"
            ),
        )
    ]
    assert np.allclose([found.ci_low, found.ci_high], [min(alone), max(alone)], atol=1e-4)
    assert "With each unit left out in turn" in found.description
