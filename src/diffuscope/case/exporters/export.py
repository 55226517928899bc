"""A case or a result as files of another program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from diffuscope.case.atomic_folder import new_folder
from diffuscope.case.datapackage import write_data_package
from diffuscope.case.exporters.networks import write_networks
from diffuscope.case.exporters.public_tables import public_tables
from diffuscope.case.exporters.r_folder import write_r
from diffuscope.case.exporters.stata_folder import write_stata
from diffuscope.case.model import refuse_no_case
from diffuscope.errors import PlanError
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from diffuscope.case.exporters.public_tables import PublicTables

Program = Literal["datapackage", "r", "stata", "graphml", "gexf"]
PROGRAMS: tuple[Program, ...] = ("datapackage", "r", "stata", "graphml", "gexf")
OF_RESULTS = ("r", "stata")
"""Programs for which the tables of a result are enough."""


def export_data(source: Any, folder: str | Path, *, to: Program) -> list[Path]:
    """The public tables of a case, or those that a result holds, as files of another program.

    Parameters
    ----------
    source : Case or Result
    folder : str or Path
        A folder that does not exist yet, or is empty.
    to : {"datapackage", "r", "stata", "graphml", "gexf"}
        datapackage: as `write_data_package` · r: CSV files and a script `read.R` that makes data frames of
        them, days as dates and choices as factors · stata: a `.dta` for each table, choices as labelled
        codes · graphml, gexf: a file for each layer of ties, an edge from sender to receiver, units with
        their fixed attributes and times of adoption.

    Returns
    -------
    list of Path
        The file to begin with, or all where none comes first.

    Raises
    ------
    CaseError
        If the case has errors, there are no tables, or something is in the folder already.
    PlanError
        If `to` is another, there are no ties for a network, or a result is given for other than R and Stata.
    """
    if to not in PROGRAMS:
        raise PlanError(f"to is {to!r}; it is one of {in_code(PROGRAMS)}.")
    if to not in OF_RESULTS:
        if hasattr(source, "frames"):
            made = "A data package is" if to == "datapackage" else "Networks are"
            raise PlanError(f"{made} made of a case; a result holds only the tables of its report.")
        refuse_no_case(source)
    if to == "datapackage":
        return [write_data_package(source, folder)]
    tables = public_tables(source)
    folder = Path(folder)
    with new_folder(folder) as inside:
        names = _write(tables, inside, to)
    return [folder / name for name in names]


def _write(tables: PublicTables, folder: Path, to: Program) -> list[str]:
    if to == "r":
        return [write_r(tables, folder)]
    if to == "stata":
        return write_stata(tables, folder)
    return write_networks(tables, folder, "graphml" if to == "graphml" else "gexf")
