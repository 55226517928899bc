"""How often inferred networks lean for ties: at most 5 % where nothing spreads along them."""

from __future__ import annotations

import math

import pytest
from verify.network_worlds import NULL, rate

WORLDS = 200


def wilson_low(share: float, many: int) -> float:
    """Lower end of the 95 % Wilson interval of a share."""
    z = 1.96
    middle = share + z * z / (2 * many)
    return (middle - z * math.sqrt(share * (1 - share) / many + z * z / (4 * many**2))) / (1 + z * z / many)


@pytest.mark.parametrize("world", NULL)
def test_inferred_networks_rarely_lean_where_nothing_spreads(world):
    found = rate(world, WORLDS)
    assert found <= 0.08
    assert wilson_low(found, WORLDS) <= 0.05


def test_they_often_lean_where_ties_carry():
    assert rate("spread along ties", 50) >= 0.7
