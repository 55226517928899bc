"""What the tests of inferred networks share."""

from __future__ import annotations

import pytest
from reference_cascades import FOLDER, cascades

from diffuscope import infer_network


@pytest.fixture(scope="session")
def states():
    """300 edges among the American states, as R is asked for them."""
    if not FOLDER.exists():
        pytest.skip("reference data are not at hand")
    return infer_network(cascades("spid_policies"), edges=300, rate=0.5)
