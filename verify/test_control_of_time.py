"""Where nothing spreads and the hazard rises, a control of time keeps exposure from passing for influence."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "study"))
from test_time_control import above_zero


def test_most_worlds_are_taken_for_diffusion_without_it_and_few_with_it():
    above = above_zero(30)
    assert above["bare"] >= 24
    assert above["timed"] <= 6
