"""Who adopted when, and whether the order of events leaves any diffusion to explain."""

from __future__ import annotations

from diffuscope.records.base import Excluded, Record
from diffuscope.records.problems import Place

SECOND_DATE = "a second date of an adoption already counted"
OF_LOWER_TIER = "of a lower tier than the one that counts"
"""Why a row is left out of a chronology that dates no adoption of its own."""


class Spell(Record, frozen=True, kw_only=True):
    """Dated adoption in a chronology: who adopted what, and the first and last day it may have happened.

    Attributes
    ----------
    unit, policy : str
        Who adopted what, as ids of the case.
    first : str or None
        First day on which it may have happened; None where only "adopted by then" is known.
    last : str or None
        Last day on which it may have happened.
    period : str or None
        The period of the analysis it falls in; None where its range spans more than one.
    baseline : bool
        Whether it was there before the record begins, so that it is no event of its own.
    confidence : str or None
        How sure the date is, as the case says.
    place : Place
        Its row in the case.
    launch : bool
        Whether it is part of the launch of its policy: the most adoptions within the launch window.
    """

    unit: str
    policy: str
    first: str | None
    last: str | None
    period: str | None
    baseline: bool
    confidence: str | None
    place: Place
    launch: bool = False


class Chronology(Record, frozen=True, kw_only=True):
    """Who adopted when, and whether the order of events leaves any diffusion to explain.

    Attributes
    ----------
    analysis : str
        Id of the analysis.
    testable : bool or None
        False where the dates rule diffusion out; None where they are unknown, or all before the record.
    reason : str
        Why, in plain words, the soundest reason first.
    warnings : tuple of str
        What weakens the order of events without ruling diffusion out.
    units : int
        Units in the analysis.
    adopters : int
        Those of them that adopted.
    adoptions : int
        Adoptions counted, those of the baseline included.
    baseline : int
        Adoptions already there when the record begins.
    at_risk_after_first : int or None
        Unit-policy pairs that could still adopt after the first adoption of their policy.
    never : int or None
        Unit-policy pairs that could have adopted within the record and did not.
    modal_period : str or None
        The period with most adoptions, the baseline left aside.
    modal_count : int or None
        How many adoptions fall in it.
    modal_share : float or None
        Their share of all adoptions outside the baseline.
    launch_days : int
        Length of the launch window in days: as the analysis says, else 90 days, or one year where at
        least half of the dates are known by the year only.
    launch_count : int or None
        Most dated adoptions of one policy within the launch window, in calendar time, summed over policies;
        an adoption counts if its whole range lies within. None where nothing is dated.
    launch_share : float or None
        Their share of all dated adoptions (those outside the baseline).
    launch_from, launch_to : str or None
        First and last day of the launch (ISO); None where nothing is dated, or where several policies have
        launches of their own.
    share_30_days, share_365_days : float or None
        The same share within 30 days, and within a year.
    events_after_launch : int or None
        Events outside the launch: adoptions by units that were at risk. First adopters are no events, unless
        `policies.origin` says so.
    pairs_ordered : int
        Pairs of adoptions of one policy of which one is known to precede the other, by their days.
    pairs_same : int
        Pairs dated alike (the same day, month, year or range), so that neither is known to come first.
    pairs_unknown : int
        Other pairs whose ranges overlap, so that the order is unknown.
    pairs_total : int
        All pairs of adoptions of one policy.
    silenced : str or None
        Why statistics must be silent (too few events) and evidence is limited to leaning: fewer than five
        events remain outside a launch of more than half. None otherwise.
    order : tuple of Spell
        The adoptions, earliest first.
    left_out : tuple of Excluded
        Every adoption row of the case that is not in `order`, by reason.
    """

    analysis: str
    testable: bool | None
    reason: str
    warnings: tuple[str, ...] = ()
    units: int = 0
    adopters: int = 0
    adoptions: int = 0
    baseline: int = 0
    at_risk_after_first: int | None = None
    never: int | None = None
    modal_period: str | None = None
    modal_count: int | None = None
    modal_share: float | None = None
    launch_days: int = 90
    launch_count: int | None = None
    launch_share: float | None = None
    launch_from: str | None = None
    launch_to: str | None = None
    share_30_days: float | None = None
    share_365_days: float | None = None
    events_after_launch: int | None = None
    pairs_ordered: int = 0
    pairs_same: int = 0
    pairs_unknown: int = 0
    pairs_total: int = 0
    silenced: str | None = None
    order: tuple[Spell, ...] = ()
    left_out: tuple[Excluded, ...] = ()
