"""Structure-dependence test: a statistic of adoption against its distribution in random networks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np
from scipy import sparse

from diffuscope.compute import randomization_test
from diffuscope.descriptives.diffusion_network import Snapshot, refuse_no_network
from diffuscope.descriptives.options import FEWEST_DRAWS, one_of, seeded, whole_number
from diffuscope.descriptives.rewire import rewired
from diffuscope.errors import MethodError, PlanError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    from diffuscope.descriptives.diffusion_network import DiffusionNetwork
    from diffuscope.descriptives.toa_matrix import TimesOfAdoption
    from diffuscope.records.arrays import Codes, Flags, Numbers
    from diffuscope.ties.layer import Layer

Null = Literal["swap", "relabel"]
MEAN_THRESHOLD: Literal["mean threshold"] = "mean threshold"
AT_ONCE = 2**18
"""Ties, over all draws, whose thresholds are computed at a time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StructureTest:
    """Structure-dependence test: a statistic in the network as it is, and in networks drawn at random.

    Attributes
    ----------
    statistic : str
    observed : float
    draws : array of float, shape (B,)
        The statistic in each network drawn.
    p : float
        Two-sided; never 0.
    null : {"swap", "relabel"}
        How networks were drawn.
    changed : float
        Exchanges made for each tie, or units moved for each unit; on average of all draws.
    seed : int
    notes : tuple of str
    """

    statistic: str
    observed: float
    draws: Numbers = field(repr=False)
    p: float
    null: Null
    changed: float
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def mean(self) -> float:
        """Mean of the draws."""
        return float(self.draws.mean())

    @property
    def sd(self) -> float:
        """Standard deviation of the draws."""
        return float(self.draws.std(ddof=1))

    def table(self) -> pl.DataFrame:
        """One row: statistic, observed, null, mean, sd, draws, p, seed."""
        import polars as pl

        columns = {name: [getattr(self, name)] for name in ("statistic", "observed", "null", "mean", "sd")}
        return pl.DataFrame(columns | {"draws": [len(self.draws)], "p": [self.p], "seed": [self.seed]})


def structure_test(
    network: DiffusionNetwork,
    *,
    seed: int,
    statistic: Literal["mean threshold"] | Callable[[Layer], float] = MEAN_THRESHOLD,
    null: Null = "swap",
    blocks: Mapping[str, object] | None = None,
    draws: int = 1000,
    lag: int = 1,
    weighted: bool = True,
    keep_first: bool = False,
) -> StructureTest:
    """Structure-dependence test: does adoption depend on who is tied to whom, or would any such network do?

    Parameters
    ----------
    network : DiffusionNetwork
        From `diffusion_network`.
    seed : int
        The same seed draws the same networks.
    statistic : "mean threshold", or a function from a Layer to a number
        A function gets the ties among the units of the network, as they are and as drawn.
    null : {"swap", "relabel"}
        Ties exchange senders, 20 tries for each tie, so that everybody keeps looking to as many and being
        looked to by as many. Or units change places in the network as it is.
    blocks : mapping of str to object, optional
        Of each unit: units change places only with those of the same block, such as a country; with
        "relabel".
    draws : int
        At least 99.
    lag, weighted, keep_first
        As for `thresholds`.

    Returns
    -------
    StructureTest
        With ties that change, the ties of each date are drawn by themselves.

    Raises
    ------
    MethodError
        If no unit has a threshold, or the statistic is not finite.
    PlanError
        If an option is none of its choices, a unit has no block, or either ties or periods have dates, but
        not both.

    Notes
    -----
    ``p = 2 · min((b + 1) / (B + 1))`` with b draws at most, or at least, as large as what was observed.
    """
    refuse_no_network(network)
    _refuse(null, blocks)
    lag = whole_number("lag", lag, 0)
    rng, draws = seeded(seed, f"structure {null}"), whole_number("draws", draws, FEWEST_DRAWS)
    codes = _codes(blocks, network.times.units) if null == "relabel" else None
    if statistic == MEAN_THRESHOLD:
        mean = _MeanThreshold.of(network, lag=lag, weighted=weighted, keep_first=keep_first)
        distribution = mean.swapped(draws, rng) if codes is None else mean.relabelled(draws, rng, codes)
    elif callable(statistic):
        distribution = _any_statistic(statistic, network.layer, draws, rng, codes)
    else:
        raise PlanError(f"statistic is {statistic!r}; it must be 'mean threshold' or a function of a layer.")
    if not (np.isfinite(distribution.observed) and np.isfinite(distribution.draws).all()):
        raise MethodError("The statistic is not a number in the observed network or in a drawn one.")
    return StructureTest(
        statistic=statistic if isinstance(statistic, str) else getattr(statistic, "__name__", "a function"),
        observed=distribution.observed,
        draws=distribution.draws,
        p=randomization_test(distribution.observed, distribution.draws, "two-sided").p,
        null=null,
        changed=distribution.changed,
        seed=seed,
        notes=(*network.notes, *_warnings(distribution)),
    )


