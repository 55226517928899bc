"""`python -m verify.worlds run` evaluates worlds, `… summarise` counts them, `… page` writes the page."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # before numpy is loaded: processes share the cores already


def main() -> int:
    """Run one of the commands. 0: complete; 1: worlds are left, or could not be evaluated."""
    from . import cells, outcome, run, world

    asked = argparse.ArgumentParser(prog="python -m verify.worlds", description=__doc__)
    words = asked.add_subparsers(dest="word", required=True)
    runs = words.add_parser("run", help="evaluate worlds and append each to a file, continuing from there")
    runs.add_argument(
        "--cells", help="names of cells, separated by semicolons, or beginnings of names; all if left out"
    )
    runs.add_argument("--worlds", type=int, help="worlds of each cell; as each cell says if left out")
    runs.add_argument(
        "--seed", type=int, default=world.PUBLISHED_SEED, help="of the worlds; the published one"
    )
    runs.add_argument("--tuning", action="store_true", help="use the worlds for developing a rule")
    runs.add_argument("--draws", type=int, default=outcome.DRAWS, help="of every safeguard")
    runs.add_argument("--processes", type=int, default=2)
    runs.add_argument("--cluster", help="address of a dask scheduler; its workers start in this folder")
    runs.add_argument("--minutes", type=float, help="time after which no further world is started")
    runs.add_argument(
        "--file", type=Path, help="outcomes; named after version, code, seed and draws if left out"
    )
    counts = words.add_parser(
        "summarise", help="count a file of worlds into summary.json, and write the page"
    )
    counts.add_argument(
        "--file", type=Path, help="outcomes; those of this code and the published seed if left out"
    )
    counts.add_argument("--rule", choices=("before", "now"), default="now", help="the rule that was measured")
    words.add_parser("page", help="write the page from summary.json")
    args = asked.parse_args()
    if args.word == "run":
        seed = world.TUNING_SEED if args.tuning else args.seed
        names = (
            tuple(cells.CELLS) if args.cells is None else chosen(args.cells, tuple(cells.CELLS), asked.error)
        )
        plan = run.Plan(
            cells=names, worlds=args.worlds, seed=seed, draws=args.draws, processes=args.processes,
            minutes=args.minutes, cluster=args.cluster, file=args.file or run.file_of(seed, args.draws),
        )  # fmt: skip
        return 0 if run.run(plan, run.to_stderr) else 1
    from . import page, rates

    if args.word == "summarise":
        file = args.file or run.file_of(world.PUBLISHED_SEED, outcome.DRAWS)
        rates.keep(args.rule, rates.measured(run.outcomes_of(file)))
    page.write()
    return 0


def chosen(words: str, names: tuple[str, ...], refuse: Callable[[str], None]) -> tuple[str, ...]:
    """Cells by full name, or by the beginning of their names."""
    found: dict[str, None] = {}
    for word in words.split(";"):
        met = (
            [word.strip()]
            if word.strip() in names
            else [name for name in names if name.startswith(word.strip())]
        )
        if not met:
            refuse(f"no cell is named or begins with {word.strip()!r}; there are: {'; '.join(names)}")
        found |= dict.fromkeys(met)
    return tuple(found)


if __name__ == "__main__":
    sys.exit(main())
