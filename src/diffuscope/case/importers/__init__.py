"""Panels and frames in files of other programs: CSV, Parquet, Stata, R."""

from __future__ import annotations

from diffuscope.case.importers.frames_in import read_frame
from diffuscope.case.importers.panels_out import write_panel

__all__ = ["read_frame", "write_panel"]
