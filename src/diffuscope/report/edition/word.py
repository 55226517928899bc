"""An edition as a Word document, in the styles of a template where one is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.report.document import Document
from diffuscope.report.edition.contents import cells_of

if TYPE_CHECKING:
    from diffuscope.report.edition.contents import Edition, Part


def word(edition: Edition, template: bytes | None = None) -> bytes:
    """The edition as a `.docx`; the same edition gives the same bytes.

    Parameters
    ----------
    edition : Edition
    template : bytes, optional
        A Word document of which styles, page, header and footer are used.
    """
    paper = Document(edition.title, edition.made, edition.foot, template=template, language=edition.language)
    paper.text(edition.subtitle, "Subtitle")
    for part in edition.parts:
        _write(paper, part)
    return paper.content()


def _write(paper: Document, part: Part) -> None:
    # sentences stay on the upright page of a letterhead; a wide table begins the next one, and no page holds
    # a title alone
    upright = paper.at_letterhead and bool(part.says)
    if not upright:
        paper.turn(map(cells_of, part.tables))
    paper.heading(part.title)
    for sentence in part.says:
        paper.text(sentence)
    if upright:
        paper.turn(map(cells_of, part.tables))
    for table in part.tables:
        head, *lines = cells_of(table)
        bold = [at for at, row in enumerate(table.rows) if row.level in (1, 2)]
        paper.table(table.caption, head, lines, bold=bold, label="")
        for note in table.notes:
            paper.text(note, "Caption")
    for group in part.groups:
        paper.heading(group.title, 2)
        paper.points(group.points)
    for note in part.notes:
        paper.text(note, "Caption")
