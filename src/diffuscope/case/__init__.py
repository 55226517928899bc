"""The front door: a folder, a zip, a workbook, frames or a shipped case becomes a checked `Case`."""

from __future__ import annotations

from diffuscope.case.model import Case

__all__ = ["Case"]
