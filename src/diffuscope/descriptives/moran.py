"""Moran's I: spatial or network autocorrelation, whether units that are tied are alike."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.special import ndtr

from diffuscope.compute import randomization_test
from diffuscope.descriptives.diffusion_network import refuse_no_network
from diffuscope.descriptives.options import FEWEST_DRAWS, seeded, whole_number
from diffuscope.errors import MethodError, PlanError
from diffuscope.panel.native_frames import ids, need, polars_of
from diffuscope.records.phrases import counted, listed, noun
from diffuscope.ties.from_frame import layer_from_frame
from diffuscope.ties.layer import Layer, refuse_other_senders

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from diffuscope.descriptives.diffusion_network import DiffusionNetwork
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Flags, Numbers
    from diffuscope.ties.layer import Matrix

FEWEST = 4
AT_ONCE = 2**21
"""Numbers that are shuffled at a time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Moran:
    """Moran's I of one variable over one layer of ties.

    Attributes
    ----------
    value : float
        Above `expected`, tied units are more alike than others.
    expected : float
        Without any association: -1 / (N - 1).
    sd : float
        Standard deviation under random assignment of the values to the units.
    p : float
        Two-sided, by the normal distribution.
    units, ties : int
    draws : array of float, shape (B,)
        I of shuffled values; empty where no permutations were asked for.
    p_permuted : float or None
        Two-sided, by the draws.
    seed : int or None
    islands : tuple of str
        Units without any tie, which have no part in it; empty where they were kept.
    """

    value: float
    expected: float
    sd: float
    p: float
    units: int
    ties: int
    draws: Numbers = field(repr=False)
    p_permuted: float | None = None
    seed: int | None = None
    islands: tuple[str, ...] = ()

    def table(self) -> pl.DataFrame:
        """One row: value, expected, sd, p, units, ties, permutations, p_permuted."""
        import polars as pl

        names = ("value", "expected", "sd", "p", "units", "ties")
        columns = {name: [getattr(self, name)] for name in names}
        more = {
            "permutations": [len(self.draws)],
            "p_permuted": pl.Series([self.p_permuted], dtype=pl.Float64),
        }
        return pl.DataFrame(columns | more)


def moran(
    values: Any,
    ties: Layer | Frame,
    *,
    row_normalized: bool = True,
    permutations: int = 0,
    seed: int | None = None,
    keep_islands: bool = False,
) -> Moran:
    """Moran's I: whether units that are tied have like values.

    Parameters
    ----------
    values : pandas, Polars or Arrow table, or array of float, shape (N,)
        A table has the columns `unit` and `value`; an array follows the units of the layer.
    ties : Layer, or pandas, Polars or Arrow table
        Square. A frame has the columns `sender`, `receiver` and, if ties differ, `weight`; a unit of `values`
        that stands in no row of it is an island.
    row_normalized : bool
        Whether the weights of each unit's ties add up to 1.
    permutations : int
        Shuffles of the values for a p-value that needs no normal distribution.
    seed : int
        Needed with permutations.
    keep_islands : bool
        Whether units without any tie count, as if their neighbours were of mean value. They draw I towards 0
        and say nothing of those that are tied; by default they are left out, and named.

    Returns
    -------
    Moran

    Raises
    ------
    CaseError
        If a tie cannot be read.
    MethodError
        If there are fewer than four units, no ties, or one value only; or a value is not known.
    PlanError
        If values and ties name other units, ties change in time, or permutations lack a seed.

    Notes
    -----
    ``I = N / S0 · z'Wz / z'z`` with the moments of Cliff and Ord under randomisation. All terms are sums over
    ties, so the cost is that of the ties.

    References
    ----------
    Moran 1950, Biometrika 37: 17–23, doi:10.2307/2332142 · Cliff & Ord 1981, Spatial Processes.

    Examples
    --------
    >>> import polars as pl
    >>> ends = {"sender": ["a", "b", "b", "c", "c", "d"], "receiver": ["b", "a", "c", "b", "d", "c"]}
    >>> path = pl.DataFrame(ends)
    >>> round(moran([1.0, 2.0, 3.0, 4.0], path, row_normalized=False).value, 6)
    0.333333
    """
    layer = ties if isinstance(ties, Layer) else _with_islands(layer_from_frame(ties), ties, values)
    if layer.changes:
        raise PlanError(
            f"Ties of layer `{layer.name}` change: give those of one date, or use `moran_by_period`."
        )
    refuse_other_senders(layer, "likeness")
    x, matrix = _values(values, layer), layer.snapshots[0][1]
    tied = np.ones(len(x), dtype=bool) if keep_islands else _tied(matrix)
    draws = _Draws(permutations, seed, "moran")
    result = _moran(x[tied], _among(matrix, tied), row_normalized, draws)
    return replace(result, islands=_names(layer, ~tied))


