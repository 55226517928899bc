"""Money, partners, meetings and indicators in the report for Word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from diffuscope.report.document import Document


def write_programme(paper: Document, content: dict[str, Any], shown: int) -> None:
    """The tables of a programme, each with how many rows are left to its file.

    Parameters
    ----------
    paper : Document
    content : dict
        From `report.sections.programme.programme`.
    shown : int
        Rows of one table.
    """
    paper.part(content["title"])
    for part in content["parts"]:
        if len(content["parts"]) > 1:
            paper.heading(part["title"], 2)
        if part["says"]:
            paper.text(part["says"])
        for table in part["tables"]:
            paper.table(table["caption"], table["head"], table["rows"][:shown])
            more = len(table["rows"]) + table["hidden"] - shown
            if more > 0:
                verb = noun(more, "is", "are")
                paper.text(f"{counted(more, 'more row')} {verb} in {table['file']}, next to the report.")
