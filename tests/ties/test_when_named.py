"""Layers are made when they are looked up, and those of all pairs are refused by name beyond a bound."""

from __future__ import annotations

import resource
import time

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from diffuscope import case_from_frames
from diffuscope.errors import MethodError
from diffuscope.records.work_bounds import PAIRS_OF_UNITS
from diffuscope.study import case_problems
from diffuscope.ties import Layer
from diffuscope.ties.from_case import layers_of, layers_or_reasons
from diffuscope.ties.groups import leaders, shared_group
from diffuscope.ties.meetings import co_attendance
from diffuscope.ties.places import distance, nearest
from diffuscope.ties.similarity import similarity
from diffuscope.ties.structural_equivalence import structural_equivalence
from diffuscope.ties.when_named import LayersWhenNamed, refuse_pairs

MANY = 6_000


def tables(n: int) -> dict[str, pl.DataFrame]:
    units = [f"u{at:05}" for at in range(n)]
    lat, lon = [at % 80 + at / n for at in range(n)], [at % 170 for at in range(n)]
    given = {"unit": units, "name": units, "kind": "town", "role": "adopter", "lat": lat, "lon": lon}
    return {
        "units": pl.DataFrame(given).with_columns(parent=pl.lit(None, dtype=pl.String)),
        "attributes": pl.DataFrame(
            {"unit": units, "variable": "region", "value": "r", "source": "s"}
        ).with_columns(time=pl.lit(None, dtype=pl.String)),
        "ties": pl.DataFrame(
            {"layer": "advice", "sender": units[:-1], "receiver": units[1:], "weight": 1.0, "source": "s"}
        ).with_columns(
            **{name: pl.lit(None, dtype=pl.String) for name in ("start", "end")},
            derived_from=pl.lit(None, dtype=pl.String),
        ),
    }


def test_nothing_is_made_before_it_is_looked_up():
    made = tables(4)
    layers, trouble = layers_or_reasons(made, made["units"]["unit"].to_list())
    assert isinstance(layers, LayersWhenNamed)
    assert (set(layers), trouble) == ({"advice", "distance", "shared-region"}, ())
    assert ("distance" in layers, layers.made) == (True, ())
    assert layers["distance"] is layers["distance"]
    assert layers.made == ("distance",)
    every = layers_of(made)
    assert set(every) == set(layers)
    assert (every["distance"].snapshots[0][1] != layers["distance"].snapshots[0][1]).nnz == 0


def test_a_layer_of_too_many_pairs_is_refused_by_name():
    made = tables(MANY)
    layers, _ = layers_or_reasons(made, made["units"]["unit"].to_list())
    for name in ("distance", "shared-region"):
        with pytest.raises(MethodError, match=f"`{name}` compares 36,000,000 pairs"):
            layers[name]
    assert layers["advice"].snapshots[0][1].nnz == MANY - 1
    refuse_pairs("any", PAIRS_OF_UNITS.most)


def test_places_refuse_by_themselves_too():
    units = [str(at) for at in range(MANY)]
    for make in (
        lambda: distance(units, [0.0] * MANY, [0.0] * MANY),
        lambda: nearest(units, [0] * MANY, [0] * MANY, 3),
    ):
        with pytest.raises(MethodError, match="pairs of units"):
            make()


@pytest.mark.parametrize(
    ("layers", "told"), [({"emulation": "shared-religion"}, ["layer-not-made"]), ({}, [])]
)
def test_the_check_tells_of_a_named_layer_alone(layers, told):
    made = tables(MANY)
    made["attributes"] = made["attributes"].with_columns(variable=pl.lit("largest_religion"))
    asked = {"id": "q", "question": "Why?", "policies": ["law"], "units": "town", "layers": layers}
    policies = pl.DataFrame({"policy": ["law"], "name": ["A law"]})
    case = case_from_frames(analyses=[asked], policies=policies, **made)
    assert [problem.rule for problem in case_problems(case) if problem.level == "error"] == told


def test_a_neighbours_layer_beyond_the_bound_is_refused_at_the_check():
    """8,000 units with coordinates: refused before anything is made, in little memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    made = tables(8_000)
    asked = {
        "id": "q",
        "question": "Why?",
        "policies": ["law"],
        "units": "town",
        "layers": {"neighbours": ["distance"]},
    }
    policies = pl.DataFrame({"policy": ["law"], "name": ["A law"]})
    case = case_from_frames(analyses=[asked], policies=policies, **made)
    found = [problem for problem in case_problems(case) if problem.level == "error"]
    assert [problem.rule for problem in found] == ["layer-not-made"]
    assert "`distance` compares 64,000,000 pairs of units" in found[0].message
    assert time.process_time() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kB


@pytest.mark.parametrize("make", ["shared", "similar", "met", "leaders", "equivalent"])
def test_builders_refuse_by_themselves(make):
    units = [f"u{at}" for at in range(MANY)]
    layer = Layer(name="advice", units=tuple(units), weights=sparse.csr_array((MANY, MANY)))
    makers = {
        "shared": lambda: shared_group(units, dict.fromkeys(units, "all"), "region"),
        "similar": lambda: similarity(np.ones((MANY, 2)), units),
        "met": lambda: co_attendance(
            pl.DataFrame({"event": "e", "unit": units}),
            pl.DataFrame({"event": ["e"], "start": ["2001"]}),
            units,
        ),
        "leaders": lambda: leaders(units, dict.fromkeys(units, 1.0), measured="2000", first_adoption="2001"),
        "equivalent": lambda: structural_equivalence(layer),
    }
    with pytest.raises(MethodError, match="compares 36,000,000 pairs of units; 25,000,000"):
        makers[make]()
