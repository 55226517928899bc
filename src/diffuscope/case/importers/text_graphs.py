"""Nodes and edges of text formats: Pajek's `.net`, and GML."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from diffuscope.case import limits
from diffuscope.case.encoding import utf8
from diffuscope.case.importers.graph_parts import Graph
from diffuscope.case.refusal import Unreadable
from diffuscope.errors import CaseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WORDS = re.compile(r'"([^"]*)"|(\S+)')
_SPELLS = re.compile(r"\[([^\]]*)\]")
_GML = re.compile(r'\s*(?:#[^\n]*|([\[\]])|"([^"]*)"|([^\s"\[\]]+))')


def text_of(file: Path, encoding: str | None) -> str:
    """The text of a file, in UTF-8 or UTF-16 where no encoding is given.

    Raises
    ------
    CaseError
        If its letters cannot be read.
    """
    data = file.read_bytes()
    try:
        return data.decode(encoding) if encoding else utf8(data).decode("utf-8")
    except Unreadable as error:
        problem = error.problem(file.name)
        also = 'say which encoding it is: encoding="cp1252"'
        raise CaseError(f"`{file.name}`: {problem.message} Fix: {also}.", problems=(problem,)) from error
    except (UnicodeError, LookupError) as error:
        raise CaseError(f"`{file.name}` is not written in {encoding}.") from error


# Pajek


def read_pajek(file: Path, weight: str, encoding: str | None) -> Graph:
    """The network of a Pajek file; vertices have their label as `label`, lines their value as `weight`."""
    graph = Graph(file.name, weight, unsaid=1.0)  # a line without a value has the value 1
    graph.edge_attributes.add("weight")
    section, row = "", 0
    for at, line in enumerate(text_of(file, encoding).splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("%"):
            continue
        if text.startswith("*"):
            section, row = text.split()[0].lower(), 0
            _pajek_section(graph, section, text, at)
        elif section == "*vertices":
            _vertex(graph, text, at)
        elif section == "*matrix":
            row += 1
            _matrix_row(graph, text.split(), row, at)
        elif section in ("*arcs", "*edges"):
            _line(graph, text, at, directed=section == "*arcs")
        elif section in ("*arcslist", "*edgeslist"):
            first, *others = text.split()
            for other in others:
                graph.add_edge(
                    _number(graph, first, at),
                    _number(graph, other, at),
                    {},
                    at,
                    directed=section == "*arcslist",
                )
    return graph


def _pajek_section(graph: Graph, section: str, text: str, at: int) -> None:
    """What a line with a star says: how many vertices there are, or that other parts follow."""
    if section not in ("*vertices", "*arcs", "*edges", "*arcslist", "*edgeslist", "*matrix", "*network"):
        raise graph.wrong(
            at, f"`{text[:40]}` is not a part of a network", "save the network alone, as `.net`"
        )
    if section != "*vertices":
        return
    numbers = text.split()[1:]
    if graph.nodes:
        raise graph.wrong(at, "the file holds several networks", "save one to a file")
    if len(numbers) != 1 or not numbers[0].isdigit():
        what = "vertices of two kinds" if len(numbers) == 2 else "the number of vertices cannot be read"
        raise graph.wrong(at, what, "save a network of one kind of vertices: *Vertices 12")
    if int(numbers[0]) > limits.GRAPH_NODES:
        raise graph.wrong(at, f"more than {limits.GRAPH_NODES:,} vertices", "save a part of the network")
    for number in range(1, int(numbers[0]) + 1):
        graph.nodes[str(number)] = {"label": str(number)}


def _vertex(graph: Graph, text: str, at: int) -> None:
    number, *rest = [quoted or bare for quoted, bare in _WORDS.findall(text)]
    node = _number(graph, number, at)
    if rest:
        graph.nodes[node] = {"label": rest[0].strip() or node}


def _line(graph: Graph, text: str, at: int, *, directed: bool) -> None:
    spells = _SPELLS.search(text)
    words = _SPELLS.sub(" ", text).split()
    if len(words) < 2:
        raise graph.wrong(at, "a line lacks its second vertex", "write two numbers of vertices")
    values = {"weight": words[2]} if len(words) > 2 else {}
    ends = (_number(graph, words[0], at), _number(graph, words[1], at))
    times = list(_pajek_times(spells[1])) if spells else []
    graph.add_edge(*ends, values, at, directed=directed, spells=times)


def _pajek_times(text: str) -> Iterator[dict[str, str]]:
    """Times such as 1-3,7 or 5-*, where the star is the end of all."""
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        end = (last or first).strip()
        yield {"start": first.strip()} | ({} if end == "*" else {"end": end})


def _matrix_row(graph: Graph, values: list[str], row: int, at: int) -> None:
    if len(values) != len(graph.nodes) or row > len(graph.nodes):
        raise graph.wrong(at, "the matrix is not square", "give a row and a column for each vertex")
    for column, value in enumerate(values, start=1):
        if value.strip("0.") or not value.replace(".", "", 1).isdigit():
            graph.add_edge(str(row), str(column), {"weight": value}, at, directed=True)


def _number(graph: Graph, text: str, at: int) -> str:
    node = text.removeprefix("-")  # a list of neighbours may mark some with a minus sign
    if node not in graph.nodes:
        raise graph.wrong(at, f"`{text[:40]}` is not the number of a vertex", "count vertices from 1")
    return node


# GML


def read_gml(file: Path, weight: str, encoding: str | None) -> Graph:
    """The network of a GML file."""
    graph = Graph(file.name, weight)
    held = _gml(graph, text_of(file, encoding))
    graphs = [value for key, value, _ in held if key == "graph" and isinstance(value, list)]
    if len(graphs) > 1:
        raise CaseError(f"`{file.name}` holds several graphs. Fix: save one graph to a file.")
    parts = graphs[0] if graphs else []
    directed = any(key == "directed" and value == "1" for key, value, _ in parts)
    for key, value, line in parts:
        if key not in ("node", "edge") or not isinstance(value, list):
            continue
        attributes = {name: text for name, text, _ in value if isinstance(text, str)}
        if key == "node":
            graph.add_node(attributes.get("id", ""), attributes, line)
        else:
            attributes = {"weight": attributes["value"]} | attributes if "value" in attributes else attributes
            times = {name: attributes[name] for name in ("start", "end") if name in attributes}
            ends = (attributes.get("source", ""), attributes.get("target", ""))
            graph.add_edge(*ends, attributes, line, directed=directed, times=times)
    return graph


def _gml(graph: Graph, text: str) -> list[tuple[str, Any, int]]:
    """Keys with their values, texts or lists of such, and the line of each."""
    top: list[tuple[str, Any, int]] = []
    open_lists, key, line, at = [top], None, 1, 0
    while at < len(text):
        match = _GML.match(text, at)
        if match is None:
            if text[at:].strip():
                raise graph.wrong(line, "a quotation mark is never closed", "save it again from its program")
            break
        line += text.count("\n", at, match.end())
        at = match.end()
        bracket, quoted, bare = match.groups()
        if bracket == "[":
            inner: list[tuple[str, Any, int]] = []
            if key is None or len(open_lists) > limits.XML_DEPTH:
                raise graph.wrong(line, "a list without a name, or too many in one another", "save it again")
            open_lists[-1].append((key, inner, line))
            open_lists.append(inner)
            key = None
        elif bracket == "]":
            if len(open_lists) == 1 or key is not None:
                raise graph.wrong(line, "a list ends that never began", "save it again from its program")
            open_lists.pop()
        elif key is None and bare:
            key = bare
        elif key is not None and (bare or quoted is not None):
            value = bare or html.unescape(quoted)
            open_lists[-1].append((key, value.strip(), line))
            key = None
    if len(open_lists) > 1:
        raise graph.wrong(line, "a list is never closed", "save it again from its program")
    return top
