"""diffuscope finds out how a policy spread and why, and says plainly what the data cannot tell.

>>> import diffuscope
>>> case = diffuscope.read_case("asean-smart-cities")
>>> result = diffuscope.run_study(case)
>>> [f"{found.mechanism}: {found.verdict}" for found in result.verdicts[:4]]
['coercion: not shown', 'competition: not shown', 'emulation: not shown', 'learning: weak']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffuscope.case import (
        Case,
        case_from_frames,
        new_case,
        read_case,
        shipped_cases,
        write_data_package,
    )
    from diffuscope.case.importers import (
        read_frame,
        read_graph,
        write_panel,
    )
    from diffuscope.errors import CaseError, DiffuscopeError, MethodError, PlanError
    from diffuscope.models import (
        Fit,
        PooledFit,
        Scores,
        Separation,
        Validation,
        adoption_curve,
        average_marginal_effects,
        baseline_hazard,
        compare_durations,
        cox,
        event_history,
        firth,
        likelihood_ratio,
        pooled_history,
        predicted_hazard,
        score_hazards,
        separation,
        validate_out_of_time,
    )
    from diffuscope.panel import (
        Observed,
        Panel,
        add_covariates,
        add_exposure,
        adoptions_from_panel,
        counting_process,
        dyad_period,
        impute_dates,
        person_period,
    )
    from diffuscope.report import write_report
    from diffuscope.result import Result, read_result
    from diffuscope.study import case_problems, run_study
    from diffuscope.ties import (
        Exposure,
        Layer,
        Separability,
        exposure,
        layer_from_frame,
        layer_from_graph,
        layer_from_matrix,
        layer_from_nominations,
        layers_of,
        separability,
    )

# Nothing heavy is imported until it is used: the command has to answer at once.
_HOME = {
    "Case": "diffuscope.case",
    "CaseError": "diffuscope.errors",
    "DiffuscopeError": "diffuscope.errors",
    "Exposure": "diffuscope.ties",
    "Fit": "diffuscope.models",
    "Layer": "diffuscope.ties",
    "MethodError": "diffuscope.errors",
    "Observed": "diffuscope.panel",
    "Panel": "diffuscope.panel",
    "PlanError": "diffuscope.errors",
    "PooledFit": "diffuscope.models",
    "Result": "diffuscope.result",
    "Scores": "diffuscope.models",
    "Separability": "diffuscope.ties",
    "Separation": "diffuscope.models",
    "Validation": "diffuscope.models",
    "add_covariates": "diffuscope.panel",
    "add_exposure": "diffuscope.panel",
    "adoption_curve": "diffuscope.models",
    "adoptions_from_panel": "diffuscope.panel",
    "average_marginal_effects": "diffuscope.models",
    "baseline_hazard": "diffuscope.models",
    "case_from_frames": "diffuscope.case",
    "case_problems": "diffuscope.study",
    "compare_durations": "diffuscope.models",
    "counting_process": "diffuscope.panel",
    "cox": "diffuscope.models",
    "dyad_period": "diffuscope.panel",
    "event_history": "diffuscope.models",
    "exposure": "diffuscope.ties",
    "firth": "diffuscope.models",
    "impute_dates": "diffuscope.panel",
    "layer_from_frame": "diffuscope.ties",
    "layer_from_graph": "diffuscope.ties",
    "layer_from_matrix": "diffuscope.ties",
    "layer_from_nominations": "diffuscope.ties",
    "layers_of": "diffuscope.ties",
    "likelihood_ratio": "diffuscope.models",
    "new_case": "diffuscope.case",
    "person_period": "diffuscope.panel",
    "pooled_history": "diffuscope.models",
    "predicted_hazard": "diffuscope.models",
    "read_case": "diffuscope.case",
    "read_frame": "diffuscope.case.importers",
    "read_graph": "diffuscope.case.importers",
    "read_result": "diffuscope.result",
    "run_study": "diffuscope.study",
    "score_hazards": "diffuscope.models",
    "separability": "diffuscope.ties",
    "separation": "diffuscope.models",
    "shipped_cases": "diffuscope.case",
    "validate_out_of_time": "diffuscope.models",
    "write_data_package": "diffuscope.case",
    "write_panel": "diffuscope.case.importers",
    "write_report": "diffuscope.report",
}

__all__ = [
    "Case",
    "CaseError",
    "DiffuscopeError",
    "Exposure",
    "Fit",
    "Layer",
    "MethodError",
    "Observed",
    "Panel",
    "PlanError",
    "PooledFit",
    "Result",
    "Scores",
    "Separability",
    "Separation",
    "Validation",
    "add_covariates",
    "add_exposure",
    "adoption_curve",
    "adoptions_from_panel",
    "average_marginal_effects",
    "baseline_hazard",
    "case_from_frames",
    "case_problems",
    "compare_durations",
    "counting_process",
    "cox",
    "dyad_period",
    "event_history",
    "exposure",
    "firth",
    "impute_dates",
    "layer_from_frame",
    "layer_from_graph",
    "layer_from_matrix",
    "layer_from_nominations",
    "layers_of",
    "likelihood_ratio",
    "new_case",
    "person_period",
    "pooled_history",
    "predicted_hazard",
    "read_case",
    "read_frame",
    "read_graph",
    "read_result",
    "run_study",
    "score_hazards",
    "separability",
    "separation",
    "shipped_cases",
    "validate_out_of_time",
    "write_data_package",
    "write_panel",
    "write_report",
]

_ROOMS = ("ties",)
"""Rooms whose makers are public by the room's name: `diffuscope.ties.co_attendance`."""


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return import_module(f"diffuscope.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'diffuscope' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, *_ROOMS]
