"""What a grouped information says of itself by its blocks: as the whole matrix does."""

from __future__ import annotations

import numpy as np
import pytest
from made_panels import two_by_two

from diffuscope.errors import PlanError
from diffuscope.models import event_history, regression_table
from diffuscope.models.inference.diagnostics import condition_number, flat_directions


def information(seed: int, squeeze: float = 1.0) -> np.ndarray:
    """X'WX of two columns and the dummies of nine groups; the second column near the first where squeezed."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(200, 2))
    x[:, 1] = x[:, 0] * (1 - squeeze) + x[:, 1] * squeeze
    dummies = (rng.integers(0, 10, 200)[:, None] == np.arange(1, 10)).astype(float)
    wide = np.hstack([x * [1.0, 50.0], dummies])
    return wide.T @ (wide * rng.uniform(0.01, 1, 200)[:, None])


@pytest.mark.parametrize("squeeze", [1.0, 1e-2, 1e-4])
def test_condition_number(squeeze):
    whole = information(3, squeeze)
    assert condition_number(whole, 2) == pytest.approx(condition_number(whole), rel=1e-6)


@pytest.mark.parametrize("at", [1, 5])
@pytest.mark.parametrize("left", [1.0, 2e-6, 5e-7])
def test_flat_directions(left, at):
    """A column, or an effect, keeps so much of its information; the bound is 1e-6."""
    start, kept = information(4), np.ones(11)
    kept[at] = np.sqrt(left)
    ended = start * np.outer(kept, kept)
    assert flat_directions(ended, start, 2) is flat_directions(ended, start) is (left < 1e-6)


def test_ratios_of_probit_are_refused_in_tables():
    fit = event_history("event ~ x", two_by_two(), link="probit", cluster=None)
    with pytest.raises(PlanError, match="Coefficients of probit have no ratios"):
        regression_table([fit], ratios=True)
    assert "probit index" in regression_table([fit]).text()
