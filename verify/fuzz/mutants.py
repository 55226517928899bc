"""Semantic mutants: what people do to tables that no column forbids."""

from __future__ import annotations

from typing import Any

import numpy as np

from .drafts import Draft, Mutant, Rng, Row
from .register_mutants import REGISTER
from .setting_mutants import SETTINGS
from .sheet_mutants import SHEETS

NAMES = (
    "Đà Nẵng", "a:b", "x-y", "log(x)", "system('touch x')", "`b`", '"q"', "=1+1", "@sum", "-5", "1e5", "NA",
    "null", "TRUE", "e\u0301", "\u200btown", "A" * 200, "a;b", "../up", "CON", "<b>", "%s", "{x}", "\\n",
    "ä ö", "a|b", "event", "policy", "unit", "time", "gap", "(intercept)",
    "C(kind)", "1", "0", "01", "½", "١٢",
)  # fmt: skip
NUMBERS = (
    "0", "-0", "1", "-1", "1e308", "-1e308", "1e-308", "5e-324", "NaN", "inf", "1,5", "1.000,5", "1 234",
    "10%", "0.1", "0.01", "0.99", "1e22", "3.141592653589793238", "n/a", "", "−5", "(5)", "12.", ".5",
)  # fmt: skip
DATES = (
    "2010", "2010-06", "2010-06-15", "1800", "9999", "2563", "0001", "2010-02-30", "2010-13", "31.12.2010",
    "2010-W05", "", "1905-07-07", "2020-01-01", "2004", "2018-12-31", "20100615", "2010/11", "circa 2010",
)  # fmt: skip


def _table(draft: Draft, rng: Rng) -> str:
    return str(rng.choice(sorted(name for name, rows in draft.tables.items() if rows) or ["units"]))


def _cell(draft: Draft, rng: Rng) -> tuple[list[Row], Row, str]:
    table = _table(draft, rng)
    rows = draft.tables[table]
    return rows, rows[rng.integers(len(rows))], str(rng.choice(draft.columns(table)))


def odd_name(draft: Draft, rng: Rng) -> None:
    """An id or name is written oddly, everywhere it stands."""
    _, row, column = _cell(draft, rng)
    old, new = row.get(column) or "", str(rng.choice(NAMES))
    if old:
        _everywhere(draft, old, new)


def _everywhere(draft: Draft, old: str, new: str) -> None:
    for rows in draft.tables.values():
        for row in rows:
            for name, text in row.items():
                if text == old:
                    row[name] = new
    draft.settings = _renamed(draft.settings, old, new)


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return new if value == old else value
    if isinstance(value, list):
        return [_renamed(one, old, new) for one in value]
    if isinstance(value, dict):
        return {name: _renamed(one, old, new) for name, one in value.items()}
    return value


def odd_cell(draft: Draft, rng: Rng) -> None:
    """One cell holds something odd."""
    _, row, column = _cell(draft, rng)
    row[column] = str(rng.choice((*NAMES, *NUMBERS, *DATES)))


def odd_number(draft: Draft, rng: Rng) -> None:
    """A number is odd: in one row, or in the whole column."""
    wanted = ("value", "weight", "amount", "lat", "lon", "p_if_true", "searched", "decimals", "budget")
    _in_columns(draft, rng, wanted, NUMBERS)


def odd_date(draft: Draft, rng: Rng) -> None:
    """A date is odd: in one row, or in the whole column."""
    wanted = ("time", "time_latest", "until", "start", "end", "date", "entered", "left", "year")
    _in_columns(draft, rng, wanted, DATES)


def _in_columns(draft: Draft, rng: Rng, wanted: tuple[str, ...], choices: tuple[str, ...]) -> None:
    places = [
        (name, column)
        for name, rows in sorted(draft.tables.items())
        if rows
        for column in draft.columns(name)
        if column in wanted
    ]
    if not places:
        return
    table, column = places[rng.integers(len(places))]
    rows, text = draft.tables[table], str(rng.choice(choices))
    for row in rows if rng.random() < 0.3 else [rows[rng.integers(len(rows))]]:
        row[column] = text


def repeated_row(draft: Draft, rng: Rng) -> None:
    """A row stands twice, perhaps with one cell changed."""
    rows, row, column = _cell(draft, rng)
    again = dict(row)
    if rng.random() < 0.5:
        again[column] = str(rng.choice([one.get(column) or "" for one in rows]))
    rows.insert(int(rng.integers(len(rows) + 1)), again)


