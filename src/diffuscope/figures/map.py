"""Where a policy is, and since when: a map of the units with a slider through the years or waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from diffuscope.figures.atlas import Atlas, atlas_of
from diffuscope.figures.figure import Figure
from diffuscope.figures.layers import Drawing
from diffuscope.figures.periods import SURE, Period, history, periods_of
from diffuscope.figures.rows import Row
from diffuscope.figures.text import NAMED, clean
from diffuscope.records.phrases import counted, listed

BORDERS = (
    "Boundaries are those of Natural Earth and only help to find places. Several are disputed, and none "
    "implies a position on the status of any territory. They can be switched off."
)
"""What every map says of its boundaries."""

STILLS_AT_MOST = 6
"""Periods shown side by side where there is no slider."""


def adoption_map(
    units: pl.DataFrame,
    adoptions: pl.DataFrame,
    *,
    policies: Mapping[str, str] | None = None,
    waves: Mapping[str, str] | None = None,
    boundaries: bool = True,
) -> Figure | None:
    """Which units had a policy, or how many of several, at the end of each year or wave.

    Parameters
    ----------
    units : polars.DataFrame
        Units of the question: unit, name, kind, lat, lon; aliases where known. Countries are recognised by
        their ISO 3166-1 code of three letters (as id or alias) or their name and drawn as shapes, other units
        as points.
    adoptions : polars.DataFrame
        unit, policy, time, time_latest, until, as in `timeline`; basis where known.
    policies : mapping of str to str, optional
        Every policy the question is about, with its name; by default those adopted.
    waves : mapping of str to str, optional
        Label and date of each wave, where the question counts in waves; by default calendar years.
    boundaries : bool
        Whether boundaries are drawn at first; a checkbox switches them.

    Returns
    -------
    Figure or None
        None where no unit has a place, or no adoption has a date.
    """
    own = adoptions.filter(pl.col("unit").is_in(units["unit"].to_list()))
    periods = periods_of(own, waves)
    atlas = atlas_of(units)
    if atlas is None or not periods or own.is_empty():
        return None
    names = dict(policies) if policies else {name: name for name in sorted(own["policy"].unique().to_list())}
    unit_names = dict(units.select("unit", "name").iter_rows())
    places = _places(atlas, own, periods, names, unit_names)
    labels = [period.label for period in periods]
    drawing = Drawing(atlas, places, labels, len(names))
    years = [int(period.label) for period in periods if period.label.isdecimal()]
    counts_up = years == list(range(periods[0].end.year, periods[0].end.year + len(periods)))
    first, slider = (years[0], "Year") if counts_up else (1, "Period")
    steps = _stills(drawing)
    small = atlas_of(units, panel=True) or atlas
    panels = Drawing(small, _places(small, own, periods, names, unit_names), labels, len(names))
    return Figure(
        name="map",
        title="Where and when units adopted",
        caption=_caption(atlas, own, periods, len(names), unit_names),
        alt=_alt(places, periods, len(names)),
        chart=drawing.with_slider(first, slider, boundaries),
        still=panels.side_by_side(steps, boundaries) if len(steps) > 1 else None,
    )


def _places(
    atlas: Atlas,
    adoptions: pl.DataFrame,
    periods: Sequence[Period],
    names: Mapping[str, str],
    unit_names: Mapping[str, str],
) -> list[Row]:
    """Units with their shape or point and what they had, period by period."""
    rows: dict[str, list[Row]] = {}
    for row in adoptions.iter_rows(named=True):
        rows.setdefault(row["unit"], []).append(row)
    places = []
    for place in atlas.places:
        past = history(rows.get(place.unit, []), periods, len(names), names)
        name = clean(unit_names.get(place.unit) or place.unit, 40)
        places.append(
            {
                "unit": clean(place.unit, 40),
                "name": name,
                "levels": list(past.levels),
                "says": list(past.says),
                "labels": [[name, since] if since else [name] for since in past.since],
                "dates": clean(past.dates, 400),
                "rings": place.rings,
                "point": place.point,
                "middle": place.middle,
            }
        )
    return places


def _stills(drawing: Drawing) -> list[int]:
    """Periods for print: those in which something changed; none but the last where names tell all dates."""
    last = len(drawing.labels) - 1
    unnamed = [
        place for place, (_, shown, _) in zip(drawing.places, drawing.named(), strict=True) if not shown
    ]
    if drawing.policies == 1 and not any(any(place["levels"]) for place in unnamed):
        return [last]
    at = [tuple(place["levels"][step] for place in drawing.places) for step in range(last + 1)]
    changed = [step for step in range(last + 1) if step == last or at[step] != at[step - 1] or step == 0]
    if len(changed) <= STILLS_AT_MOST:
        return changed
    gap = (len(changed) - 1) / (STILLS_AT_MOST - 1)
    return [changed[round(number * gap)] for number in range(STILLS_AT_MOST)]


def _caption(
    atlas: Atlas,
    adoptions: pl.DataFrame,
    periods: Sequence[Period],
    policies: int,
    unit_names: Mapping[str, str],
) -> str:
    what = (
        "Units in the colour of “adopted” had the policy"
        if policies == 1
        else f"A unit further along the legend (a larger point) surely had more of the {policies} policies"
    )
    unsure = " An uncertain date may be earlier or later than shown." if policies == 1 else ""
    missing = []
    if atlas.nowhere:
        names = listed([clean(unit_names.get(unit) or unit, 40) for unit in atlas.nowhere], at_most=NAMED)
        missing.append(f"without shape or coordinates: {names}")
    if atlas.beyond:
        missing.append(f"{counted(atlas.beyond, 'further unit')}, more than a map can show")
    left_out = f" Not on the map: {'; '.join(missing)}." if missing else ""
    return (
        f"{what} at the end of each period from {periods[0].label} to {periods[-1].label}.{unsure} "
        "“None on record” does not prove that there was none. Countries are shapes; other units and very "
        "small countries are points. Names are shown where there is room."
        f"{left_out} {BORDERS} Source: {counted(adoptions.height, 'adoption')} of this case"
        f"{_judged(adoptions)}; "
        "shapes: Natural Earth 4.1.0, 1:50 million."
    )


def _judged(adoptions: pl.DataFrame) -> str:
    """How many adoptions rest on a judgement or an assumption."""
    if "basis" not in adoptions.columns:
        return ""
    judged = adoptions.filter(pl.col("basis").is_not_null() & (pl.col("basis") != "reported")).height
    return f", {judged} of them judged, assumed or simulated" if judged else ""


def _alt(places: Sequence[Row], periods: Sequence[Period], policies: int) -> str:
    sentences = []
    for step in sorted({0, len(periods) // 2, len(periods) - 1}):
        if policies == 1:
            have = [place["name"] for place in places if place["levels"][step] == SURE]
            names = f": {listed(have, at_most=12)}" if have else ""
            sentences.append(f"End of {periods[step].label}: {len(have)} of {len(places)}{names}.")
        else:
            counts = [place["levels"][step] for place in places]
            sentences.append(
                f"End of {periods[step].label}: {counted(sum(counts), 'adoption')} in "
                f"{sum(count > 0 for count in counts)} of {counted(len(counts), 'unit')}, "
                f"at most {max(counts)} in one."
            )
    return f"Map of {counted(len(places), 'unit')}. {' '.join(sentences)}"
