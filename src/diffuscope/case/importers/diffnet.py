"""Networks with adoptions, as R's netdiffuseR keeps them (class `diffnet`), into a case."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.case.from_frames import case_from_frames
from diffuscope.case.importers.r_files import r_objects
from diffuscope.case.importers.sparse_r import edges
from diffuscope.errors import CaseError, PlanError
from diffuscope.records import Problem
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from diffuscope.case.model import Case

YEARS = range(1000, 3000)
NEEDED = ("graph", "toa", "meta")
COLUMNS: Any = {"receiver": pl.Int64, "sender": pl.Int64, "weight": pl.Float64}


@dataclass(frozen=True)
class _Network:
    """What is taken from a `diffnet`, its periods as dates."""

    file: str
    held: dict[str, Any]
    units: list[str]
    periods: list[int]
    dates: list[str]

    def columns(self, held: Any, what: str) -> dict[str, list[Any]]:
        """Columns of a data frame with a row for each unit."""
        if held is None or not len(getattr(held, "columns", ())):
            return {}  # R keeps a frame without columns where there are no attributes
        if len(held) != len(self.units):
            raise _damaged(self.file, f"{what} have {len(held)} rows for {len(self.units)} units")
        return {str(name): held[name].astype(object).tolist() for name in held.columns}


def read_diffnet(
    path: str | Path,
    *,
    name: str | None = None,
    start: str | None = None,
    never: int | None = None,
    policy: str | None = None,
    layer: str = "ties",
    kind: str = "unit",
) -> Case:
    """A case from a file with a `diffnet` of R's netdiffuseR: its units, adoptions, ties and attributes.

    Parameters
    ----------
    path : str or Path
        Written by ``saveRDS`` (`.rds`) or ``save`` (`.rda`).
    name : str, optional
        Of the object, where an `.rda` file holds several.
    start : str, optional
        Date of the first period, as ``1953``, ``1953-11`` or ``1953-11-05``: periods are then years, months
        or days from there on. Needed where they are not years.
    never : int, optional
        Period that stands for not having adopted (18 in `medInnovations`).
    policy : str, optional
        Id of what is adopted; otherwise its name in the file, or `adoption`.
    layer : str
        What the ties are called.
    kind : str
        What the units are: state, city, person.

    Returns
    -------
    Case
        Checked as any other. In a `diffnet` an edge leads from who is exposed to whom it is exposed to: its
        target is the sender, its source the receiver. Ties that stay throughout are undated; a unit tied to
        itself is left out, with a warning. Where adoption ends in the file, it ends in the case.

    Raises
    ------
    CaseError
        If the file is not there, too large, damaged, or holds no `diffnet`.
    PlanError
        If it holds several and none is named, or periods are no years and no `start` is given.
    """
    file = Path(path)
    held = _chosen(r_objects(file), name, file.name)
    network = _network(held, start, file.name)
    ties, loops = _ties(network, layer)
    spells = _spells(network, policy, never)
    named = list(dict.fromkeys(spells["policy"])) or [policy or "adoption"]
    told = str(_first(held["meta"].get("name")) or file.stem)
    source = f"{file.name}, read as netdiffuseR keeps it"
    case = case_from_frames(
        id=re.sub(r"[^\w.]+", "-", file.stem).strip("-._")[:80] or "case",
        title=told,
        units=pl.DataFrame({"unit": network.units, "name": network.units}).with_columns(
            kind=pl.lit(kind), role=pl.lit("adopter"), source=pl.lit(source)
        ),
        policies=pl.DataFrame({"policy": named, "name": named}).with_columns(source=pl.lit(source)),
        adoptions=spells.with_columns(source=pl.lit(source)),
        ties=ties.with_columns(source=pl.lit(source)),
        attributes=_attributes(network).with_columns(source=pl.lit(source)),
    )
    return replace(case, problems=(*case.problems, *_of_loops(loops, file.name)))


def _chosen(objects: Any, name: str | None, file: str) -> dict[str, Any]:
    """The one `diffnet` among the objects of a file."""
    if name is not None and name not in objects:
        raise PlanError(f"`{file}` has no object `{name}`; it has {in_code(objects)}.")
    found = {
        one: held
        for one, held in objects.items()
        if (name is None or one == name) and isinstance(held, dict) and all(key in held for key in NEEDED)
    }
    if len(found) > 1:
        raise PlanError(f"`{file}` holds {in_code(found)}: name one of them.")
    if not found:
        inferred = any(
            hasattr(held, "columns") and "origin_node" in held.columns for held in objects.values()
        )
        told = (
            "a `diffnet` of NetworkInference, which is a list of inferred ties: save it as a data frame"
            if inferred
            else "no `diffnet` of netdiffuseR"
        )
        raise CaseError(f"`{file}` holds {told}.")
    return {str(key): part for key, part in next(iter(found.values())).items()}


def _network(held: dict[str, Any], start: str | None, file: str) -> _Network:
    meta = held["meta"]
    if not isinstance(meta, dict):
        raise _damaged(file, "`meta` is not a list")
    units = [str(one) for one in np.asarray(meta.get("ids", []), dtype=object).ravel()]
    if not units or len(set(units)) < len(units):
        raise _damaged(file, "units have no ids, or two share one")
    try:
        periods = [int(one) for one in np.asarray(meta.get("pers", []), dtype=np.float64).ravel()]
    except (TypeError, ValueError) as error:
        raise _damaged(file, "periods are not numbers") from error
    if not periods or periods != list(range(periods[0], periods[0] + len(periods))):
        raise _damaged(file, "periods are not counted one by one")
    return _Network(file, held, units, periods, _dates(periods, start, file))


def _dates(periods: list[int], start: str | None, file: str) -> list[str]:
    """The date of each period."""
    if start is None:
        if periods[0] not in YEARS or periods[-1] not in YEARS:
            raise PlanError(
                f"The periods of `{file}` are {periods[0]} to {periods[-1]}, no years: give the date of the "
                'first as `start`, such as "1953-11" where they are months.'
            )
        return [str(period) for period in periods]
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", start):
        raise PlanError(f"start is {start!r}; write it as 1953, 1953-11 or 1953-11-05.")
    year, month, day = [*map(int, start.split("-")), 1, 1][:3]
    try:
        first = date(year, month, day)
        if len(start) == 10:
            return [(first + timedelta(days=at)).isoformat() for at in range(len(periods))]
    except (ValueError, OverflowError) as error:
        raise PlanError(
            f"start is {start!r}, which is not a date, or its periods run beyond the calendar."
        ) from error
    if len(start) == 4:
        return [f"{year + at:04d}" for at in range(len(periods))]
    months = [12 * year + month - 1 + at for at in range(len(periods))]
    return [f"{at // 12:04d}-{at % 12 + 1:02d}" for at in months]


def _ties(network: _Network, layer: str) -> tuple[pl.DataFrame, int]:
    """Ties with the periods in which they hold, and how many loops were left out."""
    graphs = network.held["graph"]
    parts = list(graphs.values()) if isinstance(graphs, dict) else graphs
    if not isinstance(parts, list) and getattr(parts, "ndim", 0) == 3:
        parts = [np.asarray(parts)[:, :, at] for at in range(parts.shape[2])]
    if not isinstance(parts, list) or len(parts) != len(network.periods):
        raise _damaged(network.file, "there is not one network for each period")
    frames = []
    for at, part in enumerate(parts):
        found = edges(part, len(network.units))
        if found is None:
            raise _damaged(network.file, "a network is not a square matrix of all units")
        columns = dict(zip(COLUMNS, found, strict=True))
        frames.append(pl.DataFrame(columns, schema=COLUMNS).with_columns(at=pl.lit(at, pl.Int64)))
    every = pl.concat(frames)
    loops = every.filter(pl.col("receiver") == pl.col("sender"))["receiver"].n_unique()
    key = ["receiver", "sender", "weight"]
    runs = (
        every.filter((pl.col("weight") != 0) & (pl.col("receiver") != pl.col("sender")))
        .sort(*key, "at")
        .with_columns(run=pl.col("at") - pl.int_range(pl.len()).over(key))
        .group_by(*key, "run", maintain_order=True)
        .agg(first=pl.col("at").min(), last=pl.col("at").max())
    )
    name = pl.Series(network.units)
    dates, last = pl.Series([*network.dates, None]), len(network.dates)
    # what was there from the beginning began nobody knows when; what is there in the end may go on
    begin = runs["first"].cast(pl.Int64).replace(0, last)
    end = runs["last"].cast(pl.Int64).replace(last - 1, last)
    return pl.DataFrame(
        {
            "layer": pl.repeat(layer, runs.height, eager=True),
            "sender": name.gather(runs["sender"]),
            "receiver": name.gather(runs["receiver"]),
            "weight": runs["weight"],
            "start": dates.gather(begin),
            "end": dates.gather(end),
        }
    ), loops


def _spells(network: _Network, policy: str | None, never: int | None) -> pl.DataFrame:
    """Adoptions; those that end where the file says so."""
    toa = network.held["toa"]
    table = np.ma.filled(np.ma.array(toa, dtype=np.float64), np.nan)
    table = table.reshape(len(table), -1) if table.ndim else table.reshape(1, 1)
    if len(table) != len(network.units):
        raise _damaged(network.file, "there is not one time of adoption for each unit")
    policies = _policies(network, toa, table.shape[1], policy)
    states = _states(network) if table.shape[1] == 1 else None
    place = {period: at for at, period in enumerate(network.periods)}
    rows: list[tuple[str, str, str, str | None]] = []
    for unit, row in enumerate(table):
        for column, when in enumerate(row.tolist()):
            if np.isnan(when) or (never is not None and when == never):
                continue
            if when not in place:
                raise _damaged(
                    network.file,
                    f"`{network.units[unit]}` has an adoption date outside the periods of the "
                    f"file ({when:g})",
                )
            spells = [(place[int(when)], None)] if states is None else _runs(states[unit], place[int(when)])
            rows += [
                (
                    network.units[unit],
                    policies[column],
                    network.dates[first],
                    None if end is None else network.dates[end],
                )
                for first, end in spells
            ]
    text = dict.fromkeys(("unit", "policy", "time", "until"), pl.String)
    return pl.DataFrame(rows, schema=text, orient="row")


def _states(network: _Network) -> Any:
    """Whether each unit has it in each period, where adoption ends for somebody."""
    states = network.held.get("cumadopt")
    if states is None or np.asarray(states).shape != (len(network.units), len(network.periods)):
        return None
    table = np.asarray(states, dtype=np.float64) > 0
    return table if (table[:, 1:] < table[:, :-1]).any() else None


def _runs(state: Any, adopted: int) -> list[tuple[int, int | None]]:
    """First period, and the one in which it ended, of each spell from adoption on."""
    edge = np.diff(np.concatenate([[0], state[adopted:].astype(np.int8)]))
    starts, ends = (adopted + np.flatnonzero(edge == step) for step in (1, -1))
    after: list[int | None] = [*ends.tolist(), None]
    return list(zip(starts.tolist(), after, strict=False)) or [(adopted, None)]


def _policies(network: _Network, toa: Any, many: int, policy: str | None) -> list[str]:
    if many == 1:
        return [policy or _id(_first(network.held["meta"].get("behavior"))) or "adoption"]
    names = getattr(toa, "coords", {})
    last = toa.dims[-1] if hasattr(toa, "dims") else None
    told = [str(one) for one in names[last].values] if last in names else []
    return [_id(told[at] if at < len(told) else None) or f"adoption {at + 1}" for at in range(many)]


def _attributes(network: _Network) -> pl.DataFrame:
    """Facts about units, fixed and by period; what is missing is no row."""
    rows: dict[str, list[str | None]] = {name: [] for name in ("unit", "time", "variable", "value")}
    dated = network.held.get("vertex.dyn.attrs")
    parts = list(dated.values()) if isinstance(dated, dict) else dated if isinstance(dated, list) else []
    if len(parts) not in (0, len(network.periods)):
        raise _damaged(network.file, "there are not attributes for each period")
    fixed = network.columns(network.held.get("vertex.static.attrs"), "attributes")
    for time, columns in [
        (None, fixed),
        *((network.dates[at], network.columns(part, "attributes")) for at, part in enumerate(parts)),
    ]:
        for name, values in columns.items():
            for unit, value in zip(network.units, values, strict=True):
                if value is None or value != value or str(value) in ("<NA>", "NaT", ""):  # noqa: PLR0124 NaN
                    continue
                whole = isinstance(value, float) and value.is_integer()
                told = str(int(value)) if whole else str(value)
                for key, cell in zip(rows, (unit, time, _id(name), told), strict=True):
                    rows[key].append(cell)
    return pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String))


def _of_loops(loops: int, file: str) -> tuple[Problem, ...]:
    if not loops:
        return ()
    return (
        Problem(
            level="warning",
            rule="not-itself",
            message=f"{loops} units are tied to themselves; these ties are left out.",
            fix="nothing needs to be done: a unit is not exposed to its own adoption",
            file=file,
            table="ties",
            count=loops,
        ),
    )


def _first(held: Any) -> Any:
    flat = np.asarray(held, dtype=object).ravel()
    return flat[0] if flat.size and flat[0] is not None else None


def _id(text: Any) -> str:
    """A name as the id of a policy or variable."""
    return re.sub(r"[;\s]+", " ", str(text or "")).strip()[:200]


def _damaged(file: str, why: str) -> CaseError:
    return CaseError(f"The `diffnet` in `{file}` is damaged: {why}.")