def fewer_rows(draft: Draft, rng: Rng) -> None:
    """Most rows, or all, of a table are gone."""
    table = _table(draft, rng)
    kept = rng.integers(0, 3)
    draft.tables[table] = draft.tables[table][: int(kept)]


def no_table(draft: Draft, rng: Rng) -> None:
    """A table is not there."""
    draft.tables.pop(_table(draft, rng), None)


def no_column(draft: Draft, rng: Rng) -> None:
    """A column is not there, or empty."""
    table = _table(draft, rng)
    column = str(rng.choice(draft.columns(table)))
    for row in draft.tables[table]:
        if rng.random() < 0.5:
            row[column] = ""
        else:
            row.pop(column, None)


def constant_column(draft: Draft, rng: Rng) -> None:
    """All rows of a table say the same in one column."""
    rows, row, column = _cell(draft, rng)
    for one in rows:
        one[column] = row.get(column) or ""


def shuffled_column(draft: Draft, rng: Rng) -> None:
    """The cells of a column stand in other rows."""
    rows, _, column = _cell(draft, rng)
    texts = [row.get(column) or "" for row in rows]
    for row, at in zip(rows, rng.permutation(len(texts)), strict=True):
        row[column] = texts[at]


def swapped_columns(draft: Draft, rng: Rng) -> None:
    """Two columns are written under each other's headings."""
    table = _table(draft, rng)
    one, other = rng.choice(draft.columns(table), 2)
    for row in draft.tables[table]:
        row[str(one)], row[str(other)] = row.get(str(other)) or "", row.get(str(one)) or ""


def everybody_at_once(draft: Draft, rng: Rng) -> None:
    """All adopted in one year, or in one order without a gap."""
    together = rng.random() < 0.5
    for at, row in enumerate(draft.tables.get("adoptions", ())):
        row["time"], row["time_latest"] = ("2010" if together else str(2005 + at)), ""


def dates_unknown(draft: Draft, rng: Rng) -> None:
    """Dates are ranges over everything, only known as by then, or not known."""
    for row in draft.tables.get("adoptions", ()):
        kind = rng.integers(3)
        row["time"] = "2004" if kind == 0 else ""
        row["time_latest"] = "2018" if kind < 2 else ""


def tiers_mixed(draft: Draft, rng: Rng) -> None:
    """Rows of one adoption at several tiers."""
    tiers = ("announced", "adopted", "in force", "implemented", "")
    rows = draft.tables.get("adoptions", [])
    for row in list(rows):
        row["tier"] = str(rng.choice(tiers))
        if rng.random() < 0.4:
            other = str(rng.choice([tier for tier in tiers if tier != row["tier"]]))
            rows.append({**row, "tier": other})


def ties_odd(draft: Draft, rng: Rng) -> None:
    """Ties to oneself, to everybody, to nobody, later than every adoption, or with weights of zero."""
    rows = draft.tables.get("ties", [])
    kind = rng.integers(5)
    for row in rows:
        if kind == 0:
            row["sender"] = row["receiver"]
        elif kind == 1:
            row["start"] = "2030"
        elif kind == 2:
            row["weight"] = "0"
        elif kind == 3:
            row["weight"] = str(rng.choice(("1e300", "1e-300", "-1", "1")))
    if kind == 4 and rows:
        layer = rows[0].get("layer") or "advice"
        units = [row.get("unit") or "" for row in draft.tables.get("units", ())]
        rows += [
            {"layer": layer, "sender": a, "receiver": b, "weight": "1", "source": "x"}
            for a in units[:40]
            for b in units[:40]
            if a != b
        ]


def covariate_odd(draft: Draft, rng: Rng) -> None:
    """A covariate is words, known too late of most, the same for all, or huge."""
    kind = rng.integers(5)
    for row in draft.tables.get("attributes", ()):
        if kind == 0:
            row["value"] = str(rng.choice(("low", "high", "n/a")))
        elif kind == 1 and rng.random() < 0.8:
            row["time"] = "2030"
        elif kind == 2:
            row["value"] = "7"
        elif kind == 3:
            row["value"] = f"{rng.normal() * 1e200:g}"
        elif kind == 4:
            row["variable"] = str(rng.choice(("event", "unit", "gap", "a b", "log(x)")))


