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
    from diffuscope.errors import CaseError, DiffuscopeError, MethodError, PlanError
    from diffuscope.models import (
        Fit,
        Separation,
        cox,
        event_history,
        firth,
        separation,
    )
    from diffuscope.report import write_report
    from diffuscope.result import Result, read_result
    from diffuscope.study import case_problems, run_study

# Nothing heavy is imported until it is used: the command has to answer at once.
_HOME = {
    "Case": "diffuscope.case",
    "CaseError": "diffuscope.errors",
    "DiffuscopeError": "diffuscope.errors",
    "Fit": "diffuscope.models",
    "MethodError": "diffuscope.errors",
    "PlanError": "diffuscope.errors",
    "Result": "diffuscope.result",
    "Separation": "diffuscope.models",
    "case_from_frames": "diffuscope.case",
    "case_problems": "diffuscope.study",
    "cox": "diffuscope.models",
    "event_history": "diffuscope.models",
    "firth": "diffuscope.models",
    "new_case": "diffuscope.case",
    "read_case": "diffuscope.case",
    "read_result": "diffuscope.result",
    "run_study": "diffuscope.study",
    "separation": "diffuscope.models",
    "shipped_cases": "diffuscope.case",
    "write_data_package": "diffuscope.case",
    "write_report": "diffuscope.report",
}

__all__ = [
    "Case",
    "CaseError",
    "DiffuscopeError",
    "Fit",
    "MethodError",
    "PlanError",
    "Result",
    "Separation",
    "case_from_frames",
    "case_problems",
    "cox",
    "event_history",
    "firth",
    "new_case",
    "read_case",
    "read_result",
    "run_study",
    "separation",
    "shipped_cases",
    "write_data_package",
    "write_report",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'diffuscope' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
