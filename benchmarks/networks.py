"""How long it takes to infer a network, in seconds by the clock and of the processor, after compiling.

Run with ``python benchmarks/networks.py``. Compiled code (numba, extra `fast`) is kept between processes; the
first call of each function reads or compiles it, and is told apart. `--large` adds cascades of 500 units;
`--million 20` infers from ten million adoptions by a million units in a file, 20 of each policy. `--scaling`
measures how time grows with units, policies and adoptions of each policy. The load of the machine is printed:
times of the processor are less sensitive to it. Full cascades are random: every unit adopts every policy, at
a time drawn evenly.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.grown_cascades import grown, recovered

from diffuscope import infer_large_network, infer_network
from diffuscope.compute import stop
from diffuscope.networks.from_frame import cascades_from_frame
from diffuscope.networks.infer import settings_of
from diffuscope.networks.netinf import Wanted, netinf

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
    options.add_argument("--scaling", action="store_true")
    options.add_argument("--million", type=int, help="a million units alone, in cascades of this length")
    given = options.parse_args()
    large = given.large
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if given.million:
        million(given.million)
        return
    if given.scaling:
        scaling()
        return
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


def write_world(length: int, folder: Path) -> None:
    """Write a world of a million units and its network; in a process of its own, which takes memory."""
    world = grown(1_000_000, 12_500_000 if length == 20 else 13_500_000, length)
    world.adoptions.write_parquet(folder / "grown.parquet")
    np.save(folder / "followers.npy", world.followers)


class Memory(threading.Thread):
    """The most memory of this process and its children together, in bytes.

    Proportional set size of Linux: what processes share counts once, file pages that they map included.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self.ended = threading.Event()

    def run(self) -> None:
        """Look five times a second."""
        own = psutil.Process()
        while not self.ended.wait(0.2):
            held = 0
            for process in (own, *own.children(recursive=True)):
                try:
                    held += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.most = max(self.most, held)


def million(length: int) -> None:
    """A million units: time by the clock, and of all processes; memory; and what is found again."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = get_context("spawn").Process(target=write_world, args=(length, folder))
        first.start()
        first.join()
        load, before = os.getloadavg()[0], resource.getrusage(resource.RUSAGE_CHILDREN)
        memory = Memory()
        memory.start()
        began = time.perf_counter()
        network = infer_large_network(
            folder / "grown.parquet", folder / "work", edges="all", rate=1.0, least_support=2
        )
        table = network.table()
        took = time.perf_counter() - began
        own = resource.getrusage(resource.RUSAGE_SELF)
        memory.ended.set()
        stop()
        cpu = sum(own[:2]) + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - sum(before[:2])
        true, found, precision = recovered(table, np.load(folder / "followers.npy"))
    print(
        f"1,000,000 units, {network.adoptions:,} adoptions, cascades of {length}: {took:.0f} s "
        f"(load {load:.1f}), {cpu:.0f} s cpu, {own.ru_maxrss / 1e6:.2f} GB here, "
        f"{memory.most / 1e9:.2f} GB in all processes together; {len(table):,} edges, "
        f"{true:.0%} of them true, {found:.0%} of all true ones found, average precision {precision:.2f}"
    )


def scaling() -> None:
    """Time of the processor against units, policies and adoptions of each policy, and the exponents."""
    sizes = [(20_000, 20_000, 20), (60_000, 20_000, 20), (180_000, 20_000, 20)]
    sizes += [(60_000, 7_000, 20), (60_000, 60_000, 20), (60_000, 20_000, 7), (60_000, 20_000, 60)]
    rows = []
    for units, policies, length in sizes:
        frame = grown(units, policies * length, length).adoptions
        cascades = cascades_from_frame(frame)
        terms = settings_of(cascades, edges=1, rate=1.0).terms
        wanted = Wanted(least_support=2)
        netinf(cascades, terms, wanted, workers=1)
        cpu = time.process_time()
        edges = netinf(cascades, terms, wanted, workers=1)
        cpu = time.process_time() - cpu
        events = cascades.events
        pairs = int((events.tie_first - events.starts[events.cascades]).sum())
        rows.append((units, policies, length, cpu))
        print(
            f"{units:>9,} units {policies:>7,} policies of {length:>3}: {pairs / 1e6:6.1f} M pairs "
            f"{cpu:7.2f} s cpu, {1e9 * cpu / pairs:5.1f} ns a pair, {len(edges.gains):,} edges"
        )
    table = np.log(np.array(rows))
    design = np.column_stack([np.ones(len(table)), table[:, :3]])
    exponents = np.linalg.lstsq(design, table[:, 3], rcond=None)[0][1:]
    print("exponents: " + ", ".join(f"{one:.2f}" for one in exponents) + " (units, policies, length)")


if __name__ == "__main__":
    main()
