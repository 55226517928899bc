"""Pages that follow from the package: tables, mechanisms, commands, rules, safeguards, the result.

What is declared is documented from its declaration, so that the two cannot drift apart.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Mapping
from importlib import import_module
from inspect import cleandoc, isfunction, signature
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from house_drawing import house_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diffuscope.mechanisms import Mechanism
    from diffuscope.report.tables import OutTable
    from diffuscope.result import Result

PLAIN = {str: "text", int: "whole number", float: "number", bool: "yes or no", type(None): "null"}


def write_pages(folder: Path) -> None:
    """Write every generated page into a folder, replacing what has changed."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = generated_pages()
    for name, text in pages.items():
        file = folder / name
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    for stale in folder.iterdir():
        if stale.name not in pages:
            stale.unlink()


def generated_pages() -> dict[str, str]:
    """The text of every generated page, by file name."""
    from diffuscope.result import schema_text
    from diffuscope.tables.catalogue import CATALOGUE
    from diffuscope.tables.pages import table_page

    return {
        **{f"{name}.md": table_page(table) for name, table in CATALOGUE.items()},
        "_mechanisms.md": mechanisms_page(),
        "_commands.md": commands_page(),
        "_verdict-rule.md": verdict_rule_page(),
        "_neighbours-rule.md": verdict_rule_page("neighbours"),
        "_evidence-rule.md": stance_rule_page("evidence"),
        "_statistics-rule.md": stance_rule_page("statistics"),
        "_networks-rule.md": stance_rule_page("inferred networks"),
        "_safeguards.md": safeguards_page(),
        "_records.md": records_page(),
        "_report-tables.md": report_tables_page(),
        "_monitoring.md": monitoring_page(),
        "_labels.md": labels_page(),
        "_bounds.md": bounds_page(),
        "_guidance.md": guidance_page(),
        "_side-by-side.md": side_by_side_page(),
        "_reports-and-ours.md": reports_and_ours_page(),
        "_table-by-table.md": table_by_table_page(),
        "_house.md": house_page(),
        "_classes.md": classes_page(),
        "_record-names.md": record_names_page(),
        "result.schema.json": schema_text(),
    }


def guidance_page() -> str:
    """The guidance sheet of the workbooks of a register, in every language."""
    from diffuscope.register.language import LANGUAGES, language

    parts = []
    for code in LANGUAGES:
        words = language(code)
        parts += [f"## {words.name}", *(f"- {line}" for line in words.guidance), ""]
    return "\n".join(parts)


def bounds_page() -> str:
    """Every bound on work that grows with the square of a case."""
    from diffuscope.records.work_bounds import BOUNDS

    rows = ["| step | at most | that takes | beyond |", "|---|---|---|---|"]
    rows += [
        f"| {one.step} | {one.most:,} {one.of} | {one.why} | {one.refusal} {one.beyond} |" for one in BOUNDS
    ]
    return "\n".join(rows) + "\n"


def mechanisms_page() -> str:
    """Every mechanism with its claim, definition, criteria and source."""
    from diffuscope.mechanisms import mechanisms

    return "\n".join(part for mechanism in mechanisms().values() for part in _mechanism(mechanism))


def _mechanism(mechanism: Mechanism) -> Iterator[str]:
    yield f"## {mechanism.name.capitalize()}\n"
    yield f"{mechanism.claim.format(policy='the policy')}\n"
    yield f"**Definition.** {mechanism.definition}\n"
    if mechanism.readings:
        yield f"**Two readings.** {mechanism.readings}\n"
    yield f"**Most easily mistaken for** {' and '.join(mechanism.rivals)}.\n"
    yield "| criterion | what would be observed | role | remarks |\n|---|---|---|---|"
    for criterion in mechanism.all_criteria:
        remarks = [
            "needed by the narrow reading only" if criterion.definition == "narrow" else "",
            f"{criterion.perspective} perspective" if criterion.perspective else "",
            f"any one of the {criterion.one_of} criteria suffices" if criterion.one_of else "",
        ]
        said = "; ".join(remark for remark in remarks if remark)
        yield f"| `{criterion.id}` | {criterion.text} | {criterion.role} | {said} |"
    yield f"\n**Source.** {mechanism.source}.\n"


