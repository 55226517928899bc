"""`python -m verify.fuzz` puts odd cases through check, run and report, and counts what goes wrong."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: processes share the cores
os.environ.setdefault("POLARS_MAX_THREADS", "1")


def _numbers(given: tuple[range, int, int, float]) -> list[object]:
    """Every case of some numbers, until the time is over."""
    numbers, every, seed, until = given
    sys.executable = ""  # nothing starts further processes
    from verify.fuzz.tried import tried

    found: list[object] = []
    for number in numbers:
        if time.time() > until:
            break
        with TemporaryDirectory() as folder:
            found.append(tried(number, seed, Path(folder) / "a-case", run=number % every == 0))
    return found


def main() -> int:
    """Try cases. 0: nothing is wrong; 1: there are faults, which are printed."""
    asked = argparse.ArgumentParser(prog="python -m verify.fuzz", description=__doc__)
    asked.add_argument("--cases", type=int, default=20_000)
    asked.add_argument("--first", type=int, default=0, help="number of the first case")
    asked.add_argument("--run-every", type=int, default=20, help="which cases go through run and report too")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--minutes", type=float, default=60)
    args = asked.parse_args()
    until = time.time() + 60 * args.minutes
    numbers = range(args.first, args.first + args.cases)
    batches = [(numbers[at : at + 50], args.run_every, args.seed, until) for at in range(0, args.cases, 50)]
    ends: Counter[str] = Counter()
    faults: dict[str, list[object]] = {}
    with multiprocessing.get_context("fork").Pool(args.processes) as pool:
        for batch in pool.imap_unordered(_numbers, batches):
            for one in batch:
                ends[one.end] += 1
                if one.fault:
                    faults.setdefault(one.fault.strip().splitlines()[-1][:160], []).append(one)
        pool.close()
        pool.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    write = sys.stdout.write
    write(
        f"{sum(ends.values()):,} cases: " + ", ".join(f"{n:,} {end}" for end, n in ends.most_common()) + "\n"
        f"{used.ru_utime + used.ru_stime:,.0f} seconds of computing; an hour on two cores has 7,200.\n"
    )
    for kind, found in sorted(faults.items(), key=lambda item: -len(item[1])):
        first = found[0]
        write(f"\n{len(found)} times: {kind}\n")
        write(f"  first: case {first.number}, {', '.join(first.done)}\n{first.fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
