"""XML of other programs, a part at a time: no definitions of its own, no more depth than people need."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from diffuscope.case import limits
from diffuscope.errors import CaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

PIECE = 1 << 18

_log = logging.getLogger("diffuscope")


@dataclass(slots=True)
class Part:
    """An element: its name without namespace, its attributes, its text, what it holds, and its line."""

    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    parts: list[Part] = field(default_factory=list)

    def named(self, *names: str) -> list[Part]:
        """The parts of these names, at any depth."""
        parts = []
        for part in self.parts:
            if part.name in names:
                parts.append(part)
            if part.parts:
                parts += part.named(*names)
        return parts


def each_part(file: Path, whole: frozenset[str], take: Callable[[Part, tuple[Part, ...]], None]) -> None:
    """Hand over every element of a file that has one of certain names, as `each_part_of` does."""
    with file.open("rb") as opened:
        each_part_of(iter(lambda: opened.read(PIECE), b""), file.name, whole, take)


def each_part_of(
    pieces: Iterable[bytes],
    file: str,
    whole: frozenset[str],
    take: Callable[[Part, tuple[Part, ...]], None],
) -> None:
    """Hand over every element of certain names once it is complete; the rest is forgotten.

    Parameters
    ----------
    pieces : iterable of bytes
        The XML, one after the other.
    file : str
        What messages call it.
    whole : frozenset of str
        Names of the elements wanted, without namespace. One within another is handed over by itself.
    take : callable
        Gets the element and those that it stands in, the outermost first.

    Raises
    ------
    CaseError
        If the file is no XML, is damaged, defines entities or a document type, or nests too deeply.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    open_parts: list[Part] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_parts) >= limits.XML_DEPTH:
            raise CaseError(f"`{file}`, line {parser.CurrentLineNumber}: elements are nested too deeply.")
        local = name.rpartition("}")[2]
        own = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        open_parts.append(Part(local, own, parser.CurrentLineNumber))

    def text(characters: str) -> None:
        if open_parts and (open_parts[-1].text or not characters.isspace()):
            open_parts[-1].text += characters

    def end(_: str) -> None:
        part = open_parts.pop()
        if part.name in whole:
            take(part, tuple(open_parts))
        elif any(outer.name in whole for outer in open_parts):
            open_parts[-1].parts.append(part)

    def refuse(name: str, _system: str | None, _public: str | None, _own: bool) -> None:
        raise CaseError(
            f"`{file}`, line {parser.CurrentLineNumber}: the file declares a document type (`{name}`), "
            "which could define entities; it is not read. Fix: save it again with the program that made it, "
            "or remove the declaration."
        )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, refuse
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        _log.debug("could not read %s", file, exc_info=True)
        line = parser.CurrentLineNumber
        raise CaseError(f"`{file}`, line {line}: this is not XML, or it is damaged.") from error
