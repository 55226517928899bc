"""What the page may do: nothing but what it holds. Everything that could load, run or leave is refused."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNSAFE_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def content_policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """The Content-Security-Policy of a page that holds exactly these styles and scripts."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {' '.join(map(_hash, styles))}",
            f"script-src {' '.join(map(_hash, scripts))}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def script_safe(value: object) -> Markup:
    """A value as JSON that no text inside it can break out of."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup("".join(_UNSAFE_IN_SCRIPT.get(sign, sign) for sign in text))


def as_source(picture: str) -> str:
    """An SVG as the address of an image that needs no file."""
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
