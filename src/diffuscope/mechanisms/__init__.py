"""The mechanisms of diffusion, one file each, found by walking this folder and the installed entry points."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError
from diffuscope.mechanisms.base import Criterion, Mechanism

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

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
        If an installed entry point cannot be loaded, gives no `Mechanism`, one whose name is taken, or one
        whose exposure is not what its form computes.
    """
    by_name: dict[str, Mechanism] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name != "base"):
        mechanism = importlib.import_module(f"{__name__}.{module}").MECHANISM
        by_name[mechanism.name] = mechanism
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        mechanism = _loaded(entry)
        if mechanism.name in by_name:
            raise PlanError(
                f"The installed entry point `{entry.name}` ({entry.value}) must give a Mechanism with a new "
                f"name; `{mechanism.name}` is taken."
            )
        by_name[mechanism.name] = mechanism
    return by_name


def _loaded(entry: EntryPoint) -> Mechanism:
    try:
        mechanism = entry.load()
    except (ImportError, AttributeError) as error:
        raise PlanError(
            f"The installed entry point `{entry.name}` ({entry.value}) cannot be loaded: {error}."
        ) from error
    if not isinstance(mechanism, Mechanism):
        raise PlanError(f"The installed entry point `{entry.name}` ({entry.value}) must give a Mechanism.")
    mechanism.refuse_disagreement()
    return mechanism
