"""Rule files: every printed rule is data in one file beside the code that applies it."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TypeVar

import msgspec

Rules = TypeVar("Rules", bound=msgspec.Struct)


def read_rule_file(package: str, name: str, kind: type[Rules]) -> Rules:
    """The contents of a rule file, checked against the record that describes it.

    Parameters
    ----------
    package : str
        Dotted name of the package that holds the file.
    name : str
    kind : type
        A struct that forbids unknown fields.

    Returns
    -------
    Rules
    """
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), type=kind)
