"""Whether a variable of `attributes` is measured in numbers or in categories.

The column `value` holds both. A variable is numeric if all but a few of its cells are: the few are told with
their rows, since a `N/A` among numbers would otherwise make every number a category of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from diffuscope.tables.columns import Column
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW
from diffuscope.tables.suggest import UNKNOWN
from diffuscope.tables.typed import NUMBER
from diffuscope.tables.wording import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

Measure = Literal["numbers", "categories", "mixed"]
CATEGORY = "category"
"""What `unit_of_measure` says of a variable whose numbers are names, such as postcodes."""
FEW = 0.2
"""Share of the known values of a numeric variable that may be words; they are told one by one."""
LIKE_A_NUMBER = (
    r"^[(~<>=≈$€£¥฿]*\s*[+\-\x{2212}]?\s*[.,]?[0-9][0-9.,'’\s\x{A0}\x{202F}]*([eE][+-]?[0-9]+)?\s*[%*?)€]*$"
    r"|(?i)^[+-]?inf(inity)?$"
)
"""A number as people write it: with a comma, a percent sign, an asterisk."""
NO_ANSWER = UNKNOWN - {"none", "nil", "x"}
"""Words for an unknown value that are hardly ever a category."""
_VALUE = Column(name="value", kind="number", description="")


def measures(attributes: pl.DataFrame) -> dict[str, Measure]:
    """Level of measurement of every variable: numbers, categories, or a mixture that is neither.

    Parameters
    ----------
    attributes : polars.DataFrame
        The typed table, or rows of it.
    """
    known = attributes.drop_nulls(["variable", "value"])
    if known.is_empty():
        return {}
    counted = known.group_by("variable", maintain_order=True).agg(
        declared=(pl.col("unit_of_measure").str.to_lowercase() == CATEGORY).any(),
        numbers=pl.col("value").str.contains(LIKE_A_NUMBER).sum(),
        words=(~pl.col("value").str.contains(LIKE_A_NUMBER) & ~_stands_for(UNKNOWN)).sum(),
    )
    return {name: _measure(bool(declared), *counts) for name, declared, *counts in counted.iter_rows()}


def _measure(declared: bool, numbers: int, words: int) -> Measure:
    if declared or not numbers:
        return "categories"
    return "numbers" if words <= FEW * (numbers + words) else "mixed"


def _stands_for(words: frozenset[str]) -> pl.Expr:
    return pl.col("value").str.to_lowercase().is_in(sorted(words))


def odd_values(raw: RawTable, frame: pl.DataFrame) -> list[Problem]:
    """Cells of a numeric variable that hold no number; words for *unknown* among categories."""
    measure_of = measures(frame)
    numeric = pl.col("variable").is_in([name for name, measure in measure_of.items() if measure == "numbers"])
    named = pl.col("variable").is_in(
        [name for name, measure in measure_of.items() if measure == "categories"]
    )
    number = pl.col("value").str.contains(NUMBER)
    finite = pl.col("value").cast(pl.Float64, strict=False).is_finite().fill_null(False)
    odd = frame.filter(numeric & pl.col("value").is_not_null() & ~(number & finite)).select(
        ROW, "variable", "value"
    )
    problems: list[Problem] = []
    for (name,), rows in odd.group_by("variable", maintain_order=True):
        problems += of_rows(raw, "value", rows, _among_numbers(str(name), raw.decimal))
    unknown = frame.filter(named & _stands_for(NO_ANSWER)).select(ROW, "value")
    return problems + of_rows(raw, "value", unknown, lambda _: UNKNOWN_CATEGORY, level="warning")


def _among_numbers(variable: str, decimal: str) -> Callable[[str | None], Wording]:
    def word(value: str | None) -> Wording:
        wording = unreadable(_VALUE, value or "", decimal)
        message = f"{wording.message} The other values of `{variable}` are numbers."
        category = f"if `{variable}` names categories, write `{CATEGORY}` into `unit_of_measure` of its rows"
        meant = None if wording.meant is None else f"{wording.meant}; {category}"
        return Wording(wording.rule, message, f"{wording.fix}; {category}", meant)

    return word


UNKNOWN_CATEGORY = Wording(
    "unknown-category",
    "The word means an unknown value, but counts as a separate category.",
    "leave the cell empty where the value is unknown",
)
