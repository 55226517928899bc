"""Built pages load nothing from elsewhere: scripts, styles, pictures and fonts lie beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOADED = re.compile(
    r"""<(?:script|img|iframe|source|embed|audio|video|track|input)\b[^>]*?\bsrc(?:set)?\s*=\s*["']?(?:https?:)?//[^"'>\s]+"""
    r"""|<link\b(?![^>]*\brel\s*=\s*["']?canonical)[^>]*?\bhref\s*=\s*["']?(?:https?:)?//[^"'>\s]+"""
    r"""|@import\s+(?:url\()?["']?(?:https?:)?//[^"')\s]+"""
    r"""|\burl\(\s*["']?(?:https?:)?//[^"')\s]+"""
    r"""|\b(?:import|fetch|importScripts)\s*\(\s*["'](?:https?:)?//[^"']+""",
    re.IGNORECASE,
)


def loads_from_elsewhere(text: str) -> list[str]:
    """Parts of a page or style that make a browser ask another host; links that a reader follows do not.

    Examples
    --------
    >>> loads_from_elsewhere('<a href="https://doi.org/x">x</a> <img src="_images/x.svg">')
    []
    >>> loads_from_elsewhere('<script async src="https://cdn.example/x.js"></script>')
    ['<script async src="https://cdn.example/x.js']
    """
    return LOADED.findall(text)


def foreign_loads(folder: Path) -> dict[str, list[str]]:
    """What the files of a built documentation load from elsewhere, by file."""
    files = [file for ending in ("html", "css") for file in sorted(folder.rglob(f"*.{ending}"))]
    loads_of = {file: loads_from_elsewhere(file.read_text(encoding="utf-8")) for file in files}
    return {str(file.relative_to(folder)): loads for file, loads in loads_of.items() if loads}
