"""Multilevel hazard model: many policies at once, each with an intercept and coefficients of its own.

Kreitzer & Boehmke 2016 (doi:10.1177/1532440015592798). Needs the extra `bayes`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import PlanError
from diffuscope.models.design.complete_cases import codes, frame_of
from diffuscope.models.design.model_frame import INTERCEPT, model_frame
from diffuscope.models.design.repeated_rows import repeated_rows
from diffuscope.models.design.separation import separation
from diffuscope.models.inference.diagnostics import few_events, few_groups, poor_mixing, small_sample_bias
from diffuscope.models.likelihood.links import predictor
from diffuscope.models.likelihood.nuts import Rows, draw, mixing
from diffuscope.models.types import known_link
from diffuscope.records.numbers import decimal
from diffuscope.records.phrases import counted, in_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from diffuscope.models.design.complete_cases import LeftOut
    from diffuscope.models.design.model_frame import Design, ModelFrame
    from diffuscope.models.likelihood.nuts import Draws
    from diffuscope.models.types import DurationForm, Link
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Codes, Numbers

PERCENTILES = (2.5, 97.5)
"""Percentiles of the draws at which an interval ends."""


@dataclass(frozen=True, kw_only=True)
class PooledFit:
    """Multilevel hazard model whose intercept and some coefficients vary between policies or other groups.

    Attributes
    ----------
    model : str
        Such as ``"pooled logit"``.
    formula, outcome : str
    by : str
        Column of the groups.
    random : tuple of str
        Terms whose coefficients differ between groups; the intercept always does.
    names : tuple of str
        Of the common coefficients.
    coefficients : array of float, shape (k,)
        Of the average group: posterior means, on the scale of the linear predictor.
    std_errors : array of float, shape (k,)
        Posterior standard deviations.
    ci_low, ci_high : array of float, shape (k,)
        95 % of the draws lie between, 2.5 % on either side.
    above : array of float, shape (k,)
        Share of the draws above zero.
    sd, sd_low, sd_high : array of float, shape (1 + random,)
        Standard deviation between groups of the intercept (where columns are at their mean) and of the
        coefficients in `random`: mean of the draws, and the ends of 95 %.
    rows, events : int
    units : int or None
        None where the frame does not name them.
    groups : tuple of str
    left_out : tuple of (str, int)
        Reasons for which rows were left out, with counts.
    rhat, effective : array of float, shape (k + 1 + random,)
        R-hat, and effective number of draws, of the coefficients and then of the spreads.
    divergent : int
        Transitions of the sampler that left the path they were to follow.
    chains, draws, seed : int
    warnings : tuple of str
        Why the estimates may not be trusted.
    design : Design
        What turns further rows into columns of this model.
    drawn : array of float, shape (chains * draws, k + 1 + random)
        The draws themselves, in the order of `rhat`.
    own : array of float, shape (groups, 1 + random, 3)
        Mean, low and high of each group's own intercept and coefficients.
    """

    model: str
    formula: str
    outcome: str
    by: str
    random: tuple[str, ...]
    names: tuple[str, ...]
    coefficients: Numbers
    std_errors: Numbers = field(repr=False)
    ci_low: Numbers = field(repr=False)
    ci_high: Numbers = field(repr=False)
    above: Numbers = field(repr=False)
    sd: Numbers
    sd_low: Numbers = field(repr=False)
    sd_high: Numbers = field(repr=False)
    rows: int
    events: int
    units: int | None
    groups: tuple[str, ...] = field(repr=False)
    left_out: LeftOut
    rhat: Numbers = field(repr=False)
    effective: Numbers = field(repr=False)
    divergent: int
    chains: int
    draws: int
    seed: int
    warnings: tuple[str, ...]
    design: Design = field(repr=False)
    drawn: Numbers = field(repr=False)
    own: Numbers = field(repr=False)

    def table(self) -> pl.DataFrame:
        """Coefficients, then spreads: term, estimate, std_error, ci_low, ci_high, above, rhat, effective."""
        import polars as pl

        spreads = self.drawn[:, len(self.names) :]
        columns = {
            "term": [*self.names, *(f"sd of {name} by {self.by}" for name in (INTERCEPT, *self.random))],
            "estimate": np.r_[self.coefficients, self.sd],
            "std_error": np.r_[self.std_errors, spreads.std(axis=0, ddof=1)],
            "ci_low": np.r_[self.ci_low, self.sd_low],
            "ci_high": np.r_[self.ci_high, self.sd_high],
            "above": np.r_[self.above, np.full(spreads.shape[1], np.nan)],  # a spread is never below zero
            "rhat": self.rhat,
            "effective": self.effective,
        }
        return pl.DataFrame(columns).with_columns(pl.col("above").fill_nan(None))

    def by_group(self) -> pl.DataFrame:
        """Each group's own coefficients, shrunk to the common: group, term, estimate, ci_low, ci_high."""
        import polars as pl

        terms = (INTERCEPT, *self.random)
        made = {self.by: np.repeat(list(self.groups), len(terms)), "term": list(terms) * len(self.groups)}
        numbers = dict(zip(("estimate", "ci_low", "ci_high"), self.own.reshape(-1, 3).T, strict=True))
        return pl.DataFrame(made | numbers)

    def summary(self) -> str:
        """The model in plain text: what was fitted, to what, the coefficients, and its warnings."""
        return "\n".join(_summary_lines(self)) + "\n"


