"""How long it takes to build panels, of a hundred thousand to ten million rows and of a real data set.

Run with ``python benchmarks/panel.py`` (a minute; ``--quick`` leaves out the largest). One thread. Every
figure is the best of three runs after a warm-up. The exponent of the cost is 1 where ten times the rows take
ten times as long.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import numpy as np
import polars as pl

import diffuscope

REFERENCE = Path(__file__).parents[2] / "shared" / "data" / "reference"


def adoptions(rows: int) -> pl.DataFrame:
    """Units that adopt some of a hundred policies within forty years, or never; about so many rows."""
    rng = np.random.default_rng(1)
    units = max(rows // 2_400, 4)
    unit, policy = np.repeat(np.arange(units), 100), np.tile(np.arange(100), units)
    year = rng.integers(1980, 2040, unit.size)
    frame = pl.DataFrame({"unit": unit, "policy": policy, "time": year})
    names = [pl.format("unit {}", "unit").alias("unit"), pl.format("policy {}", "policy").alias("policy")]
    return frame.with_columns(*names, time=pl.when(pl.col("time") < 2020).then("time"))


def best(work: Callable[[], object], runs: int = 3) -> float:
    """Seconds of the fastest run after one that does not count."""
    work()
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def exposed(spid: pl.DataFrame) -> float:
    """Seconds to attach one exposure to all policies of SPID."""
    states = sorted(spid["unit"].unique())
    drawn = np.random.default_rng(1).random((len(states), len(states))) < 0.1
    np.fill_diagonal(drawn, val=False)
    sender, receiver = (np.array(states)[at] for at in np.nonzero(drawn))
    ties = pl.DataFrame({"sender": sender, "receiver": receiver})
    panel = diffuscope.person_period(spid)
    return best(lambda: diffuscope.add_exposure(panel, ties, name="ties"))


def told(name: str, sizes: list[tuple[int, float]], bar: str) -> None:
    """A line of the table for each size."""
    for at, (rows, seconds) in enumerate(sizes):
        exponent = ""
        if at:
            before, earlier = sizes[at - 1]
            exponent = f"{math.log(seconds / earlier) / math.log(rows / before):.2f}"
        print(f"| {name} | {rows:,} | {seconds:.3f} | {exponent} | {bar} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    largest = 1_000_000 if parser.parse_args().quick else 10_000_000
    sizes = [size for size in (100_000, 1_000_000, 10_000_000) if size <= largest]
    print("| work | rows | seconds | exponent | bar |\n|---|---|---|---|---|")
    for kind in ("Polars", "pandas"):
        measured = []
        for size in sizes if kind == "Polars" else sizes[:2]:
            frame = adoptions(size)
            given = frame if kind == "Polars" else frame.to_pandas()
            rows = diffuscope.person_period(given).table().height
            measured.append((rows, best(lambda given=given: diffuscope.person_period(given))))
        told(f"risk set, {kind}", measured, "10⁶ rows in at most 1 s")
    if (REFERENCE / "spid_policies.csv").exists():
        spid = pl.read_csv(REFERENCE / "spid_policies.csv")
        spid = spid.select(unit="statenam", policy="policy", time="adopt_year")
        rows = diffuscope.person_period(spid).table().height
        told("risk set, SPID", [(rows, best(lambda: diffuscope.person_period(spid)))], "at most 1 s")
        told("exposure to a tenth of all states, SPID", [(rows, exposed(spid))], "")
    pairs = []
    for size in (20_000, 60_000):
        panel = diffuscope.person_period(adoptions(size * 10).filter(pl.col("policy") < "policy 2"))
        rows = diffuscope.dyad_period(panel).table().height
        pairs.append((rows, best(lambda panel=panel: diffuscope.dyad_period(panel))))
    told("pairs with an opportunity", pairs, "")
    panel = diffuscope.person_period(adoptions(1_000_000))
    spans = best(lambda: diffuscope.counting_process(panel))
    told("spans (start, stop]", [(panel.table().height, spans)], "")


if __name__ == "__main__":
    main()
