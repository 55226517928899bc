"""Value of information of a clue: passages supposed to be found, weighed beside the coded ones.

The expected change of a posterior over what a search may bring is the usual measure of what an observation is
worth before it is made (Humphreys & Jacobs 2015, doi:10.1017/S0003055415000453).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from diffuscope.evidence.criteria import naming, under, with_reading
from diffuscope.evidence.duplicates import counted_once
from diffuscope.evidence.passages import named, passages, timed
from diffuscope.evidence.posterior import MechanismPosterior, weigh_counted, weigh_reading
from diffuscope.evidence.weigh import TINY, at, other_searches, weight_if_absent, weight_if_found
from diffuscope.records.rule_file import RulePart, read_rule_file
from diffuscope.tables.typed import empty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diffuscope.evidence.caps import Circumstances
    from diffuscope.mechanisms import Criterion, Mechanism
    from diffuscope.records import Analysis, Spell, Stance

ELSEWHERE = "a document not coded yet"
SUPPOSED = "supposed passage"
# chances between .01 and .99 give at most 10·log10(99) = 19.96 dB
HEAVIEST = 20.0
"""Most that a single passage may weigh (dB)."""
STEPS = (10, 20, 35, 60, 100, 150, 200)
"""Weights tried in search of the least that changes a stance, in tenths of a deciban, up to the heaviest."""


class Chances(RulePart, frozen=True):
    """Chances of a trace if the mechanism was at work, and if its rival is true."""

    p_if_true: float
    p_if_false: float

    @property
    def decibans(self) -> float:
        """Weight of the trace if it is found (dB)."""
        return float(weight_if_found(np.asarray(self.p_if_true), np.asarray(self.p_if_false)))

    def if_absent(self, searched: float) -> float:
        """Weight of the trace if it is searched for and not found (dB)."""
        return float(
            weight_if_absent(np.asarray(self.p_if_true), np.asarray(self.p_if_false), np.asarray(searched))
        )

    def at_other_searches(self) -> dict[float, float]:
        """Weight of the absent trace at the other chances of finding it that the stance rule names (dB)."""
        return {chance: self.if_absent(chance) for chance in other_searches()}

    def of_finding(self, p: float, searched: float, before: float = 0.0) -> float:
        """Chance that a search finds the trace, from the probability of the mechanism.

        Parameters
        ----------
        p : float
            Posterior probability of the mechanism, earlier vain searches included.
        searched : float
            Chance that all searches together would find the trace, had it existed.
        before : float
            The same of the earlier searches, which were in vain.

        Examples
        --------
        >>> round(Chances(0.8, 0.4).of_finding(0.5, 0.8), 2)
        0.48
        """
        true, false = (
            # Bayes: found by all searches, less by the earlier ones, given that these were in vain
            chance * (searched - before) / (1 - before * chance)
            for chance in (self.p_if_true, self.p_if_false)
        )
        return p * true + (1 - p) * false


class Assumed(NamedTuple):
    """What is assumed of a trace on one criterion: the trace itself, one against it, and why."""

    trace: Chances
    against: Chances
    why: str


class _Assumptions(RulePart, frozen=True):
    searched: float
    chances: dict[str, Chances]


def assumptions() -> _Assumptions:
    """What a plan assumes where the case says nothing, as its file states it."""
    return read_rule_file(__package__, "clues.toml", _Assumptions)


def assumed_of(item: Criterion, passages: pl.DataFrame) -> Assumed:
    """The chances of a typical trace on one criterion: the median of those coded on it, else by its role.

    Parameters
    ----------
    item : Criterion
    passages : polars.DataFrame
        The passages of the mechanism in the analysis.

    Returns
    -------
    Assumed
        Without a coded passage against the criterion, one against it mirrors the trace.
    """
    rows = passages.filter(pl.Series(naming(passages, item.id))).drop_nulls(["p_if_true", "p_if_false"])
    above = _median(rows.filter(pl.col("p_if_true") > pl.col("p_if_false")))
    below = _median(rows.filter(pl.col("p_if_true") < pl.col("p_if_false")))
    trace = above or assumptions().chances[item.role]
    return Assumed(
        trace=trace,
        against=below or Chances(trace.p_if_false, trace.p_if_true),
        why="the passages coded on it" if above else f"its role: {item.role}",
    )


def _median(rows: pl.DataFrame) -> Chances | None:
    """Medians of both chances; in rows of one side these are on that side too."""
    if rows.is_empty():
        return None
    true, false = (float(np.median(rows[name].to_numpy())) for name in ("p_if_true", "p_if_false"))
    return Chances(true, false)


@dataclass(frozen=True, kw_only=True)
class Coding:
    """The passages on one mechanism in one analysis, to which supposed ones are added.

    Attributes
    ----------
    mechanism : Mechanism
    analysis : Analysis
    passages : polars.DataFrame
        Its passages, from `gathered`.
    circumstances : Circumstances
    order : tuple of Spell
        The dated adoptions of the analysis.
    coder : str
        Who would code the passages; it reaches no output.
    """

    mechanism: Mechanism
    analysis: Analysis
    passages: pl.DataFrame
    circumstances: Circumstances
    order: tuple[Spell, ...]
    coder: str

    @cached_property
    def now(self) -> MechanismPosterior:
        """What the passages come to as they are."""
        return self._judged(self.counted)

    @cached_property
    def counted(self) -> pl.DataFrame:
        """The passages that count under the narrow reading, which bears the verdict."""
        return under(with_reading(self.mechanism, self.passages), "narrow")

    def weighed(self, passages: pl.DataFrame, circumstances: Circumstances) -> MechanismPosterior:
        """What the passages come to if the table of evidence were another."""
        return weigh_reading(self.mechanism, "narrow", with_reading(self.mechanism, passages), circumstances)

    def _judged(self, counted: pl.DataFrame) -> MechanismPosterior:
        return weigh_counted(self.mechanism, "narrow", counted, self.circumstances)

    @property
    def early(self) -> str | None:
        """A day early enough to bear on every dated adoption."""
        return min((spell.last for spell in self.order if spell.last is not None), default=None)

    @property
    def weightiest_document(self) -> str | None:
        """The document whose passages carry most weight; None before anything is coded."""
        by_document = self.passages.group_by("document").agg(pl.col("decibans").abs().sum())
        return next(
            iter(by_document.sort("decibans", "document", descending=[True, False])["document"]), None
        )

    @cached_property
    def _blank(self) -> pl.DataFrame:
        """A passage that nobody has coded yet, in a document and a cluster of its own, to be filled in."""
        row = {
            "_row": 0,
            "id": SUPPOSED,
            "coder": self.coder,
            "analysis": self.analysis.id,
            "mechanism": self.mechanism.name,
            "criterion": [],
            "document": ELSEWHERE,
            "direction": "for",
            "p_if_true": 0.6,
            "p_if_false": 0.4,
            "cluster": SUPPOSED,
            "date": self.early,
        }
        blank = named(passages(pl.DataFrame([row], schema=empty("evidence").schema)), ())
        blank = timed(counted_once(blank, {}), self.analysis.units, self.order)
        return blank.select(self.counted.columns).cast(self.counted.schema)

    def supposed(
        self, criteria: Sequence[str], chances: Chances, *, document: str = ELSEWHERE
    ) -> pl.DataFrame:
        """A trace that is found, as it would count: early enough to bear on every adoption."""
        passage = self._blank.with_columns(
            criteria=pl.lit(pl.Series([sorted(criteria)], dtype=pl.List(pl.String))),
            direction=pl.lit("for" if chances.decibans > 0 else "against"),
            document=pl.lit(document),
            source=pl.lit(document),
        )
        return with_weight(passage, chances.decibans)

    def supposed_absent(self, criteria: Sequence[str], chances: Chances, searched: float) -> pl.DataFrame:
        """A trace that is searched for and not found: it has no date, for the whole record was searched."""
        passage = self.supposed(criteria, chances).with_columns(
            direction=pl.lit("absent"),
            date=pl.lit(None, dtype=pl.String),
            bears_on=pl.lit(None, dtype=pl.Int64),
        )
        return with_weight(passage, chances.if_absent(searched), chances.at_other_searches())

    def weighing(self, criteria: Sequence[str], decibans: float) -> pl.DataFrame:
        """A passage of a certain weight that nobody has coded yet, for some criteria or against them."""
        side = Chances(0.6, 0.4) if decibans > 0 else Chances(0.4, 0.6)
        return with_weight(self.supposed(criteria, side), decibans)

    def with_added(self, passage: pl.DataFrame) -> MechanismPosterior:
        """What the coded passages come to with one more."""
        return self._judged(pl.concat([self.counted, passage]))

    def with_recoded(self, passage: pl.DataFrame) -> MechanismPosterior:
        """What the passages come to if one of them were coded otherwise."""
        rest = self.counted.filter(pl.col("id") != passage["id"][0])
        return self._judged(pl.concat([rest, passage]))

    def hardly_searched(self, searched: float) -> Iterator[pl.DataFrame]:
        """Absent traces, each by itself, that were searched for less well than a search now would."""
        able = self.passages.with_columns(counts=~pl.col("late") & ~pl.col("repeats"))
        absent = under(with_reading(self.mechanism, able), "narrow").filter(
            (pl.col("direction") == "absent")
            & pl.col("p_if_true").is_not_null()
            & (pl.col("searched") < searched - TINY)
        )
        return absent.iter_slices(1)

    def searched_again(self, passage: pl.DataFrame, searched: float, *, finds: bool) -> MechanismPosterior:
        """What the passages come to after an absent trace was seen, or searched for better in vain."""
        chances = chances_of(passage)
        if not finds:
            found = passage.with_columns(looked=pl.lit(value=True))
            return self.with_recoded(
                with_weight(found, chances.if_absent(searched), chances.at_other_searches())
            )
        found = passage.with_columns(
            looked=pl.lit(value=True), direction=pl.lit("for" if chances.decibans > 0 else "against")
        )
        if passage["unit"][0] is None and self.early is not None:
            found = found.with_columns(
                date=pl.lit(self.early), bears_on=pl.lit(len(self.order), dtype=pl.Int64)
            )
        return self.with_recoded(with_weight(found, chances.decibans))


def chances_of(passage: pl.DataFrame) -> Chances:
    """The chances that the coders of one passage state."""
    return Chances(passage["p_if_true"][0], passage["p_if_false"][0])


def with_weight(
    passage: pl.DataFrame, weight: float, if_searched: dict[float, float] | None = None
) -> pl.DataFrame:
    """A passage with another weight (dB), to all who coded it, and with those it has at other searches."""
    own = pl.struct(who=pl.element().struct.field("who"), own=pl.lit(weight, dtype=pl.Float64))
    others = dict.fromkeys(other_searches(), weight) if if_searched is None else if_searched
    return passage.with_columns(
        pl.col("voices").list.eval(own),
        decibans=pl.lit(weight, dtype=pl.Float64),
        **{at(chance): pl.lit(other, dtype=pl.Float64) for chance, other in others.items()},
    )


def least_weight(
    coding: Coding, criteria: Sequence[str], sign: int, changes: Callable[[Stance], bool]
) -> float | None:
    """Least weight of one more passage on some criteria that changes something about the stance, to .1 dB.

    Parameters
    ----------
    coding : Coding
    criteria : sequence of str
    sign : {1, -1}
        Whether the passage speaks for them or against.
    changes : callable
        Whether a stance is another than that which is asked about.

    Returns
    -------
    float or None
        None where no passage of 20 dB or less does.
    """

    with_one_more = coding.with_added(coding.weighing(criteria, sign))

    def at_tenths(tenths: int) -> bool:
        heavier = with_one_more.arrays.with_last(sign * tenths / 10)
        return changes(replace(with_one_more, arrays=heavier).stance)

    low = 0
    # coarse steps find a bracket, halving it the tenth: the rule is tried some fifteen times, not two hundred
    for high in STEPS:
        if at_tenths(high):
            break
        low = high
    else:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at_tenths(middle) else (middle, high)
    return high / 10
