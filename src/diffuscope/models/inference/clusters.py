"""Clusters of errors: which rows hang together, as asked for in words."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.design.complete_cases import codes
from diffuscope.models.inference.sandwich import Robust, cluster_robust, dyad_robust
from diffuscope.panel.decisions import DECIDER
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from diffuscope.records.arrays import Codes, Numbers

    Cluster = str | tuple[str, ...] | None
    """``"auto"``, ``"dyads"``, a column, two or three columns, or None."""

AUTO, DYADS = "auto", "dyads"
ENDS = ("receiver", "sender")
UNITS_OF_DYADS = "units of dyads"
NOTHING = 1e-20
"""Of the variance without clusters: what rounding leaves where there is none."""
MOST = 3
"""Ways in which rows can be clustered."""


def cluster_columns(cluster: Cluster, frame: pl.DataFrame, names: Iterable[str] = ()) -> tuple[str, ...]:
    """Columns that say which rows hang together.

    Parameters
    ----------
    cluster : str, tuple of str, or None
        ``"auto"``: the two ends of a dyad; else the unit (where units decided together, these as one), and
        the policy too where there are several.
    frame : polars.DataFrame
    names : iterable of str
        Columns of the frame, where they are not all of its own.

    Returns
    -------
    tuple of str
        None of them: rows are taken to be independent.
    """
    known = set(names) | set(frame.columns)
    if cluster is None:
        return ()
    if cluster == DYADS or (cluster == AUTO and set(ENDS) <= known):
        return ENDS
    if cluster == AUTO:
        # units that decided together hang together
        ways = [DECIDER] if DECIDER in known else ["unit"] if "unit" in known else []
        several = ways and "policy" in known and frame["policy"].n_unique() > 1
        return (*ways, "policy") if several else tuple(ways)
    ways = [cluster] if isinstance(cluster, str) else list(cluster)
    if not 1 <= len(set(ways)) <= MOST or len(set(ways)) < len(ways):
        raise PlanError(
            f"cluster names {len(ways)} columns; rows can be clustered in one, two or three different ways."
        )
    return tuple(ways)


def by_dyads(cluster: Cluster, ways: tuple[str, ...]) -> bool:
    """Whether two rows hang together wherever they share a unit, whichever end of its dyad that is."""
    # the same two columns named by hand mean two-way clusters: a sender's rows and a receiver's, never across
    return ways == ENDS and cluster in (AUTO, DYADS)


def with_enough(
    columns: tuple[str, ...], frame: pl.DataFrame, coefficients: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of several ways of clustering, those with as many clusters as coefficients, and what to say.

    Parameters
    ----------
    columns : tuple of str
        From `cluster_columns`, where nobody named them.
    frame : polars.DataFrame
        The rows that are left.
    coefficients : int
        From `counted_coefficients`.

    Returns
    -------
    tuple of str
        All ways where none has enough.
    tuple of str
        A sentence for each way set aside.
    """
    if columns == ENDS:  # any two rows that share a unit hang together, whichever end it is
        return columns, ()
    count = {name: frame[name].n_unique() for name in columns}
    # the meat of G clusters has rank G at most: with fewer clusters than coefficients it is singular
    enough = tuple(name for name in columns if count[name] >= max(coefficients, 2))
    if not enough:
        several = tuple(name for name in columns if count[name] > 1)
        return several or columns, ()
    notes = tuple(
        f"Errors are not clustered by {name}: {counted(count[name], 'cluster')} for "
        f"{counted(coefficients, 'coefficient')}."
        for name in columns
        if name not in enough and count[name] > 1
    )
    return enough, notes


