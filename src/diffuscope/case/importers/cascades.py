"""Cascades, as R's package NetworkInference keeps them (class `cascade`), as a frame of adoptions."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from diffuscope.case.importers.r_files import r_objects
from diffuscope.errors import CaseError, PlanError
from diffuscope.records.phrases import counted, in_code

EPOCH = date(1970, 1, 1)
SCHEMA: Any = {"unit": pl.String, "policy": pl.String, "time": pl.Float64}
NEEDED = ("cascade_nodes", "cascade_times", "node_names")


def read_cascades(path: str | Path, *, name: str | None = None, never: bool = False) -> pl.DataFrame:
    """Adoptions from a file with a `cascade` of R's NetworkInference, as `as_cascade_long` makes it.

    Parameters
    ----------
    path : str or Path
        Written by ``saveRDS`` (`.rds`) or ``save`` (`.rda`).
    name : str, optional
        Of the object, where the file holds several.
    never : bool
        Whether a node that has no time in a cascade is a row without a time, as `person_period` needs units
        that never adopted.

    Returns
    -------
    polars.DataFrame
        Columns `unit` (node), `policy` (cascade) and `time` (days where the file has dates, a whole number
        where all are), by cascade in the order of the file, earliest first. The file does not say what its
        numbers count: years, or periods.

    Raises
    ------
    CaseError
        If the file is not there, too large, damaged, or holds no `cascade`.
    PlanError
        If it holds several and none is named.
    """
    file = Path(path)
    held = _chosen(r_objects(file), name, file.name)
    nodes, times = _by_cascade(held["cascade_nodes"]), _by_cascade(held["cascade_times"])
    everybody = [str(one) for one in np.asarray(held["node_names"], dtype=object).ravel()]
    if list(nodes) != list(times):
        raise _damaged(file.name, "nodes and times are not of the same cascades")
    rows: list[tuple[str, str, float | None]] = []
    dated = _dated(file.name, times)
    for policy, members in nodes.items():
        rows += _adoptions(file.name, policy, members, times[policy], everybody, never=never)
    frame = pl.DataFrame(
        rows, schema={"unit": pl.String, "policy": pl.String, "time": pl.Float64}, orient="row"
    )
    if dated:
        return frame.with_columns(pl.col("time").cast(pl.Int32).cast(pl.Date))
    whole = frame["time"].drop_nulls() % 1 == 0
    return frame.with_columns(pl.col("time").cast(pl.Int64)) if whole.all() else frame


def _chosen(objects: Any, name: str | None, file: str) -> dict[str, Any]:
    cascades = {
        one: {str(key): part for key, part in held.items()}
        for one, held in objects.items()
        if isinstance(held, dict) and all(key in held for key in NEEDED)
    }
    if name is not None and name not in cascades:
        raise PlanError(f"`{file}` has no `cascade` called `{name}`; it has {in_code(cascades) or 'none'}.")
    if len(cascades) > 1 and name is None:
        raise PlanError(f"`{file}` holds {in_code(cascades)}: name one of them.")
    if not cascades:
        raise CaseError(f"`{file}` holds no `cascade` of NetworkInference.")
    return cascades[name] if name is not None else next(iter(cascades.values()))


def _by_cascade(held: Any) -> dict[str, Any]:
    """Vectors by the name of their cascade, or its number."""
    if isinstance(held, dict):
        return {str(name): np.ma.array(part).ravel() for name, part in held.items()}
    parts = held if isinstance(held, list) else []
    return {str(at): np.ma.array(part).ravel() for at, part in enumerate(parts, start=1)}


def _dated(file: str, times: dict[str, Any]) -> bool:
    """Whether times are days; they are then replaced by their numbers, counted from 1970 as Polars does."""
    known = [one for part in times.values() for one in part.tolist() if isinstance(one, date)]
    if not known:
        return False
    for policy, part in times.items():
        days = [(one - EPOCH).days if isinstance(one, date) else None for one in part.tolist()]
        numbers = [one for one in part.tolist() if isinstance(one, int | float) and np.isfinite(one)]
        if numbers:
            raise _damaged(file, f"times of the cascade `{policy}` are numbers, and others are dates")
        times[policy] = np.ma.array([np.nan if day is None else float(day) for day in days])
    return True


def _adoptions(
    file: str, policy: str, members: Any, times: Any, everybody: list[str], *, never: bool
) -> list[tuple[str, str, float | None]]:
    """Rows of one cascade, earliest first."""
    if len(members) != len(times):
        raise _damaged(
            file,
            f"the cascade `{policy}` has {counted(len(members), 'node')} and {counted(len(times), 'time')}",
        )
    units = [str(one) for one in members]
    if strange := sorted(set(units) - set(everybody)):
        raise _damaged(file, f"`{strange[0]}` in the cascade `{policy}` is not one of the nodes")
    try:
        when = np.ma.filled(times.astype(np.float64), np.nan).tolist()
    except (TypeError, ValueError) as error:
        raise _damaged(file, f"times of the cascade `{policy}` are not numbers") from error
    known = sorted((time, at) for at, time in enumerate(when) if np.isfinite(time))
    rows: list[tuple[str, str, float | None]] = [(units[at], policy, time) for time, at in known]
    adopted = {unit for unit, _, _ in rows}
    return rows + [(unit, policy, None) for unit in everybody if never and unit not in adopted]


def _damaged(file: str, why: str) -> CaseError:
    return CaseError(f"The `cascade` in `{file}` is damaged: {why}.")
