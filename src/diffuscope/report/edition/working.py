"""What the working edition of a network's report holds beside the public one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.phrases import upper_first
from diffuscope.report.edition.contents import Group, Part, Row, Table
from diffuscope.report.edition.lists import as_table
from diffuscope.report.sections.changes import links, register_limits
from diffuscope.report.sections.programme import programme

if TYPE_CHECKING:
    from diffuscope.records import AuditRow
    from diffuscope.report.edition.contents import Cell
    from diffuscope.report.edition.lists import More
    from diffuscope.report.edition.source import Source
    from diffuscope.report.projects import Project

MOST_READ = 500
"""Spellings that the working edition lists."""
WORKING = ("status_basis", "link_basis", "source", "note")
"""Columns of `projects` that only those who keep the register need."""


def working_columns(source: Source) -> More:
    """Row, id, source and remarks of each project."""
    held = source.cells("projects")

    def cells(project: Project) -> tuple[Cell, ...]:
        row = held[project.row]
        remarks = (str(row.get(name) or "") for name in WORKING)
        return (project.row, project.member if project.linked else "", *remarks)

    heads = ("Row", "Id", *(upper_first(name.replace("_", " ")) for name in WORKING))
    return (tuple(map(source.labels, heads)), cells)


def money_and_indicators(source: Source) -> list[Part]:
    """Money and indicators, where the case has them."""
    held = programme(source.result, source.names)
    parts = []
    for part in held["parts"] if held else ():
        if part["id"] in ("money", "indicators"):
            tables = tuple(
                as_table(source, one, f"{part['id']}-{at}") for at, one in enumerate(part["tables"], 1)
            )
            says = (part["says"],) if part["says"] else ()
            parts.append(Part(part["id"], source.labels(part["title"]), says, tables))
    return parts


def questions(source: Source) -> Part:
    """What somebody has to look at before the public edition is printed."""
    label, groups = source.labels, []
    limits = [text for text, _ in register_limits(source.result, source.names)]
    if limits:
        groups.append(Group(label("What weakens the counts"), tuple(limits)))
    absent = [row for row in source.returns if row["standing"] in ("silent", "unknown", "carried forward")]
    if absent:
        named = ((source.names.unit(str(row["unit"])), row) for row in absent)
        points = tuple(f"{name}: {row['standing']} ({row['basis']})" for name, row in named)
        groups.append(Group(f"{label('Returns that are not fresh')}, {source.wave}", points))
    readings = source.result.case.read_as
    if readings:
        groups.append(Group(label("Read as"), tuple(one.says for one in readings[:MOST_READ])))
    warnings = source.result.problems
    if warnings:
        points = tuple(
            f"{', '.join(filter(None, (one.file or one.table, one.at_row)))}: {one.message} {one.fix}"
            for one in warnings
        )
        groups.append(Group(label("Warnings"), points))
    return Part("questions", label("Questions"), tables=_tables(source), groups=tuple(groups))


def _tables(source: Source) -> tuple[Table, ...]:
    """Links that wait for somebody to confirm them, and printed figures of the wave that differ."""
    lines = [
        Row((new["title"], new["unit"], new["row"], one["title"], one["wave"], one["project"], one["reason"]))
        for new in (links(source.result, source.names) if source.latest else ())
        for one in new["candidates"]
    ]
    head = ("Row without a link", "City", "Row", "May be", "Of", "Id to write", "Why")
    tables = [Table("links", source.labels("Links to confirm"), head, tuple(lines))] if lines else []
    own = (row for row in source.result.audit if row.wave in (None, source.wave))
    differ = [row for row in own if row.outcome == "differs"]
    if differ:
        audited = tuple(
            Row((*_printed(source, row), row.printed or "", row.description, _rows(row))) for row in differ
        )
        heads = ("Document", "Stands in", "Is of", "Printed", "What differs", "Rows of published")
        tables.append(Table("figures", source.labels("Printed figures that differ"), heads, audited))
    return tuple(tables)


def _printed(source: Source, row: AuditRow) -> tuple[str, str, str]:
    """Where a figure is printed, and what it is of."""
    unit = source.names.unit(row.unit) if row.unit else None
    status = source.labels.status(row.status) if row.status else None
    about = (row.wave, unit, row.area, row.sub_area, status)
    return (row.document, row.locator or "", ", ".join(filter(None, about)))


def _rows(row: AuditRow) -> str:
    return ", ".join(str(place.own[1]) for place in row.rows)
