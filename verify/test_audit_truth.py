"""Figures printed truly of a register raise no difference; a planted slip always does."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from diffuscope.monitoring.audit import audit
from diffuscope.monitoring.waves import prepared
from diffuscope.tables.typed import empty

AREAS = ["Transport", "Water", "Energy", "Housing"]
STATUSES = ["planning", "ongoing", "completed"]


def table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = {column: kind for column, kind in empty(name).schema.items() if column != "_row"}
    frame = pl.DataFrame({column: [row.get(column) for row in rows] for column in schema}, schema=schema)
    return frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row"))


def rounded(count: int, whole: int, decimals: int) -> str:
    scaled = Fraction(100 * 10**decimals * count, whole)
    digits = int(scaled + Fraction(1, 2))
    text = str(digits).rjust(decimals + 1, "0")
    return text if decimals == 0 else f"{text[:-decimals]}.{text[-decimals:]}"


def world(seed: int) -> tuple[pl.DataFrame, list[dict[str, object]], pl.DataFrame, pl.DataFrame]:
    """A random register with everything a truthful report prints of it."""
    rng = np.random.default_rng(seed)
    states = [f"s{at}" for at in range(rng.integers(2, 6))]
    cities = {f"c{at}": states[at % len(states)] for at in range(rng.integers(len(states), 12))}
    projects = [
        {
            "wave": "w1",
            "project": f"p{at}",
            "unit": str(rng.choice(list(cities))),
            "title": f"P{at}",
            "area": str(rng.choice(AREAS)),
            "status": str(rng.choice(STATUSES)),
            "status_basis": "reported",
            "link_basis": "exact title",
            "source": "report, p. 1",
        }
        for at in range(rng.integers(8, 60))
    ]
    frame = table("projects", projects).join(
        pl.DataFrame({"unit": list(cities), "state": list(cities.values())}), on="unit"
    )
    decimals = int(rng.integers(0, 3))
    figures = [figure("projects", str(frame.height), 0)]
    for area in AREAS:
        count = frame.filter(pl.col("area") == area).height
        figures += [figure("projects", str(count), 0, area=area)]
        figures += [figure("share", rounded(count, frame.height, decimals), decimals, area=area)]
    for state in sorted(set(frame["state"])):
        own = frame.filter(pl.col("state") == state)
        figures += [figure("projects", str(own.height), 0, unit=state)]
        for status in STATUSES:
            count = own.filter(pl.col("status") == status).height
            figures += [
                figure("share", rounded(count, own.height, decimals), decimals, unit=state, status=status)
            ]
    units = table(
        "units",
        [{"unit": unit, "name": unit} for unit in states]
        + [{"unit": city, "name": city, "parent": state} for city, state in cities.items()],
    )
    rows = prepared(table("projects", projects), units, {"w1": "2024"})
    return rows, figures, units, table("areas", [{"area": area} for area in AREAS])


def figure(quantity: str, printed: str, decimals: int, **about: object) -> dict[str, object]:
    return {
        "document": "report", "locator": "annex", "quantity": quantity, "wave": "w1",
        "printed": printed, "value": float(printed), "decimals": decimals, **about,
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(300))
def test_the_truth_raises_no_difference(seed):
    rows, figures, units, areas = world(seed)
    found = audit(table("published", figures), rows, units, areas)
    assert [row.description for row in found if row.outcome == "differs"] == []
    # where the shares and the total fix a number of projects, it is the true one
    truth = dict(rows.group_by("state").len().iter_rows())
    for row in found:
        if row.kind == "reconstruction" and row.computed is not None and row.computed.isdigit():
            assert int(row.computed) == truth[row.unit]


@pytest.mark.parametrize("seed", range(300))
def test_a_planted_slip_is_found(seed):
    rows, figures, units, areas = world(seed)
    rng = np.random.default_rng(seed)
    at = int(rng.integers(len(figures)))
    wrong = figures[at]
    step = 7 if wrong["quantity"] == "share" else 1
    value = float(wrong["value"]) + step
    decimals = int(wrong["decimals"])
    figures[at] = wrong | {"value": value, "printed": f"{value:.{decimals}f}"}
    found = audit(table("published", figures), rows, units, areas)
    told = {place.row for row in found if row.outcome == "differs" for place in row.rows}
    assert at + 2 in told
