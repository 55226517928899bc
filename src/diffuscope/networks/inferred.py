"""Inferred network: who seems to follow whom, from the order in which units adopted many policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
from scipy import sparse
from scipy.special import ndtr

from diffuscope.networks.explained import explained_by, remaining_gains
from diffuscope.networks.netinf import z_scores
from diffuscope.networks.stance import rule
from diffuscope.records.notebook import MOST_ROWS, folded
from diffuscope.records.phrases import counted, noun, upper_first

if TYPE_CHECKING:
    from pathlib import Path

    from diffuscope.figures.figure import Figure
    from diffuscope.networks.cascades import Cascades
    from diffuscope.networks.delays import Delay
    from diffuscope.networks.explained import Explained
    from diffuscope.networks.false_discovery import FalseDiscovery
    from diffuscope.networks.greedy import Edges
    from diffuscope.networks.netinf import Wanted
    from diffuscope.networks.pairs import Terms
    from diffuscope.networks.stability import Stability
    from diffuscope.ties.layer import Layer

LAYER = "inferred-network"
MANY_UNITS = 10_000
"""Units beyond which a sender must precede a receiver in two policies: one order of two is no pattern, and
most pairs of a large network have no other."""
PROGRAMS = {"R": "R's NetworkInference", "SNAP": "SNAP's program"}
"""Whose objective each dialect is."""
COLUMNS = (
    "rank",
    "sender",
    "receiver",
    "improvement",
    "volume",
    "support",
    "median_lag",
    "stopping_score",
    "tied",
)
"""Columns of the table of edges."""


class Settings(NamedTuple):
    """How a network was inferred: what a run on other adoptions needs to be done alike.

    Attributes
    ----------
    delay : Delay
    terms : Terms
    wanted : Wanted
    dialect : {"R", "SNAP"}
    ties : {"never", "shared", "jittered"}
    stop : float or None
    jitters : int
        Jittered copies of each cascade.
    seed : int
    workers : int or None
    """

    delay: Delay
    terms: Terms
    wanted: Wanted
    dialect: str
    ties: str
    stop: float | None
    jitters: int
    seed: int
    workers: int | None

    @property
    def in_copies(self) -> Wanted:
        """Which edges are wanted of jittered copies: support is counted over all copies of a policy.

        A sender that may have come first in one policy is a candidate, though it did so in some copies only.
        """
        least = self.wanted.least_support
        return self.wanted._replace(least_support=least * self.jitters if least > 1 else 1)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class InferredNetwork:
    """Network inferred from adoptions (NetInf): edges from those who adopt early to those who follow.

    An edge says that the receiver adopted after the sender in many policies, at likely lags, and that no edge
    chosen before it explains these adoptions as well. It is a persistent order in time, not influence: units
    that follow a common clock or a common leader get edges too.

    Attributes
    ----------
    units : tuple of str, length N
    policies, adoptions : int
        What the network was inferred from.
    window : (first, last) or None
        The only adoptions that were seen.
    delay : Delay
        Density of the lags, with the rate that was given or estimated.
    dialect : {"R", "SNAP"}
        Which program's objective.
    ties : {"never", "shared", "jittered"}
        What adoptions at one time may be to each other.
    edges : Edges
        As arrays, in the order of the search.
    notes : tuple of str
    """

    units: tuple[str, ...]
    policies: int
    adoptions: int
    window: tuple[Any, Any] | None
    edges: Edges
    settings: Settings
    notes: tuple[str, ...] = ()
    cascades: Cascades = field(repr=False)
    original: Cascades = field(repr=False)

    @property
    def delay(self) -> Delay:
        """Density of the lags."""
        return self.settings.delay

    @property
    def dialect(self) -> str:
        """Which program's objective."""
        return self.settings.dialect

    @property
    def ties(self) -> str:
        """What adoptions at one time may be to each other."""
        return self.settings.ties

    def __len__(self) -> int:
        """Number of edges."""
        return len(self.edges.gains)

    def __repr__(self) -> str:
        """Edges, units and policies in a line."""
        return f"<InferredNetwork: {self._counts()}>"

    def _counts(self) -> str:
        return (
            f"{counted(len(self), 'edge')} among {counted(len(self.units), 'unit')}, from "
            f"{counted(self.adoptions, 'adoption')} of {counted(self.policies, 'policy', 'policies')}"
        )

    def _repr_html_(self) -> str:
        table = self.table()
        return folded(self._counts(), table.columns, table.head(MOST_ROWS).iter_rows())

    @cached_property
    def explained(self) -> Explained:
        """How many adoptions the network explains, and how well."""
        return explained_by(self.edges, self.cascades, self.settings.terms)

    def table(self) -> pl.DataFrame:
        """Edges in the order in which they were found.

        Returns
        -------
        polars.DataFrame
            rank · sender · receiver · improvement (of the objective, when the edge was added) · volume
            (adoptions of the receiver that this sender explains best) · support (policies in which the sender
            preceded the receiver) · median_lag (over the volume; over the support where that is 0) ·
            stopping_score (as R's package computes its p-value; no valid test) · tied (other edges that would
            have done as well by every rule but the order of names).
        """
        edges, found = self.edges, self.explained
        names = pl.Series(self.units, dtype=pl.String)
        copies = self.cascades.copies
        return pl.DataFrame(
            {
                "rank": np.arange(1, len(self) + 1),
                "sender": names.gather(edges.senders),
                "receiver": names.gather(edges.receivers),
                "improvement": edges.gains,
                "volume": found.volumes / copies if copies > 1 else found.volumes.astype(np.int64),
                "support": edges.supports / copies if copies > 1 else edges.supports,
                "median_lag": found.median_lags,
                "stopping_score": 1 - ndtr(z_scores(edges, self.policies)),
                "tied": edges.tied,
            }
        )

    def gain_curve(self) -> pl.DataFrame:
        """How the objective rises with each edge.

        Returns
        -------
        polars.DataFrame
            edges · improvement (of the last edge) · objective (improvement of all so far) · share (of what
            all these edges improve).
        """
        total = np.cumsum(self.edges.gains)
        whole = total[-1] if len(total) and total[-1] > 0 else np.nan
        return pl.DataFrame(
            {
                "edges": np.arange(1, len(self) + 1),
                "improvement": self.edges.gains,
                "objective": total,
                "share": total / whole,
            }
        ).with_columns(pl.col("share").fill_nan(None))

    @cached_property
    def optimality(self) -> float:
        """Lower bound of what this network improves, as a share of the best network of as many edges.

        No network of k edges improves more than this one and the k largest remaining gains together, as gains
        never rise (Leskovec et al. 2007, doi:10.1145/1281192.1281239). Greedy search alone guarantees 0.632.
        """
        if not len(self):
            return 1.0
        rest = remaining_gains(self.edges, self.cascades, self.settings.terms, len(self))
        reached = float(self.edges.gains.sum())
        return reached / (reached + float(rest.sum())) if reached > 0 else 1.0

    @cached_property
    def layer(self) -> Layer:
        """The network as a layer of ties: 1 for each edge, sender acts on receiver.

        As an exposure of the policies that it was inferred from it is refused, for it would always seem to
        explain them. A network that saw a window of dated adoptions alone holds from the period after it, and
        may explain later ones.
        """
        from diffuscope.ties.layer import Layer

        edges, size = self.edges, len(self.units)
        ties = sparse.csr_array((np.ones(len(self)), (edges.receivers, edges.senders)), shape=(size, size))
        known = self._known_from()
        origin = self.original.policies if known is None else (f"adoptions before {known}",)
        return Layer(
            name=LAYER, units=self.units, weights=ties, known_from=known, derived_from=origin,
            source="inferred from the order of adoptions (NetInf)", notes=self.notes,
        )  # fmt: skip

    def _known_from(self) -> str | None:
        """First period after the window; None where nothing was left out, or times are no dates."""
        calendar = self.cascades.calendar
        if self.window is None or calendar is None or calendar.period == "wave" or calendar.numbered:
            return None
        return str(calendar.name(calendar.index(self.window[1], "window", last=True) + 1))

    def stability(self, draws: int = 200, *, seed: int | None = None) -> Stability:
        """Bootstrap over policies: how often each edge is found again.

        Parameters
        ----------
        draws : int
            Samples of the policies, drawn with replacement.
        seed : int, optional
            By default that of the network.

        Returns
        -------
        Stability
        """
        from diffuscope.networks.stability import bootstrap

        return bootstrap(self, draws, self.settings.seed if seed is None else seed)

    def false_discovery(self, draws: int = 99, *, seed: int | None = None) -> FalseDiscovery:
        """Negative control: what is found where the order of adopters is drawn at random.

        Parameters
        ----------
        draws : int
            Within each policy, its adopters exchange their times at random.
        seed : int, optional
            By default that of the network.

        Returns
        -------
        FalseDiscovery
        """
        from diffuscope.networks.false_discovery import negative_control

        return negative_control(self, draws, self.settings.seed if seed is None else seed)

    def tie_sensitivity(self, orders: int = 20, *, seed: int | None = None) -> pl.DataFrame:
        """How far the edges depend on the order of names, and on the jitter where times were jittered.

        Parameters
        ----------
        orders : int
            Random orders of the names; with jittered times as many single jitters.
        seed : int, optional

        Returns
        -------
        polars.DataFrame
            sender · receiver · frequency (share of the runs that find the edge) · found (whether this network
            has it), most frequent first.
        """
        from diffuscope.networks.stability import tie_sensitivity

        return tie_sensitivity(self, orders, self.settings.seed if seed is None else seed)

    def graph(self) -> Any:
        """The network as a `networkx.DiGraph`; edges carry the columns of the table."""
        import networkx as nx

        graph = nx.DiGraph()
        graph.add_nodes_from(self.units)
        for row in self.table().iter_rows(named=True):
            own = {name: value for name, value in row.items() if name not in ("sender", "receiver")}
            graph.add_edge(row["sender"], row["receiver"], **{k: v for k, v in own.items() if v is not None})
        return graph

    def write(self, path: str | Path) -> Path:
        """Write the network as `.csv`, `.parquet`, `.graphml`, `.gexf`, or `.rds` for R.

        Parameters
        ----------
        path : str or Path
            A file that is there is replaced. The `.rds` holds a data frame with the names of R's
            NetworkInference: origin_node, destination_node, improvement, p_value, and further columns.

        Returns
        -------
        Path
        """
        from diffuscope.networks.write import write_network

        return write_network(self, path)

    def figure(self) -> Figure | None:
        """How the objective rises with each edge; None without edges."""
        from diffuscope.figures.inferred_network import gain_curve_plot

        return gain_curve_plot(self.gain_curve())

    def drawing(self, edges: int = 60) -> Figure | None:
        """The network drawn: units on a circle, the first edges between them; None without edges.

        Parameters
        ----------
        edges : int
            How many, from the first on.
        """
        from diffuscope.figures.inferred_network import network_drawing

        return network_drawing(self.table(), edges)

    def summary(self) -> tuple[str, ...]:
        """What a reader should know, in sentences."""
        found = self.explained
        share = f"{found.share:.0%}" if found.share is not None else "none"
        several = int((self.edges.tied > 0).sum())
        lines = [
            f"{self._counts()}.",
            f"Of {counted(found.followers, 'adoption')} that followed an earlier one, the network explains "
            f"{found.explained:,} ({share}).",
            f"Delay: {self.delay.says()}; objective as in {PROGRAMS[self.dialect]}.",
        ]
        if len(self.units) <= MANY_UNITS:  # else to look at all other pairs would take longer than the search
            bound = f"{1 / self.optimality:.2f} times as much."
            lines.insert(2, f"No network of as many edges can improve more than {bound}")
        if self.policies < rule().policies:
            lines.insert(
                1,
                f"{counted(self.policies, 'policy', 'policies')} cannot tell who follows whom: below "
                f"{rule().policies} a study takes no stance.",
            )
        if several:
            lines.append(
                f"{counted(several, 'edge')} {noun(several, 'was', 'were')} chosen among equals by the order "
                "of names."
            )
        return (*lines, *(f"{upper_first(note).rstrip('.')}." for note in self.notes))
