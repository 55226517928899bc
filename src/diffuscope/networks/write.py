"""Inferred networks as files of other programs: CSV, Parquet, GraphML, GEXF, and `.rds` for R."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.records.extras import library
from diffuscope.records.native_tables import pandas_frame
from diffuscope.records.quoting import csv_cell

if TYPE_CHECKING:
    from diffuscope.networks.inferred import InferredNetwork

ENDINGS = (".csv", ".parquet", ".graphml", ".gexf", ".rds")
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML file may hold."""
IN_R = {"sender": "origin_node", "receiver": "destination_node", "stopping_score": "p_value"}
"""Columns that R's NetworkInference calls otherwise."""
MOST_IN_GRAPH = 200_000
"""Edges of a network that a folder holds as GraphML and GEXF too; to write more takes gigabytes."""
FIRST = ("sender", "receiver", "improvement", "stopping_score")
"""Columns that R's NetworkInference has, in its order."""


def write_network(network: InferredNetwork, path: str | Path) -> Path:
    """Write the edges of a network, in the form that the ending of the file names.

    Returns
    -------
    Path
        The file written; one that was there is replaced.

    Raises
    ------
    PlanError
        If the ending is another, or the library for `.rds` is not installed.
    """
    file, table = Path(path), network.table()
    kind = file.suffix.lower()
    if kind == ".csv":
        write_edges(table, file)
    elif kind == ".parquet":
        table.write_parquet(file)
    elif kind in (".graphml", ".gexf"):
        _write_graph(network, file, kind)
    elif kind == ".rds":
        rdata = library("rdata", "formats", f"`{file.name}`, a file of R,")
        names = dict.fromkeys((*FIRST, *table.columns))
        in_r = table.select(pl.col(name).alias(IN_R.get(name, name)) for name in names)
        rdata.write_rds(file, pandas_frame(in_r))
    else:
        raise PlanError(f"`{file.name}` does not end in one of {', '.join(ENDINGS)}.")
    return file


def write_edges(table: pl.DataFrame, file: Path) -> None:
    """Write a table of edges as CSV; no name in it is run as a formula by a spreadsheet."""
    for column in ("sender", "receiver"):
        # each name once: there may be millions of rows
        names = table[column].unique()
        safe = pl.Series([csv_cell(name) for name in names], dtype=pl.String)
        table = table.with_columns(pl.col(column).replace_strict(names, safe))
    table.write_csv(file)


def write_folder(network: InferredNetwork, table: pl.DataFrame, folder: Path) -> None:
    """Write everything about a network into a folder.

    Parameters
    ----------
    network : InferredNetwork
    table : polars.DataFrame
        Its edges, perhaps with what stability and false discovery say of each: `edges.csv`.
    folder : Path
        Takes `edges.csv`, `network.graphml`, `network.gexf` (unless there are very many edges), `summary.txt`
        and two figures as SVG.
    """
    from diffuscope.figures.figure import to_svg

    write_edges(table, folder / "edges.csv")
    lines = network.summary()
    if len(network) > MOST_IN_GRAPH:
        left_out = f"GraphML and GEXF are not written for more than {MOST_IN_GRAPH:,} edges"
        lines += (f"{left_out}; edges.csv has all.",)
    else:
        for name in ("network.graphml", "network.gexf"):
            write_network(network, folder / name)
    text = "".join(f"{line}\n" for line in lines)
    (folder / "summary.txt").write_text(text, encoding="utf-8", newline="\n")
    for figure in (network.figure(), network.drawing()):
        if figure is not None:
            svg = to_svg(figure)
            (folder / f"{figure.name}.svg").write_text(svg, encoding="utf-8", newline="\n")


def _write_graph(network: InferredNetwork, file: Path, kind: str) -> None:
    import networkx as nx

    graph: Any = network.graph()
    plain = {name: NO_XML.sub("", name) for name in graph}
    if len(set(plain.values())) < len(plain):
        raise PlanError("Two units differ only in characters that no XML file may hold; rename one of them.")
    named = nx.relabel_nodes(graph, plain)
    (nx.write_graphml if kind == ".graphml" else nx.write_gexf)(named, file)
