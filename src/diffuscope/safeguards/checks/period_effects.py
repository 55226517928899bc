"""Period effects: does the sign hold where only units at risk in the same period are compared?

The conditional likelihood within policy and period has no parameter for any period, so that there are none to
draw the estimate away from zero (the incidental parameters of period dummies). Adoptions of one period are
taken as tied; their order is not known (Efron 1977).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.errors import MethodError
from diffuscope.models.design.model_frame import independent
from diffuscope.models.estimators.cox import cox
from diffuscope.records import Safeguard
from diffuscope.records.numbers import decimal
from diffuscope.safeguards.engine.check import Check, SafeguardOptions, missing, not_asked
from diffuscope.safeguards.engine.respecify import known

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.records.arrays import Codes, Numbers
    from diffuscope.safeguards.tested_model import TestedModel


def period_effects(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Period effects: the sign of the coefficient by conditional likelihood within policy and period.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        The coefficient, with its interval, on the scale of the linear predictor. Passed where it is above
        zero. What is the same for all in a period, such as the global share, has no part in it.
    """
    rows, x, y, _ = tested.refitter.complete
    stratum = rows.select(pl.struct("policy", "time").rank("dense"))["policy"].to_numpy().astype(np.int64) - 1
    tells = _tells(y, stratum)
    if not tells.any():
        return not_asked(
            "No period has both units that adopted and units that did not, so there is nothing to compare."
        )
    x, y, stratum = x[tells], y[tells], stratum[tells]
    place = tested.place(column)
    kept = _varying(x, stratum, place)
    if place not in kept:
        return missing(f"`{column}` is the same for all units in each period: nothing to compare.")
    names = [f"x{at}" for at in kept]
    frame = pl.DataFrame(dict(zip(names, x[:, kept].T, strict=True)))
    frame = frame.with_columns(
        event=pl.Series(y.astype(np.int64)), group=pl.Series(stratum), start=pl.lit(0.0), stop=pl.lit(1.0)
    )
    try:
        # Cox's partial likelihood stratified by policy and period is the conditional likelihood within each;
        # one event time per stratum, so every row has the same span
        fit = cox(f"adopted ~ {' + '.join(names)}", frame, strata="group", cluster=None)
    except MethodError as error:
        return missing(_named(str(error), tested.fit.names))
    at = fit.names.index(f"x{place}")
    value, low, high = (float(own[at]) for own in (fit.coefficients, fit.ci_low, fit.ci_high))
    periods = np.unique(stratum).size
    says = (
        f"Within {periods:,} policies and periods with adoptions the coefficient is {decimal(value)} (95 % "
        f"interval {decimal(low)} to {decimal(high)}); in the model it is "
        f"{decimal(tested.coefficient(column))}."
    )
    passed = value > 0
    if not passed:
        says += " Its sign reverses: the effect may come from changes that affect all units at the same time."
    return Safeguard(
        name="", applies=True, passed=passed, description=says, value=value, ci_low=known(low),
        ci_high=known(high),
    )  # fmt: skip


def _named(words: str, names: tuple[str, ...]) -> str:
    """Why nothing could be fitted, with columns called as the tested model calls them."""
    why = re.sub(r"`x(\d+)`", lambda match: f"`{names[int(match[1])]}`", words.partition(". ")[0])
    return f"Within policies and periods nothing can be estimated. {why.rstrip('.')}."


def _tells(y: Numbers, stratum: Codes) -> NDArray[np.bool_]:
    """Rows of strata with both an event and a row without one."""
    rows, events = np.bincount(stratum), np.bincount(stratum, weights=y)
    return np.asarray(((events > 0) & (events < rows))[stratum])


def _varying(x: Numbers, stratum: Codes, first: int) -> list[int]:
    """Columns that vary within strata and repeat no other; the first of them before all others."""
    _, group = np.unique(stratum, return_inverse=True)
    many = np.bincount(group)
    means = np.array([np.bincount(group, weights=column) / many for column in x.T])
    within = x - means.T[group]
    length = np.sqrt(np.einsum("rk,rk->k", within, within) / len(within))
    scale = np.sqrt(np.einsum("rk,rk->k", x, x) / len(x))
    # what is the same for all in a stratum cancels from the likelihood: no coefficient of it exists
    moves = np.flatnonzero(length > 1e-10 * np.maximum(scale, 1e-300))
    order = sorted(moves.tolist(), key=lambda at: at != first)
    scaled = within / np.where(length > 0, length, 1.0)
    kept, _ = independent(scaled.T @ scaled, order)
    return kept


SAFEGUARD = Check(
    name="period effects",
    asks="Does the sign hold where only units at risk in the same period are compared?",
    role="decisive",
    run=period_effects,
)
