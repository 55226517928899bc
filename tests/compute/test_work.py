"""Work on several cores: the same results in the same order, whoever does it."""

from __future__ import annotations

import os
import time
from concurrent.futures import BrokenExecutor

import numpy as np
import pytest

from diffuscope.compute import map_items, stream
from diffuscope.compute import work as working


def draws(shared, item, rng):
    return os.getpid(), shared * item, rng.normal(size=2).tolist()


def slowly(shared, item, rng):
    time.sleep(shared)
    return os.getpid(), item, float(rng.random())


def breaks(shared, item, rng):
    if item == 3:
        raise ValueError("item 3 cannot be done")
    time.sleep(0.01)
    return item


def test_results_come_in_the_order_of_the_items():
    made = map_items(draws, range(5), 10, seed=1, name="test")
    assert [item for _, item, _ in made] == [0, 10, 20, 30, 40]


def test_results_do_not_depend_on_the_number_of_workers(monkeypatch):
    monkeypatch.setattr(working, "TRIED", 0.02)
    monkeypatch.setattr(working, "WORTH", 0.05)
    alone = map_items(slowly, range(30), 0.01, seed=7, name="test", workers=1)
    together = map_items(slowly, range(30), 0.01, seed=7, name="test", workers=2)
    assert {pid for pid, _, _ in alone} == {os.getpid()}
    assert len({pid for pid, _, _ in together}) > 1
    assert [rest for _, *rest in alone] == [rest for _, *rest in together]


def test_quick_work_starts_no_process():
    assert {pid for pid, _, _ in map_items(draws, range(200), 1, seed=1, name="test")} == {os.getpid()}


def test_an_error_in_a_piece_of_work_is_an_error(monkeypatch):
    monkeypatch.setattr(working, "TRIED", 0.0)
    monkeypatch.setattr(working, "WORTH", 0.0)
    with pytest.raises(ValueError, match="item 3"):
        map_items(breaks, range(6), None, seed=1, name="test", workers=2)


def test_progress_ends_with_all_of_them(monkeypatch):
    seen = []
    map_items(draws, range(4), 1, seed=1, name="test", progress=lambda *told: seen.append(told))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_no_items_are_no_work():
    assert map_items(draws, [], 1, seed=1, name="test") == []


def test_streams_of_other_seeds_names_and_pieces_are_others():
    first = {float(stream(*key).random()) for key in [(1, "a", 0), (2, "a", 0), (1, "b", 0), (1, "a", 1)]}
    assert len(first) == 4
    assert stream(-1, "a").random() == stream(2**64 - 1, "a").random()


def test_streams_do_not_go_together():
    rows = np.array([stream(1, "test", at).normal(size=400) for at in range(50)])
    r = np.corrcoef(rows)[np.triu_indices(50, 1)]
    assert abs(r.mean()) < 0.01
    assert np.abs(r).max() < 0.25


def where(seconds):
    time.sleep(seconds)
    return os.getpid()


def test_who_waits_does_what_nobody_has_begun():
    tasks = [working.begin(where, 0.2, workers=2, shared=True) for _ in range(6)]
    by = [task.result() for task in tasks]
    assert os.getpid() in by  # this process is one of the two
    assert len(set(by)) == 2


def test_what_may_stop_a_process_is_never_done_here():
    tasks = [working.begin(where, 0.05, workers=2) for _ in range(4)]
    assert os.getpid() not in {task.result() for task in tasks}


def stops(_):
    os._exit(1)


def test_a_process_that_stops_takes_no_other_task_with_it():
    first = working.begin(stops, None, workers=1)
    others = [working.begin(where, 0.0, workers=1) for _ in range(3)]
    with pytest.raises(BrokenExecutor):
        first.result()
    assert len({task.result() for task in others}) == 1


def test_a_task_that_is_cancelled_while_it_waits_is_not_done(tmp_path):
    working.begin(where, 0.3, workers=1)
    late = working.begin((tmp_path / "done").touch, workers=1)
    late.cancel()
    assert working.begin(where, 0.0, workers=1).result() != os.getpid()
    assert not (tmp_path / "done").exists()


def grow(size, seconds):
    """Hold so many bytes, then take so long: loky looks at the memory once a second."""
    os.environ["HELD"] = "1" * size
    time.sleep(seconds)
    return os.getpid()


def test_a_process_that_has_grown_is_kept():
    # for 300 MB more than after its first work, loky would start another process
    work = [(1, 0.0), (200_000_000, 1.1), (1, 0.0)]
    used = [working.begin(grow, size, seconds, workers=2).result() for size, seconds in work]
    assert len({*used}) == 1
