"""Data that many pieces of work need: written out once, read once by each process, the same everywhere."""

from __future__ import annotations

import os
import pickle
import sys

import pytest

from diffuscope.compute import SharedData, begin, shared_data
from diffuscope.compute.executors import InProcess, processes

READINGS: list[int] = []


class Counted:
    """Notes in each process how often it is read there."""

    def __init__(self, value):
        self.value = value

    def __setstate__(self, state):
        READINGS.append(1)
        self.__dict__.update(state)


def look(counted, factor):
    return os.getpid(), counted.value * factor, len(READINGS)


def fails(counted):
    raise ValueError(f"cannot use {counted.value}")


def test_each_process_reads_it_once_however_much_work_carries_it():
    shared = SharedData(Counted(21))
    made = [one.result() for one in [begin(look, shared, number, workers=2) for number in range(12)]]
    assert [value for _, value, _ in made] == [21 * number for number in range(12)]
    assert {pid for pid, *_ in made}.isdisjoint({os.getpid()})
    assert {readings for *_, readings in made} == {1}


def test_in_the_process_that_shares_it_the_handle_gives_the_value_itself():
    value = Counted(3)
    assert SharedData(value).get() is value


def test_it_is_written_once():
    shared = SharedData(list(range(1000)))
    first, second = pickle.dumps(shared), pickle.dumps(shared)
    assert first == second
    assert shared.__getstate__()[1] is shared.__getstate__()[1]


def test_values_beyond_those_kept_are_read_again_and_right(monkeypatch):
    monkeypatch.setattr(shared_data, "KEPT", 2)
    sent = [pickle.loads(pickle.dumps(SharedData([number]))) for number in range(5)]
    found = [one.get()[0] for one in (*sent, *reversed(sent))]
    assert found == [0, 1, 2, 3, 4, 4, 3, 2, 1, 0]
    assert len(shared_data._READ) <= 2


def test_functions_can_be_shared():
    sent = pickle.loads(pickle.dumps(SharedData(lambda number: number + 1)))
    assert sent.get()(1) == 2


def test_where_no_process_can_be_started_the_work_is_done_here(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert isinstance(processes(1), InProcess)
    assert begin(look, SharedData(Counted(2)), 4).result()[:2] == (os.getpid(), 8)
    with pytest.raises(ValueError, match="cannot use 5"):
        begin(fails, SharedData(Counted(5))).result()
