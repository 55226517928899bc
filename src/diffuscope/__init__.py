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
        correct_case,
        export_data,
        new_case,
        read_case,
        shipped_cases,
        write_data_package,
    )
    from diffuscope.case.importers import (
        CodedPassages,
        DiffnetFrames,
        read_cascades,
        read_coder_table,
        read_diffnet,
        read_diffnet_frames,
        read_frame,
        read_graph,
        read_qdpx,
        write_panel,
    )
    from diffuscope.compute import run_on
    from diffuscope.descriptives import (
        AdopterCategories,
        AdoptionRates,
        Bass,
        DegreeTime,
        DiffusionNetwork,
        Innovativeness,
        Moran,
        StructureTest,
        UnitStatistic,
        adopter_categories,
        adoption_rates,
        bass,
        degree_time,
        diffusion_network,
        infectiousness,
        innovativeness,
        moran,
        moran_by_period,
        proximity_weights,
        structure_test,
        susceptibility,
        thresholds,
        thresholds_by_policy,
    )
    from diffuscope.errors import (
        CaseError,
        ComputeError,
        ConvergenceError,
        DiffuscopeError,
        MethodError,
        PlanError,
        SeparationError,
    )
    from diffuscope.gazetteer import Country, CountryReading, resolve_country
    from diffuscope.importing import Decision, Imported, import_case
    from diffuscope.models import (
        CombinedFit,
        EffectCurve,
        Fit,
        PooledFit,
        Scores,
        Separation,
        SpecificationCurve,
        Validation,
        adoption_curve,
        average_marginal_effects,
        baseline_hazard,
        combine_fits,
        compare_durations,
        conditional_logit,
        cox,
        cumulative_incidence,
        effects_over_range,
        event_history,
        firth,
        firth_bootstrap,
        kaplan_meier,
        likelihood_ratio,
        logrank_test,
        pooled_history,
        predicted_hazard,
        proportional_hazards_test,
        regression_table,
        score_hazards,
        separation,
        specification_curve,
        validate_out_of_time,
    )
    from diffuscope.networks import (
        AdjustedNetwork,
        FalseDiscovery,
        InferredNetwork,
        InferredRates,
        RollingNetworks,
        Stability,
        add_source_counts,
        infer_adjusted_network,
        infer_large_network,
        infer_network,
        infer_rates,
        rolling_networks,
    )
    from diffuscope.panel import (
        Observed,
        Panel,
        add_covariates,
        add_exposure,
        add_global_share,
        add_time_at_risk,
        adoptions_from_panel,
        counting_process,
        dyad_period,
        impute_dates,
        person_period,
    )
    from diffuscope.records import EvidencePlan, RegressionTable, Safeguard, SafeguardResults
    from diffuscope.report import write_edition, write_regression_table, write_report
    from diffuscope.result import Result, read_result
    from diffuscope.safeguards import challenge
    from diffuscope.simulate import PlantedEffect, SimulatedCase, Truth, simulate_diffusion
    from diffuscope.study import case_problems, findings, freeze_questions, plan_evidence, run_study
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
_NAMES = {
    "case": (
        "Case case_from_frames correct_case export_data new_case read_case shipped_cases write_data_package"
    ),
    "case.importers": (
        "CodedPassages DiffnetFrames read_cascades read_coder_table read_diffnet read_diffnet_frames "
        "read_frame read_graph read_qdpx write_panel"
    ),
    "descriptives": (
        "AdopterCategories AdoptionRates Bass DegreeTime DiffusionNetwork Innovativeness Moran StructureTest "
        "UnitStatistic adopter_categories adoption_rates bass degree_time diffusion_network infectiousness "
        "innovativeness moran moran_by_period proximity_weights structure_test susceptibility thresholds "
        "thresholds_by_policy"
    ),
    "compute": "run_on",
    "errors": (
        "CaseError ComputeError ConvergenceError DiffuscopeError MethodError PlanError SeparationError"
    ),
    "gazetteer": "Country CountryReading resolve_country",
    "importing": "Decision Imported import_case",
    "models": (
        "CombinedFit EffectCurve Fit PooledFit Scores Separation SpecificationCurve Validation "
        "adoption_curve average_marginal_effects baseline_hazard combine_fits compare_durations "
        "conditional_logit cox cumulative_incidence effects_over_range event_history firth firth_bootstrap "
        "kaplan_meier likelihood_ratio logrank_test pooled_history predicted_hazard "
        "proportional_hazards_test regression_table score_hazards separation specification_curve "
        "validate_out_of_time"
    ),
    "networks": (
        "AdjustedNetwork FalseDiscovery InferredNetwork InferredRates RollingNetworks Stability "
        "add_source_counts infer_adjusted_network infer_large_network infer_network infer_rates "
        "rolling_networks"
    ),
    "panel": (
        "Observed Panel add_covariates add_exposure add_global_share add_time_at_risk adoptions_from_panel "
        "counting_process dyad_period impute_dates person_period"
    ),
    "records": "EvidencePlan RegressionTable Safeguard SafeguardResults",
    "report": "write_edition write_regression_table write_report",
    "result": "Result read_result",
    "safeguards": "challenge",
    "simulate": "PlantedEffect SimulatedCase Truth simulate_diffusion",
    "study": "case_problems findings freeze_questions plan_evidence run_study",
    "ties": (
        "Exposure Layer Separability exposure layer_from_frame layer_from_graph layer_from_matrix "
        "layer_from_nominations layers_of separability"
    ),
}
"""Public names by the room that they are imported from."""
_HOME = {name: f"diffuscope.{room}" for room, names in _NAMES.items() for name in names.split()}

