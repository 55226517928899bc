"""Inferred networks as a case asks for them and as a result holds them."""

from __future__ import annotations

from typing import Literal

from diffuscope.records.base import Record

Delay = Literal["exponential", "rayleigh", "log-normal", "power-law"]
TiesInTime = Literal["never", "shared", "jittered"]
Objective = Literal["R", "SNAP"]


class AskedNetwork(Record, frozen=True, kw_only=True):
    """How a network is to be inferred from the policies of a question.

    Attributes
    ----------
    edges : int or None
        Number of edges.
    stop : float or None
        Stopping score; 0.05 where neither this nor a number of edges is given.
    delay : {"exponential", "rayleigh", "log-normal", "power-law"}
        Density of the lags.
    rate : tuple of float
        Its parameters; estimated where there are none.
    ties : {"never", "shared", "jittered"}
        What adoptions of one period may be to each other.
    dialect : {"R", "SNAP"}
        Which program's objective.
    draws : int
        Bootstrap samples, and permutations of the dates.
    """

    edges: int | None = None
    stop: float | None = None
    delay: Delay = "exponential"
    rate: tuple[float, ...] = ()
    ties: TiesInTime = "never"
    dialect: Objective = "R"
    draws: int = 100


class LayerOverlap(Record, frozen=True, kw_only=True):
    """How far inferred edges run along the ties of one mechanism, given other ties and degrees.

    Attributes
    ----------
    mechanism : str
        Whose ties they are.
    layer : str or None
        Name of the layer; None where the case has none.
    edges_tied : float or None
        Share of the edges that run along a tie.
    pairs_tied : float or None
        Share of all pairs of units that have a tie.
    correlation : float or None
        Partial correlation of edges and ties, given other layers and how often each unit sends and receives.
    p : float or None
        One-sided, the largest of what relabelled units, networks with the same degrees, and the direction of
        the ties give.
    p_direction : float or None
        Of running with the ties more than against them; None where ties run both ways alike.
    p_holm : float or None
        The same after Holm's method over the mechanisms tested.
    likeness : tuple of str
        Variables in which units are alike, as far as the question declares them; held constant.
    refused : str or None
        Why it was not computed; None where it was.
    """

    mechanism: str
    layer: str | None = None
    edges_tied: float | None = None
    pairs_tied: float | None = None
    correlation: float | None = None
    p: float | None = None
    p_direction: float | None = None
    p_holm: float | None = None
    likeness: tuple[str, ...] = ()
    refused: str | None = None


class InferredEdge(Record, frozen=True, kw_only=True):
    """An inferred edge: the receiver keeps adopting soon after the sender.

    Attributes
    ----------
    sender, receiver : str
        Ids of the units.
    improvement : float
        Of the objective, when the edge was added.
    volume, support : float
        Adoptions of the receiver that this sender explains best, and policies in which the sender came first.
    median_lag : float
        In periods, over the volume; over the support where that is 0.
    stopping_score : float
        As R's package computes its p-value; no valid test.
    tied : int
        Other edges that would have done as well by every rule but the order of names.
    frequency : float
        Share of the bootstrap samples of the policies that find the edge.
    fdr : float
        Expected share of false edges among all up to this one.
    """

    sender: str
    receiver: str
    improvement: float
    volume: float
    support: float
    median_lag: float
    stopping_score: float
    tied: int
    frequency: float
    fdr: float


class InferredRecord(Record, frozen=True, kw_only=True):
    """Network inferred from the order in which units adopted the policies of one question.

    Attributes
    ----------
    analysis : str
        Id of the analysis.
    refused : str or None
        Why there is no network; None where there is one.
    policies, ordered, adoptions, units : int
        What it was inferred from: policies, those of them with adoptions one after another, dated adoptions,
        and units.
    delay : str
        Density of the lags with its parameters, in words.
    edges : tuple of InferredEdge
        In the order of the search.
    followers, explained : int
        Adoptions that came after another one, and those of them that the network explains.
    optimality : float or None
        Lower bound of what it improves, as a share of the best network of as many edges.
    stable : int
        Edges that at least half of the bootstrap samples find.
    discovered : int
        Edges, from the first on, with a false discovery rate of at most 5 %.
    draws, seed : int
        Bootstrap samples and permutations, and the seed of the random numbers.
    overlaps : tuple of LayerOverlap
        One a mechanism.
    notes : tuple of str
        What a reader should know.
    """

    analysis: str
    refused: str | None = None
    policies: int = 0
    ordered: int = 0
    adoptions: int = 0
    units: int = 0
    delay: str = ""
    edges: tuple[InferredEdge, ...] = ()
    followers: int = 0
    explained: int = 0
    optimality: float | None = None
    stable: int = 0
    discovered: int = 0
    draws: int = 0
    seed: int = 0
    overlaps: tuple[LayerOverlap, ...] = ()
    notes: tuple[str, ...] = ()
