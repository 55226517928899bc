"""The frames that figures are drawn from."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.report.names import rows
from diffuscope.report.words import AUTHOR

if TYPE_CHECKING:
    from diffuscope.records import Analysis, EvidenceDetail, EvidenceItem, Finding
    from diffuscope.report.names import Names
    from diffuscope.result import Result


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
        """All mechanisms, as the result orders them."""
        return [mechanism.name for mechanism in self._result.mechanisms]

    def verdicts(self) -> pl.DataFrame:
        """The verdicts of all analyses, with what the author concluded, in words."""
        return pl.DataFrame(
            [
                (
                    verdict.analysis,
                    verdict.mechanism,
                    verdict.verdict,
                    AUTHOR[verdict.author.verdict] if verdict.author else None,
                )
                for verdict in self._result.verdicts
            ],
            schema=dict.fromkeys(("analysis", "mechanism", "verdict", "author"), pl.String),
            orient="row",
        )

    def findings(self, analysis: str) -> list[Finding]:
        """What the witnesses say in one analysis."""
        return [finding for finding in self._result.findings if finding.analysis == analysis]

    def table(self, name: str) -> pl.DataFrame:
        """A table of the case with all its declared columns; empty where the case has none."""
        frame = self._result.frames.get(name)
        said = self._result.tables.get(name)
        columns = list(frame.columns) if frame else []
        columns += [column for column in (said.columns if said else ()) if column not in columns]
        if frame is None or not frame.rows:
            return pl.DataFrame(schema=dict.fromkeys(columns or _NEEDED.get(name, ()), pl.String))
        made = pl.DataFrame(frame.rows, schema=list(frame.columns), orient="row", infer_schema_length=None)
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
        """The adoptions of the policies and units of one analysis."""
        return self.table("adoptions").filter(
            pl.col("policy").is_in(analysis.policies) & pl.col("unit").is_in(analysis.units)
        )

    def totals(self) -> pl.DataFrame:
        """What each wave of the register shows; empty where the result counts none."""
        return self.table("wave_totals")

    def area_counts(self) -> pl.DataFrame:
        """Projects by wave, area and status."""
        return self.table("project_counts").filter(
            (pl.col("dimension") == "area") & pl.col("status").is_not_null()
        )

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
