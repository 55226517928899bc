"""`case.toml` written from settings: always the same text for the same settings."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(says: Mapping[str, Any]) -> str:
    """Settings as TOML.

    Parameters
    ----------
    says : mapping
        Text, numbers, true and false, lists, mappings, and lists of mappings.

    Examples
    --------
    >>> print(toml_text({"id": "a", "waves": {"2026": "2026-09"}, "analysis": [{"id": "b", "units": ["x"]}]}))
    id = "a"
    <BLANKLINE>
    [waves]
    2026 = "2026-09"
    <BLANKLINE>
    [[analysis]]
    id = "b"
    units = ["x"]
    <BLANKLINE>
    """
    return "\n".join(_lines(says, ())).lstrip("\n") + "\n"


def _lines(says: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """Values of a table first, then the tables inside it: TOML reads what follows a heading as its own."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in says.items() if not _is_table(value)]
    for key, value in says.items():
        own = (*path, key)
        name = ".".join(_key(part) for part in own)
        if isinstance(value, dict):
            lines += ["", f"[{name}]", *_lines(value, own)]
        elif _is_table(value):
            for one in value:
                lines += ["", f"[[{name}]]", *_lines(one, own)]
    return lines


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
    )


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else _text(text)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return _text(str(value))


def _text(text: str) -> str:
    """A basic string of TOML: JSON's escapes are among TOML's, which refuses DEL besides."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
