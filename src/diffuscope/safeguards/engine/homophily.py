"""Homophily: which covariates go with the ties, by quadratic assignment (QAP).

Where alike units are tied and alike units adopt, ties seem to pass on what likeness brings about (Shalizi &
Thomas 2011, doi:10.1177/0049124111404820). Whether a covariate goes with ties is asked by exchanging it among
units (QAP; Krackhardt 1988, doi:10.1016/0378-8733(88)90004-4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from diffuscope.compute import randomization_test, stream
from diffuscope.panel.canonical_order import canonical_order
from diffuscope.panel.covariates import TIMES
from diffuscope.safeguards.engine.check import LEVEL
from diffuscope.safeguards.engine.covariates import KEYS
from diffuscope.safeguards.engine.draws import drawn
from diffuscope.ties.dates import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records.arrays import Numbers
    from diffuscope.safeguards.engine.check import SafeguardOptions
    from diffuscope.safeguards.tested_model import TestedModel
    from diffuscope.ties import Layer


FEWEST = 5
"""Units below which no exchange of a covariate among them could stand out."""


@dataclass(frozen=True)
class DyadicCovariate:
    """A covariate of units, and the ties among them.

    Attributes
    ----------
    weights : scipy.sparse.coo_array, shape (n, n)
    values : array of float, shape (n,)
        Numbers, or codes of categories.
    numeric : bool
        Whether the difference of two units is a number, or only whether they differ.
    """

    weights: Any
    values: Numbers
    numeric: bool

    def correlation(self, values: Numbers | None = None) -> float:
        """Correlation of tie weight with difference, over all ordered dyads; NaN where one does not vary.

        Differences need not be made of dyads without a tie: their sums are known in closed form.
        """
        own = self.values if values is None else values
        n = len(own)
        dyads = n * (n - 1)
        distance = self._distance(own[self.weights.row], own[self.weights.col])
        tie, difference = self.weights.data, self._sums(own)
        means = tie.sum() / dyads, difference[0] / dyads
        spread = tie @ tie / dyads - means[0] ** 2, difference[1] / dyads - means[1] ** 2
        # no ties, all tied alike, or a covariate that is the same for all: no correlation
        if min(spread) <= 1e-12 * max(tie.max(initial=0.0) ** 2, 1e-300) or spread[1] <= 0:
            return float("nan")
        return float((tie @ distance / dyads - means[0] * means[1]) / np.sqrt(spread[0] * spread[1]))

    def _distance(self, one: Numbers, other: Numbers) -> Numbers:
        return np.abs(one - other) if self.numeric else (one != other).astype(np.float64)

    def _sums(self, own: Numbers) -> tuple[float, float]:
        """Sum of differences, and of their squares, over all ordered dyads."""
        n = len(own)
        if not self.numeric:
            differing = float(n**2 - (np.unique(own, return_counts=True)[1] ** 2).sum())
            return differing, differing
        ranked = np.sort(own - own.mean())
        # Σ |x_i - x_j| over ordered pairs: sorted, each value is added as often as it is the larger of a pair
        # and subtracted as often as it is the smaller
        first = 2 * float((2 * np.arange(n) - n + 1) @ ranked)
        # Σ (x_i - x_j)² = 2n Σ x² where x has mean 0
        return first, 2 * n * float(ranked @ ranked)


class DriverTest(NamedTuple):
    """Whether a covariate drives ties.

    Attributes
    ----------
    r : float
        Correlation of difference and tie weight: below zero where alike units are tied.
    p : float
        Two-sided, by exchanging the covariate among units.
    precedes : bool or None
        Whether it is known from before the ties; None where that cannot be told.
    """

    r: float
    p: float
    precedes: bool | None

    @property
    def goes(self) -> bool:
        """Whether it goes with the ties."""
        return self.p < LEVEL


def driver_tests(
    tested: TestedModel, column: str, names: Sequence[str], options: SafeguardOptions
) -> dict[str, DriverTest]:
    """QAP test of covariates against the ties of an exposure.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    names : sequence of str
        Columns of the panel.
    options : SafeguardOptions

    Returns
    -------
    dict of str to DriverTest
        Those that can be compared with the ties.
    """
    layer, rows = tested.channel(column).inputs.layer, tested.panel.table()
    tests: dict[str, DriverTest] = {}
    for name in names:
        key = ("driver test", layer.name, name, options.seed, options.draws, options.stop_early)
        if key not in tested.kept:
            tested.kept[key] = _tested(tested, layer, rows, name, options)
        if tested.kept[key] is not None:
            tests[name] = tested.kept[key]
    return tests


def _tested(
    tested: TestedModel, layer: Layer, rows: pl.DataFrame, name: str, options: SafeguardOptions
) -> DriverTest | None:
    dyadic = dyadic_covariate(layer, rows, name)
    if dyadic is None or np.isnan(r := dyadic.correlation()):
        return None
    what = f"QAP {layer.name}"
    null = (dyadic, options.seed, what)
    draws = drawn(_draw, null, options.draws, options, at_once=options.draws, name=what, observed=r)
    p = randomization_test(r, draws, "two-sided").p
    return DriverTest(r, p, _precedes(tested, layer, name))


def dyadic_covariate(layer: Layer, rows: pl.DataFrame, name: str) -> DyadicCovariate | None:
    """A covariate of the units of a layer, by its first known value at risk, and the latest ties among them.

    Units stand in canonical order. None where there are too few units of which it is known.
    """
    first = (
        rows.filter(known_values(rows, name)).sort("unit", "time").group_by("unit").agg(pl.col(name).first())
    )
    value, senders = dict(first.sort("unit").iter_rows()), set(layer.senders)
    ordered = [layer.units[at] for at in canonical_order(layer, rows)]
    units = [unit for unit in ordered if unit in value and unit in senders]
    if len(units) < FEWEST:
        return None
    weights = layer.among(units).from_senders(units).snapshots[-1][1].tocoo()
    numeric = rows[name].dtype.is_numeric() or rows[name].dtype == pl.Boolean
    own = [value[unit] for unit in units]
    values = np.array(own, dtype=np.float64) if numeric else np.unique(own, return_inverse=True)[1]
    return DyadicCovariate(weights, values.astype(np.float64), numeric)


def _draw(null: tuple[DyadicCovariate, int, str], numbers: range) -> Numbers:
    dyadic, seed, name = null
    streams = (stream(seed, name, number) for number in numbers)
    return np.array([dyadic.correlation(rng.permutation(dyadic.values)) for rng in streams])


def _precedes(tested: TestedModel, layer: Layer, name: str) -> bool | None:
    """Whether a covariate is known from before the ties: one without dates always held."""
    history = tested.panel.history
    frames = [extra for extra, _, _ in (history.covariates if history else ()) if name in extra.columns]
    since = layer.snapshots[0][0]
    for extra in frames:
        dates = [one for one in TIMES if one in extra.columns]
        if not dates:
            continue
        if since is None:
            return None
        first = extra.drop_nulls(name)[dates[0]].drop_nulls().min()
        if first is None or moment(str(first), "a covariate") > moment(since, "the ties"):
            return False
    return True


def joined_covariates(tested: TestedModel) -> list[str]:
    """Columns of the panel that were joined to it by unit."""
    rows, history = tested.panel.table(), tested.panel.history
    own = [frame for frame, _, _ in (history.covariates if history else ()) if "unit" in frame.columns]
    joined = [name for frame in own for name in frame.columns if name not in (*KEYS, *TIMES)]
    return [name for name in dict.fromkeys(joined) if name in rows.columns]


def known_values(rows: pl.DataFrame, name: str) -> pl.Expr:
    """Rows in which a column is known."""
    given = pl.col(name).is_not_null()
    return given & pl.col(name).is_finite() if rows[name].dtype.is_float() else given
