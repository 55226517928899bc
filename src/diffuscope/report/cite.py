"""How to cite a result: the case, and the program that made it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.records.quoting import latex_text

if TYPE_CHECKING:
    from diffuscope.result import Result


def case_citation(result: Result) -> str:
    """How the case wants to be cited; its title where it does not say."""
    return result.case.cite or f"{result.case.title} [data, case {result.case.id}]."


def program_citation(result: Result) -> str:
    """How to cite the program in the version that made the result."""
    return (
        f"The diffuscope developers ({_year(result)}). diffuscope, version {result.run.version} [software]."
    )


def bibtex(result: Result) -> str:
    """Both as BibTeX, with the hash of the case so that a reader can tell whether the data are the same."""
    case, run = result.case, result.run
    key = re.sub(r"\W+", "-", case.id)
    entries = (
        (
            f"misc{{{key}",
            {
                "title": f"{{{latex_text(case.title)}}}",
                "note": latex_text(case_citation(result)),
                "howpublished": latex_text(f"Data, {case.licence}" if case.licence else "Data"),
                "annote": f"SHA-256 {run.case_sha256}",
            },
        ),
        (
            "software{diffuscope",
            {
                "title": "{diffuscope}",
                "author": "{The diffuscope developers}",
                "version": latex_text(run.version),
                "year": _year(result),
            },
        ),
    )
    return "\n\n".join(
        f"@{head},\n" + ",\n".join(f"  {name} = {{{text}}}" for name, text in fields.items()) + "\n}"
        for head, fields in entries
    )


def _year(result: Result) -> str:
    return result.run.time[:4]
