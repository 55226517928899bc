"""How long the models take, and how much memory, beside the packages people use, on the same data in one run.

Run with ``python benchmarks/models.py`` (some minutes; ``--quick`` leaves out the sizes times ten, and
``--only logit`` the other kinds of work). One thread. Every figure is the best of some runs after a warm-up
on a few rows, in a process of its own, so that memory is that of one fit: the frame, the interpreter and the
libraries included. The last column is the exponent of the cost: 1 where ten times the rows take ten times as
long.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl

COVARIATES = 13
NAMES = [f"x{at}" for at in range(COVARIATES)]
FORMULA = "event ~ " + " + ".join(NAMES)
ONE = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
THREADS = dict.fromkeys(ONE, "1")
SIZES = {"logit": 1_000_000, "cloglog": 1_000_000, "dyads": 5_000_000, "cox": 1_000_000}
BARS = {
    "logit": "faster than statsmodels Logit; at most 1 GB",
    "cloglog": "at least 5 times statsmodels GLM",
    "dyads": "at least 2 times statsmodels; at most 2 GB",
    "cox": "no slower than lifelines without cluster errors",
}


def panel(rows: int, link: str = "logit") -> pl.DataFrame:
    """Rows at risk with about one event in twenty; a unit has twenty rows."""
    rng = np.random.default_rng(1)
    columns = {name: rng.normal(size=rows) for name in NAMES}
    eta = -3.2 + sum(0.1 * (at % 4 - 1) * columns[name] for at, name in enumerate(NAMES))
    hazard = 1 / (1 + np.exp(-eta)) if link == "logit" else -np.expm1(-np.exp(eta))
    event = (rng.random(rows) < hazard).astype(np.int8)
    return pl.DataFrame({"unit": np.arange(rows) // 20, "event": event, **columns})


def dyads(rows: int) -> pl.DataFrame:
    """Ordered pairs of some four hundred units in many periods."""
    units = max(int(math.sqrt(rows / 30)), 3)
    pair = np.arange(rows) % (units * (units - 1))
    receiver, sender = pair // (units - 1), pair % (units - 1)
    ends = {"receiver": receiver, "sender": sender + (sender >= receiver)}
    return panel(rows).drop("unit").with_columns(**{name: pl.Series(code) for name, code in ends.items()})


def spans(rows: int) -> pl.DataFrame:
    """A counting process: each unit has up to twenty yearly rows, the last of which may be an event."""
    frame = panel(rows).with_columns(start=(pl.int_range(rows) % 20).cast(pl.Float64))
    return frame.with_columns(stop=pl.col("start") + 1).filter(
        pl.col("event").cum_sum().shift(1, fill_value=0).over("unit") == 0
    )


def ours(work: str, frame: pl.DataFrame) -> object:
    """The work by diffuscope, from the frame."""
    import diffuscope

    if work == "cox":
        return diffuscope.cox(FORMULA, frame, cluster="unit")
    if work == "dyads":
        return diffuscope.event_history(FORMULA, frame, cluster=("receiver", "sender"))
    link = "cloglog" if work == "cloglog" else "logit"
    return diffuscope.event_history(FORMULA, frame, link=link, cluster="unit")


def theirs(work: str, frame: pl.DataFrame) -> Callable[[], object]:
    """The work by the package people use, its arrays or tables made beforehand."""
    if work == "cox":
        from lifelines import CoxTimeVaryingFitter

        table = frame.rename({"unit": "id"}).to_pandas()
        return lambda: CoxTimeVaryingFitter().fit(
            table, id_col="id", event_col="event", start_col="start", stop_col="stop"
        )
    import statsmodels.api as sm

    y = frame["event"].to_numpy().astype(float)
    x = np.column_stack([np.ones(frame.height), frame.select(NAMES).to_numpy()])
    if work == "cloglog":
        family = sm.families.Binomial(sm.families.links.CLogLog())
        groups = frame["unit"].to_numpy()
        return lambda: sm.GLM(y, x, family=family).fit(cov_type="cluster", cov_kwds={"groups": groups})
    ways = ["receiver", "sender"] if work == "dyads" else ["unit"]
    groups = frame.select(ways).to_numpy().squeeze()
    return lambda: sm.Logit(y, x).fit(disp=0, cov_type="cluster", cov_kwds={"groups": groups})


def measure(work: str, rows: int, who: str, runs: int) -> dict[str, float]:
    """Best time of some runs, and the highest memory, in this process."""
    make = {"dyads": dyads, "cox": spans}.get(work, lambda rows: panel(rows, work))
    few, frame = make(4_000), make(rows)
    if who == "ours":
        ours(work, few)
        task: Callable[[], object] = partial(ours, work, frame)
    else:
        theirs(work, few)()
        task = theirs(work, frame)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return {"seconds": min(seconds), "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def apart(work: str, rows: int, who: str, runs: int) -> dict[str, float]:
    """The same in a process of its own, with one thread."""
    command = [sys.executable, __file__, "--measure", work, str(rows), who, str(runs)]
    done = subprocess.run(command, env=os.environ | THREADS, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure each kind of work, and print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=list(SIZES))
    parser.add_argument("--measure", nargs=4)
    options = parser.parse_args()
    if options.measure:
        work, rows, who, runs = options.measure
        print(json.dumps(measure(work, int(rows), who, int(runs))))
        return
    for work in [options.only] if options.only else SIZES:
        large = SIZES[work]
        before = None
        print(f"{work}: {BARS[work]} (load {os.getloadavg()[0]:.1f})")
        for rows in (large // 10, large):
            mine = apart(work, rows, "ours", 3)
            other = apart(work, rows, "theirs", 1 if rows > 200_000 else 2)
            grew = math.log10(mine["seconds"] / before) if before else float("nan")
            before = mine["seconds"]
            print(
                f"  {rows:>12,} × {COVARIATES}: {mine['seconds']:7.2f} s, {mine['peak']:6.0f} MB; beside it "
                f"{other['seconds']:7.2f} s, {other['peak']:6.0f} MB; "
                f"{other['seconds'] / mine['seconds']:5.1f} times; exponent {grew:.2f}",
                flush=True,
            )
        if not options.quick and large < 5_000_000:
            mine = apart(work, 10 * large, "ours", 1)
            grew = math.log10(mine["seconds"] / before)
            print(
                f"  {10 * large:>12,} × {COVARIATES}: {mine['seconds']:7.2f} s, {mine['peak']:6.0f} MB; "
                f"exponent {grew:.2f}"
            )


if __name__ == "__main__":
    main()
