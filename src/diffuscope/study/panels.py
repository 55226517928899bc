"""The panel of one question put to a case, with what else is known of its units."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import MethodError
from diffuscope.panel import add_covariates, add_global_share, add_time_at_risk, impute_dates, panel_of
from diffuscope.panel.calendar import BEFORE_ALL
from diffuscope.panel.global_share import GLOBAL_SHARE, enters_at_different_dates
from diffuscope.panel.native_frames import ROW
from diffuscope.records import Excluded
from diffuscope.records.phrases import upper_first
from diffuscope.study.channels import channels_of, collinearity, neighbours_among, with_exposures
from diffuscope.tables.variables import measures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from diffuscope.case import Case
    from diffuscope.panel import Panel
    from diffuscope.panel.exposure_history import ExposureInputs
    from diffuscope.records import Analysis, ExposureRecord
    from diffuscope.study.channels import ExposurePlan, Layers
    from diffuscope.ties import Layer

CARRIED = {"year": 0, "month": 11, "day": 365, "wave": 0}
"""Periods for which a yearly value holds."""
LEVELS = ("low", "medium", "high")
DRAWS = 20
"""Draws of dates known as ranges (methods of multiple imputation ask for 20 and more)."""


@dataclass(frozen=True, kw_only=True)
class ExposedPanel:
    """A panel with exposures, covariates and controls of time, and an account of them.

    Attributes
    ----------
    panel : Panel
        Where dates are known as ranges, the first draw of them.
    exposures : tuple of ExposureRecord
    correlations : tuple of (str, str, float)
    inseparable, notes : tuple of str
    others : callable or None
        Makes the other draws of the dates; None where no date is a range.
    lags : mapping of str to int
        By column: how many periods before the row it was taken.
    seed : int
        Of what is drawn for the models of the panel.
    """

    panel: Panel
    exposures: tuple[ExposureRecord, ...]
    correlations: tuple[tuple[str, str, float], ...] = ()
    inseparable: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    others: Callable[[], tuple[Panel, ...]] | None = None
    lags: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0

    @property
    def standing(self) -> tuple[str, ...]:
        """Names of the exposures that may enter a model."""
        return tuple(record.name for record in self.exposures if record.refused is None)

    @cached_property
    def inputs(self) -> dict[str, ExposureInputs]:
        """What was seen through the ties of each exposure of the panel, to be looked at again."""
        history = self.panel.history
        if history is None:
            return {}
        rows = self.panel.table()
        return {one.name: one.inputs(rows, history) for one in history.exposures}

    def changed(self, change: Callable[[Panel], Panel]) -> ExposedPanel:
        """The same with every draw of the panel changed, such as without rows that are in doubt."""
        others = None if self.others is None else partial(_changed, self, change)
        panel = change(self.panel)
        return replace(self, panel=panel, others=others, correlations=(), inseparable=())

    @cached_property
    def draws(self) -> tuple[Panel, ...]:
        """The other draws of the dates, made when a model is fitted to them; none where no date is a range.

        Raises
        ------
        MethodError
            If an exposure that stands in the first draw is refused in another.
        """
        return () if self.others is None else self.others()


def _changed(exposed_panel: ExposedPanel, change: Callable[[Panel], Panel]) -> tuple[Panel, ...]:
    return tuple(map(change, exposed_panel.draws))


def exposed(
    case: Case, analysis: Analysis, layers: Layers, covariates: Iterable[str], seed: int = 0
) -> ExposedPanel:
    """Who could adopt when, exposed to whom, as one question asks it.

    Parameters
    ----------
    case : Case
    analysis : Analysis
    layers : Layers
    covariates : iterable of str
        Variables of the table `attributes` to join.
    seed : int
        Of the draws of dates that are known as ranges of several periods.

    Raises
    ------
    MethodError
        If nobody is at risk.
    PlanError
        If the window or the waves do not fit, or a covariate has two values at once.
    """
    panel = panel_of(case.tables, _ordered(analysis), case.waves)
    if panel.table().is_empty():
        return ExposedPanel(panel=panel, exposures=(), notes=panel.notes, seed=seed)
    made, trouble = layers.among(analysis.units)
    tables = {name: case.table(name) for name in ("units", "outcomes")}
    first, *others = _drawn(panel, seed)
    base = len(first.notes)
    extended, records = _with_channels(first, analysis, made, tables)
    extended = replace(extended, notes=extended.notes[:base])
    attributes, names = case.table("attributes"), tuple(covariates)
    lags = {name: analysis.lags.get(name, analysis.lag) for name in names}
    extended, late = _timed(_with_covariates(extended, attributes, lags))
    correlations, inseparable = collinearity(extended, records)
    notes = [*extended.notes, *(f"No layer: {reason}" for reason in trouble)]
    again: Callable[[], tuple[Panel, ...]] | None = None
    if others:
        notes.append(RANGES.format(draws=1 + len(others)))
        channels = _standing(analysis, made, tables, records)
        again = partial(_others, others, channels, made, tables, attributes, lags, late=late)
    return ExposedPanel(
        panel=extended,
        exposures=records,
        correlations=correlations,
        inseparable=inseparable,
        notes=tuple(notes),
        others=again,
        lags={record.name: record.lag for record in records}
        | {GLOBAL_SHARE: 1}
        | {name: lag for name, lag in lags.items() if _is_dated(attributes, name)},
        seed=seed,
    )


RANGES = (
    "Some dates are known as ranges of several periods. They were drawn {draws} times from their ranges; "
    "models are fitted to every draw and combined. This panel and the safeguards use the first draw."
)


def _drawn(panel: Panel, seed: int) -> tuple[Panel, ...]:
    """The panel; or panels in which every date that is a range of several periods is drawn from it."""
    if panel.history is None:
        return (panel,)
    spells = panel.history.spells
    if spells.filter((pl.col("earliest") < pl.col("latest")) & (pl.col("earliest") != BEFORE_ALL)).is_empty():
        return (panel,)
    drawn = impute_dates(panel, seed=seed, draws=DRAWS)
    return tuple(each for each in drawn if not each.table().is_empty()) or (panel,)


def _with_channels(
    panel: Panel, analysis: Analysis, made: Mapping[str, Layer], tables: Mapping[str, pl.DataFrame]
) -> tuple[Panel, tuple[ExposureRecord, ...]]:
    """The panel with the exposures that are asked for; with one to neighbours where no other stands."""
    channels = channels_of(analysis, made, outcomes=tables["outcomes"].height > 0)
    extended, records = with_exposures(panel, channels, made, tables)
    near = neighbours_among(analysis, made)
    if near is None or any(record.refused is None for record in records):
        return extended, records
    extended, more = with_exposures(extended, [near], made, tables)
    return extended, (*records, *more)


def _standing(
    analysis: Analysis,
    made: Mapping[str, Layer],
    tables: Mapping[str, pl.DataFrame],
    records: tuple[ExposureRecord, ...],
) -> list[ExposurePlan]:
    """The channels whose exposures stand so far."""
    stands = {record.name for record in records if record.refused is None}
    near = neighbours_among(analysis, made)
    channels = channels_of(analysis, made, outcomes=tables["outcomes"].height > 0)
    return [one for one in (*channels, *([near] if near else [])) if one.name in stands]


def _others(  # noqa: PLR0917 what the panel of the first draw was made from
    drawn: Sequence[Panel],
    channels: list[ExposurePlan],
    made: Mapping[str, Layer],
    tables: Mapping[str, pl.DataFrame],
    attributes: pl.DataFrame,
    lags: Mapping[str, int],
    *,
    late: bool,
) -> tuple[Panel, ...]:
    """The other draws of the dates, each with what the panel of the first has."""
    exposed_to = (_drawn_again(one, channels, made, tables) for one in drawn)
    return tuple(_timed(_with_covariates(one, attributes, lags), late=late)[0] for one in exposed_to)


def _drawn_again(
    panel: Panel, channels: list[ExposurePlan], made: Mapping[str, Layer], tables: Mapping[str, pl.DataFrame]
) -> Panel:
    """Another draw of the dates with the exposures that stand in the first."""
    extended, records = with_exposures(panel, channels, made, tables)
    for one in records:
        if one.refused is not None:
            raise MethodError(f"In a draw of the dates `{one.name}` is refused: {one.refused}")
    return extended


def _timed(panel: Panel, *, late: bool | None = None) -> tuple[Panel, bool]:
    """The panel with the global adoption share, and time at risk where units enter at different dates.

    Whether they do, the first draw of the dates says for all.
    """
    shared = add_global_share(panel)
    timed = add_time_at_risk(shared)
    late = enters_at_different_dates(timed.table()) if late is None else late
    return (timed if late else shared), late


def _with_covariates(panel: Panel, attributes: pl.DataFrame, lags: Mapping[str, int]) -> Panel:
    for name, lag in lags.items():
        panel = _with_covariate(panel, attributes, name, lag)
    return panel


def _is_dated(attributes: pl.DataFrame, name: str) -> bool:
    return attributes.filter(pl.col("variable") == name, pl.col("time").is_not_null()).height > 0


def drop_low_confidence(panel: Panel, adoptions: pl.DataFrame, confidence: str) -> tuple[Panel, int, int]:
    """The panel without the pairs whose adoption is dated with no more confidence than this.

    They are no events then, but influence others as dated.

    Returns
    -------
    panel : Panel
    events, rows : int
        How many of each went.
    """
    levels = LEVELS[: LEVELS.index(confidence) + 1]
    doubtful = adoptions.filter(pl.col("confidence").is_in(levels))
    if panel.history is not None:  # a row that dates no adoption here puts none in doubt
        counted = panel.history.spells.select(pl.col(ROW).cast(pl.Int64))
        doubtful = doubtful.with_columns(pl.col(ROW).cast(pl.Int64)).join(counted, on=ROW, how="semi")
    doubtful = doubtful.select("unit", "policy")
    rows = panel.table()
    kept = rows.join(doubtful, on=["unit", "policy"], how="anti", maintain_order="left")
    lost = int(rows["event"].sum()) - int(kept["event"].sum())
    return replace(panel, frame=kept), lost, rows.height - kept.height


def ledger_of(panel: Panel) -> tuple[Excluded, ...]:
    """Everybody who is no event of the panel, or never at risk in it, by reason."""
    return tuple(
        Excluded(table="adoptions", reason=upper_first(rule), count=count, rows=tuple(rows))
        for rule, count, rows in panel.counts().iter_rows()
    )


def _ordered(analysis: Analysis) -> Analysis:
    """The same question with its units sorted, so that no result hangs on how they were written."""
    import msgspec

    return msgspec.structs.replace(analysis, units=tuple(sorted(analysis.units)))


def _with_covariate(panel: Panel, attributes: pl.DataFrame, name: str, lag: int) -> Panel:
    """The panel with one variable, of numbers or of categories; an empty value says nothing."""
    values, carry = covariate_values(panel, attributes, name)
    return add_covariates(panel, values, lag=lag, carry=carry)


def covariate_values(panel: Panel, attributes: pl.DataFrame, name: str) -> tuple[pl.DataFrame, int]:
    """Values of one variable by unit, with their time where they are dated, and how long a value is carried.

    Parameters
    ----------
    panel : Panel
    attributes : polars.DataFrame
        The table of the case.
    name : str
        The variable.
    """
    own = attributes.filter(pl.col("variable") == name).drop_nulls("value")
    numeric = measures(own).get(name) == "numbers"
    value = pl.col("value").cast(pl.Float64 if numeric else pl.String)
    values = own.select("unit", "time", value.alias(name))
    dated = values.filter(pl.col("time").is_not_null())
    if dated.is_empty():
        return values.drop("time"), 0
    return _latest(panel, dated), CARRIED[panel.period]


def _latest(panel: Panel, dated: pl.DataFrame) -> pl.DataFrame:
    """Of several values that were known by one look, the latest."""
    if panel.history is None or panel.period != "wave":
        return dated
    _, known, _ = panel.history.calendar.intervals(dated["time"])
    looked = dated.with_columns(known.alias("_known")).sort("unit", "_known", "time")
    kept = looked.unique(["unit", "_known"], keep="last", maintain_order=True)
    return kept.drop("_known")
