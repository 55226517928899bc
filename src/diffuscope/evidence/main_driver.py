"""Main driver, the posterior of exclusive hypotheses: one mechanism alone, or none, did it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.errors import MethodError
from diffuscope.evidence.criteria import under, with_reading
from diffuscope.evidence.duplicates import counted_once, sources
from diffuscope.evidence.passages import passages, timed
from diffuscope.evidence.weight_of_evidence import pooled
from diffuscope.mechanisms import mechanisms
from diffuscope.records import DriverShare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from diffuscope.records import Analysis, Spell

NULL = "null"
"""Independent decisions, a common pressure, or a coordinated launch: no mechanism at all."""


def main_driver(
    evidence: pl.DataFrame,
    likelihoods: pl.DataFrame,
    analysis: Analysis,
    order: Sequence[Spell] = (),
    documents: pl.DataFrame | None = None,
) -> tuple[DriverShare, ...]:
    """Posterior of each mechanism if exactly one was at work, or none: for ranking, not for verdicts.

    Parameters
    ----------
    evidence, likelihoods : polars.DataFrame
        The tables of those names, checked.
    analysis : Analysis
    order : sequence of Spell
        Its dated adoptions; evidence too late for the unit it names weighs nothing here either.
    documents : polars.DataFrame, optional
        The table of that name, from which documents that are registered twice are known.

    Returns
    -------
    tuple of DriverShare
        One per hypothesis, the likeliest first; empty where the analysis has no likelihoods.

    Raises
    ------
    MethodError
        If there is no `null`, or a passage lacks its chance under some hypothesis.

    Notes
    -----
    Hypotheses are exclusive and start out equally likely. The likelihood of a trace is `p`, that of an
    absence 1 − searched·p, of several coders their geometric mean. Each hypothesis is weighed against the
    null, and these weights are pooled within clusters as in binary mode, for and against apart: a passage as
    likely under both adds nothing. A cluster spans mechanisms here, for every passage bears on all
    hypotheses.
    Passages that count under the broad reading of a mechanism only are left out.
    """
    mine = evidence.filter(pl.col("analysis") == analysis.id)
    chances = likelihoods.filter(pl.col("evidence").is_in(mine["id"].unique().implode()))
    if chances.is_empty():
        return ()
    counted = _counted(mine, analysis, order, {} if documents is None else sources(documents))
    names = chances["hypothesis"].unique().sort().to_list()
    if NULL not in names:
        raise MethodError(
            f"The main driver of `{analysis.id}` needs the hypothesis `{NULL}`: that no "
            "mechanism was at work."
        )
    logs = _log_likelihoods(mine, chances, counted, names)
    clusters = counted["cluster"].rank("dense").cast(pl.Int64).to_numpy()
    # natural logarithms to decibans; against the null, so that a passage likely under all adds nothing
    in_decibans = (logs - logs[:, [names.index(NULL)]]) * 10 / np.log(10)
    against_null = np.array([pooled(column, clusters) for column in in_decibans.T])
    p = shares(against_null * np.log(10) / 10)
    ranked = sorted(zip(names, p, against_null, strict=True), key=lambda share: (-share[1], share[0]))
    return tuple(
        DriverShare(analysis=analysis.id, hypothesis=name, p=float(share), decibans=float(weight))
        for name, share, weight in ranked
    )


def shares(log_likelihoods: NDArray[np.float64]) -> NDArray[np.float64]:
    """Posterior of exclusive hypotheses that start out equally likely.

    >>> [round(float(p), 7) for p in shares(np.log([1, 3, 10, 0.5]))]
    [0.0689655, 0.2068966, 0.6896552, 0.0344828]
    """
    # the largest taken out first: likelihoods of many passages are too small to multiply
    relative = np.exp(log_likelihoods - log_likelihoods.max())
    return np.asarray(relative / relative.sum())


def _counted(
    mine: pl.DataFrame, analysis: Analysis, order: Sequence[Spell], known: dict[str, str]
) -> pl.DataFrame:
    """The passages of the analysis that count, in the order of their ids."""
    counted = timed(counted_once(passages(mine), known), analysis.units, order)
    read = [
        under(with_reading(mechanism, counted.filter(pl.col("mechanism") == name)), "narrow")
        for name, mechanism in mechanisms().items()
    ]
    return pl.concat(read).sort("id")


def _log_likelihoods(
    mine: pl.DataFrame, chances: pl.DataFrame, passages: pl.DataFrame, names: list[str]
) -> NDArray[np.float64]:
    """Log-likelihood of each passage under each hypothesis, mean over coders: (passages, hypotheses)."""
    p = pl.col("p")
    absent = pl.col("direction") == "absent"
    table = (
        mine.select("id", "direction", "searched")
        .join(chances, left_on="id", right_on="evidence")
        .with_columns(log=pl.when(absent).then((1 - pl.col("searched") * p).log()).otherwise(p.log()))
        .sort("id", "hypothesis", "direction", "searched")
        .group_by("id", "hypothesis", maintain_order=True)
        # the mean of logarithms is the geometric mean of the coders' chances
        .agg(pl.col("log").mean())
        .pivot("hypothesis", index="id", values="log")
    )
    logs = passages.select("id").join(table, on="id", how="left", maintain_order="left").select(names)
    if logs.null_count().sum_horizontal().item():
        raise MethodError("A passage lacks its chance under some hypothesis: check the table `likelihoods`.")
    return logs.to_numpy()