def commands_page() -> str:
    """Every command with its words and options, from the help of the command itself."""
    from diffuscope.cli import app

    whole: str = app.generate_docs(output_format="markdown")
    _, start, commands = whole.partition("\n## diffuscope ")
    return start.lstrip("\n") + commands


def verdict_rule_page(of: Literal["mechanisms", "neighbours"] = "mechanisms") -> str:
    """The verdict rule, row by row, as it is applied and as every report prints it."""
    from diffuscope.verdicts import verdict_rule

    own = [row for row in verdict_rule() if (row.of == "neighbours") == (of == "neighbours")]
    rows = [f"| {at} | **{row.verdict}** | {row.description} |" for at, row in enumerate(own, start=1)]
    return "\n".join(["| | verdict | when |", "|---|---|---|", *rows]) + "\n"


def stance_rule_page(body: Literal["evidence", "statistics", "inferred networks"]) -> str:
    """The rule by which a body of evidence comes to its stance, row by row, from its own file."""
    from diffuscope.networks.stance import network_stance_rules
    from diffuscope.study.rules import stance_rules

    own = [row for row in (*stance_rules(), *network_stance_rules()) if row.body == body]
    rows = [f"| {at} | **{row.stance}** | {row.description} |" for at, row in enumerate(own, start=1)]
    return "\n".join(["| | stance | when |", "|---|---|---|", *rows]) + "\n"


def safeguards_page() -> str:
    """Every safeguard with its role and what it asks, as its own file declares them."""
    from diffuscope.safeguards.checks import checks

    rows = [f"| {one.name} | {one.role} | {one.asks} |" for one in checks()]
    return "\n".join(["| safeguard | role | asks |", "|---|---|---|", *rows]) + "\n"


def records_page() -> str:
    """Every record of `result.json` with its fields, their kind and what they mean."""
    return "\n".join(part for record in result_records() for part in _record(record))


def report_tables_page() -> str:
    """Every table of a report that is computed, with its columns."""
    return "\n".join(part for table in report_tables() for part in _report_table(table))


def report_tables() -> list[OutTable]:
    """The tables that a report computes, as they are for a result in which nothing was found."""
    import diffuscope.report.tables as room
    from diffuscope.result import CaseRecord, Result, RunRecord

    nothing = Result(
        run=RunRecord(version="", case_sha256="", seed=0, time="", python=""),
        case=CaseRecord(
            id="", title="", licence="", language="", description="", cite="", waves={}, tables={}, files={}
        ),
        mechanisms=(),
        analyses=(),
        chronology=(),
        findings=(),
        verdicts=(),
    )
    files = [import_module(f"{room.__name__}.{file.name}") for file in iter_modules(room.__path__)]
    makers = [
        maker
        for file in files
        for name, maker in vars(file).items()
        if isfunction(maker) and not name.startswith("_") and maker.__module__ == file.__name__
    ]
    tables = [maker for maker in makers if signature(maker).return_annotation == "OutTable"]
    return sorted((maker(nothing) for maker in tables), key=lambda table: table.name)


def monitoring_page() -> str:
    """Every table that monitoring makes, with its columns."""
    from diffuscope.monitoring.columns import TABLES

    parts = []
    for name, (a_row_is, columns) in TABLES.items():
        parts.append(f"### {name}\n\nA row is {a_row_is}.\n\n| column | what it says |\n|---|---|")
        parts += [f"| `{column}` | {_markdown(says)} |" for column, says in columns.items()]
        parts.append("")
    return "\n".join(parts)


