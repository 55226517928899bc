"""Libraries that only some work needs, and that come with an extra of the installation."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from diffuscope.errors import PlanError


def library(module: str, extra: str, purpose: str, *, otherwise: str = "") -> Any:
    """A module of a library that comes with an extra.

    Parameters
    ----------
    module : str
        What is imported: ``rdata.parser``.
    extra : str
        The extra that installs it.
    purpose : str
        What cannot be done without it, as the subject of a sentence: ``A file of R``.
    otherwise : str
        What can be done without it, as a sentence.

    Raises
    ------
    PlanError
        If the library is not installed; the message names the extra.
    """
    name = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != name:
            raise
        raise PlanError(
            f"{purpose} needs {name}, which is not installed. It comes with the extra `{extra}`. Fix: "
            f"`python -m pip install 'diffuscope[{extra}]'`. {otherwise}".rstrip()
        ) from error
