"""From files of a scholar, a panel or tables of other programs, to the folder of a case."""

from __future__ import annotations

from diffuscope.importing.decisions import Decision
from diffuscope.importing.import_case import Imported, import_case

__all__ = ["Decision", "Imported", "import_case"]
