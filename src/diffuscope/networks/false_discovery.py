"""False discovery rate of inferred edges, from a negative control: the same adopters in a random order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.compute import stream
from diffuscope.descriptives.options import whole_number
from diffuscope.networks.cascades import jittered
from diffuscope.networks.netinf import netinf

if TYPE_CHECKING:
    from diffuscope.networks.cascades import Cascades
    from diffuscope.networks.inferred import InferredNetwork
    from diffuscope.records.arrays import Numbers

LEVEL = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class FalseDiscovery:
    """What a search finds where there is no order to be found.

    Attributes
    ----------
    draws : int
    edges : polars.DataFrame
        rank · sender · receiver · improvement · fdr (expected share of false edges among all up to this) ·
        in_permuted (share of the permuted networks that have the edge), in the order of the search.
    improvements : array of float, shape (draws, K)
        Improvement by each edge of each permuted network, NaN where it has fewer.
    seed : int
    """

    draws: int
    edges: pl.DataFrame
    improvements: Numbers
    seed: int

    def table(self) -> pl.DataFrame:
        """Edges with their false discovery rates."""
        return self.edges

    def kept(self, level: float = LEVEL) -> int:
        """How many edges, from the first on, have a false discovery rate of at most a level."""
        return int((self.edges["fdr"] <= level).sum())

    def __repr__(self) -> str:
        """Edges below 5 %, in a line."""
        return (
            f"<FalseDiscovery: {self.kept()} of {self.edges.height} edges at a rate of at most 5 %, from "
            f"{self.draws} permutations>"
        )


def negative_control(network: InferredNetwork, draws: int, seed: int) -> FalseDiscovery:
    """Networks of adopters that exchange their times at random within each policy.

    A policy keeps its adopters and its dates. Frequent adopters therefore stay frequent, and edges that
    frequency alone makes are found here too. Among the first k edges the expected number of false ones is the
    mean number of edges of a permuted network that improve at least as much as the k-th, the network itself
    counted among them; its share of k is the false discovery rate (Tusher, Tibshirani & Chu 2001,
    doi:10.1073/pnas.091062498), and no rate is larger than that of a later edge. With fewer than 19 draws
    none can be as low as 5 %. Who decided together is permuted one by one.
    """
    whole_number("draws", draws, 1)
    settings, many = network.settings, len(network)
    wanted = settings.wanted._replace(most=max(many, 1), z_least=-np.inf, nothing=False)
    gains = np.full((draws, many), np.nan)
    held = np.zeros(many)
    codes = network.edges.senders * len(network.units) + network.edges.receivers
    for at in range(draws):
        rng = stream(seed, "permuted times", at)
        mixed = permuted_times(network.original, rng)
        if settings.jitters > 1:
            mixed = jittered(mixed, 1, rng)
        edges = netinf(mixed, settings.terms, wanted, workers=settings.workers)
        gains[at, : len(edges.gains)] = edges.gains
        held += np.isin(codes, edges.senders * len(network.units) + edges.receivers)
    rate = _rate(network.edges.gains, gains)
    table = network.table().select("rank", "sender", "receiver", "improvement")
    return FalseDiscovery(
        draws=draws,
        edges=table.with_columns(fdr=pl.Series(rate), in_permuted=pl.Series(held / draws)),
        improvements=gains,
        seed=seed,
    )


def permuted_times(cascades: Cascades, rng: np.random.Generator) -> Cascades:
    """The same adopters and times of each policy, put together at random."""
    events = cascades.events
    keys = rng.random(len(events.units))
    order = np.lexsort((keys, events.cascades))
    return cascades.with_times(events.times[order])


def _rate(gains: Numbers, permuted: Numbers) -> Numbers:
    """False discovery rate of each edge, never larger than that of a later one."""
    if not len(gains):
        return gains
    every = np.sort(permuted[~np.isnan(permuted)])
    least = gains - 1e-9 * np.maximum(1.0, gains)
    beyond = len(every) - np.searchsorted(every, least, side="left")
    # the network itself is counted among the draws, so that no rate is 0
    place = np.arange(1, len(gains) + 1)
    raw = np.minimum((beyond + place) / (len(permuted) + 1) / place, 1.0)
    return np.asarray(np.minimum.accumulate(raw[::-1])[::-1])
