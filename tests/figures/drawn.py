"""What the tests of all figures look at: the rows and expressions of a specification, and its picture."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import vl_convert

from diffuscope.figures import to_spec, to_svg

HOSTILE = (
    "<script>alert(1)</script>",
    '"]; alert(1); //',
    "'] || datum.x",
    "${7*7}{{7*7}}",
    "javascript:alert(1)",
    "a.b[0]",
    "two\nlines\x00\x1b[31m",
    "\u202eright to left",
    "&lt;&#x3c;]]>",
    "x" * 400,
)
"""Texts that a careless figure would run, follow, or break on."""

_NAMES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def rows(spec):
    """Every row of every data set of a specification, outlines included."""
    found = []
    for values in spec.get("datasets", {}).values():
        found += json.loads(values) if isinstance(values, str) else values
    return found


def expressions(spec):
    """Whatever Vega would run: expressions, tests, filters, formulas; sorted."""
    found = set()

    def walk(node, key=""):
        if isinstance(node, dict):
            for name, child in node.items():
                if name not in ("datasets", "description", "config"):
                    walk(child, name)
        elif isinstance(node, list):
            for child in node:
                walk(child, key)
        elif isinstance(node, str) and key in (
            "expr",
            "test",
            "filter",
            "calculate",
            "labelExpr",
            "signal",
            "update",
        ):
            found.add(node)

    walk(spec)
    return sorted(found)


def words(spec):
    """Every text of a specification outside its data and its description: what must not come from a file."""
    bare = {key: value for key, value in spec.items() if key not in ("datasets", "description")}
    return json.dumps(bare, ensure_ascii=False)


def picture(figure, **how):
    """The SVG of a figure, parsed; it must fetch nothing and run nothing."""
    text = to_svg(figure, **how)
    root = ET.fromstring(text)
    for node in root.iter():
        tag = node.tag.rpartition("}")[2]
        assert tag not in ("script", "image", "foreignObject", "use", "iframe", "style"), tag
        for name, value in node.attrib.items():
            assert not name.lower().startswith("on"), name
            assert not name.endswith("href"), (name, value)
            assert re.findall(r"url\((?!['\"]?#)", value) == [], (name, value)
    assert set(re.findall(r"https?://[^\"'\s<]+", text)) <= _NAMES
    return root


def texts(root):
    """The texts a reader sees in a picture."""
    return ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")]


def warnings(figure, capfd):
    """What the compiler of Vega-Lite finds odd in a figure."""
    capfd.readouterr()
    for chart in (figure.chart, figure.still):
        if chart is not None:
            vl_convert.vegalite_to_vega(chart.to_dict(), show_warnings=True)
    return "".join(capfd.readouterr())


def checked(figure):
    """The specification of a figure, after what holds for every figure."""
    figure.chart.to_dict()  # raises where it breaks the grammar; drawing leaves this out to be quick
    if figure.still is not None:
        figure.still.to_dict()
    spec = to_spec(figure)
    assert json.loads(json.dumps(spec)) == spec, "plain JSON"
    assert spec["width"] == "container"
    assert spec["background"] == "transparent"
    assert spec["description"] == figure.alt
    assert '"url"' not in json.dumps(spec)
    assert len(figure.alt) > 40
    assert len(figure.caption) > 40
    assert re.search(r"\d", figure.alt), "alternative text speaks in numbers"
    for word in ("deciban", " dB", "ρ", "posterior"):
        assert word not in figure.title + figure.caption + figure.alt
    return spec
