"""Person-period panel: who was at risk when, who adopted, and an account of everybody who is not in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import PlanError
from diffuscope.panel.native_frames import polars_of
from diffuscope.panel.tiered import Uncounted
from diffuscope.records.notebook import MOST_ROWS, folded
from diffuscope.records.phrases import counted
from diffuscope.records.quoting import html_text

if TYPE_CHECKING:
    from diffuscope.panel.bounds import Bounds
    from diffuscope.panel.calendar import Calendar
    from diffuscope.panel.exposure_history import ExposureColumn
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.native_tables import Kind


@dataclass(frozen=True)
class History:
    """The adoption history: who adopted what when, on one calendar, and who could adopt from when to when.

    The panel and the chronology are both read from it, so that they cannot disagree.

    Attributes
    ----------
    spells : polars.DataFrame
        All adoptions, of units outside the panel too, as `spells_of` gives them: unit, policy, `earliest` and
        `latest` in periods, `until`, `first` and `last` in days, `_row`.
    calendar : Calendar
    bounds : Bounds
        Who could adopt from when to when.
    kind : {"polars", "pandas", "arrow"}
        Kind of frame that was handed in.
    undated : bool
        Whether adoptions without a date happened nobody knows when, instead of never.
    covariates : tuple
        Frames joined to the panel, each with its lag and how long a value is carried.
    exposures : tuple of ExposureColumn
        How each exposure of the panel was made.
    uncounted : Uncounted
        Rows that date no adoption of their own.
    """

    spells: pl.DataFrame
    calendar: Calendar
    bounds: Bounds
    kind: Kind
    undated: bool
    covariates: tuple[tuple[pl.DataFrame, int, int], ...] = ()
    exposures: tuple[ExposureColumn, ...] = ()
    uncounted: Uncounted = field(default_factory=Uncounted)

    @cached_property
    def known(self) -> frozenset[str]:
        """Units of whom it is known whether they adopted: those of the panel, and whoever has a row."""
        return frozenset({*self.bounds.units, *self.uncounted.and_of(self.spells)["unit"]})

    @cached_property
    def by_policy(self) -> dict[str, pl.DataFrame]:
        """Spells of each policy."""
        parts = self.spells.partition_by("policy", as_dict=True, maintain_order=True)
        return {policy: part for (policy,), part in parts.items()}

    def of_policy(self, policy: str) -> pl.DataFrame:
        """Spells of one policy; none where nobody is known to have it."""
        return self.by_policy.get(policy, self.spells.clear())

    @cached_property
    def first_adoptions(self) -> dict[str, tuple[int, int]]:
        """Period from which on, and by which, anybody first had each policy."""
        dated = (
            self.spells.drop_nulls("latest")
            .group_by("policy")
            .agg(pl.col("earliest").min(), pl.col("latest").min())
        )
        return {policy: (earliest, latest) for policy, earliest, latest in dated.iter_rows()}

    def with_exposure(self, spec: ExposureColumn) -> History:
        """The same history, which knows how one more exposure was made."""
        extended = replace(self, exposures=(*self.exposures, spec))
        for name in (
            "known",
            "by_policy",
            "first_adoptions",
        ):  # of the spells, which are the same
            if name in self.__dict__:
                extended.__dict__[name] = self.__dict__[name]
        return extended


@dataclass(frozen=True)
class Panel:
    """Person-period panel: who was at risk of adopting when, who adopted, and why others are left out.

    Attributes
    ----------
    frame : pandas, Polars or Arrow table
        One row per unit, policy and period at risk, of the kind that was handed in. Columns `unit`, `policy`,
        `period` (its name), `time` (its number), `duration` (time at risk by the end of the row), `event` (1
        if it adopted), `gap` (length of the row), `spell` (2 where it is at risk again after repeal); where
        units decided together also `decider` (the unit, or all that share a decision as one); then covariates
        and exposures.
    ledger : polars.DataFrame
        Every adoption that is no event of the panel and every unit and policy that is never at risk: `rule`,
        `unit`, `policy`, `row` (as a spreadsheet shows it; null where a pair has no row).
    period : {"year", "month", "day", "wave"}
    units, policies : tuple of str
    notes : tuple of str
        What to keep in mind: dates known as ranges, missing values, ties known late.
    exposures : tuple of str
        Columns that are exposures.
    """

    frame: Frame = field(repr=False)
    ledger: pl.DataFrame = field(repr=False)
    period: str
    units: tuple[str, ...] = field(repr=False)
    policies: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    exposures: tuple[str, ...] = ()
    history: History | None = field(default=None, repr=False, compare=False)

    def table(self) -> pl.DataFrame:
        """The rows as a Polars frame."""
        return polars_of(self.frame, "The panel")[0]

    def counts(self) -> pl.DataFrame:
        """What was left out by rule: `rule`, `count`, and the `rows` of the frame of adoptions."""
        return (
            self.ledger.group_by("rule")
            .agg(pl.len().cast(pl.Int64).alias("count"), pl.col("row").drop_nulls().sort().alias("rows"))
            .sort("rule")
        )

    def hazard(self) -> pl.DataFrame:
        """Who was at risk and who adopted, by time at risk: `duration`, `at_risk`, `events`, `hazard`."""
        rows = self.table()
        if "duration" not in rows.columns:
            raise PlanError("Hazards by time at risk need rows by period, not merged spans.")
        counted = rows.group_by("duration").agg(
            pl.len().cast(pl.Int64).alias("at_risk"), pl.col("event").cast(pl.Int64).sum().alias("events")
        )
        return counted.sort("duration").with_columns(hazard=pl.col("events") / pl.col("at_risk"))

    def simultaneous(self) -> int:
        """Events that share their period with another of the same policy, so that neither came first."""
        rows = self.table()
        if "time" not in rows.columns:
            return 0
        events = rows.filter(pl.col("event") == 1)
        return int(events.select(pl.struct("policy", "time").is_duplicated().sum()).item())

    def summary(self) -> str:
        """The panel in words."""
        rows = self.table()
        events = int(rows["event"].sum())
        units, policies = len(self.units), len(self.policies)
        lines = [
            f"{counted(rows.height, 'row')} by {self.period}, {counted(events, 'event')}; "
            f"{counted(units, 'unit')}, {counted(policies, 'policy', 'policies')}."
        ]
        tied = self.simultaneous()
        if tied and "receiver" not in rows.columns:
            lines.append(
                f"{tied:,} of {counted(events, 'event')} share their period with another of the same policy."
            )
        lines += [f"Left out: {count:,}, {rule}." for rule, count, _ in self.counts().iter_rows()]
        return "\n".join((*lines, *self.notes))

    def __repr__(self) -> str:
        """How much there is of it, in a line."""
        return f"<Panel: {self.summary().partition(chr(10))[0].rstrip('.')}>"

    def _repr_html_(self) -> str:
        """What it holds, in words, and its first rows, as a notebook shows them."""
        rows = self.table()
        paragraphs = "".join(f"<p>{html_text(line)}</p>" for line in self.summary().splitlines()[1:])
        return folded(repr(self)[1:-1], rows.columns, rows.head(MOST_ROWS).iter_rows()) + paragraphs
