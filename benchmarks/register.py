"""How long it takes to count and audit a large register, and to turn shares back into counts.

Run with ``python benchmarks/register.py``. Figures are the best of three runs; the data are made before.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
import polars as pl

from diffuscope.monitoring.audit import audit
from diffuscope.monitoring.change import changes, movements
from diffuscope.monitoring.links import links_to_confirm
from diffuscope.monitoring.peers import peers, traits
from diffuscope.monitoring.reconstruct import reconstruct
from diffuscope.monitoring.waves import counts, prepared, totals
from diffuscope.tables.typed import empty

PROJECTS, WAVES, CITIES, STATES = 100_000, 10, 2_000, 50
AREAS = [f"Area {at}" for at in range(6)]
STATUSES = ["planning", "ongoing", "completed", "undetermined"]


def typed_rows(table: str, count: int, **columns: object) -> pl.DataFrame:
    """Rows of a table with every declared column."""
    made = pl.DataFrame({**columns}) if columns else pl.DataFrame()
    return made.with_columns(
        *(
            pl.lit(None, dtype=kind).alias(name)
            for name, kind in empty(table).schema.items()
            if name not in (*made.columns, "_row")
        ),
        pl.int_range(2, count + 2, dtype=pl.UInt32).alias("_row"),
    ).select(list(empty(table).schema))


def register() -> tuple[pl.DataFrame, pl.DataFrame, dict[str, str]]:
    """Projects of ten waves, a few of them unlinked in the last, with the cities they are in."""
    rng = np.random.default_rng(1)
    cities = [f"city-{at}" for at in range(CITIES)]
    states = [f"state-{at}" for at in range(STATES)]
    units = typed_rows(
        "units",
        CITIES + STATES,
        unit=cities + states,
        name=cities + states,
        parent=[states[at % STATES] for at in range(CITIES)] + [None] * STATES,
    )
    number = np.tile(np.arange(PROJECTS), WAVES)
    wave = np.repeat(np.arange(WAVES), PROJECTS)
    status = np.clip(rng.integers(0, 3, PROJECTS)[number] + (wave > 5), 0, 3)
    linked = ~((wave == WAVES - 1) & (number % 100 == 0))
    frame = pl.DataFrame({"number": number, "wave_at": wave, "status_at": status, "linked": linked})
    frame = frame.select(
        wave=pl.format("w{}", "wave_at"),
        project=pl.when("linked").then(pl.format("p{}", "number")),
        unit=pl.format("city-{}", pl.col("number") % CITIES),
        title=pl.format("Line {} of the plan, part {}", pl.col("number") % 997, "number"),
        area=pl.format("Area {}", pl.col("number") % 6),
        status=pl.col("status_at").replace_strict(dict(enumerate(STATUSES)), return_dtype=pl.String),
        status_basis=pl.lit("reported"),
        link_basis=pl.when("linked").then(pl.lit("exact title")).otherwise(pl.lit("not linked")),
        source=pl.lit("report, p. 1"),
    )
    projects = typed_rows("projects", frame.height, **{name: frame[name] for name in frame.columns})
    return projects, units, {f"w{at}": str(2010 + at) for at in range(WAVES)}


def figures() -> pl.DataFrame:
    """What reports print: counts of every city and wave, and shares of every state by status."""
    rows = [
        ("report", "projects", f"city-{at}", None, f"w{wave}", "50")
        for at in range(CITIES)
        for wave in range(WAVES)
    ]
    rows += [
        ("report", "share", f"state-{at}", status, f"w{wave}", printed)
        for at in range(STATES)
        for wave in range(WAVES)
        for status, printed in (("completed", "33.33"), ("ongoing", "33.33"), ("planning", "33.33"))
    ]
    document, quantity, unit, status, wave, printed = zip(*rows, strict=True)
    return typed_rows(
        "published",
        len(rows),
        document=document,
        locator=["annex"] * len(rows),
        quantity=quantity,
        unit=unit,
        status=status,
        wave=wave,
        printed=printed,
        value=[float(text) for text in printed],
        decimals=[2 if "." in text else 0 for text in printed],
    )


def best(what: str, work: Callable[[], object], runs: int = 3) -> None:
    """Time some work and print a line."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:60s} best {min(seconds):.2f} s, peak so far {peak:.0f} MB")


def main() -> None:
    """Measure each kind of work."""
    projects, units, waves = register()
    published = figures()
    areas = typed_rows("areas", 6, area=AREAS)
    ready = prepared(projects, units, waves)
    none = empty("attributes")

    def monitor() -> None:
        rows = prepared(projects, units, waves)
        totals(rows, waves)
        counts(rows)
        for one, other in zip(sorted(waves), sorted(waves)[1:], strict=False):
            changes(movements(rows, one, other))
        links_to_confirm(rows)

    size = f"{PROJECTS:,} projects × {WAVES} waves"
    best(f"{size}: totals, counts, changes, candidate links", monitor)
    best(
        f"{size}: audit of {published.height:,} printed figures",
        lambda: audit(published, ready, units, areas),
    )
    best(f"{size}: peers to learn from", lambda: peers(ready, traits(units, none)))
    rng = np.random.default_rng(2)
    allowed = {f"u{at}": rng.choice(200, 60, replace=False).tolist() for at in range(200)}
    best("joint reconstruction, 200 units, total 5,000", lambda: reconstruct(allowed, 5_000))
    dense = {f"u{at}": range(5_001) for at in range(200)}
    best("the same, every whole allowed", lambda: reconstruct(dense, 5_000))


if __name__ == "__main__":
    main()
