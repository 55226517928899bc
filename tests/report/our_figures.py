"""The figures that our own report prints, as rows of `published`: what page and Word show, and the tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.report.names import Names
from diffuscope.report.projects import status_words
from diffuscope.report.sections.register import register

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.result import Result

STATUSES = ("planning", "ongoing", "completed", "on hold", "cancelled", "undetermined", "not stated")
BY_WORDS = {status_words(status): status for status in STATUSES}
DOCUMENT = "our-report"
COLUMNS = {
    **dict.fromkeys(
        ("document", "locator", "quantity", "unit", "area", "sub_area", "status", "wave"), pl.String
    ),
    "printed": pl.String,
    "value": pl.Float64,
    "decimals": pl.Int64,
}


def our_figures(result: Result) -> pl.DataFrame:
    """Every number and share of the register that the page prints, and every count of the workbook."""
    told = register(result, Names(result))
    assert told is not None
    rows = [*_totals(told), *_areas(told), *_latest(told), *_table(result)]
    return pl.DataFrame(rows, schema=COLUMNS).unique(maintain_order=True)


def _row(locator: str, quantity: str, printed: str, wave: str, **about: str | None) -> dict[str, object]:
    digits = re.sub(r"[^0-9.]", "", printed)
    decimals = len(digits.partition(".")[2])
    made = {"document": DOCUMENT, "locator": locator, "quantity": quantity, "printed": printed, "wave": wave}
    return {**dict.fromkeys(COLUMNS), **made, "value": float(digits), "decimals": decimals, **about}


def _totals(told: dict) -> Iterator[dict[str, object]]:
    for row in told["totals"]["rows"]:
        wave, at = row["wave"], "Projects by wave and status"
        yield _row(at, "projects", row["projects"], wave)
        yield _row(at, "cities", row["units"], wave)
        returned, _, expected = row["returns"].partition(" of ")
        yield _row(at, "returns", returned, wave)
        yield _row(at, "expected-returns", expected, wave)
        for words, cell in zip(told["totals"]["statuses"], row["counts"], strict=True):
            yield _row(at, "projects", cell["n"], wave, status=BY_WORDS[words])
            if cell["n"] != "0":
                yield _row(at, "share", cell["share"], wave, status=BY_WORDS[words])


def _areas(told: dict) -> Iterator[dict[str, object]]:
    areas = told["areas"] or {"rows": [], "waves": []}
    for row in areas["rows"]:
        for wave, cell in zip(areas["waves"], row["cells"], strict=True):
            yield _row("Projects by area and wave", "projects", cell["n"], wave, area=row["name"])
            if cell["n"] != "0":
                yield _row("Projects by area and wave", "share", cell["share"], wave, area=row["name"])


def _latest(told: dict) -> Iterator[dict[str, object]]:
    latest = told["latest"] or {"rows": [], "statuses": [], "wave": ""}
    at = "Projects of the latest wave by area and status"
    for row in latest["rows"]:
        yield _row(at, "projects", row["all"], latest["wave"], area=row["name"])
        for words, cell in zip(latest["statuses"], row["cells"], strict=True):
            about = {"area": row["name"], "status": BY_WORDS[words]}
            yield _row(at, "projects", cell["n"], latest["wave"], **about)
            if cell["n"] != "0":
                yield _row(at, "share", cell["share"], latest["wave"], **about)


def _table(result: Result) -> Iterator[dict[str, object]]:
    frame = result.frames["project_counts"]
    for cells in frame.rows:
        row = dict(zip(frame.columns, cells, strict=True))
        about = {"status": row["status"]}
        if row["dimension"] == "area":
            about["area"] = row["name"]
        elif row["dimension"] in ("state", "city"):
            about["unit"] = row["name"]
        else:
            about |= {"area": row["area"], "sub_area": row["name"]}
        yield _row("table project_counts", "projects", str(row["projects"]), row["wave"], **about)
        yield _row("table project_counts", "share", f"{row['share']:.2f}", row["wave"], **about)
