"""What estimators may be asked for."""

from __future__ import annotations

from typing import Literal, get_args

from diffuscope.errors import PlanError

Link = Literal["logit", "cloglog", "probit"]
CONDITIONAL_LOGIT = "conditional logit"
LINKS: tuple[Link, ...] = get_args(Link)
Ties = Literal["efron", "breslow", "exact"]
TIES: tuple[Ties, ...] = get_args(Ties)
DurationForm = Literal["cubic", "spline", "dummies"]
PolicyEffects = Literal["none", "fixed"]


def known_link(link: str) -> None:
    """Refuse a link that no model has.

    Raises
    ------
    PlanError
    """
    if link not in LINKS:
        raise PlanError(f"link is {link!r}; it must be one of {', '.join(map(repr, LINKS))}.")