__all__ = [
    "AdjustedNetwork",
    "AdopterCategories",
    "AdoptionRates",
    "Bass",
    "Case",
    "CaseError",
    "CodedPassages",
    "CombinedFit",
    "ComputeError",
    "ConvergenceError",
    "Country",
    "CountryReading",
    "Decision",
    "DegreeTime",
    "DiffnetFrames",
    "DiffuscopeError",
    "DiffusionNetwork",
    "EffectCurve",
    "EvidencePlan",
    "Exposure",
    "FalseDiscovery",
    "Fit",
    "Imported",
    "InferredNetwork",
    "InferredRates",
    "Innovativeness",
    "Layer",
    "MethodError",
    "Moran",
    "Observed",
    "Panel",
    "PlanError",
    "PlantedEffect",
    "PooledFit",
    "RegressionTable",
    "Result",
    "RollingNetworks",
    "Safeguard",
    "SafeguardResults",
    "Scores",
    "Separability",
    "Separation",
    "SeparationError",
    "SimulatedCase",
    "SpecificationCurve",
    "Stability",
    "StructureTest",
    "Truth",
    "UnitStatistic",
    "Validation",
    "add_covariates",
    "add_exposure",
    "add_global_share",
    "add_source_counts",
    "add_time_at_risk",
    "adopter_categories",
    "adoption_curve",
    "adoption_rates",
    "adoptions_from_panel",
    "average_marginal_effects",
    "baseline_hazard",
    "bass",
    "case_from_frames",
    "case_problems",
    "challenge",
    "combine_fits",
    "compare_durations",
    "conditional_logit",
    "correct_case",
    "counting_process",
    "cox",
    "cumulative_incidence",
    "degree_time",
    "diffusion_network",
    "dyad_period",
    "effects_over_range",
    "event_history",
    "export_data",
    "exposure",
    "findings",
    "firth",
    "firth_bootstrap",
    "freeze_questions",
    "import_case",
    "impute_dates",
    "infectiousness",
    "infer_adjusted_network",
    "infer_large_network",
    "infer_network",
    "infer_rates",
    "innovativeness",
    "kaplan_meier",
    "layer_from_frame",
    "layer_from_graph",
    "layer_from_matrix",
    "layer_from_nominations",
    "layers_of",
    "likelihood_ratio",
    "logrank_test",
    "moran",
    "moran_by_period",
    "new_case",
    "person_period",
    "plan_evidence",
    "pooled_history",
    "predicted_hazard",
    "proportional_hazards_test",
    "proximity_weights",
    "read_cascades",
    "read_case",
    "read_coder_table",
    "read_diffnet",
    "read_diffnet_frames",
    "read_frame",
    "read_graph",
    "read_qdpx",
    "read_result",
    "regression_table",
    "resolve_country",
    "rolling_networks",
    "run_on",
    "run_study",
    "score_hazards",
    "separability",
    "separation",
    "shipped_cases",
    "simulate_diffusion",
    "specification_curve",
    "structure_test",
    "susceptibility",
    "thresholds",
    "thresholds_by_policy",
    "validate_out_of_time",
    "write_data_package",
    "write_edition",
    "write_panel",
    "write_regression_table",
    "write_report",
]

_ROOMS = ("register", "ties")
"""Rooms whose makers are public by the room's name: `diffuscope.ties.co_attendance`."""


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return import_module(f"diffuscope.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'diffuscope' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, *_ROOMS]
