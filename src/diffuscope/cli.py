"""The command `diffuscope`: parses words, calls the rooms, prints what they say.

Exit codes: 0 fine · 1 the data must be mended · 2 the question, or the way it was typed · 3 our fault.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from diffuscope.screen import clean as _clean
from diffuscope.screen import console as _console
from diffuscope.screen import many as _many
from diffuscope.screen import show_any_letter
from diffuscope.screen import show_problems as _show_problems
from diffuscope.screen import write_json as _write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diffuscope.report.edition.build import Which
    from diffuscope.result import Result

DATA, QUESTION, OUR_FAULT, STOPPED = 1, 2, 3, 130
_OUTCOMES = ("differs", "incomplete", "ambiguous", "not checkable", "confirmed")


def _version() -> str:
    from importlib.metadata import version

    return version("diffuscope")


app = App(
    name="diffuscope",
    help="Find out how a policy spread and why, and what the data cannot tell.",
    version=_version,
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)


@app.command
def new(folder: Path, *, monitoring: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Write a small valid case to fill in.

    Parameters
    ----------
    folder : Path
        A folder that does not exist yet, or is empty.
    monitoring : bool
        A register of projects by reporting wave, without questions of diffusion.
    """
    from diffuscope.case import new_case

    new_case(folder, monitoring=monitoring)
    out = _console()
    out.print(f"A case to fill in stands in {_clean(str(folder))}; its README says how.")
    out.print(f"Next: diffuscope check {_clean(str(folder))}")
    return 0


@app.command
def check(
    case: str,
    *,
    json: Annotated[bool, Parameter(negative="")] = False,
    out: Path | None = None,
) -> int:
    """Show every problem of a case, and of the questions put to it.

    Parameters
    ----------
    case : str
        A folder, a `.zip`, an `.xlsx`, or the name of a shipped case.
    json : bool
        Print the problems as JSON.
    out : Path
        Write the problems to this CSV file.
    """
    from diffuscope.case import read_case
    from diffuscope.study import case_problems

    with _busy("reading"):
        read = read_case(case)
        problems = case_problems(read)
    errors = sum(problem.level == "error" for problem in problems)
    if out is not None:
        from diffuscope.report import write_problems

        write_problems(problems, out)
    if json:
        counted = {"case": read.id, "errors": errors, "warnings": len(problems) - errors}
        _write_json({**counted, "problems": problems, "read_as": read.read_as})
    else:
        for taken in read.read_as_lines():
            _console().print(f"read as  {_clean(taken)}", style="dim", soft_wrap=True)
        _show_problems(problems, sum(table.height for table in read.tables.values()), len(read.tables))
    return DATA if errors else 0


@app.command
def freeze(case: Path) -> int:
    """Write the hash of a case's questions into its folder, before anybody looks at the outcomes.

    Adoptions, outcomes and evidence are not read. A run then says whether the questions were kept.

    Parameters
    ----------
    case : Path
        A case folder.
    """
    from diffuscope.study import freeze_questions

    with _busy("reading the questions"):
        frozen = freeze_questions(case)
    out = _console()
    out.print(f"Frozen on {frozen.date}: {_many(len(frozen.questions), 'question')} in {_clean(str(case))}")
    out.print(f"SHA-256 {frozen.sha256}", soft_wrap=True)
    return 0


@app.command
def plan_evidence(
    case: str,
    *,
    analysis: str | None = None,
    result: Path | None = None,
    searched: float | None = None,
    all: Annotated[bool, Parameter(negative="")] = False,  # noqa: A002 the word is the option
    json: Annotated[bool, Parameter(negative="")] = False,
    out: Path | None = None,
) -> int:
    """Show which clue, if looked for, would move which verdict most. No statistics are run.

    Parameters
    ----------
    case : str
        A folder, a `.zip`, an `.xlsx`, or the name of a shipped case.
    analysis : str
        Id of one question; by default all.
    result : Path
        A `result.json` of the case, or the folder that holds one: its statistics stand beside the evidence.
        Without it the statistics are taken as silent.
    searched : float
        Chance that a search would find a trace, had it existed; 0.8 by default.
    all : bool
        Show every clue; by default the most telling ones of each verdict.
    json : bool
        Print the plan as JSON.
    out : Path
        Write every clue to this CSV file.
    """
    from diffuscope.report import plan_text, write_plan
    from diffuscope.result import read_result

    with _busy("reading the case") as say:
        from diffuscope.case import read_case
        from diffuscope.study import plan_evidence as planned
        from diffuscope.study import tables_of

        plan = planned(
            read_case(case, tables=tables_of(["mechanisms"])),
            analysis,
            result=None if result is None else read_result(result),
            searched=searched,
            progress=lambda what, done, total: say(f"{what} ({done}/{total})"),
        )
    if out is not None:
        write_plan(plan, out)
    if json:
        _write_json(plan)
    else:
        for line in plan_text(plan, every=all).splitlines():
            _console().print(_clean(line), soft_wrap=True)
    return 0


