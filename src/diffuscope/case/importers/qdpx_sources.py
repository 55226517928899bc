"""Coded passages of the sources in a REFI-QDA project: texts, pages, pictures and recordings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from diffuscope.case import limits
from diffuscope.case.encoding import utf8
from diffuscope.case.folder import gather
from diffuscope.case.importers.selections import Selection, read_selections
from diffuscope.records.phrases import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipInfo

    from diffuscope.case.archive import Packed
    from diffuscope.case.importers.xml_parts import Part

PLACES = {
    "PDFSelection": ("page {}", ("page",)),
    "PictureSelection": ("area {}, {} to {}, {}", ("firstX", "firstY", "secondX", "secondY")),
    "AudioSelection": ("{} to {} ms", ("begin", "end")),
    "VideoSelection": ("{} to {} ms", ("begin", "end")),
    "TranscriptSelection": ("from {} to {}", ("fromSyncPoint", "toSyncPoint")),
}
"""How a selection that is no text says where it stands."""
TEXTS = ("Representation", "Transcript")
"""Texts that stand for a page or a recording."""


@dataclass(frozen=True)
class Coded:
    """A passage with one code: ids of the code and the user, the day, the place, the words."""

    code: str
    user: str
    when: str
    locator: str
    passage: str | None
    paraphrase: str | None


@dataclass
class Sources:
    """Files of a project, and what could not be read of them.

    Parameters
    ----------
    packed : Packed
        The zip.
    """

    packed: Packed
    notes: list[str] = field(default_factory=list)

    @cached_property
    def members(self) -> dict[str, ZipInfo]:
        """Files by path in small letters."""
        return {member.filename.replace("\\", "/").lower(): member for member in self.packed.members}

    def content(self, name: str, limit: int) -> bytes:
        """The content of a file."""
        return gather(self.packed.pieces(self.members[name]), limit)

    def coded(self, part: Part, document: str) -> Iterator[Coded]:
        """Coded passages of a source, or of a text that stands for it."""
        for coding in _of(part, "Coding"):
            yield from _codings(coding, part, None, "the whole document")
        yield from self._of_text(part, document)
        for one in part.parts:
            if one.name in PLACES:
                words, keys = PLACES[one.name]
                place = words.format(*(one.attributes.get(key, "?") for key in keys))
                for coding in _of(one, "Coding"):
                    yield from _codings(coding, one, _quoted(one) or None, place)
            elif one.name in TEXTS:
                yield from self.coded(one, document)

    def _of_text(self, part: Part, document: str) -> Iterator[Coded]:
        """Coded passages of a plain text."""
        chosen = _of(part, "PlainTextSelection")
        if not chosen:
            return
        text = self._text(part)
        if text is None:
            note = "its plain text is not in the project, so passages are what the project quotes."
            self.notes.append(f"`{document}`: {note}")
        spans = [
            Selection(_whole(one, "startPosition"), _whole(one, "endPosition"), _quoted(one))
            for one in chosen
        ]
        read = read_selections(text or "", spans)
        if text is not None and read.agree < read.quoted:
            unlike = counted(read.quoted - read.agree, "passage")
            self.notes.append(
                f"`{document}`: {unlike} of {read.quoted:,} do not stand where the project says."
            )
        for one, span, passage in zip(chosen, spans, read.words, strict=True):
            place = f"characters {span.start} to {span.end}"
            for coding in _of(one, "Coding"):
                yield from _codings(coding, one, passage or span.quoted or None, place)

    def _text(self, holder: Part) -> str | None:
        """The plain text of a source: inside the project file, or beside it."""
        inside = _of(holder, "PlainTextContent")
        if inside:
            return inside[0].text
        path = holder.attributes.get("plainTextPath", "").replace("\\", "/")
        name = path.removeprefix("internal://").lower()
        member = next((one for one in (f"sources/{name}", name) if one in self.members), None)
        if not path.startswith("internal://") or member is None:
            return None
        return utf8(self.content(member, limits.QDPX_BYTES)).decode("utf-8")


def description(part: Part) -> str | None:
    """What somebody wrote about a source or a passage."""
    return next((one_line(one.text).strip() or None for one in _of(part, "Description")), None)


def _of(part: Part, name: str) -> list[Part]:
    return [one for one in part.parts if one.name == name]


def _codings(coding: Part, holder: Part, passage: str | None, place: str) -> Iterator[Coded]:
    def told(name: str) -> str:
        return coding.attributes.get(name) or holder.attributes.get(name) or ""

    for one in _of(coding, "CodeRef"):
        yield Coded(
            code=one.attributes.get("targetGUID", ""),
            user=told("creatingUser"),
            when=told("creationDateTime")[:10],
            locator=place,
            passage=passage,
            paraphrase=description(holder) if place != "the whole document" else None,
        )


def _quoted(selection: Part) -> str:
    return one_line(selection.attributes.get("name", "")).strip()


def _whole(part: Part, name: str) -> int:
    text = part.attributes.get(name, "")
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else -1