def statuses_odd(draft: Draft, rng: Rng) -> None:
    """Projects fall back, have no status, or all the same; a city sends nothing."""
    rows = draft.tables.get("projects", [])
    kind = rng.integers(4)
    for row in rows:
        if kind == 0:
            row["status"] = str(
                rng.choice(("planning", "ongoing", "completed", "not stated", "on hold", "cancelled"))
            )
        elif kind == 1:
            row["status"] = "completed"
        elif kind == 2:
            row["unit"] = ";".join(sorted({row.get("unit") or "", str(rng.choice(rows).get("unit") or "")}))
    if kind == 3 and rows:
        gone = rng.choice(rows)
        draft.tables["projects"] = [
            row for row in rows if (row.get("unit"), row.get("wave")) != (gone.get("unit"), gone.get("wave"))
        ]


def asked_otherwise(draft: Draft, rng: Rng) -> None:
    """A question is asked otherwise: model, lag, period, window, formula, drivers."""
    variables = sorted({row.get("variable") or "" for row in draft.tables.get("attributes", ())} - {""})
    layers = sorted({row.get("layer") or "" for row in draft.tables.get("ties", ())} - {""}) or ["none"]
    for one in draft.settings.get("analysis", []):
        changes: tuple[dict[str, Any], ...] = (
            {"model": str(rng.choice(("logit", "cloglog", "firth")))},
            {"lag": int(rng.integers(1, 30))},
            {"period": str(rng.choice(("year", "month", "day", "wave")))},
            {"window": [str(rng.choice(DATES)), str(rng.choice(DATES))]},
            {"formula": str(rng.choice(FORMULAS))},
            {"covariates": variables},
            {"drivers": variables[:1]},
            {"duration": str(rng.choice(("none", "cubic", "spline", "dummies")))},
            {"policy_effects": "fixed"},
            {"errors": str(rng.choice(("unit", "unit and policy", "none")))},
            {"smallest_odds_ratio": float(rng.choice((1.0001, 1.25, 99.0)))},
            {"launch": str(rng.choice(("1 day", "90 days", "10 years")))},
            {"layers": {"learning": layers[0], "neighbours": layers}},
            {"tier": str(rng.choice(("announced", "adopted", "implemented")))},
            {"units": []},
            {"policies": []},
        )
        one.update(changes[rng.integers(len(changes))])


FORMULAS = (
    "adopted ~ advice", "adopted ~ wealth + age", "adopted ~ log(wealth)", "adopted ~ wealth:age",
    "adopted ~ wealth*age", "adopted ~ C(wealth)", "adopted ~ 0 + wealth", "adopted ~ 1",
    "adopted ~ poly(age, 3)", "adopted ~ bs(age, df=4)", "adopted ~ I(age**2)", "adopted ~ scale(age) - 1",
    "adopted ~ time", "adopted ~ sqrt(age - 100)", "adopted ~ log(age - 10)", "adopted ~ event",
    "adopted ~ global_share", "adopted ~ nowhere", "wealth ~ age",
)  # fmt: skip


def waves_odd(draft: Draft, rng: Rng) -> None:
    """Waves on one day, out of order, or not dated."""
    waves = draft.settings.get("waves", {})
    for name in waves:
        waves[name] = str(rng.choice(DATES))


MUTANTS: tuple[Mutant, ...] = (
    odd_name, odd_cell, odd_number, odd_date, repeated_row, fewer_rows, no_table, no_column, constant_column,
    shuffled_column, swapped_columns, everybody_at_once, dates_unknown, tiers_mixed, ties_odd, covariate_odd,
    statuses_odd, asked_otherwise, waves_odd, *SETTINGS, *REGISTER, *SHEETS,
)  # fmt: skip


OFTEN_REFUSED = (odd_cell, odd_number, odd_date, no_table, no_column, swapped_columns, shuffled_column)
"""Mutants after which a case seldom passes the check; taken half as often as the others."""
REGISTERS = ("register", "network")


def _weight(mutant: Mutant, kind: str) -> float:
    if mutant in REGISTER:
        return 1.0 if kind in REGISTERS else 0.1
    return 0.5 if mutant in OFTEN_REFUSED else 3.0 if mutant.__name__ == "as_workbook" else 1.0


def mutate(draft: Draft, rng: Rng) -> Draft:
    """A draft that went through one to three mutants."""
    there = set(draft.tables)
    weights = np.array([_weight(one, draft.kind) for one in MUTANTS])
    for at in rng.choice(len(MUTANTS), size=int(rng.integers(1, 4)), p=weights / weights.sum()):
        if any(draft.tables.values()):
            MUTANTS[at](draft, rng)
            draft.done.append(MUTANTS[at].__name__)
    for made in draft.tables.keys() - there:
        if not draft.tables[made]:
            del draft.tables[made]  # it was only looked at
    return draft
