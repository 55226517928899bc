"""Are those tied who are alike anyway? What drives the ties, and the coefficient with it in the model.

Where alike units are tied and alike units adopt, ties seem to pass on what likeness brings about (Shalizi &
Thomas 2011, doi:10.1177/0049124111404820). Whether a covariate goes with ties is asked by exchanging it among
units (QAP; Krackhardt 1988, doi:10.1016/0378-8733(88)90004-4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.compute import map_items
from diffuscope.errors import MethodError, PlanError
from diffuscope.panel.covariates import TIMES
from diffuscope.records import Safeguard
from diffuscope.safeguards.covariates import KEYS
from diffuscope.safeguards.holm import holm
from diffuscope.safeguards.refit import known, refit
from diffuscope.safeguards.worlds import LEVEL, p_two_sided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from diffuscope.records import SafeguardName
    from diffuscope.safeguards.question import Question
    from diffuscope.ties import Layer

    Numbers = NDArray[np.float64]

NAME: SafeguardName = "drivers of ties"
DRAWS = 999
FEWEST = 5
"""Units below which no exchange of a covariate among them could stand out."""


@dataclass(frozen=True)
class Likeness:
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
        apart = self._apart(own[self.weights.row], own[self.weights.col])
        tie, difference = self.weights.data, self._sums(own)
        means = tie.sum() / dyads, difference[0] / dyads
        spread = tie @ tie / dyads - means[0] ** 2, difference[1] / dyads - means[1] ** 2
        if min(spread) <= 1e-12 * max(tie.max(initial=0.0) ** 2, 1e-300) or spread[1] <= 0:
            return float("nan")
        return float((tie @ apart / dyads - means[0] * means[1]) / np.sqrt(spread[0] * spread[1]))

    def _apart(self, one: Numbers, other: Numbers) -> Numbers:
        return np.abs(one - other) if self.numeric else (one != other).astype(np.float64)

    def _sums(self, own: Numbers) -> tuple[float, float]:
        """Sum of differences, and of their squares, over all ordered dyads."""
        n = len(own)
        if not self.numeric:
            differing = float(n**2 - (np.unique(own, return_counts=True)[1] ** 2).sum())
            return differing, differing
        ranked = np.sort(own - own.mean())
        first = 2 * float((2 * np.arange(n) - n + 1) @ ranked)
        return first, 2 * n * float(ranked @ ranked)


def drivers_of_ties(
    question: Question,
    column: str,
    declared: Sequence[str] = (),
    *,
    draws: int = DRAWS,
    seed: int = 0,
    workers: int | None = None,
) -> Safeguard:
    """Whether the coefficient of an exposure outlasts what is declared to drive its ties.

    Passed: drivers are declared, and with all of them in the model the 95 % interval stays above zero. None
    declared is a safeguard that is missing. Beside it stands which covariates of the panel go with the ties:
    over all ordered dyads, the difference of two units (of categories, whether they differ) is correlated
    with the weight of their tie, and compared with exchanges of the covariate among units; p is two-sided,
    adjusted by Holm's method over covariates.

    Parameters
    ----------
    question : Question
    column : str
        The exposure.
    declared : sequence of str
        Columns of the panel that drive these ties.
    draws, seed, workers : int
        Of the exchanges.

    Returns
    -------
    Safeguard
        The coefficient with the drivers, with its interval, on the scale of the linear predictor.
    """
    value = question.coefficient(column)
    rows = question.panel.table()
    told = _going(question, column, declared, (draws, seed, workers))
    lacking = [name for name in declared if name not in rows.columns]
    if not declared or lacking:
        says = "No drivers of these ties are declared."
        if lacking:
            says = f"The panel does not have `{lacking[0]}`, which is declared to drive these ties."
        return Safeguard(name=NAME, applies=True, passed=None, says=f"{says} {told}", value=value)
    complete = rows.filter(_known(rows, name) for name in declared)
    order = question.fit.design.columns.formula.order
    there = {name: [term for term in order if _names(term, name)] for name in declared}
    new = [name for name, terms in there.items() if not terms]
    held = {term for terms in there.values() for term in terms if not _names(term, column)}
    formula = question.fit.formula
    bare = " - ".join((formula, *sorted(held)))
    try:
        found = refit(question, column, formula=" + ".join((formula, *new)), rows=complete)
        without = f"{refit(question, column, formula=bare, rows=complete).estimate:.2f}"
    except (MethodError, PlanError) as error:
        says = f"With the declared drivers it cannot be computed. {error} {told}"
        return Safeguard(name=NAME, applies=True, passed=None, says=says, value=value)
    named = ", ".join(f"`{name}`" for name in declared)
    says = (
        f"With the declared drivers of the ties in the model ({named}), the coefficient is {found}; without, "
        f"{without} on the same {found.rows:,} rows. {told}"
    )
    return Safeguard(
        name=NAME, applies=True, passed=found.low > 0, says=says, value=found.estimate, low=known(found.low),
        high=known(found.high),
    )  # fmt: skip


def _going(question: Question, column: str, declared: Sequence[str], how: tuple[int, int, int | None]) -> str:
    """Which covariates go with the ties, in words, and whether they are in the model."""
    layer = question.channel(column).seen.layer
    found: dict[str, tuple[float, float]] = {}
    for name in _candidates(question, declared):
        likeness = likeness_of(layer, question.panel.table(), name)
        if likeness is None or np.isnan(r := likeness.correlation()):
            continue
        draws, seed, workers = how
        what = f"{NAME} {layer.name} {name}"
        drawn = map_items(_draw, range(draws), likeness, seed=seed, name=what, workers=workers)
        found[name] = r, p_two_sided(r, np.array(drawn))
    if not found:
        return "No covariate of the panel can be compared with the ties."
    adjusted = holm({name: p for name, (_, p) in found.items()})
    inside = set(question.fit.design.columns.formula.variables) | set(declared)
    going = [name for name in found if adjusted[name] < LEVEL]
    if not going:
        return f"No covariate goes with the ties, of {len(found)} compared."
    each = ", ".join(
        f"`{name}` (difference and tie correlate at {found[name][0]:.2f}, p = {adjusted[name]:.3f}"
        + ("" if name in inside else "; neither declared nor in the model") + ")"
        for name in going
    )  # fmt: skip
    return f"With the ties goes: {each}."


def likeness_of(layer: Layer, rows: pl.DataFrame, name: str) -> Likeness | None:
    """A covariate of the units of a layer, by its first known value at risk, and the latest ties among them.

    None where there are too few units of which it is known.
    """
    first = rows.filter(_known(rows, name)).sort("unit", "time").group_by("unit").agg(pl.col(name).first())
    value, senders = dict(first.sort("unit").iter_rows()), set(layer.senders)
    units = [unit for unit in layer.units if unit in value and unit in senders]
    if len(units) < FEWEST:
        return None
    weights = layer.among(units).from_senders(units).snapshots[-1][1].tocoo()
    numeric = rows[name].dtype.is_numeric() or rows[name].dtype == pl.Boolean
    own = [value[unit] for unit in units]
    values = np.array(own, dtype=np.float64) if numeric else np.unique(own, return_inverse=True)[1]
    return Likeness(weights, values.astype(np.float64), numeric)


def _draw(likeness: Likeness, _: int, rng: np.random.Generator) -> float:
    return likeness.correlation(rng.permutation(likeness.values))


def _candidates(question: Question, declared: Sequence[str]) -> list[str]:
    """Declared columns, and all covariates that were joined to the panel by unit."""
    rows, history = question.panel.table(), question.panel.history
    own = [frame for frame, _, _ in (history.covariates if history else ()) if "unit" in frame.columns]
    joined = [name for frame in own for name in frame.columns if name not in (*KEYS, *TIMES)]
    return [name for name in dict.fromkeys((*declared, *joined)) if name in rows.columns]


def _known(rows: pl.DataFrame, name: str) -> pl.Expr:
    given = pl.col(name).is_not_null()
    return given & pl.col(name).is_finite() if rows[name].dtype.is_float() else given


def _names(term: str, column: str) -> bool:
    return column in re.findall(r"\w+", term)
