"""The network's own words: what people write, and what it stands for."""

from __future__ import annotations

from diffuscope.tables.catalogue.shared import NOTE
from diffuscope.tables.columns import Column, Table

WORDS = Table(
    name="words",
    a_row_is="one of the network's own words, and what it means",
    key=("column", "written"),
    columns=(
        Column(
            name="column",
            kind="id",
            required=True,
            description="Column in which it is written, in any table, e.g. `status`, `area` or `unit`; "
            "`label`: what an edition of the report prints in place of one of its own labels.",
        ),
        Column(
            name="written",
            kind="text",
            required=True,
            description="As people write it. Of several words for one thing, reports print the first.",
        ),
        Column(name="means", kind="text", required=True, description="What the column expects."),
        NOTE,
    ),
)
