"""Intercoder agreement: Krippendorff's alpha and Cohen's kappa, of directions and weights of passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from diffuscope.compute import stream
from diffuscope.errors import MethodError
from diffuscope.evidence.passages import coder_key
from diffuscope.evidence.rule import rule
from diffuscope.evidence.weigh import BANDS, weigh
from diffuscope.records import Agreement

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from diffuscope.records import Analysis
    from diffuscope.records.arrays import Numbers

Level = Literal["nominal", "ordinal", "interval", "ratio"]
DRAWS = 2000
RELIABLE = 0.8
EDGES = tuple((low + high) / 2 for low, high in zip(BANDS.values(), list(BANDS.values())[1:], strict=False))
"""Weights half-way between one band and the next (dB)."""


def coder_agreement(evidence: pl.DataFrame, analysis: Analysis, seed: int) -> Agreement | None:
    """Intercoder agreement on the passages of one analysis that several coders read.

    Parameters
    ----------
    evidence : polars.DataFrame
        The table `evidence`, checked.
    analysis : Analysis
    seed : int
        Of the draws behind the intervals.

    Returns
    -------
    Agreement or None
        Krippendorff's alpha of the sign of the weight (for, nothing, against; nominal) and of its band (the
        nearest of none, weak, moderate, strong, very strong, with its sign; ordinal). None where nothing was
        coded; an alpha that cannot be known is None too, and the note says why.
    """
    rows = evidence.filter(pl.col("analysis") == analysis.id)
    if rows.is_empty():
        return None
    rows = _coded(rows)
    coders = rows["coder"].n_unique()
    table = _shared(rows)
    if not table.size:
        note = "One coder only" if coders == 1 else f"No passage was read by two of the {coders} coders"
        return Agreement(
            analysis=analysis.id,
            coders=coders,
            items=0,
            sign=None,
            sign_interval=None,
            band=None,
            band_interval=None,
            note=f"{note}: how far coders agree is unknown.",
        )
    sign, sign_interval = _measured(np.sign(table), "nominal", stream(seed, f"{analysis.id} sign"))
    band, band_interval = _measured(bands(table), "ordinal", stream(seed, f"{analysis.id} band"))
    return Agreement(
        analysis=analysis.id,
        coders=coders,
        items=table.shape[1],
        sign=sign,
        sign_interval=sign_interval,
        band=band,
        band_interval=band_interval,
        note=f"{_reading('the direction', sign)} {_reading('the weight', band)}",
    )


def direction_alpha(evidence: pl.DataFrame, analysis: str) -> tuple[float | None, int]:
    """Krippendorff's alpha of the direction over all passages that two coders read, and how many they are.

    Parameters
    ----------
    evidence : polars.DataFrame
        The table `evidence`, checked.
    analysis : str

    Returns
    -------
    tuple of (float or None, int)
        None where no passage was read twice, or all codings have one direction.
    """
    rows = evidence.filter(pl.col("analysis") == analysis)
    table = _shared(_coded(rows)) if rows.height else np.empty((0, 0))
    if not table.size:
        return None, 0
    alpha = krippendorff(np.sign(table), "nominal")
    return (None if np.isnan(alpha) else alpha), table.shape[1]


def _coded(rows: pl.DataFrame) -> pl.DataFrame:
    return weigh(rows).with_columns(coder=coder_key(pl.col("coder"))).sort("id", "coder", "_row")


def _shared(rows: pl.DataFrame) -> Numbers:
    """Weight that each coder gives each passage read by two: (coders, passages).

    Passages to which nobody gives weight are left out: coders who agree that something says nothing must not
    make up for passages on which they differ.
    """
    read = (pl.col("coder").n_unique().over("id") > 1) & (pl.col("decibans") != 0).any().over("id")
    shared = rows.filter(read)
    if shared.is_empty():
        return np.empty((0, 0))
    weights = shared.pivot("coder", index="id", values="decibans", aggregate_function="first")
    return np.asarray(weights.drop("id").to_numpy().T)


def bands(decibans: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> np.ndarray:
    """The nearest band of each weight, from −4 (very strong against) to 4 (very strong for).

    >>> bands(np.array([-20.0, -1.0, 0.0, 1.5, 5.0, 8.1])).tolist()
    [-4.0, 0.0, 0.0, 1.0, 2.0, 3.0]
    """
    strength = np.digitize(np.abs(decibans), EDGES).astype(np.float64)
    return np.where(np.isnan(decibans), np.nan, strength * np.sign(decibans)) + 0.0


def _measured(
    table: np.ndarray, level: Level, rng: np.random.Generator
) -> tuple[float | None, tuple[float, float] | None]:
    alpha = krippendorff(table, level)
    if np.isnan(alpha):
        return None, None
    return alpha, krippendorff_interval(table, level, rng)


def _reading(what: str, alpha: float | None) -> str:
    if alpha is None:
        return f"Agreement on {what} is unknown: the coders' answers do not vary."
    if alpha >= RELIABLE:
        return f"Agreement on {what} is reliable (alpha {alpha:.2f})."
    if alpha >= rule().caps.agreement:
        return f"Agreement on {what} allows tentative conclusions (alpha {alpha:.2f})."
    return f"Agreement on {what} is too low to rely on (alpha {alpha:.2f})."


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
    """Bootstrap interval (95 %) of Krippendorff's alpha: units are drawn anew, with replacement.

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

    References
    ----------
    Hayes & Krippendorff 2007, Communication Methods and Measures 1: 77–89, doi:10.1080/19312450709336664.
    """
    categories, counts = _counts(values, level)
    if not counts.size:
        return None
    # Units with the same answers are alike, so it is enough to draw how many of each kind there are.
    kinds, often = np.unique(counts, axis=0, return_counts=True)
    # a bootstrap sample of units is multinomial in how often each kind of unit is drawn
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

    References
    ----------
    Cohen 1960, Educational and Psychological Measurement 20: 37–46, doi:10.1177/001316446002000104.

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
    """Coincidence matrix of each unit, its pairs of values weighed by 1/(values−1): (units, k, k)."""
    pairs = counts[:, :, None] * counts[:, None, :]
    at = np.arange(counts.shape[1])
    # pairs of different coders only: n_c (n_c - 1) on the diagonal
    pairs[:, at, at] -= counts
    return np.asarray(pairs / (counts.sum(axis=1) - 1)[:, None, None])


def _alpha(coincidences: Numbers, categories: Numbers, level: Level) -> Numbers:
    """Alpha of one or several coincidence matrices (…, k, k)."""
    # 1 - D_o / D_e; pairs by chance are drawn without replacement, hence n - 1 (Krippendorff 2011). On the
    # diagonal of D_e stand n_c (n_c - 1) pairs, but a value differs from itself by 0.
    marginals = coincidences.sum(axis=-1)
    n = marginals.sum(axis=-1)
    difference = _difference(categories, marginals, level)
    observed = (coincidences * difference).sum(axis=(-1, -2))
    by_chance = (marginals[..., :, None] * marginals[..., None, :] * difference).sum(axis=(-1, -2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(by_chance > 0, 1 - observed * (n - 1) / by_chance, np.nan))


def _difference(categories: Numbers, marginals: Numbers, level: Level) -> Numbers:
    """Squared difference function (metric) of every two categories (…, k, k)."""
    if level == "nominal":
        return np.asarray(1.0 - np.eye(categories.size))
    # Ordinal values lie as far apart as the middle ranks of all values do.
    # δ² ordinal: (Σ from c to k of n_g - (n_c + n_k)/2)², the squared distance of the categories' mean ranks
    place = marginals.cumsum(axis=-1) - marginals / 2 if level == "ordinal" else categories
    difference = (place[..., :, None] - place[..., None, :]) ** 2
    if level == "ratio":
        sums = (categories[:, None] + categories[None, :]) ** 2
        difference = np.divide(difference, sums, out=np.zeros_like(difference), where=sums > 0)
    return np.asarray(difference)