def pooled_history(
    formula: str,
    panel: Frame,
    *,
    random: Sequence[str] = (),
    by: str = "policy",
    link: Link = "logit",
    duration: DurationForm | None = None,
    offset: str | None = None,
    seed: int,
    draws: int = 1000,
    chains: int = 4,
) -> PooledFit:
    """Multilevel hazard model: who adopts, where each policy has its intercept, and perhaps its coefficients.

    What sets policies apart is taken to come from a common stock, so that those with few events borrow from
    the others. Policies without any event stay.

    Parameters
    ----------
    formula : str
        As for `event_history`, with an intercept.
    panel : pandas, Polars or Arrow table, or a panel
        One row per unit, policy and period at risk.
    random : sequence of str
        Columns of the model whose coefficients differ between groups too.
    by : str
        Column of the groups.
    link, duration, offset
        As for `event_history`.
    seed : int
        The same seed gives the same draws.
    draws, chains : int
        Each chain draws as often after as long a warming up.

    Returns
    -------
    PooledFit
        Priors, per standard deviation of a column: normal(0, 2.5) for coefficients, half-normal(1) for
        spreads between groups. Intercepts and coefficients vary independently of each other.

    Raises
    ------
    PlanError
        If the formula or an option asks for what is not there, or numpyro is not installed (extra `bayes`).
    MethodError
        If nothing can be estimated.
    """
    known_link(link)
    if draws < 100 or chains < 2:
        raise PlanError("At least two chains of 100 draws are needed to check that chains agree.")
    frame = frame_of(panel)
    data = model_frame(
        formula, frame, duration=duration, weights=None, offset=offset, policy_effects="none",
        also=[by],
    )  # fmt: skip
    varying = _varying(data, random)
    groups, code = _groups(data, by)
    start = predictor(link, float(data.y.mean()))
    start -= 0.0 if data.offset is None else float(data.offset.mean())
    rows = Rows(data.x, data.y, data.offset, varying, code)
    posterior = draw(rows, link, start=start, seed=seed, draws=draws, chains=chains)
    summary = _summed_up(data, posterior, by, groups, varying)
    summary["warnings"] += repeated_rows(frame, data.design.columns.formula.outcome)
    return PooledFit(
        model=f"pooled {link}", formula=formula, outcome=data.design.columns.formula.outcome, by=by,
        random=tuple(dict.fromkeys(random)), names=data.design.names, rows=data.y.size,
        events=int(data.y.sum()),
        units=data.frame["unit"].n_unique() if "unit" in data.frame.columns else None, groups=groups,
        left_out=data.left_out, divergent=posterior.divergent, chains=chains, draws=draws, seed=seed,
        design=data.design, own=_own(posterior, data.back, varying),
        **summary,
    )  # fmt: skip