@app.command
def run(
    case: str,
    *,
    out: Path | None = None,
    seed: int = 0,
    draws: int | None = None,
    parts: str | None = None,
    docx: Annotated[bool, Parameter(negative="")] = False,
    figures: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Study a case and write its report.

    Parameters
    ----------
    case : str
        A folder, a `.zip`, an `.xlsx`, or the name of a shipped case.
    out : Path
        Folder for the report, tables and figures; by default `<case>-report` here.
    seed : int
        Seed of whatever is drawn at random.
    draws : int
        Worlds drawn for each safeguard that draws any; by default 999 for every two mechanisms tested. Fewer
        are quicker and tell p-values more coarsely; with too few for the mechanisms tested none could pass.
    parts : str
        Only these parts, separated by commas: mechanisms, statistics, monitoring, audit. By default all that
        the case has data for. Tables that no part needs are not read.
    docx : bool
        Write a short version for Word too, `report.docx`.
    figures : bool
        Write every figure as a file too, as SVG and PNG.
    """
    with _busy("reading the case") as say:
        from diffuscope.report.painter import begin_library

        begin_library()  # in another process, while this one gets ready and reads the case
        from diffuscope.case import read_case
        from diffuscope.report import write_report
        from diffuscope.study import known_parts, run_study, tables_of

        asked = None if parts is None else known_parts(word.strip() for word in parts.split(","))
        read = read_case(case, tables=None if asked is None else tables_of(asked))
        result = run_study(
            read,
            seed=seed,
            draws=draws,
            parts=asked,
            progress=lambda what, done, total: say(f"{what} ({done}/{total})"),
        )
        say("drawing the report")
        folder = out if out is not None else Path(f"{read.id}-report")
        page = write_report(result, folder, docx=docx, figures=figures)
    _show_problems(result.problems)
    _show_answer(result)
    _show_register(result)
    _console().print(f"\nThe report: {_clean(str(page))}", soft_wrap=True)
    return 0


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
        Folder for the report; by default the folder of the result. Of an edition the file, whose ending says
        what is written: `.html`, `.docx`, `.pdf` or `.xlsx`; by default a page in this folder.
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
    from diffuscope.report import damaged_unless_as_written, write_report
    from diffuscope.result import read_result

    with _busy("drawing the report"):
        read = read_result(result)
        folder = result if result.is_dir() else result.parent
        with damaged_unless_as_written(result):
            page = write_report(read, out if out is not None else folder, docx=docx, figures=figures)
    _console().print(f"The report: {_clean(str(page))}", soft_wrap=True)
    return 0


def _edition(source: Path, edition: Which, wave: str | None, out: Path | None, template: Path | None) -> int:
    from diffuscope.report import damaged_unless_as_written, write_edition
    from diffuscope.study import counted_register

    with _busy("counting the register"), damaged_unless_as_written(source):
        counted = counted_register(str(source))
        made = write_edition(counted, out, edition=edition, wave=wave, template=template)
    _console().print(f"The {edition} edition: {_clean(str(made))}", soft_wrap=True)
    return 0


@app.command
def diff(old: Path, new: Path, *, json: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Show what changed between two results, and for every verdict that changed, why.

    Parameters
    ----------
    old : Path
        A `result.json`, or a folder that holds one; results of older formats are read too.
    new : Path
        The other, made later.
    json : bool
        Print the comparison as JSON.
    """
    from diffuscope.report import damaged_unless_as_written
    from diffuscope.report.difference import compare, told
    from diffuscope.result import read_result

    with damaged_unless_as_written(old, new):
        found = compare(read_result(old), read_result(new))
    if json:
        _write_json(found)
        return 0
    out = _console()
    for line in told(found):
        out.print(_clean(line.text), style="bold" if line.heading else None, soft_wrap=True)
    return 0


@app.command
def export(case: str, *, out: Path) -> int:
    """Write the public tables of a case as a data package, for archives and other programs.

    Parameters
    ----------
    case : str
        A folder, a `.zip`, an `.xlsx`, or the name of a shipped case.
    out : Path
        A folder that does not exist yet, or is empty.
    """
    from diffuscope.case import read_case, write_data_package
    from diffuscope.case.private import Private

    with _busy("reading the case"):
        read = read_case(case)
        descriptor = write_data_package(read, out)
        left_out = len(Private.of(read).rows)
    _console().print(f"The data package: {_clean(str(descriptor))}", soft_wrap=True)
    if left_out:
        _console().print(f"{_many(left_out, 'private row')} left out.")
    return 0


@app.command
def cases() -> int:
    """List the cases that come with diffuscope."""
    from diffuscope.case import shipped_cases

    out = _console()
    for case in shipped_cases():
        out.print(case.id, style="bold")
        out.print(f"  {case.title}")
    return 0


def main(words: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code."""
    # a folder that somebody stands in may be another person's case: no process imports anything from it
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    show_any_letter()
    code = _run(words)
    if code and (compute := sys.modules.get("diffuscope.compute")):
        compute.stop()  # whatever other processes still do, nobody waits for it
    sys.exit(code)


def _run(words: Sequence[str] | None) -> int:
    from diffuscope.errors import CaseError, DiffuscopeError, PlanError

    try:
        code = app(words, exit_on_error=False)
        sys.stdout.flush()
    except CycloptsError:
        return QUESTION  # already explained on the screen
    except CaseError as error:
        if error.problems:
            _show_problems(error.problems)
        return _refuse(error, DATA)
    except PlanError as error:
        return _refuse(error, QUESTION)
    except DiffuscopeError as error:
        return _refuse(error, DATA)
    except KeyboardInterrupt:
        return _refuse("Stopped. Nothing half-written was left behind.", STOPPED)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left, and needs no message
        return 0
    except OSError as error:
        return _refuse(_cannot(error), QUESTION)
    except Exception as error:  # noqa: BLE001 the last door: whatever comes here is our fault, and is logged
        from diffuscope.crash import crash_message

        return _refuse(crash_message(error), OUR_FAULT)
    return code if isinstance(code, int) else 0


def _cannot(error: OSError) -> str:
    """Why the system refuses; where it names no file, it is the output that cannot be written."""
    said = error.strerror or str(error)
    return f"{said}: {error.filename}" if error.filename else f"The output cannot be written: {said.lower()}."


def _refuse(message: object, code: int) -> int:
    with suppress(OSError):  # nobody can be told where the standard error is full or closed too
        _console(stderr=True).print(_clean(str(message)), soft_wrap=True)
    return code


def _show_answer(result: Result) -> None:
    from rich.table import Table

    out = _console()
    out.print(_clean(result.case.title), style="bold")
    for analysis in result.analyses:
        out.print(f"\n{_clean(analysis.question)}")
        out.print(
            _clean(next(dates.reason for dates in result.chronology if dates.analysis == analysis.id)),
            style="dim",
        )
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, style="bold")
        table.add_column()
        found = [verdict for verdict in result.verdicts if verdict.analysis == analysis.id]
        for verdict in found:
            table.add_row(_clean(verdict.mechanism), _clean(verdict.sentence))
        out.print(table)


def _show_register(result: Result) -> None:
    from diffuscope.records.statuses import STATUSES

    out = _console()
    totals = result.frames.get("wave_totals")
    if totals is not None and totals.rows:
        latest = dict(zip(totals.columns, totals.rows[-1], strict=True))
        states = [f"{latest[name]} {word}" for name, word in STATUSES.items() if latest.get(name)]
        out.print(f"\nProjects, {_clean(str(latest['wave']))}", style="bold")
        out.print(f"{latest['projects']} in {latest['units']} places: {', '.join(states)}.")
    for what, rows in (("printed figures", result.audit), ("claims", result.claims)):
        if rows:
            counted: Counter[str] = Counter(row.outcome for row in rows)
            told = ", ".join(f"{counted[outcome]:,} {outcome}" for outcome in _OUTCOMES if counted[outcome])
            out.print(f"Checks of {what}: {told}.")


@contextmanager
def _busy(what: str) -> Iterator[Callable[[str], None]]:
    """A line on the screen that says what is done, and what libraries warned of that no record holds."""
    from diffuscope.records.library_warnings import library_warnings

    console = _console(stderr=True)
    with library_warnings() as said, console.status(f"{what} …") as status:
        yield lambda now: status.update(f"{now} …")
    for one in said:
        console.print(one, soft_wrap=True)


if __name__ == "__main__":
    main()
