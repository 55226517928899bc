"""Where work runs, which stream of random numbers each piece draws on, and randomization p-values."""

from __future__ import annotations

from diffuscope.compute.randomization import RandomizationTest, draws_needed, randomization_test
from diffuscope.compute.shared_data import SharedData
from diffuscope.compute.streams import stream
from diffuscope.compute.task_queue import Task
from diffuscope.compute.work import begin, cores, map_items, stop

__all__ = [
    "RandomizationTest",
    "SharedData",
    "Task",
    "begin",
    "cores",
    "draws_needed",
    "map_items",
    "randomization_test",
    "stop",
    "stream",
]
