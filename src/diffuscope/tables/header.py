"""Whether a table has the columns it needs, and what stray columns were probably meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from diffuscope.records.joined_rows import place_of
from diffuscope.records.phrases import counted, in_code, noun
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording, of_table
from diffuscope.tables.raw import ROW
from diffuscope.tables.suggest import bare, nearest

if TYPE_CHECKING:
    from diffuscope.records import Problem
    from diffuscope.tables.columns import Table
    from diffuscope.tables.raw import RawTable

TOLD = 50
"""Stray columns told by name."""

ALSO_CALLED: dict[str, tuple[str, ...]] = {
    "unit": ("country", "state", "city", "actor", "member", "iso3", "iso", "code", "unitid", "countrycode"),
    "time": ("year", "date", "when", "adopted", "adoptionyear", "adoptiondate", "dateadopted"),
    "time_latest": ("latest", "yearmax", "atthelatest", "before"),
    "until": ("repealed", "ended", "end", "to", "enddate"),
    "start": ("year", "date", "from", "begin", "begins", "since", "startdate", "startyear"),
    "end": ("to", "until", "enddate", "endyear", "finish"),
    "sender": ("from", "origin", "exporter", "influencer", "ego", "partner", "unit1", "statea"),
    "receiver": ("to", "target", "destination", "importer", "alter", "recipient", "unit2", "stateb"),
    "partner": ("donor", "giver", "funder", "sender", "from", "implementingpartner", "projectpartner"),
    "recipient": ("receiver", "beneficiary", "to"),
    "weight": ("value", "strength", "share", "amount"),
    "layer": ("network", "tietype", "relation", "kind", "type"),
    "policy": ("law", "innovation", "programme", "program", "measure", "policyid", "statepolicy"),
    "name": ("title", "label", "fullname"),
    "title": ("name", "projecttitle", "projectname"),
    "aliases": ("alias", "othernames", "synonyms", "alsoknownas"),
    "parent": ("country", "state", "belongsto", "memberof"),
    "lat": ("latitude", "y"),
    "lon": ("lng", "long", "longitude", "x"),
    "kind": ("type", "category", "class"),
    "source": ("reference", "ref", "citation", "documentation"),
    "note": ("notes", "comment", "comments", "remark", "remarks"),
    "variable": ("indicator", "attribute", "series"),
    "value": ("amount", "number", "figure"),
    "unit_of_measure": ("measure", "uom"),
    "indicator": ("indicatorid", "kpi"),
    "baseline": ("base", "startvalue"),
    "target": ("goal", "targetvalue"),
    "actual": ("achieved", "actualvalue", "result"),
    "budget": ("cost", "costs", "projectcost", "totalcost", "totalbudget", "amount"),
    "currency": ("currencycode", "money"),
    "start_planned": ("plannedstart", "plannedstartdate"),
    "end_planned": ("plannedend", "plannedenddate", "completionplanned", "deadline"),
    "percent_complete": (
        "percentage",
        "percentcomplete",
        "percentcompleted",
        "completion",
        "done",
        "progresspercent",
        "percentcompletion",
        "completionpercent",
        "percentprogress",
        "percentofcompletion",
        "percentdone",
    ),
    "succeeds": ("predecessor", "predecessors", "replaces", "formerproject", "succeeded"),
    "document": ("doc", "source", "reference"),
    "locator": ("page", "pages", "line", "exhibit"),
    "url": ("link", "web", "website", "address", "doi"),
    "path": ("file", "filename"),
    "licence": ("license", "rights"),
    "area": ("focusarea", "sector", "field"),
    "sub_area": ("subarea", "subsector", "sub"),
    "wave": ("year", "round", "report"),
    "status": ("state", "progress", "stage"),
    "project": ("projectid",),
    "event": ("meeting", "eventid"),
    "id": ("code", "number", "no"),
    "p_if_true": ("ptrue", "phypothesis", "peh"),
    "p_if_false": ("pfalse", "prival", "penoth"),
}
"""How other data sets call our columns, without case, blanks and signs."""


def check_header(raw: RawTable) -> list[Problem]:
    """Stray and missing columns of a table, each told once, with what was probably meant."""
    table = CATALOGUE[raw.name]
    present = set(raw.cells.columns)
    stray = [name for name in raw.cells.columns if name != ROW and name not in table.names]
    absent = [name for name in table.names if name not in present]
    problems: list[Problem] = []
    for name in stray[:TOLD]:
        meant = _meant(table, name, absent)
        if meant is not None:
            absent.remove(meant)
        problems.append(_stray(raw, table, name, meant))
    if len(stray) > TOLD:
        problems.append(_many(raw, table, len(stray) - TOLD))
    problems += [_missing(raw, name) for name in absent if table.column(name).required]
    return problems


def _meant(table: Table, name: str, absent: list[str]) -> str | None:
    plain = bare(name)
    needed_first = sorted(absent, key=lambda other: not table.column(other).required)
    for candidate in needed_first:
        if plain == bare(candidate) or plain in ALSO_CALLED.get(candidate, ()):
            return candidate
    return nearest(name, needed_first)


def _stray(raw: RawTable, table: Table, name: str, meant: str | None) -> Problem:
    if meant is None:
        wording = Wording(
            "unknown-column",
            f"`{raw.name}` does not have such a column; {_unread(raw, name)}.",
            f"{'put its content into `note`, or ' if 'note' in table.names else ''}"
            f"move it elsewhere; the columns are {in_code(table.names)}",
        )
        return _at_its_sheet(raw, of_table(raw, wording, column=name, level="warning"), name)
    needed = ", which every row needs" if table.column(meant).required else ""
    wording = Wording(
        "unknown-column",
        f"`{raw.name}` has no such column.",
        f"rename it to `{meant}`{needed}, if that is meant",
    )
    return _at_its_sheet(raw, of_table(raw, wording, column=name), name)


def _unread(raw: RawTable, name: str) -> str:
    filled = raw.cells.height - raw.cells[name].null_count()
    return f"its {counted(filled, 'value')} {noun(filled, 'is', 'are')} not read" if filled else "it is empty"


def _at_its_sheet(raw: RawTable, problem: Problem, name: str) -> Problem:
    """Of several sheets joined, the problem at the first that has something in the column."""
    filled = raw.cells.filter(pl.col(name).is_not_null())[ROW]
    file = place_of(raw.file, int(filled[0]))[0] if filled.len() else raw.file
    at_headings = problem.row if file == raw.file else None
    return msgspec.structs.replace(problem, file=file, row=at_headings)


def _many(raw: RawTable, table: Table, count: int) -> Problem:
    wording = Wording(
        "unknown-column",
        f"{counted(count, 'more column')} {noun(count, 'is', 'are')} not among those of `{raw.name}`; "
        f"{noun(count, 'it is', 'they are')} not read.",
        f"move them elsewhere; the columns are {in_code(table.names)}",
    )
    return of_table(raw, wording, level="warning", count=count)


def _missing(raw: RawTable, name: str) -> Problem:
    says = CATALOGUE[raw.name].column(name).description
    fix = f"add a column `{name}`: {says}"
    if (raw.name, name) == ("projects", "title") and "project" in raw.cells.columns:
        fix = f'{fix} If `project` holds the titles, say so under `[words.heading]`: "Project" = "title"'
    wording = Wording("missing-column", f"`{raw.name}` lacks the column `{name}`.", fix)
    return of_table(raw, wording, column=name)
