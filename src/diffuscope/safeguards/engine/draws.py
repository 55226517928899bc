"""Draws of a randomization or simulation test: in batches, in several processes, each with its own stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from diffuscope.compute import map_items

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.records.arrays import Numbers
    from diffuscope.safeguards.engine.check import SafeguardOptions


Shared = TypeVar("Shared")
BATCH = 512
"""Draws side by side at most."""
FIRST = 32
"""Draws side by side where a test may end early."""
EXCEEDANCES = 10
"""Draws beyond the observation, on either side, after which a p-value is known well enough to end early."""
MOST_LOST = 0.1
"""Share of draws without a finite estimate above which a test says nothing."""


def drawn(
    work: Callable[[Shared, range], Numbers],
    shared: Shared,
    draws: int,
    options: SafeguardOptions,
    *,
    at_once: int,
    name: str,
    observed: float | None = None,
) -> Numbers:
    """What each draw gives, in order.

    Parameters
    ----------
    work : callable
        From what is shared and the numbers of some draws to one row for each.
    shared : object
    draws : int
    at_once : int
        Draws that fit into memory side by side.
    name : str
        What is drawn.
    options : SafeguardOptions
    observed : float, optional
        What draws are compared with; needed to end early where the options allow it (Besag & Clifford 1991).

    Returns
    -------
    array of float, shape (draws, …)
        Fewer where the test ended early.
    """
    early = options.stop_early and observed is not None
    size = max(1, min(at_once, FIRST if early else BATCH))
    batches = [range(start, min(start + size, draws)) for start in range(0, draws, size)]
    if not early or observed is None:
        seed, workers = options.seed, options.workers
        made = map_items(_batch, batches, (work, shared), seed=seed, name=name, workers=workers)
        return np.concatenate(made)
    results: list[Numbers] = []
    above = below = 0
    for numbers in batches:
        results.append(work(shared, numbers))
        above += int((results[-1] >= observed).sum())
        below += int((results[-1] <= observed).sum())
        # sequential Monte Carlo p-value (Besag & Clifford 1991): enough draws on either side settle which
        # side of the level it is on
        if min(above, below) >= EXCEEDANCES:
            break
    return np.concatenate(results)


def _batch(
    shared: tuple[Callable[[Shared, range], Numbers], Shared], numbers: range, _: np.random.Generator
) -> Numbers:
    work, own = shared
    return work(own, numbers)