def _refuse(null: str, blocks: Mapping[str, object] | None) -> None:
    one_of("null", null, get_args(Null))
    if blocks is not None and null == "swap":
        raise PlanError(
            "Blocks are for null='relabel': ties that exchange senders have no place of their own."
        )


class _Distribution(NamedTuple):
    """The statistic as observed and in each network drawn, and how much a draw changes on average."""

    observed: float
    draws: Numbers
    changed: float


def _warnings(distribution: _Distribution) -> tuple[str, ...]:
    if distribution.changed == 0:
        return ("no exchange was possible: this is the only network with these degrees or blocks",)
    if np.ptp(distribution.draws) == 0:
        return ("the statistic is the same in all networks drawn: it does not depend on the ties",)
    return ()


def _codes(blocks: Mapping[str, object] | None, units: Sequence[str]) -> Codes:
    """Block of each unit as a whole number."""
    if blocks is None:
        return np.zeros(len(units), dtype=np.int64)
    lacking = [unit for unit in units if blocks.get(unit) is None]
    if lacking:
        raise PlanError(f"`{lacking[0]}` has no block.")
    numbers = {block: at for at, block in enumerate(dict.fromkeys(blocks[unit] for unit in units))}
    return np.array([numbers[blocks[unit]] for unit in units])


def _mixed(codes: Codes, rng: np.random.Generator) -> Codes:
    """The number of a unit of the same block for each unit, all different."""
    place = np.arange(len(codes))
    # random within each block: sorted by block first, then by chance
    order = np.lexsort((rng.random(len(codes)), codes))
    place[np.argsort(codes, kind="stable")] = order
    return place


@dataclass(frozen=True)
class _RowNormalized:
    """Ties in force from one period to another, with the share of its receiver's ties that each makes up."""

    first: int
    last: int
    receivers: Codes
    senders: Codes
    share: Numbers
    tied: Flags

    @classmethod
    def of(cls, snapshot: Snapshot, weighted: bool) -> _RowNormalized:
        """A snapshot of a network, each row divided by its sum."""
        row, weight = snapshot.receivers, snapshot.weights(weighted)
        total = np.bincount(row, weights=weight, minlength=snapshot.matrix.shape[0])
        senders = snapshot.senders.astype(np.int64)
        return cls(snapshot.first, snapshot.last, row, senders, weight / total[row], total > 0)


