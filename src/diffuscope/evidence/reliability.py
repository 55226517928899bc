"""How far people who code the same things agree, beyond chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from diffuscope.errors import MethodError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from diffuscope.records.arrays import Numbers


Level = Literal["nominal", "ordinal", "interval", "ratio"]
DRAWS = 2000


def krippendorff(values: ArrayLike, level: Level = "nominal") -> float:
    """Krippendorff's alpha: 1 where coders agree in everything, 0 where they agree as often as by chance.

    Parameters
    ----------
    values : array of float, shape (coders, units)
        What each coder says of each unit; NaN where a coder did not look. Units read by fewer than two coders
        say nothing of agreement and are left out.
    level : {"nominal", "ordinal", "interval", "ratio"}
        How far apart two values are.

    Returns
    -------
    float
        NaN where nothing varies, or no unit was read twice: agreement is unknown then, not perfect.

    Raises
    ------
    MethodError
        If values at the ratio level are negative.

    References
    ----------
    Krippendorff 2011, Computing Krippendorff's Alpha-Reliability.

    Examples
    --------
    >>> one, two = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    >>> round(krippendorff([one, two]), 7)
    0.0952381
    """
    categories, counts = _counts(values, level)
    return float(_alpha(_coincidences(counts).sum(axis=0), categories, level))


def krippendorff_interval(
    values: ArrayLike, level: Level, rng: np.random.Generator, draws: int = DRAWS
) -> tuple[float, float] | None:
    """Where alpha would lie with other units of the same kind: 95 % interval by drawing units anew.

    Parameters
    ----------
    values, level
        As for `krippendorff`.
    rng : numpy.random.Generator
    draws : int
        How many times as many units are drawn, with replacement.

    Returns
    -------
    tuple of (float, float) or None
        2.5 % and 97.5 % points over the draws in which something varies; None where that is fewer than half.
    """
    categories, counts = _counts(values, level)
    if not counts.size:
        return None
    # Units with the same answers are alike, so it is enough to draw how many of each kind there are.
    kinds, often = np.unique(counts, axis=0, return_counts=True)
    drawn = rng.multinomial(often.sum(), often / often.sum(), size=draws)
    coincidences = np.tensordot(drawn.astype(np.float64), _coincidences(kinds), axes=1)
    alphas = _alpha(coincidences, categories, level)
    known = alphas[~np.isnan(alphas)]
    if known.size < draws / 2:
        return None
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def cohen(table: ArrayLike) -> float:
    """Cohen's kappa of two coders who each put every unit into one category.

    Parameters
    ----------
    table : array of float, shape (k, k)
        How many units the first coder put into the row's category and the second into the column's.

    Returns
    -------
    float
        NaN where chance alone would make them agree always.

    Examples
    --------
    >>> round(cohen([[20, 5], [10, 15]]), 12)
    0.4
    """
    share = np.asarray(table, dtype=np.float64)
    share = share / share.sum()
    observed = float(np.trace(share))
    expected = float(share.sum(axis=1) @ share.sum(axis=0))
    return (observed - expected) / (1 - expected) if expected < 1 else float("nan")


def _counts(values: ArrayLike, level: Level) -> tuple[Numbers, Numbers]:
    """Categories, and for each unit read at least twice how many coders chose each: (k,) and (units, k)."""
    table = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(table)
    table = table[:, known.sum(axis=0) > 1]
    known = ~np.isnan(table)
    categories, code = np.unique(table[known], return_inverse=True)
    if level == "ratio" and categories.size and categories[0] < 0:
        raise MethodError("Values at the ratio level cannot be negative; use the interval level.")
    counts = np.zeros((table.shape[1], categories.size))
    np.add.at(counts, (np.nonzero(known)[1], code), 1)
    return categories, counts


def _coincidences(counts: Numbers) -> Numbers:
    """Pairs of values within each unit, each weighed by 1/(values−1): (units, k, k)."""
    pairs = counts[:, :, None] * counts[:, None, :]
    at = np.arange(counts.shape[1])
    pairs[:, at, at] -= counts
    return np.asarray(pairs / (counts.sum(axis=1) - 1)[:, None, None])


def _alpha(coincidences: Numbers, categories: Numbers, level: Level) -> Numbers:
    """Alpha of one or several coincidence matrices (…, k, k)."""
    marginals = coincidences.sum(axis=-1)
    n = marginals.sum(axis=-1)
    apart = _apart(categories, marginals, level)
    observed = (coincidences * apart).sum(axis=(-1, -2))
    by_chance = (marginals[..., :, None] * marginals[..., None, :] * apart).sum(axis=(-1, -2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(by_chance > 0, 1 - observed * (n - 1) / by_chance, np.nan))


def _apart(categories: Numbers, marginals: Numbers, level: Level) -> Numbers:
    """Squared difference of every two categories (…, k, k)."""
    if level == "nominal":
        return np.asarray(1.0 - np.eye(categories.size))
    # Ordinal values lie as far apart as the middle ranks of all values do.
    place = marginals.cumsum(axis=-1) - marginals / 2 if level == "ordinal" else categories
    apart = (place[..., :, None] - place[..., None, :]) ** 2
    if level == "ratio":
        sums = (categories[:, None] + categories[None, :]) ** 2
        apart = np.divide(apart, sums, out=np.zeros_like(apart), where=sums > 0)
    return np.asarray(apart)
