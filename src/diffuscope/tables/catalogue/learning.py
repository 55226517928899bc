"""What members of a network learn from each other: practices, and exchanges between two of them."""

from __future__ import annotations

from diffuscope.tables.catalogue.shared import AREA, NEEDED_UNIT, NOTE, OPTIONAL_SOURCE
from diffuscope.tables.columns import Column, Table
from diffuscope.tables.rules import different, ordered

PRACTICES = Table(
    name="practices",
    a_row_is="something an actor has done that others can learn from",
    key=("practice",),
    columns=(
        Column(
            name="practice",
            kind="id",
            required=True,
            description="Short id of the practice, unique in the case; `policies` has it too, where the case "
            "asks how it spread.",
        ),
        NEEDED_UNIT,
        Column(name="title", kind="text", required=True, description="Title as a reader should see it."),
        Column(name="description", kind="text", description="What was done, how, and with what result."),
        AREA,
        Column(name="results", kind="text", description="What came of it, with figures where there are any."),
        Column(name="cost", kind="text", description="Band of its cost, such as below 100,000 USD."),
        Column(name="conditions", kind="text", description="What has to be there for it to work."),
        Column(
            name="contact", kind="text", description="The role or office that answers questions; no person."
        ),
        Column(name="documents", kind="text", description="Where it is described: titles or addresses."),
        Column(
            name="released", kind="date", required=True, description="When the actor showed it to the others."
        ),
        OPTIONAL_SOURCE,
        NOTE,
    ),
)

EXCHANGES = Table(
    name="exchanges",
    a_row_is="a visit, twinning or programme in which one actor learns from another",
    columns=(
        Column(
            name="asking",
            kind="id",
            required=True,
            refers_to="units.unit",
            description="Who asked to learn: the receiver of the tie.",
        ),
        Column(
            name="asked",
            kind="id",
            required=True,
            refers_to="units.unit",
            description="Who was asked, and shows what it knows: the sender of the tie.",
        ),
        Column(name="kind", kind="text", required=True, description="Visit, twinning, programme, call …"),
        Column(
            name="state",
            kind="choice",
            required=True,
            choices=("requested", "agreed", "held", "followed up", "declined"),
            description="How far it has come; those held or followed up are ties.",
        ),
        Column(name="requested", kind="date", description="When it was asked for."),
        Column(name="held", kind="date", description="When it was held: the tie exists from then on."),
        Column(name="about", kind="text", description="What it was about: an area, a practice, a project."),
        OPTIONAL_SOURCE,
        NOTE,
    ),
    rules=(
        different("asked", "asking", "an exchange joins two actors: correct one of them"),
        ordered("requested", "held"),
    ),
)