@dataclass(frozen=True)
class _MeanThreshold:
    """Mean threshold of a diffusion network, and of many that are drawn from it at once."""

    times: TimesOfAdoption
    ties: tuple[_RowNormalized, ...]
    lag: int
    keep_first: bool

    @classmethod
    def of(cls, network: DiffusionNetwork, *, lag: int, weighted: bool, keep_first: bool) -> _MeanThreshold:
        """The mean threshold of a network as it is."""
        ties = tuple(_RowNormalized.of(one, weighted) for one in network.snapshots)
        return cls(network.times, ties, lag, keep_first)

    def swapped(self, draws: int, rng: np.random.Generator) -> _Distribution:
        """Observed, drawn by exchanging senders, and exchanges for each tie."""
        toa, units = self.times.toa[None], len(self.times.units)
        done, sums, observed = 0, np.zeros(draws), 0.0
        # who has a threshold depends on adoption times and out-degrees, which exchanging senders leaves as
        # they are
        counted = sum(float(self._counted(piece, toa)[0]) for piece in self.ties)
        for piece in self.ties:
            observed += float(self._sum(piece, toa, piece.senders[None])[0])
            for block in rewired(piece.receivers, piece.senders, units, draws, rng):
                sums[block.draws] += self._sum(piece, toa, block.senders)
                done += block.exchanges
        _refuse_none(counted)
        ties = sum(len(piece.senders) for piece in self.ties)
        return _Distribution(observed / counted, sums / counted, done / draws / max(ties, 1))

    def relabelled(self, draws: int, rng: np.random.Generator, codes: Codes) -> _Distribution:
        """Observed, drawn by letting units change places, and the share of units that moved."""
        # the network as it is stands first, computed by the same sums as the draws: equal draws are equal to
        # the bit
        places = np.stack([np.arange(len(codes)), *(_mixed(codes, rng) for _ in range(draws))])
        sums, counted = np.zeros(draws + 1), np.zeros(draws + 1)
        for piece in self.ties:
            for some in _slices(draws + 1, max(len(piece.senders), len(codes))):
                toa = self.times.toa[places[some]]
                sums[some] += self._sum(piece, toa, piece.senders[None])
                counted[some] += self._counted(piece, toa)
        _refuse_none(float(counted.min()))
        means = sums / counted
        moved = float((places[1:] != places[0]).mean())
        return _Distribution(float(means[0]), means[1:], moved)

    def _sum(self, ties: _RowNormalized, toa: Codes, senders: Codes) -> Numbers:
        """Sum of thresholds of those who adopt while the ties are in force, shape (draws,)."""
        mine = toa[:, ties.receivers]
        theirs = toa[0][senders] if len(toa) == 1 else toa[:, senders[0]]
        had = (theirs > 0) & (theirs <= mine - self.lag) & self._valid(ties, mine)
        return np.asarray(had @ ties.share)

    def _counted(self, ties: _RowNormalized, toa: Codes) -> Numbers:
        """How many units have a threshold then, shape (draws,)."""
        return np.asarray((self._valid(ties, toa) & ties.tied).sum(axis=1).astype(np.float64))

    def _valid(self, ties: _RowNormalized, toa: Codes) -> Flags:
        looked = toa - self.lag
        return (toa > (0 if self.keep_first else 1)) & (looked >= ties.first) & (looked <= ties.last)


def _slices(draws: int, size: int) -> list[slice]:
    step = max(1, AT_ONCE // max(size, 1))
    return [slice(start, min(start + step, draws)) for start in range(0, draws, step)]


def _refuse_none(counted: float) -> None:
    if counted == 0:
        raise MethodError("No unit has a threshold: nobody with ties adopted after the first period.")


def _any_statistic(
    statistic: Callable[[Layer], float],
    layer: Layer,
    draws: int,
    rng: np.random.Generator,
    codes: Codes | None,
) -> _Distribution:
    """A statistic of the layer as it is and of drawn ones, one layer at a time."""
    if layer.changes:
        raise PlanError(f"Ties of layer `{layer.name}` change: a function needs the ties of one date.")
    matrix, values, moved = layer.snapshots[0][1], np.empty(draws), 0.0
    row, shape = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.shape
    if codes is None:
        for block in rewired(row, matrix.indices, shape[0], draws, rng):
            moved += block.exchanges / draws / max(matrix.nnz, 1)
            for at, columns in enumerate(block.senders, start=block.draws.start):
                drawn = sparse.csr_array((matrix.data, (row, columns)), shape=shape)
                values[at] = statistic(replace(layer, weights=drawn))
    else:
        for at in range(draws):
            place = _mixed(codes, rng)
            moved += float((place != np.arange(len(place))).mean()) / draws
            values[at] = statistic(replace(layer, weights=sparse.csr_array(matrix[place][:, place])))
    return _Distribution(float(statistic(layer)), values, moved)
