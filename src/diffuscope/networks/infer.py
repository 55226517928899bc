"""Inference of a network from adoptions (NetInf): from a frame to the record of its edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import ndtri

from diffuscope.compute import stream
from diffuscope.descriptives.options import one_of, whole_number
from diffuscope.errors import PlanError
from diffuscope.networks.cascades import jittered
from diffuscope.networks.delays import delay_of
from diffuscope.networks.engine import engine
from diffuscope.networks.from_frame import cascades_from_frame
from diffuscope.networks.inferred import MANY_UNITS, InferredNetwork, Settings
from diffuscope.networks.netinf import Wanted, netinf
from diffuscope.networks.pairs import EXPECTED_GAP, terms_of
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diffuscope.networks.cascades import Cascades
    from diffuscope.networks.delays import DelayName, Rate
    from diffuscope.networks.greedy import Edges
    from diffuscope.networks.pairs import Terms
    from diffuscope.panel.native_frames import Frame

Dialect = Literal["R", "SNAP"]
Ties = Literal["never", "shared", "jittered"]
JITTERS = 20
"""Jittered copies of each cascade."""


def infer_network(
    adoptions: Frame,
    *,
    edges: int | Literal["all"] | None = None,
    stop: float | None = None,
    delay: DelayName = "exponential",
    rate: Rate | None = None,
    window: tuple[Any, Any] | None = None,
    ties: Ties = "never",
    dialect: Dialect = "R",
    seed: int = 0,
    period: str = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    units: Iterable[str] | None = None,
    least_support: int | None = None,
    equal: Literal["support", "last"] = "support",
    workers: int | None = None,
) -> InferredNetwork:
    """Inferred network (NetInf): who seems to follow whom, from the order of adoptions of many policies.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        Long: a row per adoption with `unit`, `policy` and `time` (also under the names of R's package
        NetworkInference: `statenam`, `policy`, `adopt_year`, or `node_name`, `cascade_id`, `event_time`), as
        `read_cascades` gives it, or the table `adoptions` of a case. Wide: `unit`, and a column of times for
        each policy. An empty time means never.
    edges : int or "all", optional
        Number of edges; "all": every possible one, those that improve nothing among them.
    stop : float, optional
        Instead of a number: the search ends before the first edge whose stopping score is at or above it.
    delay : {"exponential", "rayleigh", "log-normal", "power-law"}
        Density of the lag between an adoption and the one that follows it.
    rate : float or (float, float), optional
        Its parameters, in periods: λ, α, (μ, σ) or α; estimated from the cascades by default.
    window : (first, last), optional
        Only adoptions from the first to the last time, both included, are seen.
    ties : {"never", "shared", "jittered"}
        Adoptions at one time: never parents of each other · shared: either may have been first, so each may
        be the other's parent with half the weight, at a lag of a third of a period · jittered: times are
        spread evenly over their period in twenty copies of each cascade, and the mean over the copies counts.
    dialect : {"R", "SNAP"}
        Objective: as in R's package NetworkInference, or as in the original program.
    seed : int
        Of the jitter, and of what is drawn from the network later.
    period, waves
        What times count, where they are dates or whole numbers; as for `adoption_rates`.
    units : iterable of str, optional
        Who could adopt; by default all units of the frame.
    least_support : int, optional
        Policies in which a sender must precede a receiver; 1 by default, 2 among more than 10,000 units.
    equal : {"support", "last"}
        Which of several edges that improve the same is taken: that with more support, then a shorter mean
        lag, then more different lags, and by the order of names where these are equal too; or the last by
        receiver and sender, as R's package does.
    workers : int, optional
        Threads at once; all cores by default. The network does not depend on it.

    Returns
    -------
    InferredNetwork
        Its `table()` has the edges; further methods say how far they can be trusted.

    Raises
    ------
    CaseError
        If a time cannot be read, or a unit adopts a policy twice; with every such row.
    MethodError
        If nobody adopted after anybody else. Adoptions whose date is a range of periods are left out and
        noted.
    PlanError
        If neither or both of `edges` and `stop` are given, there are fewer possible edges, or an option is
        out of range.

    Notes
    -----
    ``F(G) = Σ_c Σ_v max(base_cv, max_{u→v in G, t_u < t_v} log w(t_v - t_u) + log β)``: each adoption has
    its most likely parent. R: β = 0.5, the base is the best parent outside the network with weight 1e-10, and
    first adopters contribute nothing. SNAP: β = 1, the base is log 1e-64. Edges are added one after the
    other, each the one that improves F most; F is submodular, so that the result improves at least 63 % as
    much as the best network of as many edges.

    References
    ----------
    Gomez-Rodriguez, Leskovec & Krause 2010, KDD, doi:10.1145/1835804.1835933 · Desmarais, Harden & Boehmke
    2015, American Political Science Review 109: 392–406, doi:10.1017/S0003055415000040.

    Examples
    --------
    >>> import polars as pl
    >>> rows = [("a", "x", 2001), ("b", "x", 2002), ("c", "x", 2003), ("a", "y", 2005), ("b", "y", 2007)]
    >>> laws = pl.DataFrame(rows, schema=["unit", "policy", "time"], orient="row")
    >>> infer_network(laws, edges=2, rate=1.0).table().select("sender", "receiver", "support").rows()
    [('a', 'b', 2), ('b', 'c', 1)]
    """
    original = cascades_from_frame(adoptions, period=period, waves=waves, window=window, units=units)
    settings = settings_of(
        original, edges=edges, stop=stop, delay=delay, rate=rate, ties=ties, dialect=dialect, seed=seed,
        least_support=least_support, equal=equal, workers=workers,
    )  # fmt: skip
    return network_of(original, settings, window=window)


def settings_of(
    original: Cascades,
    *,
    edges: Any = None,
    stop: float | None = None,
    delay: str = "exponential",
    rate: Rate | None = None,
    ties: str = "never",
    dialect: str = "R",
    seed: int = 0,
    least_support: int | None = None,
    equal: str = "support",
    workers: int | None = None,
) -> Settings:
    """Options of `infer_network`, checked.

    Raises
    ------
    MethodError
        If a rate cannot be estimated.
    PlanError
        If an option is out of range.
    """
    one_of("ties", ties, ("never", "shared", "jittered"))
    one_of("dialect", dialect, ("R", "SNAP"))
    one_of("equal", equal, ("support", "last"))
    whole_number("seed", seed, 0)
    wanted = _wanted(edges, stop, _support(least_support, original), last=equal == "last")
    shared = original.resolution * EXPECTED_GAP if ties == "shared" else 0.0
    known = delay_of(delay, rate, original)
    return Settings(
        known, terms_of(known.code, known.constants, dialect, shared), wanted, dialect, ties, stop,
        JITTERS if ties == "jittered" else 1, seed, workers,
    )  # fmt: skip


def network_of(
    original: Cascades,
    settings: Settings,
    *,
    window: tuple[Any, Any] | None = None,
    lenient: bool = False,
) -> InferredNetwork:
    """The network of some cascades, with settings that were checked; leniently, with fewer edges if need be.

    Raises
    ------
    PlanError
        If fewer edges are possible than are wanted.
    """
    cascades = original
    if settings.jitters > 1:
        cascades = jittered(original, settings.jitters, stream(settings.seed, "jitter"))
    found = netinf(cascades, settings.terms, settings.in_copies, workers=settings.workers)
    return network_with(cascades, settings, found, original=original, window=window, lenient=lenient)


def network_with(
    cascades: Cascades,
    settings: Settings,
    found: Edges,
    *,
    original: Cascades | None = None,
    window: tuple[Any, Any] | None = None,
    lenient: bool = False,
) -> InferredNetwork:
    """The record of a network whose edges were found; the original cascades where these are copies."""
    original = cascades if original is None else original
    return InferredNetwork(
        units=original.units,
        policies=len(original.policies),
        adoptions=len(original.events.units),
        window=window,
        edges=found,
        settings=settings,
        cascades=cascades,
        original=original,
        notes=(*original.notes, *_notes(original, settings, found, lenient)),
    )


def _wanted(edges: Any, stop: float | None, support: int, *, last: bool) -> Wanted:
    if (edges is None) == (stop is None):
        raise PlanError('Give either `edges`, their number or "all", or `stop`, a stopping score; not both.')
    if stop is not None:
        if isinstance(stop, bool) or not isinstance(stop, int | float) or not 0 < stop < 1:
            raise PlanError(f"stop is {stop!r}; it must be a number between 0 and 1, such as 0.05.")
        return Wanted(z_least=float(ndtri(1 - stop)), least_support=support, last=last)
    if edges == "all":
        return Wanted(least_support=support, last=last, nothing=True)
    return Wanted(most=whole_number("edges", edges, 1), least_support=support, last=last)


def _support(least: int | None, cascades: Cascades) -> int:
    if least is None:
        return 1 if len(cascades.units) <= MANY_UNITS else 2
    return whole_number("least_support", least, 1)


def _notes(original: Cascades, settings: Settings, found: Edges, lenient: bool) -> tuple[str, ...]:
    events, wanted = original.events, settings.wanted
    many = np.diff(events.starts)
    alone = int((many < 2).sum())
    tied = int((events.tie_after - events.tie_first > 1).sum())
    notes = []
    if wanted.most is not None and len(found.gains) < wanted.most:
        possible = 0 if lenient else possible_edges(original, settings.terms, wanted.least_support)
        if wanted.most > possible and not lenient:
            raise PlanError(
                f"edges is {wanted.most:,}, but in these adoptions only {counted(possible, 'edge')} "
                f"{noun(possible, 'is', 'are')} possible: in no policy did others precede a receiver."
            )
        notes.append(
            f"only {counted(len(found.gains), 'edge')} of the {wanted.most:,} asked for "
            f"{noun(len(found.gains), 'improves', 'improve')} anything"
        )
    if tied:
        words = {
            "never": "they are never parents of each other",
            "shared": "either may be the other's parent, with half the weight",
            "jittered": f"their order is drawn {settings.jitters} times",
        }
        share = tied / len(events.units)
        notes.append(
            f"{counted(tied, 'adoption')} ({share:.0%}) {noun(tied, 'has', 'have')} the same time as another "
            f"of the policy: {words[settings.ties]}"
        )
    if alone:
        one, more = ("policy has", "policies have")
        notes.append(f"{counted(alone, one, more)} fewer than two adoptions and no order to learn from")
    if wanted.least_support > 1:
        notes.append(
            f"only senders that precede a receiver in {wanted.least_support} policies can have an edge"
        )
    if not engine().compiled:
        notes.append("computed without numba (extra `fast`): the same edges, more slowly")
    return tuple(notes)


def possible_edges(cascades: Cascades, terms: Terms, least_support: int = 1) -> int:
    """Pairs of a sender and a receiver that it precedes in some policy."""
    index = cascades.by_receiver()
    total = 0
    for receiver in index.adopting.tolist():
        pairs = engine().pairs(cascades.events, index, receiver, terms, least_support)
        total += len(pairs.senders)
    return total
