"""What a row of a file is: a unit in a year, an adoption, a tie, a fact about a unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.importing.columns import is_status
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from diffuscope.importing.import_map import Shape
    from diffuscope.importing.source_file import SourceFile


@dataclass(frozen=True)
class Shaped:
    """What a row of a file is, and which columns hold policies."""

    shape: Shape
    policies: tuple[str, ...] = ()


def shape_of(source: SourceFile) -> Shaped:
    """What a row of a file is.

    Raises
    ------
    PlanError
        If it cannot be told; it says what to name.
    """
    frame, columns, settings, file = source.frame, source.columns, source.settings, source.name
    if settings.shape is not None:
        return Shaped(settings.shape, _policies(source, settings.shape))
    if columns.sender and columns.receiver:
        return Shaped("ties")
    if columns.unit is None:
        if columns.policy is not None and frame[columns.policy].is_unique().all():
            return Shaped("policies")
        has = in_code(frame.columns[:20])
        raise PlanError(
            f"In `{file}` no column is known as the unit. Say which: --unit COLUMN. It has {has}. "
            "If a row is a tie, name its columns `sender` and `receiver` in a map: --map FILE."
        )
    shaped = _of_policies(source) or _without_policies(source)
    source.decide(
        None, f"A row is {ROW_IS[shaped.shape]}.", f'say in the map: shape = "…", one of {in_code(ROW_IS)}'
    )
    return shaped


def _policies(source: SourceFile, shape: Shape) -> tuple[str, ...]:
    """Columns of policies in a file whose shape a person says."""
    if shape not in ("panel", "years"):
        return ()
    named = tuple(name for name in source.settings.policy if name in source.frame.columns)
    if not named and shape == "panel":
        named = _of_status(source)
    if not named:
        raise PlanError(f"`{source.name}` is a table of {ROW_IS[shape]}; name them: --policy COLUMN")
    return named


OF_ADOPTION = ("adopt", "toa")
"""What the name of a column holds that says when somebody adopted."""
ROW_IS: dict[Shape, str] = {
    "panel": "a unit at a time, with policies as 0 and 1",
    "years": "a unit, with the dates of its adoptions",
    "adoptions": "an adoption",
    "covariates": "facts about a unit",
    "ties": "a tie",
    "units": "a unit",
    "policies": "a policy",
}


def _of_policies(source: SourceFile) -> Shaped | None:
    """The shape that columns of policies give; None where the file names none."""
    frame, columns, settings = source.frame, source.columns, source.settings
    named = tuple(name for name in settings.policy if name in frame.columns)
    lacking = [name for name in settings.policy if name not in frame.columns]
    if named and lacking:
        has = in_code(frame.columns[:20])
        raise PlanError(f"`{source.name}` lacks the column `{lacking[0]}`; it has {has}.")
    if len(named) == 1 and frame[named[0]].dtype == pl.String and not is_status(frame[named[0]]):
        if columns.time is not None:
            return Shaped("adoptions")
        return Shaped("years", named)
    if named:
        return Shaped("panel" if columns.time is not None and _repeats(source) else "years", named)
    if columns.policy is not None and columns.time is not None:
        return Shaped("adoptions")
    return None


def _without_policies(source: SourceFile) -> Shaped:
    """The shape of a file of units in which no column of policies is named."""
    if source.columns.time is None:
        return Shaped("covariates")
    if not _repeats(source):
        return _once_each(source)
    turning = _of_status(source)
    if len(turning) > 1:
        raise PlanError(
            f"In `{source.name}` {in_code(turning)} turn from 0 to 1. Which are policies? Say so: --policy "
            f"{turning[0]}"
        )
    if turning and source.settings.policy:
        statement = f"It is the policy `{source.settings.policy[0]}`: the only column that turns from 0 to 1."
        source.decide(turning[0], statement, "name the column: --policy COLUMN")
        return Shaped("panel", turning)
    if turning:
        source.notes.ask(
            f"Is `{turning[0]}` of `{source.name}` the policy? It is the only column that turns from 0 to 1."
        )
        return Shaped("panel", turning)
    return Shaped("covariates")


def _once_each(source: SourceFile) -> Shaped:
    """The shape of a file with a time and one row for each unit: adoptions, unless it may hold facts."""
    others = source.columns.others(source.frame)
    time = source.columns.time or ""
    if others and not source.settings.policy and not any(word in time.casefold() for word in OF_ADOPTION):
        raise PlanError(
            f"In `{source.name}` each unit has one row: is `{time}` when it adopted, or when "
            f"{in_code(others[:3])} held? If it adopted then, say what: --policy NAME. If not, say so in the "
            'map: shape = "covariates".'
        )
    return Shaped("adoptions")


def _repeats(source: SourceFile) -> bool:
    """Whether any unit has several rows."""
    return bool(source.units().drop_nulls().is_duplicated().any())


def _of_status(source: SourceFile) -> tuple[str, ...]:
    """Columns of 0 and 1 that turn from 0 to 1 in some unit, and never back."""
    unit, time = source.columns.unit or "", source.columns.time or ""
    order = source.frame.sort(unit, time, maintain_order=True)
    names = []
    for name in source.columns.others(order):
        if not is_status(order[name]):
            continue
        moved = pl.DataFrame({"unit": order[unit], "own": order[name].cast(pl.Float64)}).drop_nulls()
        step = moved.select(pl.col("own").diff().over("unit"))["own"].drop_nulls()
        if (step > 0).any() and not (step < 0).any():
            names.append(name)
    return tuple(names)
