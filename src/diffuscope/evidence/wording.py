"""What the evidence witness found, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.evidence.rule import rule
from diffuscope.evidence.stance import same_side
from diffuscope.evidence.weigh import TINY
from diffuscope.evidence.weight_of_evidence import noise
from diffuscope.records.phrases import counted
from diffuscope.records.probability import about_text, probability_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.evidence.posterior import MechanismPosterior
    from diffuscope.mechanisms import Mechanism
    from diffuscope.records import Posterior

NOTHING_CODED = "No passage was coded for this mechanism."
NOTHING_COUNTS = (
    "No coded passage can count: each is dated after the decision it is about, or nobody searched for it."
)


def reason(mechanism: Mechanism, balance: MechanismPosterior) -> str:
    """Why the evidence takes its stance on a mechanism."""
    if balance.passages.height == 0:
        return NOTHING_COUNTS
    about = about_text(balance.p, noise(balance.weights))
    parts = [f"{_counts(balance)} Together they put the probability at {about}."]
    if balance.failed:
        fallen = [item for item in mechanism.all_criteria if item.id in balance.failed]
        parts += [f"A necessary condition fails, {item.id}: {item.text}" for item in fallen]
    elif balance.stance == "silent":
        parts.append(_undecided(balance))
    elif balance.uncapped in ("for", "against"):
        side = "above" if balance.p > rule().lines.even else "below"
        parts.append(f"It stays {side} one half if any one passage or document is left out.")
    else:
        parts.append(_why_no_more(balance))
    if balance.stance != balance.uncapped:
        parts.append(f"The stance is limited to leaning, because {'; '.join(balance.caps)}.")
    return " ".join(part for part in parts if part)


def _counts(balance: MechanismPosterior) -> str:
    """How many passages speak for and against, and how many do neither."""
    weights = balance.weights.decibans
    above, below = int((weights > TINY).sum()), int((weights < -TINY).sum())
    neither = weights.size - above - below
    speaks = "speaks" if above == 1 else "speak"
    sentence = f"{counted(above, 'coded passage')} {speaks} for it and {below} against"
    return (
        f"{sentence}; {neither} {'weighs' if neither == 1 else 'weigh'} nothing."
        if neither
        else f"{sentence}."
    )


def _undecided(balance: MechanismPosterior) -> str:
    """Why a probability away from one half may still decide nothing."""
    lines = rule().lines
    if lines.leaning_against + TINY < balance.p < lines.leaning_for - TINY:
        return "This is inconclusive."
    carries = _carries(balance, balance.sensitivity.leave_one_out)
    return f"This is inconclusive: {carries}." if carries else "This is inconclusive."


def _why_no_more(balance: MechanismPosterior) -> str:
    """Why a probability beyond the outer lines is no more than a lean; nothing between the lines."""
    lines = rule().lines
    if lines.against + TINY < balance.p < lines.for_ - TINY:
        return ""
    carries = _carries(balance, (*balance.sensitivity.leave_one_out, *balance.sensitivity.variants))
    if carries:
        return f"This gives only a leaning stance: {carries}."
    if balance.lacking and balance.p > lines.even:
        return (
            "This gives only a leaning stance: no passage supports a necessary criterion "
            f"({'; '.join(balance.lacking)})."
        )
    if not balance.strong:
        times = 10 ** (rule().firm.passage / 10)
        return (
            f"This gives only a leaning stance: no single passage is {times:.0f} times "
            "likelier in one case than in the other."
        )
    return ""


def _carries(balance: MechanismPosterior, variants: Sequence[Posterior]) -> str:
    """The setting that takes the probability farthest across one half, if any does."""
    upward = balance.p > rule().lines.even
    crossing = [variant for variant in variants if not same_side(balance.p, variant.p)]
    if not crossing:
        return ""
    worst = (min if upward else max)(crossing, key=lambda variant: variant.p)
    side = "above" if upward else "below"
    shown = probability_text(worst.p)
    if worst.setting.startswith("rho"):
        what = "when passages of one cluster depend on each other less or more"
    elif worst.setting.startswith("searched"):
        what = f"at {worst.setting} for every absent trace"
    elif worst.setting.startswith("one cluster"):
        what = "when all passages of a document count as one cluster"
    else:
        what = worst.setting
    return f"it does not stay {side} one half, but is {shown} {what}"


def caveats(mechanism: Mechanism, passages: pl.DataFrame, adoptions: int) -> tuple[str, ...]:
    """What weakens the evidence on one mechanism.

    Parameters
    ----------
    mechanism : Mechanism
    passages : polars.DataFrame
        All its passages, also those that do not count.
    adoptions : int
        Dated adoptions of the analysis.
    """
    counted = passages.filter("counts")
    caveat_texts = [
        _late(passages),
        _repeated(passages),
        _not_searched(passages),
        _reach(counted, adoptions),
        _undated(counted, adoptions),
        _coders(counted),
        _rivals(counted),
    ]
    if mechanism.readings is not None and counted["definition"].is_not_null().any():
        caveat_texts.append(
            "Some passages count only under one reading of the mechanism; the narrow reading is shown."
        )
    return tuple(words for words in caveat_texts if words)


def _late(passages: pl.DataFrame) -> str:
    late = passages.filter("late").height
    if not late:
        return ""
    if late == 1:
        return "1 passage names a unit and is dated after its adoption, so it weighs nothing."
    return f"{late} passages name a unit and are dated after its adoption, so they weigh nothing."


def _repeated(passages: pl.DataFrame) -> str:
    repeats = passages.filter("repeats").height
    if not repeats:
        return ""
    are = "is" if repeats == 1 else "are"
    return (
        f"{counted(repeats, 'passage')} {are} at a place of a document that is coded under another id for "
        "the same mechanism: that place is counted only once."
    )


def _undated(rows: pl.DataFrame, adoptions: int) -> str:
    """Passages of which it is unknown whether they came before any decision."""
    number = rows.filter(pl.col("date").is_null() & (pl.col("direction") != "absent")).height
    if not (number and adoptions):
        return ""
    carry = "carries" if number == 1 else "carry"
    return f"{counted(number, 'passage')} {carry} no date: whether before or after the adoptions is unknown."


def _not_searched(passages: pl.DataFrame) -> str:
    number = passages.filter(~passages["looked"]).height
    return f"For {counted(number, 'absent trace')} nobody searched: no weight." if number else ""


def _reach(rows: pl.DataFrame, adoptions: int) -> str:
    """How many adoptions dated evidence can still bear on."""
    some = rows.filter(rows["unit"].is_null() & (rows["bears_on"] < adoptions))
    if some.is_empty():
        return ""
    least = min(some["bears_on"])
    left = f"{least} of the {adoptions} dated adoptions"
    if some.height == 1:
        return f"1 passage can count for at most {left}: the others came before the event it describes."
    return (
        f"{some.height} passages describe events after some adoptions and cannot count "
        f"for these; one of them can count for at most {left}."
    )


def _coders(rows: pl.DataFrame) -> str:
    weighty = rows.filter(pl.col("decibans").abs() > TINY)
    coders = weighty["who"].list.explode(keep_nulls=False, empty_as_null=False).n_unique()
    if coders > 1 and weighty["coders"].max() == 1:
        return f"{coders} coders took part, but no passage was read by two of them."
    mixed = rows.filter(rows["direction"] == "mixed").height
    return f"Coders differ on the direction of {counted(mixed, 'passage')}." if mixed else ""


def _rivals(rows: pl.DataFrame) -> str:
    unnamed = rows.filter(rows["p_if_false"].is_not_null() & (rows["rival"].fill_null("") == "")).height
    if not unnamed:
        return ""
    if unnamed == 1:
        return "1 passage does not name the rival that its chances assume."
    return f"{unnamed} passages do not name the rival that their chances assume."
