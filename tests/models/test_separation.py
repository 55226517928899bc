"""Separation: the linear programme on worked data, and where it must not cry wolf."""

from __future__ import annotations

import numpy as np
import pytest

from diffuscope.models import separation


@pytest.mark.parametrize(
    ("x", "optimum", "kind"),
    [((1, 2, 3, 4), 2, "complete"), ((1, 2, 2, 3), 1, "quasi-complete"), ((1, 3, 2, 4), 0, "none")],
)
def test_worked_data(x, optimum, kind):
    found = separation(np.column_stack([np.ones(4), x]), np.array([0, 0, 1, 1]))
    assert found.optimum == pytest.approx(optimum, abs=1e-9)
    assert found.kind == kind


def test_the_columns_that_separate_are_named():
    rng = np.random.default_rng(1)
    noise, cut = rng.normal(size=(2, 200))
    x = np.column_stack([np.ones(200), noise, cut])
    found = separation(x, (cut > 0.3).astype(float), ["one", "noise", "cut"])
    assert "cut" in found.columns
    assert ((x @ found.direction) * np.where(cut > 0.3, 1, -1) >= -1e-6).all()


@pytest.mark.parametrize("separated", [False, True])
def test_many_rows_are_searched_by_few(separated):
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(60_000), rng.normal(size=60_000), np.zeros(60_000)])
    y = (rng.random(60_000) < 0.05).astype(float)
    rare = np.flatnonzero(y == (1 if separated else 0))[[100, 200]]  # a level of two rows, all alike or not
    x[rare, 2] = 1
    if not separated:
        x[np.flatnonzero(y == 1)[50], 2] = 1
    found = separation(x, y, ["one", "x", "rare"])
    assert found.kind == ("quasi-complete" if separated else "none")
    assert (found.columns == ("rare",)) == separated


def test_a_hard_overlap_is_no_separation():
    x = np.linspace(0, 1, 50_000)
    y = (x > 0.5).astype(float)
    y[[24_000, 26_500]] = 1, 0  # two rows among fifty thousand that cross
    assert separation(np.column_stack([np.ones(x.size), x]), y).kind == "none"
