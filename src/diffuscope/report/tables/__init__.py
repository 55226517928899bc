"""A result as plain tables: for spreadsheets, statistics programs, and the report's own lists."""

from __future__ import annotations

from diffuscope.report.tables.base import OutTable
from diffuscope.report.tables.everything import out_tables

__all__ = ["OutTable", "out_tables"]
