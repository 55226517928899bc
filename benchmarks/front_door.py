"""How long it takes to check large tables, from files on disk to problems; prints seconds and peak memory.

Run with ``python benchmarks/front_door.py``. Each figure is the best of three runs in a process of its own,
and memory is the peak resident size of that process, start-up included. Writing the tables is not counted.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

SETTINGS = """format = 1
id = "large"
title = "A large case"
licence = "CC0-1.0"
language = "en"
"""
UNITS = 20_000
POLICIES = 200


def write_case(folder: Path, adoptions: int, ties: int, wrong: bool) -> None:
    """A case of many adoptions or ties, with an error in every tenth row if asked."""
    rng = np.random.default_rng(1)
    names = pl.Series("unit", [f"city-{at}" for at in range(UNITS)])
    policies = pl.Series("policy", [f"policy-{at}" for at in range(POLICIES)])
    (folder / "case.toml").write_text(SETTINGS, encoding="utf-8")
    units = pl.DataFrame(
        {"unit": names, "name": [f"City {at}" for at in range(UNITS)], "kind": "city", "role": "adopter"}
    )
    units.write_csv(folder / "units.csv")
    if adoptions:
        pl.DataFrame({"policy": policies, "name": policies}).write_csv(folder / "policies.csv")
        _adoptions(rng, names, policies, adoptions, wrong).write_csv(folder / "adoptions.csv")
    if ties:
        _ties(rng, names, ties).write_csv(folder / "ties.csv")


def _adoptions(
    rng: np.random.Generator, units: pl.Series, policies: pl.Series, count: int, wrong: bool
) -> pl.DataFrame:
    pairs = rng.choice(UNITS * POLICIES, size=count, replace=False)
    days = rng.integers(0, 34 * 365, count)
    dates = pl.Series(np.datetime64("1990-01-01") + days.astype("timedelta64[D]")).dt.to_string("%Y-%m-%d")
    unit = units.gather(pairs // POLICIES)
    if wrong:
        other = unit + "-" + pl.int_range(count, eager=True).cast(pl.String)
        wrong_ones = pl.int_range(count, eager=True) % 10 == 0
        unit = unit.zip_with(~wrong_ones, other)
    return pl.DataFrame(
        {
            "unit": unit,
            "policy": policies.gather(pairs % POLICIES),
            "time": dates,
            "confidence": "high",
            "source": pl.Series([f"register p. {at % 5000}" for at in range(count)]),
        }
    )


def _ties(rng: np.random.Generator, units: pl.Series, count: int) -> pl.DataFrame:
    sender = rng.integers(0, UNITS, count)
    receiver = (sender + rng.integers(1, UNITS, count)) % UNITS
    return pl.DataFrame(
        {
            "layer": "exports",
            "sender": units.gather(sender),
            "receiver": units.gather(receiver),
            "weight": rng.random(count).round(6),
            "start": "2010",
            "source": "trade statistics",
        }
    ).unique(["sender", "receiver"])


def measure(folder: Path) -> dict[str, float]:
    """Seconds to read and check the case in that folder, best of three, and peak memory in MB."""
    from diffuscope.case import read_case

    seconds = []
    problems = 0
    for _ in range(3):
        start = time.perf_counter()
        case = read_case(folder)
        seconds.append(time.perf_counter() - start)
        problems = sum(problem.count for problem in case.problems)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"first": seconds[0], "best": min(seconds), "peak_mb": peak, "problems": problems}


def main() -> None:
    """Write each case, measure it in a fresh process, print a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="measure this case only, and print JSON")
    asked = parser.parse_args()
    if asked.folder:
        print(json.dumps(measure(asked.folder)))
        return
    works = {
        "10^6 adoptions, all right": (1_000_000, 0, False),
        "10^6 adoptions, 10^5 unknown units": (1_000_000, 0, True),
        "10^5 ties": (0, 100_000, False),
        "10^6 ties": (0, 1_000_000, False),
    }
    for name, (adoptions, ties, wrong) in works.items():
        with tempfile.TemporaryDirectory() as folder:
            write_case(Path(folder), adoptions, ties, wrong)
            command = [sys.executable, __file__, "--folder", folder]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
        took = json.loads(done.stdout)
        print(
            f"{name:40s} first {took['first']:.2f} s, best {took['best']:.2f} s, "
            f"peak {took['peak_mb']:.0f} MB, {took['problems']:,.0f} problems"
        )


if __name__ == "__main__":
    main()
