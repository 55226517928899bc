"""The runner in processes of its own: a run that is stopped leaves a valid file and is continued."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .run import Plan, outcomes_of, run
from .world import TUNING_SEED

ROOT = Path(__file__).parents[2]
CELLS = ("nothing, 20 units", "contagion 5, 15 units")


def plan(file, **changes):
    given = {"cells": CELLS, "worlds": 2, "seed": TUNING_SEED, "draws": 99, "processes": 2, "minutes": None}
    return Plan(**given | changes, file=file)


@pytest.fixture
def importable(monkeypatch):
    """Let the processes of a run import this package by the name under which it is tested."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


@pytest.mark.usefixtures("importable")
def test_a_plan_is_completed_once_and_does_not_depend_on_processes(tmp_path):
    said = []
    assert run(plan(tmp_path / "two"), said.append)
    found = {(one.cell, one.index): one.findings for one in outcomes_of(tmp_path / "two")}
    assert set(found) == {(cell, at) for cell in CELLS for at in range(2)}
    assert any("CPU seconds each" in line for line in said)
    assert run(plan(tmp_path / "two"), said.append)
    assert said[-1].endswith("4 worlds done, 0 to go.")
    assert run(plan(tmp_path / "one", processes=1, worlds=1), said.append)
    for one in outcomes_of(tmp_path / "one"):
        assert one.findings == found[one.cell, one.index]


@pytest.mark.usefixtures("importable")
def test_a_time_limit_starts_no_further_world(tmp_path):
    assert not run(plan(tmp_path / "none", minutes=1e-9), [].append)
    assert outcomes_of(tmp_path / "none") == []


@pytest.mark.usefixtures("importable")
def test_a_world_that_breaks_is_counted_and_costs_no_other(tmp_path):
    said = []
    assert not run(plan(tmp_path / "broken", worlds=1, draws=1), said.append)  # so few draws are refused
    assert {one.cell for one in outcomes_of(tmp_path / "broken") if one.error} == set(CELLS)
    assert said[-1].startswith("2 worlds could not be evaluated")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_whole_lines_and_the_same_command_continues(tmp_path, stop):
    file = tmp_path / "stopped.jsonl"
    words = [
        "run",
        "--cells",
        CELLS[1],
        "--worlds",
        "12",
        "--tuning",
        "--processes",
        "1",
        "--file",
        str(file),
    ]
    started = subprocess.Popen(
        [sys.executable, "-m", "verify.worlds", *words], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    for _ in range(600):
        if file.is_file() and file.read_bytes().count(b"\n"):
            break
        time.sleep(0.2)
    started.send_signal(stop)
    _, said = started.communicate(timeout=120)
    assert "The same command continues from here." in said
    assert "Traceback" not in said
    assert file.read_bytes().endswith(b"\n")
    done = len(outcomes_of(file))
    assert 1 <= done < 12
    limited = [*words[:4], str(done + 1), *words[5:]]
    assert (
        subprocess.run([sys.executable, "-m", "verify.worlds", *limited], cwd=ROOT, check=False).returncode
        == 0
    )
    assert [one.index for one in outcomes_of(file)] == list(range(done + 1))
