"""The command on inferred networks: `infer`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from cyclopts import Parameter

from diffuscope.cli.app import app
from diffuscope.cli.screen import busy, clean, console, with_time_left

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from diffuscope.networks import InferredNetwork

SHOWN = 10
"""Edges on the screen; the files hold all."""
OF_R = (".rds", ".rda", ".rdata")
OF_TABLES = (".csv", ".tsv", ".txt", ".parquet", ".arrow", ".dta", *OF_R)
MEMORY = "2GB"
"""What a search on a cluster may use on this machine, where nothing is said."""


class _Options(NamedTuple):
    """What `infer_network` and `infer_large_network` are both told."""

    edges: Any
    stop: float | None
    delay: Any
    rate: Any
    dialect: Any
    ties: Any


@app.command
def infer(
    source: str,
    *,
    out: Path | None = None,
    edges: int | None = None,
    stop: float | None = None,
    delay: Literal["exponential", "rayleigh", "log-normal", "power-law"] = "exponential",
    rate: Annotated[tuple[float, ...] | None, Parameter(negative="", consume_multiple=True)] = None,
    window: Annotated[tuple[str, str] | None, Parameter(negative="")] = None,
    ties: Literal["never", "shared", "jittered"] = "never",
    dialect: Literal["R", "SNAP"] = "R",
    period: Literal["year", "month", "day", "wave"] = "year",
    unit: str | None = None,
    policy: str | None = None,
    time: str | None = None,
    draws: int = 0,
    seed: int = 0,
    memory: str | None = None,
    workers: int | None = None,
    cluster: str | None = None,
) -> int:
    """Infer who seems to follow whom, from the order in which units adopted many policies.

    Parameters
    ----------
    source : str
        A case, or a file with a table of adoptions: CSV, Excel, Parquet, Stata or R.
    out : Path
        Folder for the edges, the network as GraphML and GEXF, and the figures; none is written without it.
    edges : int
        Number of edges; every possible one where neither this nor `--stop` is given.
    stop : float
        Instead of a number: end before the first edge whose stopping score is at or above this, such as 0.05.
    delay : str
        Density of the lag between an adoption and the one that follows it.
    rate : float
        Its parameters, in periods; two numbers for log-normal delays. Estimated from the data by default.
    window : str
        First and last time: adoptions outside are not seen.
    ties : str
        Adoptions at one time: never parents of each other, shared (either may have been first, at half the
        weight), or jittered (their order is drawn).
    dialect : str
        Objective of R's package NetworkInference, or of SNAP's program.
    period : str
        What times count.
    unit : str
        Column that names the unit.
    policy : str
        Column that names the policy.
    time : str
        Column of the time of adoption.
    draws : int
        Bootstrap samples of the policies, and permutations of the times for the false discovery rate; none by
        default. Not with `--memory` or `--cluster`.
    seed : int
        Seed of the random numbers.
    memory : str
        For files larger than memory: what all processes may use together, such as `2GB`. The file is sorted
        into the folder `OUT.work`, and a run that was stopped goes on where it was.
    workers : int
        Processes or threads at once; all cores by default. The network does not depend on it.
    cluster : str
        Address of the scheduler of a dask cluster that does the search (extra `cluster`). It is trusted, and
        sees the adoptions.
    """
    names = {new: old for new, old in (("unit", unit), ("policy", policy), ("time", time)) if old is not None}
    every = "all" if edges is None and stop is None else edges
    one = rate if rate is None or len(rate) == 2 else rate[0]
    options = _Options(every, stop, delay, one, dialect, ties)
    from diffuscope.compute import run_on

    with busy("reading the adoptions") as say, run_on(workers=workers, cluster=cluster):
        if memory is not None or cluster is not None:
            network = _large(Path(source), out, names, window, options, memory or MEMORY, draws, say)
        else:
            network = _small(source, names, window, options, period, seed, say)
        table = _judged(network, draws)
        if out is not None:
            say("drawing the network")
            _write(network, table, out)
    _show(network, table, out)
    return 0


def _write(network: InferredNetwork, table: pl.DataFrame, out: Path) -> None:
    """Write the network; what a large search kept is needed no more."""
    from diffuscope.case.atomic_folder import new_folder
    from diffuscope.networks.event_files import DONE
    from diffuscope.networks.write import write_folder

    with new_folder(out) as folder:
        write_folder(network, table, folder)
    work = _work_folder(out)
    if (work / DONE).is_file():
        shutil.rmtree(work)


def _small(  # noqa: PLR0917 what was typed
    source: str,
    names: dict[str, str],
    window: tuple[str, str] | None,
    options: _Options,
    period: str,
    seed: int,
    say: Callable[[str], None],
) -> InferredNetwork:
    from diffuscope.networks import infer_network
    from diffuscope.networks.engine import must_compile

    frame, waves = _adoptions(source, names)
    once = " (compiling first, once on this machine: about half a minute)" if must_compile() else ""
    say(f"inferring the network{once}")
    return infer_network(frame, **options._asdict(), window=window, period=period, waves=waves, seed=seed)


def _large(  # noqa: PLR0917 what was typed
    source: Path,
    out: Path | None,
    names: dict[str, str],
    window: tuple[str, str] | None,
    options: _Options,
    memory: str,
    draws: int,
    say: Callable[[str], None],
) -> InferredNetwork:
    from diffuscope.errors import PlanError
    from diffuscope.networks import infer_large_network
    from diffuscope.networks.engine import must_compile
    from diffuscope.networks.event_files import READERS

    if out is None or source.suffix.lower() not in READERS:
        raise PlanError(
            f"With --memory or --cluster, SOURCE is a file that ends in one of {', '.join(READERS)}, and "
            "--out is needed: what is done is kept beside it."
        )
    if draws:
        raise PlanError("--draws would repeat a large search that often: not with --memory or --cluster.")
    try:
        ends = None if window is None else (float(window[0]), float(window[1]))
    except ValueError as error:
        raise PlanError("With --memory or --cluster, --window is two numbers.") from error
    if must_compile():
        say("compiling, once on this machine: about half a minute")
    return infer_large_network(
        source, _work_folder(out), **options._asdict(), window=ends, columns=names, memory=memory,
        progress=with_time_left(say),
    )  # fmt: skip


def _work_folder(out: Path) -> Path:
    """Where a large search keeps what is done."""
    return out.with_name(f"{out.name}.work")


def _adoptions(source: str, names: dict[str, str]) -> tuple[pl.DataFrame, dict[str, str] | None]:
    """Adoptions of a case, or of a file; and the waves of a case."""
    from diffuscope.case import read_case
    from diffuscope.errors import CaseError

    file = Path(source)
    if not file.exists() and file.suffix.lower() in OF_TABLES:
        raise CaseError(f"There is no file `{file}`.")
    if not file.is_file() or file.suffix.lower() == ".zip" or _is_workbook_case(file):
        case = read_case(source, tables=("units", "policies", "adoptions"))
        if case.errors:
            raise CaseError(f"The case `{case.id}` must be fixed first.", case.errors)
        return case.table("adoptions"), dict(case.waves) or None
    from diffuscope.case.importers import read_cascades, read_frame

    if file.suffix.lower() in OF_R and not names:
        try:
            return read_cascades(file), None
        except CaseError:  # no `cascade` of NetworkInference: perhaps a data frame
            return read_frame(file), None
    frame = read_frame(file)
    return frame.rename({old: new for new, old in names.items() if old in frame.columns}), None


def _is_workbook_case(file: Path) -> bool:
    """Whether a workbook has a sheet of the name that adoptions have in a case."""
    if file.suffix.lower() != ".xlsx":
        return False
    from python_calamine import CalamineWorkbook

    return "adoptions" in CalamineWorkbook.from_path(str(file)).sheet_names


def _judged(network: InferredNetwork, draws: int) -> pl.DataFrame:
    """The table of edges, with what bootstrap and negative control say of each where they are asked for."""
    table = network.table()
    if draws < 1:
        return table
    ends = ["sender", "receiver"]
    frequency = network.stability(draws).table().select(*ends, "frequency")
    control = network.false_discovery(draws).table().select(*ends, "fdr", "in_permuted")
    for more in (frequency, control):
        table = table.join(more, on=ends, how="left", maintain_order="left")
    return table


def _show(network: InferredNetwork, table: pl.DataFrame, out: Path | None) -> None:
    from rich.table import Table

    screen = console()
    for line in network.summary():
        screen.print(clean(line), soft_wrap=True)
    columns = ["sender", "receiver", "improvement", "volume", "support", "median_lag"]
    columns += [name for name in ("frequency", "fdr") if name in table.columns]
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        side: Literal["left", "right"] = "left" if name in columns[:2] else "right"
        shown.add_column(name.replace("_", " "), justify=side, no_wrap=name not in columns[:2])
    for row in table.head(SHOWN).select(columns).iter_rows():
        shown.add_row(*(clean(_cell(value)) for value in row))
    screen.print(shown)
    if table.height > SHOWN:
        more = f"{table.height - SHOWN:,} more edges"
        screen.print(f"and {more}" + ("" if out else "; `--out FOLDER` writes all"), style="dim")
    if out is not None:
        screen.print(f"\nThe network: {clean(str(out))}", soft_wrap=True)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return "" if value is None else str(value)
