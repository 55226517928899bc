"""The frames that figures are drawn from."""

from __future__ import annotations

import math
import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import polars as pl

from diffuscope.records.dates import OF_LOWER_TIER, SECOND_DATE
from diffuscope.report.names import rows
from diffuscope.report.terms import fitted, label, multiplies, neighbours, reported_terms
from diffuscope.report.words import AUTHOR, NEIGHBOURS

if TYPE_CHECKING:
    from diffuscope.records import (
        Analysis,
        Coefficient,
        Estimate,
        EventHistory,
        EvidenceDetail,
        EvidenceItem,
        Finding,
        Frame,
    )
    from diffuscope.report.names import Names
    from diffuscope.result import Result


TERMS_AT_MOST = 24
"""Rows of a figure of coefficients; all of them stand in the table."""
_PACE = {
    "hazard": ("duration", "at_risk", "events", "hazard", "model", "ci_low", "ci_high"),
    "curve": ("duration", "observed", "adopted", "ci_low", "ci_high"),
}
Measure = Literal["points", "ratio", "coefficient"]


def gain_curve(edges: pl.DataFrame) -> pl.DataFrame:
    """How the objective of an inferred network rises with each edge, from the improvement of each."""
    total = pl.col("improvement").cum_sum()
    return edges.select(
        pl.int_range(1, pl.len() + 1).alias("edges"),
        "improvement",
        total.alias("objective"),
        pl.when(pl.col("improvement").sum() > 0).then(total / pl.col("improvement").sum()).alias("share"),
    )


class DrawnModel(NamedTuple):
    """The main model of an analysis and its repetitions, as a figure takes them.

    Parameters
    ----------
    terms : polars.DataFrame
        term, again, estimate, ci_low, ci_high: effects in percentage points, logarithms of ratios,
        or coefficients; each term of the main model, and below it the repetitions that ask for it too. Of
        effects also start and stop: between which values of the term.
    measure : {"points", "ratio", "coefficient"}
        Which of them; coefficients of probit, which have no ratio; points where every term tells its effect.
    scale : str
        What they measure, in words.
    more : int
        Rows for which there is no room.
    """

    terms: pl.DataFrame
    measure: Measure
    scale: str
    more: int


