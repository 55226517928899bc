"""What can be adopted, who adopted it when, and what came of it."""

from __future__ import annotations

from diffuscope.tables.catalogue.shared import (
    BASIS,
    NEEDED_POLICY,
    NEEDED_UNIT,
    NOTE,
    OPTIONAL_SOURCE,
    SOURCE,
)
from diffuscope.tables.columns import Column, Table
from diffuscope.tables.rules import different, needs, ordered

POLICIES = Table(
    name="policies",
    a_row_is="something that can be adopted",
    key=("policy",),
    columns=(
        Column(
            name="policy", kind="id", required=True, description="Short id of the policy, unique in the case."
        ),
        Column(name="name", kind="text", required=True, description="Name as a reader should see it."),
        Column(
            name="group",
            kind="id",
            description="Policies of one group are variants or parts of one programme.",
        ),
        Column(name="topic", kind="text", description="Field of policy."),
        Column(
            name="origin",
            kind="choice",
            choices=("after first", "first"),
            default="after first",
            description="When units come at risk of adopting it: in the period after the first adoption "
            "anywhere (the first to adopt had nobody before it, and is no event), or with the first "
            "adoption (`first`: the first to adopt is an event).",
        ),
        Column(
            name="area",
            kind="text",
            description="Area of `areas` that a unit with such projects has adopted: `adoptions` then "
            "follow from `projects`, or are compared with it. Empty: the register has no information on this "
            "policy.",
        ),
        Column(name="sub_area", kind="text", description="The same for a sub-area of it."),
        Column(
            name="area_counts",
            kind="choice",
            choices=("begun", "listed"),
            default="begun",
            description="Which projects show the adoption of an area: those ongoing or completed (`begun`), "
            "or all that are listed, whatever their status (`listed`).",
        ),
        OPTIONAL_SOURCE,
        NOTE,
    ),
    rules=(needs("sub_area", "area"),),
)

ADOPTIONS = Table(
    name="adoptions",
    a_row_is="one spell in which an actor has a policy",
    key=("unit", "policy", "tier", "time", "time_latest"),
    columns=(
        NEEDED_UNIT,
        NEEDED_POLICY,
        Column(
            name="time",
            kind="date",
            description="When it was adopted, or the earliest it can have been. Empty with "
            "`time_latest`: adopted by then. Both empty: adopted, date unknown.",
        ),
        Column(name="time_latest", kind="date", description="The latest it can have been adopted."),
        Column(
            name="until", kind="date", description="When it was repealed or lapsed; empty: still in place."
        ),
        Column(
            name="tier",
            kind="text",
            description="How far it had gone at that date: `announced`, `adopted`, `in force` or "
            "`implemented`, or one of the tiers that `[tiers]` of `case.toml` declares. An event is the "
            "first date at which the tier of the question (`adopted`, if it names none) or a higher one is "
            "reached. Empty: the tier of the question.",
        ),
        Column(
            name="decision",
            kind="id",
            description="Rows with the same value were decided together, such as by a common directive or "
            "at a launch. They are one event for statistics: they never expose each other, standard errors "
            "cluster on the decision, and none of them counts as earlier.",
        ),
        Column(
            name="confidence",
            kind="choice",
            choices=("high", "medium", "low"),
            description="How sure the date is.",
        ),
        Column(
            name="learned_from",
            kind="id",
            refers_to="units.unit",
            description="From whom the actor says, or a source says, that it learned of the policy. It is "
            "shown and counted, and is no tie: there is none without an adoption. Empty: unknown.",
        ),
        BASIS,
        SOURCE,
        NOTE,
    ),
    rules=(
        ordered("time", "time_latest"),
        ordered("time", "until"),
        different("learned_from", "unit", "nobody learns a policy from itself: name the other actor"),
    ),
)

OUTCOMES = Table(
    name="outcomes",
    a_row_is="a result of an adoption, measured at one time",
    key=("unit", "policy", "time", "value"),
    columns=(
        NEEDED_UNIT,
        NEEDED_POLICY,
        Column(name="time", kind="date", required=True, description="When it was measured."),
        Column(name="value", kind="number", required=True, description="The measured value."),
        Column(
            name="better",
            kind="choice",
            required=True,
            choices=("higher", "lower"),
            description="Which direction is success.",
        ),
        SOURCE,
        NOTE,
    ),
)
