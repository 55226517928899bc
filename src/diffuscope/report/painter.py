"""A painter: a process of its own that turns charts into pictures, one after the other, as it is told.

It reads orders from its standard input and answers on its standard output, until the input ends. An order is
one line of JSON; an answer is one line of JSON that says how many bytes follow, and those bytes.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PIXELS = 2
"""Pixels of a PNG for each of the SVG: enough for print at the width of a column."""

# What the page draws with. Nothing in it may end the element it stands in.
_LIBRARY = "window.vegaEmbed = vegaEmbed;"


def fulfil(order: Mapping[str, Any]) -> Sequence[bytes]:
    """What was ordered: the library for the page, a still as SVG and as PNG, or nothing but to get ready.

    Parameters
    ----------
    order : mapping
        `library`; or `still`, `title` and `alt`; or `ready`.

    Returns
    -------
    sequence of bytes
    """
    import vl_convert

    if "library" in order:
        text = str(vl_convert.javascript_bundle(_LIBRARY, grammar()))
        return [text.replace("</script", "<\\/script").encode()]
    if "ready" in order:
        vl_convert.vega_to_svg({})  # the first picture takes half a second longer than the next
        return []
    from diffuscope.figures import paint

    svg = paint(order["still"], order["title"], order["alt"])
    return [svg.encode(), bytes(vl_convert.svg_to_png(svg, scale=PIXELS))]


def grammar() -> str:
    """The version of the grammar that charts are written in."""
    import altair

    return ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def main() -> None:
    """Fulfil orders until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever gives the orders
    for line in sys.stdin.buffer:
        parts = fulfil(json.loads(line))
        sys.stdout.buffer.write(json.dumps([len(part) for part in parts]).encode() + b"\n")
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
