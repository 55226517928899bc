"""A programme's own scheme, its projects by wave, and what was printed about them."""

from __future__ import annotations

from diffuscope.records.statuses import STATUSES
from diffuscope.tables.catalogue.shared import (
    AREA,
    DOCUMENT,
    LOCATOR,
    NEEDED_DOCUMENT,
    NEEDED_UNIT,
    NOTE,
    OPTIONAL_SOURCE,
    SOURCE,
    SUB_AREA,
    UNIT,
    needed,
)
from diffuscope.tables.columns import Column, Table
from diffuscope.tables.currencies import currency_code
from diffuscope.tables.rules import STATUS_RULES, either, needs, ordered

STATUS = Column(
    name="status",
    kind="choice",
    choices=tuple(STATUSES),
    description="State of the project. `undetermined`: the source leaves it open; `not stated`: it says "
    "nothing.",
)
WAVE = Column(name="wave", kind="id", description="Reporting wave, as dated in `[waves]` of `case.toml`.")

QUANTITY = (
    "What is counted. Checked against the register: `projects`, `share` (per cent), `cities`, `returns` "
    "(how many were received), `expected-returns`, `carried-forward` (units with rows of an earlier wave). "
    "Checked against the programme's own report: `listed` (a sub-area named in a list), `listed-city`, "
    "`caption-year`. Any other word is kept and reported as not checkable."
)
KNOWN_BY = Column(
    name="known_by",
    kind="text",
    description="Who examined a difference found here and accepted it; empty: nobody.",
)
KNOWN_WHY = Column(
    name="known_why", kind="text", description="Why the difference is accepted; it stays visible."
)

FRAMEWORK = Table(
    name="framework",
    a_row_is="one item of a programme's own framework",
    key=("kind", "item"),
    columns=(
        Column(
            name="kind", kind="id", required=True, description="outcome, urban system, focus area, enabler …"
        ),
        Column(name="order", kind="integer", description="Its position in the framework."),
        Column(name="item", kind="text", required=True, description="The item."),
        Column(name="parent", kind="text", description="The item it belongs to."),
        DOCUMENT,
        LOCATOR,
    ),
)

AREAS = Table(
    name="areas",
    a_row_is="an area, or a sub-area of an area, of the classification of projects",
    key=("area", "sub_area"),
    columns=(
        needed(AREA, "Name of the area."),
        Column(name="sub_area", kind="text", description="Name of the sub-area; empty for the area itself."),
        OPTIONAL_SOURCE,
        NOTE,
    ),
)

PROJECTS = Table(
    name="projects",
    a_row_is="one project as one reporting wave shows it",
    columns=(
        needed(WAVE),
        Column(
            name="project",
            kind="id",
            description="Id that links the same project across waves; empty: unlinked.",
        ),
        Column(
            name="unit",
            kind="ids",
            required=True,
            refers_to="units.unit",
            description="Whose project it is. Several actors, separated by semicolons, the leading one "
            "first: a joint project, counted once in totals and in each of them.",
        ),
        Column(name="title", kind="text", required=True, description="Title as printed in that wave."),
        Column(name="description", kind="text", description="What the project does, in a few sentences."),
        AREA,
        SUB_AREA,
        needed(STATUS),
        Column(
            name="succeeds",
            kind="ids",
            description="Ids of projects of an earlier wave that this one continues under another id, "
            "separated by semicolons: renamed (one id here and there), split (several rows name one id), "
            "merged (one row names several ids) or replaced.",
        ),
        Column(
            name="budget",
            kind="number",
            minimum=0,
            description="Money planned for the whole project, in `currency`; empty where none is stated.",
        ),
        Column(name="currency", kind="id", description="Currency of `budget` (ISO 4217), e.g. USD."),
        Column(name="start_planned", kind="date", description="When it was to begin."),
        Column(
            name="start",
            kind="date",
            description="When it began; empty where it has not, or that is unknown.",
        ),
        Column(name="end_planned", kind="date", description="When it is to be completed."),
        Column(
            name="end",
            kind="date",
            description="When it was completed; empty where it is not, or that is unknown.",
        ),
        Column(
            name="percent_complete",
            kind="number",
            minimum=0,
            maximum=100,
            unit="per cent",
            description="Reported progress, from 0 to 100.",
        ),
        Column(
            name="partner",
            kind="ids",
            refers_to="units.unit",
            description="Partners named for the project, separated by semicolons.",
        ),
        Column(
            name="status_basis",
            kind="text",
            required=True,
            description="Source of the status; begins with `judged` where it is a judgement.",
        ),
        Column(
            name="link_basis",
            kind="choice",
            required=True,
            choices=("exact title", "judged", "not linked"),
            description="Why `project` says it is the same as in another wave.",
        ),
        SOURCE,
        NOTE,
    ),
    rules=(
        needs("sub_area", "area"),
        needs("budget", "currency"),
        needs("currency", "budget"),
        currency_code("error"),
        ordered("start_planned", "end_planned"),
        ordered("start", "end"),
        *STATUS_RULES,
    ),
)

