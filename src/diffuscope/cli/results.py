"""Commands on results: `report` and `diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from diffuscope.cli.app import app
from diffuscope.cli.screen import busy, clean, console, write_json

if TYPE_CHECKING:
    from diffuscope.report.edition.build import Which


@app.command
def report(
    result: Path,
    *,
    out: Path | None = None,
    docx: Annotated[bool, Parameter(negative="")] = False,
    figures: Annotated[bool, Parameter(negative="")] = False,
    edition: Literal["public", "working"] | None = None,
    wave: str | None = None,
    template: Path | None = None,
) -> int:
    """Write the report again from a result; or an edition of a network's report, from a case or a result.

    Parameters
    ----------
    result : Path
        A `result.json`, or the folder that holds one. For an edition also a case with a register: a folder, a
        `.zip`, an `.xlsx`, or the name of a shipped case.
    out : Path
        Folder for the report; by default the folder of the result. For an edition the file, whose ending sets
        the format: `.html`, `.docx`, `.pdf` or `.xlsx`; by default a page in this folder.
    docx : bool
        Write a short version for Word too, `report.docx`.
    figures : bool
        Write every figure as a file too, as SVG and PNG.
    edition : {"public", "working"}
        Write the network's report of one wave: the public edition, in the network's own words, or the
        working edition, which adds rows, sources, remarks and open questions.
    wave : str
        The wave that an edition reports on; by default the latest.
    template : Path
        A Word document whose styles, page, header and footer the edition takes.
    """
    if edition is not None or wave is not None or template is not None:
        return _edition(result, edition or "public", wave, out, template)
    from diffuscope.report import damaged_unless_as_written, earlier_report, write_report
    from diffuscope.result import read_result

    with busy("drawing the report"):
        read = read_result(result)
        folder = out if out is not None else result if result.is_dir() else result.parent
        earlier_report(folder, read.case.id)
        with damaged_unless_as_written(result):
            page = write_report(read, folder, docx=docx, figures=figures)
    console().print(f"The report: {clean(str(page))}", soft_wrap=True)
    return 0


def _edition(source: Path, edition: Which, wave: str | None, out: Path | None, template: Path | None) -> int:
    from diffuscope.report import damaged_unless_as_written, write_edition
    from diffuscope.study import counted_register

    with busy("counting the register"), damaged_unless_as_written(source):
        counted = counted_register(str(source))
        made = write_edition(counted, out, edition=edition, wave=wave, template=template)
    console().print(f"The {edition} edition: {clean(str(made))}", soft_wrap=True)
    return 0


@app.command
def diff(old: Path, new: Path, *, json: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Show what changed between two results, and for every verdict that changed, why.

    Parameters
    ----------
    old : Path
        A `result.json`, or a folder that holds one; results of older formats are read too.
    new : Path
        The newer one, in the same form.
    json : bool
        Print the comparison as JSON.
    """
    from diffuscope.report import damaged_unless_as_written
    from diffuscope.report.difference import compare, in_words
    from diffuscope.result import read_result

    with damaged_unless_as_written(old, new):
        comparison = compare(read_result(old), read_result(new))
    if json:
        write_json(comparison)
        return 0
    out = console()
    for line in in_words(comparison):
        out.print(clean(line.text), style="bold" if line.heading else None, soft_wrap=True)
    return 0
