"""NetRate: a rate at which each unit passes a policy on to each other one, by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import polars as pl

from diffuscope.descriptives.options import one_of
from diffuscope.errors import PlanError
from diffuscope.networks.from_frame import cascades_from_frame
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diffuscope.networks.cascades import Cascades, Places
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Codes, Numbers

RateDelay = Literal["exponential", "power-law", "rayleigh"]
RATE_DELAYS: tuple[RateDelay, ...] = ("exponential", "power-law", "rayleigh")
STEPS = 500
"""Steps of the search at most, for each receiver."""
TOLERANCE = 1e-7
"""Largest relative violation of the conditions of an optimum (KKT)."""
NEGLIGIBLE = 1e-9
"""Share of the largest rate below which a rate is tried at 0."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class InferredRates:
    """Rates of transmission between units (NetRate).

    Attributes
    ----------
    units : tuple of str
    policies : int
    delay : {"exponential", "power-law", "rayleigh"}
    edges : polars.DataFrame
        sender · receiver · rate (above 0), largest first.
    receivers : polars.DataFrame
        A row per unit: receiver · followed (adoptions with an earlier adopter) · candidates (units that
        preceded it) · log_likelihood · violation (largest relative violation of the conditions of an optimum)
        · converged · why it has no rates.
    notes : tuple of str
    """

    units: tuple[str, ...]
    policies: int
    delay: RateDelay
    edges: pl.DataFrame = field(repr=False)
    receivers: pl.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    def table(self) -> pl.DataFrame:
        """Rates above 0, largest first."""
        return self.edges

    def __repr__(self) -> str:
        """How many rates, in a line."""
        rates = counted(self.edges.height, "rate")
        return f"<InferredRates: {rates} above 0 among {counted(len(self.units), 'unit')}>"


def infer_rates(
    adoptions: Frame,
    *,
    censor: Any,
    delay: RateDelay = "exponential",
    shortest: float = 0.5,
    period: str = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    window: tuple[Any, Any] | None = None,
    units: Iterable[str] | None = None,
) -> InferredRates:
    """Rates of transmission (NetRate): how fast each unit follows each other one, by maximum likelihood.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        As for `infer_network`.
    censor : time, or mapping of policy to time
        When observation of the policies ended: who had not adopted by then counts as not infected. It is
        never assumed to be the last adoption.
    delay : {"exponential", "power-law", "rayleigh"}
        Hazard of the receiver since an adoption by the sender: constant, falling or rising with time.
    shortest : float
        Of power-law delays: the lag from which on the hazard counts.
    period, waves, window, units
        As for `infer_network`.

    Returns
    -------
    InferredRates
        A search that did not converge says so, and its rates prove nothing.

    Raises
    ------
    CaseError
        If a time cannot be read, or a unit adopts a policy twice.
    MethodError
        If nobody adopted.
    PlanError
        If there is no end of observation for a policy, or an adoption comes after it.

    Notes
    -----
    With survival ``exp(-α g)`` and hazard ``α h`` after a lag x, ``(g, h)`` is ``(x, 1)``,
    ``(log x/δ, 1/x)`` or ``(x²/2, x)``. The log likelihood of each receiver is concave in its rates, so that
    each is searched alone: by the EM algorithm, then Newton steps on the rates above 0. Units that never
    adopted are counted through totals by sender. Adoptions at one time say nothing of each other.

    References
    ----------
    Gomez-Rodriguez, Balduzzi & Schölkopf 2011, ICML, arXiv:1105.0697.

    Examples
    --------
    >>> import polars as pl
    >>> rows = [("a", "x", 0), ("b", "x", 1), ("a", "y", 0), ("b", "y", 3), ("a", "z", 0)]
    >>> laws = pl.DataFrame(rows, schema=["unit", "policy", "time"], orient="row")
    >>> infer_rates(laws, censor=10).table().select("sender", "receiver", pl.col("rate").round(6)).rows()
    [('a', 'b', 0.142857)]
    """
    one_of("delay", delay, RATE_DELAYS)
    cascades = cascades_from_frame(adoptions, period=period, waves=waves, window=window, units=units)
    ends = _ends(cascades, censor)
    hazards = _Hazards(delay, float(shortest))
    totals, index = _totals(cascades, ends, hazards), cascades.by_receiver()
    edges: list[tuple[str, str, float]] = []
    receivers: list[tuple[Any, ...]] = []
    for at, name in enumerate(cascades.units):
        problem = _problem(cascades, ends, hazards, totals, index.own(at))
        found = solve(problem)
        why = None if len(problem.senders) else "it never adopted after another unit: no information"
        receivers.append(
            (
                name,
                problem.followed,
                len(problem.senders),
                found.log_likelihood,
                found.violation,
                found.converged,
                why,
            )
        )
        edges += [
            (cascades.units[sender], name, float(rate))
            for sender, rate in zip(problem.senders.tolist(), found.rates, strict=True)
            if rate > 0
        ]
    return _record(cascades, delay, edges, receivers)