def labels_page() -> str:
    """Every label that an edition of a network's report prints."""
    from diffuscope.records.labels import CHANGES, HEADS, MONTHS, NOTES, PARTS

    kinds = (
        ("headings", PARTS),
        ("columns and cells", HEADS),
        ("changes", CHANGES.values()),
        ("months", MONTHS),
    )
    rows = [f"| {kind} | {', '.join(f'`{label}`' for label in labels)} |" for kind, labels in kinds]
    rows += [f"| note | `{note}` |" for note in NOTES.values()]
    return "\n".join(["| where | labels |", "|---|---|", *rows]) + "\n"


def classes_page() -> str:
    """Every class that the package exports, with the first sentence of its docstring."""
    import diffuscope

    named = {name: getattr(diffuscope, name) for name in sorted(diffuscope.__all__)}
    rows = [
        f"| {{py:class}}`~diffuscope.{name}` | {_summary(one)} |"
        for name, one in named.items()
        if isinstance(one, type)
    ]
    return "\n".join(["| class | what it is |", "|---|---|", *rows]) + "\n"


def record_names_page() -> str:
    """Every record that a result can hold, with the first sentence of its docstring."""
    records = sorted(result_records(), key=lambda record: record.__name__)
    rows = [
        f"| [`{one.__name__}`](../reference/result.md#{one.__name__.lower()}) | {_summary(one)} |"
        for one in records
    ]
    return "\n".join(["| record | what it is |", "|---|---|", *rows]) + "\n"


def _summary(documented: type) -> str:
    return _markdown(" ".join(cleandoc(documented.__doc__ or "").partition("\n\n")[0].split()))


ARTICLE, REPORTS = "bustamante-2025", "me-"
COMPARED = ("projects", "cities", "share")


def side_by_side_page() -> str:
    """Figures of the founding case as the reports print them, as the article does, and as counted."""
    from diffuscope.case import read_case
    from diffuscope.study import run_study

    case = read_case("asean-smart-cities")
    names = dict(case.table("units").select("unit", "name").iter_rows())
    result = run_study(case, parts=("audit",))
    counted = {
        row.rows[0].row: (row.computed or "not known", row.outcome)
        for row in result.audit
        if row.kind == "counted" and row.document == ARTICLE
    }
    printed = case.table("published").filter(case.table("published")["quantity"].is_in(COMPARED))
    keys = ("quantity", "unit", "area", "sub_area", "status", "wave")
    reports: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    article: list[dict[str, Any]] = []
    for row in printed.iter_rows(named=True):
        if row["document"] == ARTICLE:
            article.append(row)
        elif row["document"] == f"{REPORTS}{row['wave']}":
            reports.setdefault(tuple(row[key] for key in keys), []).append(row)
    parts = []
    for wave in sorted({row["wave"] for row in article}):
        parts.append(f"### {wave}\n\n| what | network's report | article | the register gives |")
        parts.append("|---|---|---|---|")
        for row in (one for one in article if one["wave"] == wave):
            cited = reports.get(tuple(row[key] for key in keys), [])
            parts.append(_side_by_side(row, cited, *counted[row["_row"]], names))
        parts.append("")
    return "\n".join(parts)


def _side_by_side(
    row: dict[str, Any], cited: list[dict[str, Any]], computed: str, outcome: str, names: Mapping[str, str]
) -> str:
    """One figure in three printings."""
    about = (
        names.get(row["unit"], row["unit"]),
        row["area"],
        row["sub_area"],
        row["status"],
        row["quantity"],
    )
    star = "\\*" if cited and row["value"] not in [one["value"] for one in cited] else ""
    cross = "†" if outcome == "differs" else ""
    report = "; ".join(map(_figure, cited)) or "–"
    return f"| {', '.join(filter(None, about))} | {report} | {_figure(row)}{star}{cross} | {computed} |"


