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
