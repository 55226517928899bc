"""Fixed effects: does the coefficient hold with effects of policies, periods and units?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.inference.diagnostics import FEW_EVENTS
from diffuscope.records import Safeguard
from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted, listed, noun
from diffuscope.safeguards.engine.check import Check, SafeguardOptions, missing, not_asked
from diffuscope.safeguards.engine.respecify import known, respecify
from diffuscope.ties.separability import ABSORBED, absorbed_share

if TYPE_CHECKING:
    from diffuscope.safeguards.tested_model import TestedModel

WAYS = {"policy": "policies", "time": "periods", "unit": "units"}
FEWEST = 2
"""Events per parameter below which effects of policies or periods are not tried; of units, 10: each is seen
but a few times, and stops being seen when it adopts."""
WHOLE = 1 - 1e-9
"""Share of a column's variation beyond which effects take all of it."""


@dataclass(frozen=True)
class _Effects:
    """Whose effects are held constant, the rows that can say something then, and what had to stay out."""

    ways: tuple[str, ...]
    rows: pl.DataFrame
    refused: tuple[str, ...]


def fixed_effects(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Fixed effects: whether the interval stays above zero with effects of policies, periods and units.

    Effects are added as far as events allow: of policies where there are several, of periods, and of units
    where there are several policies. Policies, periods and units without an event, or with nothing but
    events, say nothing then and are left out. Passed: the 95 % interval stays above zero.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        The coefficient with effects, with its interval, on the scale of the linear predictor.
    """
    value = tested.coefficient(column)
    try:
        rows = tested.panel.table()[tested.refitter.complete.rows["row"]]
        effects = _effects(tested, rows)
        if not effects.ways:
            if effects.refused:
                return missing(" ".join(effects.refused))
            says = "There is one policy, and one period with events and without: no effects can be separated."
            return not_asked(says)
        absorbed = _absorbed(effects, column)
        named = listed(f"{effects.rows[way].n_unique():,} {WAYS[way]}" for way in effects.ways)
        if absorbed > WHOLE:
            says = (
                f"Effects of {named} leave no variation in the exposure: {column} is the same for all rows "
                "of one effect."
            )
            return Safeguard(name="", applies=True, passed=False, description=says)
        estimate = respecify(
            tested, column, formula=_formula(tested, effects, column), rows=effects.rows,
            policies="policy" in effects.ways, timed=not _absorbs_duration(effects),
        )  # fmt: skip
    except (MethodError, PlanError) as error:
        return missing(f"It cannot be computed. {error}")
    each = estimate.events / estimate.parameters
    sentences = [
        f"With effects of {named} the coefficient is {estimate}; without, {decimal(value)}.",
        f"They account for {100 * absorbed:.0f} % of the exposure's variation"
        + (": hardly any variation is left." if absorbed > ABSORBED else "."),
        *([_lost(effects, rows)] if effects.rows.height < rows.height else []),
        *([_few(estimate.events, estimate.parameters)] if each < FEW_EVENTS else []),
        *effects.refused,
    ]
    return Safeguard(
        name="", applies=True, passed=estimate.ci_low > 0, description=" ".join(sentences),
        value=estimate.estimate,
        ci_low=known(estimate.ci_low), ci_high=known(estimate.ci_high),
    )  # fmt: skip


def _effects(tested: TestedModel, rows: pl.DataFrame) -> _Effects:
    """As many effects as events allow, in the order of `WAYS`."""
    fit = tested.fit
    own = len(fit.names) - max(len(fit.design.policies) - 1, 0)
    chosen: tuple[str, ...] = ()
    kept, refused = rows, []
    for way, many in WAYS.items():
        if way == "unit" and rows["policy"].n_unique() < 2:
            continue
        ways = (*chosen, way)
        left = _telling(rows, ways, fit.outcome)
        if left.is_empty() or left[way].n_unique() < 2:
            continue
        events = int(left[fit.outcome].sum())
        # one level of each way is in the intercept
        parameters = own + sum(left[one].n_unique() - 1 for one in ways)
        if events < parameters * (FEW_EVENTS if way == "unit" else FEWEST):
            refused.append(
                f"Effects of {many} were left out: {counted(events, 'event is', 'events are')} too few for "
                f"{counted(parameters, 'parameter')}."
            )
            continue
        chosen, kept = ways, left
    return _Effects(chosen, kept, tuple(refused))


def _telling(rows: pl.DataFrame, ways: tuple[str, ...], outcome: str) -> pl.DataFrame:
    """Rows of policies, periods or units that have both an event and a row without one."""
    happened, before = pl.col(outcome).cast(pl.Float64), -1
    # leaving out a unit may take a period's only event with it: repeated until nothing changes
    while rows.height != before:
        before = rows.height
        for way in ways:
            rows = rows.filter((happened.max().over(way) == 1) & (happened.min().over(way) == 0))
    return rows


def _formula(tested: TestedModel, effects: _Effects, column: str) -> str:
    """The model's terms with effects, but none of which these take all, such as the global share."""
    own = tested.fit.design.columns.formula
    kept = [
        term.written for term in own.terms
        if term.name == column or term.name not in own.plain or _absorbed(effects, term.name) < WHOLE
    ]  # fmt: skip
    added = [f"C({way})" for way in effects.ways if way != "policy" and f"C({way})" not in own.order]
    return f"{own.outcome} ~ {'' if own.intercept else '0 + '}{' + '.join((*kept, *added))}"


def _absorbed(effects: _Effects, column: str) -> float:
    ways = effects.ways
    first = "unit" if "unit" in ways else ways[0]
    # one way twice is that way alone
    last = "time" if "time" in ways else first
    return absorbed_share(
        effects.rows[column].cast(float).to_numpy(),
        effects.rows[first].to_numpy(),
        effects.rows[last].to_numpy(),
    )


def _absorbs_duration(effects: _Effects) -> bool:
    """Whether effects of periods hold every function of time at risk: it is the same for all in a period."""
    one_duration = pl.col("duration").n_unique().over("time") == 1
    return "time" in effects.ways and bool(effects.rows.select(one_duration.all()).item())


def _lost(effects: _Effects, rows: pl.DataFrame) -> str:
    lost = rows.height - effects.rows.height
    many = listed((WAYS[way] for way in effects.ways), "or")
    return (
        f"{lost:,} of {counted(rows.height, 'row')} {noun(lost, 'is', 'are')} of {many} without an "
        "event, or with nothing else: left out."
    )


def _few(events: int, parameters: int) -> str:
    return (
        f"{counted(events, 'event')} for {counted(parameters, 'parameter')} "
        f"({events / parameters:.1f} each): "
        f"below {FEW_EVENTS}, "
        "incidental parameters bias the estimate away from zero."
    )


SAFEGUARD = Check(
    name="fixed effects",
    asks="Does the interval stay above zero with effects of policies, periods and units?",
    role="beside",
    run=fixed_effects,
)
