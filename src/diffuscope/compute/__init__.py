"""Where work runs: this process or this machine's cores; and which stream of chance each piece draws on."""

from __future__ import annotations

from diffuscope.compute.streams import stream
from diffuscope.compute.work import map_items

__all__ = ["map_items", "stream"]
