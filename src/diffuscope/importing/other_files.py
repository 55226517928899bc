"""Files that are no tables: networks, objects of R's diffusion packages, and coded passages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.case.importers import (
    read_cascades,
    read_coder_table,
    read_diffnet_frames,
    read_qdpx,
)
from diffuscope.case.importers.graphs_in import graph_frame, parsed_graph
from diffuscope.case.importers.r_files import r_objects
from diffuscope.case.model import short_name
from diffuscope.errors import CaseError, PlanError
from diffuscope.importing.columns import Columns
from diffuscope.importing.parts import TIES, Part, text_of
from diffuscope.importing.rows import of_adoptions
from diffuscope.importing.source_file import SourceFile
from diffuscope.importing.times import Counting, no_times, times_of
from diffuscope.panel.periods import first_date
from diffuscope.records.phrases import upper_first

if TYPE_CHECKING:
    from pathlib import Path

    from diffuscope.case.importers.coded_passages import CodedPassages
    from diffuscope.case.importers.graph_parts import Graph
    from diffuscope.importing.decisions import DecisionLog
    from diffuscope.importing.import_map import FileMap, ImportMap

NETWORKS = (".graphml", ".gexf", ".gml", ".net")
OF_R = (".rds", ".rda", ".rdata")
MAIN = "main"
"""Id of the question of an imported case."""


def is_other(file: Path, own: FileMap) -> bool:
    """Whether a file is read as something else than one table."""
    kind = file.suffix.lower()
    return (
        kind in (*NETWORKS, ".qdpx")
        or bool(own.code)
        or (kind in OF_R and _object_of(file, own.object) is not None)
    )


def of_other(
    file: Path, case_map: ImportMap, own: FileMap, notes: DecisionLog, known: frozenset[str]
) -> list[Part]:
    """What such a file gives; `known` are the units of the tables."""
    kind = file.suffix.lower()
    if kind in NETWORKS:
        return [_of_network(file, own, notes, known)]
    if kind == ".qdpx":
        return [_of_passages(read_qdpx(file, case_map.codes), file.name, notes)]
    if own.code:
        code = own.code[0] if len(own.code) == 1 else own.code
        table = read_coder_table(
            file, case_map.codes, code=code, coder=own.coder or short_name(file.stem), trail=own.trail
        )
        return [_of_passages(table, file.name, notes)]
    if _object_of(file, own.object) == "cascade":
        cascades = read_cascades(file, name=own.object, never=True)
        if cascades["time"].dtype.is_float() and cascades["time"].drop_nulls().len():
            raise CaseError(
                f"Times of the `cascade` in `{file.name}` are no whole numbers, thus neither years nor "
                f"periods. Fix: round them in R; or use them as they are: diffuscope infer {file.name}"
            )
        return [_of_spells(cascades, own, file, notes)]
    frames = read_diffnet_frames(file, name=own.object, policy=own.policy[0] if own.policy else None)
    first = frames.periods[0]
    spells = _of_spells(frames.adoptions, own, file, notes, lowest=first)
    layer, counting = own.layer or short_name(file.stem), Counting(own.first_year, first)
    return [
        replace(spells, window=_watched(frames.periods, own, counting)),
        _of_ties(frames.ties, layer, file.name, counting),
        _of_attributes(frames.attributes, counting, file.name),
    ]


def _of_network(file: Path, own: FileMap, notes: DecisionLog, known: frozenset[str]) -> Part:
    graph = parsed_graph(file, own.weight or "weight", own.encoding)
    try:
        read = graph_frame(graph, own.edges, own.unit or _name_of_nodes(graph, known, notes))
    except PlanError as error:
        raise PlanError(
            f'{error} The map says it under [file."{file.name}"]: edges, unit, weight.'
        ) from error
    for note in read.notes:
        notes.decide(file.name, None, upper_first(note), "change the file and import it again")
    return _of_ties(read.frame, own.layer or short_name(file.stem), file.name)


def _name_of_nodes(graph: Graph, known: frozenset[str], notes: DecisionLog) -> str:
    """What names the nodes of a network: their ids, or the attribute that names most units of the tables.

    Programs give ids of their own (``n0``, ``1``), which are no unit of any other file.
    """
    names = {"id": set(graph.nodes)}
    for attribute in ("name", "label"):
        held = [values.get(attribute, "").strip() for values in graph.nodes.values()]
        if all(held) and len(set(held)) == len(held):
            names[attribute] = set(held)
    met = {name: len(held & known) for name, held in names.items()}
    best = max(met, key=lambda name: met[name])  # of equals the first: the id
    if not met[best]:
        made = all(re.fullmatch(r"[A-Za-z]?\d+", node) for node in graph.nodes)
        best = next((name for name in names if name != "id"), "id") if made else "id"
    if best != "id":
        statement = f"Nodes are called by their `{best}`."
        notes.decide(graph.file, None, statement, 'say in the map: unit = "id"')
    return best


def _watched(periods: range, own: FileMap, counting: Counting) -> tuple[str, str] | None:
    """First and last period of a diffusion network: those who never adopted were seen until then."""
    held = [period for period in periods if period not in own.never]
    times = times_of(pl.Series(held), counting) if held else None
    return None if times is None else (times.text[0], times.text[-1])


def _object_of(file: Path, name: str | None) -> str | None:
    """What a package for diffusion made of an R file, or of one object in it; None where it made nothing."""
    objects = r_objects(file)
    for held in objects.values() if name is None else [objects.get(name)]:
        if isinstance(held, dict) and "cascade_nodes" in held:
            return "cascade"
        if isinstance(held, dict) and all(key in held for key in ("graph", "toa", "meta")):
            return "diffnet"
    return None


def _of_spells(
    adoptions: pl.DataFrame, own: FileMap, file: Path, notes: DecisionLog, *, lowest: int | None = None
) -> Part:
    until = "until" if "until" in adoptions.columns else None
    columns = Columns(unit="unit", policy="policy", time="time", until=until)
    adopted = adoptions.drop_nulls("time")
    source = SourceFile(
        name=file.name, frame=adopted, columns=columns, settings=own, notes=notes, lowest=lowest
    )
    part = of_adoptions(source, short_name(file.stem))
    everybody = adoptions["unit"].unique(maintain_order=True)  # who never adopted is a unit too
    part.tables["units"] = pl.DataFrame({"unit": everybody, "name": everybody})
    return part


def _of_ties(ties: pl.DataFrame, layer: str, file: str, counting: Counting | None = None) -> Part:
    ends = pl.concat([ties["sender"], ties["receiver"]]).drop_nulls().unique(maintain_order=True)
    ties = ties.drop_nulls(["sender", "receiver"])
    empty = pl.Series("none", [None] * ties.height, dtype=pl.String)
    dated, counted = {}, None
    for name in ("start", "end"):
        dated[name], of_column = (
            _written(ties[name], counting, file) if name in ties.columns else (empty, None)
        )
        counted = of_column if counted is None else counted
    rows = pl.DataFrame(
        {
            "layer": pl.repeat(layer, ties.height, eager=True),
            "sender": ties["sender"],
            "receiver": ties["receiver"],
            "weight": text_of(ties["weight"]),
            **dated,
            "source": pl.repeat(file, ties.height, eager=True),
        }
    )
    tables = {"units": pl.DataFrame({"unit": ends, "name": ends}), "ties": rows.select(TIES)}
    return Part(tables=tables, counted=counted)


def _written(column: pl.Series, counting: Counting | None, file: str) -> tuple[pl.Series, bool | None]:
    """Times as the dates of a case, and whether they are numbers of periods; None where there are none."""
    if column.null_count() == len(column):
        return text_of(column), None
    times = times_of(column, counting)
    if times is None:
        raise no_times(file, column.name, column.drop_nulls())
    return first_date(times.text), times.counted


def _of_attributes(facts: pl.DataFrame, counting: Counting, file: str) -> Part:
    units = facts["unit"].unique(maintain_order=True)
    time, counted = _written(facts["time"], counting, file)
    rows = pl.DataFrame(
        {
            "unit": facts["unit"],
            "time": time,
            "variable": facts["variable"],
            "value": text_of(facts["value"]),
            "source": pl.repeat(file, facts.height, eager=True),
        }
    )
    tables = {"units": pl.DataFrame({"unit": units, "name": units}), "attributes": rows}
    return Part(tables=tables, counted=counted)


def _of_passages(read: CodedPassages, file: str, notes: DecisionLog) -> Part:
    for note in read.notes:
        notes.decide(file, None, note, "fix the file and import it again")
    for code in read.unmapped:
        notes.ask(
            f"Which mechanism does the code `{code}` of `{file}` speak of? Its passages are left out "
            f'until the map says so: [codes] "{code}" = {{ mechanism = "learning", criterion = "L-b" }}'
        )
    tables: dict[str, Any] = {"documents": read.documents, "evidence": read.for_case(MAIN)}
    return Part(tables={name: table for name, table in tables.items() if not table.is_empty()})