def _summed_up(
    data: ModelFrame, posterior: Draws, by: str, groups: tuple[str, ...], varying: tuple[int, ...]
) -> dict[str, Any]:
    """Coefficients, spreads and warnings, on the columns as they came, by field of `PooledFit`."""
    scale, k = np.diag(data.back)[list(varying)], len(data.design.names)
    # R-hat and effective draws of the numbers that are printed, on the columns as they came
    chained = np.concatenate([posterior.beta @ data.back.T, posterior.sd * scale], axis=2)
    rhat, effective = mixing(chained)
    drawn = chained.reshape(-1, chained.shape[2])
    whole, (low, high) = drawn.mean(axis=0), np.percentile(drawn, PERCENTILES, axis=0)
    # a posterior exists under separation, but the prior alone then holds the coefficient: that is said
    separated = separation(data.x, data.y, data.design.names)
    warnings = (
        *few_events(int(data.y.sum()), k, fix="fewer terms"),
        *few_groups(by, len(groups)),
        *small_sample_bias([name for name in separated.columns if name != INTERCEPT]),
        *poor_mixing(rhat, effective, posterior.divergent),
    )
    return {
        "coefficients": whole[:k],
        "std_errors": drawn[:, :k].std(axis=0, ddof=1),
        "ci_low": low[:k],
        "ci_high": high[:k],
        "above": (drawn[:, :k] > 0).mean(axis=0),
        "sd": whole[k:],
        "sd_low": low[k:],
        "sd_high": high[k:],
        "rhat": rhat,
        "effective": effective,
        "warnings": warnings,
        "drawn": drawn,
    }


def _varying(data: ModelFrame, random: Sequence[str]) -> tuple[int, ...]:
    """Places of the columns whose coefficients differ between groups, the intercept first."""
    names = data.design.names
    if names[:1] != (INTERCEPT,):
        raise PlanError("Group effects need an intercept; remove `0` or `-1` from the formula.")
    for name in random:
        if name not in names[1:]:
            known = in_code(names[1:]) or "none"
            raise PlanError(
                f"random names `{name}`, which is not a column of the model. Its columns: {known}."
            )
    return (0, *(names.index(name) for name in dict.fromkeys(random)))


def _groups(data: ModelFrame, by: str) -> tuple[tuple[str, ...], Codes]:
    """Names of the groups in order of the alphabet, and the place of each row's."""
    import polars as pl

    texts = data.frame[by].cast(pl.String)
    groups = texts.unique().sort()
    if groups.len() < 2:
        raise PlanError(f"`{by}` is `{groups[0]}` in all rows, so there is only one group.")
    placed = codes(pl.DataFrame({"name": pl.concat([groups, texts])}), ["name"])[0]
    order = np.empty(groups.len(), dtype=np.int64)
    order[placed[: groups.len()]] = np.arange(groups.len())
    return tuple(groups), order[placed[groups.len() :]]


def _own(posterior: Draws, back: Numbers, varying: tuple[int, ...]) -> Numbers:
    """Each group's own intercept and coefficients, on the columns as they came."""
    beta = posterior.beta.reshape(-1, posterior.beta.shape[2])
    effects = posterior.effects.reshape(-1, *posterior.effects.shape[2:])
    own = np.empty((effects.shape[1], len(varying), 3))
    for at in range(effects.shape[1]):
        each = beta.copy()
        each[:, varying] += effects[:, at]
        # means of columns move the intercept with every coefficient: a group's own are taken back together
        each = (each @ back.T)[:, varying]
        own[at] = np.column_stack([each.mean(axis=0), *np.percentile(each, PERCENTILES, axis=0)])
    return own


def _summary_lines(fit: PooledFit) -> Iterator[str]:
    yield f"{fit.model}: {fit.formula}"
    sizes = [counted(fit.rows, "row"), counted(fit.events, "event")]
    sizes.append(f"{counted(len(fit.groups), 'group')} by {fit.by}")
    yield "; ".join(sizes + ([counted(fit.units, "unit")] if fit.units is not None else []))
    yield (
        f"{counted(fit.chains, 'chain')} of {counted(fit.draws, 'draw')}, seed {fit.seed}; "
        f"largest R-hat {fit.rhat.max():.3f}; fewest effective draws {fit.effective.min():,.0f}; "
        f"{fit.divergent} divergent"
    )
    if fit.design.offset:
        yield f"offset: {fit.design.offset}"
    yield from (f"left out: {counted(count, 'row')}, {reason}" for reason, count in fit.left_out)
    yield ""
    table = fit.table()
    width = max(len(term) for term in table["term"])
    yield f"{'term':<{width}}  estimate   error  95 % of the draws"
    columns = ("term", "estimate", "std_error", "ci_low", "ci_high")
    for term, *numbers in table.select(columns).rows():
        estimate, error, low, high = (decimal(one, 4) for one in numbers)
        yield f"{term:<{width}}  {estimate:>8}  {error}  {low} to {high}"
    if fit.warnings:
        yield ""
    yield from (f"Warning: {warning}" for warning in fit.warnings)
