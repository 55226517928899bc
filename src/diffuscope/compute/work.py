"""Many pieces of work of one kind: done here while that is quick, and on several cores where it is not."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from diffuscope.compute.shared_data import SharedData, resolved
from diffuscope.compute.streams import stream
from diffuscope.compute.task_queue import Task, TaskQueue, done_here
from diffuscope.records.library_warnings import library_warnings, warn_again

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    import numpy as np

Item = TypeVar("Item")
Shared = TypeVar("Shared")
Made = TypeVar("Made")
Work = Callable[[Shared, Item, "np.random.Generator"], Made]
Progress = Callable[[int, int], None]

TRIED = 0.5
"""Seconds of work in this process before it is known whether more cores are worth starting."""
WORTH = 4.0
"""Seconds of work left that are worth it: to start them takes one or two."""
BATCH = 0.4
"""Seconds of work handed over at a time."""
ALONE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "PYTHONSAFEPATH": "1",
}
"""What such a process is told: one thread, as there is one process for each core; and to import nothing from
the folder that somebody stands in, which may be another person's case."""
_STARTED: list[Any] = []
"""The processes, where any were started."""
IDLE = 60
"""Seconds after which a process without work ends."""
GROWTH = 4_000_000_000
"""Bytes by which a process may grow before loky replaces it. Where psutil is installed, loky takes 300 MB for
a leak; but libraries, shared data and charts need as much, and a new process would load them again."""


def map_items(
    work: Callable[[Shared, Item, np.random.Generator], Made],
    items: Sequence[Item],
    shared: Shared,
    *,
    seed: int,
    name: str,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Made]:
    """What a piece of work makes of each item, in their order.

    Parameters
    ----------
    work : callable
        Called as ``work(shared, item, stream)``; a function of a module, so that other processes find it.
    items : sequence
    shared : object
        What all pieces of work need; each process reads it once.
    seed : int
    name : str
        What is drawn for: each item has a stream of its own, by seed, name and place.
    workers : int, optional
        Processes at once; all cores by default. 1 stays in this process. Results do not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    list
    """
    one = partial(_one, work, SharedData(shared), (seed, name))
    made: list[Made] = []
    began = time.perf_counter()
    numbered = enumerate(items)
    for at, item in numbered:
        made.append(one(at, item))
        if progress is not None:
            progress(len(made), len(items))
        spent = time.perf_counter() - began
        each = spent / len(made)
        if spent > TRIED and each * (len(items) - len(made)) > WORTH and cores(workers) > 1:
            break
    left = list(numbered)
    if left:
        size = max(1, min(math.ceil(BATCH / each), math.ceil(len(left) / (4 * cores(workers)))))
        batches = list(_batches(left, size))
        for done in _elsewhere(one, batches, cores(workers)):
            made += done
            if progress is not None:
                progress(len(made), len(items))
    return made


def _one(
    work: Callable[[Any, Any, np.random.Generator], Any],
    shared: SharedData[Any],
    drawn: tuple[int, str],
    at: int,
    item: Any,
) -> Any:
    return work(shared.get(), item, stream(*drawn, at))


def _batch(one: Callable[[int, Any], Any], batch: list[tuple[int, Any]]) -> tuple[list[Any], list[str]]:
    """What is made of a batch in another process, and what libraries warned of there."""
    with library_warnings() as messages:
        made = [one(at, item) for at, item in batch]
    return made, messages


def _batches(left: list[tuple[int, Any]], size: int) -> Iterator[list[tuple[int, Any]]]:
    rest = iter(left)
    while batch := list(islice(rest, size)):
        yield batch


def _elsewhere(
    one: Callable[[int, Any], Any], batches: list[list[tuple[int, Any]]], workers: int
) -> Iterator[list[Any]]:
    begun = [begin(_batch, one, batch, workers=workers, shared=True) for batch in batches]
    try:
        for task in begun:
            made, messages = task.result()
            warn_again(messages)
            yield made
    finally:
        for task in begun:
            task.cancel()


def begin(
    work: Callable[..., Made], *given: Any, workers: int | None = None, shared: bool = False
) -> Task[Made]:
    """Begin a piece of work in another process; or do it, where none can be started.

    Parameters
    ----------
    work : callable
        A function of a module, so that other processes find it.
    *given : object
        What it is called with. What several pieces of work need is handed over as `SharedData`; the function
        is called with its value.
    workers : int, optional
        Processes at once, this one among them; all cores by default.
    shared : bool
        Whether this process may do it too, while it would only wait.

    Returns
    -------
    Task
        Its result waits for the work. Where the process stopped, asking for it is a
        `concurrent.futures.BrokenExecutor` error.
    """
    for one in given:
        if isinstance(one, SharedData):
            one.write()
    return _QUEUE.put(
        Task(_QUEUE, _with_values, (work, *given), processes=max(1, cores(workers) - 1), shared=shared)
    )


def _with_values(work: Callable[..., Made], *given: Any) -> Made:
    return work(*resolved(given))


class Executor(Protocol):
    """Where work runs: this process, the processes of this machine, and whatever else does the same."""

    def submit(self, work: Callable[..., Made], /, *given: Any) -> Future[Made]:
        """Begin a piece of work."""
        ...


class InProcess:
    """Executor that does the work at once, in this process."""

    def submit(self, work: Callable[..., Made], /, *given: Any) -> Future[Made]:
        """Do a piece of work; whoever asks for its result is told of its error."""
        return done_here(work, *given)


def executor(processes: int) -> Executor:
    """The executor of this program: its processes (loky), or itself where none can be started.

    Parameters
    ----------
    processes : int
        Other processes at once.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        return InProcess()  # inside another program, its own file would run once more
    from joblib.externals import loky

    # all work of a program goes to the same processes: to start them takes one or two seconds
    started: Executor = loky.get_reusable_executor(
        max_workers=processes, timeout=IDLE, env=ALONE, initializer=_may_grow
    )
    _STARTED[:] = [started]
    return started


def _may_grow() -> None:
    """Let this process grow: loky offers no setting for the size of what it calls a leak."""
    from joblib.externals.loky import process_executor

    process_executor._MAX_MEMORY_LEAK_SIZE = GROWTH


_QUEUE = TaskQueue(executor)


def stop() -> None:
    """End all work in other processes at once."""
    _QUEUE.clear()
    while _STARTED:
        _STARTED.pop().shutdown(wait=True, kill_workers=True)


def cores(workers: int | None = None) -> int:
    """Processes at once: as asked, or one for each core that this program may use."""
    if workers is not None:
        return max(1, workers)
    from joblib import cpu_count

    return int(cpu_count())
