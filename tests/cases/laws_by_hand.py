"""The case of work-injury laws worked by hand: who was at risk when, and how exposed, in plain loops.

Nothing of the package is used, so that its panels and estimates can be compared with it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

CASE = Path(__file__).resolve().parents[2] / "src" / "diffuscope" / "cases" / "work-injury-laws"
SHARES = (0.05, 0.35, 0.65, 0.95)
"""Where Harrell puts four knots of a restricted cubic spline."""


def table(name: str) -> list[dict[str, str]]:
    with (CASE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Laws:
    """Years of first laws, joint decisions, and who ruled whom."""

    def __init__(self) -> None:
        rows = [row for row in table("adoptions") if row["policy"] == "first-law"]
        self.year = {row["unit"]: int(row["time"]) for row in rows}
        self.decision = {row["unit"]: row["decision"] or row["unit"] for row in rows}
        self.first = min(self.year.values())
        self.units = sorted(self.year)
        self.ruler: dict[str, str] = {}
        self.beside: dict[str, set[str]] = defaultdict(set)
        for row in table("ties"):
            if row["layer"] == "dependence-coloniser":
                self.ruler[row["receiver"]] = row["sender"]
            elif row["layer"] == "contiguity":
                self.beside[row["receiver"]].add(row["sender"])
        colonies: dict[str, set[str]] = defaultdict(set)
        for unit, ruler in self.ruler.items():
            colonies[ruler].add(unit)
        self.alike = {unit: colonies[ruler] - {unit} for unit, ruler in self.ruler.items()}

    def at_risk(self) -> list[tuple[str, int]]:
        """Every state and year from the one after the first law anywhere to its own."""
        return [(unit, year) for unit in self.units for year in range(self.first + 1, self.year[unit] + 1)]

    def seen(self, unit: str, others: set[str], year: int) -> float:
        """Share of others that had a law by the year before, without those that decided together with it."""
        had = [one for one in others if self.year[one] < year and self.decision[one] != self.decision[unit]]
        return len(had) / len(others)

    def rows(self, named: dict[str, str] | None = None) -> np.ndarray:
        """Unit, years since the first law, event, coercion and emulation, of states that have both.

        With `named`, each state takes the ties of the state that it is named after.
        """
        of, back = named or {}, {new: old for old, new in (named or {}).items()}
        found = []
        for unit, year in self.at_risk():
            place = of.get(unit, unit)
            if not self.alike.get(place):
                continue
            ruler = back.get(self.ruler[place], self.ruler[place])
            peers = {back.get(one, one) for one in self.alike[place]}
            event = float(year == self.year[unit])
            exposed = (self.seen(unit, {ruler}, year), self.seen(unit, peers, year))
            found.append((self.units.index(unit), year - self.first, event, *exposed))
        return np.array(found)


def spline(time: np.ndarray, events: np.ndarray) -> np.ndarray:
    """A restricted cubic spline, with knots at quantiles of the events' times (Harrell 2015)."""
    knots = np.quantile(time[events > 0], SHARES)
    last, before = knots[-1], knots[-2]

    def cube(knot: float) -> np.ndarray:
        return np.maximum(time - knot, 0) ** 3 / (last - knots[0]) ** 2

    bends = [
        cube(knot)
        - cube(before) * (last - knot) / (last - before)
        + cube(last) * (before - knot) / (last - before)
        for knot in knots[:-2]
    ]
    return np.column_stack([time, *bends])


def design(rows: np.ndarray) -> np.ndarray:
    """Columns of the model: one, coercion, emulation, and the spline of time."""
    return np.column_stack([np.ones(len(rows)), rows[:, 3:5], spline(rows[:, 1], rows[:, 2])])
