"""What connects actors: ties, support, meetings."""

from __future__ import annotations

from diffuscope.tables.catalogue.shared import (
    BASIS,
    END,
    NEEDED_UNIT,
    NOTE,
    OPTIONAL_SOURCE,
    SOURCE,
    START,
    needed,
)
from diffuscope.tables.columns import Column, Table
from diffuscope.tables.currencies import currency_code
from diffuscope.tables.rules import different, needs, not_negative, ordered

TIES = Table(
    name="ties",
    a_row_is="a directed, weighted tie: the sender acts on the receiver",
    key=("layer", "sender", "receiver", "start", "end"),
    columns=(
        Column(
            name="layer",
            kind="id",
            required=True,
            description="Which kind of tie, e.g. `exports` or `distance`.",
        ),
        Column(
            name="sender",
            kind="id",
            required=True,
            refers_to="units.unit",
            description="The actor that influences.",
        ),
        Column(
            name="receiver",
            kind="id",
            required=True,
            refers_to="units.unit",
            description="The actor that is influenced.",
        ),
        Column(
            name="weight",
            kind="number",
            required=True,
            description="Strength in the layer's own unit, not below 0; a tie that does not "
            "exist has no row.",
        ),
        START,
        END,
        Column(
            name="derived_from",
            kind="id",
            description="The table or layer it was computed from; empty for a raw fact.",
        ),
        BASIS,
        SOURCE,
        NOTE,
    ),
    rules=(
        ordered("start", "end"),
        different(
            "receiver",
            "sender",
            "a tie joins two actors: correct one end; a fact about one actor alone can stand in `attributes`",
        ),
        not_negative("weight", "give the strength as a number from 0; negative ties need their own layer"),
    ),
)

SUPPORT_STAGES = ("pledged", "committed", "paid")
"""How far support has come; what is pledged is not paid."""

SUPPORT = Table(
    name="support",
    a_row_is="aid, training, expertise or technology that one actor gives another",
    columns=(
        Column(name="partner", kind="id", required=True, refers_to="units.unit", description="Who gives."),
        Column(
            name="recipient",
            kind="id",
            required=True,
            refers_to="units.unit",
            description="Who receives: an actor, or a group such as the whole network.",
        ),
        Column(name="kind", kind="text", required=True, description="What is given, e.g. finance, training."),
        Column(name="name", kind="text", description="Name of the programme or instrument."),
        Column(
            name="amount",
            kind="number",
            description="Sum of money; below 0 where it revises or withdraws an earlier row; empty "
            "where none is stated.",
        ),
        Column(name="currency", kind="id", description="Currency of the amount (ISO 4217), e.g. USD."),
        START,
        END,
        Column(
            name="conditional",
            kind="choice",
            choices=("yes", "no"),
            description="Whether it was tied to a condition; empty: unknown.",
        ),
        Column(
            name="stage",
            kind="choice",
            choices=SUPPORT_STAGES,
            description="How far it has come: promised, agreed in writing, or handed over. Sums keep stages "
            "apart, and what is only pledged is no tie of support. Empty: unknown.",
        ),
        BASIS,
        SOURCE,
        NOTE,
    ),
    rules=(
        ordered("start", "end"),
        needs("amount", "currency"),
        currency_code("warning"),
        different("recipient", "partner", "support joins two actors: correct one of them"),
    ),
)

EVENTS = Table(
    name="events",
    a_row_is="a meeting, workshop, summit or training at which actors could learn from each other",
    key=("event",),
    columns=(
        Column(
            name="event", kind="id", required=True, description="Short id of the event, unique in the case."
        ),
        Column(name="name", kind="text", required=True, description="Name as a reader should see it."),
        needed(START, "First day, month or year."),
        END,
        Column(name="kind", kind="text", required=True, description="Workshop, annual meeting, training …"),
        Column(name="place", kind="text", description="Where it was held."),
        Column(name="host", kind="id", refers_to="units.unit", description="The actor that hosted it."),
        OPTIONAL_SOURCE,
        NOTE,
    ),
    rules=(ordered("start", "end"),),
)

ATTENDANCE = Table(
    name="attendance",
    a_row_is="an actor's presence at an event",
    key=("event", "unit", "role"),
    columns=(
        Column(name="event", kind="id", required=True, refers_to="events.event", description="The event."),
        NEEDED_UNIT,
        Column(name="role", kind="text", description="Member, chair, shepherd, host, speaker, partner …"),
        OPTIONAL_SOURCE,
        NOTE,
    ),
)
