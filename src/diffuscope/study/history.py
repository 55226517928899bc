"""What the dates of a case alone say of one question: its panel, exposures and models."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from diffuscope.case.model import ROW
from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.records import Estimate, EventHistory, LeftOut, Repeat
from diffuscope.result import TableRecord
from diffuscope.study.estimates import curves, estimate, hazards, in_formula
from diffuscope.study.panels import Exposed, exposed, ledger_of, set_aside
from diffuscope.study.statistics import question_of

if TYPE_CHECKING:
    from diffuscope.case import Case
    from diffuscope.case.private import Private
    from diffuscope.models import Fit
    from diffuscope.panel import Panel
    from diffuscope.records import Analysis, Chronology
    from diffuscope.safeguards.question import Question
    from diffuscope.study.channels import Layers

MAIN = "main"
SURE = "sure_dates"
"""Id of the repetition without dates of low confidence."""
MODEL = ("covariates", "formula", "model", "duration", "policy_effects", "errors")
REFUSALS = (CaseError, MethodError, PlanError)


@dataclass(frozen=True, kw_only=True)
class Told:
    """An event history, the tables that belong to it, and the main model to be put to the test."""

    history: EventHistory
    question: Question | None = None
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    tables: dict[str, TableRecord] = field(default_factory=dict)


def history_of(case: Case, analysis: Analysis, dates: Chronology, layers: Layers, private: Private) -> Told:
    """Who was at risk when, exposed to whom, and models of who adopted; nothing is concluded from them.

    Parameters
    ----------
    case : Case
    analysis : Analysis
    dates : Chronology
        Of this question: where it rules diffusion out, there is no risk set.
    layers : Layers
    private : Private

    Returns
    -------
    Told
        Whatever cannot be done says why.
    """
    if not analysis.policies:
        refused = "The question names no policies, so nobody is at risk."
        return Told(history=EventHistory(analysis=analysis.id, refused=refused))
    if dates.testable is False:
        return Told(history=_no_risk_set(case, analysis, dates))
    try:
        found = exposed(case, analysis, layers, _covariates(case, analysis))
    except REFUSALS as error:
        return Told(history=EventHistory(analysis=analysis.id, refused=private.scrub(str(error))))
    main, fit = estimate(analysis, found, MAIN, "")
    estimates = [_with_scripts(main, fit, analysis), *_repeated(case, analysis, layers, found)]
    history = _history(analysis, found, estimates)
    if not history.rows:
        return Told(history=_scrubbed(history, private))
    frames = {
        "panel": _shown(found.panel, case, private),
        "hazard": hazards(found, fit),
        "curve": curves(found, fit),
    }
    return Told(
        history=_scrubbed(history, private),
        question=question_of(found, fit),
        frames={f"{name}_{analysis.id}": frame for name, frame in frames.items()},
        tables={f"{name}_{analysis.id}": _meaning(name, found, analysis) for name in frames},
    )


def _no_risk_set(case: Case, analysis: Analysis, dates: Chronology) -> EventHistory:
    own = case.table("adoptions").filter(
        pl.col("policy").is_in(analysis.policies) & pl.col("unit").is_in(analysis.units)
    )
    rows = tuple(own[ROW].sort().to_list())
    reason = "The question has no risk set"
    left_out = (LeftOut(table="adoptions", reason=reason, count=len(rows), rows=rows),) if rows else ()
    notes = []
    if own["unit"].n_unique() == len(analysis.units):
        notes.append(
            "Every unit of the question adopted. If they are listed because they did, nobody is known who "
            "could have adopted and did not."
        )
    return EventHistory(
        analysis=analysis.id,
        refused=f"There is no risk set. {dates.reason}",
        left_out=left_out,
        notes=tuple(notes),
    )


def _covariates(case: Case, analysis: Analysis) -> tuple[str, ...]:
    known = case.table("attributes")["variable"].drop_nulls().unique().sort().to_list()
    named = in_formula(analysis.formula, known)
    return tuple(dict.fromkeys((*analysis.covariates, *named, *analysis.drivers)))


def _repeated(case: Case, analysis: Analysis, layers: Layers, main: Exposed) -> list[Estimate]:
    found = [_again(case, analysis, one, layers, main) for one in analysis.repeat]
    if any(one.without_confidence == "low" for one in analysis.repeat):
        return found
    _, events, rows = set_aside(main.panel, case.table("adoptions"), "low")
    if rows:
        what = "adoption whose date has" if events == 1 else "adoptions whose dates have"
        says = f"Without the {events} {what} low confidence."
        found.insert(
            0, _again(case, analysis, Repeat(id=SURE, says=says, without_confidence="low"), layers, main)
        )
    return found


def _again(case: Case, analysis: Analysis, asked: Repeat, layers: Layers, main: Exposed) -> Estimate:
    other = asked_otherwise(analysis, asked)
    try:
        covariates = _covariates(case, other)
        same = _of_the_panel(other) == _of_the_panel(analysis)
        known = set(covariates) <= set(main.panel.table().columns)
        found = main if same and known else exposed(case, other, layers, covariates)
        if asked.without_confidence is not None:
            panel, _, _ = set_aside(found.panel, case.table("adoptions"), asked.without_confidence)
            found = Exposed(
                panel=panel, exposures=found.exposures, correlations=(), inseparable=(), notes=found.notes
            )
    except REFUSALS as error:
        return Estimate(id=asked.id, says=asked.says, formula=other.formula or "", refused=str(error))
    return estimate(other, found, asked.id, asked.says)[0]


def _of_the_panel(analysis: Analysis) -> Analysis:
    """What of a question makes its panel: everything but how the model is fitted."""
    return msgspec.structs.replace(
        analysis,
        formula=None,
        model="auto",
        duration="auto",
        policy_effects="auto",
        errors="auto",
        covariates=(),
    )


def asked_otherwise(analysis: Analysis, asked: Repeat) -> Analysis:
    """The question as a repetition asks it."""
    other = {
        name: getattr(asked, name)
        for name in ("policies", "units", "window", "lag", *MODEL)
        if getattr(asked, name) is not None
    }
    return msgspec.structs.replace(
        analysis,
        **other,
        layers=analysis.layers | (asked.layers or {}),
        lags=analysis.lags | (asked.lags or {}),
    )


def _with_scripts(record: Estimate, fit: Fit | None, analysis: Analysis) -> Estimate:
    """The main model with what refits it elsewhere, where other programs have it."""
    if fit is None:
        return record
    data = f"../tables/panel-{analysis.id}.csv"
    scripts: dict[str, str | None] = {}
    for name, write in (("r_script", fit.r_script), ("stata_script", fit.stata_script)):
        try:
            scripts[name] = write(data)
        except (MethodError, PlanError):
            scripts[name] = None
    return msgspec.structs.replace(record, **scripts)


def _history(analysis: Analysis, found: Exposed, estimates: list[Estimate]) -> EventHistory:
    rows = found.panel.table()
    return EventHistory(
        analysis=analysis.id,
        rows=rows.height,
        events=int(rows["event"].sum()),
        units=rows["unit"].n_unique(),
        policies=rows["policy"].n_unique(),
        simultaneous=found.panel.simultaneous(),
        left_out=ledger_of(found.panel),
        notes=found.notes,
        exposures=found.exposures,
        correlations=found.correlations,
        inseparable=found.inseparable,
        estimates=tuple(estimates),
    )


def _shown(panel: Panel, case: Case, private: Private) -> pl.DataFrame:
    """The rows of a panel that rest on nothing private."""
    hidden = [row for table, row in private.rows if table == "adoptions"]
    pairs = case.table("adoptions").filter(pl.col(ROW).is_in(hidden)).select("unit", "policy")
    rows = panel.table().join(pairs, on=["unit", "policy"], how="anti", maintain_order="left")
    words = [name for name, kind in rows.schema.items() if kind == pl.String and name not in KEYS]
    return rows.with_columns(
        pl.col(name).replace({text: private.scrub(text) for text in rows[name].drop_nulls().unique()})
        for name in words
    )


def _scrubbed(history: EventHistory, private: Private) -> EventHistory:
    """The record without the words of anything private, wherever a table may have quoted it."""
    replace, scrub = msgspec.structs.replace, private.scrub
    return replace(
        history,
        notes=tuple(map(scrub, history.notes)),
        inseparable=tuple(map(scrub, history.inseparable)),
        exposures=tuple(
            replace(
                one,
                source=scrub(one.source),
                refused=None if one.refused is None else scrub(one.refused),
                notes=tuple(map(scrub, one.notes)),
            )
            for one in history.exposures
        ),
        estimates=tuple(
            replace(
                one,
                says=scrub(one.says),
                refused=None if one.refused is None else scrub(one.refused),
                warnings=tuple(map(scrub, one.warnings)),
            )
            for one in history.estimates
        ),
    )


KEYS = ("unit", "policy", "period")
OF_PANEL = {
    "unit": "Who could adopt.",
    "policy": "What it could adopt.",
    "period": "The period, by its name.",
    "time": "The period, by its number.",
    "duration": "Time at risk by the end of the period.",
    "event": "1 where it adopted in this period.",
    "gap": "Length of the period.",
    "spell": "2 and more where it is at risk again after a repeal.",
}
OF_HAZARD = {
    "duration": "Time at risk by the end of the period.",
    "at_risk": "How many could adopt.",
    "events": "How many did.",
    "hazard": "Their share.",
    "model": "The same as the main model has it, all else at its mean; empty if it has no such term.",
    "low": "Lower end of its 95 % interval.",
    "high": "Upper end.",
}
OF_CURVE = {
    "duration": "Time at risk by the end of the period.",
    "observed": "Share that had adopted by then, had all been at risk from the beginning.",
    "adopted": "The same as the main model foretells it.",
    "low": "Lower end of its 95 % interval.",
    "high": "Upper end.",
}


def _meaning(name: str, found: Exposed, analysis: Analysis) -> TableRecord:
    if name == "hazard":
        return TableRecord(a_row_is="a time at risk", columns=OF_HAZARD)
    if name == "curve":
        return TableRecord(a_row_is="a time at risk", columns=OF_CURVE)
    lags = {record.name: record for record in found.exposures}
    columns = {}
    for column in found.panel.table().columns:
        if column in lags:
            record = lags[column]
            through = f"through {record.layer}" if record.layer else ""
            columns[column] = f"Exposure {through} ({record.form}, lag {record.lag})."
        elif column.startswith("isolate_"):
            columns[column] = f"Whether it has no ties for {column.removeprefix('isolate_')}."
        else:
            columns[column] = OF_PANEL.get(column, f"Covariate, known {analysis.lag} periods before.")
    return TableRecord(a_row_is="a unit and policy at risk in one period", columns=columns)
