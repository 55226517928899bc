"""Large searches that are killed, and clusters that lose a worker, give the network of one process."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from verify.large_networks import Hosts, Trial, kills, searched, two_hosts, write_small

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are split here")


def namespaces() -> bool:
    """Whether this machine lets us make network namespaces."""
    if shutil.which("ip") is None:
        return False
    made = subprocess.run(["ip", "netns", "add", "dstrial"], check=False, capture_output=True).returncode == 0
    if made:
        subprocess.run(["ip", "netns", "del", "dstrial"], check=True)
    return made


@pytest.fixture
def trial(tmp_path):
    pytest.importorskip("distributed")
    write_small(tmp_path / "grown.parquet")
    return Trial(tmp_path / "grown.parquet", tmp_path, 2_000)


def test_a_run_killed_at_random_moments_gives_the_same_network_each_of_a_hundred_times(tmp_path):
    assert kills(100, tmp_path)


def test_a_cluster_that_loses_a_worker_gives_the_same_network(trial):
    assert searched(trial, Hosts("", "", "127.0.0.1"), 4)


@pytest.mark.skipif(not namespaces(), reason="no network namespaces can be made here")
def test_workers_on_another_host_give_the_same_network(trial):
    assert two_hosts(trial)
