"""Rule files: every printed rule is data in one file beside the code that applies it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from diffuscope.records.base import Silence
from diffuscope.records.conclusions import StanceRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diffuscope.records.base import RuleOf


class RulePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a rule file: every number has a name, and no name is unknown."""


class StanceRow(RulePart, frozen=True):
    """One row of a stance rule as its file states it: a stance, and when it holds."""

    stance: str
    description: str

    @property
    def label(self) -> str:
        """The stance as it is printed."""
        return self.stance


class SilentRow(StanceRow, frozen=True, kw_only=True):
    """One row of the stance rule of a statistical witness: where it is silent, the kind of silence."""

    silence: Silence | None = None

    @property
    def label(self) -> str:
        """The stance as it is printed, with the kind of silence."""
        return self.stance if self.silence is None else f"{self.stance} ({self.silence})"


Rules = TypeVar("Rules", bound=RulePart)


def read_rule_file(package: str, name: str, kind: type[Rules]) -> Rules:
    """The contents of a rule file, checked against the record that describes it; read once.

    Parameters
    ----------
    package : str
        Dotted name of the package that holds the file.
    name : str
    kind : type
        The record of the whole file.

    Returns
    -------
    Rules
    """
    held: Rules = _read(package, name, kind)
    return held


@cache
def _read(package: str, name: str, kind: type[RulePart]) -> Any:
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), type=kind)


def printed_stance_rules(
    body: RuleOf, rows: Iterable[StanceRow], numbers: Mapping[str, object] | None = None
) -> tuple[StanceRule, ...]:
    """The rows of a stance rule for print, in the order in which they are tried.

    Parameters
    ----------
    body : {"evidence", "statistics", "inferred networks"}
    rows : iterable of StanceRow
    numbers : mapping of str to object, optional
        Numbers of the rule, by the names that stand for them in the sentences.
    """
    return tuple(
        StanceRule(body=body, stance=row.label, description=row.description.format_map(numbers or {}))
        for row in rows
    )
