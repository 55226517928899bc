"""Adoptions, facts, ties and policies from tables whose rows are these already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.importing.parts import ADOPTIONS, ATTRIBUTES, TIES, Part, text_of
from diffuscope.importing.times import dated, times_of
from diffuscope.panel.native_frames import ids
from diffuscope.panel.periods import WRITTEN, first_date, last_date
from diffuscope.records.phrases import counted, noun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.importing.source_file import SourceFile
    from diffuscope.importing.times import Times
    from diffuscope.panel.periods import Grain

OF_UNITS = ("kind", "role", "lat", "lon", "aliases", "parent")
"""Columns of the table `units` that a file may hold as they are."""
OF_POLICY = {"name": ("description", "title", "policy_name", "label"), "topic": ("topic", "majortopic")}
"""What a file calls the name and the topic of a policy."""


def of_adoptions(source: SourceFile, policy: str) -> Part:
    """Adoptions of a table with a row for each; what an empty date means is said, or asked."""
    frame, columns, settings = source.frame, source.columns, source.settings
    held, time = frame[columns.time or ""], source.times(columns.time or "")
    own = pl.repeat(policy, frame.height, eager=True)
    latest = _dates(source, columns.time_latest)
    latest = last_date(latest.zip_with(latest.is_not_null() | ~time.of_months, time.text))
    rows = pl.DataFrame(
        {
            "unit": source.units(),
            "policy": ids(frame[columns.policy]) if columns.policy else own,
            "time": first_date(time.text),
            "time_latest": latest,
            "until": first_date(_dates(source, columns.until)),
            "source": _by_row(source),
        }
    )
    never = held.is_not_null() & dated(held, settings.never).is_null()  # a year for "never" is no adoption
    undated = held.is_null() & rows["time_latest"].is_null() & rows["until"].is_null()
    if undated.any() and _never_adopted(source, int(undated.sum())):
        never |= undated
    units = source.named_units()
    tables = {"units": units, "adoptions": rows.filter(~never).select(ADOPTIONS)}
    return Part(tables=tables, grain=time.grain, counted=_counted(time))


def _never_adopted(source: SourceFile, rows: int) -> bool:
    """Whether rows without a date never adopted; otherwise they adopted, at an unknown date.

    Raises
    ------
    PlanError
        If both can be meant: in a list of adoptions. A table with one row for each unit lists who could
        adopt.
    """
    many, said = counted(rows, "row"), source.settings.empty
    if said is None and source.columns.policy is not None:
        raise PlanError(
            f"`{source.name}`: {many} {noun(rows, 'has', 'have')} no date. Say in the map what that means: "
            f'[file."{source.name}"] empty = "never" (did not adopt), or "unknown" (it did, date unknown).'
        )
    if said is None:
        source.decide(
            source.columns.time,
            f"{many} {noun(rows, 'has', 'have')} no date: such a unit did not adopt.",
            'for adoptions at an unknown date, say in the map: empty = "unknown"',
        )
    return said != "unknown"


def _counted(times: Times | None) -> bool | None:
    """Whether times are numbers of periods; None where there are none."""
    return None if times is None or times.text.is_null().all() else times.counted


def _dates(source: SourceFile, column: str | None) -> pl.Series:
    if column is None:
        return pl.Series("none", [None] * source.frame.height, dtype=pl.String)
    times = times_of(source.frame[column], source.counting())
    return text_of(source.frame[column]) if times is None else times.text


def _by_row(source: SourceFile) -> pl.Series:
    row = pl.int_range(2, source.frame.height + 2, eager=True)
    return pl.select(pl.format("{}, row {}", pl.lit(source.name), row)).to_series()


def of_facts(
    source: SourceFile, others: Sequence[str], times: Times | None, reserved: frozenset[str]
) -> Part:
    """Columns of facts about units, a row for each value; what never differs within a unit has no date."""
    unit, frame = source.units(), source.frame
    own = [name for name in OF_UNITS if name in others and times is None]
    units = source.named_units()
    if own:
        facts = pl.DataFrame({"unit": unit} | {name: text_of(frame[name]) for name in own})
        first = (
            facts.drop_nulls("unit").group_by("unit", maintain_order=True).agg(pl.all().drop_nulls().first())
        )
        units = units.join(first, "unit", "left")
    tables = [pl.DataFrame(schema=dict.fromkeys(ATTRIBUTES, pl.String))]
    for column in others:
        variable = source.settings.rename.get(column, column)
        if column in own or not variable:
            continue
        if variable in reserved:
            variable = f"own_{variable.strip('_')}"
            source.decide(
                column,
                f"It is called `{variable}`, as panels have a column `{column}`.",
                f'name it: [file."{source.name}".rename] {column} = "…"',
            )
        written_in = pl.lit(f"{source.name}, column {column}")
        tables.append(_long(frame[column], unit, times, variable).with_columns(source=written_in))
    facts = pl.concat(tables, how="diagonal").select(ATTRIBUTES)
    return Part(tables={"units": units, "attributes": facts}, counted=_counted(times))


def _long(column: pl.Series, unit: pl.Series, times: Times | None, variable: str) -> pl.DataFrame:
    time = (
        pl.Series("time", [None] * len(column), dtype=pl.String) if times is None else first_date(times.text)
    )
    rows = pl.DataFrame({"unit": unit, "time": time, "value": text_of(column)}).drop_nulls(["unit", "value"])
    rows = rows.with_columns(variable=pl.lit(variable))
    if times is None or rows.is_empty():
        return rows
    held = pl.DataFrame({"unit": unit, "value": text_of(column)}).drop_nulls("unit")
    differs = (held.group_by("unit").agg(pl.col("value").n_unique().alias("n"))["n"] > 1).any()
    if differs:
        return rows
    return rows.unique("unit", keep="first", maintain_order=True).with_columns(time=pl.lit(None, pl.String))


def of_ties(source: SourceFile, layer: str) -> Part:
    """Ties of a table with a row for each; a strength that is not given is 1."""
    frame, columns, named = source.frame, source.columns, source.settings.layer
    times = None if columns.time is None else source.times(columns.time)
    when = _dates(source, None) if times is None else times.text
    many = frame.height
    rows = pl.DataFrame(
        {
            "layer": text_of(frame[named]) if named in frame.columns else pl.repeat(layer, many, eager=True),
            "sender": ids(frame[columns.sender or ""]),
            "receiver": ids(frame[columns.receiver or ""]),
            "weight": text_of(frame[columns.weight]) if columns.weight else pl.repeat("1", many, eager=True),
            "start": first_date(when),
            "end": last_date(when),
            "source": _by_row(source),
        }
    )
    ends = pl.concat([rows["sender"], rows["receiver"]]).drop_nulls().unique(maintain_order=True)
    tables = {"units": pl.DataFrame({"unit": ends, "name": ends}), "ties": rows.select(TIES)}
    return Part(tables=tables, counted=_counted(times))


def of_policies(source: SourceFile) -> Part:
    """What a table says of each policy: its name and topic, where they never differ within it."""
    frame = source.frame
    rows = {"policy": ids(frame[source.columns.policy or ""])}
    for column, usual in OF_POLICY.items():
        met = [name for name in frame.columns if name.casefold() in usual]
        if met and _constant(rows["policy"], frame[met[0]]):
            rows[column] = text_of(frame[met[0]])
    table = pl.DataFrame(rows).drop_nulls("policy").unique("policy", keep="first", maintain_order=True)
    return Part(tables={"policies": table.with_columns(source=pl.lit(source.name))})


def _constant(policy: pl.Series, column: pl.Series) -> bool:
    held = pl.DataFrame({"policy": policy, "held": column}).drop_nulls()
    return not (held.group_by("policy").agg(pl.col("held").n_unique().alias("n"))["n"] > 1).any()


def grain_of(parts: Sequence[Part]) -> Grain:
    """How fine dates are in all files: the coarsest, as order is known no finer."""
    met = {part.grain for part in parts if "adoptions" in part.tables}
    return next((grain for grain in WRITTEN if grain in met), "year") if None not in met else "year"
