"""Reports: whatever a result holds, as a page, tables and figures. Nothing is computed here."""

from __future__ import annotations

from diffuscope.report.problems import write_problems
from diffuscope.report.write import write_report

__all__ = ["write_problems", "write_report"]
