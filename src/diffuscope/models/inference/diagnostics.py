"""Why estimates may not be trusted, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diffuscope.errors import ConvergenceError
from diffuscope.models.design.complete_cases import codes
from diffuscope.models.inference.wald import FEW_CLUSTERS
from diffuscope.models.likelihood.grouped_information import GroupedInformation
from diffuscope.records.phrases import counted, in_code, noun

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl

    from diffuscope.models.likelihood.newton_raphson import OptimResult
    from diffuscope.records.arrays import Codes, Numbers

# events per variable: Peduzzi et al. 1996
FEW_EVENTS = 10
"""Events per parameter below which estimates lean away from zero and intervals are too short."""
# information falls with p(1 - p): a share of 1e-6 is a hazard driven to about a millionth of where it began
ENDLESS = 1e-6
"""Share of the information at the start below which a coefficient may have run off."""
FEW_GROUPS = 10
"""Groups below which their spread is known from the prior as much as from the data."""
HIGHEST_RHAT, FEWEST_DRAWS = 1.01, 400
"""Vehtari et al. 2021 (doi:10.1214/20-BA1221)."""
# the square of the collinearity condition index of X: 1e6 is an index of 1,000, far beyond the 30 of Belsley,
# Kuh & Welsch 1980
ILL = 1e6
"""Condition number beyond which single coefficients mean little."""


def condition_number(information: Numbers, columns: int | None = None) -> float:
    """Condition number of an information matrix, its columns at one length: largest over smallest eigenvalue.

    Where groups have effects, `columns` is how many columns come before these.
    """
    if not information.size:
        return 1.0
    if columns is not None and 0 < columns < len(information):
        return GroupedInformation.of(information, columns).condition_number()
    length = np.sqrt(np.maximum(np.diag(information), 0))
    if not (length > 0).all():
        return float("inf")
    # columns of one length, so that the number does not depend on units
    values = np.linalg.eigvalsh(information / np.outer(length, length))
    return float(values[-1] / values[0]) if values[0] > 0 else float("inf")


def flat_directions(information: Numbers, at_start: Numbers, columns: int | None = None) -> bool:
    """Whether the likelihood is all but flat in some direction where a search ended.

    That is a reason to ask whether a maximum exists, and no answer: the linear programmes give one.

    Parameters
    ----------
    information, at_start : array of float, shape (k, k)
        Where the search ended, and where it began.
    columns : int, optional
        Where groups have effects, how many columns come before these.
    """
    if columns is not None and 0 < columns < len(information):
        ended, began = (GroupedInformation.of(one, columns) for one in (information, at_start))
        return not ended.exceeds(began, ENDLESS)
    from scipy.linalg import eigh

    lengths = np.sqrt(np.maximum(np.diag(at_start), 1e-300))
    scale = np.outer(lengths, lengths)
    # generalised eigenvalues: the least share of the information at the start that is left in any direction
    lowest = eigh(information / scale, at_start / scale, eigvals_only=True, subset_by_index=[0, 0])
    return bool(lowest[0] < ENDLESS)


def refuse_unconverged(optimum: OptimResult, what: str = "estimates") -> None:
    """Refuse to conclude anything from a search that ended before its maximum.

    Raises
    ------
    ConvergenceError
    """
    if not optimum.converged:
        raise ConvergenceError(
            f"The search for the {what} did not converge in {counted(optimum.iterations, 'step')} "
            f"(largest gradient {optimum.gradient_norm:.2g}), so there are none, and nothing can be "
            "concluded. Leave terms out, or bring columns to similar scales."
        )


def cautions(
    clusters: Sequence[tuple[str, int]],
    *,
    events: int,
    parameters: int,
    condition: float,
    psd_adjusted: bool,
    dropped: Sequence[str],
    lone: Iterable[str],
    fix: str,
) -> tuple[str, ...]:
    """Warnings about a fit to a sample.

    Parameters
    ----------
    clusters : sequence of (str, int)
        Ways in which rows hang together, and how many clusters each has.
    events, parameters : int
    condition : float
        Condition number of the information.
    psd_adjusted : bool
        Whether the variance had negative eigenvalues.
    dropped : sequence of str
        Terms that were not estimated, since policies and time at risk account for them.
    lone : iterable of str
        What `varying_in_one_cluster` says.
    fix : str
        What to do where events are few.
    """
    return (
        *few_events(events, parameters, fix),
        *few_clusters(clusters),
        *lone,
        *([_absorbed(sorted(set(dropped)))] if dropped else []),
        *nearly_collinear(condition),
        *([PSD_ADJUSTED] if psd_adjusted else []),
    )


PSD_ADJUSTED = (
    "The variance for several ways of clustering was not positive; its negative part was set to zero, as "
    "there are too few clusters in one way."
)


def _absorbed(terms: Sequence[str]) -> str:
    named = in_code(terms)
    return f"{named} does not vary once policy effects and time at risk are held constant: not estimated."


def few_events(events: int, parameters: int, fix: str) -> Iterator[str]:
    """Events per variable: whether there are too few events for so many coefficients."""
    if parameters and events / parameters < FEW_EVENTS:
        yield (
            f"{_events_each(events, parameters)}: below {FEW_EVENTS}, estimates are biased away from zero. "
            f"Consider {fix}."
        )


def too_few_events(events: int, parameters: int) -> Iterator[str]:
    """Whether there are so few events that even an estimator made for few says little."""
    if parameters and events / parameters < FEW_EVENTS:
        yield (
            f"{_events_each(events, parameters)}: Firth's "
            "penalty removes most of the bias from few events, but such estimates remain uncertain."
        )


def _events_each(events: int, parameters: int) -> str:
    """Events per variable (EPV)."""
    each = f"{events / parameters:.1f} each"
    return f"{counted(events, 'event')} for {counted(parameters, 'coefficient')} ({each})"


def few_clusters(clusters: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Whether errors rest on too few clusters."""
    for name, count in clusters:
        if count < FEW_CLUSTERS:
            yield (
                f"{counted(count, 'cluster')} by {name}: below {FEW_CLUSTERS}, clustered errors are too "
                "small; critical values come from the t distribution."
            )


