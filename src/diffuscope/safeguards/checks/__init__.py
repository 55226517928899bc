"""Safeguards, one a file, found by walking this folder."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffuscope.safeguards.engine.check import Check

ROLES = ("gate", "decisive", "confirming", "beside")


@cache
def checks() -> tuple[Check, ...]:
    """Every safeguard: the gate first, then decisive, confirming and other ones, by name.

    Returns
    -------
    tuple of Check
    """
    names = (one.name for one in pkgutil.iter_modules(__path__))
    safeguards: list[Check] = [import_module(f"{__name__}.{name}").SAFEGUARD for name in names]
    return tuple(sorted(safeguards, key=lambda one: (ROLES.index(one.role), one.name)))
