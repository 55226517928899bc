"""Structure-dependence test: does adoption hang on who is tied to whom, or would any such network do?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import sparse

from diffuscope.compute import randomization_test
from diffuscope.descriptives.rewire import rewired
from diffuscope.descriptives.streams import enough, stream
from diffuscope.descriptives.toa_matrix import Period, layer_of, pieces, rows_of, toa_matrix
from diffuscope.errors import MethodError, PlanError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    from diffuscope.descriptives.toa_matrix import Adopters
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.ties.layer import Layer, Matrix

MEAN_THRESHOLD: Literal["mean threshold"] = "mean threshold"
AT_ONCE = 2**18
"""Ties, over all draws, whose thresholds are computed at a time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StructureTest:
    """A statistic of adoption in the network as it is, and in networks drawn at random.

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
    null: Literal["swap", "relabel"]
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

        told = {name: [getattr(self, name)] for name in ("statistic", "observed", "null", "mean", "sd")}
        return pl.DataFrame(told | {"draws": [len(self.draws)], "p": [self.p], "seed": [self.seed]})


def structure_test(
    adoptions: Frame,
    ties: Layer | Frame,
    *,
    seed: int,
    statistic: Literal["mean threshold"] | Callable[[Layer], float] = MEAN_THRESHOLD,
    null: Literal["swap", "relabel"] = "swap",
    blocks: Mapping[str, object] | None = None,
    draws: int = 1000,
    lag: int = 1,
    weighted: bool = True,
    keep_first: bool = False,
    period: Period = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
) -> StructureTest:
    """Whether adoption hangs on who is tied to whom: a statistic against that of networks drawn at random.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        A row per unit: `unit` and `time`, which is empty if it never adopted.
    ties : Layer, or pandas, Polars or Arrow table
        A frame has the columns `sender`, `receiver` and, if ties differ, `weight`: the receiver looks to the
        sender.
    seed : int
        The same seed draws the same networks.
    statistic : "mean threshold", or a function from a Layer to a number
        A function gets the ties among the units of `adoptions`, as they are and as drawn.
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
    period, waves
        As for `adoption_rates`.

    Returns
    -------
    StructureTest
        With ties that change, the ties of each date are drawn by themselves.

    Raises
    ------
    CaseError
        If a time or tie cannot be read.
    MethodError
        If no unit has a threshold, or the statistic is not finite.
    PlanError
        If an option is none of its choices, a unit has no block, or has ties but no row among the adoptions.

    Notes
    -----
    ``p = 2 · min((b + 1) / (B + 1))`` with b draws at most, or at least, as large as what was observed.
    """
    _refuse(null, blocks, lag)
    who = toa_matrix(adoptions, period=period, waves=waves)
    layer = layer_of(ties, who)
    rng, many = stream(seed, f"structure {null}"), enough(draws)
    codes = _codes(blocks, who) if null == "relabel" else None
    if statistic == MEAN_THRESHOLD:
        world = _World(who, tuple(_piece(*one, weighted) for one in pieces(layer, who)), lag, keep_first)
        found = world.swapped(many, rng) if codes is None else world.relabelled(many, rng, codes)
    elif callable(statistic):
        found = _any_statistic(statistic, layer, many, rng, codes)
    else:
        raise PlanError(f"statistic is {statistic!r}; it is 'mean threshold' or a function of a layer.")
    observed, drawn, changed = found
    if not (np.isfinite(observed) and np.isfinite(drawn).all()):
        raise MethodError("The statistic is no number in the network as it is, or in one that was drawn.")
    return StructureTest(
        statistic=statistic if isinstance(statistic, str) else getattr(statistic, "__name__", "a function"),
        observed=observed,
        draws=drawn,
        p=randomization_test(observed, drawn, "two-sided").p,
        null=null,
        changed=changed,
        seed=seed,
        notes=(*who.notes, *layer.notes, *_told(drawn, changed)),
    )


def _refuse(null: str, blocks: Mapping[str, object] | None, lag: int) -> None:
    if null not in ("swap", "relabel"):
        raise PlanError(f"null is {null!r}; it is 'swap' or 'relabel'.")
    if blocks is not None and null == "swap":
        raise PlanError(
            "Blocks are for null='relabel': ties that exchange senders have no place of their own."
        )
    if isinstance(lag, bool) or not isinstance(lag, int) or lag < 0:
        raise PlanError(f"lag is {lag!r}; it is a whole number of periods, 1 unless asked otherwise.")


def _told(drawn: Numbers, changed: float) -> tuple[str, ...]:
    if changed == 0:
        return (
            "nothing could be exchanged: the network is the only one with these degrees, or these blocks",
        )
    if np.ptp(drawn) == 0:
        return ("the statistic is the same in all networks drawn: it does not hang on the ties",)
    return ()


def _codes(blocks: Mapping[str, object] | None, who: Adopters) -> Codes:
    """Block of each unit as a whole number."""
    if blocks is None:
        return np.zeros(len(who.units), dtype=np.int64)
    lacking = [unit for unit in who.units if blocks.get(unit) is None]
    if lacking:
        raise PlanError(f"`{lacking[0]}` has no block.")
    numbers = {block: at for at, block in enumerate(dict.fromkeys(blocks[unit] for unit in who.units))}
    return np.array([numbers[blocks[unit]] for unit in who.units])


def _mixed(codes: Codes, rng: np.random.Generator) -> Codes:
    """The number of a unit of the same block for each unit, all different."""
    place = np.arange(len(codes))
    order = np.lexsort((rng.random(len(codes)), codes))
    place[np.argsort(codes, kind="stable")] = order
    return place


@dataclass(frozen=True)
class _Piece:
    """Ties in force from one period to another, with the share of its receiver's ties that each makes up."""

    first: int
    last: int
    receivers: Codes
    senders: Codes
    share: Numbers
    tied: Any


