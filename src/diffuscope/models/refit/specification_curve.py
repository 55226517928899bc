"""Specification curve: one coefficient in every defensible specification, with what was chosen in each.

Simonsohn, Simmons & Nelson 2020 (doi:10.1038/s41562-020-0912-z). A specification that cannot be estimated
is a result too: it is kept, with the reason.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, Literal

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.design.terms import in_backticks
from diffuscope.models.estimators.event_history import event_history
from diffuscope.models.estimators.firth import firth
from diffuscope.models.inference.clusters import AUTO
from diffuscope.models.postestimation.marginal_effects import average_marginal_effects
from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from diffuscope.models.fit import Fit
    from diffuscope.panel.native_frames import Frame

CurveModel = Literal["logit", "cloglog", "probit", "firth"]
NUMBERS = ("estimate", "std_error", "ci_low", "ci_high", "p", "rows", "events")
MODELS = ("logit", "cloglog", "probit", "firth")
FEW_REASONS = 3
MOST_SPECIFICATIONS = 2_000
"""Beyond these a picture shows nothing that fewer would not, and fitting takes minutes."""


@dataclass(frozen=True, kw_only=True)
class _Choice:
    """One specification: what was chosen of each kind."""

    exposure: str
    term: str
    controls: tuple[str, ...]
    model: CurveModel
    duration: str
    errors: str


@dataclass(frozen=True, kw_only=True)
class SpecificationCurve:
    """A coefficient in many specifications, from the smallest estimate to the largest.

    Attributes
    ----------
    term : str
        What the coefficient belongs to.
    measure : {"coefficient", "effect"}
    table : polars.DataFrame
        A row for each specification, sorted by estimate; those without one are last. rank, estimate,
        std_error, ci_low, ci_high, p, rows, events, `missing` (why there is no estimate), warnings, then what
        was chosen: exposure, controls (a list), model, duration, errors.
    controls : tuple of str
        All controls that a specification may have.
    """

    term: str
    measure: Literal["coefficient", "effect"]
    table: pl.DataFrame = field(repr=False)
    controls: tuple[str, ...]

    @property
    def missing(self) -> int:
        """Number of specifications without an estimate."""
        return int(self.table["estimate"].null_count())

    def summary(self) -> str:
        """How many specifications there are, on which side of zero, and how many lack an estimate."""
        known = self.table.drop_nulls("estimate")
        above = known.filter(known["estimate"] > 0).height
        # in Polars NaN is above every number, but an end that no search found leaves nothing out
        low, high = (known[name].fill_nan(None) for name in ("ci_low", "ci_high"))
        clear = known.filter((low > 0) | (high < 0)).height
        middle = float(known["estimate"].median())  # type: ignore[arg-type]
        lines = [
            f"{counted(self.table.height, 'specification')} of `{self.term}`: {above:,} estimates are above "
            f"zero and {known.height - above:,} are not; {clear:,} intervals leave zero out; the median "
            f"estimate is {middle:.3g}."
        ]
        if self.missing:
            lines.append(f"{counted(self.missing, 'specification')} could not be estimated:")
            reasons = self.table["missing"].drop_nulls().value_counts(sort=True)
            lines += [f"{count:,}: {reason}" for reason, count in reasons.head(FEW_REASONS).iter_rows()]
            if reasons.height > FEW_REASONS:
                lines.append(f"The table gives {reasons.height - FEW_REASONS:,} more reasons.")
        sizes = known["rows"].unique().sort().to_list()
        if len(sizes) > 1:
            lines.append(
                f"Specifications rest on {sizes[0]:,} to {sizes[-1]:,} rows, since rows that lack a control "
                "are left out: differences between them may come from the rows."
            )
        return "\n".join(lines)


def specification_curve(
    panel: Frame,
    exposure: str | Mapping[str, str],
    controls: Sequence[str] = (),
    *,
    models: Sequence[CurveModel] = ("logit", "cloglog"),
    durations: Sequence[Literal["cubic", "spline", "dummies"] | None] = (None, "cubic"),
    clusters: Mapping[str, Any] | None = None,
    measure: Literal["coefficient", "effect"] = "coefficient",
    outcome: str = "adopted",
) -> SpecificationCurve:
    """Specification curve: fit every combination of controls, models, time at risk, lags and errors.

    Parameters
    ----------
    panel : pandas, Polars or Arrow table, or a panel
    exposure : str, or mapping of str to str
        The column whose coefficient is asked for; several by name, such as
        ``{"lag 1": "neighbours", "lag 2": "neighbours_2"}``, are alternatives.
    controls : sequence of str
        Terms of a formula; every subset of them is tried, from none to all.
    models : sequence of {"logit", "cloglog", "probit", "firth"}
    durations : sequence of {None, "cubic", "spline", "dummies"}
    clusters : mapping of str to what `event_history` takes as `cluster`, optional
        Ways of clustering the errors by name, such as ``{"unit": "unit", "none": None}``; without it the
        default. Firth's logit has errors of its own and is fitted once.
    measure : {"coefficient", "effect"}
        Coefficients of links are on different scales; the average marginal effect of a contrast is on one.
    outcome : str
        Left side of the formula.

    Returns
    -------
    SpecificationCurve
        Specifications that are refused or do not converge are in it, with the reason and no estimate.

    Raises
    ------
    PlanError
        If there is nothing to choose from, there are more than 2,000 specifications, or the panel lacks a
        column.
    MethodError
        If no specification can be estimated.
    """
    choices = _choices(exposure, controls, models, durations, clusters)
    ways = clusters or {"default": AUTO}
    rows = [_row(panel, choice, ways, measure, outcome) for choice in choices]
    if all(row["estimate"] is None for row in rows):
        raise MethodError(f"No specification could be estimated. The first: {rows[0]['missing']}")
    rows.sort(key=lambda row: (row["estimate"] is None, row["estimate"] or 0.0))
    name = exposure if isinstance(exposure, str) else ", ".join(exposure.values())
    return SpecificationCurve(
        term=name, measure=measure, table=_table(rows), controls=tuple(dict.fromkeys(controls))
    )


def _choices(
    exposure: str | Mapping[str, str],
    controls: Sequence[str],
    models: Sequence[CurveModel],
    durations: Sequence[Any],
    clusters: Mapping[str, Any] | None,
) -> list[_Choice]:
    exposures = {exposure: exposure} if isinstance(exposure, str) else dict(exposure)
    strange = [model for model in models if model not in MODELS]
    if strange:
        raise PlanError(
            f"models names {strange[0]!r}; it must be one of 'logit', 'cloglog', 'probit', 'firth'."
        )
    if not (exposures and models and durations):
        raise PlanError("A specification needs an exposure, a model and a shape of time at risk.")
    own = tuple(dict.fromkeys(controls))
    subsets = 2 ** len(own)
    errors = tuple(clusters or ("default",))
    most = len(exposures) * subsets * len(models) * len(durations) * len(errors)
    if most > MOST_SPECIFICATIONS:
        raise PlanError(
            f"These are {most:,} specifications, and at most {MOST_SPECIFICATIONS:,} are fitted. Join "
            "controls that belong together in one text, such as `gdp + trade`."
        )
    return [
        _Choice(
            exposure=name, term=column, controls=subset, model=model, duration=shape or "none", errors=way
        )
        for (name, column), subset, model, shape in product(
            exposures.items(), _subsets(own), models, durations
        )
        for way in (errors if model != "firth" else ("model-based",))
    ]


def _subsets(controls: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    for size in range(len(controls) + 1):
        yield from combinations(controls, size)


def _row(
    panel: Frame, choice: _Choice, clusters: Mapping[str, Any], measure: str, outcome: str
) -> dict[str, Any]:
    """One specification: its estimate, or why there is none."""
    row: dict[str, Any] = dict.fromkeys(NUMBERS) | {
        "missing": None,
        "warnings": [],
        "exposure": choice.exposure,
        "controls": list(choice.controls),
        "model": choice.model,
        "duration": choice.duration,
        "errors": choice.errors,
    }
    try:
        fit = _fit(panel, choice, clusters, outcome)
        numbers = _numbers(fit, panel, choice.term, measure)
    except MethodError as error:
        return row | {"missing": str(error)}
    return row | numbers | {"rows": fit.rows, "events": fit.events, "warnings": list(fit.warnings)}


def _fit(panel: Frame, choice: _Choice, clusters: Mapping[str, Any], outcome: str) -> Fit:
    formula = f"{outcome} ~ {' + '.join((in_backticks(choice.term), *choice.controls))}"
    duration: Any = None if choice.duration == "none" else choice.duration
    if choice.model == "firth":
        return firth(formula, panel, duration=duration)
    return event_history(
        formula, panel, link=choice.model, duration=duration, cluster=clusters[choice.errors]
    )


def _numbers(fit: Fit, panel: Frame, term: str, measure: str) -> dict[str, float]:
    if measure == "effect":
        effect = average_marginal_effects(fit, panel, [term]).row(0, named=True)
        numbers = {name: effect["effect" if name == "estimate" else name] for name in NUMBERS[:5]}
    else:
        holding = fit.design.holding(term)
        if len(holding) != 1:
            raise MethodError(f"`{term}` is in {len(holding)} terms of `{fit.formula}`, not in one.")
        columns = (fit.coefficients, fit.std_errors, fit.ci_low, fit.ci_high, fit.p)
        numbers = {name: float(one[holding[0]]) for name, one in zip(NUMBERS[:5], columns, strict=True)}
    if not math.isfinite(numbers["estimate"]):
        raise MethodError(f"The estimate of `{term}` is not a number.")
    return numbers


def _table(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    import polars as pl

    types: dict[str, Any] = dict.fromkeys(NUMBERS[:5], pl.Float64) | {"rows": pl.Int64, "events": pl.Int64}
    texts = pl.List(pl.String)
    types |= {"missing": pl.String, "warnings": texts, "exposure": pl.String, "controls": texts}
    types |= dict.fromkeys(("model", "duration", "errors"), pl.String)
    return pl.DataFrame(rows, schema=types).with_row_index("rank", offset=1)