def _with_islands(layer: Layer, ties: Frame, values: Any) -> Layer:
    """The layer of a frame of ties with the units of the values that no tie names."""
    if not (hasattr(values, "columns") or hasattr(values, "column_names")):
        return layer
    frame, _ = polars_of(values, "The frame of values")
    need(frame, ("unit",), "The frame of values")
    known = set(layer.units)
    islands = [
        name for name in ids(frame["unit"]).drop_nulls().unique(maintain_order=True) if name not in known
    ]
    return layer_from_frame(ties, units=[*layer.units, *islands]) if islands else layer


def _tied(matrix: Matrix) -> Flags:
    """Whether each unit has a tie to or from anybody; all of them, where nobody has one."""
    tied = (np.diff(matrix.indptr) > 0) | (np.bincount(matrix.indices, minlength=matrix.shape[0]) > 0)
    return np.asarray(tied if tied.any() else ~tied)


def _among(matrix: Matrix, units: Flags) -> Matrix:
    """Ties among some units."""
    return matrix if units.all() else sparse.csr_array(matrix[units][:, units])


def _names(layer: Layer, units: Flags) -> tuple[str, ...]:
    return tuple(np.array(layer.units)[units].tolist())


def moran_by_period(
    network: DiffusionNetwork,
    *,
    row_normalized: bool = True,
    permutations: int = 0,
    seed: int | None = None,
    keep_islands: bool = False,
) -> pl.DataFrame:
    """Moran's I of adoption, period by period: whether adopters cluster among those tied to them.

    Parameters
    ----------
    network : DiffusionNetwork
        From `diffusion_network`; its ties may change in time. `proximity_weights` makes ties that reach
        beyond neighbours.
    row_normalized, permutations, seed, keep_islands
        As for `moran`; who is an island is asked in each period.

    Returns
    -------
    polars.DataFrame
        period, value, expected, sd, p, p_permuted of having adopted by the end of each period; null, with
        `why`, where it cannot be computed, as where all have adopted. `islands` names the units without ties
        in that period, which have no part in it.

    Raises
    ------
    PlanError
        If permutations lack a seed, or either ties or periods have dates, but not both.
    """
    import polars as pl

    refuse_no_network(network)
    times = network.times
    matrices = {
        at: snapshot.matrix
        for snapshot in network.watched_snapshots()
        for at in range(snapshot.first, snapshot.last + 1)
    }
    rows: list[dict[str, object]] = []
    for at, name in enumerate(times.names(np.arange(1, times.last + 1)), start=1):
        row: dict[str, object] = {"period": name, "why": None}
        rows.append(row)
        if at not in matrices:
            row["why"] = "the ties were not known yet"
            continue
        had = (times.ever & (times.toa <= at)).astype(np.float64)
        tied = np.ones(len(had), dtype=bool) if keep_islands else _tied(matrices[at])
        row["islands"] = list(_names(network.layer, ~tied))
        draws = _Draws(permutations, seed, f"moran {at}")
        try:
            one = _moran(had[tied], _among(matrices[at], tied), row_normalized, draws)
        except MethodError as error:
            row["why"] = str(error)
            continue
        row |= {"value": one.value, "expected": one.expected, "sd": one.sd, "p": one.p}
        row["p_permuted"] = one.p_permuted
    numbers = ("value", "expected", "sd", "p", "p_permuted")
    columns = {name: pl.Series([row.get(name) for row in rows], dtype=pl.Float64) for name in numbers}
    called = pl.Series([row["period"] for row in rows])
    names = pl.Series([row.get("islands") or [] for row in rows], dtype=pl.List(pl.String))
    why = pl.Series([row["why"] for row in rows], dtype=pl.String)
    return pl.DataFrame({"period": called} | columns | {"islands": names, "why": why})


@dataclass(frozen=True)
class _Draws:
    """How many shuffles were asked for, and from which stream."""

    many: int
    seed: int | None
    name: str

    def __post_init__(self) -> None:
        """Shuffles are enough, and have a seed."""
        if self.many:
            whole_number("permutations", self.many, FEWEST_DRAWS)
            if self.seed is None:
                raise PlanError("Permutations need a seed, so that others can repeat them.")

    def stream(self) -> np.random.Generator:
        """Their random numbers."""
        return seeded(self.seed or 0, self.name)


def _refuse_repeated(names: Sequence[str]) -> None:
    """Refuse a unit with several values, naming the rows; the first row of a frame is row 1."""
    rows: dict[str, list[int]] = {}
    for at, name in enumerate(names, start=1):
        rows.setdefault(name, []).append(at)
    twice = {name: own for name, own in rows.items() if len(own) > 1}
    if twice:
        name, own = next(iter(twice.items()))
        more = f" ({len(twice) - 1:,} more units have several)" if len(twice) > 1 else ""
        raise PlanError(
            f"`{name}` has {len(own)} values, in rows {listed(map(str, own), at_most=6)}: keep one{more}."
        )


