"""Painting: charts turned into pictures in other processes, so that one that fails takes nothing with it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PIXELS = 2
"""Pixels of a PNG for each of the SVG: enough for print at the width of a column."""
STOPPED = "The drawing program stopped."
REFUSED = "The drawing program could not draw it."


def ready() -> None:
    """Start what paints."""
    import vl_convert

    vl_convert.vega_to_svg({"width": 1, "height": 1})


def picture(still: Mapping[str, Any], title: str, alt: str, png: bool) -> tuple[str, bytes] | None:
    """A still as SVG and, where asked for, as PNG; None where it cannot be painted."""
    import vl_convert

    from diffuscope.figures import paint

    try:
        svg = paint(still, title, alt)
        return svg, bytes(vl_convert.svg_to_png(svg, scale=PIXELS)) if png else b""
    except (KeyError, ValueError, RuntimeError) as error:
        logging.getLogger("diffuscope").info("a picture cannot be painted: %s", error)
        return None
