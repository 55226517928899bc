"""Partners, meetings, who reported, and the lists of projects of an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.records.labels import NOTES
from diffuscope.records.shares import share_words
from diffuscope.report.edition.contents import Part, Row, Share, Table
from diffuscope.report.names import rows
from diffuscope.report.projects import whole
from diffuscope.report.words import as_written

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.report.edition.contents import Cell
    from diffuscope.report.edition.source import Source
    from diffuscope.report.projects import Cells, Project

APPENDICES = (
    ("open", "Ongoing and planned projects", ("ongoing", "planning")),
    ("completed", "Completed projects", ("completed",)),
    ("other", "Other projects", ()),
)
"""Lists of projects, with the statuses of each; the last holds what is left."""
More = tuple[tuple[str, ...], "Callable[[Project], tuple[Cell, ...]]"]
"""Further columns of a list of projects: their heads, and what stands in them."""


def partners(source: Source) -> Part:
    """Partners that the projects of the wave name, and how many projects and countries each is in."""
    label = source.labels
    lines = tuple(
        Row((source.names.unit(str(row["partner"])), *(whole(row[name]) for name in _PARTNER)))
        for row in rows(source.result, "project_partners")
        if row["wave"] == source.wave
    )
    head = source.head("Partner", "Projects", "Cities", "Countries")
    title = label("Partners")
    tables = (Table("partners", f"{title}, {source.wave}", head, lines),) if lines else ()
    return Part("partners", title, tables=tables)


_PARTNER = ("projects", "units", "states")


def meetings(source: Source) -> Part:
    """Meetings of the network, earliest first; of an earlier wave, those that had begun by its date."""
    label = source.labels
    lines = tuple(
        Row(
            (
                str(row["name"]),
                _when(source, row),
                str(row["kind"] or ""),
                _where(source, row),
                label("not recorded") if row["present"] is None else whole(row["present"]),
            )
        )
        for row in rows(source.result, "meetings")
        if source.latest or not _later(str(row["start"] or ""), source.date)
    )
    head = source.head("Meeting", "When", "Kind", "Where", "Present")
    title = label("Meetings")
    return Part("meetings", title, tables=(Table("meetings", title, head, lines),) if lines else ())


def _later(start: str, date: str) -> bool:
    """Whether a day, month or year is known to be later than another."""
    known = min(len(start), len(date))
    return start[:known] > date[:known]


def _when(source: Source, row: Cells) -> str:
    days = dict.fromkeys(as_written(str(row[name] or "")) for name in ("start", "end"))
    return " – ".join(source.labels.date(day) for day in days if day)


def _where(source: Source, row: Cells) -> str:
    host = "" if row["host"] is None else source.names.unit(str(row["host"]))
    hosted = f"{source.labels('hosted by')} {host}" if host else ""
    return ", ".join(part for part in (str(row["place"] or ""), hosted) if part)


def response(source: Source) -> Part:
    """The response rate by country, and of how many an earlier report stands in."""
    label = source.labels
    title = label("Who reported")
    expected = [row for row in source.returns if row["standing"] != "excused"]
    if not expected:
        return Part("response", title)
    states = sorted({str(row["state"]) for row in expected}, key=source.names.unit)
    lines = [
        _rate(source.names.unit(state), [str(row["standing"]) for row in expected if row["state"] == state])
        for state in states
    ]
    came = sum(row["standing"] in ("received", "nil") for row in expected)
    all_ = _rate(label("All"), [str(row["standing"]) for row in expected])
    heads = ("Country", "Returns expected", "Returns received", "Nothing to report", "Carried forward")
    rows_ = (*map(Row, lines), Row(all_, 2))
    notes = tuple(label(NOTES[name]) for name in ("no return", "carried"))
    table = Table(
        "response", f"{label('Response rate')}, {source.wave}", source.head(*heads, "No return"), rows_, notes
    )
    carried = sum(source.carried(project) for project in source.projects)
    says = [f"{label('Response rate')}: {_received(Share(came, len(expected)))}"]
    if carried:
        says.append(f"{label('Carried forward')}: {Share(carried, source.total.projects)}")
    return Part("response", title, tuple(says), (table,))


def _rate(name: str, standings: list[str]) -> tuple[Cell, ...]:
    nil = standings.count("nil")
    came = standings.count("received") + nil
    missing = standings.count("silent") + standings.count("unknown")
    carried = standings.count("carried forward")
    return (name, len(standings), Share(came, len(standings)), nil, carried, missing)


def _received(came: Share) -> str:
    return f"{came.count:,} / {came.whole:,} ({share_words(came.count, came.whole)})"


def appendices(source: Source, more: More | None = None) -> list[Part]:
    """The projects of the wave: those ongoing and planned, those completed, and the others.

    Parameters
    ----------
    source : Source
    more : (heads, function), optional
        Further columns.
    """
    known = [status for _, _, statuses in APPENDICES for status in statuses]
    parts = []
    for id_, title, statuses in APPENDICES:
        own = [
            project
            for project in source.projects
            if (project.status in statuses if statuses else project.status not in known)
        ]
        heads, cells = more or ((), _nothing)
        named = ("Sub-area",) if source.sub_areas else ()
        head = (*source.head("Country", "City", "Project", "Area", *named, "Status"), *heads)
        lines = tuple(Row((*_project(source, project), *cells(project))) for project in own)
        label = source.labels(title)
        tables = (Table(id_, f"{label}, {source.wave}", head, lines),) if lines else ()
        parts.append(Part(f"projects-{id_}", label, tables=tables))
    return parts


def _nothing(_: Project) -> tuple[Cell, ...]:
    return ()


def _project(source: Source, project: Project) -> tuple[Cell, ...]:
    label = source.labels
    marks = [
        label(word)
        for word, holds in (("joint", len(project.units) > 1), ("carried forward", source.carried(project)))
        if holds
    ]
    title = f"{project.title} ({', '.join(marks)})" if marks else project.title
    return (
        source.countries(project),
        source.cities(project),
        title,
        label.area(project.area) if project.area else "",
        *((label.sub_area(project.sub_area or ""),) if source.sub_areas else ()),
        label.status(project.status),
    )


def as_table(source: Source, content: dict[str, Any], name: str) -> Table:
    """A table of the report as one of an edition."""
    lines = tuple(Row(tuple(line)) for line in content["rows"])
    notes = (f"{content['hidden']:,} more in {content['file']} of the report.",) if content["hidden"] else ()
    return Table(name, content["caption"], tuple(map(source.labels, content["head"])), lines, notes)
