"""The layers that the tables of a case allow: ties, support, meetings, portfolios, places, governments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.errors import PlanError
from diffuscope.ties.frames import layer_from_frame
from diffuscope.ties.groups import shared_group
from diffuscope.ties.meetings import co_attendance
from diffuscope.ties.places import distance, vertical
from diffuscope.ties.similarity import similarity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diffuscope.ties.layer import Layer, Matrix

PORTFOLIO = "export-share"
"""The layer whose rows say to whom a unit sells, so that rivals can be told from it."""
GROUPS = {
    "official_language": "official-language",
    "largest_religion": "religion",
    "colonial_origin": "coloniser",
    "region": "region",
}
"""Attributes whose sharing makes peers, and what the layer ``shared-…`` calls them."""
ADOPTER, SENDS = "adopter", ("adopter", "promoter", "source")


def layers_of(case: Any, units: Sequence[str] | None = None) -> dict[str, Layer]:
    """Layers of a case, by name.

    Parameters
    ----------
    case : Case, or mapping of str to polars.DataFrame
        A case, or its typed tables: `units` and whichever there are of `ties`, `support`, `events`,
        `attendance` and `attributes`.
    units : sequence of str, optional
        Receivers; all actors with the role adopter otherwise.

    Returns
    -------
    dict of str to Layer
        Every layer of `ties` (distances as 1/km); ``support``, the number of programmes by which a partner
        supports, and ``conditions``, the number of those that are tied to a condition; ``co-attendance``;
        ``similarity`` of exports; ``shared-…`` for attributes; ``distance`` from coordinates; ``vertical``.
        What the tables do not allow is not there. Notes say what was left out.
    """
    tables: Mapping[str, pl.DataFrame] = getattr(case, "tables", case)
    actors = tables["units"]
    if units is None:
        units = actors.filter(pl.col("role") == ADOPTER)["unit"].to_list()
    if not units:
        raise PlanError("No unit of the case can adopt, so there is nobody to be acted on.")
    found = {layer.name: layer for layer in _from_ties(tables, actors, units)}
    made = (*_from_support(tables, units), *_from_meetings(tables, units), *_from_actors(actors, units))
    for layer in (*made, *_from_attributes(tables, units)):
        found.setdefault(layer.name, layer)
    return found


def _from_ties(
    tables: Mapping[str, pl.DataFrame], actors: pl.DataFrame, units: Sequence[str]
) -> Iterator[Layer]:
    if "ties" not in tables:
        return
    acting = set(actors.filter(pl.col("role").is_in(SENDS))["unit"])
    for (name,), ties in tables["ties"].group_by("layer", maintain_order=True):
        outside = sorted((set(ties["sender"]) & acting) - set(units))
        layer = layer_from_frame(
            ties,
            str(name),
            units=units,
            senders=(*units, *outside),
            source=_told(ties["source"]),
            derived_from=sorted(set(ties["derived_from"].drop_nulls())),
        )
        if not any(matrix.nnz for _, matrix in layer.snapshots):
            continue
        yield layer.turned_into("distance", _inverse, unit_of_measure="1/km") if name == "distance" else layer
        if name == PORTFOLIO and len(layer.senders) > 2:
            yield _rivals(layer)


def _inverse(matrix: Matrix) -> Matrix:
    nearer = matrix.copy()
    nearer.data = 1 / nearer.data
    return nearer


def _rivals(exports: Layer) -> Layer:
    """Who sells to the same partners, by the last shares that were measured."""
    measured = [(since, matrix) for since, matrix in exports.snapshots if matrix.nnz]
    since, matrix = measured[-1]
    return similarity(
        matrix.toarray(),
        exports.units,
        known_from=since,
        source=exports.source,
        derived_from=(*exports.derived_from, exports.name),
    )


def _from_support(tables: Mapping[str, pl.DataFrame], units: Sequence[str]) -> Iterator[Layer]:
    if "support" not in tables:
        return
    given = tables["support"]
    direct = given.filter(pl.col("recipient").is_in(list(units)))
    dated = direct.filter(pl.col("start").is_not_null())
    if dated.is_empty():
        return
    left_out = (
        (given.height - direct.height, "rows of support go to a group or to others than the units"),
        (direct.height - dated.height, "rows of support have no date"),
    )
    notes = [f"{count} {what}, and were left out" for count, what in left_out if count]
    partners = sorted(set(dated["partner"]) - set(units))
    senders = [*units, *partners] if set(dated["partner"]) & set(units) else partners
    yield _programmes(dated, "support", units, senders).noted(notes)
    conditional = dated.filter(pl.col("conditional") == "yes")
    if not conditional.is_empty():
        unknown = dated["conditional"].null_count()
        told = [f"of {unknown} programmes it is not known whether they have conditions"] if unknown else []
        yield _programmes(conditional, "conditions", units, senders).noted([*notes, *told])


def _programmes(given: pl.DataFrame, name: str, units: Sequence[str], senders: Sequence[str]) -> Layer:
    """How many programmes each partner has for each unit, from when to when."""
    same = ["partner", "recipient", "start", "end"]
    counted = given.group_by(same, maintain_order=True).agg(pl.len().cast(pl.Float64).alias("weight"))
    return layer_from_frame(
        counted.rename({"partner": "sender", "recipient": "receiver"}),
        name,
        units=units,
        senders=senders,
        unit_of_measure="programmes",
        source=_told(given["source"]),
    )


def _from_meetings(tables: Mapping[str, pl.DataFrame], units: Sequence[str]) -> Iterator[Layer]:
    if not {"attendance", "events"} <= set(tables):
        return
    there = tables["attendance"].filter(pl.col("unit").is_in(list(units))).select("event", "unit").unique()
    if (there.group_by("event").len()["len"] > 1).any():
        yield co_attendance(there, tables["events"], units, source="attendance")


def _from_actors(actors: pl.DataFrame, units: Sequence[str]) -> Iterator[Layer]:
    own = actors.filter(pl.col("unit").is_in(list(units)))
    parents = dict(own.filter(pl.col("parent").is_not_null()).select("unit", "parent").iter_rows())
    if parents:
        yield vertical(units, parents)
    placed = own.filter(pl.col("lat").is_not_null() & pl.col("lon").is_not_null())
    where = placed.select("lat", "lon").to_numpy()
    if placed.height > 1 and len(np.unique(where, axis=0)) == len(where):
        layer = distance(placed["unit"].to_list(), where[:, 0], where[:, 1])
        lost = len(units) - placed.height
        yield layer.among(units).noted([f"{lost} units have no coordinates"] if lost else [])


def _from_attributes(tables: Mapping[str, pl.DataFrame], units: Sequence[str]) -> Iterator[Layer]:
    if "attributes" not in tables:
        return
    facts = tables["attributes"].filter(pl.col("unit").is_in(list(units)) & pl.col("time").is_null())
    for variable, called in GROUPS.items():
        told = facts.filter(pl.col("variable") == variable)
        groups = dict(told.group_by("unit").agg("value").iter_rows())
        if len(groups) > 1:
            yield shared_group(units, groups, called, source=_told(told["source"]))


def _told(sources: pl.Series) -> str:
    return "; ".join(sorted(set(sources.drop_nulls())))