def reports_and_ours_page() -> str:
    """Totals, statuses and areas of the founding case: as each report prints them, and as an edition does."""
    from diffuscope.case import read_case
    from diffuscope.study import run_study

    case = read_case("asean-smart-cities")
    result = run_study(case, parts=("monitoring", "audit"))
    outcomes = {row.rows[0].row: row.outcome for row in result.audit if row.kind == "counted"}
    reports: dict[tuple[str | None, ...], list[str]] = {}
    for row in case.table("published").iter_rows(named=True):
        whole = row["unit"] is None and row["sub_area"] is None and row["quantity"] in COMPARED
        if whole and row["document"] == f"{REPORTS}{row['wave']}":
            cross = "†" if outcomes.get(row["_row"]) == "differs" else ""
            what = "cities" if row["quantity"] == "cities" else "projects"
            of_whole = " %" if row["quantity"] == "share" else ""
            key = (row["wave"], what, row["area"], row["status"])
            reports.setdefault(key, []).append(f"{_figure(row, of_whole)}{cross}")
    parts = []
    for wave in sorted({str(key[0]) for key in reports}):
        ours = dict(_edition_figures(result, wave))
        parts.append(f"### Report of {wave}\n\n| what | network's report | our edition |\n|---|---|---|")
        for key, printed in reports.items():
            if key[0] == wave:
                about = ", ".join(filter(None, key[2:])) or f"all {key[1]}"
                parts.append(f"| {about} | {'; '.join(printed)} | {ours[key[1:]]} |")
        parts.append("")
    return "\n".join(parts)


PRINTED_TABLES = (
    # document, begin of the locator, quantity, about a unit; what is printed; register; our edition
    ("me", "exhibit 1", "share", None, "shares of focus areas", "area of each observation", "Focus areas"),
    ("me", "exhibit 2", "projects", True, "city × area × status", "observation", "Countries and cities"),
    (
        "me",
        "exhibit 2",
        "projects",
        False,
        "totals by status, by area",
        "observation",
        "In short; Focus areas",
    ),
    (
        "me",
        "exhibit 3",
        "projects",
        True,
        "country × sub-area, country × status",
        "observation",
        "Countries and cities",
    ),
    ("me", "exhibit 3", "projects", False, "totals by area", "observation", "Focus areas"),
    (
        "me",
        "exhibit 3",
        "share",
        None,
        "country × status, in per cent",
        "observation",
        "Countries and cities",
    ),
    (
        "me",
        "appendix",
        "projects",
        None,
        "lists of projects",
        "project, observation",
        "Ongoing and planned projects; Completed projects",
    ),
    ("me", "appendix", "cities", None, "cities that reported", "expected return", "Who reported"),
    (
        "bustamante",
        "",
        "share",
        False,
        "shares of focus areas by year",
        "area of each observation",
        "Focus areas, an edition for each wave",
    ),
    ("bustamante", "", "share", True, "country × status, in per cent", "observation", "Countries and cities"),
    ("bustamante", "", "projects", None, "number of projects", "observation", "In short"),
    ("bustamante", "", "cities", None, "number of cities", "member, with days of entry", "In short"),
    (
        "bustamante",
        "",
        "listed",
        None,
        "sub-areas by country and by area",
        "sub-area of each observation",
        "Focus areas",
    ),
    ("bustamante", "", "listed-city", None, "cities named in lists", "member", "Countries and cities"),
    ("bustamante", "", "amount", None, "sums of partners", "support", "Partners"),
)
OPEN = ("ambiguous", "incomplete", "not checkable")


