"""Public tables of a case or a result, and what each column is: text, number, day, choice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import polars as pl

from diffuscope.case.model import ROW
from diffuscope.case.private import Private
from diffuscope.errors import CaseError
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.tiers import TIER, TIERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diffuscope.tables.columns import Column

Form = Literal["text", "number", "integer", "choice", "day", "month", "year"]
NUMERIC: dict[str, Form] = {
    "number": "number",
    "probability": "number",
    "fraction": "number",
    "integer": "integer",
}
DATES: dict[Form, str] = {
    "year": r"^[0-9]{4}$",
    "month": r"^[0-9]{4}-[0-9]{2}$",
    "day": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
"""How a column of dates is written throughout; one that mixes them stays text."""


@dataclass(frozen=True)
class PublicColumn:
    """A column: its values (dates as text), what it is, what it means, and the values it can have."""

    values: pl.Series
    form: Form
    description: str
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The heading."""
        return self.values.name


@dataclass(frozen=True)
class PublicTables:
    """Tables without anything private.

    Attributes
    ----------
    id, title : str
    tables : dict of str to list of PublicColumn
    left_out : int
        Private rows that are not there.
    """

    id: str
    title: str
    tables: dict[str, list[PublicColumn]]
    left_out: int = 0

    def frame(self, name: str) -> pl.DataFrame:
        """A table as a frame; empty where there is none."""
        return pl.DataFrame([column.values for column in self.tables.get(name, [])])


def public_tables(source: Any) -> PublicTables:
    """The tables of a case, or those that a result holds, without private rows and words.

    Raises
    ------
    CaseError
        If the case has errors, or there are no tables.
    """
    frames, left_out, tiers = _of_result(source) if hasattr(source, "frames") else _of_case(source)
    if not frames:
        raise CaseError("There are no tables to export.")
    tables = {name: list(_columns(name, frame, tiers)) for name, frame in frames.items()}
    about = source.case if hasattr(source, "frames") else source
    return PublicTables(str(about.id), str(about.title), tables, left_out)


def _of_case(case: Any) -> tuple[dict[str, pl.DataFrame], int, tuple[str, ...]]:
    private = Private.of(case)
    if case.errors:
        raise CaseError(
            f"The case `{case.id}` must be fixed before it can be exported.",
            private.scrub_problems(case.problems),
        )
    frames = {name: private.scrub_frame(name, case.table(name)) for name in CATALOGUE if name in case.tables}
    return frames, len(private.rows), case.tiers


def _of_result(result: Any) -> tuple[dict[str, pl.DataFrame], int, tuple[str, ...]]:
    frames: Mapping[str, Any] = result.frames
    if strange := [name for name in frames if not re.fullmatch(r"\w[\w-]{0,79}", name)]:
        raise CaseError(
            f"The result is damaged: `{strange[0][:40]}` is no name of a table."
        )  # it names a file
    tables = {
        name: pl.DataFrame(list(frame.rows or ()), schema=list(frame.columns), orient="row", strict=False)
        for name, frame in frames.items()
    }
    verdicts = [msgspec.to_builtins(verdict) for verdict in result.verdicts]
    if verdicts:
        plain = [name for name, value in verdicts[0].items() if isinstance(value, str | int | float)]
        rows = [[verdict[name] for name in plain] for verdict in verdicts]
        tables["verdicts"] = pl.DataFrame(rows, schema=plain, orient="row", strict=False)
    return tables, 0, TIERS


def _columns(table: str, frame: pl.DataFrame, tiers: tuple[str, ...]) -> Iterable[PublicColumn]:
    declared = {column.name: column for column in CATALOGUE[table].columns} if table in CATALOGUE else {}
    for series in frame.iter_columns():
        if series.name != ROW:
            values = series.list.join(";") if isinstance(series.dtype, pl.List) else series
            known = declared.get(values.name)
            choices = tiers if values.name == TIER else known.choices if known else ()
            yield _column(values, known, choices)


def _column(values: pl.Series, declared: Column | None, choices: tuple[str, ...]) -> PublicColumn:
    description = declared.description if declared else ""
    if values.dtype == pl.Boolean or values.dtype.is_integer():
        return PublicColumn(values.cast(pl.Int64), "integer", description)
    if values.dtype.is_float():
        return PublicColumn(values, "number", description)
    if values.dtype == pl.Null:
        form = NUMERIC.get(declared.kind, "text") if declared else "text"
        kinds = {"number": pl.Float64, "integer": pl.Int64}
        return PublicColumn(values.cast(kinds.get(form, pl.String)), form, description)
    texts = values.cast(pl.String)
    held = texts.drop_nulls()
    if choices and set(held) <= set(choices):
        return PublicColumn(texts, "choice", description, tuple(choices))
    if declared and declared.kind == "date" and len(held):
        for form, pattern in DATES.items():
            if held.str.contains(pattern).all():
                return PublicColumn(texts, form, description)
    return PublicColumn(texts, "text", description)
