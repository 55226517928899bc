"""The panel of one question put to a case, with what else is known of its units."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.panel import add_covariates, panel_of
from diffuscope.records import LeftOut
from diffuscope.study.channels import apart, channels_of, with_exposures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diffuscope.case import Case
    from diffuscope.panel import Panel
    from diffuscope.panel.seen import Seen
    from diffuscope.records import Analysis, ExposureRecord
    from diffuscope.study.channels import Layers

CARRIED = {"year": 0, "month": 11, "day": 365, "wave": 0}
"""Periods for which a yearly value holds."""
LEVELS = ("low", "medium", "high")


@dataclass(frozen=True, kw_only=True)
class Exposed:
    """A panel with exposures and covariates, and an account of both."""

    panel: Panel
    exposures: tuple[ExposureRecord, ...]
    correlations: tuple[tuple[str, str, float], ...]
    inseparable: tuple[str, ...]
    notes: tuple[str, ...] = ()
    seen: Mapping[str, Seen] = field(default_factory=dict)

    @property
    def standing(self) -> tuple[str, ...]:
        """Names of the exposures that may enter a model."""
        return tuple(record.name for record in self.exposures if record.refused is None)


def exposed(case: Case, analysis: Analysis, layers: Layers, covariates: Iterable[str]) -> Exposed:
    """Who could adopt when, exposed to whom, as one question asks it.

    Parameters
    ----------
    case : Case
    analysis : Analysis
    layers : Layers
    covariates : iterable of str
        Variables of the table `attributes` to join.

    Raises
    ------
    MethodError
        If nobody is at risk.
    PlanError
        If the window or the waves do not fit, or a covariate has two values at once.
    """
    panel = panel_of(case.tables, _ordered(analysis), case.waves)
    if panel.table().is_empty():
        return Exposed(panel=panel, exposures=(), correlations=(), inseparable=(), notes=panel.notes)
    made, trouble = layers.among(analysis.units)
    tables = {name: case.table(name) for name in ("units", "outcomes")}
    channels = channels_of(analysis, made, outcomes=tables["outcomes"].height > 0)
    base = len(panel.notes)
    panel, records, seen = with_exposures(panel, channels, made, tables)
    panel = replace(panel, notes=panel.notes[:base])
    for name in covariates:
        panel = _with_covariate(panel, case.table("attributes"), name, analysis.lag)
    correlations, inseparable = apart(panel, records)
    notes = panel.notes if trouble is None else (*panel.notes, f"No layers could be made: {trouble}")
    return Exposed(
        panel=panel,
        exposures=records,
        correlations=correlations,
        inseparable=inseparable,
        notes=notes,
        seen=seen,
    )


def set_aside(panel: Panel, adoptions: pl.DataFrame, confidence: str) -> tuple[Panel, int, int]:
    """The panel without the pairs whose adoption is dated with no more confidence than this.

    They are no events then, but influence others as dated.

    Returns
    -------
    panel : Panel
    events, rows : int
        How many of each went.
    """
    levels = LEVELS[: LEVELS.index(confidence) + 1]
    doubtful = adoptions.filter(pl.col("confidence").is_in(levels)).select("unit", "policy")
    rows = panel.table()
    kept = rows.join(doubtful, on=["unit", "policy"], how="anti", maintain_order="left")
    lost = int(rows["event"].sum()) - int(kept["event"].sum())
    return replace(panel, frame=kept), lost, rows.height - kept.height


def ledger_of(panel: Panel) -> tuple[LeftOut, ...]:
    """Everybody who is no event of the panel, or never at risk in it, by reason."""
    return tuple(
        LeftOut(table="adoptions", reason=f"{rule[0].upper()}{rule[1:]}", count=count, rows=tuple(rows))
        for rule, count, rows in panel.counts().iter_rows()
    )


def _ordered(analysis: Analysis) -> Analysis:
    """The same question with its units sorted, so that no result hangs on how they were written."""
    import msgspec

    return msgspec.structs.replace(analysis, units=tuple(sorted(analysis.units)))


def _with_covariate(panel: Panel, attributes: pl.DataFrame, name: str, lag: int) -> Panel:
    """The panel with one variable: of numbers where all its values are numbers, else of words."""
    told = attributes.filter(pl.col("variable") == name).select("unit", "time", "value")
    numbers = told["value"].cast(pl.Float64, strict=False)
    value = told["value"] if numbers.null_count() > told["value"].null_count() else numbers
    told = told.with_columns(value.alias(name)).drop("value")
    dated = told.filter(pl.col("time").is_not_null())
    if dated.is_empty():
        return add_covariates(panel, told.drop("time"), lag=lag)
    return add_covariates(panel, _latest(panel, dated), lag=lag, carry=CARRIED[panel.period])


def _latest(panel: Panel, dated: pl.DataFrame) -> pl.DataFrame:
    """Of several values that were known by one look, the latest."""
    if panel.history is None or panel.period != "wave":
        return dated
    _, known, _ = panel.history.calendar.intervals(dated["time"])
    looked = dated.with_columns(known.alias("_known")).sort("unit", "_known", "time")
    kept = looked.unique(["unit", "_known"], keep="last", maintain_order=True)
    return kept.drop("_known")
