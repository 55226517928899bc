"""Network thresholds over many policies: the exposure of each unit at its adoption of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.descriptives.diffusion_network import diffusion_network
from diffuscope.descriptives.thresholds import thresholds
from diffuscope.errors import PlanError
from diffuscope.panel.native_frames import ids, polars_of
from diffuscope.ties.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from diffuscope.descriptives.toa_matrix import Period
    from diffuscope.panel.native_frames import Frame


def thresholds_by_policy(
    adoptions: Frame,
    ties: Layer | Frame,
    *,
    lag: int = 1,
    weighted: bool = True,
    keep_first: bool = False,
    period: Period = "year",
    waves: Mapping[Any, Any] | Sequence[Any] | None = None,
    censor: Any = None,
    units: Iterable[str] | None = None,
) -> pl.DataFrame:
    """Network threshold of each unit for each policy: the share of those it looks to who had that policy.

    Parameters
    ----------
    adoptions : pandas, Polars or Arrow table
        A row per unit and policy: `unit`, `policy` and `time`, which is empty if it never adopted. A unit
        without a row of a policy never adopted it.
    ties : Layer, or pandas, Polars or Arrow table
        As for `diffusion_network`; the same ties for all policies.
    lag, weighted, keep_first
        As for `thresholds`.
    period, waves, censor
        As for `adoption_rates`.
    units : iterable of str, optional
        Who could adopt; by default every unit of `adoptions`, and every unit of a layer.

    Returns
    -------
    polars.DataFrame
        policy, unit, adopted, threshold, `why` it is not known. A policy that nobody adopted has no rows.

    Raises
    ------
    CaseError
        If a time or tie cannot be read, or a unit stands in two rows of one policy; with every such row.
    MethodError
        If nobody adopted any policy, or a date is a range of periods.
    PlanError
        If the adoptions lack the column `policy`, or are of what `thresholds` refuses.

    Examples
    --------
    >>> import polars as pl
    >>> rows = [("a", "x", 2001), ("b", "x", 2002), ("b", "y", 2001), ("a", "y", 2003)]
    >>> laws = pl.DataFrame(rows, schema=["unit", "policy", "time"], orient="row")
    >>> found = thresholds_by_policy(laws, pl.DataFrame({"sender": ["a", "b"], "receiver": ["b", "a"]}))
    >>> found.select("policy", "unit", "threshold").rows()
    [('x', 'a', None), ('x', 'b', 1.0), ('y', 'a', 1.0), ('y', 'b', None)]
    """
    import polars as pl

    frame, _ = polars_of(adoptions, "The frame of adoptions")
    if "policy" not in frame.columns:
        raise PlanError("The adoptions lack the column `policy`: `thresholds` takes those of one policy.")
    policy = ids(frame["policy"])
    layer = ties if isinstance(ties, Layer) else None
    named = list(units) if units is not None else _all(ids(frame["unit"]), layer)
    among: Any = ties
    parts = []
    for name in policy.drop_nulls().unique(maintain_order=True).to_list():
        own = frame.filter(policy == name)
        if own["time"].null_count() == own.height and "time_latest" not in own.columns:
            continue
        network = diffusion_network(own, among, period=period, waves=waves, censor=censor, units=named)
        among = network.layer  # read once
        table = thresholds(network, lag=lag, weighted=weighted, keep_first=keep_first).table()
        parts.append(table.select(pl.lit(name).alias("policy"), "unit", "adopted", "threshold", "why"))
    if not parts:
        raise PlanError("Nobody adopted any of the policies, so no unit has a threshold.")
    return pl.concat(parts, how="vertical_relaxed")


def _all(adopting: pl.Series, layer: Layer | None) -> list[str]:
    """Units of the adoptions in order, then those of the ties that stand in no row."""
    ends = () if layer is None else (*layer.units, *layer.senders)
    return list(dict.fromkeys([*adopting.drop_nulls().to_list(), *ends]))