class Frames:
    """A result as the frames that figures take.

    Parameters
    ----------
    result : Result
    names : Names
    """

    def __init__(self, result: Result, names: Names) -> None:
        self._result = result
        self._names = names

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        """The analyses of the result, in its order."""
        return self._result.analyses

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Names of units by id."""
        return {str(row["unit"]): str(row["name"]) for row in rows(self._result, "units")}

    @cached_property
    def policy_names(self) -> dict[str, str]:
        """Names of policies by id."""
        return {str(row["policy"]): str(row["name"]) for row in rows(self._result, "policies")}

    @cached_property
    def questions(self) -> dict[str, str]:
        """The question of each analysis."""
        return {analysis.id: analysis.question for analysis in self._result.analyses}

    @cached_property
    def every_mechanism(self) -> list[str]:
        """All mechanisms, as the result orders them; neighbours last, where a question has a line on them."""
        names = [mechanism.name for mechanism in self._result.mechanisms]
        with_neighbours = any(verdict.mechanism == NEIGHBOURS for verdict in self._result.verdicts)
        return [*names, NEIGHBOURS] if with_neighbours else names

    def inferred_edges(self, analysis: str) -> pl.DataFrame | None:
        """Edges of the network of one analysis, between names of units; None where there are none."""
        network = next((one for one in self._result.networks if one.analysis == analysis), None)
        if network is None or not network.edges:
            return None
        return pl.DataFrame(
            {
                "sender": [self._names.unit(edge.sender) for edge in network.edges],
                "receiver": [self._names.unit(edge.receiver) for edge in network.edges],
                "improvement": [edge.improvement for edge in network.edges],
                "volume": [edge.volume for edge in network.edges],
            }
        )

    def verdicts(self) -> pl.DataFrame:
        """The verdicts of all analyses, with the broad reading and what the author concluded, in words."""
        broad = self._broad()
        return pl.DataFrame(
            [
                (
                    verdict.analysis,
                    verdict.mechanism,
                    verdict.verdict,
                    AUTHOR[verdict.author.verdict] if verdict.author else None,
                    broad.get((verdict.analysis, verdict.mechanism)),
                )
                for verdict in self._result.verdicts
            ],
            schema=dict.fromkeys(("analysis", "mechanism", "verdict", "author", "broad"), pl.String),
            orient="row",
        )

    def _broad(self) -> dict[tuple[str, str], str]:
        """What the evidence says on a broad reading, where that has another stance than the narrow one."""
        return {
            (finding.analysis, finding.mechanism): "open" if stance == "silent" else stance
            for finding in self._result.findings
            if finding.evidence and (stance := finding.evidence.other_stance) not in (None, finding.stance)
        }

    def findings(self, analysis: str) -> list[Finding]:
        """What the witnesses say in one analysis."""
        return [finding for finding in self._result.findings if finding.analysis == analysis]

    def table(self, name: str) -> pl.DataFrame:
        """A table of the case with all its declared columns; empty where the case has none."""
        frame = self._result.frames.get(name)
        declared = self._result.tables.get(name)
        columns = list(frame.columns) if frame else []
        columns += [column for column in (declared.columns if declared else ()) if column not in columns]
        if frame is None or not frame.rows:
            return pl.DataFrame(schema=dict.fromkeys(columns or _NEEDED.get(name, ()), pl.String))
        made = _polars(frame)
        lacking = [column for column in _NEEDED.get(name, ()) if column not in made.columns]
        empty = [column for column, kind in made.schema.items() if kind == pl.Null]
        return made.with_columns(
            *(pl.lit(None, dtype=pl.String).alias(column) for column in lacking),
            pl.col(empty).cast(pl.String),
        )

    @property
    def waves(self) -> dict[str, str]:
        """Reporting waves and the date of each."""
        return self._result.case.waves

    def units(self, analysis: Analysis) -> pl.DataFrame:
        """The units of one analysis."""
        return self.table("units").filter(pl.col("unit").is_in(analysis.units))

    def adoptions(self, analysis: Analysis) -> pl.DataFrame:
        """The adoptions of one analysis: those that reach its tier, each dated by one row."""
        adoptions = self.table("adoptions").filter(
            pl.col("policy").is_in(analysis.policies) & pl.col("unit").is_in(analysis.units)
        )
        out = [
            row
            for dates in self._result.chronology
            if dates.analysis == analysis.id
            for one in dates.left_out
            if one.reason in (SECOND_DATE, OF_LOWER_TIER)
            for row in one.rows
        ]
        return adoptions.filter(~pl.col("_row").is_in(out)) if out else adoptions

    def totals(self) -> pl.DataFrame:
        """What each wave of the register shows; empty where the result counts none."""
        return self.table("wave_totals")

    def area_counts(self) -> pl.DataFrame:
        """Projects by wave, area and status."""
        return self.table("project_counts").filter(
            (pl.col("dimension") == "area") & pl.col("status").is_not_null()
        )

    def model(self, analysis: str) -> DrawnModel | None:
        """The main model of one analysis as figures take it; None where none stands."""
        history = next((one for one in self._result.histories if one.analysis == analysis), None)
        main = None if history is None else fitted(history)
        if history is None or main is None:
            return None
        of = multiplies(main.model)
        measure: Measure = "coefficient" if of is None else "ratio"
        if all(one.effect is not None for one in reported_terms(main.coefficients)):
            measure = "points"
        every = _terms(history, main, measure)
        rows = [(name, again, *_drawn(one, measure)) for name, again, one in every[:TERMS_AT_MOST]]
        numbers = dict.fromkeys(("estimate", "ci_low", "ci_high", "start", "stop"), pl.Float64)
        return DrawnModel(
            terms=pl.DataFrame(
                rows, schema={"term": pl.String, "again": pl.Boolean, **numbers}, orient="row"
            ),
            measure=measure,
            scale="percentage points" if measure == "points" else of or "a propensity to adopt",
            more=len(every[TERMS_AT_MOST:]),
        )

    def pace(self, analysis: str) -> tuple[pl.DataFrame, pl.DataFrame] | None:
        """When adoption happened and how it added up in one analysis; None where the result has it not."""
        frames = [self._numbers(f"{name}_{analysis}", columns) for name, columns in _PACE.items()]
        return None if frames[0] is None or frames[1] is None else (frames[0], frames[1])

    def _numbers(self, name: str, columns: tuple[str, ...]) -> pl.DataFrame | None:
        """A frame of numbers of the result; None where it is not there with these columns."""
        frame = self._result.frames.get(name)
        if frame is None or not frame.rows or not set(columns) <= set(frame.columns):
            return None
        made = _polars(frame)
        return made.select(columns)

    def mechanisms(self, analysis: str) -> list[str]:
        """Mechanisms of which one analysis has coded passages, in the order of the result."""
        return [name for name, detail in self._details(analysis) if detail.items]

    def criteria(self, analysis: str) -> pl.DataFrame:
        """What the evidence says of each criterion in one analysis."""
        return pl.DataFrame(
            [
                (
                    name,
                    criterion.id,
                    criterion.text,
                    criterion.role,
                    criterion.decibans,
                    criterion.items,
                )
                for name, detail in self._details(analysis)
                for criterion in detail.criteria
            ],
            schema={
                "mechanism": pl.String,
                "criterion": pl.String,
                "text": pl.String,
                "role": pl.String,
                "decibans": pl.Float64,
                "items": pl.Int64,
            },
            orient="row",
        )

    def items(self, analysis: str) -> pl.DataFrame:
        """The passages of one analysis; private ones have no words."""
        text = ("id", "mechanism", "criteria", "direction", "test", "paraphrase", "document", "locator")
        return pl.DataFrame(
            [
                (
                    item.id,
                    item.mechanism,
                    ";".join(item.criteria),
                    _side(item),
                    item.test,
                    item.paraphrase,
                    None if (link := self._names.document(item.document)) is None else link.text,
                    item.locator,
                    item.decibans,
                )
                for _, detail in self._details(analysis)
                for item in detail.items
            ],
            schema={**dict.fromkeys(text, pl.String), "decibans": pl.Float64},
            orient="row",
        )

    def _details(self, analysis: str) -> list[tuple[str, EvidenceDetail]]:
        return [
            (finding.mechanism, finding.evidence)
            for finding in self.findings(analysis)
            if finding.evidence is not None
        ]


def _terms(history: EventHistory, main: Estimate, measure: Measure) -> list[tuple[str, bool, Coefficient]]:
    """Terms of the main model, each with its exposure in the repetitions; and those that only these have.

    A repetition whose estimates are on another scale than those of the main model stands in the table alone.
    """
    unidentified, exposures = neighbours(history), {one.name for one in history.exposures}
    by_term: dict[str, list[tuple[str, bool, Coefficient]]] = {}
    for estimate in history.estimates:
        first, alike = estimate is main, multiplies(estimate.model) == multiplies(main.model)
        for one in reported_terms(estimate.coefficients) if estimate.refused is None else ():
            same_scale = one.effect is not None if measure == "points" else alike
            if first or (same_scale and one.term in exposures):
                rows = by_term.setdefault(one.term, [])
                named = label(one.term, one.mechanism, unidentified)
                again = re.sub(r"[-_]", " ", estimate.id)
                rows.append((again if rows else named, bool(rows) or not first, one))
    return [row for rows in by_term.values() for row in rows]


def _drawn(one: Coefficient, measure: Measure) -> tuple[float | None, ...]:
    """Estimate, interval, and values between which an effect is told; what has no end reaches the edge."""
    if measure == "points" and one.effect is not None:
        middle, low, high = 100 * one.effect, one.effect_low, one.effect_high
        return middle, _end(low, -1.0) * 100, _end(high, 1.0) * 100, one.effect_from, one.effect_to
    return one.estimate, _end(one.ci_low, -1.0), _end(one.ci_high, 1.0), None, None


def _end(value: float | None, side: float) -> float:
    return side * math.inf if value is None else value


def _side(item: EvidenceItem) -> str:
    """Where a passage stands in a figure: with its weight, where its coders differ on the direction."""
    if item.direction != "mixed":
        return item.direction
    return "for" if item.decibans > 0 else "against"


_NEEDED = {
    "units": ("unit", "name", "aliases", "kind", "role", "parent", "lat", "lon", "entered", "left"),
    "adoptions": ("unit", "policy", "time", "time_latest", "until", "confidence", "basis", "source"),
    "events": ("event", "name", "start", "end", "kind", "place", "host", "source"),
    "support": ("partner", "recipient", "kind", "name", "start", "end", "source"),
    "wave_totals": ("wave",),
    "project_counts": ("wave", "dimension", "name", "status", "projects"),
}
"""Columns that a figure may ask for, whether the case has them or not."""


def _polars(frame: Frame) -> pl.DataFrame:
    rows = tuple(frame.rows or ())
    return pl.DataFrame(rows, schema=list(frame.columns), orient="row", infer_schema_length=None)
