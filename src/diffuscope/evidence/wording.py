"""What the evidence witness found, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.evidence.stance import AGAINST, EVEN, FOR
from diffuscope.evidence.weigh import TINY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from diffuscope.evidence.balance import Balance
    from diffuscope.mechanisms import Mechanism

NOTHING_CODED = "No passage was coded for this mechanism."
NOTHING_COUNTS = (
    "Nothing that was coded can count: it comes after the decisions it speaks of, or nobody searched for it."
)


def several(number: int, noun: str) -> str:
    """A number with its noun.

    >>> several(1, "passage"), several(2, "passage")
    ('1 passage', '2 passages')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def caps_on_both(coders: int, documents: int) -> tuple[str, ...]:
    """Why evidence of either direction may do no more than lean."""
    return tuple(
        words
        for words, holds in (("one coder", coders == 1), ("one source document", documents == 1))
        if holds
    )


def cap_on_for(lacking: Sequence[str]) -> tuple[str, ...]:
    """Why evidence for a mechanism may do no more than lean: nothing bears on something it needs."""
    return (f"no evidence on a necessary criterion ({'; '.join(lacking)})",) if lacking else ()


def reason(mechanism: Mechanism, balance: Balance) -> str:
    """Why the evidence takes its stance on a mechanism."""
    number = balance.found.height
    if number == 0:
        return NOTHING_COUNTS
    puts = "puts" if number == 1 else "put"
    parts = [
        f"{several(number, 'coded passage')} {puts} the probability at {balance.p:.2f}{_range(balance)}."
    ]
    if balance.failed:
        fallen = [item for item in mechanism.all_criteria if item.id in balance.failed]
        parts += [f"A necessary condition fails, {item.id}: {item.text}" for item in fallen]
    elif balance.stance == "silent":
        parts.append("That decides nothing.")
    elif not AGAINST + TINY < balance.p < FOR - TINY:
        parts.append(_firmness(balance))
    if balance.caps and balance.stance in ("leaning for", "leaning against"):
        parts.append(f"It can do no more than lean: {', '.join(balance.caps)}.")
    return " ".join(parts)


def _range(balance: Balance) -> str:
    """Where the probability lies when single passages are left out."""
    if balance.found.height == 1:
        return ""
    without = [variant.p for variant in balance.leave_one_out]
    return f" ({min(without):.2f} to {max(without):.2f} when any one of them is left out)"


def _firmness(balance: Balance) -> str:
    """Whether a probability beyond the outer lines withstands what a firm stance has to withstand."""
    upward = balance.p > EVEN
    side = "above" if upward else "below"
    worst = (min if upward else max)(balance.variants, key=lambda variant: variant.p)
    if worst.p > EVEN + TINY if upward else worst.p < EVEN - TINY:
        return f"It stays {side} one half whichever passage or source is left out."
    if worst.setting.startswith("rho"):
        return f"It does not stay {side} one half when passages of one cluster hang together less or more."
    return f"It does not stay {side} one half: it is {worst.p:.2f} {worst.setting}."


def caveats(mechanism: Mechanism, found: pl.DataFrame, adoptions: int) -> tuple[str, ...]:
    """What weakens the evidence on one mechanism.

    Parameters
    ----------
    mechanism : Mechanism
    found : polars.DataFrame
        All its passages, also those that do not count.
    adoptions : int
        Dated adoptions of the analysis.
    """
    counted = found.filter("counts")
    told = [
        _late(found),
        _not_searched(found),
        _reach(counted, adoptions),
        _coders(counted),
        _rivals(counted),
    ]
    if mechanism.readings is not None and counted["definition"].is_not_null().any():
        told.append("Some passages count under one reading of the mechanism only; the narrow one is shown.")
    return tuple(words for words in told if words)


def _late(found: pl.DataFrame) -> str:
    late = found.filter("late").height
    if not late:
        return ""
    if late == 1:
        return "1 passage names a unit and is dated after its adoption: it weighs nothing."
    return f"{late} passages name a unit and are dated after its adoption: they weigh nothing."


def _not_searched(found: pl.DataFrame) -> str:
    number = found.filter(~found["looked"]).height
    return f"For {several(number, 'absent trace')} nobody searched: no weight." if number else ""


def _reach(counted: pl.DataFrame, adoptions: int) -> str:
    """How many adoptions dated evidence can still bear on."""
    some = counted.filter(counted["unit"].is_null() & (counted["bears_on"] < adoptions))
    if some.is_empty():
        return ""
    least = min(some["bears_on"])
    left = f"{least} of the {adoptions} dated adoptions"
    if some.height == 1:
        return f"1 passage can bear on no more than {left}: the others came before what it tells of."
    return (
        f"{some.height} passages tell of what came after some adoptions, and cannot bear on these; "
        f"one of them can bear on no more than {left}."
    )


def _coders(counted: pl.DataFrame) -> str:
    coders = counted.explode("who")["who"].n_unique() if counted.height else 0
    if coders > 1 and counted["coders"].max() == 1:
        return f"{coders} coders took part, but no passage was read by two of them."
    mixed = counted.filter(counted["direction"] == "mixed").height
    return f"Coders differ on the direction of {several(mixed, 'passage')}." if mixed else ""


def _rivals(counted: pl.DataFrame) -> str:
    unnamed = counted.filter(
        counted["p_if_false"].is_not_null() & (counted["rival"].fill_null("") == "")
    ).height
    if not unnamed:
        return ""
    if unnamed == 1:
        return "1 passage does not name the rival that its chances assume."
    return f"{unnamed} passages do not name the rival that their chances assume."
