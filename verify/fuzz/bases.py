"""Small sound cases to begin from: the two that `diffuscope new` writes, and a spread through ties."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from diffuscope.case import new_case

Row = dict[str, str]


@dataclass
class Draft:
    """A case before it is written: settings, and rows of text by table.

    Attributes
    ----------
    settings : dict
        Of `case.toml`.
    tables : dict of str to list of dict
    done : list of str
        Names of the mutants it went through.
    """

    settings: dict[str, Any]
    tables: dict[str, list[Row]]
    done: list[str] = field(default_factory=list)

    def columns(self, table: str) -> list[str]:
        """Columns of a table, in order."""
        return list(dict.fromkeys(name for row in self.tables[table] for name in row))


@cache
def _written(monitoring: bool) -> tuple[str, dict[str, str]]:
    with TemporaryDirectory() as folder:
        new_case(Path(folder) / "a-case", monitoring=monitoring)
        files = {one.stem: one.read_text(encoding="utf-8") for one in Path(folder, "a-case").glob("*.csv")}
        return Path(folder, "a-case", "case.toml").read_text(encoding="utf-8"), files


def _of_new(*, monitoring: bool) -> Draft:
    settings, files = _written(monitoring)
    tables = {name: list(csv.DictReader(text.splitlines())) for name, text in files.items()}
    return Draft(tomllib.loads(settings), tables)


def _spread(rng: np.random.Generator) -> Draft:
    """Towns that adopt after those they are tied to, with covariates, results and dates known as ranges."""
    towns = [f"town{at:02d}" for at in range(int(rng.integers(8, 24)))]
    ties = [(one, other) for one in towns for other in towns if one != other and rng.random() < 0.2]
    year: dict[str, int] = {}
    for when in range(2005, 2019):
        for town in towns:
            near = [other for one, other in ties if one == town]
            share = sum(year.get(one, 9999) < when for one in near) / max(len(near), 1)
            if town not in year and rng.random() < 0.03 + 0.4 * share:
                year[town] = when
    adoptions = [
        {
            "unit": town, "policy": "plan", "time": str(when),
            "time_latest": str(when + int(rng.integers(0, 3))) if rng.random() < 0.2 else "",
            "source": "register",
        }
        for town, when in year.items()
    ]  # fmt: skip
    attributes = [
        {"unit": town, "time": "2004", "variable": name, "value": f"{rng.normal(10, 2):.3f}", "source": "x"}
        for town in towns
        for name in ("wealth", "age")
    ]
    settings = {
        "format": 1, "id": "spread", "title": "A spread",
        "analysis": [
            {
                "id": "plans", "question": "Why did plans spread?", "policies": ["plan"], "units": "town",
                "period": "year", "window": ["2004", "2018"], "covariates": ["wealth"],
                "layers": {"learning": "advice", "emulation": "shared-talk", "neighbours": ["near"]},
                "repeat": [{"id": "later", "says": "Two years later.", "lag": 2}],
            }
        ],
    }  # fmt: skip
    return Draft(
        settings,
        {
            "units": [
                {"unit": one, "name": one.title(), "kind": "town", "role": "adopter", "source": "x"}
                for one in towns
            ],
            "policies": [{"policy": "plan", "name": "A plan"}],
            "adoptions": adoptions,
            "attributes": attributes,
            "ties": [
                {
                    "layer": layer,
                    "sender": other,
                    "receiver": one,
                    "weight": "1",
                    "start": "2000",
                    "source": "x",
                }
                for layer in ("advice", "shared-talk", "near")
                for one, other in ties
                if layer == "advice" or rng.random() < 0.7
            ],
        },
    )


def base(rng: np.random.Generator) -> Draft:
    """One of the sound cases."""
    which = rng.integers(4)
    if which < 2:
        return _of_new(monitoring=bool(which))
    return _spread(rng)
