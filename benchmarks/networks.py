"""How long it takes to infer a network, in seconds by the clock and of the processor, after compiling.

Run with ``python benchmarks/networks.py``. Compiled code (numba, extra `fast`) is kept between processes; the
first call of each function reads or compiles it, and is told apart. `--large` adds cascades of 500 units.
Cascades are random: every unit adopts every policy, at a time drawn evenly.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from diffuscope import infer_network

STATES = Path(__file__).parents[2] / "shared" / "data" / "reference" / "spid_policies.csv"


def full_cascades(units: int, policies: int, seed: int = 1) -> pl.DataFrame:
    """Random cascades in which every unit adopts every policy."""
    times = np.random.default_rng(seed).uniform(0, 30, policies * units)
    return pl.DataFrame(
        {
            "unit": np.tile([f"u{at:03}" for at in range(units)], policies),
            "policy": np.repeat([f"p{at:04}" for at in range(policies)], units),
            "time": times,
        }
    )


def timed(what: str, bar: str, work: Callable[[], object]) -> None:
    """Print how long a piece of work takes: by the clock, and of the processor over all threads."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{what:<58} {clock:8.2f} s {cpu:8.2f} s cpu   bar {bar:<8} {most:5.2f} GB")


def main() -> None:
    """Print the table of times."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", action="store_true")
    large = options.parse_args().large
    small = full_cascades(20, 20)
    timed("first network: libraries and compiled code", "", lambda: infer_network(small, edges=5, rate=1.0))
    if STATES.exists():
        states = pl.read_csv(STATES)
        timed(
            "50 states × 728 policies, stopping score 0.1, with table", "0.15 s",
            lambda: infer_network(states, stop=0.1).table(),
        )  # fmt: skip
        timed(
            "50 states × 728 policies, all 2,450 edges, with table", "0.25 s",
            lambda: infer_network(states, edges="all").table(),
        )  # fmt: skip
        network = infer_network(states, edges=300)
        timed("the same, 1,000 bootstrap draws of 300 edges", "60 s", lambda: network.stability(1000))
        timed("the same, 99 permutations of the dates", "", lambda: network.false_discovery(99))
    for units, policies, edges, bar in ((200, 2000, 1000, "0.6 s"), (500, 5000, 2500, "10 s")):
        if units == 200 or large:
            frame = full_cascades(units, policies)
            words = f"{units} units × {policies:,} full cascades, {edges:,} edges"
            timed(words, bar, lambda frame=frame, edges=edges: infer_network(frame, edges=edges, rate=1.0))


if __name__ == "__main__":
    main()
