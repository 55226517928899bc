"""What the page may do: nothing but what it holds. Everything that could load, run or leave is refused."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


_NOTHING = "'none'"


def content_policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """The Content-Security-Policy of a page that holds exactly these styles and scripts."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {' '.join(map(_hash, styles))}",
            f"script-src {' '.join(map(_hash, scripts)) or _NOTHING}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def packed(value: object) -> str:
    """A value as JSON, compressed and in letters that nothing can break out of; the page unpacks it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def as_source(picture: str) -> str:
    """An SVG as the address of an image that needs no file."""
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
