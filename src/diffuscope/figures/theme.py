"""How figures look: one quiet palette, light and dark, that reads without colour and on a phone.

Figures name no colours. They name styles (`quiet`, `adopted` …) and places in a range; the configuration says
what these look like, so that a page switches between light and dark by swapping the configuration alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Theme = Literal["light", "dark"]

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
STILL_FONT = "'Liberation Sans', Arial, Helvetica, 'DejaVu Sans', sans-serif"
"""Of pictures for papers: as wide as Arial wherever one is opened, and at hand wherever it is painted."""
TEXT, SMALL = 12, 11
"""Sizes of text in pixels; nothing is smaller."""


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours of one theme.

    Texts have a contrast of at least 4.5 to what they stand on, marks of at least 3 to the paper. Blue and
    orange stay apart for all common kinds of colour vision; shapes, lengths or words say it without colour.

    Attributes
    ----------
    paper, ink, quiet, rule : str
        Background, text, secondary text, thin lines.
    favour, against, absent : str
        Directions of evidence.
    adopted, meeting, support : str
        What a timeline shows.
    sea, land, border : str
        What a map shows beyond the case.
    levels : tuple of str
        Not yet, date uncertain, adopted.
    ramp : tuple of str
        From none to all.
    stages : tuple of str
        Projects planned and under way, on which `ink` stands, and completed, on which `paper` stands.
    tones : mapping of str to str
        Grounds of verdicts; `ink` stands on them.
    """

    paper: str
    ink: str
    quiet: str
    rule: str
    favour: str
    against: str
    absent: str
    adopted: str
    meeting: str
    support: str
    sea: str
    land: str
    border: str
    levels: tuple[str, str, str]
    ramp: tuple[str, ...]
    zones: tuple[str, str, str]
    stages: tuple[str, str, str]
    tones: dict[str, str]


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        paper="#ffffff",
        ink="#1f2328",
        quiet="#57606a",
        rule="#d0d7de",
        favour="#0b5cad",
        against="#b5410b",
        absent="#6e5494",
        adopted="#0b5cad",
        meeting="#8a5a00",
        support="#1a7f5a",
        sea="#e6eef4",
        land="#f7f6f2",
        border="#8a939d",
        levels=("#b4bec8", "#6f9fd0", "#0b4f96"),
        ramp=("#d6dde5", "#9fc0e0", "#4f8fcb", "#0b4f96", "#06305f"),
        zones=("#fbeee6", "#f3f4f6", "#e7f0fa"),
        stages=("#edf1f5", "#9fc0e0", "#0b4f96"),
        tones={
            "for": "#cfe3f7",
            "leaning": "#e7f0fa",
            "silent": "#eceff2",
            "mixed": "#ece4f5",
            "against": "#fadfce",
        },
    ),
    "dark": Palette(
        paper="#0f1419",
        ink="#e6edf3",
        quiet="#9aa5b1",
        rule="#38424d",
        favour="#6cb2f5",
        against="#f2934f",
        absent="#bfa3ec",
        adopted="#6cb2f5",
        meeting="#e0b04a",
        support="#56c596",
        sea="#141b22",
        land="#262d35",
        border="#76818c",
        levels=("#4a545f", "#4f81b5", "#9fd0ff"),
        ramp=("#424c57", "#2f5f94", "#4f8fcb", "#8cc3f7", "#cfe7ff"),
        zones=("#2a1d16", "#1a2027", "#16263a"),
        stages=("#252c34", "#2f5f94", "#9fd0ff"),
        tones={
            "for": "#1d4672",
            "leaning": "#1a2f47",
            "silent": "#252c34",
            "mixed": "#372a4d",
            "against": "#5a2f17",
        },
    ),
}


