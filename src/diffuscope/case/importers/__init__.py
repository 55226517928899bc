"""Panels, frames and networks in files of other programs: CSV, Parquet, Stata, R, GraphML, GEXF."""

from __future__ import annotations

from diffuscope.case.importers.diffnet import read_diffnet
from diffuscope.case.importers.frames_in import read_frame
from diffuscope.case.importers.graphs_in import read_graph
from diffuscope.case.importers.panels_out import write_panel

__all__ = ["read_diffnet", "read_frame", "read_graph", "write_panel"]
