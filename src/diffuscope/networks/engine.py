"""The steps of an inference, compiled where numba is installed, else in NumPy: the same edges, slower."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.networks import edge_use, greedy, pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.networks.greedy import Edges, Found
    from diffuscope.networks.pairs import Pairs
    from diffuscope.records.arrays import Numbers


class Engine(NamedTuple):
    """The steps of an inference.

    Attributes
    ----------
    pairs : callable
        `receiver_pairs`.
    edges : callable
        `receiver_edges`.
    batch : callable
        `batch_edges`.
    use : callable
        `edge_use`.
    compiled : bool
    """

    pairs: Callable[..., Pairs]
    edges: Callable[..., Found]
    batch: Callable[..., Edges]
    use: Callable[..., tuple[Numbers, Numbers]]
    compiled: bool


NUMPY = Engine(
    pairs.receiver_pairs, greedy.receiver_edges, greedy.batch_edges, edge_use.edge_use, compiled=False
)


def must_compile() -> bool:
    """Whether code has to be compiled first, as it is once on each machine: half a minute of work.

    Numba keeps compiled code beside the package; where that cannot be written in the folder for caches of the
    user, or in that which NUMBA_CACHE_DIR names.
    """
    if find_spec("numba") is None:
        return False
    from diffuscope.networks import kernel_batches

    kept: Any = kernel_batches.batch_edges
    source = Path(kernel_batches.__file__).stat().st_mtime
    files = Path(kept.stats.cache_path).glob("kernel_batches.batch_edges-*.nbi")
    return not any(file.stat().st_mtime >= source for file in files)


@cache
def engine() -> Engine:
    """Compiled code where numba is installed (extra `fast`), else NumPy's."""
    if find_spec("numba") is None:
        return NUMPY
    from diffuscope.networks import kernel_batches, kernel_search, kernels

    use: Any = kernel_batches.edge_use
    return Engine(
        kernels.receiver_pairs, kernel_search.receiver_edges, kernel_batches.batch_edges, use, compiled=True
    )