def varying_in_one_cluster(
    clusters: Sequence[tuple[str, int]], names: Sequence[str], x: Numbers, frame: pl.DataFrame
) -> Iterator[str]:
    """Columns that vary in one cluster alone, whose clustered errors are far too small.

    At the maximum the scores of such a column sum to zero in its only cluster, as they do in all, so that
    clustered errors say nothing of its coefficient (MacKinnon & Webb 2018, doi:10.1111/ectj.12107). Of
    several ways of clustering, the largest error counts, and it is none of these.
    """
    way = clusters[0][0] if len(clusters) == 1 else ""
    if way not in frame.columns:
        return
    cluster = codes(frame, [way])[0]
    lone = [name for name, column in zip(names, x.T, strict=False) if _varies_in_one(column, cluster)]
    if lone:
        yield (
            f"{in_code(lone)} {noun(len(lone), 'varies', 'vary each')} in one cluster by `{way}` alone: "
            "clustered errors do not measure how uncertain such a coefficient is, and are far too small. "
            "Compare those of `cluster=None`."
        )


def _varies_in_one(column: Numbers, cluster: Codes) -> bool:
    middle = np.partition(column, column.size // 2)[column.size // 2]
    away = cluster[column != middle]
    return away.size > 0 and bool((away == away[0]).all())


def nearly_collinear(condition: float) -> Iterator[str]:
    """Near collinearity: whether columns can be told apart, by the condition number of the information."""
    if condition > ILL:
        yield (
            f"The condition number is {condition:.2g}: some columns are nearly combinations of others, so "
            "single coefficients mean little."
        )


def unknown_ends(names: Sequence[str], low: Numbers, high: Numbers) -> Iterator[str]:
    """Which intervals have an end that no search found."""
    for name, below, above in zip(names, low, high, strict=True):
        if np.isnan(below) or np.isnan(above):
            which = "lower" if np.isnan(below) else "upper"
            yield (
                f"The search for the {which} end of the interval of `{name}` did not converge, so that end "
                "is unknown."
            )


def few_groups(by: str, count: int) -> Iterator[str]:
    """Whether the spread between groups rests on too few of them."""
    if count < FEW_GROUPS:
        yield (
            f"{counted(count, 'group')} by {by}: below {FEW_GROUPS}, the estimated differences between them "
            "depend as much on the prior as on the data."
        )


def small_sample_bias(columns: Sequence[str]) -> Iterator[str]:
    """Whether coefficients are finite by grace of their prior alone."""
    if columns:
        named = in_code(columns)
        yield (
            f"Events are separated by {named}: the data limit these coefficients on one side only, and the "
            "prior limits the other."
        )


def poor_mixing(rhat: Numbers, effective: Numbers, divergent: int) -> Iterator[str]:
    """Poor mixing: whether the draws can stand for the posterior."""
    if not (rhat <= HIGHEST_RHAT).all():
        yield (
            f"The chains disagree (R-hat up to {np.max(rhat):.3f}; at most {HIGHEST_RHAT} is fine): do not "
            "use these estimates. Use more draws, or leave out a random coefficient."
        )
    if not (effective >= FEWEST_DRAWS).all():
        yield (
            f"At least one quantity has only {np.min(effective):,.0f} effective draws; with fewer than "
            f"{FEWEST_DRAWS}, ends of intervals are rough. Use more draws."
        )
    if divergent:
        yield (
            f"The sampler diverged in {divergent} transitions, so parts of the posterior may be missing, "
            "above all small differences between groups. Use more draws, or leave out a random coefficient."
        )