def _record(
    cascades: Cascades,
    delay: RateDelay,
    edges: list[tuple[str, str, float]],
    receivers: list[tuple[Any, ...]],
) -> InferredRates:
    lost = sum(row[5] is False for row in receivers)
    who = counted(lost, "receiver")
    words = f"the search for {who} did not converge; {noun(lost, 'its', 'their')} rates prove nothing"
    return InferredRates(
        units=cascades.units,
        policies=len(cascades.policies),
        delay=delay,
        edges=pl.DataFrame(
            edges, schema={"sender": pl.String, "receiver": pl.String, "rate": pl.Float64}, orient="row"
        ).sort("rate", "sender", "receiver", descending=[True, False, False]),
        receivers=pl.DataFrame(
            receivers,
            schema={
                "receiver": pl.String, "followed": pl.Int64, "candidates": pl.Int64,
                "log_likelihood": pl.Float64, "violation": pl.Float64, "converged": pl.Boolean,
                "why": pl.String,
            },
            orient="row",
        ),
        notes=(*cascades.notes, *((words,) if lost else ())),
    )  # fmt: skip


class Problem(NamedTuple):
    """What the rates of one receiver are estimated from.

    Attributes
    ----------
    senders : array of int, shape (J,)
    exposure : array of float, shape (J,)
        Cumulative g of each sender: over all policies in which it came first or the receiver never adopted.
    hazards : array of float, shape (A, J)
        h of each sender at each adoption of the receiver that another one preceded; 0 where it did not.
    followed : int
        A.
    """

    senders: Codes
    exposure: Numbers
    hazards: Numbers
    followed: int


class Solution(NamedTuple):
    """Rates of one receiver, and whether they are the optimum."""

    rates: Numbers
    log_likelihood: float | None
    violation: float | None
    converged: bool | None


def solve(problem: Problem) -> Solution:
    """Rates that maximise the log likelihood ``Σ_a log(h_a·α) - G·α`` over α ≥ 0."""
    exposure, hazards = problem.exposure, problem.hazards
    if not len(problem.senders):
        return Solution(np.zeros(0), None, None, None)
    rates = np.full(len(exposure), problem.followed / exposure.sum())
    for step in range(STEPS):
        rate = hazards @ rates
        pull = (hazards / rate[:, None]).sum(axis=0)  # what the data ask of each rate, against its exposure
        if _violation(rates, pull, exposure) <= TOLERANCE:
            break
        rates = rates * pull / exposure  # EM: monotone, and rates stay above 0
        if step >= 20:
            rates = _newton(rates, problem)
    rate = hazards @ rates
    violation = _violation(rates, (hazards / rate[:, None]).sum(axis=0), exposure)
    likelihood = float(np.log(rate).sum() - exposure @ rates)
    return Solution(rates, likelihood, violation, violation <= TOLERANCE)


def _violation(rates: Numbers, pull: Numbers, exposure: Numbers) -> float:
    """Largest relative violation of KKT: pull is exposure where a rate is above 0, and at most that else."""
    gap = pull / exposure - 1
    return float(np.max(np.where(rates > 0, np.abs(gap), np.maximum(gap, 0.0))))


