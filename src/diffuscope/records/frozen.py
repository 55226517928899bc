"""Records of questions that were registered before their data were looked at."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from diffuscope.records.base import Record


class FrozenQuestions(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The questions of a case as they stood when they were frozen: what `frozen.json` holds.

    Attributes
    ----------
    format : int
        Version of this layout.
    sha256 : str
        Hash of `questions`, `mechanisms` and `rules`.
    date : str
        When they were frozen (ISO 8601, UTC).
    version : str
        Version of diffuscope that froze them.
    covers : str
        What the hash covers, in words.
    questions : mapping of str to mapping
        By analysis: every key that is asked otherwise than by default.
    mechanisms : mapping of str to mapping
        By mechanism: its layers, form, rivals and criteria.
    rules : mapping of str to str
        Hash of each rule.
    """

    format: int = 1
    sha256: str
    date: str
    version: str
    covers: str
    questions: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    mechanisms: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    rules: dict[str, str] = msgspec.field(default_factory=dict)


class Freeze(Record, frozen=True, kw_only=True):
    """Comparison of the questions of a run with those frozen (preregistered) before the data were looked at.

    Attributes
    ----------
    state : {"kept", "changed", "never frozen"}
        Whether they are.
    sha256, date, version : str or None
        Of the frozen questions; None where there are none.
    changes : tuple of str
        What differs: analysis and key, mechanism and key, or the rule.
    """

    state: Literal["kept", "changed", "never frozen"]
    sha256: str | None = None
    date: str | None = None
    version: str | None = None
    changes: tuple[str, ...] = ()
