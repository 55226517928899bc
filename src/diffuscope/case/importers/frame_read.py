"""A table read from another program's file, with what should be known of how it was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class FrameRead:
    """A table of a file.

    Attributes
    ----------
    frame : polars.DataFrame
    notes : list of str
        What a reader decided, or could not keep; a sentence each, without the name of the file.
    labels : dict of str to str
        What columns mean, where the file says so.
    """

    frame: pl.DataFrame
    notes: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