INDICATORS = Table(
    name="indicators",
    a_row_is="one indicator of an actor as one reporting wave shows it",
    key=("unit", "wave", "indicator"),
    columns=(
        NEEDED_UNIT,
        needed(WAVE),
        Column(
            name="indicator",
            kind="id",
            required=True,
            description="Id of the indicator, the same in every wave.",
        ),
        Column(name="name", kind="text", required=True, description="What is measured, in words."),
        Column(
            name="baseline", kind="number", description="Value at the start, which progress is measured from."
        ),
        Column(name="target", kind="number", description="Target value."),
        Column(name="actual", kind="number", description="Value that the wave reports; empty where none is."),
        Column(name="unit_of_measure", kind="text", description="What the numbers count, e.g. km, per cent."),
        DOCUMENT,
        LOCATOR,
        OPTIONAL_SOURCE,
        NOTE,
    ),
    rules=(either("document", "source", "say where the values were found"),),
)

PUBLISHED = Table(
    name="published",
    a_row_is="a figure as a document prints it",
    columns=(
        NEEDED_DOCUMENT,
        LOCATOR,
        Column(name="quantity", kind="id", required=True, description=QUANTITY),
        UNIT,
        AREA,
        SUB_AREA,
        STATUS,
        WAVE,
        Column(
            name="printed",
            kind="text",
            required=True,
            description="Exactly as printed, including signs and spaces.",
        ),
        Column(name="value", kind="number", required=True, description="The printed value as a number."),
        Column(
            name="decimals",
            kind="integer",
            required=True,
            minimum=0,
            maximum=9,
            description="Decimals printed.",
        ),
        KNOWN_BY,
        KNOWN_WHY,
        NOTE,
    ),
    rules=(needs("known_by", "known_why"), needs("known_why", "known_by")),
)

CLAIMS = Table(
    name="claims",
    a_row_is="a checkable statement of a document about the data",
    key=("id",),
    columns=(
        Column(name="id", kind="id", required=True, description="Id of the claim, unique in the case."),
        NEEDED_DOCUMENT,
        LOCATOR,
        Column(
            name="paraphrase", kind="text", required=True, description="What it states, in your own words."
        ),
        Column(
            name="kind",
            kind="choice",
            required=True,
            choices=(
                "rises",
                "falls",
                "unchanged",
                "adds",
                "drops",
                "all completed",
                "share",
                "total",
                "first",
                "only",
            ),
            description="Kind of statement.",
        ),
        UNIT,
        AREA,
        SUB_AREA,
        Column(name="from_wave", kind="id", description="Wave it compares from."),
        Column(name="to_wave", kind="id", description="Wave it is about, or compares to."),
        Column(
            name="quantity",
            kind="id",
            description="What it counts: `projects` (or empty), `cities`, `areas`; `implementation`, where "
            "all completed may also mean all under way; for `only`, the attribute that no other unit has.",
        ),
        Column(name="value", kind="number", description="The number it states, if any."),
        KNOWN_BY,
        KNOWN_WHY,
        NOTE,
    ),
    rules=(needs("known_by", "known_why"), needs("known_why", "known_by")),
)
