"""The mechanisms of diffusion, one file each, found by walking this folder and the installed entry points."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points

from diffuscope.errors import PlanError
from diffuscope.mechanisms.base import Criterion, Mechanism

ENTRY_POINTS = "diffuscope.mechanisms"

__all__ = ["Criterion", "Mechanism", "mechanisms"]


@cache
def mechanisms() -> dict[str, Mechanism]:
    """All mechanisms known here, by name: those of the package in alphabetical order, then third parties'.

    Returns
    -------
    dict of str to Mechanism

    Raises
    ------
    PlanError
        If an installed entry point gives something else than a `Mechanism`, or a name twice.
    """
    found = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name != "base"):
        mechanism = importlib.import_module(f"{__name__}.{module}").MECHANISM
        found[mechanism.name] = mechanism
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        mechanism = entry.load()
        if not isinstance(mechanism, Mechanism) or mechanism.name in found:
            raise PlanError(
                f"The installed entry point `{entry.name}` ({entry.value}) must give a Mechanism with a new name."
            )
        found[mechanism.name] = mechanism
    return found
