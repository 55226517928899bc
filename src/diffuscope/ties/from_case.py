"""The layers that the tables of a case allow: ties, support, meetings, portfolios, places, governments."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.records.phrases import counted, noun
from diffuscope.ties.from_frame import layer_from_frame
from diffuscope.ties.groups import shared_group
from diffuscope.ties.meetings import co_attendance
from diffuscope.ties.places import distance, vertical
from diffuscope.ties.similarity import NAMES, similarity
from diffuscope.ties.when_named import LayersWhenNamed, refuse_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from diffuscope.ties.layer import Layer, Matrix

    NamedLayer = tuple[str, Callable[[], Layer]]

PORTFOLIO = "export-share"
"""The layer whose rows say to whom a unit sells, so that rivals can be told from it."""
GROUPS = {
    "official_language": "official-language",
    "largest_religion": "religion",
    "colonial_origin": "coloniser",
    "region": "region",
}
"""Attributes whose sharing makes peers, and what the layer ``shared-…`` calls them."""
HELD = ("held", "followed up")
PLEDGED = "pledged"
"""Stage of support that is promised: no tie of support yet."""
EXCHANGES = "information-exchanges"
"""The layer of exchanges that were held; its first word makes it a channel of learning."""
ADOPTER, SENDS = "adopter", ("adopter", "promoter", "source")


def layers_of(case: Any, units: Sequence[str] | None = None) -> dict[str, Layer]:
    """Layers of a case, by name.

    Parameters
    ----------
    case : Case, or mapping of str to polars.DataFrame
        A case, or its typed tables: `units` and whichever there are of `ties`, `support`, `exchanges`,
        `events`, `attendance` and `attributes`.
    units : sequence of str, optional
        Receivers; all actors with the role adopter otherwise.

    Returns
    -------
    dict of str to Layer
        Every layer of `ties` (distances as 1/km); ``support``, the number of programmes by which a partner
        supports, without those that are only pledged, and ``conditions``, the number of all that are tied to
        a condition, for a promise with a condition binds before it is paid;
        ``information-exchanges``, the number that were held between two units; ``co-attendance``;
        ``similarity`` of exports; ``shared-…`` for attributes; ``distance`` from coordinates; ``vertical``.
        What the tables do not allow is not there. Notes say what was left out.
    """
    tables: Mapping[str, pl.DataFrame] = getattr(case, "tables", case)
    makers: dict[str, Callable[[], Layer]] = {}
    for find in _layer_sources(tables, _receivers(tables, units)):
        for name, make in find():
            # the first to make a layer counts: ties given as such, before those worked out
            makers.setdefault(name, make)
    return dict(LayersWhenNamed(makers))


def layers_or_reasons(
    tables: Mapping[str, pl.DataFrame], units: Sequence[str]
) -> tuple[Mapping[str, Layer], tuple[str, ...]]:
    """Layers of a case by name; and why others could not be made, which takes nothing from these.

    Those that compare all pairs of units (places, portfolios, groups, meetings) are made when they are looked
    up, which then raises why they cannot be.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        As for `layers_of`.
    units : sequence of str
        Receivers.
    """
    makers: dict[str, Callable[[], Layer]] = {}
    reasons: list[str] = []
    try:
        finders = list(_layer_sources(tables, _receivers(tables, units)))
    except (CaseError, MethodError, PlanError) as error:
        return {}, (str(error),)
    for find in finders:
        try:
            for name, make in find():
                makers.setdefault(name, make)
        except (CaseError, MethodError, PlanError) as error:
            reasons.append(str(error))
    return LayersWhenNamed(makers), tuple(dict.fromkeys(reasons))


def _receivers(tables: Mapping[str, pl.DataFrame], units: Sequence[str] | None) -> Sequence[str]:
    if "units" not in tables:
        raise PlanError("The case has no table `units`, which every layer of ties needs.")
    if units is None:
        units = tables["units"].filter(pl.col("role") == ADOPTER)["unit"].to_list()
    if not units:
        raise PlanError("No unit of the case can adopt, so ties have no receivers.")
    return units


def _layer_sources(
    tables: Mapping[str, pl.DataFrame], units: Sequence[str]
) -> Iterator[Callable[[], Iterator[NamedLayer]]]:
    """What finds layers in each table by itself, so that one that fails leaves the others."""
    actors = tables["units"]
    if "ties" in tables:
        for name in tables["ties"]["layer"].drop_nulls().unique(maintain_order=True):
            ties = tables["ties"].filter(pl.col("layer") == name)
            yield partial(_from_ties, str(name), ties, actors, units)
        exports = tables["ties"].filter(pl.col("layer") == PORTFOLIO)
        if not exports.is_empty():  # after the ties themselves, so that likeness that is given comes first
            yield partial(_from_portfolio, PORTFOLIO, exports, actors, units)
    yield partial(_from_support, tables, units)
    yield partial(_from_exchanges, tables, units)
    yield partial(_from_meetings, tables, units)
    yield partial(_parents, actors, units)
    yield partial(_places, actors, units)
    for variable in GROUPS if "attributes" in tables else ():
        yield partial(_from_attribute, variable, tables["attributes"], units)


def _made(layer: Layer) -> NamedLayer:
    """A layer of few ties, which is made at once."""
    return layer.name, lambda: layer


def _from_ties(
    name: str, ties: pl.DataFrame, actors: pl.DataFrame, units: Sequence[str]
) -> Iterator[NamedLayer]:
    layer = _layer(name, ties, actors, units)
    if any(matrix.nnz for _, matrix in layer.snapshots):
        near = name == "distance"
        yield _made(layer.turned_into("distance", _inverse, unit_of_measure="1/km") if near else layer)


def _from_portfolio(
    name: str, ties: pl.DataFrame, actors: pl.DataFrame, units: Sequence[str]
) -> Iterator[NamedLayer]:
    layer = _layer(name, ties, actors, units)
    if len(layer.senders) > 2 and any(matrix.nnz for _, matrix in layer.snapshots):
        yield NAMES["cosine"], partial(_rivals, layer)


def _layer(name: str, ties: pl.DataFrame, actors: pl.DataFrame, units: Sequence[str]) -> Layer:
    acting = set(actors.filter(pl.col("role").is_in(SENDS))["unit"])
    outside = sorted((set(ties["sender"]) & acting) - set(units))
    return layer_from_frame(
        ties,
        name,
        units=units,
        senders=(*units, *outside),
        source=_joined_sources(ties["source"]),
        derived_from=sorted(set(ties["derived_from"].drop_nulls())),
    )


def _inverse(matrix: Matrix) -> Matrix:
    nearer = matrix.copy()
    # a weight is strength of influence: distances of a table are turned round
    nearer.data = 1 / nearer.data
    return nearer


def _rivals(exports: Layer) -> Layer:
    """Who sells to the same partners, by the last shares that were measured."""
    refuse_pairs(NAMES["cosine"], len(exports.units) ** 2)
    measured = [(since, matrix) for since, matrix in exports.snapshots if matrix.nnz]
    since, matrix = measured[-1]
    return similarity(
        matrix.toarray(),
        exports.units,
        known_from=since,
        source=exports.source,
        derived_from=(*exports.derived_from, exports.name),
    )


def _from_support(tables: Mapping[str, pl.DataFrame], units: Sequence[str]) -> Iterator[NamedLayer]:
    if "support" not in tables:
        return
    given = tables["support"]
    direct = given.filter(pl.col("recipient").is_in(list(units)))
    dated = direct.filter(pl.col("start").is_not_null())
    if dated.is_empty():
        return
    agreed = dated.filter(pl.col("stage").ne_missing(PLEDGED)) if "stage" in dated.columns else dated
    elsewhere, undated = given.height - direct.height, direct.height - dated.height
    left_out = (
        (elsewhere, f"{noun(elsewhere, 'goes', 'go')} to a group or to actors outside the units"),
        (undated, f"{noun(undated, 'has', 'have')} no date"),
    )
    notes = [
        f"{counted(count, 'row')} of support {what}, and {noun(count, 'was', 'were')} left out"
        for count, what in left_out
        if count
    ]
    partners = sorted(set(dated["partner"]) - set(units))
    senders = [*units, *partners] if set(dated["partner"]) & set(units) else partners
    promised = dated.height - agreed.height
    if not agreed.is_empty():
        why = (
            f"{counted(promised, 'row')} of support {noun(promised, 'is', 'are')} pledged only, and left out"
        )
        own = [*notes, why] if promised else notes
        yield _made(_programmes(agreed, "support", units, senders).noted(own))
    conditional = dated.filter(pl.col("conditional") == "yes")
    if not conditional.is_empty():
        unknown = dated["conditional"].null_count()
        whether = noun(unknown, "it has", "they have")
        caveat = f"for {counted(unknown, 'programme')} it is unknown whether {whether} conditions"
        caveats = [caveat] if unknown else []
        yield _made(_programmes(conditional, "conditions", units, senders).noted([*notes, *caveats]))


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
        source=_joined_sources(given["source"]),
    )


def _from_exchanges(tables: Mapping[str, pl.DataFrame], units: Sequence[str]) -> Iterator[NamedLayer]:
    """Who showed what it knows to whom, from the day on which they met."""
    if "exchanges" not in tables:
        return
    between = pl.col("asking").is_in(list(units)) & pl.col("asked").is_in(list(units))
    met = tables["exchanges"].filter(pl.col("state").is_in(HELD), pl.col("held").is_not_null(), between)
    if met.is_empty():
        return
    pairs = met.rename({"asked": "sender", "asking": "receiver", "held": "start"})
    counted = pairs.group_by("sender", "receiver", "start", maintain_order=True).agg(
        pl.len().cast(pl.Float64).alias("weight"), pl.lit(None, pl.String).alias("end")
    )
    yield _made(
        layer_from_frame(
            counted,
            EXCHANGES,
            units=units,
            senders=units,
            unit_of_measure="exchanges",
            source=_joined_sources(met["source"]),
        )
    )


def _from_meetings(tables: Mapping[str, pl.DataFrame], units: Sequence[str]) -> Iterator[NamedLayer]:
    if not {"attendance", "events"} <= set(tables):
        return
    there = tables["attendance"].filter(pl.col("unit").is_in(list(units))).select("event", "unit").unique()
    if (there.group_by("event").len()["len"] > 1).any():
        yield "co-attendance", partial(_meetings, there, tables["events"], units)


def _meetings(there: pl.DataFrame, events: pl.DataFrame, units: Sequence[str]) -> Layer:
    refuse_pairs("co-attendance", int((there.group_by("event").len()["len"].cast(pl.Int64) ** 2).sum()))
    return co_attendance(there, events, units, source="attendance")


def _parents(actors: pl.DataFrame, units: Sequence[str]) -> Iterator[NamedLayer]:
    own = actors.filter(pl.col("unit").is_in(list(units)))
    parents = dict(own.filter(pl.col("parent").is_not_null()).select("unit", "parent").iter_rows())
    if parents:
        yield _made(vertical(units, parents))


def _places(actors: pl.DataFrame, units: Sequence[str]) -> Iterator[NamedLayer]:
    own = actors.filter(pl.col("unit").is_in(list(units)))
    placed = own.filter(pl.col("lat").is_not_null() & pl.col("lon").is_not_null())
    # two units in one place would be infinitely near
    if placed.height > 1 and not placed.select("lat", "lon").is_duplicated().any():
        yield "distance", partial(_distances, placed, units)


def _distances(placed: pl.DataFrame, units: Sequence[str]) -> Layer:
    refuse_pairs("distance", placed.height**2)
    where = placed.select("lat", "lon").to_numpy()
    layer = distance(placed["unit"].to_list(), where[:, 0], where[:, 1])
    lost = len(units) - placed.height
    return layer.among(units).noted(
        [f"{counted(lost, 'unit has', 'units have')} no coordinates"] if lost else []
    )


def _from_attribute(variable: str, attributes: pl.DataFrame, units: Sequence[str]) -> Iterator[NamedLayer]:
    facts = attributes.filter(pl.col("unit").is_in(list(units)) & pl.col("time").is_null())
    values = facts.filter(pl.col("variable") == variable).drop_nulls("value")
    if values["unit"].n_unique() > 1:
        yield f"shared-{GROUPS[variable]}", partial(_peers, values, units, GROUPS[variable])


def _peers(values: pl.DataFrame, units: Sequence[str], called: str) -> Layer:
    many = values.group_by("value").agg(pl.col("unit").n_unique().cast(pl.Int64))["unit"]
    refuse_pairs(f"shared-{called}", int((many**2).sum()))
    groups = dict(values.group_by("unit").agg("value").iter_rows())
    return shared_group(units, groups, called, source=_joined_sources(values["source"]))


def _joined_sources(sources: pl.Series) -> str:
    return "; ".join(sorted(set(sources.drop_nulls())))
