"""Tiers: how far an adoption had gone at a date, in an order from the first step to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

TIER = "tier"
TIERS = ("announced", "adopted", "in force", "implemented")
"""Tiers of a case that declares none of its own, lowest first."""
COUNTS = "adopted"
"""The tier that counts where a question names none."""


def reaches(tiers: Sequence[str], tier: str) -> pl.Expr:
    """Whether a row of `adoptions` counts as an event: it is of this tier or a higher one.

    An empty tier counts as the question's own.

    Parameters
    ----------
    tiers : sequence of str
        All of them, lowest first.
    tier : str
        The one that counts.
    """
    high = tiers[tiers.index(tier) :] if tier in tiers else tiers
    return pl.col(TIER).is_null() | pl.col(TIER).is_in(list(high))


def adopted(adoptions: pl.DataFrame, tiers: Sequence[str]) -> pl.DataFrame:
    """The rows that are adoptions where no question says which tier counts: adopted, or a higher tier.

    A case whose tiers do not hold `adopted` says of every tier that it is one.
    """
    return adoptions.filter(reaches(tiers, COUNTS))