def config(theme: Theme = "light", font: str = FONT) -> dict[str, Any]:
    """The Vega-Lite configuration of a theme; a page swaps it to follow the reader's preference.

    Parameters
    ----------
    theme : {"light", "dark"}
    font : str
        Families in order of preference, as CSS writes them.

    Returns
    -------
    dict
        To be set as `config` of a specification made by `to_spec`.
    """
    colours = PALETTES[theme]
    text = {"font": font, "fontSize": TEXT, "color": colours.ink}
    words = {"labelFont": font, "titleFont": font, "labelFontSize": SMALL, "titleFontSize": SMALL}
    return {
        "background": colours.paper,
        "font": font,
        "padding": 4,
        "view": {"stroke": None},
        "axis": {
            **words,
            "domain": False,
            "grid": True,
            "gridColor": colours.rule,
            "labelColor": colours.quiet,
            "tickColor": colours.rule,
            "titleColor": colours.ink,
            "titleFontWeight": "normal",
        },
        "legend": {
            **words,
            "labelColor": colours.ink,
            "labelFontSize": TEXT,
            "labelLimit": 260,
            "symbolStrokeWidth": 1.5,
            "titleColor": colours.ink,
            "titleFontWeight": "normal",
        },
        "title": {"font": font, "fontSize": TEXT, "color": colours.ink, "anchor": "start"},
        "text": text,
        "range": {
            "category": [colours.favour, colours.against, colours.absent],
            "ordinal": list(colours.levels),
            "ramp": list(colours.ramp),
        },
        "style": _styles(colours),
    }


def _styles(colours: Palette) -> dict[str, dict[str, Any]]:
    bar = {"strokeWidth": 1.5, "cornerRadius": 2}
    styles = _texts(colours) | {
        "thin": {"color": colours.rule, "strokeWidth": 1},
        "toward for": {"color": colours.favour},
        "toward against": {"color": colours.against},
        "span": {"color": colours.favour, "opacity": 0.35},
        "dot": {"color": colours.favour, "opacity": 0.85},
        "mark": {"color": colours.ink},
        "sea": {"color": colours.sea},
        "land": {"color": colours.land},
        "border": {"color": colours.border, "strokeWidth": 0.7},
        "place": {"stroke": colours.ink, "strokeWidth": 0.8},
    }
    for name in ("adopted", "meeting", "support"):
        colour = getattr(colours, name)
        styles[name] = {**bar, "color": colour, "stroke": colours.paper, "strokeWidth": 0.75}
        styles[f"{name} unsure"] = {**bar, "color": colours.paper, "stroke": colour, "strokeDash": [3, 2]}
        styles[f"{name} line"] = {"color": colour, "strokeWidth": 1.5}
    for name, colour in zip(("against", "open", "for"), colours.zones, strict=True):
        styles[f"zone {name}"] = {"color": colour, "opacity": 1}
        styles[f"zone leaning {name}"] = {"color": colour, "opacity": 0.5}
    for name, colour in colours.tones.items():
        styles[f"tone {name}"] = {"color": colour, "cornerRadius": 4}
    return {**styles, **_stages(colours)}


def _stages(colours: Palette) -> dict[str, dict[str, Any]]:
    """How far along a project is; what nobody knows is an empty outline."""
    line = {"stroke": colours.quiet, "strokeWidth": 1}
    known = zip(("planning", "ongoing", "completed"), colours.stages, strict=True)
    styles: dict[str, dict[str, Any]] = {f"stage {name}": {"color": colour, **line} for name, colour in known}
    for name, dash in (("on hold", [7, 3]), ("cancelled", [2.5, 2.5])):
        styles[f"stage {name}"] = {"color": colours.stages[0], **line, "strokeDash": dash}
    for name, dash in (("undetermined", [4, 2]), ("not stated", [1.5, 2])):
        styles[f"stage {name}"] = {"color": colours.paper, **line, "strokeDash": dash}
    return styles


def _texts(colours: Palette) -> dict[str, dict[str, Any]]:
    """Kinds of text; a halo is drawn under a text that lines or colours pass behind."""
    heading = {"fontSize": TEXT + 1, "fontWeight": "bold"}
    halo = {"color": colours.paper, "stroke": colours.paper, "strokeWidth": 4, "strokeJoin": "round"}
    return {
        "quiet": {"color": colours.quiet, "fontSize": SMALL},
        "quiet ink": {"color": colours.ink, "fontSize": SMALL},
        "strong": {"color": colours.ink, "fontWeight": "bold"},
        "heading": {"color": colours.ink, **heading},
        "on mark": {"color": colours.paper, "fontSize": SMALL},
        "halo": {**halo, "fontSize": SMALL},
        "heading halo": {**halo, **heading},
    }