def table_by_table_page() -> str:
    """Printed tables of the founding paper and of the reports, where a register keeps them, and the audit."""
    from diffuscope.case import read_case
    from diffuscope.study import run_study

    case = read_case("asean-smart-cities")
    audit = run_study(case, parts=("audit",)).audit
    printed = {row["_row"]: row for row in case.table("published").iter_rows(named=True)}
    lines = [
        "| printed by | table | checked | confirmed | differs | open | in the register | our edition |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for document, place, quantity, of_unit, what, kept, part in PRINTED_TABLES:
        outcomes: list[str] = []
        for one in audit:
            row = printed[one.rows[0].row]
            about = of_unit is None or (row["unit"] is not None) == of_unit
            there = one.document.startswith(document) and (row["locator"] or "").startswith(place)
            if there and about and row["quantity"] == quantity and one.kind in ("counted", "list"):
                outcomes.append(one.outcome)
        counts = [outcomes.count("confirmed"), outcomes.count("differs"), sum(map(outcomes.count, OPEN))]
        who = "reports 2022–2025" if document == "me" else "article"
        where = f"{place}: {what}" if place else what
        lines.append(
            f"| {who} | {where} | {len(outcomes)} | {' | '.join(map(str, counts))} | {kept} | {part} |"
        )
    return "\n".join(lines) + "\n"


def _edition_figures(result: Result, wave: str) -> Iterator[tuple[tuple[str | None, ...], str]]:
    """What an edition prints, by what is counted, area and status."""
    from diffuscope.report.edition.build import build
    from diffuscope.report.edition.contents import text

    tables = {table.name: table for part in build(result, wave=wave).parts for table in part.tables}
    (latest,) = (row.cells for row in tables["reports"].rows if row.cells[0] == wave)
    yield ("projects", None, None), text(latest[4])
    yield ("cities", None, None), text(latest[5])
    for row in tables["status"].rows[:-1]:
        yield ("projects", None, str(row.cells[0]).lower()), text(row.cells[1])
    for row in tables["areas"].rows[:-1]:
        yield ("projects", str(row.cells[0]), None), text(row.cells[1])


def _figure(row: dict[str, Any], of_whole: str = "") -> str:
    """A printed figure, with where it stands."""
    number = f"{row['value']:.{row['decimals']}f}{of_whole}"
    return f"{number} ({row['locator']})" if row["locator"] else number


def _report_table(table: OutTable) -> Iterator[str]:
    yield f"### {table.name}\n\nA row is {table.a_row_is}.\n"
    yield "| column | what it says |\n|---|---|"
    for name, says in table.columns.items():
        yield f"| `{name}` | {_markdown(says)} |"
    yield ""


def result_records() -> list[type[msgspec.Struct]]:
    """`Result` and every record it can hold, in the order in which they are met."""
    from diffuscope.result import Result

    met: dict[type[msgspec.Struct], None] = {}
    waiting: list[type[msgspec.Struct]] = [Result]
    while waiting:
        record = waiting.pop(0)
        if record not in met:
            met[record] = None
            waiting += [inner for hint in get_type_hints(record).values() for inner in _structs(hint)]
    return list(met)


def _structs(hint: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for inner in get_args(hint):
        yield from _structs(inner)


def field_meanings(record: type[msgspec.Struct]) -> dict[str, str]:
    """What the docstring of a record says of each field."""
    from numpydoc.docscrape import NumpyDocString

    said = NumpyDocString(cleandoc(record.__doc__ or ""))["Attributes"]
    return {name.strip(): " ".join(entry.desc) for entry in said for name in entry.name.split(",")}


def _record(record: type[msgspec.Struct]) -> Iterator[str]:
    meanings = field_meanings(record)
    summary = cleandoc(record.__doc__ or "").partition("\nAttributes\n")[0].strip()
    yield f"## {record.__name__}\n\n{_markdown(summary)}\n"
    yield "| field | holds | meaning |\n|---|---|---|"
    hints = get_type_hints(record)
    for name in record.__struct_fields__:
        meaning = _markdown(meanings.get(name, ""))
        yield f"| `{name}` | {kind(hints[name])} | {meaning} |"
    yield ""


def _markdown(text: str) -> str:
    return re.sub(r"\bNone\b", "null", text).replace("``", "`").replace("|", "\\|")


def kind(hint: Any) -> str:
    """A type in words: what stands in the JSON."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(kind(part) for part in inner)
    if origin is tuple:
        if inner[-1] is Ellipsis:
            each = kind(inner[0])
            return f"list of ({each})" if " or " in each else f"list of {each}"
        return "[" + ", ".join(kind(part) for part in inner) + "]"
    if origin is dict or origin is Mapping:
        return f"object: {kind(inner[0])} → {kind(inner[1])}"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    return PLAIN[hint]


if __name__ == "__main__":
    import sys

    json.dump(sorted(generated_pages()), sys.stdout, indent=1)
