"""Money, partners, meetings and indicators of a programme, as far as its case has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.numbers import MINUS, decimal
from diffuscope.records.phrases import counted, listed, noun, upper_first
from diffuscope.report.names import rows
from diffuscope.report.projects import Cells, Register, whole
from diffuscope.report.words import as_written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diffuscope.report.names import Names
    from diffuscope.result import Result

SHOWN = 200
"""Rows of one list; more stand in a file."""
Part = dict[str, Any]
"""`id`, `title`, `says` and `tables`: of each `caption`, `head`, `rows`, `file`, `hidden`, `places`."""


def programme(result: Result, names: Names) -> dict[str, Any] | None:
    """What a register's case says of money, partners, meetings and indicators.

    Parameters
    ----------
    result : Result
    names : Names

    Returns
    -------
    dict or None
        `title`, and `parts`: those of the four that the case has data for. None where it has none, or no
        register.
    """
    register = Register(result, names)
    if not register.waves:
        return None
    made = (
        _money(result, register),
        _partners(result, register),
        _meetings(result, names),
        _indicators(result, register),
        _taken_up(result, register),
    )
    parts = [part for part in made if part["tables"]]
    if not parts:
        return None
    return {"title": upper_first(listed([part["id"] for part in parts])), "parts": parts}


def amount(value: float, currency: str = "") -> str:
    """A sum of money, with its currency.

    Examples
    --------
    >>> amount(1234567.5, "THB"), amount(-2000, "USD"), amount(12), amount(0)
    ('THB 1,234,567.50', 'USD −2,000', '12', '0')
    """
    size = abs(value)
    shown = (decimal(size) if size < 1 else f"{size:,.2f}").removesuffix(".00")
    return f"{currency} {MINUS if value < 0 and shown != '0' else ''}{shown}".strip()


def number(value: object) -> str:
    """A value of an indicator; a dash where none is known.

    Examples
    --------
    >>> number(25.0), number(-0.25), number(None)
    ('25', '−0.25', '–')
    """
    if not isinstance(value, int | float):
        return "–"
    return f"{MINUS if value < 0 else ''}{abs(value):,.10g}"


# --- money


def _money(result: Result, register: Register) -> Part:
    budgets = list(rows(result, "budgets"))
    waves = [wave for wave in register.waves if any(row["wave"] == wave for row in budgets)]
    latest = waves[-1] if waves else ""
    tables = [_budgets(budgets, waves)] if budgets else []
    for dimension, head in (("area", "Area"), ("state", "State")):
        own = [row for row in budgets if row["dimension"] == dimension and row["wave"] == latest]
        if own:
            tables.append(_budgets_of(own, register, dimension, head))
    support = list(rows(result, "support_sums"))
    if support:
        tables.append(_support(support, register))
    says = [_stated(budgets, register, latest)] if budgets else []
    if budgets and latest != register.waves[-1]:
        says.append(f"No project of {register.wave(register.waves[-1])} states a budget.")
    return {"id": "money", "title": "Money", "says": " ".join(says), "tables": tables}


def _stated(budgets: list[Cells], register: Register, wave: str) -> str:
    """How many projects the sums of the latest wave rest on."""
    row = next(row for row in budgets if row["wave"] == wave and row["dimension"] == "all")
    stated, projects = whole(row["stated_any"]), whole(row["projects"])
    rest = "" if stated == projects else "; what the others cost is not known"
    return (
        f"In {register.wave(wave)}, {stated:,} of {counted(projects, 'project')} "
        f"{'states' if stated == 1 else 'state'} a budget{rest}. Currencies are not added up together."
    )


def _budgets(budgets: list[Cells], waves: list[str]) -> dict[str, Any]:
    own = [row for row in budgets if row["dimension"] == "all" and row["wave"] in waves]
    lines = [(str(row["wave"]), _sum(row), _of(row)) for row in own]
    head = ("Wave", "Sum of budgets", "Projects that state one in this currency")
    return _table("Budgets by wave and currency", head, lines, "budgets")


def _budgets_of(own: list[Cells], register: Register, dimension: str, head: str) -> dict[str, Any]:
    lines = [
        (
            register.names.unit(str(row["name"])) if dimension == "state" else str(row["name"]),
            _sum(row),
            _of(row),
        )
        for row in own
    ]
    joint = any(whole(row["joint"]) for row in own) and dimension == "state"
    note = "; the budget of a joint project counts in full in each of its states" if joint else ""
    caption = f"Budgets of {own[0]['wave']} by {dimension} and currency{note}"
    return _table(
        caption, (head, "Sum of budgets", "Projects that state one in this currency"), lines, "budgets"
    )


def _sum(row: Cells) -> str:
    return amount(float(row["budget"] or 0), str(row["currency"]))


def _of(row: Cells) -> str:
    return f"{whole(row['stated']):,} of {whole(row['projects']):,}"


def _support(budgets: list[Cells], register: Register) -> dict[str, Any]:
    staged = any(row.get("stage") for row in budgets)  # older results know no stages
    lines = [
        (
            register.names.unit(str(row["partner"])),
            *((str(row.get("stage") or "not stated"),) if staged else ()),
            "not stated" if row["amount"] is None else amount(float(row["amount"]), str(row["currency"])),
            counted(whole(row["entries"]), "entry", "entries"),
            f"{whole(row['recipients']):,}",
            _revised(row),
        )
        for row in budgets
    ]
    caption = "Support by partner and currency; revisions and withdrawals are taken off"
    caption += "; what is pledged is not paid, and stages are not added up together" if staged else ""
    head = ("Partner", *(("Stage",) if staged else ()), "Sum", "Rests on", "Recipients", "Taken off")
    return _table(caption, head, lines, "support_sums")


def _revised(row: Cells) -> str:
    if not whole(row["revisions"]):
        return "–"
    revisions = counted(whole(row["revisions"]), "revision")
    return f"{amount(float(row['revised'] or 0), str(row['currency']))} ({revisions})"


# --- partners, meetings, indicators


def _partners(result: Result, register: Register) -> Part:
    links = list(rows(result, "project_partners"))
    latest = str(links[-1]["wave"]) if links else ""
    lines = [
        (
            register.names.unit(str(row["partner"])),
            f"{whole(row['projects']):,}",
            f"{whole(row['units']):,}",
            f"{whole(row['states']):,}",
        )
        for row in links
        if row["wave"] == latest
    ]
    head = ("Partner", "Projects", upper_first(register.noun[1]), "States")
    caption = f"Partners that projects of {latest} name"
    tables = [_table(caption, head, lines, "project_partners")] if lines else []
    says = "A project that names no partner may have one."
    return {"id": "partners", "title": "Partners", "says": says, "tables": tables}


def _meetings(result: Result, names: Names) -> Part:
    lines = [
        (
            str(row["name"]),
            when(row),
            str(row["kind"] or ""),
            where(row, names),
            "not recorded" if row["present"] is None else f"{whole(row['present']):,}",
        )
        for row in rows(result, "meetings")
    ]
    head = ("Meeting", "When", "Kind", "Where", "Present")
    tables_made = [_table("Meetings, earliest first", head, lines, "meetings")] if lines else []
    tables = [_with_places(one, rows(result, "meetings"), "events", names) for one in tables_made]
    return {"id": "meetings", "title": "Meetings", "says": "", "tables": tables}


def when(row: Cells) -> str:
    """When a meeting began and ended, as a reader would say it."""
    start, end = (as_written(str(row[name] or "")) for name in ("start", "end"))
    return f"{start} to {end}" if end and end != start else start


def where(row: Cells, names: Names) -> str:
    """Where a meeting was, and who was its host."""
    return ", ".join(part for part in (str(row["place"] or ""), _host(row, names)) if part)


def _host(row: Cells, names: Names) -> str:
    return f"hosted by {names.unit(str(row['host']))}" if row["host"] is not None else ""


def _taken_up(result: Result, register: Register) -> Part:
    """Who says from whom it learned: a statement, beside the dates."""
    shown = list(rows(result, "named_sources"))
    policies = {str(row["policy"]): str(row["name"]) for row in rows(result, "policies")}
    lines = [
        (
            policies.get(str(row["policy"]), str(row["policy"])),
            register.names.unit(str(row["unit"])),
            as_written(str(row["time"] or "")) or "–",
            register.names.unit(str(row["learned_from"])),
            {"yes": "before", "no": "later"}.get(str(row["source_first"]), "not known"),
        )
        for row in shown
    ]
    head = ("Policy", "Taken up by", "When", "Learned from", "The source adopted")
    first = sum(row["source_first"] == "yes" for row in shown)
    says = (
        f"{counted(len(lines), 'adoption')} {noun(len(lines), 'names', 'name')} from whom it was learned; "
        f"in {first:,} the source had adopted before. These are statements, and no ties of a model."
    )
    tables = [_table("Adoptions with a named source", head, lines, "named_sources")] if lines else []
    return {"id": "sources", "title": "Named sources", "says": says if lines else "", "tables": tables}


def _indicators(result: Result, register: Register) -> Part:
    lines = [
        (
            f"{row['name']}{f' ({unit})' if (unit := row['unit_of_measure']) else ''}",
            register.names.unit(str(row["unit"])),
            str(row["wave"]),
            number(row["baseline"]),
            number(row["target"]),
            number(row["actual"]),
            "–" if row["progress"] is None else f"{decimal(float(row['progress']), 0)} %",
        )
        for row in rows(result, "indicator_values")
    ]
    head = ("Indicator", "Of", "Wave", "Baseline", "Target", "Actual", "Way done")
    caption = "Indicators; way done: how much of the way from baseline to target"
    tables_made = [_table(caption, head, lines, "indicator_values")] if lines else []
    shown = rows(result, "indicator_values")
    tables = [_with_places(one, shown, "indicators", register.names) for one in tables_made]
    return {"id": "indicators", "title": "Indicators", "says": "", "tables": tables}


def _table(
    caption: str, head: tuple[str, ...], lines: Sequence[tuple[str, ...]], file: str
) -> dict[str, Any]:
    return {
        "caption": caption,
        "head": head,
        "rows": lines[:SHOWN],
        "file": f"tables/{file}.csv",
        "hidden": max(0, len(lines) - SHOWN),
        "places": [],
    }


def _with_places(table: dict[str, Any], lines: Iterable[Cells], name: str, names: Names) -> dict[str, Any]:
    """The table with, for each of its lines, the row of the case that it is."""
    shown = list(lines)[:SHOWN]
    return {**table, "places": [(whole(row["row"]), names.row(name, whole(row["row"]))) for row in shown]}
