"""Stability of inferred edges: bootstrap over policies, random orders of names, single jitters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.compute import stream
from diffuscope.descriptives.options import whole_number
from diffuscope.errors import MethodError
from diffuscope.networks.engine import engine
from diffuscope.networks.greedy import Search, edges_of, joined
from diffuscope.networks.netinf import Floor, ended, merge, netinf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.networks.cascades import Cascades
    from diffuscope.networks.greedy import Edges
    from diffuscope.networks.inferred import InferredNetwork
    from diffuscope.records.arrays import Numbers

STABLE = 0.5
"""Share of the samples in which a stable edge is found."""
AT_ONCE = 200
"""Samples whose edges are held at a time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Stability:
    """How often edges are found in bootstrap samples of the policies.

    Attributes
    ----------
    draws : int
    edges : polars.DataFrame
        sender · receiver · frequency (share of the samples in which the edge is found) · found (whether the
        network itself has it) · stable (frequency of at least a half), most frequent first.
    sizes : array of int, shape (draws,)
        Edges of each sample: those asked for, or as many as the stopping score gives.
    seed : int
    """

    draws: int
    edges: pl.DataFrame
    sizes: Numbers
    seed: int

    def table(self) -> pl.DataFrame:
        """Edges with their inclusion frequencies; those never found have no row."""
        return self.edges

    @property
    def stable(self) -> int:
        """Edges of the network that at least half of the samples find."""
        return int((self.edges["found"] & self.edges["stable"]).sum())

    def __repr__(self) -> str:
        """Stable edges, in a line."""
        many = int(self.edges["found"].sum())
        return f"<Stability: {self.stable} of {many} edges in at least half of {self.draws} samples>"


def bootstrap(network: InferredNetwork, draws: int, seed: int) -> Stability:
    """Edges of samples of the policies, drawn with replacement as often as there are policies.

    Policies are drawn whole: adoptions of one policy hang together. Each sample has a stream of random
    numbers of its own, by its number.
    """
    whole_number("draws", draws, 1)
    policies = len(network.original.policies)
    if policies < 2:
        raise MethodError("There is one policy, so none can be drawn in place of another.")
    counts: Counter[tuple[int, int]] = Counter()
    sizes: list[int] = []
    for first in range(0, draws, AT_ONCE):
        weights = np.array(
            [
                np.bincount(
                    stream(seed, "bootstrap", at).integers(policies, size=policies), minlength=policies
                )
                for at in range(first, min(first + AT_ONCE, draws))
            ],
            dtype=np.float64,
        )
        for edges in _weighted(network, weights):
            sizes.append(len(edges.gains))
            counts.update(zip(edges.senders.tolist(), edges.receivers.tolist(), strict=True))
    table = _frequencies(network, counts, draws).with_columns(stable=pl.col("frequency") >= STABLE)
    return Stability(draws=draws, edges=table, sizes=np.array(sizes), seed=seed)


def _weighted(network: InferredNetwork, weights: Numbers) -> Iterator[Edges]:
    """The edges of each set of weights of the policies; the pairs of each receiver are made once for all."""
    cascades, settings = network.cascades, network.settings
    wanted = settings.in_copies
    index = cascades.by_receiver()
    floors = [Floor(wanted) for _ in weights]
    totals = weights.sum(axis=1)
    most = len(cascades.units) if wanted.most is None else wanted.most
    found: list[list[Edges]] = [[] for _ in weights]
    tool = engine()
    for receiver in index.adopting.tolist():
        pairs = tool.pairs(cascades.events, index, receiver, settings.terms, wanted.least_support)
        for own, floor, share, total in zip(found, floors, weights, totals, strict=True):
            search = Search(most, floor.value, wanted.z_least, wanted.least_support, wanted.last)
            own.append(edges_of(receiver, tool.edges(pairs, share, cascades.copies, float(total), search)))
            floor.add(own[-1], float(total))
    for own, total in zip(found, totals, strict=True):
        yield ended(merge(joined(own), last=wanted.last), wanted, float(total))


def _frequencies(network: InferredNetwork, counts: Counter[tuple[int, int]], draws: int) -> pl.DataFrame:
    """Edges that were ever found, and all of the network, with the share of the draws that find them."""
    edges = network.edges
    own = dict.fromkeys(zip(edges.senders.tolist(), edges.receivers.tolist(), strict=True))
    every = [*own, *(edge for edge in counts if edge not in own)]
    rows = [
        (
            network.units[sender],
            network.units[receiver],
            counts[sender, receiver] / draws,
            (sender, receiver) in own,
        )
        for sender, receiver in every
    ]
    schema = {"sender": pl.String, "receiver": pl.String, "frequency": pl.Float64, "found": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row").sort(
        "frequency", "found", "sender", "receiver", descending=[True, True, False, False]
    )


def tie_sensitivity(network: InferredNetwork, orders: int, seed: int) -> pl.DataFrame:
    """How often each edge is found under random orders of the names, each with one jitter if times are so."""
    whole_number("orders", orders, 1)
    settings, original = network.settings, network.original
    counts: Counter[tuple[int, int]] = Counter()
    for at in range(orders):
        rng = stream(seed, "order of names", at)
        place = rng.permutation(len(original.units))
        mixed = _renamed(original, place)
        if settings.jitters > 1:
            from diffuscope.networks.cascades import jittered

            mixed = jittered(mixed, 1, rng)
        edges = netinf(mixed, settings.terms, settings.wanted, workers=settings.workers)
        back = np.argsort(place)
        counts.update(zip(back[edges.senders].tolist(), back[edges.receivers].tolist(), strict=True))
    return _frequencies(network, counts, orders)


def _renamed(cascades: Cascades, place: Any) -> Cascades:
    """The same adoptions by units in another order."""
    from diffuscope.networks.cascades import sorted_events

    events = cascades.events
    names = np.empty(len(place), dtype=object)
    names[place] = cascades.units
    return replace(
        cascades,
        units=tuple(names.tolist()),
        events=sorted_events(
            place[events.units], events.cascades, events.times, events.joint, len(cascades.policies)
        ),
        index=None,
    )
