"""Layers of ties as GraphML and GEXF files, units with their attributes and times of adoption."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.records.quoting import html_text
from diffuscope.tables.dates import first_day, last_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diffuscope.case.exporters.public_tables import PublicTables

UNIT = ("kind", "role", "parent", "lat", "lon", "entered", "left")
"""Columns of `units` that become attributes; ids of units are ids of nodes, names their labels."""
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML file may hold."""
HEADS = {
    "graphml": (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ),
    "gexf": ('<?xml version="1.0" encoding="UTF-8"?>', '<gexf xmlns="http://gexf.net/1.3" version="1.3">'),
}


@dataclass(frozen=True)
class _Nodes:
    """Units: id, label and attributes; which attributes are numbers."""

    labels: dict[str, str]
    facts: dict[str, dict[str, str]]
    numeric: dict[str, bool]


def write_networks(tables: PublicTables, folder: Path, kind: Literal["graphml", "gexf"]) -> list[str]:
    """Write `LAYER.graphml` or `LAYER.gexf` for each layer of ties; an edge leads from sender to receiver.

    Times of ties are attributes `start` and `end` in GraphML; in GEXF days, the first and the last that they
    can mean.

    Returns
    -------
    list of str
        Names of the files.

    Raises
    ------
    PlanError
        If there are no ties.
    """
    ties = tables.frame("ties")
    if not ties.height:
        raise PlanError(f"`{tables.id}` holds no ties, so there is no network to write.")
    names: dict[str, str] = {}
    for layer in ties["layer"].unique(maintain_order=True).to_list():
        rows = ties.filter(pl.col("layer") == layer)
        nodes = _nodes(tables, {*rows["sender"], *rows["receiver"]})
        lines = _graphml(nodes, rows) if kind == "graphml" else _gexf(nodes, rows, str(layer))
        name = _file_name(str(layer), set(names.values()))
        names[str(layer)] = name
        text = "\n".join([*HEADS[kind], *lines]) + "\n"
        (folder / f"{name}.{kind}").write_text(NO_XML.sub("", text), encoding="utf-8", newline="\n")
    return [f"{name}.{kind}" for name in names.values()]


def _file_name(layer: str, used: set[str]) -> str:
    plain = re.sub(r"[^\w.-]+", "-", layer).strip("-._")[:60] or "layer"
    names = [plain, *(f"{plain}-{at}" for at in range(2, len(used) + 2))]
    return next(name for name in names if name not in used)


def _nodes(tables: PublicTables, tied: set[str]) -> _Nodes:
    units = tables.frame("units")
    facts: dict[str, dict[str, str]] = {one: {} for one in sorted(tied)}
    labels = dict.fromkeys(facts, "")
    for row in units.iter_rows(named=True):
        labels[row["unit"]] = row.get("name") or ""
        facts[row["unit"]] = {name: str(row[name]) for name in UNIT if row.get(name) is not None}
    attributes = tables.frame("attributes")
    if attributes.height:
        for unit, variable, value in (
            attributes.filter(pl.col("time").is_null() & pl.col("value").is_not_null())
            .select("unit", "variable", "value")
            .iter_rows()
        ):
            facts.setdefault(unit, {})[variable] = value
    adoptions = tables.frame("adoptions")
    if adoptions.height:
        dates = adoptions.select("unit", "policy", "time", "time_latest")
        for unit, policy, time, latest in dates.sort("time", nulls_last=True).iter_rows():
            when = time or (f"by {latest}" if latest else "date unknown")
            facts.setdefault(unit, {}).setdefault(f"adopted {policy}", when)
    held: dict[str, list[str]] = {}
    for fact in facts.values():
        for name, value in fact.items():
            held.setdefault(name, []).append(value)
    numeric = {name: all(map(_is_number, values)) for name, values in held.items()}
    return _Nodes({unit: labels.get(unit) or unit for unit in facts}, facts, numeric)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII) is not None


def _graphml(nodes: _Nodes, ties: pl.DataFrame) -> Iterator[str]:
    keys = {name: f"d{at}" for at, name in enumerate(nodes.numeric)}
    yield '<key id="label" for="node" attr.name="label" attr.type="string"/>'
    for name, key in keys.items():
        kind = "double" if nodes.numeric[name] else "string"
        yield f'<key id="{key}" for="node" attr.name="{html_text(name)}" attr.type="{kind}"/>'
    yield '<key id="weight" for="edge" attr.name="weight" attr.type="double"/>'
    for name in ("start", "end"):
        yield f'<key id="{name}" for="edge" attr.name="{name}" attr.type="string"/>'
    yield '<graph edgedefault="directed">'
    for unit, label in nodes.labels.items():
        cells = [("label", label), *((keys[name], value) for name, value in nodes.facts[unit].items())]
        yield f'<node id="{html_text(unit)}">{_data(cells)}</node>'
    for at, row in enumerate(ties.iter_rows(named=True)):
        cells = [(name, str(row[name])) for name in ("weight", "start", "end") if row[name] is not None]
        ends = f'source="{html_text(row["sender"])}" target="{html_text(row["receiver"])}"'
        yield f'<edge id="e{at}" {ends}>{_data(cells)}</edge>'
    yield "</graph>"
    yield "</graphml>"


def _data(cells: list[tuple[str, str]]) -> str:
    return "".join(f'<data key="{key}">{html_text(value)}</data>' for key, value in cells)


def _gexf(nodes: _Nodes, ties: pl.DataFrame, layer: str) -> Iterator[str]:
    keys = {name: str(at) for at, name in enumerate(nodes.numeric)}
    dated = ties.select("start", "end").drop_nulls("start").height or ties["end"].drop_nulls().len()
    yield f"<meta><description>{html_text(layer)}</description></meta>"
    mode = 'mode="dynamic" timeformat="date"' if dated else 'mode="static"'
    yield f'<graph defaultedgetype="directed" {mode}>'
    yield '<attributes class="node">'
    for name, key in keys.items():
        kind = "double" if nodes.numeric[name] else "string"
        yield f'<attribute id="{key}" title="{html_text(name)}" type="{kind}"/>'
    yield "</attributes>"
    yield "<nodes>"
    for unit, label in nodes.labels.items():
        values = "".join(
            f'<attvalue for="{keys[name]}" value="{html_text(value)}"/>'
            for name, value in nodes.facts[unit].items()
        )
        inside = f"<attvalues>{values}</attvalues>" if values else ""
        yield f'<node id="{html_text(unit)}" label="{html_text(label)}">{inside}</node>'
    yield "</nodes>"
    yield "<edges>"
    days = ties.with_columns(
        first_day(pl.col("start")).cast(pl.String).alias("start"),
        last_day(pl.col("end")).cast(pl.String).alias("end"),
    )
    for at, row in enumerate(days.iter_rows(named=True)):
        cells = "".join(
            f' {name}="{row[name]}"' for name in ("weight", "start", "end") if row[name] is not None
        )
        ends = f'source="{html_text(row["sender"])}" target="{html_text(row["receiver"])}"'
        yield f'<edge id="{at}" {ends}{cells}/>'
    yield "</edges>"
    yield "</graph>"
    yield "</gexf>"
