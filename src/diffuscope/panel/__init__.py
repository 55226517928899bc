"""Time: who could adopt when, who did, and what the order of events can bear."""

from __future__ import annotations

from diffuscope.panel.chronology import chronology
from diffuscope.panel.counting_process import counting_process
from diffuscope.panel.covariates import add_covariates
from diffuscope.panel.dyads import dyad_period
from diffuscope.panel.exposures import add_exposure
from diffuscope.panel.from_case import history_of_case, panel_of
from diffuscope.panel.from_wide import Observed, adoptions_from_panel
from diffuscope.panel.global_share import add_global_share, add_time_at_risk
from diffuscope.panel.impute_dates import count_ranged, impute_dates
from diffuscope.panel.launch import without_launch
from diffuscope.panel.panel import History, Panel
from diffuscope.panel.risk import person_period

__all__ = [
    "History",
    "Observed",
    "Panel",
    "add_covariates",
    "add_exposure",
    "add_global_share",
    "add_time_at_risk",
    "adoptions_from_panel",
    "chronology",
    "count_ranged",
    "counting_process",
    "dyad_period",
    "history_of_case",
    "impute_dates",
    "panel_of",
    "person_period",
    "without_launch",
]
