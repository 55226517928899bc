"""A made case for the tests of studies: towns in regions that take up a policy, with ties and wealth."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from diffuscope import case_from_frames
from diffuscope.case import Case
from diffuscope.records import Analysis

YEARS = range(2001, 2016)
QUESTION = {
    "id": "q",
    "question": "Why did it spread?",
    "policies": ["law"],
    "units": "town",
    "window": ["2000", "2015"],
}


def tables(towns: int = 160) -> dict[str, pl.DataFrame]:
    """Towns in eight regions; richer ones, and those whose region is ahead, adopt sooner."""
    return dict(_drawn(towns))


@cache
def _drawn(towns: int, seed: int = 3) -> dict[str, pl.DataFrame]:
    rng = np.random.default_rng(seed)
    ids = [f"t{at:03}" for at in range(towns)]
    region = rng.integers(0, 8, towns)
    wealth = rng.normal(size=(towns, len(YEARS) + 1)).round(3)
    year = np.full(towns, 0)
    year[0] = 2000
    for at, when in enumerate(YEARS):
        had = year > 0
        ahead = np.array([had[region == own].mean() for own in region])
        hazard = 1 / (1 + np.exp(2.6 - 0.5 * wealth[:, at] - 1.5 * ahead))
        year[~had & (rng.random(towns) < hazard)] = when
    pairs = [(one, other) for one in range(towns) for other in rng.choice(towns, 3) if one != other]
    return {
        "units": pl.DataFrame({"unit": ids, "name": ids, "kind": "town", "role": "adopter"}),
        "policies": pl.DataFrame({"policy": ["law"], "name": ["A law"]}),
        "adoptions": pl.DataFrame(
            {
                "unit": [name for name, when in zip(ids, year, strict=True) if when],
                "policy": "law",
                "time": [str(when) for when in year if when],
                "confidence": ["low" if at % 9 == 0 else "high" for at in range(int((year > 0).sum()))],
                "source": "s",
            }
        ),
        "attributes": pl.concat(
            [
                pl.DataFrame(
                    {
                        "unit": ids,
                        "time": None,
                        "variable": "largest_religion",
                        "value": [f"r{own}" for own in region],
                    },
                    schema_overrides={"time": pl.String},
                ),
                pl.DataFrame(
                    {
                        "unit": np.repeat(ids, wealth.shape[1]).tolist(),
                        "time": [str(when) for when in (2000, *YEARS)] * towns,
                        "variable": "wealth",
                        "value": [str(value) for value in wealth.ravel()],
                    }
                ),
            ]
        ).with_columns(source=pl.lit("s")),
        "ties": pl.DataFrame(
            {
                "layer": "information",
                "sender": [ids[other] for _, other in dict.fromkeys(pairs)],
                "receiver": [ids[one] for one, _ in dict.fromkeys(pairs)],
                "weight": 1.0,
                "source": "a survey",
            }
        ),
    }


def case(*, without: tuple[str, ...] = (), towns: int = 160, **changes: object) -> Case:
    """The made case; named tables and keys of its question replaced."""
    made = tables(towns)
    given = {name: changes.pop(name) for name in list(changes) if isinstance(changes[name], pl.DataFrame)}
    asked: dict[str, object] | Analysis = {**QUESTION, **changes}
    frames = {name: table for name, table in (made | given).items() if name not in without}
    return case_from_frames(id="made", title="Made", analyses=[asked], **frames)
