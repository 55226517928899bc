"""Where work runs, which stream of random numbers each piece draws on, and randomization p-values."""

from __future__ import annotations

from diffuscope.compute.executors import cores, current_cluster, run_on
from diffuscope.compute.randomization import RandomizationTest, draws_needed, randomization_test
from diffuscope.compute.shared_data import SharedData, put
from diffuscope.compute.streams import stream
from diffuscope.compute.task_queue import Task
from diffuscope.compute.work import as_done, begin, map_items, stop

__all__ = [
    "RandomizationTest",
    "SharedData",
    "Task",
    "as_done",
    "begin",
    "cores",
    "current_cluster",
    "draws_needed",
    "map_items",
    "put",
    "randomization_test",
    "run_on",
    "stop",
    "stream",
]
