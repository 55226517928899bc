"""Parts of a `diffnet` of R's netdiffuseR as frames: ties, adoptions and attributes by period."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from diffuscope.case.importers.sparse_r import edges
from diffuscope.case.importers.value_labels import labelled
from diffuscope.errors import CaseError
from diffuscope.records.phrases import counted

COLUMNS: Any = {"receiver": pl.Int64, "sender": pl.Int64, "weight": pl.Float64}
SPELLS: Any = {"unit": pl.String, "policy": pl.String, "time": pl.Int64, "until": pl.Int64}
FACTS: Any = {"unit": pl.String, "time": pl.Int64, "variable": pl.String, "value": pl.String}


@dataclass(frozen=True)
class Network:
    """What is taken from a `diffnet`, its periods as the whole numbers that they are."""

    file: str
    held: dict[str, Any]
    units: list[str]
    periods: list[int]

    def columns(self, held: Any, what: str) -> dict[str, list[Any]]:
        """Columns of a data frame with a row for each unit."""
        if held is None or not len(getattr(held, "columns", ())):
            return {}  # R keeps a frame without columns where there are no attributes
        if len(held) != len(self.units):
            raise damaged(
                self.file, f"{what} have {counted(len(held), 'row')} for {counted(len(self.units), 'unit')}"
            )
        labels = held.attrs.get("labels", {})
        return {str(name): _column(held[name], labels.get(name)) for name in held.columns}


def _column(held: Any, labels: dict[Any, str] | None) -> list[Any]:
    """Values of a column, labels in the place of codes, None where one is missing."""
    values = [
        None if missing else value for value, missing in zip(held.astype(object), held.isna(), strict=True)
    ]
    return labelled(pl.Series(values, strict=False), labels)[0].to_list() if labels else values


def ties_of(network: Network) -> tuple[pl.DataFrame, int]:
    """Ties with the periods in which they hold, and how many loops were left out."""
    graphs = network.held["graph"]
    parts = list(graphs.values()) if isinstance(graphs, dict) else graphs
    if not isinstance(parts, list) and getattr(parts, "ndim", 0) == 3:
        parts = [np.asarray(parts)[:, :, at] for at in range(parts.shape[2])]
    if not isinstance(parts, list) or len(parts) != len(network.periods):
        raise damaged(network.file, "there is not one network for each period")
    frames = []
    for at, part in enumerate(parts):
        entries = edges(part, len(network.units))
        if entries is None:
            raise damaged(network.file, "a network is not a square matrix of all units")
        columns = dict(zip(COLUMNS, entries, strict=True))
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
    dates, last = pl.Series([*network.periods, None], dtype=pl.Int64), len(network.periods)
    # what was there from the beginning began nobody knows when; what is there in the end may go on
    begin = runs["first"].cast(pl.Int64).replace(0, last)
    end = runs["last"].cast(pl.Int64).replace(last - 1, last)
    return pl.DataFrame(
        {
            "sender": name.gather(runs["sender"]),
            "receiver": name.gather(runs["receiver"]),
            "weight": runs["weight"],
            "start": dates.gather(begin),
            "end": dates.gather(end),
        }
    ), loops


def spells_of(network: Network, policy: str | None, never: int | None) -> pl.DataFrame:
    """Adoptions, those that end where the file says so; without a time whoever never adopted."""
    toa = network.held["toa"]
    table = np.ma.filled(np.ma.array(toa, dtype=np.float64), np.nan)
    table = table.reshape(len(table), -1) if table.ndim else table.reshape(1, 1)
    if len(table) != len(network.units):
        raise damaged(network.file, "there is not one time of adoption for each unit")
    policies = _policies(network, toa, table.shape[1], policy)
    states = _states(network) if table.shape[1] == 1 else None
    place = {period: at for at, period in enumerate(network.periods)}
    rows: list[tuple[str, str, int | None, int | None]] = []
    for unit, row in enumerate(table):
        for column, when in enumerate(row.tolist()):
            if np.isnan(when) or (never is not None and when == never):
                rows.append((network.units[unit], policies[column], None, None))
                continue
            if when not in place:
                raise damaged(
                    network.file,
                    f"`{network.units[unit]}` has an adoption date outside the periods of the "
                    f"file ({when:g})",
                )
            spells = [(place[int(when)], None)] if states is None else _runs(states[unit], place[int(when)])
            rows += [
                (
                    network.units[unit],
                    policies[column],
                    network.periods[first],
                    None if end is None else network.periods[end],
                )
                for first, end in spells
            ]
    return pl.DataFrame(rows, schema=SPELLS, orient="row")


def _states(network: Network) -> Any:
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


def _policies(network: Network, toa: Any, many: int, policy: str | None) -> list[str]:
    if many == 1:
        return [policy or id_of(first(network.held["meta"].get("behavior"))) or "adoption"]
    names = getattr(toa, "coords", {})
    last = toa.dims[-1] if hasattr(toa, "dims") else None
    labels = [str(one) for one in names[last].values] if last in names else []
    return [id_of(labels[at] if at < len(labels) else None) or f"adoption {at + 1}" for at in range(many)]


def attributes_of(network: Network) -> pl.DataFrame:
    """Facts about units, fixed and by period; what is missing is no row."""
    rows: dict[str, list[Any]] = {name: [] for name in FACTS}
    dated = network.held.get("vertex.dyn.attrs")
    parts = list(dated.values()) if isinstance(dated, dict) else dated if isinstance(dated, list) else []
    if len(parts) not in (0, len(network.periods)):
        raise damaged(network.file, "there are not attributes for each period")
    fixed = network.columns(network.held.get("vertex.static.attrs"), "attributes")
    for time, columns in [
        (None, fixed),
        *((network.periods[at], network.columns(part, "attributes")) for at, part in enumerate(parts)),
    ]:
        for name, values in columns.items():
            for unit, value in zip(network.units, values, strict=True):
                if value is None or str(value) == "":
                    continue
                whole = isinstance(value, float) and value.is_integer()
                text = str(int(value)) if whole else str(value)
                for key, cell in zip(rows, (unit, time, id_of(name), text), strict=True):
                    rows[key].append(cell)
    return pl.DataFrame(rows, schema=FACTS)


def first(held: Any) -> Any:
    """The first value of a vector; None where it has none."""
    flat = np.asarray(held, dtype=object).ravel()
    return flat[0] if flat.size and flat[0] is not None else None


def id_of(text: Any) -> str:
    """A name as the id of a policy or variable."""
    return re.sub(r"[;\s]+", " ", str(text or "")).strip()[:200]


def damaged(file: str, why: str) -> CaseError:
    """The error to raise where a `diffnet` contradicts itself."""
    return CaseError(f"The `diffnet` in `{file}` is damaged: {why}.")
