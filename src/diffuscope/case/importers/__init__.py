"""Panels, frames, networks and coded passages in files of other programs."""

from __future__ import annotations

from diffuscope.case.importers.cascades import read_cascades
from diffuscope.case.importers.coded_passages import CodedPassages
from diffuscope.case.importers.coder_tables import read_coder_table
from diffuscope.case.importers.diffnet import DiffnetFrames, read_diffnet, read_diffnet_frames
from diffuscope.case.importers.frames_in import read_frame
from diffuscope.case.importers.graphs_in import read_graph
from diffuscope.case.importers.panels_out import write_panel
from diffuscope.case.importers.qdpx import read_qdpx

__all__ = [
    "CodedPassages",
    "DiffnetFrames",
    "read_cascades",
    "read_coder_table",
    "read_diffnet",
    "read_diffnet_frames",
    "read_frame",
    "read_graph",
    "read_qdpx",
    "write_panel",
]
