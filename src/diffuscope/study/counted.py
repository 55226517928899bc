"""The register of a case counted, from wherever it is kept: a case, or a result of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope.case import read_case
from diffuscope.result import read_result
from diffuscope.study.parts import tables_of
from diffuscope.study.run import run_study

if TYPE_CHECKING:
    from diffuscope.result import Result


def counted_register(source: str | Path) -> Result:
    """A result that counts a register: the one that stands there, or one made of the case that stands there.

    Parameters
    ----------
    source : str or Path
        A `result.json` or the folder of a report; or a case: a folder, a `.zip`, an `.xlsx`, or the name of a
        shipped case. Of a case only waves, projects and printed figures are studied.

    Returns
    -------
    Result

    Raises
    ------
    CaseError
        If neither can be read, or the case must be fixed first.
    PlanError
        If the case has no projects.
    """
    place = Path(source)
    held = place / "result.json" if place.is_dir() and not (place / "case.toml").is_file() else place
    if held.suffix == ".json" and held.is_file():
        return read_result(held)
    case = read_case(source, tables=tables_of(("monitoring", "audit")))
    audited = ("audit",) if {"published", "claims"} & set(case.tables) else ()
    return run_study(case, parts=("monitoring", *audited))
