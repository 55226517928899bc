"""Nominations of a network survey: whom each respondent names as adviser, friend or model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.errors import CaseError
from diffuscope.records import Problem
from diffuscope.records.phrases import counted
from diffuscope.ties.dates import moment
from diffuscope.ties.from_frame import ROW, layer_from_frame, read_ids, until_next

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.ties.layer import Layer


def layer_from_nominations(
    survey: Any,
    named: Sequence[str],
    name: str = "nominations",
    *,
    unit: str = "id",
    group: str | None = None,
    time: str | None = None,
    source: str | None = None,
) -> Layer:
    """Nominations of a survey with a respondent a row, as a layer: whoever is named acts on who names them.

    Parameters
    ----------
    survey : pandas, Polars or Arrow table
    named : str or sequence of str
        Columns that hold the ids of those named; a person named twice by one respondent weighs 2.
    name : str
    unit : str
        Column with the respondent's id.
    group : str, optional
        Column within whose values ids are unique and names are meant (village, school, city); a unit is then
        called ``group:id``.
    time : str, optional
        Column with the date of each wave; the ties then change.
    source : str, optional

    Returns
    -------
    Layer
        Of the respondents. Naming somebody who was not asked, or oneself, makes no tie; a note counts them.

    Raises
    ------
    CaseError
        If a respondent has no id, or stands there twice in one wave.
    PlanError
        If a column is lacking.
    """
    named = [named] if isinstance(named, str) else list(named)
    frame = read_ids(survey, [unit, *named, *([group] if group else []), *([time] if time else [])])
    prefix = pl.col(group) + ":" if group else pl.lit("")
    wave = pl.col(time) if time else pl.lit(None, pl.String)
    respondents = frame.select(
        ROW, prefix.alias("group"), receiver=prefix + pl.col(unit), start=wave, names=pl.concat_list(named)
    )
    _refuse(respondents, unit)
    long = respondents.explode("names").filter(pl.col("names").is_not_null())
    long = long.with_columns(sender=pl.col("group") + pl.col("names"))
    oneself = long.filter(pl.col("sender") == pl.col("receiver")).height
    known = respondents["receiver"].unique()
    ties = long.filter(pl.col("sender").is_in(known.implode()) & (pl.col("sender") != pl.col("receiver")))
    outside = long.height - oneself - ties.height
    pairs = ties.group_by("sender", "receiver", "start").agg(pl.len().cast(pl.Float64).alias("weight"))
    if time:
        pairs = _until_next(pairs, respondents)
    layer = layer_from_frame(pairs, name, units=sorted(known), source=source)
    outsiders = counted(
        outside, "nomination of an actor that was not asked", "nominations of actors that were not asked"
    )
    notes = [
        note
        for count, note in ((outside, outsiders), (oneself, counted(oneself, "self-nomination")))
        if count
    ]
    waves = respondents["start"].drop_nulls().unique().to_list()
    last = max(waves, key=lambda wave: moment(wave, "The time of a wave"), default=None)
    return replace(layer, notes=tuple(notes), unit_of_measure="times named", last_wave=last)


def _until_next(pairs: pl.DataFrame, respondents: pl.DataFrame) -> pl.DataFrame:
    """Ties of one wave hold until the next wave replaces them."""
    ends = until_next(respondents["start"])
    return pairs.with_columns(end=pl.col("start").replace_strict(ends, return_dtype=pl.String))


def _refuse(respondents: pl.DataFrame, unit: str) -> None:
    for wrong, rule, message in (
        (pl.col("receiver").is_null(), "missing-value", "A respondent has no id or no group."),
        (pl.struct("receiver", "start").is_duplicated(), "repeated", "A respondent is in two rows."),
    ):
        rows = respondents.filter(wrong)[ROW].to_list()
        if rows:
            fix = "name the column `group` or `time` that tells them apart, or fix the id"
            problems = [
                Problem(
                    level="error", rule=rule, message=message, fix=fix, table="survey", row=row, column=unit
                )
                for row in rows
            ]
            raise CaseError(f"Survey, row {rows[0]}, `{unit}`: {message} Fix: {fix}.", problems)
