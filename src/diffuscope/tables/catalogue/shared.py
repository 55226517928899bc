"""Columns that mean the same wherever they stand."""

from __future__ import annotations

from diffuscope.tables.columns import Column

SOURCE = Column(
    name="source",
    kind="text",
    required=True,
    description="Where the fact was found: a document's id, with page or line, or a full reference.",
)
OPTIONAL_SOURCE = Column(
    name="source",
    kind="text",
    description="Where the fact was found: a document's id, with page or line, or a full reference.",
)
NOTE = Column(name="note", kind="text", description="Anything a reader should know about the row.")
BASIS = Column(
    name="basis",
    kind="choice",
    choices=("reported", "judged", "assumed", "simulated"),
    default="reported",
    description="How the value came about; all but `reported` are marked wherever the value appears.",
)
DOCUMENT = Column(
    name="document", kind="id", refers_to="documents.document", description="The document that contains it."
)
NEEDED_DOCUMENT = Column(
    name="document",
    kind="id",
    required=True,
    refers_to="documents.document",
    description="The document that contains it.",
)
LOCATOR = Column(name="locator", kind="text", description="Page, line, table or exhibit.")
UNIT = Column(name="unit", kind="id", refers_to="units.unit", description="The actor concerned.")
NEEDED_UNIT = Column(
    name="unit", kind="id", required=True, refers_to="units.unit", description="The actor concerned."
)
NEEDED_POLICY = Column(
    name="policy", kind="id", required=True, refers_to="policies.policy", description="The policy concerned."
)
AREA = Column(name="area", kind="text", description="Area of the classification in `areas`.")
SUB_AREA = Column(name="sub_area", kind="text", description="Sub-area of the classification in `areas`.")
START = Column(name="start", kind="date", description="When it began; empty where unknown.")
END = Column(name="end", kind="date", description="When it ended; empty where unknown or still going on.")


def needed(column: Column, description: str | None = None) -> Column:
    """The same column, now required, with its own sentence if one is given."""
    from dataclasses import replace

    return replace(column, required=True, description=description or column.description)
