"""Sound cases to begin from: what `diffuscope new` writes, a spread through ties, a network, passages."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from diffuscope.case import new_case

from .drafts import Draft, Rng
from .networks import network


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


def _spread(rng: Rng) -> Draft:
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


def _many_passages(rng: Rng) -> Draft:
    """The case that `diffuscope new` writes, with some thousand passages."""
    draft = _of_new(monitoring=False)
    rows = draft.tables["evidence"]
    first = [dict(row) for row in rows]
    for at in range(int(rng.integers(1_000, 3_000))):
        row = dict(first[at % len(first)])
        rows.append({**row, "id": f"p{at}", "cluster": f"c{at % 50}", "coder": f"coder-{at % 3}"})
    return draft


BASES = {
    "question": (3, lambda _: _of_new(monitoring=False)),
    "register": (3, lambda _: _of_new(monitoring=True)),
    "spread": (4, _spread),
    "network": (6, network),
    "passages": (0.15, _many_passages),
}
"""Kinds of sound cases: how often each is taken, and how it is made."""


def base(rng: Rng) -> Draft:
    """One of the sound cases."""
    often = np.array([weight for weight, _ in BASES.values()])
    return sound(list(BASES)[int(rng.choice(len(BASES), p=often / often.sum()))], rng)


def sound(kind: str, rng: Rng) -> Draft:
    """A sound case of a kind."""
    draft = BASES[kind][1](rng)
    draft.kind = kind
    return draft
