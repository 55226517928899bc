"""Executors: this process, other processes of this machine (loky), or the workers of a dask cluster."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from diffuscope.compute.task_queue import done_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from diffuscope.compute.cluster import Cluster

Made = TypeVar("Made")

ALONE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "PYTHONSAFEPATH": "1",
}
"""What another process is told: one thread, as there is one process for each core; and to import nothing from
the folder that somebody stands in, which may be another person's case."""
_STARTED: list[Any] = []
"""The processes, where any were started."""
IDLE = 60
"""Seconds after which a process without work ends."""
GROWTH = 4_000_000_000
"""Bytes by which a process may grow before loky replaces it. Where psutil is installed, loky takes 300 MB for
a leak; but libraries, shared data and charts need as much, and a new process would load them again."""
AHEAD = 2
"""Pieces of work that a cluster holds for each of its threads, so that none waits for the next to arrive."""


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


class _Place:
    """Where the work of this program runs at present."""

    workers: int | None = None
    cluster: Cluster | None = None


_PLACE = _Place()


@contextmanager
def run_on(*, workers: int | None = None, cluster: str | None = None) -> Iterator[None]:
    """Where long work runs inside the block; results do not depend on it.

    Parameters
    ----------
    workers : int, optional
        Processes and threads at once, where a function is not told its own number; all cores by default. On
        a cluster: pieces of work at once.
    cluster : str, optional
        Address of the scheduler of a dask cluster, such as ``tcp://10.0.0.5:8786``. It is trusted: whoever
        holds it can run any code on the workers, and read what is sent there.

    Raises
    ------
    ComputeError
        If no scheduler or worker answers, or workers have another version of this package.
    PlanError
        If the extra `cluster` is not installed.

    Examples
    --------
    >>> import diffuscope
    >>> with diffuscope.run_on(workers=1):
    ...     pass
    """
    from diffuscope.compute.cluster import Cluster

    before = _PLACE.workers, _PLACE.cluster
    joined = None if cluster is None else Cluster(cluster)
    _PLACE.workers, _PLACE.cluster = workers, joined
    try:
        yield
    finally:
        _PLACE.workers, _PLACE.cluster = before
        if joined is not None:
            joined.close()


def current_cluster() -> Cluster | None:
    """The cluster that long work goes to at present."""
    return _PLACE.cluster


def cores(workers: int | None = None) -> int:
    """Processes or threads at once on this machine: as asked, or one for each core that it may use."""
    asked = workers if workers is not None else _PLACE.workers
    if asked is not None:
        return max(1, asked)
    from joblib import cpu_count

    return int(cpu_count())


def at_once(workers: int | None = None) -> int:
    """Pieces of work at once: as asked, or one for each thread of the cluster or core of this machine."""
    if workers is None and _PLACE.cluster is not None:
        slots = AHEAD * _PLACE.cluster.threads()
        return slots if _PLACE.workers is None else max(1, min(slots, _PLACE.workers))
    return cores(workers)


def on_cluster(_: int) -> Executor:
    """The cluster that was joined."""
    return _PLACE.cluster or InProcess()


def processes(number: int) -> Executor:
    """The processes of this program (loky), or itself where none can be started.

    Parameters
    ----------
    number : int
        Other processes at once.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        return InProcess()  # inside another program, its own file would run once more
    from joblib.externals import loky

    # all work of a program goes to the same processes: to start them takes one or two seconds
    started: Executor = loky.get_reusable_executor(
        max_workers=number, timeout=IDLE, env=ALONE, initializer=_may_grow
    )
    _STARTED[:] = [started]
    return started


def _may_grow() -> None:
    """Let this process grow: loky offers no setting for the size of what it calls a leak."""
    from joblib.externals.loky import process_executor

    process_executor._MAX_MEMORY_LEAK_SIZE = GROWTH


def end_processes() -> None:
    """End the processes of this program at once."""
    while _STARTED:
        _STARTED.pop().shutdown(wait=True, kill_workers=True)