def _piece(first: int, last: int, matrix: Matrix, weighted: bool) -> _Piece:
    row = rows_of(matrix)
    weight = matrix.data if weighted else np.ones(matrix.nnz)
    total = np.bincount(row, weights=weight, minlength=matrix.shape[0])
    return _Piece(first, last, row, matrix.indices.astype(np.int64), weight / total[row], total > 0)


@dataclass(frozen=True)
class _World:
    """Adopters and their ties, and the mean threshold in drawn ones."""

    who: Adopters
    ties: tuple[_Piece, ...]
    lag: int
    keep_first: bool

    def swapped(self, draws: int, rng: np.random.Generator) -> tuple[float, Numbers, float]:
        """Observed, drawn by exchanging senders, and exchanges for each tie."""
        when, units = self.who.when[None], len(self.who.units)
        done, sums, observed = 0, np.zeros(draws), 0.0
        counted = sum(float(self._counted(piece, when)[0]) for piece in self.ties)
        for piece in self.ties:
            observed += float(self._sum(piece, when, piece.senders[None])[0])
            for some, drawn, made in rewired(piece.receivers, piece.senders, units, draws, rng):
                sums[some] += self._sum(piece, when, drawn)
                done += made
        _refuse_none(counted)
        ties = sum(len(piece.senders) for piece in self.ties)
        return observed / counted, sums / counted, done / draws / max(ties, 1)

    def relabelled(self, draws: int, rng: np.random.Generator, codes: Codes) -> tuple[float, Numbers, float]:
        """Observed, drawn by letting units change places, and the share of units that moved."""
        places = np.stack([np.arange(len(codes)), *(_mixed(codes, rng) for _ in range(draws))])
        sums, counted = np.zeros(draws + 1), np.zeros(draws + 1)
        for piece in self.ties:
            for some in _slices(draws + 1, max(len(piece.senders), len(codes))):
                when = self.who.when[places[some]]
                sums[some] += self._sum(piece, when, piece.senders[None])
                counted[some] += self._counted(piece, when)
        _refuse_none(float(counted.min()))
        means = sums / counted
        moved = float((places[1:] != places[0]).mean())
        return float(means[0]), means[1:], moved

    def _sum(self, piece: _Piece, when: Codes, senders: Codes) -> Numbers:
        """Sum of thresholds of those who adopt while the ties are in force, shape (draws,)."""
        mine = when[:, piece.receivers]
        theirs = when[0][senders] if len(when) == 1 else when[:, senders[0]]
        had = (theirs > 0) & (theirs <= mine - self.lag) & self._valid(piece, mine)
        return np.asarray(had @ piece.share)

    def _counted(self, piece: _Piece, when: Codes) -> Numbers:
        """How many units have a threshold then, shape (draws,)."""
        return np.asarray((self._valid(piece, when) & piece.tied).sum(axis=1).astype(np.float64))

    def _valid(self, piece: _Piece, when: Codes) -> Any:
        looked = when - self.lag
        return (when > (0 if self.keep_first else 1)) & (looked >= piece.first) & (looked <= piece.last)


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
) -> tuple[float, Numbers, float]:
    """A statistic of the layer as it is and of drawn ones, one layer at a time."""
    if layer.changes:
        raise PlanError(f"Ties of layer `{layer.name}` change: a function is asked of those of one date.")
    matrix, found, moved = layer.snapshots[0][1], np.empty(draws), 0.0
    row, shape = rows_of(matrix), matrix.shape
    if codes is None:
        for some, senders, made in rewired(row, matrix.indices, shape[0], draws, rng):
            moved += made / draws / max(matrix.nnz, 1)
            for at, columns in enumerate(senders, start=some.start):
                drawn = sparse.csr_array((matrix.data, (row, columns)), shape=shape)
                found[at] = statistic(replace(layer, weights=drawn))
    else:
        for at in range(draws):
            place = _mixed(codes, rng)
            moved += float((place != np.arange(len(place))).mean()) / draws
            found[at] = statistic(replace(layer, weights=sparse.csr_array(matrix[place][:, place])))
    return float(statistic(layer)), found, moved
