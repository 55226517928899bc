"""What all passages on a mechanism come to, under one of its readings, and how firm that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.evidence import wording
from diffuscope.evidence.criteria import failed, under, without_evidence
from diffuscope.evidence.odds import RHOS, Weights, probability, total, totals_without
from diffuscope.evidence.passages import in_reading_order
from diffuscope.evidence.stance import EVEN, stance_of
from diffuscope.records import Posterior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diffuscope.evidence.criteria import Reading
    from diffuscope.mechanisms import Mechanism
    from diffuscope.records import Stance

FIRM_RHOS = (0.0, 0.3, 0.5)
"""Dependences within clusters that a firm stance has to withstand."""


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What the passages come to under one reading of a mechanism.

    Attributes
    ----------
    found : polars.DataFrame
        The passages that count.
    weights : Weights
        The same as numbers.
    variants : tuple of Posterior
        Every setting that a firm stance has to withstand.

    The other attributes are those of `EvidenceDetail`.
    """

    found: pl.DataFrame
    weights: Weights
    decibans: float
    p: float
    by_rho: tuple[Posterior, ...]
    leave_one_out: tuple[Posterior, ...]
    leave_one_source_out: tuple[Posterior, ...]
    variants: tuple[Posterior, ...]
    failed: tuple[str, ...]
    caps: tuple[str, ...]
    stance: Stance


def weigh_reading(mechanism: Mechanism, reading: Reading, found: pl.DataFrame) -> Balance:
    """What the passages on a mechanism come to when it is read narrowly or broadly.

    Parameters
    ----------
    mechanism : Mechanism
    reading : {"narrow", "broad"}
    found : polars.DataFrame
        From `with_reading`: its passages in one analysis.

    Returns
    -------
    Balance
    """
    counted = under(found, reading)
    weights = _as_weights(counted)
    weight = total(weights)
    p = probability(weight)
    by_rho = tuple(posterior(f"rho = {rho:g}", total(weights, rho)) for rho in RHOS)
    each = totals_without(weights, np.arange(counted.height))
    without = tuple(
        posterior(f"without {name}", rest) for name, rest in zip(counted["name"], each, strict=True)
    )
    sources = _without_sources(counted, weights)
    firm = (found for rho, found in zip(RHOS, by_rho, strict=True) if rho in FIRM_RHOS)
    variants = (*without, *sources, *firm)
    fallen = failed(mechanism, reading, counted, weights)
    caps = wording.caps_on_both(counted["who"].list.explode().n_unique(), counted["document"].n_unique())
    if p > EVEN and not fallen:
        caps += wording.cap_on_for(without_evidence(mechanism, reading, counted))
    return Balance(
        found=counted,
        weights=weights,
        decibans=weight,
        p=p,
        by_rho=by_rho,
        leave_one_out=without,
        leave_one_source_out=sources,
        variants=variants,
        failed=fallen,
        caps=caps,
        stance=stance_of(p, [variant.p for variant in variants], fails=bool(fallen), capped=bool(caps)),
    )


def posterior(setting: str, weight: float) -> Posterior:
    """The probability that a weight of evidence gives, from even odds."""
    return Posterior(setting=setting, decibans=float(weight), p=probability(float(weight)))


def _as_weights(found: pl.DataFrame) -> Weights:
    return Weights(
        decibans=found["decibans"].to_numpy(),
        cluster=_codes(found["cluster"]),
        document=_codes(found["document"]),
        coders=found["coders"].to_numpy(),
    )


def _codes(names: pl.Series) -> NDArray[np.int64]:
    """Codes in the order of first sight, so that sums do not depend on how things are called."""
    code = {name: at for at, name in enumerate(names.unique(maintain_order=True))}
    return np.fromiter((code[name] for name in names), dtype=np.int64, count=names.len())


def _without_sources(counted: pl.DataFrame, weights: Weights) -> tuple[Posterior, ...]:
    """The probability without each document in turn.

    A document is named only if a public passage stands in it.
    """
    documents = counted.group_by("document", maintain_order=True).agg(pl.col("private").all())
    rest = totals_without(weights, weights.document)
    told = list(zip(documents["document"], documents["private"], rest, strict=True))
    public = sorted(
        ((name, left) for name, private, left in told if not private),
        key=lambda source: in_reading_order(source[0]),
    )
    private = enumerate(sorted(left for _, private, left in told if private), start=1)
    return (
        *(posterior(f"without {name}", left) for name, left in public),
        *(posterior(f"without private source {number}", left) for number, left in private),
    )
