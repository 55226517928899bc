"""Agreement between the coders of one analysis, on the direction of passages and on their weight."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.evidence.passages import coder_key
from diffuscope.evidence.reliability import krippendorff, krippendorff_interval
from diffuscope.evidence.rule import rule
from diffuscope.evidence.weigh import BANDS, weigh
from diffuscope.records import Agreement

if TYPE_CHECKING:
    from diffuscope.evidence.reliability import Level
    from diffuscope.records import Analysis
    from diffuscope.records.arrays import Numbers


RELIABLE = 0.8
EDGES = tuple((low + high) / 2 for low, high in zip(BANDS.values(), list(BANDS.values())[1:], strict=False))
"""Weights half-way between one band and the next (dB)."""


def coder_agreement(evidence: pl.DataFrame, analysis: Analysis, seed: int) -> Agreement | None:
    """How far the coders of one analysis agree on the passages that several of them read.

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
            note=f"{note}: how far coders agree cannot be known.",
        )
    sign, sign_interval = _measured(np.sign(table), "nominal", _stream(seed, f"{analysis.id} sign"))
    band, band_interval = _measured(bands(table), "ordinal", _stream(seed, f"{analysis.id} band"))
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


def _stream(seed: int, name: str) -> np.random.Generator:
    """Random numbers of their own for every name, the same for the same seed."""
    word = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return np.random.default_rng([seed % 2**64, word])


def _reading(what: str, alpha: float | None) -> str:
    if alpha is None:
        return f"Agreement on {what} is unknown: the coders' answers do not vary."
    if alpha >= RELIABLE:
        return f"Agreement on {what} is reliable (alpha {alpha:.2f})."
    if alpha >= rule().caps.agreement:
        return f"Agreement on {what} allows tentative conclusions (alpha {alpha:.2f})."
    return f"Agreement on {what} is too low to rely on (alpha {alpha:.2f})."
