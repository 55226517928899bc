"""Remedies: what would lift a limit of the evidence to leaning, tried out with the rule itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.evidence.caps import carried_on, in_time, shares_on, whole_percent
from diffuscope.evidence.clues import ELSEWHERE, HEAVIEST
from diffuscope.evidence.rule import rule
from diffuscope.evidence.weigh import TINY
from diffuscope.evidence.witness import gathered
from diffuscope.records.phrases import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.evidence.clues import Coding
    from diffuscope.evidence.posterior import MechanismPosterior
    from diffuscope.evidence.rule import Cap

SECOND_CODER = "a second coder"


class Tried(NamedTuple):
    """One thing done against a limit, the passages it concerns, and what the evidence then comes to."""

    description: str
    passages: tuple[str, ...]
    balance: MechanismPosterior


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The tables that the evidence of a case stands in."""

    evidence: pl.DataFrame
    documents: pl.DataFrame


def remedies(coding: Coding, tables: Tables) -> Iterator[tuple[Tried, tuple[Cap, ...]]]:
    """What would lift the limits of the evidence on one mechanism, each by itself.

    Parameters
    ----------
    coding : Coding
    tables : Tables

    Yields
    ------
    tuple of (Tried, tuple of str)
        What was tried, if it lifts a limit at all, and the caps that go with it. Coders who disagree, and
        dates of adoption that allow no more, have no remedy that can be tried out.
    """
    now = coding.now
    tries = {"double_coded": _second_coder, "in_time": _dates, "documents": _second_document}
    for cap, attempt in tries.items():
        tried = attempt(coding, tables) if cap in now.limits else None
        if tried is None:
            continue
        lifted = tuple(name for name in now.limits if name not in tried.balance.limits)
        if lifted and tried.balance.side == now.side:
            yield tried, lifted


def _second_coder(coding: Coding, tables: Tables) -> Tried | None:
    """The fewest passages that a second coder, who agrees, has to read."""
    side, passages, arrays = coding.now.rests_on
    weights = arrays.weights
    share = shares_on(side, weights)
    twice = passages["coders"].to_numpy() > 1
    chosen = _enough(np.where(twice, 0.0, share), rule().caps.double_coded - float(share[twice].sum()))
    if not chosen:
        return None
    rows = tables.evidence.filter(pl.col("id").is_in(passages["id"].gather(chosen).implode()))
    first = rows.unique("id", keep="first", maintain_order=True)
    second_coding = first.with_columns(coder=pl.lit(SECOND_CODER))
    carried = whole_percent(float(share[twice].sum() + share[chosen].sum()))
    names = tuple(passages["name"].gather(chosen))
    carry = "carries" if len(names) == 1 and not twice.any() else "carry"
    with_others = ", with those read by two already," if twice.any() else ""
    return Tried(
        f"a second coder who agrees on {listed(names)}, which{with_others} {carry} {carried} of the weight "
        "on that side",
        names,
        _reweighed(coding, tables, pl.concat([tables.evidence, second_coding])),
    )


def _dates(coding: Coding, tables: Tables) -> Tried | None:
    """The fewest undated passages whose dates, if early enough, make the evidence timely."""
    side, passages, arrays = coding.now.rests_on
    weights = arrays.weights
    share = shares_on(side, weights)
    undated = (passages["date"].is_null() & (passages["direction"] != "absent")).to_numpy()
    known = float(share[in_time(arrays, coding.circumstances.adoptions)].sum())
    chosen = _enough(np.where(undated, share, 0.0), rule().caps.in_time - known)
    if not chosen or coding.early is None:
        return None
    ids = passages["id"].gather(chosen).implode()
    dated = tables.evidence.with_columns(
        date=pl.when(pl.col("id").is_in(ids)).then(pl.lit(coding.early)).otherwise("date")
    )
    names = tuple(passages["name"].gather(chosen))
    return Tried(
        f"dates for {listed(names)} that are early enough to count for the adoptions; none is coded yet",
        names,
        _reweighed(coding, tables, dated),
    )


def _second_document(coding: Coding, _: Tables) -> Tried | None:
    """The least weight that passages have to carry in another document, on criteria that carry it already."""
    side, passages, arrays = coding.now.rests_on
    weights = arrays.weights
    carried = carried_on(side, weights)
    by_document = np.bincount(weights.document, weights=carried)
    second = int(np.argsort(-by_document, kind="stable")[1]) if by_document.size > 1 else None
    fresh = _to_carry(carried.sum(), 0.0)
    less = fresh if second is None else _to_carry(carried.sum(), by_document[second])
    if less > HEAVIEST:
        return None
    direction = "for" if side > 0 else "against"
    description = f"{fresh:.1f} dB or more {direction} it from a document that is not yet coded for it"
    document = ELSEWHERE
    if second is not None and less < fresh:
        inside = passages.filter(pl.Series(weights.document == second))
        public = inside.filter(~pl.col("private"))["document"]
        name = "its second private document" if public.is_empty() else str(public.sort()[0])
        description = f"{less:.1f} dB or more {direction} it from {name}, or {description}"
        document = inside["source"][0]
    criteria = passages["criteria"][int(carried.argmax())]
    passage = coding.weighing(criteria, side * less).with_columns(source=pl.lit(document))
    return Tried(description, (), coding.with_added(passage))


def _to_carry(whole: float, own: float) -> float:
    """Weight that a document lacks to carry the share that the rule asks for, upwards to .1 dB.

    Of x more, own + x has to be the share s of whole + x.
    """
    share = rule().caps.document_share
    return math.ceil((share * whole - own) / (1 - share) * 10 - TINY) / 10


def _reweighed(coding: Coding, tables: Tables, evidence: pl.DataFrame) -> MechanismPosterior:
    """Everything weighed anew from a changed table: agreement between coders may change with it."""
    passages, circumstances = gathered(
        evidence, tables.documents, coding.analysis, coding.order, cap=coding.circumstances.chronology
    )
    return coding.weighed(passages.filter(pl.col("mechanism") == coding.mechanism.name), circumstances)


def _enough(share: np.ndarray, needed: float) -> list[int]:
    """The fewest passages that carry a share together, weightiest first; none where all do not suffice."""
    chosen: list[int] = []
    # greedy is exact here: with the heaviest first, no fewer passages reach the share
    for place in np.argsort(-share, kind="stable"):
        if needed <= TINY or share[place] <= TINY:
            break
        chosen.append(int(place))
        needed -= float(share[place])
    return sorted(chosen) if needed <= TINY else []
