"""Commands on cases: `new`, `import`, `check`, `freeze`, `export`, `cases`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from diffuscope.cli.app import DATA, app
from diffuscope.cli.screen import as_typed, busy, clean, console, show_problems, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.records import Problem


@app.command
def new(folder: Path, *, monitoring: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Write a small valid case to fill in.

    Parameters
    ----------
    folder : Path
        A folder that does not exist yet, or is empty; or a workbook, `NAME.xlsx`.
    monitoring : bool
        A register of projects by reporting wave, without questions of diffusion.
    """
    from diffuscope.case import new_case

    new_case(folder, monitoring=monitoring)
    out = console()
    written = clean(str(folder))
    by = "the notes at its headings explain" if folder.suffix.lower() == ".xlsx" else "its README explains"
    out.print(f"A case to fill in was written to {written}; {by} how to fill it in.")
    out.print(f"Next: diffuscope check {as_typed(folder)}", soft_wrap=True)
    return 0


@app.command(name="import")
def import_(
    *files: Path,
    out: Path,
    unit: str | None = None,
    time: str | None = None,
    policy: Annotated[list[str] | None, Parameter(negative="")] = None,
    kind: str = "",
    map: Path | None = None,  # noqa: A002 the word of the command
) -> int:
    """Make a case folder of panels, tables of adoptions, covariates and ties in files of other programs.

    Parameters
    ----------
    files : Path
        CSV, Excel, Parquet, Stata or R files.
    out : Path
        A folder that does not exist yet, or is empty.
    unit : str
        Column that names the unit: a country, state or city.
    time : str
        Column of the year, month or date.
    policy : list of str
        Column of a policy in a panel, for each; or the column that names it; or the name of the only one.
    kind : str
        What the units are: state, city, firm.
    map : Path
        A TOML file that says what each file's columns are.
    """
    from diffuscope.importing import import_case
    from diffuscope.records.phrases import counted

    with busy("importing"):
        made = import_case(files, out, unit=unit, time=time, policy=policy or (), kind=kind, map=map)
    screen = console()
    for one in made.decisions:
        where = ", ".join(part for part in (one.file, one.column) if part)
        said = f"{where}: {one.statement}" if where else one.statement
        screen.print(clean(f"decided  {said}"), style="dim", soft_wrap=True)
    for question in made.questions:
        screen.print(clean(f"open     {question}"), soft_wrap=True)
    rows = ", ".join(f"{name} {number:,}" for name, number in made.rows.items())
    screen.print(clean(f"rows     {rows}"), soft_wrap=True)
    errors = sum(problem.level == "error" for problem in made.problems)
    counts = counted(errors, "error") + " and " + counted(len(made.problems) - errors, "warning")
    screen.print(
        f"{counts}. Next: diffuscope {'check' if made.problems else 'run'} {as_typed(made.folder)}",
        soft_wrap=True,
    )
    return DATA if errors else 0


@app.command
def check(
    case: str,
    *,
    json: Annotated[bool, Parameter(negative="")] = False,
    apply: Annotated[bool, Parameter(negative="")] = False,
    out: Path | None = None,
) -> int:
    """Show every problem of a case, and of the questions put to it.

    Parameters
    ----------
    case : str
        A folder, a `.zip`, an `.xlsx`, or the name of a shipped case.
    json : bool
        Print the problems as JSON.
    apply : bool
        Write a copy in which every cell is corrected whose fix is certain, and a list of what changed.
    out : Path
        Write the problems to this CSV file; with `--apply`, the corrected copy to this folder or workbook.
    """
    if apply:
        return _apply(case, out)
    from diffuscope.case import read_case
    from diffuscope.study import case_problems

    with busy("reading"):
        read = read_case(case)
        problems = case_problems(read)
    errors = sum(problem.level == "error" for problem in problems)
    if out is not None:
        from diffuscope.report import write_problems

        write_problems(problems, out)
    if json:
        counted = {"case": read.id, "errors": errors, "warnings": len(problems) - errors}
        write_json({**counted, "problems": problems, "read_as": read.read_as})
    else:
        for line in read.read_as_lines():
            console().print(f"read as  {clean(line)}", style="dim", soft_wrap=True)
        show_problems(problems, sum(table.height for table in read.tables.values()), len(read.tables))
        _offer_copy(case, problems)
    return DATA if errors else 0


