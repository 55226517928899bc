"""Networks of 256 edges are found again in 1,000 cascades, as well as the original program finds them."""

from __future__ import annotations

import numpy as np
import pytest
from verify.recovery import core_and_periphery, recovery, uniform


@pytest.mark.parametrize(("chances", "least"), [(uniform, 0.95), (core_and_periphery, 0.75)])
def test_edges_of_known_networks_are_found_again(chances, least):
    made = np.array([recovery(chances, 1000, seed) for seed in range(6)])
    assert made[:, 0].mean() >= least
    assert (made[:, 0] > made[:, 1] + 0.25).all()


@pytest.mark.parametrize(("least", "measured"), [(1, 0.74), (2, 0.87)])
def test_two_hundred_cascades_tell_less_and_those_that_reach_nobody_nothing(least, measured):
    """Average precision of a mean of networks; .910 is that of one network, in cascades of its own."""
    made = np.array([recovery(uniform, 200, seed, least)[0] for seed in range(6)])
    assert made.mean() == pytest.approx(measured, abs=0.04)
