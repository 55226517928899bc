"""Passages, from coded rows: several coders of one passage count as one voice, their mean."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from diffuscope.evidence.rule import rule
from diffuscope.evidence.weigh import at, other_searches, weigh
from diffuscope.mechanisms import mechanisms
from diffuscope.tables.dates import first_day
from diffuscope.tables.suggest import bare

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from diffuscope.records import Spell

FACTS = ("analysis", "mechanism", "document", "cluster", "date", "unit")
"""What is true of a passage whoever codes it; coders who leave it empty do not contradict the others."""
_SAME = ("p_if_true", "p_if_false", "test")
_SHAPE = ("analysis", "mechanism", "direction", "decibans", "definition", "criteria", "coders", *_SAME)
"""What a reader sees of a private passage; the order of their neutral names follows from nothing else."""


def passages(evidence: pl.DataFrame) -> pl.DataFrame:
    """Every coded passage once, with the mean weight its coders give it.

    Parameters
    ----------
    evidence : polars.DataFrame
        The table `evidence`, checked; all analyses.

    Returns
    -------
    polars.DataFrame
        One row per `id`, sorted by it: the facts of the passage; `criteria` (list, two at most: those that
        most coders named, then in the order of the mechanism);
        `direction` (``mixed`` where coders differ); `decibans` (mean over coders); `coders` (how many) and
        `who`; `voices` (each coder's own weight); a column `at_…` per other chance of finding what is absent;
        `p_if_true`, `p_if_false`, `searched` and
        `test` where all coders agree on them, else null; `looked`, false where nobody searched for it;
        `private`; `rows` (list).
    """
    rows = weigh(evidence).with_columns(coder=coder_key(pl.col("coder"))).sort("id", "coder", "_row")
    absent = pl.col("direction") == "absent"
    merged = rows.group_by("id", maintain_order=True).agg(
        *(pl.col(name).drop_nulls().first() for name in FACTS),
        pl.col("definition").first(),
        direction=_if_same("direction", "mixed"),
        # coders of one passage are no independent witnesses: their mean, not their sum
        decibans=pl.col("decibans").mean(),
        coders=pl.col("coder").n_unique().cast(pl.Int64),
        who=pl.col("coder").unique().sort(),
        voices=pl.struct(who="coder", own="decibans"),
        **{name: pl.col(name).mean() for name in map(at, other_searches())},
        searched=pl.when(pl.col("searched").filter(absent).n_unique() == 1).then(
            pl.col("searched").filter(absent).first()
        ),
        **{name: _if_same(name) for name in _SAME},
        looked=pl.col("looked").any(),
        private=(pl.col("share") == "private").fill_null(False).any(),
        locator=pl.col("locator").drop_nulls().first(),
        paraphrase=pl.col("paraphrase").drop_nulls().first(),
        rival=pl.col("rival").drop_nulls().unique(maintain_order=True).str.join("; "),
        note=pl.col("note").drop_nulls().unique(maintain_order=True).str.join(" · "),
        rows=pl.col("_row").sort(),
    )
    return merged.join(_two_criteria(rows), on="id", how="left", maintain_order="left").with_columns(
        pl.col("criteria").fill_null([])
    )


def coder_key(coder: pl.Expr) -> pl.Expr:
    """A coder's name apart from case, blanks and signs: ``Coder-1`` and ``coder 1`` are one person."""
    return coder.map_elements(lambda name: bare(name) or name, return_dtype=pl.String)


def _two_criteria(rows: pl.DataFrame) -> pl.DataFrame:
    """The criteria for which each passage counts; more than the rule allows would count one trace again."""
    named = rows.select("id", name="criterion").explode("name", empty_as_null=True).drop_nulls()
    order = {
        item.id: at for mechanism in mechanisms().values() for at, item in enumerate(mechanism.all_criteria)
    }
    place = pl.col("name").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    return (
        named.group_by("id", "name")
        .len()
        .sort("id", -pl.col("len").cast(pl.Int64), place, "name")
        .group_by("id", maintain_order=True)
        .agg(criteria=pl.col("name").head(rule().caps.criteria).sort())
    )


def _if_same(name: str, otherwise: str | None = None) -> pl.Expr:
    return pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first()).otherwise(pl.lit(otherwise))


