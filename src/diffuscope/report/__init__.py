"""Reports: whatever a result holds, as a page, tables and figures. Nothing is computed here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffuscope.report.damaged import damaged_unless_as_written
    from diffuscope.report.earlier import earlier_report
    from diffuscope.report.edition.places import edition_places
    from diffuscope.report.edition.write import write_edition
    from diffuscope.report.evidence_plan import plan_text, write_plan
    from diffuscope.report.problems import write_problems
    from diffuscope.report.regression import write_regression_table
    from diffuscope.report.write import write_report

# Writing needs the libraries of tables and pages; who only lists problems does not wait for them.
_HOME = {
    "damaged_unless_as_written": "damaged",
    "earlier_report": "earlier",
    "edition_places": "edition.places",
    "plan_text": "evidence_plan",
    "write_edition": "edition.write",
    "write_plan": "evidence_plan",
    "write_problems": "problems",
    "write_regression_table": "regression",
    "write_report": "write",
}

__all__ = [
    "damaged_unless_as_written",
    "earlier_report",
    "edition_places",
    "plan_text",
    "write_edition",
    "write_plan",
    "write_problems",
    "write_regression_table",
    "write_report",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'diffuscope.report' has no attribute {name!r}")
    return getattr(import_module(f"diffuscope.report.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
