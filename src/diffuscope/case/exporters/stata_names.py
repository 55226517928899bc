"""Names of columns as Stata allows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable

LETTERS = 32
"""Letters of a name in Stata."""
RESERVED = re.compile(
    r"_all|_b|byte|_coef|_cons|double|float|if|in|int|long|_n|_N|_pi|_pred|_rc|_skip|strL|using|with|str[0-9]+"
)
"""Names that Stata keeps for itself (User's Guide, 11.3)."""


def stata_names(columns: Iterable[str]) -> dict[str, str]:
    """What each column is called in Stata; a name that Stata keeps for itself ends in a line.

    Raises
    ------
    PlanError
        If two would have the same name.

    Examples
    --------
    >>> stata_names(["gdp per head", "2nd", "if"])
    {'gdp per head': 'gdp_per_head', '2nd': '_2nd', 'if': 'if_'}
    """
    plain = {name: re.sub(r"\W|^(?=\d)", "_", name, flags=re.ASCII)[:LETTERS] for name in columns}
    names = {name: f"{new}_" if RESERVED.fullmatch(new) else new or "_" for name, new in plain.items()}
    if len(set(names.values())) < len(names):
        raise PlanError("Two columns would have the same name in Stata, which has 32 letters for a name.")
    return names
