"""The front door: a folder, a zip, a workbook, frames or a shipped case becomes a checked `Case`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffuscope.case.corrected_copy import correct_case
    from diffuscope.case.datapackage import write_data_package
    from diffuscope.case.exporters import export_data
    from diffuscope.case.from_frames import case_from_frames
    from diffuscope.case.model import Case
    from diffuscope.case.read import read_case
    from diffuscope.case.scaffold import new_case
    from diffuscope.case.shipped import shipped_cases

# Reading needs the libraries of tables; whoever only asks for names does not wait for them.
_HOME = {
    "Case": "model",
    "case_from_frames": "from_frames",
    "correct_case": "corrected_copy",
    "export_data": "exporters",
    "new_case": "scaffold",
    "read_case": "read",
    "shipped_cases": "shipped",
    "write_data_package": "datapackage",
}

__all__ = [
    "Case",
    "case_from_frames",
    "correct_case",
    "export_data",
    "new_case",
    "read_case",
    "shipped_cases",
    "write_data_package",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'diffuscope.case' has no attribute {name!r}")
    return getattr(import_module(f"diffuscope.case.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