def _offer_copy(case: str, problems: Sequence[Problem]) -> None:
    """Say how many problems a corrected copy mends: nobody need type what is certain."""
    from diffuscope.case.certain_fixes import has_certain_fix
    from diffuscope.records.phrases import noun

    place = Path(case)
    many = sum(one.count for one in problems if has_certain_fix(one))
    if many and (place.is_dir() or (place.is_file() and place.suffix.lower() == ".xlsx")):
        name = place.resolve()
        copy = f"{name.stem}-corrected{name.suffix}" if place.is_file() else f"{name.name}-corrected"
        console().print(
            f"{many:,} of them {noun(many, 'has', 'have')} one certain fix. The corrected copy: "
            f"diffuscope check {as_typed(case)} --apply --out {as_typed(copy)}",
            soft_wrap=True,
        )


def _apply(case: str, out: Path | None) -> int:
    """Write the corrected copy of a case, and say how many problems are left in it."""
    from diffuscope.case import correct_case, read_case
    from diffuscope.errors import CaseError
    from diffuscope.records.phrases import counted
    from diffuscope.study import case_problems

    if out is None:
        raise CaseError("A case is never corrected in place. Name the copy: --apply --out COPY.")
    with busy("correcting"):
        made = correct_case(case, out)
        before, after = (case_problems(read_case(place)) for place in (case, made.copy))
    errors = [sum(one.level == "error" for one in problems) for problems in (before, after)]
    printed = console()
    printed.print(
        f"{counted(len(made.changes), 'cell')} corrected in {clean(str(made.copy))}", soft_wrap=True
    )
    printed.print(f"What changed: {clean(str(made.list))}", soft_wrap=True)
    printed.print(f"Errors: {errors[0]:,} before, {errors[1]:,} in the copy.")
    printed.print(f"Next: diffuscope check {as_typed(made.copy)}", soft_wrap=True)
    return DATA if errors[1] else 0


@app.command
def freeze(case: Path) -> int:
    """Write the hash of a case's questions into its folder, before anybody looks at the outcomes.

    Adoptions, outcomes and evidence are not read. A run then says whether the questions were kept.

    Parameters
    ----------
    case : Path
        A case folder.
    """
    from diffuscope.records.phrases import counted
    from diffuscope.study import freeze_questions

    with busy("reading the questions"):
        frozen = freeze_questions(case)
    out = console()
    out.print(f"Frozen on {frozen.date}: {counted(len(frozen.questions), 'question')} in {clean(str(case))}")
    out.print(f"SHA-256 {frozen.sha256}", soft_wrap=True)
    return 0


@app.command
def export(
    case: str,
    *,
    out: Path,
    to: Literal["datapackage", "r", "stata", "graphml", "gexf"] = "datapackage",
) -> int:
    """Write the public tables of a case for archives and other programs.

    Parameters
    ----------
    case : str
        A folder, a `.zip`, an `.xlsx`, or the name of a shipped case. For R and Stata also a `result.json`,
        or the folder that holds one.
    out : Path
        A folder that does not exist yet, or is empty.
    to : {"datapackage", "r", "stata", "graphml", "gexf"}
        A data package (the default); CSV files with a script of R; a `.dta` for each table; or the layers of
        ties as networks.
    """
    from diffuscope.case import export_data, read_case
    from diffuscope.case.private import Private
    from diffuscope.records.phrases import counted
    from diffuscope.result import read_result

    left_out = 0
    with busy("reading"):
        if _is_result(Path(case)):
            files = export_data(read_result(case), out, to=to)
        else:
            read = read_case(case)
            files = export_data(read, out, to=to)
            left_out = len(Private.of(read).rows)
    what = f"{'The data package' if to == 'datapackage' else 'Written'}: "
    console().print(what + clean(", ".join(map(str, files))), soft_wrap=True)
    if left_out:
        console().print(f"{counted(left_out, 'private row')} left out.")
    return 0


def _is_result(place: Path) -> bool:
    """Whether there is a result rather than a case."""
    if place.is_dir():
        return (place / "result.json").is_file() and not (place / "case.toml").is_file()
    return place.suffix.lower() == ".json"


@app.command
def cases() -> int:
    """List the cases that come with diffuscope."""
    from diffuscope.case import shipped_cases

    out = console()
    for case in shipped_cases():
        out.print(case.id, style="bold")
        out.print(f"  {case.title}")
    return 0
