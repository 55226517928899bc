"""What is wrong with projects and indicators from wave to wave: ids, succession, status, dates, measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.records.statuses import OPEN
from diffuscope.tables.dates import first_day, last_day
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW
from diffuscope.tables.several_ids import several_ids
from diffuscope.tables.suggest import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

UNDER_WAY = ("planning", "ongoing", "on hold")
"""Statuses of projects that have not ended."""


def shown_twice(raw: RawTable, projects: pl.DataFrame) -> list[Problem]:
    """Projects that one wave shows in two rows: a joint project, a split one, or a row repeated."""
    key = ["wave", "project"]
    repeated = projects.drop_nulls(key).with_columns(
        pl.col(ROW).first().over(key).alias("other"),
        pl.len().over(key).alias("_rows"),
    )
    repeated = repeated.filter(pl.col("_rows") > 1)
    if repeated.is_empty():
        return []
    fixes = _fixes_of_twice(repeated)
    rows = repeated.filter(pl.col(ROW) != pl.col("other"))

    def word(value: str | None) -> Wording:
        message = "The wave already lists this project in row {other}."
        return Wording("project-twice", message, fixes[value or ""])

    return of_rows(raw, "project", rows.select(ROW, pl.col("project").alias("value"), "other"), word)


def _fixes_of_twice(repeated: pl.DataFrame) -> dict[str, str]:
    """What to do about each project, by whether its rows name the same actors; no city or project is lost."""
    fixes: dict[str, str] = {}
    for (_, project), rows in repeated.group_by("wave", "project", maintain_order=True):
        named = [listed or [] for listed in rows["unit"].to_list()]
        units = list(dict.fromkeys(unit for listed in named for unit in listed))
        same_units = len({tuple(sorted(listed)) for listed in named}) == 1
        fixes.setdefault(str(project), _split(str(project)) if same_units else _joint(units))
    return fixes


def _joint(units: list[str]) -> str:
    named = "; ".join(units)
    return (
        f"if it is one joint project, write `{named}` into `unit` of row {{other}}, and keep that row for "
        "both (put differences between the rows into `note`); if they are two projects, give each its own id"
    )


def _split(project: str) -> str:
    return (
        f"if the project was split, give each part its own id and write `{project}` into `succeeds` of "
        "each (where an earlier wave shows it); if they are two projects, give each its own id; if one row "
        "repeats the other, keep one"
    )


def successions(raw: RawTable, projects: pl.DataFrame) -> list[Problem]:
    """Projects that succeed what no earlier wave shows, or each other in a circle."""
    named = projects.filter(pl.col("succeeds").list.len() > 0)
    if named.is_empty():
        return []
    first = projects.drop_nulls("project").group_by(value="project").agg(pl.col("k").min().alias("first"))
    cells = named.select(ROW, "k", "project", pl.col("succeeds").alias("value"))
    cells = cells.explode("value", empty_as_null=True).join(
        first, on="value", how="left", maintain_order="left"
    )
    names = Names((name, name) for name in first["value"].sort())

    def unknown(value: str | None) -> Wording:
        wrong = "unknown-predecessor", "No row of `projects` has this id in `project`."
        several = several_ids(value or "", names, wrong, many=True)
        if several is not None:
            return several
        meant = names.nearest(value or "")
        return Wording(
            *wrong,
            f"write the id of the earlier project from `project`, or give its rows that id{names.silent}",
            f"write `{meant}` if that is meant, or give the rows of the earlier project this id"
            if meant
            else None,
        )

    itself = pl.col("value") == pl.col("project")
    late = (pl.col("first") >= pl.col("k")) & ~itself.fill_null(value=False)
    circles = _circles(cells.select("project", "value"))
    return [
        *of_rows(raw, "succeeds", cells.filter(pl.col("first").is_null()), unknown),
        *of_rows(raw, "succeeds", cells.filter(itself), lambda _: ITSELF),
        *of_rows(raw, "succeeds", cells.filter(late), lambda _: NOT_EARLIER),
        *of_rows(raw, "succeeds", cells.join(circles, on=["project", "value"], how="semi"), lambda _: CIRCLE),
    ]


ITSELF = Wording(
    "predecessor-not-earlier",
    "The project is listed as its own predecessor.",
    "clear `succeeds`: rows with one id are one project already",
)
NOT_EARLIER = Wording(
    "predecessor-not-earlier",
    "No wave before this one shows that project.",
    "correct the id, or the `wave`; a project cannot succeed another of the same wave",
)
CIRCLE = Wording(
    "circular-succession",
    "The project succeeds itself through other projects.",
    "correct one `succeeds` of the circle: a project can only continue one of an earlier wave",
)


def _circles(pairs: pl.DataFrame) -> pl.DataFrame:
    """Those pairs of two projects that lie on a circle."""
    import networkx as nx

    graph = nx.DiGraph(pairs.drop_nulls().filter(pl.col("project") != pl.col("value")).rows())
    # two projects lie on a circle exactly if they are in one strongly connected component
    part = {name: at for at, ones in enumerate(nx.strongly_connected_components(graph)) for name in ones}
    return pl.DataFrame(
        [pair for pair in graph.edges if part[pair[0]] == part[pair[1]]],
        schema={"project": pl.String, "value": pl.String},
        orient="row",
    )


def reopened(raw: RawTable, projects: pl.DataFrame) -> list[Problem]:
    """Completed projects that a later wave shows as not completed."""
    known = projects.drop_nulls(["project", "k", "status"]).filter(~pl.col("status").is_in(OPEN))
    rows = known.sort("k", ROW).with_columns(
        _before=pl.col("status").shift().over("project"),
        _later=pl.col("k") > pl.col("k").shift().over("project"),
        other=pl.col(ROW).shift().over("project"),
    )
    then_not = pl.col("_later") & (pl.col("_before") == "completed") & (pl.col("status") != "completed")
    rows = rows.filter(then_not).sort(ROW)

    def word(value: str | None) -> Wording:
        return Wording(
            "completed-then-not",
            f"The project is `{value}`, but `completed` in row {{other}}, an earlier wave.",
            "correct the status of one of the two rows; give a new phase its own id, with the id of this "
            "project in `succeeds`; if the project was resumed, say so in `note`",
        )

    cells = rows.select(ROW, pl.col("status").alias("value"), "other")
    return of_rows(raw, "status", cells, word, level="warning")


def dates_and_statuses(raw: RawTable, projects: pl.DataFrame, waves: Mapping[str, str]) -> list[Problem]:
    """Dates that a status of the same row contradicts, as seen from the date of its wave."""
    dated = projects.with_columns(
        _wave=pl.col("wave").replace_strict(dict(waves), default=None, return_dtype=pl.String)
    )
    after = first_day(pl.col("end")) > last_day(pl.col("_wave"))
    ended = last_day(pl.col("end")) < first_day(pl.col("_wave"))
    begun = last_day(pl.col("start")) < first_day(pl.col("_wave"))
    contradictions = (
        ("end", (pl.col("status") == "completed") & after, _COMPLETED_LATER),
        ("end", pl.col("status").is_in(UNDER_WAY) & ended, _ENDED),
        ("start", (pl.col("status") == "planning") & begun, _BEGUN),
    )
    problems: list[Problem] = []
    for column, broken, wording in contradictions:
        rows = dated.filter(broken).select(ROW, pl.col(column).alias("value"))
        problems += of_rows(raw, column, rows, _always(wording), level="warning")
    return problems


def _always(wording: Wording) -> Callable[[str | None], Wording]:
    return lambda _: wording


_COMPLETED_LATER = Wording(
    "status-and-dates",
    "The project is `completed`, but `end` is after the date of the wave.",
    "correct `end` or `status`; put the planned end into `end_planned`",
)
_ENDED = Wording(
    "status-and-dates",
    "`end` is before the date of the wave, but the project is not `completed`.",
    "correct `end` or `status`; put the planned end into `end_planned`",
)
_BEGUN = Wording(
    "status-and-dates",
    "`start` is before the date of the wave, but the project is still in `planning`.",
    "correct `start` or `status`; put the planned start into `start_planned`",
)


def indicator_measures(raw: RawTable, indicators: pl.DataFrame) -> list[Problem]:
    """Indicators whose rows do not measure in one unit, so that their values cannot be set side by side."""
    rows = indicators.drop_nulls(["indicator", "unit_of_measure"]).with_columns(
        _first=pl.col("unit_of_measure").first().over("indicator"),
        other=pl.col(ROW).first().over("indicator"),
    )
    rows = rows.filter(pl.col("unit_of_measure") != pl.col("_first"))
    cells = rows.select(ROW, pl.col("unit_of_measure").alias("value"), "other")
    return of_rows(raw, "unit_of_measure", cells, lambda _: _MEASURE, level="warning")


_MEASURE = Wording(
    "indicator-measured-otherwise",
    "Row {other} measures this indicator in another unit.",
    "write the unit in one way, or give the other measure its own `indicator`",
)
