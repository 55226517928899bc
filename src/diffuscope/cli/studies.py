"""Commands on studies: `run` and `plan-evidence`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from diffuscope.cli.app import app
from diffuscope.cli.screen import busy, clean, console, show_problems, with_time_left, write_json

if TYPE_CHECKING:
    from diffuscope.result import Result

_OUTCOMES = ("differs", "incomplete", "ambiguous", "not checkable", "confirmed")


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
    """Show which clue, if looked for, would change which verdict most. No statistics are run.

    Parameters
    ----------
    case : str
        A folder, a `.zip`, an `.xlsx`, or the name of a shipped case.
    analysis : str
        Id of one question; by default all.
    result : Path
        A `result.json` of the case, or the folder that holds one: its statistics are used with the evidence.
        Without it the statistics count as silent.
    searched : float
        Chance that a search would find an existing trace; 0.8 by default.
    all : bool
        Show every clue; by default the most informative ones of each verdict.
    json : bool
        Print the plan as JSON.
    out : Path
        Write every clue to this CSV file.
    """
    from diffuscope.report import plan_text, write_plan
    from diffuscope.result import read_result

    with busy("reading the case") as say:
        from diffuscope.case import read_case
        from diffuscope.study import plan_evidence as planned
        from diffuscope.study import tables_of

        plan = planned(
            read_case(case, tables=tables_of(["mechanisms"])),
            analysis,
            result=None if result is None else read_result(result),
            searched=searched,
            progress=with_time_left(say),
        )
    if out is not None:
        write_plan(plan, out)
    if json:
        write_json(plan)
    else:
        for line in plan_text(plan, every=all).splitlines():
            console().print(clean(line), soft_wrap=True)
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
    workers: int | None = None,
    cluster: str | None = None,
) -> int:
    """Study a case and write its report.

    Parameters
    ----------
    case : str
        A folder, a `.zip`, an `.xlsx`, or the name of a shipped case.
    out : Path
        Folder for the report, tables and figures; by default one here that is called as the folder or file
        of the case, with `-report` behind it. It may hold an earlier report of the case, which is replaced.
    seed : int
        Seed of the random numbers.
    draws : int
        Simulated worlds or permutations for each safeguard that needs them; by default 999 for every two
        mechanisms tested. Fewer are faster but give coarser p-values; with too few, no mechanism can pass.
    parts : str
        Only these parts, separated by commas: mechanisms, statistics, networks, monitoring, audit. By default
        all that the case has data for. Tables that no part needs are not read.
    docx : bool
        Write a short version for Word too, `report.docx`.
    figures : bool
        Write every figure as a file too, as SVG and PNG.
    workers : int
        Processes at once; all cores by default. Results do not depend on it.
    cluster : str
        Address of the scheduler of a dask cluster that does the long work (extra `cluster`). It is trusted,
        and sees the case.
    """
    from diffuscope.compute import run_on

    with busy("reading the case") as say, run_on(workers=workers, cluster=cluster):
        from diffuscope.report.charts_library import begin_library

        begin_library()  # in another process, while this one gets ready and reads the case
        from diffuscope.case import read_case
        from diffuscope.report import earlier_report, write_report
        from diffuscope.study import known_parts, run_study, tables_of

        names = None if parts is None else known_parts(word.strip() for word in parts.split(","))
        read = read_case(case, tables=None if names is None else tables_of(names))
        folder = out if out is not None else _report_folder(case, read.id)
        earlier = earlier_report(folder, read.id)  # refused before the work, not after it
        result = run_study(
            read,
            seed=seed,
            draws=draws,
            parts=names,
            progress=with_time_left(say),
        )
        say("drawing the report")
        page = write_report(result, folder, docx=docx, figures=figures)
    show_problems(result.problems)
    _show_answer(result)
    _show_register(result)
    console().print(f"\nThe report: {clean(str(page))}", soft_wrap=True)
    if earlier is not None and earlier.run.case_sha256 != result.run.case_sha256:
        console().print(f"It replaces the report of {clean(earlier.run.time)}, which was of other data.")
    return 0


def _report_folder(case: str, id_: str) -> Path:
    """Folder of a report without `--out`: called as the case's folder or file, for copies share an id."""
    source = Path(case)
    if not source.exists():
        return Path(f"{id_}-report")
    place = source.resolve()
    return Path(f"{(place.name if place.is_dir() else place.stem) or id_}-report")


def _show_answer(result: Result) -> None:
    from rich.table import Table

    out = console()
    out.print(clean(result.case.title), style="bold")
    for analysis in result.analyses:
        out.print(f"\n{clean(analysis.question)}")
        out.print(
            clean(next(dates.reason for dates in result.chronology if dates.analysis == analysis.id)),
            style="dim",
        )
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, style="bold")
        table.add_column()
        verdicts = [verdict for verdict in result.verdicts if verdict.analysis == analysis.id]
        for verdict in verdicts:
            table.add_row(clean(verdict.mechanism), clean(verdict.sentence))
        out.print(table)


def _show_register(result: Result) -> None:
    from diffuscope.records.phrases import noun
    from diffuscope.records.statuses import STATUSES

    out = console()
    totals = result.frames.get("wave_totals")
    if totals is not None and totals.rows:
        latest = dict(zip(totals.columns, totals.rows[-1], strict=True))
        states = [f"{latest[name]} {word}" for name, word in STATUSES.items() if latest.get(name)]
        out.print(f"\nProjects, {clean(str(latest['wave']))}", style="bold")
        many = int(latest["units"] or 0)
        if latest["projects"] is None:
            out.print("No return came in, so nothing is known.")
        elif not states:
            out.print(f"No project; {latest['returned']} of {latest['expected']} returns came in.")
        else:
            out.print(f"{latest['projects']} in {many:,} {noun(many, 'place')}: {', '.join(states)}.")
    for what, rows in (("printed figures", result.audit), ("claims", result.claims)):
        if rows:
            tally: Counter[str] = Counter(row.outcome for row in rows)
            said = {"differs": noun(tally["differs"], "differs", "differ")}
            outcomes = ", ".join(f"{tally[one]:,} {said.get(one, one)}" for one in _OUTCOMES if tally[one])
            out.print(f"Checks of {what}: {outcomes}.")
