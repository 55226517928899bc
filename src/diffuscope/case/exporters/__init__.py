"""The public tables of a case or a result as files of other programs: R, Stata, GraphML, GEXF."""

from __future__ import annotations

from diffuscope.case.exporters.export import export_data

__all__ = ["export_data"]
