"""An edition written into one file: a page, a Word document, a PDF or a workbook."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError
from diffuscope.records.phrases import listed
from diffuscope.report.edition.build import EDITIONS, build
from diffuscope.report.edition.template import read_template
from diffuscope.result import refuse_no_result

if TYPE_CHECKING:
    from diffuscope.report.edition.build import Which
    from diffuscope.report.edition.contents import Edition
    from diffuscope.result import Result

FORMATS = (".html", ".docx", ".pdf", ".xlsx")


def write_edition(
    result: Result,
    file: str | Path | None = None,
    *,
    edition: Which = "public",
    wave: str | None = None,
    template: str | Path | None = None,
) -> Path:
    """Write a network's report of one wave, for the public or for those who keep the register.

    Parameters
    ----------
    result : Result
        One that counts a register: from `run_study` or `read_result`.
    file : str or Path, optional
        Its ending says what is written: `.html`, `.docx`, `.pdf` (with the extra `pdf`) or `.xlsx`. No file
        that exists is replaced: somebody may have edited it. By default a page in this folder, named after
        the case, the edition, and the wave where one is given, or a Word document where there is a template.
    edition : {"public", "working"}
        The public edition holds totals, areas, countries and cities, changes in words, partners, meetings,
        the response rate and the lists of projects, in the words of `[words]`; the working edition adds rows,
        sources, remarks, money, indicators and open questions.
    wave : str, optional
        The wave to report on; by default the latest.
    template : str or Path, optional
        A `.docx` whose styles, page, header and footer are used; for `.docx` only.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    PlanError
        If the result counts no register or no such wave, the file exists or has another ending, the template
        is refused, or a PDF is asked for without what it needs.
    """
    refuse_no_result(result)
    if file is None:
        about = edition if wave is None else f"{edition}-{re.sub(r'[^0-9A-Za-z-]+', '-', wave)}"
        file = f"{result.case.id}-{about}{'.html' if template is None else '.docx'}"
    file = Path(file)
    if edition not in EDITIONS:
        raise PlanError(f"There is no edition `{edition}`; the editions are {listed(EDITIONS)}.")
    ending = file.suffix.lower()
    if ending not in FORMATS:
        raise PlanError(
            f"`{file.name}` does not end in one of {', '.join(FORMATS)}; the ending sets the format."
        )
    if template is not None and ending != ".docx":
        raise PlanError("A template is for Word: give the file a name that ends in .docx.")
    if file.exists():
        raise PlanError(f"`{file}` already exists and may have been edited; give another name.")
    if not file.parent.is_dir():
        raise PlanError(f"There is no folder `{file.parent}`.")
    base = None if template is None else read_template(Path(template))
    _put(content(build(result, edition, wave), ending, base), file)
    return file


def content(edition: Edition, ending: str, template: bytes | None = None) -> bytes:
    """An edition as the bytes of a file.

    Parameters
    ----------
    edition : Edition
    ending : {".html", ".docx", ".pdf", ".xlsx"}
    template : bytes, optional
        For Word.
    """
    if ending == ".docx":
        from diffuscope.report.edition.word import word

        return word(edition, template)
    if ending == ".pdf":
        from diffuscope.report.edition.pdf import pdf

        return pdf(edition)
    if ending == ".xlsx":
        from diffuscope.report.edition.book import workbook

        return workbook(edition)
    from diffuscope.report.edition.page import page

    return page(edition)


def _put(made: bytes, file: Path) -> None:
    """The file, whole or not at all."""
    with tempfile.TemporaryDirectory(prefix=".diffuscope-", dir=file.parent) as folder:
        ready = Path(folder) / "edition"
        ready.write_bytes(made)
        os.replace(ready, file)  # noqa: PTH105 Path.replace is the same call; os.replace says that it is atomic
