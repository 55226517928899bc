"""Public texts of a case that name or quote a private document: told, as these words are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.case.model import Case
    from diffuscope.case.private import Private

SETTINGS = "case.toml"
NAMED = (
    "A public text names or quotes a private document; these words are left out wherever the text is shown."
)
FIX = "reword it, or mark the document as public in `documents.share` if it may be named"


def public_texts_that_name(private: Private, case: Case) -> Iterator[Problem]:
    """A warning for every public text of a case that names or quotes something private.

    Parameters
    ----------
    private : Private
        Of the case.
    case : Case

    Yields
    ------
    Problem
        Without the text.
    """
    for name, frame in case.tables.items():
        for column, rows in private.naming(name, frame):
            for row in rows:
                yield _warning(file=case.files.get(name), table=name, column=column, row=row)
    for column, text in _settings(case):
        if private.scrub(text) != text:
            yield _warning(file=SETTINGS, column=column)


def _settings(case: Case) -> Iterator[tuple[str, str]]:
    for name in ("title", "description", "cite"):
        yield name, getattr(case, name)
    for analysis in case.analyses:
        yield f"analysis.{analysis.id}.question", analysis.question
        yield f"analysis.{analysis.id}.note", analysis.note or ""
        for one in analysis.repeat:
            yield f"analysis.{analysis.id}.repeat.{one.id}.says", one.says


def _warning(*, file: str | None, column: str, table: str | None = None, row: int | None = None) -> Problem:
    return Problem(
        level="warning", rule="names-private", message=NAMED, fix=FIX, file=file, table=table, row=row,
        column=column,
    )  # fmt: skip