def _values(values: Any, layer: Layer) -> Numbers:
    if hasattr(values, "columns") or hasattr(values, "column_names"):
        frame, _ = polars_of(values, "The frame of values")
        need(frame, ("unit", "value"), "The frame of values")
        place = {unit: at for at, unit in enumerate(layer.units)}
        names = ids(frame["unit"]).to_list()
        _refuse_repeated(names)
        unlisted = next((name for name in names if name not in place), None)
        if unlisted is not None or len(set(names)) != len(layer.units) or len(names) != len(layer.units):
            raise PlanError(
                f"The values are of {counted(len(names), 'row')}, the ties of "
                f"{counted(len(layer.units), 'unit')}"
                f"{'' if unlisted is None else f' without `{unlisted}`'}: each unit has one value."
            )
        vector = np.empty(len(names))
        vector[[place[name] for name in names]] = (
            frame["value"].cast(float).fill_null(float("nan")).to_numpy()
        )
    else:
        vector = np.asarray(values, dtype=np.float64)
    if vector.shape != (len(layer.units),):
        raise PlanError(
            f"The ties are of {counted(len(layer.units), 'unit')}, but values of shape {vector.shape}."
        )
    if not np.isfinite(vector).all():
        unit = layer.units[int(np.flatnonzero(~np.isfinite(vector))[0])]
        raise MethodError(f"The value of `{unit}` is not known: remove the unit from values and ties.")
    return vector


def _moran(x: Numbers, matrix: Matrix, row_normalized: bool, ask: _Draws) -> Moran:
    n = len(x)
    z = x - x.mean()
    spread = float(z @ z)
    if n < FEWEST:
        raise MethodError(f"Moran's I needs at least {FEWEST} units; there {noun(n, 'is', 'are')} {n}.")
    if not matrix.nnz:
        raise MethodError("There are no ties.")
    # relative to the values: a constant leaves squares of rounding errors
    if spread <= 1e-24 * n * max(1.0, float(np.abs(x).max())) ** 2:
        raise MethodError("All units have the same value.")
    weights = _normalized(matrix) if row_normalized else matrix
    whole = float(weights.data.sum())
    scale = n / (whole * spread)
    # the fourth moment over the squared second: kurtosis under randomisation, where the values are given
    sd = _sd(weights, whole, float(np.mean(z**4)) / (spread / n) ** 2)
    value, expected = scale * float(z @ (weights @ z)), -1 / (n - 1)
    draws = scale * _shuffled(z, weights, ask.many, ask.stream()) if ask.many else np.empty(0)
    return Moran(
        value=value,
        expected=expected,
        sd=sd,
        p=float(2 * ndtr(-abs(value - expected) / sd)) if sd > 0 else float("nan"),
        units=n,
        ties=int(matrix.nnz),
        draws=draws,
        p_permuted=randomization_test(value, draws, "two-sided").p if ask.many else None,
        seed=ask.seed if ask.many else None,
    )


def _normalized(matrix: Matrix) -> Matrix:
    """Weights that add up to 1 in each row that has any."""
    total = np.asarray(matrix.sum(axis=1)).ravel()
    each = matrix.data / np.repeat(total, np.diff(matrix.indptr))
    return sparse.csr_array((each, matrix.indices, matrix.indptr), shape=matrix.shape)


def _sd(weights: Matrix, whole: float, kurtosis: float) -> float:
    """Standard deviation of I under randomisation, from sums over ties alone."""
    n = weights.shape[0]
    out = np.asarray(weights.sum(axis=1)).ravel()
    into = np.bincount(weights.indices, weights=weights.data, minlength=n)
    # Σ (w_ij + w_ji)² / 2 = Σ w_ij² + Σ w_ij w_ji, over ties alone
    both = float(weights.multiply(sparse.csr_array(weights.T)).sum())
    s1 = float(weights.data @ weights.data) + both
    s2 = float(((out + into) ** 2).sum())
    s4 = (n**2 - 3 * n + 3) * s1 - n * s2 + 3 * whole**2
    s5 = n * (n - 1) * s1 - 2 * n * s2 + 6 * whole**2
    # Cliff & Ord 1981: E I² under randomisation less (E I)²
    variance = (n * s4 - kurtosis * s5) / ((n - 1.0) * (n - 2) * (n - 3) * whole**2) - 1 / (n - 1) ** 2
    return float(np.sqrt(max(variance, 0.0)))


def _shuffled(z: Numbers, weights: Matrix, draws: int, rng: np.random.Generator) -> Numbers:
    """z'Wz of shuffled values, a block of shuffles at a time."""
    statistics = np.empty(draws)
    block = max(1, AT_ONCE // len(z))
    for start in range(0, draws, block):
        many = min(block, draws - start)
        mixed = np.ascontiguousarray(rng.permuted(np.tile(z, (many, 1)), axis=1).T)
        statistics[start : start + many] = np.einsum("nb,nb->b", mixed, weights @ mixed)
    return statistics
