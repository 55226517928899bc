"""How long a case of 728 policies of 50 states takes from its folder to its report, in seconds.

Run with ``python benchmarks/state_case.py``. The folder is written to a temporary place from the data of
SPID where they are at hand (`../shared/data`), with the states' borders as ties and a network of 300 edges.
Bar: 5 minutes by the clock on two cores.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SPID = DATA / "reference" / "spid_policies.csv"
BORDERS, NAMES = DATA / "library" / "us_state_contiguity.csv", DATA / "library" / "us_states.csv"
SETTINGS = """
format = 1
id = "states"
title = "Policies of American states"

[[analysis]]
id = "spread"
question = "Why do policies spread among American states?"
policies = "all"
units = "state"
period = "year"
window = ["1960", "2017"]

[analysis.layers]
neighbours = ["contiguity"]

[analysis.inferred]
edges = 300
"""


def write_states(folder: Path, policies: int | None = None) -> Path:
    """The case folder; with a number, of the first so many policies."""
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(SETTINGS, encoding="utf-8")
    spelt = pl.read_csv(NAMES).select("state", "name")
    rows = pl.read_csv(SPID).join(spelt, left_on="statenam", right_on="name")
    kept = rows["policy"].unique().sort().head(policies or rows.height)
    rows = rows.filter(pl.col("policy").is_in(kept.to_list()))
    source = pl.lit("SPID v1.0").alias("source")
    rows.select(unit="state", policy="policy", time="adopt_year").with_columns(source).write_csv(
        folder / "adoptions.csv"
    )
    pl.DataFrame({"policy": kept, "name": kept, "group": "all"}).write_csv(folder / "policies.csv")
    spelt.rename({"state": "unit"}).with_columns(kind=pl.lit("state"), role=pl.lit("adopter")).write_csv(
        folder / "units.csv"
    )
    beside = pl.read_csv(BORDERS).filter(pl.col("note").is_null() & (pl.col("state_a") != "DC"))
    beside = beside.filter(pl.col("state_b") != "DC")
    ways = [beside.select(sender=a, receiver=b) for a, b in (("state_a", "state_b"), ("state_b", "state_a"))]
    pl.concat(ways).with_columns(
        pl.lit("contiguity").alias("layer"), pl.lit(1).alias("weight"), pl.lit("Census").alias("source")
    ).write_csv(folder / "ties.csv")
    return folder


def main() -> None:
    """Write, check and run the case, and print how long each took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--policies", type=int, help="only the first so many policies")
    options.add_argument("--draws", type=int, help="draws for each safeguard")
    asked = options.parse_args()
    if not SPID.exists():
        sys.exit("The data of SPID are not at hand.")
    with tempfile.TemporaryDirectory() as place:
        folder = write_states(Path(place) / "states", asked.policies)
        draws = ["--draws", str(asked.draws)] if asked.draws else []
        for words in (["check", str(folder)], ["run", str(folder), "--out", f"{place}/report", *draws]):
            clock = time.perf_counter()
            subprocess.run([sys.executable, "-m", "diffuscope", *words], check=False)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = used.ru_utime + used.ru_stime
            print(
                f"{words[0]}: {time.perf_counter() - clock:.1f} s by the clock, {cpu:.1f} s of the processor "
                f"so far, at most {used.ru_maxrss / 1e6:.2f} GB in one process"
            )


if __name__ == "__main__":
    main()
