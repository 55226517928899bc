"""Projects of qualitative analysis in the exchange format REFI-QDA (`.qdpx`), as coded passages.

The standard is https://www.qdasoftware.org, version 1.5; NVivo, ATLAS.ti, MAXQDA and QualCoder write it.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diffuscope.case import limits
from diffuscope.case.archive import Packed
from diffuscope.case.importers.coded_passages import CodedPassages, Codes, passages
from diffuscope.case.importers.qdpx_sources import Sources, description
from diffuscope.case.importers.xml_parts import Part, each_part_of
from diffuscope.case.refusal import Unreadable
from diffuscope.errors import CaseError, PlanError
from diffuscope.records.phrases import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCES = frozenset({"TextSource", "PDFSource", "PictureSource", "AudioSource", "VideoSource"})
WHOLE = SOURCES | {"User", "Code"}
PROJECT = ".qde"


@dataclass
class _Project:
    """What has been read of a project."""

    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    sources: list[Part] = field(default_factory=list)
    program: str = ""

    def take(self, part: Part, outer: tuple[Part, ...]) -> None:
        """One element of the file."""
        self.program = self.program or next(
            (one.attributes.get("origin", "") for one in outer if one.name == "Project"), ""
        )
        guid = part.attributes.get("guid", "")
        name = one_line(part.attributes.get("name", "")).strip()
        if part.name == "User":
            self.users[guid] = name or part.attributes.get("id", "")
        elif part.name == "Code":
            above = [one_line(one.attributes.get("name", "")).strip() for one in outer if one.name == "Code"]
            self.codes[guid] = "/".join([*above, name])
        else:
            self.sources.append(part)


def read_qdpx(
    path: str | Path, codes: Codes | None = None, *, coders: Mapping[str, str] | None = None
) -> CodedPassages:
    """Coded passages of a project of qualitative analysis (`.qdpx`), as documents and evidence.

    Parameters
    ----------
    path : str or Path
    codes : mapping, optional
        What a code stands for, by its name, or its path where codes have codes (``Learning/Belief``):
        mechanism and criterion, ``("learning", "L-b")``, or a mapping of columns of `evidence` with
        `mechanism`, `criterion`, and, where the code implies them, `direction`, `band` and others.
    coders : mapping of str to str, optional
        Name of a coder in the file and the code to use; by default ``coder-1``, ``coder-2`` in its order.

    Returns
    -------
    CodedPassages
        Its `evidence` has every passage with every code; `for_case` makes the table of a case of those that
        are mapped.

    Raises
    ------
    CaseError
        If the file is not there, too large, damaged, no project, or declares a document type.
    PlanError
        If it has another ending, or a code stands for nothing that evidence has.

    Notes
    -----
    Positions are read in the plain text that the project carries. Programs count line breaks and rare
    characters differently, so the way of counting is taken that gives the words which selections quote; a
    note counts those that do not agree. A passage in a picture, a recording or a page has its place only.
    """
    file = Path(path)
    if file.suffix.lower() != ".qdpx":
        raise PlanError(
            f"`{file.name}` is not a .qdpx file: in your program, export the project as REFI-QDA."
        )
    if not file.is_file():
        raise CaseError(f"There is no file `{file.name}`.")
    project = _Project()
    try:
        with closing(Packed(file.open("rb"), file.stat().st_size, limits.QDPX_BYTES)) as packed:
            if len(packed.members) > limits.FILES:
                raise CaseError(f"`{file.name}` lists more than {limits.FILES:,} files.")
            sources = Sources(packed)
            inside = [name for name in sources.members if name.endswith(PROJECT)]
            if len(inside) != 1:
                raise CaseError(f"`{file.name}` holds no project, or several: it needs one `project.qde`.")
            content = sources.content(inside[0], limits.QDE_BYTES)
            each_part_of([content], f"{file.name} › project.qde", frozenset(WHOLE), project.take)
            return _read(project, sources, codes, coders or {})
    except Unreadable as error:
        raise CaseError(f"`{file.name}`: {error.wording.message}", (error.problem(file.name),)) from error


def _read(
    project: _Project, sources: Sources, codes: Codes | None, given: Mapping[str, str]
) -> CodedPassages:
    names = _coders(project, given)
    documents: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    ids: dict[tuple[str, str], str] = {}
    for part in project.sources:
        title = one_line(part.attributes.get("name", "")).strip() or "untitled"
        document = _id(title, {one["document"] for one in documents})
        documents.append({"document": document, "title": title, "note": description(part)})
        for coded in sources.coded(part, document):
            code = project.codes.get(coded.code)
            if code is None:
                sources.notes.append(f"`{document}`: a passage has a code that the project does not name.")
                continue
            trail = [f"coded in {project.program}" if project.program else "", coded.when]
            rows.append(
                {
                    "id": ids.setdefault((document, coded.locator), f"p{len(ids) + 1}"),
                    "coder": names.get(coded.user, f"coder-{len(names) + 1}"),
                    "document": document,
                    "locator": coded.locator,
                    "paraphrase": coded.paraphrase,
                    "passage": coded.passage,
                    "code": code,
                    "note": ", ".join(filter(None, trail)),
                }
            )
    coders = {names[guid]: name for guid, name in project.users.items()}
    return passages(documents, rows, codes, coders, list(dict.fromkeys(sources.notes)))


def _coders(project: _Project, given: Mapping[str, str]) -> dict[str, str]:
    """The code of each user: no name of a person goes into a table unasked."""
    return {
        guid: given.get(name, f"coder-{at}") for at, (guid, name) in enumerate(project.users.items(), start=1)
    }


def _id(title: str, used: set[str]) -> str:
    """A short id of a document, made from its title."""
    plain = re.sub(r"[^\w.]+", "-", title).strip("-._").lower()[:60] or "document"
    names = [plain, *(f"{plain}-{at}" for at in range(2, len(used) + 2))]
    return next(name for name in names if name not in used)
