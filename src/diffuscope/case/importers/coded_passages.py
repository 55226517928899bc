"""Passages that coders marked in another program, as documents and evidence of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.records.phrases import in_code

PASSAGES: Any = dict.fromkeys(
    ("id", "coder", "mechanism", "criterion", "document", "locator", "paraphrase", "passage", "code", "note"),
    pl.String,
)
DOCUMENTS: Any = dict.fromkeys(("document", "title", "note"), pl.String)
MEANT = ("mechanism", "criterion", "direction", "band", "p_if_true", "p_if_false", "definition", "unit")
"""Columns of `evidence` that a code can stand for."""
Codes = Mapping[str, "tuple[str, str] | Mapping[str, Any]"]
"""What a code means: mechanism and criterion, or a value for each of several columns."""


@dataclass(frozen=True)
class CodedPassages:
    """Passages of documents with codes, by coder.

    Attributes
    ----------
    documents : polars.DataFrame
        document, title, note.
    evidence : polars.DataFrame
        A row for each passage, coder and code: id (coders of one passage share it), coder, mechanism and
        criterion (empty where the code is not mapped), document, locator, paraphrase (what the coder wrote of
        it, else the passage), passage (verbatim), code, note (the coder's trail: program or model, and when).
    unmapped : tuple of str
        Codes that stand for no mechanism, in the order of the file.
    coders : dict of str to str
        The code of each coder and their name in the file, which goes into no table.
    notes : tuple of str
        What could not be read or verified.
    meanings : dict of str to dict
        What each mapped code stands for, by column of `evidence`.
    """

    documents: pl.DataFrame = field(repr=False)
    evidence: pl.DataFrame = field(repr=False)
    unmapped: tuple[str, ...] = ()
    coders: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    meanings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    def for_case(self, analysis: str) -> pl.DataFrame:
        """The mapped passages as the table `evidence` of a case, for `case_from_frames`.

        Several codes of one passage, coder and mechanism are one row with all their criteria. `cluster` is
        the document. A code says only what it was mapped to: without a direction, and chances or a band, the
        check of the case asks for them.

        Parameters
        ----------
        analysis : str
            Id of the question that they bear on.
        """
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for row in self.evidence.drop_nulls("mechanism").iter_rows(named=True):
            meaning = self.meanings.get(row["code"], {})
            turned = meaning.get("direction") in ("against", "absent")
            parts = [row["id"], row["mechanism"], *([meaning["direction"]] if turned else [])]
            name = "-".join(parts)
            passage = rows.setdefault((name, row["coder"]), self._row(row, meaning, analysis) | {"id": name})
            criteria = [*passage["criterion"].split(";"), row["criterion"]]
            passage["criterion"] = ";".join(dict.fromkeys(filter(None, criteria)))
        columns = ("id", "coder", "analysis", "mechanism", "criterion", "document", "locator", "paraphrase")
        names = [*columns, *MEANT[2:], "cluster", "note"]
        frame = _frame(list(rows.values()), dict.fromkeys(names, None))
        held = [name for name in names if name in columns or frame[name].null_count() < frame.height]
        return frame.select(held)

    def _row(self, row: Mapping[str, Any], meaning: Mapping[str, Any], analysis: str) -> dict[str, Any]:
        kept = ("coder", "mechanism", "document", "locator", "paraphrase", "note")
        meant = {name: meaning.get(name) for name in MEANT[2:]}
        rest = {"analysis": analysis, "criterion": "", "cluster": row["document"]}
        return {name: row[name] for name in kept} | meant | rest


def _frame(rows: Sequence[Mapping[str, Any]], schema: Any) -> pl.DataFrame:
    return pl.DataFrame([[row.get(name) for name in schema] for row in rows], schema=schema, orient="row")


def meanings_of(codes: Codes | None) -> dict[str, dict[str, Any]]:
    """What each code stands for, by column.

    Raises
    ------
    PlanError
        If a code stands for a column that evidence has not, or for no mechanism.
    """
    meanings = {}
    for code, meant in (codes or {}).items():
        meaning = dict(meant) if isinstance(meant, Mapping) else dict(zip(MEANT, meant, strict=False))
        strange = [name for name in meaning if name not in MEANT]
        if strange:
            can = in_code(MEANT)
            raise PlanError(f"The code `{code}` stands for `{strange[0]}`; it can stand for {can}.")
        if not meaning.get("mechanism") or (not isinstance(meant, Mapping) and len(meant) != 2):
            raise PlanError(f'The code `{code}` stands for no mechanism; write ("learning", "L-a").')
        meanings[str(code)] = meaning
    return meanings


def meaning_of(code: str, meanings: Mapping[str, dict[str, Any]]) -> dict[str, Any] | None:
    """What a code stands for, by its whole name or by the last part of it."""
    return meanings.get(code) or meanings.get(code.rpartition("/")[2].strip())


def passages(
    documents: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    codes: Codes | None,
    coders: Mapping[str, str],
    notes: list[str],
) -> CodedPassages:
    """Coded passages with the meaning of their codes."""
    meanings = meanings_of(codes)
    known = {row["code"]: meaning_of(row["code"], meanings) for row in rows}
    for row in rows:
        meant = known[row["code"]] or {}
        row |= {name: meant.get(name) for name in ("mechanism", "criterion")}
        row["paraphrase"] = row.get("paraphrase") or row.get("passage")
    return CodedPassages(
        documents=_frame(documents, DOCUMENTS),
        evidence=_frame(rows, PASSAGES),
        unmapped=tuple(code for code, meaning in known.items() if meaning is None),
        coders=dict(coders),
        notes=tuple(notes),
        meanings={code: meaning for code, meaning in known.items() if meaning},
    )
