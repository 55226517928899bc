"""Many pieces of work of one kind: done here while that is quick, and elsewhere where it is not.

One interface whatever does the work: `put` shares a value once, `map_items` and `as_done` do a piece of work
for each item, `begin` begins a single one. `run_on` says where: on cores of this machine, or on a cluster.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from diffuscope.compute.executors import at_once, cores, current_cluster, end_processes, on_cluster, processes
from diffuscope.compute.shared_data import SharedData, put, resolved
from diffuscope.compute.streams import stream
from diffuscope.compute.task_queue import Task, TaskQueue, as_settled
from diffuscope.errors import ComputeError
from diffuscope.records.library_warnings import library_warnings, warn_again

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

Item = TypeVar("Item")
Shared = TypeVar("Shared")
Made = TypeVar("Made")
Work = Callable[[Shared, Item, "np.random.Generator"], Made]
Progress = Callable[[int, int], None]
Batch = list[tuple[int, Any]]

TRIED = 0.5
"""Seconds of work in this process before it is known whether more cores are worth starting."""
WORTH = 4.0
"""Seconds of work left that are worth it: to start them takes one or two."""
BATCH = 0.4
"""Seconds of work handed over at a time."""
SHOWN = 60
"""Letters of an item that the error of its batch shows."""
KILLED = "KilledWorker"
"""Dask's error where workers were lost with one piece of work again and again."""

_QUEUE = TaskQueue(processes)
_FAR = TaskQueue(on_cluster)


def map_items(
    work: Callable[[Shared, Item, np.random.Generator], Made],
    items: Sequence[Item],
    shared: Shared | SharedData[Shared],
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
    shared : object or SharedData
        What all pieces of work need; each process reads it once. What several maps need is `put` before.
    seed : int
    name : str
        What is drawn for: each item has a stream of its own, by seed, name and place.
    workers : int, optional
        Processes at once; all cores by default, or the cluster of `run_on`. 1 stays in this process. Results
        do not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    list

    Raises
    ------
    ComputeError
        If a process is killed; it names the items that the process worked on.
    """
    made: list[Any] = [None] * len(items)
    pieces = as_done(work, items, shared, seed=seed, name=name, workers=workers)
    for done, (at, one) in enumerate(pieces, start=1):
        made[at] = one
        if progress is not None:
            progress(done, len(items))
    return made


def as_done(
    work: Callable[[Shared, Item, np.random.Generator], Made],
    items: Sequence[Item],
    shared: Shared | SharedData[Shared],
    *,
    seed: int,
    name: str,
    workers: int | None = None,
) -> Iterator[tuple[int, Made]]:
    """What a piece of work makes of each item, in the order in which they are done.

    Whoever stops asking for more cancels what nobody has begun.

    Parameters
    ----------
    work, items, shared, seed, name, workers
        As for `map_items`.

    Yields
    ------
    (int, object)
        Place of the item, and what was made of it.
    """
    handle = put(shared)
    numbered = enumerate(items)
    spent, each = 0.0, 0.0
    for at, item in numbered:
        began = time.perf_counter()
        made = work(handle.get(), item, stream(seed, name, at))
        spent += time.perf_counter() - began
        each = spent / (at + 1)
        yield at, made
        if spent > TRIED and each * (len(items) - at - 1) > WORTH and at_once(workers) > 1:
            break
    left = list(numbered)
    if left:
        size = max(1, min(math.ceil(BATCH / each), math.ceil(len(left) / (4 * at_once(workers)))))
        yield from _elsewhere(work, handle, list(_batches(left, size)), (seed, name), workers)


def _batches(left: Batch, size: int) -> Iterator[Batch]:
    rest = iter(left)
    while batch := list(islice(rest, size)):
        yield batch


def _elsewhere(
    work: Work[Any, Any, Any],
    handle: SharedData[Any],
    batches: list[Batch],
    drawn: tuple[int, str],
    workers: int | None,
) -> Iterator[tuple[int, Any]]:
    begun = [
        begin(_batch, handle, work, drawn, batch, workers=workers, shared=True, far=True) for batch in batches
    ]
    try:
        for at in as_settled(begun):
            made, messages = _result(begun[at], drawn[1], batches[at])
            warn_again(messages)
            yield from zip((place for place, _ in batches[at]), made, strict=True)
    finally:
        for task in begun:
            task.cancel()


def _batch(
    shared: Any, work: Work[Any, Any, Any], drawn: tuple[int, str], batch: Batch
) -> tuple[list[Any], list[str]]:
    """What is made of a batch in another process, and what libraries warned of there."""
    with library_warnings() as messages:
        made = [work(shared, item, stream(*drawn, at)) for at, item in batch]
    return made, messages


def _result(task: Task[Made], name: str, batch: Batch) -> Made:
    """What a batch gave; its error names the batch and what it was about."""
    first, last = batch[0], batch[-1]
    shown = f"{str(first[1])[:SHOWN]} to {str(last[1])[:SHOWN]}" if len(batch) > 1 else str(first[1])[:SHOWN]
    where = f"the batch `{name}`, items {first[0] + 1:,} to {last[0] + 1:,} ({shown})"
    try:
        return task.result()
    except (BrokenExecutor, CancelledError) as error:
        raise _killed(where) from error
    except Exception as error:
        if type(error).__name__ == KILLED:
            raise _killed(where) from error
        error.add_note(f"It came up in {where}.")
        raise


def _killed(where: str) -> ComputeError:
    return ComputeError(
        f"A process was ended from outside while it did {where}. Perhaps memory ran out. Fix: use fewer "
        "workers, or give each more memory; the same command again gives the same result."
    )


def begin(
    work: Callable[..., Made],
    *given: Any,
    workers: int | None = None,
    shared: bool = False,
    far: bool = False,
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
    far : bool
        Whether the cluster does it that `run_on` joined, where no number of processes is given.

    Returns
    -------
    Task
        Its result waits for the work. Where the process stopped, asking for it is a
        `concurrent.futures.BrokenExecutor` error.
    """
    for one in given:
        if isinstance(one, SharedData):
            one.write()
    if far and workers is None and current_cluster() is not None:
        return _FAR.put(Task(_FAR, _with_values, (work, *given), processes=at_once(workers), shared=False))
    return _QUEUE.put(
        Task(_QUEUE, _with_values, (work, *given), processes=max(1, cores(workers) - 1), shared=shared)
    )


def _with_values(work: Callable[..., Made], *given: Any) -> Made:
    return work(*resolved(given))


def stop() -> None:
    """End all work in other processes at once."""
    _QUEUE.clear()
    _FAR.clear()
    end_processes()
