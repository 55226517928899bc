"""A small valid case to fill in, whose example is invented from end to end."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from diffuscope.case.atomic_folder import new_folder
from diffuscope.case.model import short_name
from diffuscope.case.new_workbook import new_workbook
from diffuscope.tables.catalogue import CATALOGUE


def new_case(folder: str | Path, *, monitoring: bool = False) -> Path:
    """Write a small case to fill in: settings, a README that says how, and tables with an invented example.

    It is a whole case: it has no problems, and a study of it gives verdicts, or counts a register.

    Parameters
    ----------
    folder : str or Path
        A folder that does not exist yet, or is empty, or a workbook (`.xlsx`) that does not exist yet. The
        case is named after it.
    monitoring : bool
        A register of projects by reporting wave instead of a question of diffusion.

    Returns
    -------
    Path
        The folder or workbook.

    Raises
    ------
    CaseError
        If something is there already.
    """
    folder = Path(folder)
    if folder.suffix.lower() == ".xlsx":
        return new_workbook(folder, monitoring=monitoring)
    with new_folder(folder) as written:
        template = resources.files("diffuscope.case").joinpath("register" if monitoring else "template")
        for file in sorted(template.iterdir(), key=str):
            text = file.read_text(encoding="utf-8")
            if not file.name.endswith(".csv"):
                text = text.replace("{id}", short_name(folder.absolute().name)).replace("{tables}", _tables())
            (written / file.name).write_text(text, encoding="utf-8", newline="\n")
    return folder


def _tables() -> str:
    lines = []
    for table in CATALOGUE.values():
        needed = ", ".join(f"`{column.name}`" for column in table.columns if column.required)
        lines.append(f"- `{table.name}.csv`: a row is {table.a_row_is}. Every row needs {needed}.")
    return "\n".join(lines)
