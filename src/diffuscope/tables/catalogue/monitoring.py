"""A programme's own scheme, its projects by wave, and what was printed about them."""

from __future__ import annotations

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
from diffuscope.tables.rules import needs

STATUSES = ("planning", "ongoing", "completed", "undetermined", "not stated")
STATUS = Column(name="status", kind="choice", choices=STATUSES, says="State of the project.")
WAVE = Column(name="wave", kind="id", says="Reporting wave, as dated in `[waves]` of `case.toml`.")

QUANTITY = (
    "What is counted. Checked against the register: `projects`, `share` (per cent), `cities`. Checked "
    "against the programme's own report: `listed` (a sub-area named in a list), `listed-city`, "
    "`caption-year`. Any other word is kept and said to be not checkable."
)
KNOWN_BY = Column(
    name="known_by", kind="text", says="Who looked at a difference found here and accepted it; empty: nobody."
)
KNOWN_WHY = Column(name="known_why", kind="text", says="Why the difference is accepted; it stays visible.")

FRAMEWORK = Table(
    name="framework",
    a_row_is="one item of a programme's own scheme",
    key=("kind", "item"),
    columns=(
        Column(name="kind", kind="id", required=True, says="outcome, urban system, focus area, enabler …"),
        Column(name="order", kind="integer", says="Place in the scheme's own order."),
        Column(name="item", kind="text", required=True, says="The item."),
        Column(name="parent", kind="text", says="The item it belongs to."),
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
        Column(name="sub_area", kind="text", says="Name of the sub-area; empty for the area itself."),
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
            name="project", kind="id", says="Id that links the same project across waves; empty: unlinked."
        ),
        NEEDED_UNIT,
        Column(name="title", kind="text", required=True, says="Title as printed in that wave."),
        AREA,
        SUB_AREA,
        needed(STATUS),
        Column(
            name="partner",
            kind="ids",
            refers_to="units.unit",
            says="Partners named for the project, separated by semicolons.",
        ),
        Column(
            name="status_basis",
            kind="text",
            required=True,
            says="What the status rests on; begins with `judged` where it is a judgement.",
        ),
        Column(
            name="link_basis",
            kind="choice",
            required=True,
            choices=("exact title", "judged", "not linked"),
            says="Why `project` says it is the same as in another wave.",
        ),
        SOURCE,
        NOTE,
    ),
    rules=(needs("sub_area", "area"),),
)

PUBLISHED = Table(
    name="published",
    a_row_is="a figure as a document prints it",
    columns=(
        NEEDED_DOCUMENT,
        LOCATOR,
        Column(name="quantity", kind="id", required=True, says=QUANTITY),
        UNIT,
        AREA,
        SUB_AREA,
        STATUS,
        WAVE,
        Column(name="printed", kind="text", required=True, says="Verbatim, signs and blanks included."),
        Column(name="value", kind="number", required=True, says="The number it stands for."),
        Column(name="decimals", kind="integer", required=True, low=0, high=9, says="Decimals printed."),
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
        Column(name="id", kind="id", required=True, says="Id of the claim, unique in the case."),
        NEEDED_DOCUMENT,
        LOCATOR,
        Column(name="paraphrase", kind="text", required=True, says="What it states, in your own words."),
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
            says="What sort of statement it is.",
        ),
        UNIT,
        AREA,
        SUB_AREA,
        Column(name="from_wave", kind="id", says="Wave it compares from."),
        Column(name="to_wave", kind="id", says="Wave it speaks of, or compares to."),
        Column(
            name="quantity",
            kind="id",
            says="What it counts: `projects` (or empty), `cities`, `areas`; `implementation`, where all "
            "completed may also mean all under way; for `only`, the attribute that nobody else has.",
        ),
        Column(name="value", kind="number", says="The number it states, if any."),
        KNOWN_BY,
        KNOWN_WHY,
        NOTE,
    ),
    rules=(needs("known_by", "known_why"), needs("known_why", "known_by")),
)
