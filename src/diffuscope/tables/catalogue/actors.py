"""Actors and what is known of them."""

from __future__ import annotations

from diffuscope.tables.catalogue.shared import BASIS, NEEDED_UNIT, NOTE, OPTIONAL_SOURCE, SOURCE
from diffuscope.tables.columns import Column, Table
from diffuscope.tables.rules import needs, ordered

UNITS = Table(
    name="units",
    a_row_is="an actor: a state, a city, a donor, a firm, a group of recipients",
    key=("unit",),
    columns=(
        Column(
            name="unit", kind="id", required=True, description="Short id of the actor, unique in the case."
        ),
        Column(name="name", kind="text", required=True, description="Name as a reader should see it."),
        Column(
            name="aliases",
            kind="ids",
            description="Other names, separated by semicolons; used to suggest a unit when tables are read.",
        ),
        Column(
            name="kind", kind="id", required=True, description="What it is: state, city, organisation, firm …"
        ),
        Column(
            name="role",
            kind="choice",
            required=True,
            choices=("adopter", "promoter", "source", "other"),
            description="adopter: may adopt · promoter: pushes, never adopts · source: adopted elsewhere, "
            "influences, is never at risk · other: end of a tie, or a group of recipients.",
        ),
        Column(
            name="parent",
            kind="id",
            refers_to="units.unit",
            description="The actor it belongs to (a city's state).",
        ),
        Column(
            name="lat",
            kind="number",
            unit="degrees",
            minimum=-90,
            maximum=90,
            description="Latitude, north positive.",
        ),
        Column(
            name="lon",
            kind="number",
            unit="degrees",
            minimum=-180,
            maximum=180,
            description="Longitude, east positive.",
        ),
        Column(
            name="entered",
            kind="date",
            description="When it came into existence or into the data; it is not at risk before.",
        ),
        Column(name="left", kind="date", description="When it left the data; it is not at risk afterwards."),
        Column(name="geonames", kind="id", description="Number of the place in GeoNames, e.g. 1609350."),
        OPTIONAL_SOURCE,
        NOTE,
    ),
    rules=(ordered("entered", "left"), needs("lat", "lon"), needs("lon", "lat")),
)

ATTRIBUTES = Table(
    name="attributes",
    a_row_is="a fact about an actor, fixed or dated",
    key=("unit", "time", "variable", "value"),
    columns=(
        NEEDED_UNIT,
        Column(name="time", kind="date", description="When it held; empty for a fixed fact."),
        Column(
            name="variable", kind="id", required=True, description="What is measured, e.g. `gdp_per_head`."
        ),
        Column(
            name="value",
            kind="text",
            description="The value, empty where it is unknown; several languages are several rows.",
        ),
        Column(
            name="unit_of_measure",
            kind="text",
            description="Unit of a number, e.g. `constant 2015 USD`; `category` where numbers are names.",
        ),
        BASIS,
        SOURCE,
        NOTE,
    ),
)
