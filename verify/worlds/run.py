"""Resumable runner: evaluates worlds in several processes and appends each outcome to a file.

A run that was stopped continues where it stopped. Cells advance together, so a run with a time limit covers
all of them about equally.
"""

from __future__ import annotations

import hashlib
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import msgspec

import diffuscope
from diffuscope.compute.cluster import Cluster

from .cells import CELLS
from .outcome import Outcome, evaluate

RESULTS = Path(__file__).parent / "results"
ROOMS = (
    "records",
    "tables",
    "case",
    "ties",
    "panel",
    "mechanisms",
    "models",
    "safeguards",
    "compute",
    "study",
)
"""Rooms of the package whose code decides the findings."""
AHEAD = 3
"""Worlds handed to each process in advance."""
EVERY = 10.0
"""Seconds between two lines of progress."""

Key = tuple[str, int]


def code_version() -> str:
    """Hash of the code that decides the findings, so that outcomes of different code never share a file."""
    root, found = Path(diffuscope.__file__).parent, hashlib.sha256()
    files = (file for room in ROOMS for file in (root / room).rglob("*.*") if file.suffix in (".py", ".toml"))
    for file in sorted(files):
        found.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:10]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run covers.

    Attributes
    ----------
    cells : tuple of str
    worlds : int or None
        Of each cell; None: as the cell says.
    seed, draws, processes : int
    minutes : float or None
        Time after which no further world is started.
    file : pathlib.Path
        Outcomes, one JSON object per line.
    cluster : str or None
        Address of the scheduler of a dask cluster, whose workers stand in this folder too.
    """

    cells: tuple[str, ...]
    worlds: int | None
    seed: int
    draws: int
    processes: int
    minutes: float | None
    file: Path
    cluster: str | None = None

    def keys(self, done: Collection[Key] = ()) -> list[Key]:
        """Cell and index of every world still to be evaluated; first the first world of every cell."""
        many = {name: self.worlds or CELLS[name].worlds for name in self.cells}
        every = [(name, at) for at in range(max(many.values())) for name in self.cells if at < many[name]]
        return [key for key in every if key not in done]


def file_of(seed: int, draws: int) -> Path:
    """The file for outcomes of this code, seed and number of draws."""
    return RESULTS / f"{version('diffuscope')}-{code_version()}-seed{seed}-draws{draws}.jsonl"


def outcomes_of(file: Path) -> list[Outcome]:
    """All complete lines of a file; a last line that was cut off is ignored."""
    if not file.is_file():
        return []
    lines = file.read_bytes().split(b"\n")
    return [msgspec.json.decode(line, type=Outcome) for line in lines[:-1] if line]


def run(plan: Plan, say: Callable[[str], None]) -> bool:
    """Evaluate every world that is not in the file yet; True if the plan is complete and no world failed.

    Ctrl-C, or a request to terminate, keeps what is written and drops what was in progress.
    """
    plan.file.parent.mkdir(parents=True, exist_ok=True)
    _drop_torn_line(plan.file)
    before = outcomes_of(plan.file)
    left = plan.keys({(one.cell, one.index) for one in before})
    say(f"{plan.file.name}: {len(before)} worlds done, {len(left)} to go.")
    progress, code = _Progress(len(left), say), code_version()
    handler = signal.signal(signal.SIGTERM, _as_ctrl_c)  # else the processes would outlive this one
    pool = _pool(plan)
    try:
        with plan.file.open("ab") as out:
            for outcome in _outcomes(pool, plan, left):
                out.write(msgspec.json.encode(msgspec.structs.replace(outcome, code=code)) + b"\n")
                out.flush()
                progress.add(outcome)
    except KeyboardInterrupt:
        say("Stopped. The same command continues from here.")
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        signal.signal(signal.SIGTERM, handler)
    progress.show()
    failed = progress.failed + sum(one.error is not None for one in before)
    if failed:
        say(f"{failed} worlds could not be evaluated; the table counts them separately.")
    return progress.done == len(left) and not failed


class _OnCluster(Executor):
    """The workers of a dask cluster; refused where they have other code."""

    def __init__(self, address: str) -> None:
        self.cluster = Cluster(address)
        if set(self.cluster.everywhere(code_version)) != {code_version()}:
            self.cluster.close()
            raise SystemExit("The workers of the cluster have other code than this folder.")

    def submit(self, work: Callable[..., Outcome], /, *given: object) -> Future[Outcome]:  # type: ignore[override]
        return self.cluster.submit(work, *given)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        self.cluster.close()


def _pool(plan: Plan) -> Executor:
    """Processes of this machine, or the workers of a cluster."""
    if plan.cluster is not None:
        return _OnCluster(plan.cluster)
    return ProcessPoolExecutor(plan.processes, mp_context=get_context("spawn"), initializer=_ignore_ctrl_c)


def _drop_torn_line(file: Path) -> None:
    written = file.read_bytes() if file.is_file() else b""
    whole = written.rfind(b"\n") + 1
    if whole < len(written):
        file.write_bytes(written[:whole])


def _as_ctrl_c(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _ignore_ctrl_c() -> None:
    """Leave Ctrl-C to the process that writes the file; a request to terminate ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _outcomes(pool: Executor, plan: Plan, keys: list[Key]) -> Iterator[Outcome]:
    """Outcomes as they are ready; an unexpected error costs one world and is counted as an outcome."""
    until = time.monotonic() + (plan.minutes or float("inf")) * 60
    waiting = deque(keys)
    running: dict[Future[Outcome], Key] = {}
    while waiting or running:
        while waiting and len(running) < AHEAD * plan.processes and time.monotonic() < until:
            cell, at = waiting.popleft()
            running[pool.submit(evaluate, cell, plan.seed, at, plan.draws)] = (cell, at)
        if not running:
            return
        ready, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in ready:
            cell, at = running.pop(future)
            trouble = future.exception()
            if trouble is None:
                yield future.result()
            else:
                error = f"{type(trouble).__name__}: {trouble}"
                yield Outcome(cell=cell, index=at, seed=plan.seed, draws=plan.draws, error=error)


class _Progress:
    """Counts outcomes and reports progress from time to time."""

    def __init__(self, total: int, say: Callable[[str], None]) -> None:
        self.total, self.say = total, say
        self.done = self.failed = 0
        self.seconds = 0.0
        self.began = self.last = time.monotonic()

    def add(self, outcome: Outcome) -> None:
        self.done += 1
        self.failed += outcome.error is not None
        self.seconds += outcome.seconds
        if outcome.error is not None and self.failed <= 5:
            self.say(f"{outcome.cell}, world {outcome.index}: {outcome.error}")
        if time.monotonic() - self.last >= EVERY:
            self.last = time.monotonic()
            self.show()

    def show(self) -> None:
        if self.done:
            passed = time.monotonic() - self.began
            left = passed / self.done * (self.total - self.done)
            self.say(
                f"{self.done} of {self.total} worlds, {self.seconds / self.done:.2f} CPU seconds each, "
                f"{passed / 60:.1f} minutes so far, {left / 60:.0f} to go"
            )


def to_stderr(line: str) -> None:
    """Write one line of progress."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
