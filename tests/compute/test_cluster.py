"""Work on a dask cluster of worker processes: the same results, also where a worker is killed in mid-run."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest

from diffuscope.compute import SharedData, as_done, cores, map_items, put, run_on
from diffuscope.compute import work as working
from diffuscope.compute.cluster import Cluster
from diffuscope.errors import ComputeError, PlanError

READINGS: list[int] = []


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two worker processes; each test finds two, also where another killed one."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as made:
        yield made


class Counted:
    """Notes in each process how often it is read there."""

    def __init__(self, value):
        self.value = value

    def __setstate__(self, state):
        READINGS.append(1)
        self.__dict__.update(state)


def drawn(shared, item, rng):
    time.sleep(0.01)
    return os.getpid(), shared.value * item + rng.normal(size=3), len(READINGS)


def breaks(shared, item, rng):
    if item == 7:
        raise ValueError("not this one")
    return item


def dies(shared, item, rng):
    if os.getpid() != shared:
        os._exit(1)
    time.sleep(0.02)
    return item


@pytest.fixture(autouse=True)
def elsewhere_at_once(monkeypatch):
    monkeypatch.setattr(working, "TRIED", 0.0)
    monkeypatch.setattr(working, "WORTH", 0.0)
    monkeypatch.setattr(working, "BATCH", 0.03)


def same(one, other):
    return all(np.array_equal(a, b) for (_, a, _), (_, b, _) in zip(one, other, strict=True))


def test_results_are_the_same_whatever_does_the_work_and_shared_data_is_read_once(cluster):
    value = Counted(2.0)
    here = map_items(drawn, range(24), value, seed=3, name="test", workers=1)
    local = map_items(drawn, range(24), value, seed=3, name="test", workers=3)
    with run_on(cluster=cluster.scheduler_address):
        far = map_items(drawn, range(24), put(value), seed=3, name="test")
    assert same(here, local)
    assert same(here, far)
    workers = {pid for pid, *_ in far} - {os.getpid()}
    assert len(workers) == 2
    assert {read for pid, _, read in far if pid in workers} <= {0, 1}  # 0: sent by a worker of the cluster


def test_a_worker_that_is_killed_changes_nothing(cluster):
    value = Counted(3.0)
    here = map_items(drawn, range(120), value, seed=4, name="test", workers=1)

    def kill(done, total):
        if done == 15:
            os.kill(victim, signal.SIGKILL)

    with run_on(cluster=cluster.scheduler_address):
        victim = next(iter(cluster.workers.values())).pid
        far = map_items(drawn, range(120), value, seed=4, name="test", progress=kill)
    assert victim in {pid for pid, *_ in far}
    assert next(iter(cluster.workers.values())).pid != victim  # dask started another in its place
    assert same(here, far)


def test_an_error_names_its_batch_and_keeps_its_kind(cluster):
    with run_on(cluster=cluster.scheduler_address), pytest.raises(ValueError, match="not this") as caught:
        map_items(breaks, range(10), None, seed=1, name="test")
    assert "`test`, items 8 to 8" in caught.value.__notes__[0]


def test_work_that_kills_its_worker_again_and_again_is_named():
    with pytest.raises(ComputeError, match=r"`test`, items 2 to \d"):
        map_items(dies, range(10), os.getpid(), seed=1, name="test", workers=2)


def test_who_asks_for_no_more_cancels_the_rest(cluster):
    with run_on(cluster=cluster.scheduler_address):
        pieces = as_done(drawn, range(2000), Counted(1.0), seed=1, name="test")
        for _ in range(5):
            next(pieces)
        began = time.monotonic()
        pieces.close()
        left = map_items(drawn, range(4), Counted(1.0), seed=1, name="test")
    assert len(left) == 4
    assert time.monotonic() - began < 10


def test_shared_data_that_is_gone_here_leaves_the_cluster(cluster):
    joined = Cluster(cluster.scheduler_address)
    try:
        shared = SharedData([1])
        joined.put(shared)
        assert len(joined._put) == 1
        del shared
        assert len(joined._put) == 0
    finally:
        joined.close()


def test_without_a_scheduler_the_command_to_start_one_is_named(monkeypatch):
    monkeypatch.setattr("diffuscope.compute.cluster.PATIENCE", 1)
    with pytest.raises(ComputeError, match="dask scheduler"), run_on(cluster="tcp://127.0.0.1:1"):
        pass


def test_without_the_library_the_extra_is_named(monkeypatch):
    def lacks(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr("diffuscope.records.extras.import_module", lacks)
    with pytest.raises(PlanError, match=r"diffuscope\[cluster\]"), run_on(cluster="tcp://127.0.0.1:1"):
        pass


def test_a_number_of_workers_holds_for_the_block_alone():
    before = cores()
    with run_on(workers=3):
        assert cores() == 3
        assert cores(1) == 1
    assert cores() == before


def test_a_network_searched_by_a_cluster_that_loses_a_worker_is_the_same(cluster, tmp_path, monkeypatch):
    from benchmarks.grown_cascades import grown

    from diffuscope import infer_large_network, infer_network
    from diffuscope.networks import large

    monkeypatch.setattr(large, "BATCH", 20_000)
    table = grown(3000, 40_000, 30, seed=7).adoptions
    near = infer_network(table, edges=4000, rate=1.0, workers=1).table()

    def kill(what, done, total):
        if what.startswith("searching the") and done == 4:
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

    with run_on(cluster=cluster.scheduler_address):
        far = infer_large_network(table, tmp_path / "a", edges=4000, rate=1.0, progress=kill)
        # workers that do not see the folder are sent the events
        monkeypatch.setattr(Cluster, "everywhere", lambda *_: [False, True])
        sent = infer_large_network(table, tmp_path / "b", edges=4000, rate=1.0)
    assert far.table().equals(near)
    assert sent.table().equals(near)
