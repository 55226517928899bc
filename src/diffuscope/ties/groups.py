"""Co-membership, prestige and the global adoption share: peers, leaders and everybody (emulation)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from diffuscope.errors import MethodError, PlanError
from diffuscope.records.phrases import counted, noun
from diffuscope.ties.dates import moment
from diffuscope.ties.layer import Layer, without_self
from diffuscope.ties.when_named import refuse_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SETTLED, ROUNDS = 1e-12, 10_000


def shared_group(
    units: Sequence[str],
    groups: Mapping[str, Any],
    variable: str,
    *,
    known_from: str | None = None,
    source: str | None = None,
) -> Layer:
    """Co-membership ties between units of one group: 1/(n - 1) from each of the n members to each other.

    Parameters
    ----------
    units : sequence of str
    groups : mapping
        Group of each unit, or several (official languages); None, NaN or no entry: not known.
    variable : str
        What is shared: ``religion`` gives the layer ``shared-religion``.
    known_from, source : str, optional

    Returns
    -------
    Layer
        Where units are in several groups, those who share any are peers, each an equal part of 1. Who is
        alone in a group, or whose group is not known, has no ties.
    """
    members: dict[str, list[int]] = {}
    unknown = 0
    for at, unit in enumerate(units):
        mine = _groups(groups.get(unit))
        unknown += not mine
        for group in mine:
            members.setdefault(group, []).append(at)
    refuse_pairs(f"shared-{variable}", sum(len(many) ** 2 for many in members.values()))
    ends = [(at, group) for group, many in enumerate(members.values()) for at in many]
    rows, columns = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    belongs = sparse.csr_array(
        (np.ones(len(ends)), (rows, columns)), shape=(len(units), max(len(members), 1))
    )
    peers = without_self(belongs @ belongs.T)
    # units that share two groups are peers once: what counts is whether they share any
    peers.data[:] = 1.0
    count = np.asarray(peers.sum(axis=1)).ravel()
    peers.data /= np.repeat(count, np.diff(peers.indptr))
    note = f"of {counted(unknown, 'unit')} no `{variable}` is known"
    return Layer(
        name=f"shared-{variable}",
        units=tuple(units),
        weights=peers,
        known_from=known_from,
        source=source,
        unit_of_measure="share of peers",
        derived_from=(variable,),
        notes=(f"{note}; {noun(unknown, 'it has', 'they have')} no ties",) if unknown else (),
    )


def _groups(membership: Any) -> tuple[Any, ...]:
    """The groups of a unit: one, several, or none that is known."""
    many = (
        membership if isinstance(membership, Iterable) and not isinstance(membership, str) else (membership,)
    )
    return tuple(group for group in many if group is not None and group == group and group != "")  # noqa: PLR0124


def leaders(
    units: Sequence[str],
    prestige: Mapping[str, float],
    *,
    measured: str,
    first_adoption: str,
    variable: str = "prestige",
    source: str | None = None,
) -> Layer:
    """Prestige ties: to leaders, by their prestige, which must have been theirs before the policy existed.

    Parameters
    ----------
    units : sequence of str
    prestige : mapping of str to float
        Prestige of each leader, above 0; leaders need not be units.
    measured, first_adoption : str
        When prestige was measured, and when the policy was first adopted.
    variable : str
        What stands for prestige.
    source : str, optional

    Returns
    -------
    Layer
        Named ``leaders``; weights of a unit add up to 1.

    Raises
    ------
    PlanError
        If prestige was not measured before the first adoption.
    MethodError
        If prestige is not above 0.
    """
    if moment(measured, "measured") >= moment(first_adoption, "first_adoption"):
        raise PlanError(
            f"Prestige was measured in {measured}, not before the first adoption ({first_adoption}): it may "
            "be a result of the policy's success, which would be learning, not emulation."
        )
    wrong = [leader for leader, value in prestige.items() if not (np.isfinite(value) and value > 0)]
    if wrong or not prestige:
        message = f"The prestige of `{wrong[0]}` is not above 0." if wrong else "No leader is named."
        raise MethodError(message)
    refuse_pairs("leaders", len(units) * len(prestige))
    inside = set(units)
    outside = [leader for leader in prestige if leader not in inside]
    senders = (*units, *outside)
    row = np.array([prestige.get(sender, 0.0) for sender in senders])
    at = np.flatnonzero(row)
    rows, columns = np.repeat(np.arange(len(units)), len(at)), np.tile(at, len(units))
    rows, columns = rows[rows != columns], columns[rows != columns]
    # a leader that is itself a unit follows the other leaders, whose weights add up to 1 without it
    others = row.sum() - row[: len(units)]
    follows = sparse.csr_array(
        (row[columns] / others[rows], (rows, columns)), shape=(len(units), len(senders))
    )
    return Layer(
        name="leaders",
        units=tuple(units),
        senders=senders,
        weights=follows,
        known_from=measured,
        unit_of_measure="share of prestige",
        source=source,
        derived_from=(variable,),
    )


def prestige_of(layer: Layer, damping: float = 0.85) -> dict[str, float]:
    """PageRank prestige of each unit in a network: who is looked at by those who are looked at.

    Parameters
    ----------
    layer : Layer
        Ties of one time, before the policy existed: citations, students abroad. The sender is looked at.
    damping : float
        Share of the attention that follows ties; the rest is spread evenly.

    Returns
    -------
    dict of str to float
        Above 0 for each unit, 1 in all; `leaders` takes it.

    Raises
    ------
    PlanError
        If senders are not the units, the ties change, or damping is not between 0 and 1.

    References
    ----------
    Brin & Page 1998, Computer Networks and ISDN Systems 30: 107–117, doi:10.1016/S0169-7552(98)00110-X.

    Examples
    --------
    >>> looks = Layer(name="citations", units=("a", "b", "c"), weights=[[0, 1, 0], [0, 0, 0], [0, 1, 0]])
    >>> {unit: round(share, 4) for unit, share in prestige_of(looks).items()}
    {'a': 0.2128, 'b': 0.5745, 'c': 0.2128}
    """
    if layer.changes or layer.units != layer.senders:
        raise PlanError(
            f"Prestige needs ties between units at one time; layer `{layer.name}` "
            + ("changes: choose one date with `Layer.as_of`." if layer.changes else "has other senders.")
        )
    if not 0 <= damping < 1:
        raise PlanError(f"damping is {damping!r}; it must be from 0 to below 1.")
    (_, matrix), count = layer.snapshots[0], len(layer.units)
    total = np.asarray(matrix.sum(axis=1)).ravel()
    # a row is who looks, a column who is looked at: rank flows from the row to the column, hence transposed
    follows = sparse.csr_array(sparse.diags_array(1 / np.where(total > 0, total, 1)) @ matrix).T
    rank = np.full(count, 1 / count)
    for _ in range(ROUNDS):
        # who looks at nobody spreads its rank evenly (dangling nodes), or rank would leak out
        even = (1 - damping + damping * rank[total == 0].sum()) / count
        before, rank = rank, damping * (follows @ rank) + even
        if np.abs(rank - before).sum() < SETTLED:
            break
    return dict(zip(layer.units, (rank / rank.sum()).tolist(), strict=True))


def cumulative_share(adopted: Any, lag: int = 1) -> NDArray[np.float64]:
    """Global adoption share: of all, who had adopted before each period (the norm of a world society).

    The same for everybody, so effects of periods absorb it.

    Parameters
    ----------
    adopted : array of bool, shape (N, T)
        Whether each had adopted by the end of each period.
    lag : int

    Returns
    -------
    array of float64, shape (T,)

    Examples
    --------
    >>> cumulative_share([[1, 1, 1], [0, 1, 1]]).tolist()
    [nan, 0.5, 1.0]
    """
    state = np.asarray(adopted, dtype=np.float64)
    if lag < 0 or state.ndim != 2 or lag >= state.shape[1]:
        raise PlanError(f"A lag of {lag} does not fit adoptions of the shape {state.shape}.")
    share = np.full(state.shape[1], np.nan)
    share[lag:] = state.mean(axis=0)[: state.shape[1] - lag]
    return share