def named(passages: pl.DataFrame, private_documents: Collection[str]) -> pl.DataFrame:
    """Add the names a reader may see: `name` and `cluster_name`, neutral where the passage is private.

    A private passage is called ``private 1``, ``private 2`` …, in an order that follows from what is shown of
    it, never from its words or its row. Its cluster keeps its name only where public passages share it.

    Parameters
    ----------
    passages : polars.DataFrame
        From `passages`.
    private_documents : collection of str
        Documents that are private, and all passages in them.
    """
    inside = pl.col("document").is_in(list(private_documents)).fill_null(False)
    passages = passages.with_columns(private=pl.col("private") | inside)
    if not passages["private"].any():
        return passages.with_columns(name="id", cluster_name="cluster")
    shape = pl.struct(pl.col("criteria").list.join(";") if name == "criteria" else name for name in _SHAPE)
    passages = passages.with_columns(
        shape=shape.rank("dense"), open=(~pl.col("private")).any().over(_CLUSTER)
    )
    clusters = (
        passages.filter(~pl.col("open"))
        .group_by(_CLUSTER)
        .agg(pl.col("shape").sort(), pl.col("rows").list.min().min().alias("row"))
        .sort("shape", "row")
    )
    used = set(passages.filter("open")["cluster"])
    fresh = _numbered("private cluster", used)
    clusters = clusters.with_columns(cluster_name=pl.Series([next(fresh) for _ in range(clusters.height)]))
    passages = passages.join(clusters.drop("shape", "row"), on=_CLUSTER, how="left", maintain_order="left")
    passages = passages.with_columns(cluster_name=pl.coalesce("cluster_name", "cluster"))
    hidden = passages.filter("private").sort("shape", "cluster_name", pl.col("rows").list.min())
    fresh = _numbered("private", set(passages.filter(~pl.col("private"))["id"]))
    names = {passage: next(fresh) for passage in hidden["id"]}
    return passages.with_columns(
        name=pl.when("private")
        .then(pl.col("id").replace_strict(names, default=None, return_dtype=pl.String))
        .otherwise("id")
    ).drop("shape", "open")


_CLUSTER = ["analysis", "mechanism", "cluster"]


def _numbered(word: str, used: Collection[str]) -> Iterator[str]:
    """private 1, private 2 …, without the names that something public already has."""
    return (name for number in count(1) if (name := f"{word} {number}") not in used)


def in_reading_order(name: str) -> tuple[tuple[int, str], ...]:
    """Key by which L2 stands before L10.

    >>> sorted(["L10", "L2", "C1"], key=in_reading_order)
    ['C1', 'L2', 'L10']
    """
    parts = re.split(r"([0-9]+)", name)
    return tuple((int(part) if part.isdecimal() else -1, part) for part in parts if part)


def timed(passages: pl.DataFrame, units: Sequence[str], order: Sequence[Spell]) -> pl.DataFrame:
    """Add what each passage can bear on, given its date: nothing can bear on a decision already taken.

    A date means its whole interval, so a passage is too late only when even its first day comes after the
    last day on which the adoption may have happened.

    Parameters
    ----------
    passages : polars.DataFrame
        From `passages`, of one analysis.
    units : sequence of str
        Units of the analysis.
    order : sequence of Spell
        Its dated adoptions.

    Returns
    -------
    polars.DataFrame
        With `bears_on` (adoptions it does not come too late for; null where it has no date, or none of the
        adoptions has), `late` (it names a unit and comes after all that unit's adoptions, so it weighs
        nothing), `counts` (an observation, in time, counted for the first time), and weights of 0 where it
        does not count.
    """
    all_last, own = _last_days(order)
    days = passages.select(first_day(pl.col("date")).dt.epoch("d").cast(pl.Float64)).to_series()
    dated = days.is_not_null()
    day = days.fill_null(-np.inf).to_numpy()
    # adoptions whose last possible day is not before the passage's first: it may have come before these
    bears_on = all_last.size - np.searchsorted(all_last, day, side="left")
    late = np.zeros(passages.height, dtype=bool)
    inside = set(units)
    none = np.empty(0)
    for row, unit in enumerate(passages["unit"]):
        if unit is not None and (unit in own or unit in inside):
            last = own.get(unit, none)
            bears_on[row] = last.size - np.searchsorted(last, day[row], side="left")
            late[row] = last.size > 0 and bears_on[row] == 0
    counts = passages["looked"] & ~pl.Series(late, dtype=pl.Boolean) & ~passages["repeats"]
    weights = ("decibans", *map(at, other_searches()))
    known = pl.Series(bears_on, dtype=pl.Int64) if order else pl.lit(None, dtype=pl.Int64)
    return passages.with_columns(
        # a passage without a date may have come at any time: nothing is known of what it can bear on
        bears_on=pl.when(dated).then(known),
        late=pl.Series(late, dtype=pl.Boolean),
        counts=counts,
        **{name: pl.when(counts).then(name).otherwise(0.0) for name in weights},
    )


def _last_days(order: Sequence[Spell]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Last possible day of every adoption, as days since 1970: of all, and of each unit; sorted."""
    last = pl.Series([spell.last for spell in order], dtype=pl.String).str.to_date("%Y-%m-%d")
    days = last.dt.epoch("d").cast(pl.Float64).fill_null(np.inf).to_numpy()
    own: dict[str, list[float]] = {}
    for spell, day in zip(order, days, strict=True):
        own.setdefault(spell.unit, []).append(float(day))
    return np.sort(days), {unit: np.sort(np.array(unit_days)) for unit, unit_days in own.items()}
