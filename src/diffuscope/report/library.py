"""The JavaScript that draws charts in the page, as the chart library carries it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

_SNIPPET = "window.vegaEmbed = vegaEmbed;"


class Library:
    """Vega, Vega-Lite and Vega-Embed in one text, made in a thread of its own while figures are drawn."""

    def __init__(self) -> None:
        import altair  # here, not in the thread: two threads that import wait for each other

        grammar = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._made = self._pool.submit(_bundle, grammar)
        self._pool.shutdown(wait=False)

    def text(self) -> str:
        """The script, once it is made; nothing in it can end the element it stands in."""
        return self._made.result().replace("</script", "<\\/script")


def _bundle(grammar: str) -> str:
    import vl_convert

    return str(vl_convert.javascript_bundle(_SNIPPET, grammar))
