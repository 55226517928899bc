"""A world as a case: the frames a user would hand in, and one question."""

from __future__ import annotations

import numpy as np
import polars as pl

from diffuscope import case_from_frames
from diffuscope.case import Case

from .world import ASKED, RIVAL, World

BEFORE = 2000
"""The year before the first period, from which ties are known; covariates are fixed facts."""
LAYERS = {ASKED: "group", RIVAL: "similarity"}
"""Tie layer of each mechanism."""
QUESTION = "main"


def case_of(world: World) -> Case:
    """The case that holds a world, with one analysis, `main`."""
    return case_from_frames(id="world", title=world.name, analyses=[question_of(world)], **frames_of(world))


def question_of(world: World) -> dict[str, object]:
    """The analysis as it would stand in `case.toml`."""
    return {
        "id": QUESTION,
        "question": "Why did it spread?",
        "policies": ["law"],
        "units": "state",
        "window": [str(BEFORE + 1), str(BEFORE + world.periods)],
        "layers": {name: LAYERS[name] for name in world.ties},
        "covariates": list(world.covariates),
        "drivers": list(world.drivers),
        "ruled_out": dict(world.ruled_out),
    }


def frames_of(world: World) -> dict[str, pl.DataFrame]:
    """The tables of the case."""
    names = np.array([f"u{at:03}" for at in range(world.units)])
    did = world.adopted > 0
    late = world.entered > 1
    return {
        "units": pl.DataFrame(
            {
                "unit": names,
                "name": names,
                "kind": "state",
                "role": "adopter",
                "entered": [
                    str(BEFORE + int(when)) if entered else None
                    for when, entered in zip(world.entered, late, strict=True)
                ],
            },
            schema_overrides={"entered": pl.String},
        ),
        "policies": pl.DataFrame({"policy": ["law"], "name": ["A law"]}),
        "adoptions": pl.DataFrame(
            {
                "unit": names[did],
                "policy": "law",
                "time": [str(BEFORE + int(when)) for when in world.adopted[did]],
                "source": "made",
            }
        ),
        "attributes": pl.concat(
            pl.DataFrame(
                {
                    "unit": names,
                    "variable": name,
                    "value": [repr(float(one)) for one in values],
                    "source": "made",
                }
            )
            for name, values in world.covariates.items()
        ),
        "ties": pl.concat(
            pl.DataFrame(
                {
                    "layer": LAYERS[name],
                    "sender": names[np.nonzero(ties)[1]],
                    "receiver": names[np.nonzero(ties)[0]],
                    "weight": 1.0,
                    "start": str(BEFORE),
                    "source": "made",
                }
            )
            for name, ties in world.ties.items()
        ),
    }
