"""A dask cluster of worker processes on this machine, for all tests of this folder."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two worker processes; each test finds two, also where another killed one."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as made:
        yield made
