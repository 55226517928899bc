"""What the dates of a case alone say of one question: its panel, exposures and models."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from diffuscope.case.model import ROW
from diffuscope.errors import MethodError, PlanError
from diffuscope.panel import chronology
from diffuscope.records import Estimate, EventHistory, Excluded
from diffuscope.records.phrases import counted
from diffuscope.result import TableRecord
from diffuscope.study.estimates import curves, hazards
from diffuscope.study.mechanism_models import judged_in, mechanism_model, rows_lost
from diffuscope.study.panels import ExposedPanel, exposed, ledger_of
from diffuscope.study.repetitions import (
    REFUSALS,
    Asker,
    begin_repetitions,
    covariates_of,
    joint_model,
    repeated_in,
    repetitions_without_main,
)
from diffuscope.study.statistics import questions_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.case import Case
    from diffuscope.case.private import Private
    from diffuscope.models import Fit
    from diffuscope.panel import Panel
    from diffuscope.records import Analysis, Chronology
    from diffuscope.safeguards.tested_model import TestedModel
    from diffuscope.study.channels import Layers
    from diffuscope.study.estimates import Modelled

MAIN = "main"


@dataclass(frozen=True, kw_only=True)
class EventHistoryResult:
    """An event history, the tables that belong to it, and the models to be put to the test.

    Attributes
    ----------
    history : EventHistory
    questions : mapping of str to TestedModel
        By mechanism, and ``neighbours``: the model in which it is judged, with its panel and channels. Where
        dates are drawn these are of the first draw; the coefficients of the record are combined over all.
    frames : dict of str to polars.DataFrame
    tables : dict of str to TableRecord
    """

    history: EventHistory
    questions: Mapping[str, TestedModel] = field(default_factory=dict)
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    tables: dict[str, TableRecord] = field(default_factory=dict)


def history_of(
    case: Case,
    analysis: Analysis,
    dates: Chronology,
    layers: Layers,
    private: Private,
    *,
    seed: int = 0,
    workers: int | None = None,
) -> EventHistoryResult:
    """Who was at risk when, exposed to whom, and models of who adopted; nothing is concluded from them.

    Parameters
    ----------
    case : Case
    analysis : Analysis
    dates : Chronology
        Of this question: where it rules diffusion out, there is no risk set.
    layers : Layers
    private : Private
    seed : int
        Of draws of dates that are known as ranges.
    workers : int, optional
        Processes at once for repetitions that take long; all cores by default.

    Returns
    -------
    EventHistoryResult
        Whatever cannot be done says why.
    """
    if not analysis.policies:
        refused = "The question names no policies, so no unit is at risk."
        return EventHistoryResult(history=EventHistory(analysis=analysis.id, refused=refused))
    asker = Asker(case=case, layers=layers, seed=seed, workers=workers)
    if dates.testable is False:
        return _asked_otherwise(_no_risk_set(case, analysis, dates), asker, analysis)
    try:
        exposed_panel = exposed(case, analysis, layers, covariates_of(case, analysis), seed)
    except REFUSALS as error:
        return _asked_otherwise(EventHistory(analysis=analysis.id, refused=str(error)), asker, analysis)
    repeated = begin_repetitions(asker, analysis, dates, exposed_panel)
    joint = joint_model(analysis, exposed_panel, MAIN, "")
    judged = judged_in(analysis, exposed_panel, joint, alone=True)
    again = repeated()
    main = _with_scripts(joint.record, joint.fit, analysis)
    history = _history(analysis, exposed_panel, [main, *(one.record for one in again)])
    if not history.rows:
        return EventHistoryResult(history=history)
    models = tuple(
        mechanism_model(analysis, exposed_panel, one, repeated_in(again, one.mechanism)) for one in judged
    )
    terms = dict.fromkeys((*joint.exposures, *covariates_of(case, analysis)))
    history = msgspec.structs.replace(history, models=models, lost=rows_lost(exposed_panel, terms))
    outcome = EventHistoryResult(history=history, questions=questions_of(exposed_panel, judged))
    return _with_frames(outcome, exposed_panel, joint, _shown(exposed_panel.panel, case, private))


def _asked_otherwise(history: EventHistory, asker: Asker, analysis: Analysis) -> EventHistoryResult:
    """A question without a panel, with those of its repetitions that another tier or window makes."""
    case = asker.case
    file = case.files.get("adoptions", "adoptions.csv")

    def dates_of(other: Analysis) -> Chronology:
        return chronology(other, case.table("adoptions"), case.waves, file, tables=case.tables)

    again = repetitions_without_main(asker, analysis, dates_of)
    if again:
        main = Estimate(id=MAIN, description="", formula="", refused=history.refused)
        history = msgspec.structs.replace(history, estimates=(main, *(one.record for one in again)))
    return EventHistoryResult(history=history)


def _with_frames(
    result: EventHistoryResult, exposed_panel: ExposedPanel, joint: Modelled, panel: pl.DataFrame
) -> EventHistoryResult:
    """The event history with its tables, each named after the question."""
    frames = {
        "panel": panel,
        "hazard": hazards(exposed_panel, joint.fit),
        "curve": curves(exposed_panel, joint.fit),
    }
    own = result.history.analysis
    return replace(
        result,
        frames={f"{name}_{own}": frame for name, frame in frames.items()},
        tables={f"{name}_{own}": _meaning(name, exposed_panel) for name in frames},
    )


def _no_risk_set(case: Case, analysis: Analysis, dates: Chronology) -> EventHistory:
    own = case.table("adoptions").filter(
        pl.col("policy").is_in(analysis.policies) & pl.col("unit").is_in(analysis.units)
    )
    rows = tuple(own[ROW].sort().to_list())
    reason = "The question has no risk set"
    left_out = (Excluded(table="adoptions", reason=reason, count=len(rows), rows=rows),) if rows else ()
    notes = []
    if own["unit"].n_unique() == len(analysis.units):
        notes.append(
            "Every unit of the question adopted. If they are listed because they adopted, no unit is known "
            "that could have adopted and did not."
        )
    return EventHistory(
        analysis=analysis.id,
        refused=f"There is no risk set. {dates.reason}",
        left_out=left_out,
        notes=tuple(notes),
    )


def _with_scripts(record: Estimate, fit: Fit | None, analysis: Analysis) -> Estimate:
    """The main model with what refits it elsewhere, where other programs have it."""
    if fit is None:
        return record
    from diffuscope.models.export.r_script import r_script
    from diffuscope.models.export.stata_script import stata_script

    data = f"../tables/panel-{analysis.id}.csv"
    scripts: dict[str, str | None] = {}
    for name, write in (("r_script", r_script), ("stata_script", stata_script)):
        try:
            scripts[name] = write(fit, data, guarded=True)
        except (MethodError, PlanError):
            scripts[name] = None
    return msgspec.structs.replace(record, **scripts)


def _history(analysis: Analysis, exposed_panel: ExposedPanel, estimates: list[Estimate]) -> EventHistory:
    rows = exposed_panel.panel.table()
    return EventHistory(
        analysis=analysis.id,
        rows=rows.height,
        events=int(rows["event"].sum()),
        units=rows["unit"].n_unique(),
        policies=rows["policy"].n_unique(),
        simultaneous=exposed_panel.panel.simultaneous(),
        left_out=ledger_of(exposed_panel.panel),
        notes=exposed_panel.notes,
        exposures=exposed_panel.exposures,
        correlations=exposed_panel.correlations,
        inseparable=exposed_panel.inseparable,
        estimates=tuple(estimates),
    )


def _shown(panel: Panel, case: Case, private: Private) -> pl.DataFrame:
    """The rows of a panel that rest on nothing private."""
    hidden = [row for table, row in private.rows if table == "adoptions"]
    pairs = case.table("adoptions").filter(pl.col(ROW).is_in(hidden)).select("unit", "policy")
    return panel.table().join(pairs, on=["unit", "policy"], how="anti", maintain_order="left")


OF_PANEL = {
    "unit": "Who could adopt.",
    "policy": "The policy it could adopt.",
    "period": "The period, by its name.",
    "time": "The period, by its number.",
    "duration": "Time at risk by the end of the period.",
    "event": "1 where it adopted in this period.",
    "gap": "Length of the period.",
    "spell": "2 and more where it is at risk again after a repeal.",
    "decider": "The unit; units that decided together are one.",
    "global_share": "Share of all units that had adopted by the end of the period before.",
    "time_at_risk": "How long the unit itself had been at risk by the end of the period.",
}
OF_HAZARD = {
    "duration": "Time at risk by the end of the period.",
    "at_risk": "How many could adopt.",
    "events": "How many did.",
    "hazard": "Their share.",
    "model": "The same as predicted by the main model with all other terms at their means; empty if it has "
    "no such term.",
    "ci_low": "Lower end of its 95 % interval.",
    "ci_high": "Upper end.",
}
OF_CURVE = {
    "duration": "Time at risk by the end of the period.",
    "observed": "Share that would have adopted by then if all had been at risk from the beginning.",
    "adopted": "The same as the main model predicts it.",
    "ci_low": "Lower end of its 95 % interval.",
    "ci_high": "Upper end.",
}


def _meaning(name: str, exposed_panel: ExposedPanel) -> TableRecord:
    if name == "hazard":
        return TableRecord(a_row_is="a time at risk", columns=OF_HAZARD)
    if name == "curve":
        return TableRecord(a_row_is="a time at risk", columns=OF_CURVE)
    lags = {record.name: record for record in exposed_panel.exposures}
    columns = {}
    for column in exposed_panel.panel.table().columns:
        if column in lags:
            record = lags[column]
            through = f"through {record.layer}" if record.layer else ""
            columns[column] = f"Exposure {through} ({record.form}, lag {record.lag})."
        elif column.startswith("isolate_"):
            columns[column] = f"Whether it has no ties for {column.removeprefix('isolate_')}."
        else:
            lag = exposed_panel.lags.get(column)
            when = "of no date" if lag is None else f"known {counted(lag, 'period')} before"
            columns[column] = OF_PANEL.get(column, f"Covariate, {when}.")
    return TableRecord(a_row_is="a unit and policy at risk in one period", columns=columns)
