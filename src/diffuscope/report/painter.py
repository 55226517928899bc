"""Painting: charts turned into pictures in other processes, so that one that fails takes nothing with it."""

from __future__ import annotations

import logging
from concurrent.futures import BrokenExecutor
from typing import TYPE_CHECKING, Any

from diffuscope.compute import begin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

PIXELS = 2
"""Pixels of a PNG for each of the SVG: enough for print at the width of a column."""
STOPPED = "The program that draws it stopped."
REFUSED = "The program that draws it refused it."

# What the page draws with. Nothing in it may end the element it stands in.
_EXPORTED = "window.vegaEmbed = vegaEmbed;"
_LIBRARY: list[Future[str]] = []
"""What the page draws with, being made or made: the same in every report of a process."""


def begin_library() -> Callable[[], str]:
    """Begin to make the JavaScript that draws charts in the page; what comes back waits for it.

    To make it takes seconds: whoever will write a report after other work begins it before that work.
    """
    if not _LIBRARY:
        _LIBRARY[:] = [begin(library)]
    begun = _LIBRARY[0]

    def made() -> str:
        try:
            return str(_result(begun, library))
        except BaseException:
            _LIBRARY.clear()  # the next report asks again
            raise

    return made


def _result(begun: Future[Any], work: Callable[..., Any], *order: Any) -> Any:
    """The result; asked for once more by itself where a process stopped, as that may be another's doing."""
    try:
        return begun.result()
    except BrokenExecutor as error:
        logging.getLogger("diffuscope").info("a process that paints stopped: %s", error)
        return begin(work, *order).result()


def library() -> str:
    """The JavaScript that draws charts in the page."""
    import vl_convert

    return str(vl_convert.javascript_bundle(_EXPORTED, grammar())).replace("</script", "<\\/script")


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


def grammar() -> str:
    """The version of the grammar that charts are written in."""
    import altair

    return ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
