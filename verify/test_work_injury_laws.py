"""Work-injury laws: the permutation test of the case, made again with plain loops and statsmodels."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from statsmodels.discrete.discrete_model import Logit

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "cases"))
from laws_by_hand import Laws, design

DRAWS = 399


def test_ties_of_exchanged_states_give_as_much_emulation_rarely_and_as_much_coercion_mostly():
    """Each state takes the coloniser, and so the peers, of a state drawn at random; dates stay as they are.

    The package exchanges states that decided together as one, which this does not, so that p-values differ.
    """
    laws, rng = Laws(), np.random.default_rng(1)
    observed = _coefficients(laws.rows())
    drawn = np.array(
        [
            _coefficients(laws.rows(dict(zip(laws.units, rng.permutation(laws.units).tolist(), strict=True))))
            for _ in range(DRAWS)
        ]
    )
    coercion, emulation = (1 + (drawn >= observed).sum(axis=0)) / (DRAWS + 1)
    assert emulation <= 0.025
    assert coercion >= 0.9


def _coefficients(rows: np.ndarray) -> np.ndarray:
    """Of coercion and emulation."""
    return np.asarray(Logit(rows[:, 2], design(rows)).fit(disp=0).params[1:3])
