"""Dask cluster as an executor: pieces of work go to its workers, and shared data to each worker once.

Dask schedules, retries what was lost with a worker, and moves data; nothing of it is done here.
"""

from __future__ import annotations

import pickle
from concurrent.futures import Future
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from diffuscope.compute.shared_data import SharedData
from diffuscope.errors import ComputeError
from diffuscope.records.extras import library
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")
PATIENCE = 30
"""Seconds to wait for the scheduler, and for its first worker."""
LARGEST = "4GB"
"""Shared data that may travel inside a piece of work. Dask warns from 10 MB, as it would travel each time;
here it goes to the scheduler once, and from there to each worker that needs it, late ones included."""


class Cluster:
    """Executor: the workers of a dask cluster.

    Parameters
    ----------
    address : str
        Of its scheduler.

    Raises
    ------
    ComputeError
        If no scheduler or worker answers, or workers have another version of this package.
    PlanError
        If the extra `cluster` is not installed.
    """

    def __init__(self, address: str) -> None:
        distributed = library("distributed", "cluster", "Work on a cluster")
        import dask

        self.address = address
        self._put: WeakKeyDictionary[SharedData[Any], Any] = WeakKeyDictionary()
        dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGEST})
        try:
            self._client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise ComputeError(
                f"No scheduler of a dask cluster answers at {address}. Fix: start one with `dask scheduler`, "
                "and give the address that it prints."
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
            self._refuse_others()
        except TimeoutError as error:
            self.close()
            raise ComputeError(
                f"The scheduler at {address} has no worker. Fix: start one with `dask worker {address}`."
            ) from error
        except BaseException:
            self.close()
            raise
        # two equal pieces of work are two: what they do may be counted
        self._executor = self._client.get_executor(pure=False)

    def submit(self, work: Callable[..., Made], /, *given: Any) -> Future[Made]:
        """Begin a piece of work on a worker; shared data is there already, or goes there once."""
        try:
            ready = (self.put(one) if isinstance(one, SharedData) else one for one in given)
            begun: Future[Made] = self._executor.submit(work, *ready)
        except Exception as error:  # noqa: BLE001 whoever asks for the result is told
            begun = Future()
            begun.set_exception(self._gone(error))
        return begun

    def put(self, shared: SharedData[Any]) -> Any:
        """Shared data on the cluster, kept there as long as the handle exists here."""
        if shared not in self._put:
            # made by a piece of work, so that dask makes it again where all workers that hold it are lost
            self._put[shared] = self._client.submit(_read, shared.write(), pure=False)
        return self._put[shared]

    def everywhere(self, work: Callable[..., Made], *given: Any) -> list[Made]:
        """What a function gives on each worker."""
        try:
            return list(self._client.run(work, *given).values())
        except OSError as error:
            raise self._gone(error) from error

    def threads(self) -> int:
        """Pieces of work that the workers do at once, at present."""
        return max(1, int(sum(self._client.nthreads().values())))

    def close(self) -> None:
        """Leave the cluster; whatever it still does for this program is cancelled."""
        self._client.close()

    def _refuse_others(self) -> None:
        """Refuse workers that compute with another version of this package, or have none."""
        try:
            there = set(self.everywhere(_versions))
        except ImportError as error:
            raise ComputeError(
                f"A worker of the cluster at {self.address} lacks this package: {error}. Fix: install "
                f"diffuscope {version('diffuscope')} there."
            ) from error
        if others := sorted(there - {_versions()}):
            raise ComputeError(
                f"The workers at {self.address} have {in_code(others)}, but this is `{_versions()}`; results "
                "could differ. Fix: install the same versions everywhere."
            )

    def _gone(self, error: BaseException) -> ComputeError:
        return ComputeError(f"The cluster at {self.address} cannot be reached any more ({error}).")


def _versions() -> str:
    """What results may depend on."""
    numba = version("numba") if find_spec("numba") else "none"
    return f"diffuscope {version('diffuscope')}, numpy {version('numpy')}, numba {numba}"


def _read(written: bytes) -> Any:
    return pickle.loads(written)
