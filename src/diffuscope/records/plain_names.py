"""Names after which files are called: they lead nowhere else, on no system."""

from __future__ import annotations

import re

LONGEST = 120
"""Characters of a plain name."""
_PLAIN = re.compile(rf"\w[\w.-]{{0,{LONGEST - 1}}}")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
"""What Windows takes for a device, whatever follows the point."""


def is_plain_name(text: str) -> bool:
    """Whether a text is letters, digits, `-`, `_` and single `.` (not first), and is no device.

    Examples
    --------
    >>> is_plain_name("smart-cities"), is_plain_name("panel_q.2")
    (True, True)
    >>> [is_plain_name(text) for text in ("", "../a", "a/b", ".a", "a..b", "CON", "aux.csv", "a\\n", "a b")]
    [False, False, False, False, False, False, False, False, False]
    """
    return _PLAIN.fullmatch(text) is not None and ".." not in text and _DEVICE.fullmatch(text) is None
