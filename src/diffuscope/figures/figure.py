"""A figure: one definition for the report's interactive chart and for the SVG and PNG of a paper."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diffuscope.figures.minify_svg import slim
from diffuscope.figures.theme import STILL_FONT, Theme, config
from diffuscope.records.quoting import html_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt

    Chart = alt.Chart | alt.LayerChart | alt.ConcatChart | alt.VConcatChart | alt.HConcatChart

WIDTH = 720
"""Width of a still in pixels, where none is asked for: what a page of a journal holds."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Something that is better seen than read, with the words that belong to it.

    Attributes
    ----------
    name : str
        Stem of its files.
    title : str
    caption : str
        What to see, what is left out, and the source; plain text.
    alt : str
        The content in words and numbers, for who cannot see it; plain text.
    chart : altair chart
        The interactive form; it takes the width of what holds it.
    still : altair chart or None
        The form for print, where a slider or checkbox has no place.
    """

    name: str
    title: str
    caption: str
    alt: str
    chart: Chart
    still: Chart | None = None

    def __repr__(self) -> str:
        """Its title."""
        return f"<Figure {self.name}: {self.title}>"

    def _repr_svg_(self) -> str:
        """The figure drawn, as a notebook shows it."""
        return to_svg(self)


def to_spec(figure: Figure, theme: Theme = "light") -> dict[str, Any]:
    """The interactive form as Vega-Lite JSON, with its data inside and nothing to fetch.

    Parameters
    ----------
    figure : Figure
    theme : {"light", "dark"}
        To follow the reader's preference without a second specification, swap the key `config` for
        `theme.config("dark")`.

    Returns
    -------
    dict
        Plain JSON types; `width` is ``"container"`` and the background is transparent.
    """
    return {
        **_plain(figure.chart),
        "description": figure.alt,
        "config": config(theme),
        "background": "transparent",
    }


def to_specs(figure: Figure) -> tuple[dict[str, Any], dict[str, Any]]:
    """The interactive form without colours, and the still form, as Vega-Lite JSON.

    Returns
    -------
    tuple of dict
        Where both forms show the same, what they hold inside is shared.
    """
    chart = _plain(figure.chart)
    own = chart if figure.still is None else _plain(figure.still)
    return {**chart, "description": figure.alt, "background": "transparent"}, _still(own, figure)


def to_svg(figure: Figure, theme: Theme = "light", width: int = WIDTH) -> str:
    """The still form as SVG with a title and a description; no scripts, nothing to fetch.

    Parameters
    ----------
    figure : Figure
    theme : {"light", "dark"}
    width : int
        Pixels; a form made of several panels keeps its own width.
    """
    return paint(to_still(figure, theme, width), figure.title, figure.alt)


def to_png(figure: Figure, scale: float = 2, theme: Theme = "light", width: int = WIDTH) -> bytes:
    """The still form as PNG.

    Parameters
    ----------
    figure : Figure
    scale : float
        Pixels of the picture for each pixel of `width`.
    theme, width
        As for `to_svg`.
    """
    import vl_convert

    return bytes(vl_convert.svg_to_png(to_svg(figure, theme, width), scale=scale))


def to_still(figure: Figure, theme: Theme = "light", width: int = WIDTH) -> dict[str, Any]:
    """The still form as Vega-Lite JSON, ready to be painted in this process or another.

    Parameters
    ----------
    figure : Figure
    theme, width
        As for `to_svg`.

    Returns
    -------
    dict
        Plain JSON types.
    """
    return _still(_plain(figure.still or figure.chart), figure, theme, width)


def _still(
    plain: Mapping[str, Any], figure: Figure, theme: Theme = "light", width: int = WIDTH
) -> dict[str, Any]:
    # a still has its title and description
    own = {"description": figure.alt, "config": {**config(theme, STILL_FONT), "aria": False}}
    spec = {**plain, **own}
    if spec.get("width") == "container":
        # a container has no width outside a page; the words around the plot belong to the width
        spec |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    return spec


def paint(still: Mapping[str, Any], title: str, alt: str) -> str:
    """A still as SVG; the same still gives the same bytes, whatever was painted before.

    Parameters
    ----------
    still : mapping
        From `to_still`.
    title, alt : str
        Of the figure.
    """
    import vl_convert

    grammar = re.search(r"/v(\d+\.\d+)", still["$schema"])
    version = grammar[1] if grammar else None
    svg = slim(str(vl_convert.vegalite_to_svg(dict(still), vl_version=version, allowed_base_urls=[])))
    words = f"<title>{html_text(title)}</title><desc>{html_text(alt)}</desc>"
    return re.sub(r"^(<svg\b[^>]*)>", lambda start: f'{start[1]} role="img">{words}', svg, count=1)


def _plain(chart: Chart) -> dict[str, Any]:
    # validated by the tests: here it would take as long as drawing
    plain: dict[str, Any] = json.loads(json.dumps(chart.to_dict(validate=False)))
    return plain
