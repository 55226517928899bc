"""Tables of codes that a language model or a person gave to texts, as coded passages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.case.importers.coded_passages import CodedPassages, Codes, passages
from diffuscope.case.importers.frames_in import frame_with_notes
from diffuscope.errors import CaseError, PlanError
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from collections.abc import Iterable

DOCUMENT = ("docid", ".id", "doc_id", "document")
PASSAGE = ("text", "passage", "quote", "segment")
LOCATOR = ("segid", "locator", "page")
"""Columns that hold each where none is named: `.id` in quallmer; `docid`, `segid` and `text` of segments."""
CODED = frozenset({"1", "1.0", "true", "yes"})


def read_coder_table(
    path: str | Path,
    codes: Codes | None = None,
    *,
    code: str | Sequence[str],
    coder: str,
    document: str | None = None,
    passage: str | None = None,
    locator: str | None = None,
    coder_column: str | None = None,
    trail: Sequence[str] = (),
) -> CodedPassages:
    """Codes that a model or a person gave to texts, from a table such as R's quallmer makes, as evidence.

    Parameters
    ----------
    path : str or Path
        Any file that `read_frame` reads.
    codes : mapping, optional
        What a code stands for, as for `read_qdpx`.
    code : str or sequence of str
        The column that holds the code of a text, or several separated by semicolons; or columns that are each
        a code and say by 1, true or yes whether it was given.
    coder : str
        Code of the coder: a second coder of the same texts is read from its own table, or stands in
        `coder_column`.
    document, passage, locator : str, optional
        Columns of the id of the document, of the words and of their place; by default `docid`, `.id`,
        `doc_id` or `document`; `text`, `passage`, `quote` or `segment`; and `segid`, `locator` or `page`.
    coder_column : str, optional
        The column that names the coder, where a table has several.
    trail : sequence of str
        Columns that say how the coder came to it, such as the model, the prompt and the date; they are kept
        in `note`.

    Returns
    -------
    CodedPassages
        Passages with the same document and place, or without a place the same words, share an id, whichever
        table they are read from.

    Raises
    ------
    CaseError
        If the file cannot be read, or a row names no document.
    PlanError
        If a column is lacking, or a code stands for nothing that evidence has.
    """
    read = frame_with_notes(path)
    frame, name = read.frame, Path(path).name
    where = _column(frame, document, DOCUMENT, name)
    if where is None:
        has = in_code(frame.columns[:20])
        raise PlanError(f"`{name}` has none of the columns {in_code(DOCUMENT)}; it has {has}: name one.")
    words, place = _column(frame, passage, PASSAGE, name), _column(frame, locator, LOCATOR, name)
    given = [code] if isinstance(code, str) else list(code)
    _need(frame, [*given, *trail, *([coder_column] if coder_column else [])], name)
    rows: list[dict[str, Any]] = []
    for at, cells in enumerate(frame.iter_rows(named=True), start=2):
        source = _text(cells[where])
        if not source:
            raise CaseError(f"`{name}`, row {at}: no document is named in `{where}`.")
        quoted, spot = _text(cells.get(words or "")), _text(cells.get(place or ""))
        common = {
            "document": source,
            "passage": quoted,
            "locator": f"segment {spot}" if place == "segid" and spot else spot,
            "coder": (_text(cells[coder_column]) if coder_column else None) or coder,
            "note": "; ".join(f"{one}: {_text(cells[one])}" for one in trail if _text(cells[one])),
        }
        common["id"] = _id(source, spot, quoted)
        rows += [common | {"code": one} for one in _codes(cells, given, several=not isinstance(code, str))]
    sources = dict.fromkeys(row["document"] for row in rows)
    documents = [{"document": one, "title": one} for one in sources]
    coders = {one: one for one in dict.fromkeys(row["coder"] for row in rows)}
    return passages(documents, rows, codes, coders, read.notes)


def _column(frame: pl.DataFrame, given: str | None, usual: Iterable[str], file: str) -> str | None:
    if given is not None:
        _need(frame, [given], file)
        return given
    return next((name for name in usual if name in frame.columns), None)


def _need(frame: pl.DataFrame, columns: Iterable[str], file: str) -> None:
    for name in columns:
        if name not in frame.columns:
            raise PlanError(f"`{file}` lacks the column `{name}`; it has {in_code(frame.columns[:20])}.")


def _codes(cells: dict[str, Any], given: list[str], *, several: bool) -> list[str]:
    """The codes of a row."""
    if several:
        return [name for name in given if (_text(cells[name]) or "").lower() in CODED]
    parts = (_text(cells[given[0]]) or "").split(";")
    return list(dict.fromkeys(one.strip() for one in parts if one.strip()))


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _id(document: str, place: str | None, passage: str | None) -> str:
    """Id of a passage that does not depend on the table it stands in."""
    from hashlib import sha256

    key = "\x1f".join([document, place or "", "" if place else passage or ""])
    return f"p-{sha256(key.encode('utf-8')).hexdigest()[:12]}"