def _newton(rates: Numbers, problem: Problem) -> Numbers:
    """A Newton step on the rates that stay above 0, if it improves; small rates that should fall become 0."""
    exposure, hazards = problem.exposure, problem.hazards

    def value(at: Numbers) -> float:
        rate = hazards @ at
        return float(np.log(rate).sum() - exposure @ at) if (rate > 0).all() else -np.inf

    rate = hazards @ rates
    pull = (hazards / rate[:, None]).sum(axis=0)
    low = (rates < NEGLIGIBLE * rates.max()) & (pull < exposure)
    start = np.where(low, 0.0, rates)
    # a rate at 0 whose gradient is positive would stay there in every step of EM
    start = np.where((start == 0) & (pull > exposure * (1 + TOLERANCE)), NEGLIGIBLE * rates.max(), start)
    best, now = (start, value(start)) if value(start) >= value(rates) else (rates, value(rates))
    free = best > 0
    weighted = hazards[:, free] / (hazards @ best)[:, None]
    step = np.zeros(len(rates))
    step[free] = np.linalg.lstsq(weighted.T @ weighted, weighted.sum(axis=0) - exposure[free], rcond=1e-12)[0]
    for size in 0.5 ** np.arange(8):
        tried = np.maximum(best + size * step, 0.0)
        if value(tried) > now:
            return np.asarray(tried)
    return np.asarray(best)


class _Hazards(NamedTuple):
    """Cumulative hazard and hazard of one delay, per unit of the rate."""

    delay: RateDelay
    shortest: float

    def cumulative(self, lag: Numbers) -> Numbers:
        """The function g of a lag."""
        if self.delay == "exponential":
            return lag
        if self.delay == "rayleigh":
            return lag * lag / 2
        return np.log(np.maximum(lag / self.shortest, 1.0))

    def hazard(self, lag: Numbers) -> Numbers:
        """The function h of a lag."""
        if self.delay == "exponential":
            return np.ones_like(lag)
        if self.delay == "rayleigh":
            return lag
        return np.where(lag > self.shortest, 1 / np.maximum(lag, self.shortest), 0.0)


def _ends(cascades: Cascades, censor: Any) -> Numbers:
    """When observation of each policy ended."""
    given = dict(censor) if hasattr(censor, "items") else dict.fromkeys(cascades.policies, censor)
    lacking = [policy for policy in cascades.policies if given.get(policy) is None]
    if lacking:
        raise PlanError(f"censor has no time for the policy `{lacking[0]}`: say when its observation ended.")
    ends = np.array([_time(cascades, given[policy]) for policy in cascades.policies])
    events = cascades.events
    late = np.flatnonzero(events.times > ends[events.cascades])
    if len(late):
        unit, policy = cascades.units[events.units[late[0]]], cascades.policies[events.cascades[late[0]]]
        raise PlanError(f"`{unit}` adopted `{policy}` after observation ended; give a later censor.")
    return ends


def _time(cascades: Cascades, given: Any) -> float:
    calendar = cascades.calendar
    if calendar is not None:
        return float(calendar.clock(np.array([calendar.index(given, "censor", last=True)]))[0])
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise PlanError(f"censor is {given!r}; times are numbers here.")
    return float(given)


def _totals(cascades: Cascades, ends: Numbers, hazards: _Hazards) -> Numbers:
    """Cumulative hazard of each sender, were the receiver never to adopt."""
    events = cascades.events
    whole = hazards.cumulative(ends[events.cascades] - events.times)
    totals: Numbers = np.bincount(events.units, whole, len(cascades.units)).astype(np.float64)
    return totals


def _problem(cascades: Cascades, ends: Numbers, hazards: _Hazards, totals: Numbers, own: Places) -> Problem:
    """Candidates, exposure and hazards of one receiver, from its own events."""
    events = cascades.events
    exposure = totals.copy()
    rows: list[tuple[Codes, Numbers]] = []
    senders: Codes = np.zeros(0, dtype=np.int64)
    for at in own.tolist():
        policy = int(events.cascades[at])
        first, last = events.starts[policy], events.starts[policy + 1]
        units, times = events.units[first:last], events.times[first:last]
        lag = events.times[at] - times
        before = lag > 0
        exposure[units] -= hazards.cumulative(ends[policy] - times)
        exposure[units[before]] += hazards.cumulative(lag[before])
        hazard = hazards.hazard(lag[before])
        if (hazard > 0).any():
            rows.append((units[before][hazard > 0].astype(np.int64), hazard[hazard > 0]))
    if rows:
        senders = np.unique(np.concatenate([named for named, _ in rows]))
    matrix = np.zeros((len(rows), len(senders)))
    for row, (named, hazard) in enumerate(rows):
        matrix[row, np.searchsorted(senders, named)] = hazard
    return Problem(senders, exposure[senders], matrix, len(rows))
