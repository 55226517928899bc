"""Figures of a study, each from plain frames: interactive in the report, still for papers."""

from __future__ import annotations

from diffuscope.figures.figure import Figure, to_png, to_spec, to_svg

__all__ = ["Figure", "to_png", "to_spec", "to_svg"]