def cluster_covariance(
    bread: Numbers,
    x: Numbers,
    score: Numbers,
    frame: pl.DataFrame,
    columns: tuple[str, ...],
    *,
    dyads: bool = False,
    groups: Codes | None = None,
) -> tuple[Robust, tuple[tuple[str, int], ...]]:
    """Cluster-robust covariance for clusters named by columns of a frame, and how many clusters each way has.

    Parameters
    ----------
    bread, x, score, groups
        As for `cluster_robust`.
    frame : polars.DataFrame
    columns : tuple of str
        None: the bread itself.
    dyads : bool
        Whether the two columns are the ends of a dyad, so that any two rows that share a unit hang together.

    Raises
    ------
    MethodError
        If all rows are of one cluster, or any two rows share a unit: their scores sum to nothing, and so
        would every error. If clusters are fewer than coefficients, dummies not counted: the variance
        would say that some combination of coefficients is known for certain.
    """
    if not columns:
        return Robust(bread, ()), ()
    if dyads:
        receiver, sender = codes(frame, columns)
        _refuse_one_knot(receiver, sender)
        covariance = dyad_robust(bread, x, score, (receiver, sender), groups=groups)
        _refuse_few(UNITS_OF_DYADS, covariance.clusters[0], counted_coefficients(x))
        return covariance, ((UNITS_OF_DYADS, covariance.clusters[0]),)
    ways = [codes(frame, [name])[0] for name in columns]
    for name, way in zip(columns, ways, strict=True):
        if not (way != way[0]).any():
            raise MethodError(
                f"All rows are of one cluster by `{name}`, and standard errors need at least two: name other "
                "clusters, or treat rows as independent."
            )
    covariance = cluster_robust(bread, x, score, ways, groups=groups)
    if len(ways) == 1 and (np.diag(covariance.covariance) < NOTHING * np.diag(bread)).all():
        raise MethodError(
            f"The scores of every cluster by `{columns[0]}` sum to zero, as the model has a coefficient for "
            "each cluster, so its standard errors cannot be computed: name other clusters, or treat rows as "
            "independent."
        )
    clusters = tuple(zip(columns, covariance.clusters, strict=True))
    for name, count in clusters:
        _refuse_few(name, count, counted_coefficients(x))
    # variances by fewer ways, and the model's own, are lower bounds for each coefficient (see `brought_back`)
    fewer = [chosen for many in range(1, len(ways)) for chosen in combinations(ways, many)]
    if fewer:
        others = [cluster_robust(bread, x, score, chosen, groups=groups).covariance for chosen in fewer]
        covariance = replace(covariance, others=(*others, bread))
    return covariance, clusters


def counted_coefficients(x: Numbers) -> int:
    """Coefficients that clusters must be at least as many as: all but those of dummies.

    Dummies of units or periods are as many as the clusters themselves, and nobody reads their errors. A dummy
    is a column of two values, however it is centred and scaled.
    """
    return sum(not _has_two_values(column) for column in x.T)


def _has_two_values(column: Numbers) -> bool:
    others = column[column != column[0]]
    return others.size > 0 and bool((others == others[0]).all())


def _refuse_few(name: str, count: int, coefficients: int) -> None:
    if count < coefficients:
        groups = f"{count} {name}" if name == UNITS_OF_DYADS else f"{counted(count, 'cluster')} by {name}"
        raise MethodError(
            f"{groups} {noun(count, 'is', 'are')} fewer than the {counted(coefficients, 'coefficient')}, so "
            "their errors cannot be estimated: name smaller clusters, leave terms out, or treat "
            "rows as independent."
        )


def _refuse_one_knot(receiver: Codes, sender: Codes) -> None:
    """Refuse dyads any two of which share a unit: all those of three units, or all those of one."""
    units = np.unique(np.concatenate([receiver, sender]))
    common = set(units.tolist()).intersection((int(receiver[0]), int(sender[0])))
    in_all = any(((receiver == unit) | (sender == unit)).all() for unit in common)
    if units.size <= 3 or in_all:
        why = (
            "one unit is in all of them"
            if in_all
            else f"{noun(units.size, 'there is', 'there are')} only {counted(units.size, 'unit')}"
        )
        raise MethodError(
            f"Any two dyads share a unit, as {why}, so all rows are of one cluster, and standard errors "
            "need at least two: name other clusters, or treat rows as independent."
        )


def inverse(information: Numbers) -> Numbers:
    """Inverse of an information matrix; least-squares inverse where it is singular."""
    try:
        return np.asarray(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(information, hermitian=True))
