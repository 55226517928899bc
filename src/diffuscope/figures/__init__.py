"""Figures of a study, each from plain frames: interactive in the report, still for papers."""

from __future__ import annotations

from diffuscope.figures.figure import Figure, paint, to_png, to_spec, to_specs, to_still, to_svg

__all__ = ["Figure", "paint", "to_png", "to_spec", "to_specs", "to_still", "to_svg"]
