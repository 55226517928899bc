"""The folder of an imported case: settings, tables, and a page of what was decided and what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from diffuscope.importing.assemble import GROUP, MOST_POLICIES
from diffuscope.importing.times import EARLIEST, today
from diffuscope.panel.periods import MONTHS, first_date, last_date, numbered, waves_of, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from diffuscope.importing.decisions import DecisionLog
    from diffuscope.importing.import_map import ImportMap
    from diffuscope.panel.periods import Grain


@dataclass(frozen=True)
class Clock:
    """How the dates of an imported case count time.

    Attributes
    ----------
    grain : {"year", "half year", "quarter", "month", "day"}
        How fine dates are.
    window : tuple of (str, str) or None
        First and last period of a panel.
    counted : bool
        Whether years stand for numbers of periods (``1003`` for period 3).
    """

    grain: Grain
    window: tuple[str, str] | None
    counted: bool = False


def write_case(folder: Path, case_map: ImportMap, tables: Mapping[str, pl.DataFrame], clock: Clock) -> None:
    """Write the settings and the tables into a folder.

    Parameters
    ----------
    folder : Path
    case_map : ImportMap
    tables : mapping of str to polars.DataFrame
    clock : Clock
    """
    for name, table in tables.items():
        table.write_csv(folder / f"{name}.csv")
    settings = _settings(case_map, tables, clock)
    (folder / "case.toml").write_text(settings, encoding="utf-8", newline="\n")


def write_page(folder: Path, case_map: ImportMap, notes: DecisionLog, files: Sequence[str]) -> None:
    """Write what was decided, and what is open, into the folder's README.md."""
    (folder / "README.md").write_text(_page(notes, files, case_map), encoding="utf-8", newline="\n")


def _text(value: str) -> str:
    """A text as TOML writes it: JSON's escapes are TOML's too."""
    return msgspec.json.encode(value).decode()


def _settings(case_map: ImportMap, tables: Mapping[str, pl.DataFrame], clock: Clock) -> str:
    lines = ["format = 1", f"id = {_text(case_map.id)}", f"title = {_text(case_map.title or case_map.id)}"]
    if case_map.licence:
        lines.append(f"licence = {_text(case_map.licence)}")
    if "adoptions" not in tables:
        analysis = (
            ["", "[[analysis]]", 'id = "main"', 'question = "Why did it spread?"']
            if "evidence" in tables
            else []
        )
        return "\n".join([*lines, *analysis, ""])
    policies = tables["policies"]["policy"].to_list()
    names = tables["policies"]["name"].to_list()
    what = names[0] if len(names) == 1 else f"these {len(names):,} policies"
    kinds = (
        tables["units"]
        .filter(tables["units"]["role"] == "adopter")["kind"]
        .drop_nulls()
        .unique(maintain_order=True)
    )
    lines += ["", "[[analysis]]", 'id = "main"', f"question = {_text(f'Why did {what} spread?')}"]
    listed = f"[{', '.join(map(_text, policies))}]"
    lines.append(f"policies = {_text(GROUP) if len(policies) > MOST_POLICIES else listed}")
    period = "wave" if clock.grain in MONTHS or clock.counted else clock.grain
    lines += [f"units = {_text(kinds[0] if len(kinds) else 'unit')}", f'period = "{period}"']
    lines += _window(clock)
    if "attributes" in tables:
        variables = tables["attributes"]["variable"].unique(maintain_order=True).to_list()
        listed = ", ".join(map(_text, variables))
        lines += ["# What the files hold; keep those that may explain adoption too, and take the # away:",
                  f"# covariates = [{listed}]"]  # fmt: skip
    if "ties" in tables:
        layers = tables["ties"]["layer"].unique(maintain_order=True).to_list()
        lines += ["", "# Ties of the files; which mechanism would work through which is yours to say:",
                  "[analysis.layers]", f"neighbours = [{', '.join(map(_text, layers))}]"]  # fmt: skip
    return "\n".join([*lines, *_waves(tables, clock), ""])


def _window(clock: Clock) -> list[str]:
    """The line of the window: names of waves, or dates."""
    if clock.window is None:
        return []
    first, last = clock.window
    if clock.counted:
        first, last = _number(first), _number(last)
    elif clock.grain not in MONTHS:
        first, last = first_date(pl.Series([first]))[0], last_date(pl.Series([last]))[0]
    return [f"window = [{_text(first)}, {_text(last)}]"]


def _number(year: str) -> str:
    """The number of the period that a year stands for."""
    return str(int(year) - EARLIEST)


def _waves(tables: Mapping[str, pl.DataFrame], clock: Clock) -> list[str]:
    """Every quarter, half year or counted period from the first to the last of any table, as waves."""
    if clock.grain not in MONTHS and not clock.counted:
        return []
    window, grain = clock.window, clock.grain
    dated = ("time", "time_latest", "until", "entered", "left", "start", "end")
    texts = [
        text
        for table in tables.values()
        for name in dated
        if name in table.columns
        for text in table[name].drop_nulls()
    ]
    texts += [*first_date(pl.Series(window)), *last_date(pl.Series(window))] if window else []
    first, last = min(texts), max(texts)
    if clock.counted:
        years = range(int(first), int(last) + 1)
        lines = [f'{_text(_number(str(year)))} = "{year}"' for year in years]
        return ["", "# The files count periods by number. Tables write each as a year, which is not a date.",
                "[waves]", *lines]  # fmt: skip
    months = pl.Series([f"{first[:4]}-{first[5:7] or '01'}", f"{last[:4]}-{last[5:7] or '12'}"])
    ends = written(numbered(months, "month") // MONTHS[grain], grain)
    lines = [f"{_text(name)} = {day}" for name, day in waves_of(ends[0], ends[1]).items()]
    return ["", f"# Each {grain} of the files, and its last day.", "[waves]", *lines]


def _page(notes: DecisionLog, files: Sequence[str], case_map: ImportMap) -> str:
    lines = [
        f"# {case_map.title or case_map.id}",
        "",
        f"Made on {today()} by `diffuscope import` from {', '.join(files)}.",
    ]
    if case_map.source:
        lines.append(f"Source: {case_map.source}")
    if notes.questions:
        lines += ["", "## Questions for you", "", *(f"- {one}" for one in notes.questions)]
    lines += ["", "## What was decided", ""]
    for one in notes.decisions:
        where = ", ".join(part for part in (one.file, f"column `{one.column}`" if one.column else "") if part)
        lines.append(f"- {f'{where}: ' if where else ''}{one.statement} If it is not so: {one.instead}.")
    return "\n".join([*lines, ""])
