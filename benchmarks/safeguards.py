"""How long it takes to ask a model a thousand times whether any other ties would do.

Run with ``python benchmarks/safeguards.py``. A draw exchanges the units of a network, looks through its ties
anew and fits the model again. What is told is processor time a draw, in one process with one thread, so that
other work on the machine does not matter; a thousand draws on two cores take half of a thousand times that.
"""

from __future__ import annotations

import argparse
import os
import time

ONE = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
os.environ |= dict.fromkeys(ONE, "1")  # before the libraries that read them

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from scipy import sparse  # noqa: E402

import diffuscope  # noqa: E402
from diffuscope.panel.exposure_history import ExposureSpec, exposure_inputs  # noqa: E402
from diffuscope.safeguards.checks.leave_one_unit_out import SAFEGUARD as LEAVE_ONE_UNIT_OUT  # noqa: E402
from diffuscope.safeguards.checks.permuted_ties import SAFEGUARD as PERMUTED_TIES  # noqa: E402
from diffuscope.safeguards.engine.check import SafeguardOptions  # noqa: E402
from diffuscope.safeguards.tested_model import TestedExposure, TestedModel  # noqa: E402
from diffuscope.ties import Layer  # noqa: E402

PERIODS, TIES, ASKED, BAR = 20, 8, 1_000, 60.0


def question(rows: int, columns: int, link: str = "logit") -> TestedModel:
    """Units at risk for some twenty periods, an exposure, and covariates that make the columns up."""
    rng = np.random.default_rng(1)
    units = round(rows / PERIODS * 1.2)
    names = [f"u{at:06d}" for at in range(units)]
    when = rng.geometric(0.02, units)
    laws = pl.DataFrame({"unit": names, "time": [2000 + int(at) if at <= PERIODS else None for at in when]})
    panel = diffuscope.person_period(laws, censor=2000 + PERIODS, undated="never")
    wide = {f"x{at}": rng.normal(size=units) for at in range(columns - 2)}
    panel = diffuscope.add_covariates(panel, pl.DataFrame({"unit": names, **wide}))
    ends = rng.integers(0, units, (2, units * TIES))
    ends = ends[:, ends[0] != ends[1]]
    weights = sparse.csr_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(units, units))
    layer = Layer(name="ties", units=tuple(names), weights=weights)
    panel = diffuscope.add_exposure(panel, layer, name="seen")
    seen = exposure_inputs(layer, panel.table(), panel.history, ExposureSpec())
    fit = diffuscope.event_history("adopted ~ seen + " + " + ".join(wide), panel, link=link)
    return TestedModel(panel, fit, (TestedExposure(column="seen", mechanism=None, inputs=seen),))


def main() -> None:
    """Measure draws of each model, and leaving out each unit in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20)
    draws = parser.parse_args().draws
    for link in ("logit", "cloglog"):
        asked = question(100_000, 8, link)
        PERMUTED_TIES(asked, "seen", SafeguardOptions(draws=1, seed=1, workers=1))
        began, clock = time.process_time(), time.perf_counter()
        PERMUTED_TIES(asked, "seen", SafeguardOptions(draws=draws, workers=1))
        each, wall = (time.process_time() - began) / draws, (time.perf_counter() - clock) / draws
        print(
            f"exchanged ties, {link}, {asked.fit.rows:,} rows × {len(asked.fit.names)}: {1000 * each:.0f} ms "
            f"of processor time a draw ({1000 * wall:.0f} ms by the clock, load {os.getloadavg()[0]:.1f}); "
            f"{ASKED:,} draws on two cores {each * ASKED / 2:.0f} s (bar {BAR:.0f} s)"
        )
    few = question(2_000, 8)
    began = time.process_time()
    LEAVE_ONE_UNIT_OUT(few, "seen", SafeguardOptions(workers=1))
    print(
        f"each of {few.fit.units} units left out, {few.fit.rows:,} rows: {time.process_time() - began:.2f} s"
    )


if __name__ == "__main__":
    main()
