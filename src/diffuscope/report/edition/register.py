"""Totals, areas, and the table of countries, cities, areas and statuses of an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.labels import NOTES
from diffuscope.report.edition.contents import Group, Part, Row, Share, Table
from diffuscope.report.names import rows
from diffuscope.report.projects import UNKNOWN, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diffuscope.report.edition.contents import Cell
    from diffuscope.report.edition.source import Source, Tally


def overview(source: Source) -> Part:
    """How many projects there are, where, and how far along they are; the same of earlier reports."""
    label, total = source.labels, source.total
    facts: tuple[tuple[str, str], ...] = (
        (label("Projects"), f"{total.projects:,}"),
        (source.head("Cities")[0], f"{total.units:,}"),
        (label("Countries"), f"{len(source.tallies('state')):,}"),
    )
    if not total.known:
        facts = ((label("Projects"), UNKNOWN),)
    statuses = Table(
        "status",
        f"{label('Status')}, {source.wave}",
        (label("Status"), label("Projects")),
        (
            *(
                Row((label.status(name), Share(total.counts[name], total.projects)))
                for name in source.statuses
            ),
            Row((label("All"), total.projects), 2),
        ),
        judged_note(source),
    )
    reports = (_reports(source),) if len(source.totals) > 1 else ()
    tables = (statuses, *reports) if total.known else reports
    says = " · ".join([*(f"{name}: {number}" for name, number in facts), *_returned(source)])
    return Part("overview", label("In short"), (f"{source.wave}: {says}",), tables)


def _returned(source: Source) -> Iterator[str]:
    """On how many returns the counts rest, where one is missing."""
    expected = [row for row in source.returns if row["standing"] != "excused"]
    came = sum(row["standing"] in ("received", "nil") for row in expected)
    if came < len(expected):
        yield f"{source.labels('Returns received')}: {came:,} / {len(expected):,}"


def _reports(source: Source) -> Table:
    """The same of all reports, each with the returns it rests on."""
    label, totals = source.labels, source.totals
    shown = [name for name in source.total.counts if any(one.counts[name] for one in totals)]
    rates = {str(row["wave"]): row for row in rows(source.result, "wave_totals")}
    head = source.head("Report", "Date", "Returns expected", "Returns received", "Projects", "Cities")
    lines = tuple(
        Row(
            (
                one.wave,
                label.date(source.register.dated(one.wave)),
                whole(rates[one.wave].get("expected")),
                whole(rates[one.wave].get("returned")),
                one.projects if one.known else UNKNOWN,
                one.units if one.known else UNKNOWN,
                *(Share(one.counts[name], one.projects) if one.known else UNKNOWN for name in shown),
            )
        )
        for one in totals
    )
    return Table("reports", label("All reports"), (*head, *map(label.status, shown)), lines)


def judged_note(source: Source) -> tuple[str, ...]:
    """How many statuses are judged, in a plain note; nothing where none is."""
    if not source.judged:
        return ()
    return (f"{source.labels(NOTES['judged'])} {Share(source.judged, source.total.projects)}",)


def areas(source: Source) -> Part:
    """Projects by area and status; areas without projects stand as zero."""
    label, counted, total = source.labels, source.tallies("area"), source.total
    if not source.areas or not total.known:
        return Part("areas", label("Focus areas"))
    lines = [
        Row((label.area(area), *_counts(source, counted.get(area), total.projects))) for area in source.areas
    ]
    unnamed = total.projects - sum(tally.all for tally in counted.values())
    if unnamed:
        blanks = (UNKNOWN,) * len(source.statuses)
        lines.append(Row((label("no area named"), Share(unnamed, total.projects), *blanks)))
    lines.append(Row((label("All"), *_totals(source)), 2))
    head = (*source.head("Area", "Projects"), *source.status_head())
    notes = (label(NOTES["areas"]),)
    table = Table("areas", f"{label('Focus areas')}, {source.wave}", head, tuple(lines), notes)
    tables = (table, *_sub_areas(source, counted))
    return Part("areas", label("Focus areas"), tables=tables, groups=tuple(_chapters(source, counted)))


def _sub_areas(source: Source, counted: dict[str, Tally]) -> Iterator[Table]:
    """Areas with their sub-areas, where the register names any."""
    if not source.sub_areas:
        return
    label, lines = source.labels, []
    for area in source.areas:
        tally, name = counted.get(area), label.area(area)
        lines.append(Row((name, "", *_counts(source, tally, source.total.projects)), 1))
        if tally is None:
            continue
        held = source.sub_areas.get(area, {})
        lines += [
            Row((name, label.sub_area(sub), *_counts(source, held[sub], source.total.projects)))
            for sub in sorted(held, key=label.sub_area)
        ]
        unnamed = tally.all - sum(one.all for one in held.values())
        if unnamed:
            blanks = (UNKNOWN,) * len(source.statuses)
            lines.append(
                Row((name, label("no sub-area named"), Share(unnamed, source.total.projects), *blanks))
            )
    lines.append(Row((label("All"), "", *_totals(source)), 2))
    head = (*source.head("Area", "Sub-area", "Projects"), *source.status_head())
    notes, title = (label(NOTES["sub-areas"]),), label("Areas and sub-areas")
    yield Table("sub-areas", f"{title}, {source.wave}", head, tuple(lines), notes, within=1)


def _chapters(source: Source, counted: dict[str, Tally]) -> Iterator[Group]:
    """Of each area, in words: how many projects, of which sub-areas, and in which cities."""
    label, total = source.labels, source.total.projects
    for area in source.areas:
        tally = counted.get(area)
        if tally is None:
            yield Group(label.area(area), (f"{label('Projects')}: {Share(0, total)}",))
            continue
        by_status = ((label.status(name), tally.by_status.get(name, 0)) for name in source.statuses)
        points = [f"{label('Projects')}: {Share(tally.all, total)}; {_each(by_status)}"]
        held = source.sub_areas.get(area, {})
        if held:
            subs = ((label.sub_area(name), one.all) for name, one in held.items())
            points.append(f"{label('Sub-areas')}: {_each(sorted(subs))}")
        cities = {
            source.names.unit(city): own[area].all for city, own in source.of_cities.items() if area in own
        }
        points.append(f"{source.head('Cities')[0]} ({len(cities):,}): {_each(sorted(cities.items()))}")
        yield Group(label.area(area), tuple(points))


def _each(counted: Iterable[tuple[str, int]]) -> str:
    """Names with their counts; those that have none are left out."""
    return ", ".join(f"{name} ({number:,})" for name, number in counted if number)


def places(source: Source) -> Part:
    """Projects by country, city, area and status, each with its share."""
    label = source.labels
    lines = [row for state in source.states for row in _country(source, state)]
    lines.append(Row((label("All"), "", "", *_totals(source)), 2))
    head = (*source.head("Country", "City", "Area", "Projects"), *source.status_head())
    notes = [label(NOTES["shares"])]
    if source.total.joint:
        notes.append(label(NOTES["joint"]))
    met = {source.standing.get(city) for cities in source.states.values() for city in cities}
    if met & {"silent", "unknown"}:
        notes.append(label(NOTES["no return"]))
    if "carried forward" in met:
        notes.append(label(NOTES["carried"]))
    title = label("Countries and cities")
    table = Table("countries", f"{title}, {source.wave}", head, tuple(lines), tuple(notes), within=2)
    return Part("places", title, tables=(table,))


def _country(source: Source, state: str) -> Iterator[Row]:
    """The lines of one country: itself, its cities, and the areas of each."""
    every, names = source.total.projects, source.names
    by_city = source.tallies("city")
    own = source.tallies("state").get(state)
    country = names.unit(state)
    known = source.register.is_known(source.wave, state)
    yield Row((country, "", "", *(_counts(source, own, every) if known else _not_known(source))), 1)
    for city in source.states[state]:
        name = names.unit(city)
        tally = by_city.get(city)
        cells = (country, name, _city_sentence(source, city), *_of_city(source, city, tally))
        yield Row(cells, 3)
        if tally is None:
            continue
        held = source.of_cities.get(city, {})
        order = [area for area in (*source.areas, "") if area in held]
        for area in order:
            shown = source.labels.area(area) if area else source.labels("no area named")
            yield Row((country, name, shown, *_counts(source, held[area], tally.all)))


def _city_sentence(source: Source, city: str) -> str:
    """What is to be known of the return of a city."""
    standing = source.standing.get(city)
    if standing in ("silent", "unknown"):
        return source.labels("No return")
    if standing == "nil":
        return source.labels("Nothing to report")
    return source.labels("Carried forward") if standing == "carried forward" else ""


def _of_city(source: Source, city: str, tally: Tally | None) -> tuple[Cell, ...]:
    if tally is None and source.standing.get(city) != "nil":
        return _not_known(source)
    return _counts(source, tally, source.total.projects)


def _not_known(source: Source) -> tuple[Cell, ...]:
    return (UNKNOWN,) * (len(source.statuses) + 1)


def _counts(source: Source, tally: Tally | None, of: int) -> tuple[Cell, ...]:
    """All projects of a line with their share, and those of each status."""
    if tally is None:
        return (Share(0, of), *(0 for _ in source.statuses))
    return (
        Share(tally.all, of),
        *(Share(tally.by_status.get(name, 0), tally.all) for name in source.statuses),
    )


def _totals(source: Source) -> tuple[Cell, ...]:
    total = source.total
    if not total.known:
        return _not_known(source)
    return (total.projects, *(Share(total.counts[name], total.projects) for name in source.statuses))
