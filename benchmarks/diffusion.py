"""How long the diffusion statistics take, and how much memory, at the sizes of the bars.

Run with ``python benchmarks/diffusion.py``. One thread, processor time. Every figure is the best of five runs
after a warm-up, in a process of its own; the peak is that of the whole process (interpreter, libraries, ties
and result), beside the memory the process held before. The structure-dependence test runs on Medical
Innovation where that is at hand in ``../shared``, else on ties at random of the same size. The last columns
are at ten times the ties (of the structure test: ten times the draws); the exponent is 1 where these take ten
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
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from scipy import sparse

from diffuscope.descriptives import diffusion_network, infectiousness, moran, structure_test, susceptibility
from diffuscope.ties import Layer
from diffuscope.ties.structural_equivalence import structural_equivalence

DOCTORS = Path(__file__).parents[2] / "shared" / "data" / "reference"
ONE = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
BARS = {
    "structure": "structure-dependence test, 125 units, 294 ties, 1,000 draws: 1 s",
    "influence": "infectiousness and susceptibility, 50,000 units, 250,000 ties: 0.3 s",
    "equivalence": "structural equivalence, 1,000 units, 5,000 ties: 1 s, 300 MB",
    "moran": "Moran's I, 1,000,000 units, 10,000,000 ties: 2 s",
}
LARGER = ("structure", "influence")
"""Work that is measured at ten times its size as well."""


def layer(units: int, ties: int) -> Layer:
    """Ties at random."""
    rng = np.random.default_rng(1)
    rows = rng.integers(units, size=ties)
    columns = (rows + rng.integers(1, units, size=ties)) % units
    weights = sparse.csr_array((np.ones(ties), (rows, columns)), shape=(units, units))
    return Layer(name="ties", units=tuple(map(str, range(units))), weights=weights)


def laws(units: int, periods: int = 20) -> pl.DataFrame:
    """Adoption at random; one in ten never adopts."""
    when = np.random.default_rng(2).integers(1, periods, size=units).astype(object)
    when[::10] = None
    return pl.DataFrame({"unit": list(map(str, range(units))), "time": pl.Series(when.tolist())})


def doctors() -> tuple[pl.DataFrame, pl.DataFrame | Layer]:
    """Medical Innovation, or a world of its size."""
    if not DOCTORS.exists():
        return laws(125), layer(125, 294)
    ties = pl.read_csv(DOCTORS / "medInnovations_edgelist.csv")
    frame = pl.read_csv(DOCTORS / "medInnovations_toa.csv").rename({"id": "unit", "toa": "time"})
    return frame, ties.select(sender="alter", receiver="ego", weight="weight")


def task(work: str, times: int) -> Callable[[], object]:
    """One kind of work, its data made beforehand."""
    if work == "structure":
        adoptions, ties = doctors()
        return lambda: structure_test(diffusion_network(adoptions, ties), seed=1, draws=1000 * times)
    if work == "influence":
        world, adoptions = layer(50_000 * times, 250_000 * times), laws(50_000 * times)

        def both() -> object:
            network = diffusion_network(adoptions, world)
            return infectiousness(network), susceptibility(network)

        return both
    if work == "equivalence":
        network = layer(1_000, 5_000)
        return lambda: structural_equivalence(network)
    network, values = layer(10**6, 10**7), np.random.default_rng(3).normal(size=10**6)
    return lambda: moran(values, network)


def measure(work: str, times: int) -> dict[str, float]:
    """Best time of five runs, and memory, in this process."""
    run = task(work, times)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    run()
    seconds = []
    for _ in range(5 if times == 1 else 2):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
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
    print("| work and bar | seconds | peak MB (before) | ×10: seconds | exponent |")
    print("|---|---|---|---|---|")
    for work, bar in BARS.items():
        one = apart(work, 1)
        told = f"{one['seconds']:.3f} | {one['peak']:.0f} ({one['before']:.0f})"
        if work in LARGER:
            ten = apart(work, 10)
            told += f" | {ten['seconds']:.3f} | {math.log10(ten['seconds'] / one['seconds']):.2f}"
        else:
            told += " | |"
        print(f"| {bar} | {told} |", flush=True)


if __name__ == "__main__":
    main()
