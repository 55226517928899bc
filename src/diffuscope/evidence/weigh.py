"""Weight of evidence of one coded trace: 10·log10 of its likelihood ratio, in decibans (dB).

The chances are those of the trace, also where it was searched for and not found. They lie between .01 and
.99, so no single trace weighs more than 20 dB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.errors import MethodError
from diffuscope.evidence.rule import rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.records.arrays import Numbers


BANDS = {"none": 0.0, "weak": 3.0, "moderate": 6.0, "strong": 10.0, "very strong": 20.0}
"""Weight in words, for coders who would rather not give chances (dB)."""
TESTING = 5.0
"""Likelihood ratio from which a trace is more than a straw in the wind."""
TINY = 1e-9
"""Room for rounding where a number is held against a line."""


def weight_if_found(p_if_true: Numbers, p_if_false: Numbers) -> Numbers:
    """Weight of evidence of a trace that was found (dB): 10·log10(p1 / p0).

    >>> round(float(weight_if_found(np.float64(0.8), np.float64(0.2))), 4)
    6.0206
    """
    return np.asarray(10 * np.log10(p_if_true / p_if_false))


def weight_if_absent(p_if_true: Numbers, p_if_false: Numbers, searched: Numbers) -> Numbers:
    """Weight of evidence of a trace searched for in vain (dB): 10·log10((1 − s·p1) / (1 − s·p0)).

    Parameters
    ----------
    p_if_true, p_if_false : array
        Chances of the trace, not of its absence.
    searched : array
        Chance that the search would have found the trace, had it existed; 0 weighs nothing.

    Examples
    --------
    >>> round(float(weight_if_absent(np.float64(0.8), np.float64(0.1), np.float64(0.5))), 3)
    -1.996
    """
    return np.asarray(10 * np.log10((1 - searched * p_if_true) / (1 - searched * p_if_false)))


def kinds_of_test(
    p_if_true: Numbers, p_if_false: Numbers, searched: Numbers | None = None
) -> NDArray[np.object_]:
    """Van Evera's four tests: which of them a trace is, from its chances.

    A trace likelier without the mechanism is named by the test its absence is, which the mechanism failed. A
    trace that was searched for in vain is named by what that absence tells, given how well it was searched
    for: a half-hearted search is a straw in the wind, whatever the trace would have been.

    Parameters
    ----------
    p_if_true, p_if_false : array
    searched : array, optional
        Chance that the search would have found an absent trace; NaN where the trace was seen.

    Returns
    -------
    array of str or None
        None where a chance is missing.

    References
    ----------
    Van Evera 1997, Guide to Methods for Students of Political Science · Collier 2011, PS: Political Science &
    Politics 44: 823–830, doi:10.1017/S1049096511001429.
    """
    against = p_if_true < p_if_false
    # the chances of the absence, where the trace itself would speak against
    true = np.where(against, 1 - p_if_true, p_if_true)
    false = np.where(against, 1 - p_if_false, p_if_false)
    # failing a hoop test speaks at least 5 to 1 against; passing a smoking-gun test at least 5 to 1 for
    hoop = (1 - true) / (1 - false) <= 1 / TESTING + TINY
    smoking_gun = true / false >= TESTING - TINY
    if searched is not None:
        absent = ~np.isnan(searched)
        magnitude = np.abs(weight_if_absent(p_if_true, p_if_false, np.where(absent, searched, 1.0)))
        decisive = magnitude >= 10 * np.log10(TESTING) - TINY
        # an absence that counts heavily against is a hoop failed, one that counts heavily for a smoking gun
        hoop = np.where(absent, decisive & (hoop | ~against), hoop)
        smoking_gun = np.where(absent, decisive & (smoking_gun | against), smoking_gun)
    names = np.select(
        [np.isnan(true + false), hoop & smoking_gun, hoop, smoking_gun],
        ["", "doubly decisive", "hoop", "smoking gun"],
        default="straw in the wind",
    ).astype(object)
    names[names == ""] = None
    return names


def at(searched: float) -> str:
    """Column of the weights when every search would have found the trace with one and the same chance."""
    return f"at_{searched:g}"


def weigh(rows: pl.DataFrame) -> pl.DataFrame:
    """Add to each coded row its weight, its test, and whether it is an observation at all.

    Parameters
    ----------
    rows : polars.DataFrame
        Of the table `evidence`.

    Returns
    -------
    polars.DataFrame
        With columns `decibans`, `test` (null for bands), `looked`, false where nobody searched, and a column
        `at_…` for every other chance of finding an absent trace that the stance rule names.

    Raises
    ------
    MethodError
        If a row has neither chances nor a band; checking the case tells which.
    """
    true, false, searched = (
        rows[name].cast(pl.Float64).to_numpy() for name in ("p_if_true", "p_if_false", "searched")
    )
    direction, band = rows["direction"], rows["band"]
    sign = direction.replace_strict({"for": 1.0, "against": -1.0}, default=None, return_dtype=pl.Float64)
    banded = (band.replace_strict(BANDS, default=None, return_dtype=pl.Float64) * sign).to_numpy()
    absent = (direction == "absent").fill_null(False).to_numpy()
    fixed = np.where(band.is_not_null().to_numpy(), banded, weight_if_found(true, false))

    def weights(chance: Numbers) -> Numbers:
        unbanded = absent & band.is_null().to_numpy()
        return np.where(unbanded, weight_if_absent(true, false, chance), fixed)

    weight = weights(searched)
    if not np.isfinite(weight).all():
        raise MethodError("A coded passage has no weight: check the case before weighing its evidence.")
    test = kinds_of_test(true, false, np.where(absent, searched, np.nan))
    # nobody looked: no observation, of weight 0 at any other chance of finding it too
    looked = ~(absent & (searched == 0))
    return rows.with_columns(
        decibans=pl.Series(weight, dtype=pl.Float64),
        test=pl.Series(test.tolist(), dtype=pl.String),
        looked=pl.Series(looked),
        **{
            at(chance): pl.Series(weights(np.where(looked, chance, 0.0)), dtype=pl.Float64)
            for chance in other_searches()
        },
    )


def other_searches() -> tuple[float, ...]:
    """Chances of finding an absent trace at which the stance rule looks again."""
    evidence_rule = rule()
    return tuple(
        sorted({*evidence_rule.shown.searched, *evidence_rule.firm.searched, evidence_rule.fails.searched})
    )
