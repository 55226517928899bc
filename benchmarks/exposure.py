"""How long exposures take, and how much memory, at the size of the bar and at ten times it.

Run with ``python benchmarks/exposure.py``. One thread. Every figure is the best of five runs after a
warm-up, in a process of its own; the peak is that of the whole process (interpreter, libraries, ties and
result), beside the memory the process held before. The exponent is 1 where ten times the ties take ten
times as long.
"""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import time

import numpy as np
from scipy import sparse

from diffuscope.ties import Layer, exposure

UNITS, TIES, PERIODS = 100_000, 1_000_000, 40
BAR = "at most 0.3 s and 500 MB"
ONE = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
WORK = ("share", "decay", "mean success", "ties that change", "repeal")


def world(times: int) -> tuple[Layer, np.ndarray, np.ndarray]:
    """Ties at random, adoptions once and for all by about half of the units, and a result of each."""
    rng = np.random.default_rng(1)
    units, ties = UNITS * times, TIES * times
    rows = rng.integers(units, size=ties)
    columns = (rows + rng.integers(1, units, size=ties)) % units
    weights = sparse.csr_array((rng.random(ties), (rows, columns)), shape=(units, units))
    names = tuple(map(str, range(units)))
    when = rng.integers(2 * PERIODS, size=units)
    adopted = when[:, None] <= np.arange(PERIODS)
    return Layer(name="ties", units=names, weights=weights), adopted, rng.normal(size=units)


def task(work: str, layer: Layer, adopted: np.ndarray, success: np.ndarray) -> object:
    """One kind of exposure."""
    if work == "decay":
        return exposure(layer, adopted, decay=0.1)
    if work == "mean success":
        return exposure(layer, adopted, form="mean success", success=success)
    if work == "ties that change":
        return exposure(layer, adopted, periods=range(1, PERIODS + 1))
    return exposure(layer, adopted)


def measure(work: str, times: int) -> dict[str, float]:
    """Best time of five runs, and memory, in this process."""
    layer, adopted, success = world(times)
    if work == "ties that change":
        halves = (("0", layer.weights), (str(PERIODS // 2), layer.weights))
        layer = Layer(name="ties", units=layer.units, weights=halves)
    if work == "repeal":
        adopted[::10, -5:] = False
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    task(work, layer, adopted, success)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        task(work, layer, adopted, success)
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": min(seconds), "before": before, "peak": peak}


def apart(work: str, times: int) -> dict[str, float]:
    """The same in a process of its own, with one thread."""
    words = [sys.executable, __file__, "--one", work, str(times)]
    done = subprocess.run(
        words, env=os.environ | dict.fromkeys(ONE, "1"), capture_output=True, check=True, text=True
    )
    return json.loads(done.stdout)


def main() -> None:
    """Measure everything and print a table."""
    if "--one" in sys.argv:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]))))
        return
    print(f"{UNITS:,} units, {TIES:,} ties, {PERIODS} periods; bar: {BAR}\n")
    print("| form | seconds | peak MB (before) | ×10: seconds | ×10: peak MB | exponent |")
    print("|---|---|---|---|---|---|")
    for work in WORK:
        one, ten = apart(work, 1), apart(work, 10)
        exponent = math.log10(ten["seconds"] / one["seconds"])
        small = f"{one['seconds']:.3f} | {one['peak']:.0f} ({one['before']:.0f})"
        print(f"| {work} | {small} | {ten['seconds']:.2f} | {ten['peak']:.0f} | {exponent:.2f} |")


if __name__ == "__main__":
    main()
