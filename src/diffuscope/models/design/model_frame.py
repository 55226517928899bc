"""Model frame and design matrix: rows that count, and columns that can be told apart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.errors import MethodError, PlanError
from diffuscope.models.design.complete_cases import complete, frame_of, need, numbers, outcome
from diffuscope.models.design.duration_dependence import Basis, duration_basis
from diffuscope.models.design.formula import Columns, learn_columns, read_formula
from diffuscope.models.design.infinite_levels import (
    InfiniteLevels,
    with_events_by_duration,
    with_events_by_policy,
)
from diffuscope.models.likelihood.newton_raphson import blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from diffuscope.models.design.complete_cases import LeftOut
    from diffuscope.models.design.formula import Formula
    from diffuscope.models.types import DurationForm, PolicyEffects
    from diffuscope.panel.native_frames import Frame
    from diffuscope.records.arrays import Codes, Numbers

INTERCEPT = "(intercept)"
UNDEFINED = "a term of the formula is not a number"
"""Why a row was left out."""
LARGEST = 16 * 10**9
"""Bytes of the columns of a model; every policy effect is a column."""
# a share of squared length: sines of angles below 1e-5, far above the rounding of a Gram matrix of millions
# of rows
SAME = 1e-10
"""Share of a column's variation, not explained by columns before it, below which it is one with them."""


@dataclass(frozen=True)
class Design:
    """Design of a fitted model: what turns rows of a frame into its columns.

    Attributes
    ----------
    columns : Columns
        Terms of the formula.
    basis : Basis or None
        Time at risk.
    policies : tuple of str
        With an effect of their own; the first is what the others are measured against.
    names : tuple of str
        Columns of the model: intercept, terms, time at risk, policies.
    offset : str or None
        Column added to the linear predictor; ``ln(gap)`` for uneven gaps between periods.
    """

    columns: Columns = field(repr=False)
    basis: Basis | None
    policies: tuple[str, ...]
    names: tuple[str, ...]
    offset: str | None

    def needs(self) -> list[str]:
        """Columns of a frame without which the model says nothing."""
        extra = ["gap"] if self.offset == "ln(gap)" else [self.offset] if self.offset else []
        return [
            *self.columns.formula.variables,
            *(["duration"] if self.basis else []),
            *(["policy"] if self.policies else []),
            *extra,
        ]

    def uses(self, name: str) -> tuple[str, ...]:
        """Columns of a frame that a column of the model is made from, by its name in `names`."""
        if name in self.columns.names:
            return self.columns.terms[self.columns.names.index(name)].columns
        if self.basis is not None and name in self.basis.names():
            return ("duration",)
        return () if name == INTERCEPT else ("policy",)

    def holding(self, column: str) -> list[int]:
        """Which columns of the model are made from a column of a frame; those of policies are not asked."""
        own = len(self.names) - max(len(self.policies) - 1, 0)
        return [at for at, name in enumerate(self.names[:own]) if column in self.uses(name)]

    def matrix(self, frame: pl.DataFrame) -> Numbers:
        """Columns of the model for some rows, column-major, shape (n, k)."""
        made = _filled(self.columns, self.basis, self.policies, frame)
        every = _names(self.columns, self.basis, self.policies)
        if len(every) == len(self.names):
            return made
        return np.asfortranarray(made[:, [every.index(name) for name in self.names]])

    def offsets(self, frame: pl.DataFrame) -> Numbers | None:
        """What is added to the linear predictor of each row."""
        if self.offset is None:
            return None
        return np.log(numbers(frame, "gap")) if self.offset == "ln(gap)" else numbers(frame, self.offset)


@dataclass(frozen=True)
class ModelFrame:
    """Model frame: rows and columns of one model.

    Attributes
    ----------
    frame : polars.DataFrame
        The rows that count.
    x : array of float, shape (n, k)
        Columns of mean 0 and standard deviation 1 (but for the intercept), column-major; policies not among
        them.
    groups : array of int, shape (n,), or None
        Policy of each row, where policies have effects of their own; 0 is what others are measured against.
    back : array of float, shape (k + p - 1, k + p - 1)
        Coefficients on the columns as they came are ``back @`` those on `x`, then those of policies.
    y : array of float, shape (n,)
    weights, offset : array of float, shape (n,), or None
    design : Design
    left_out : tuple of (str, int)
    absorbed : tuple of str
        Terms that fixed effects or time at risk leave nothing of.
    """

    frame: pl.DataFrame
    x: Numbers
    groups: Codes | None
    back: Numbers
    y: Numbers
    weights: Numbers | None
    offset: Numbers | None
    design: Design
    left_out: LeftOut
    absorbed: tuple[str, ...]

    @property
    def shared(self) -> int | None:
        """How many columns come before the effects of policies; None where these have none."""
        return None if self.groups is None else self.x.shape[1]


def model_frame(
    text: str,
    panel: Frame,
    *,
    duration: DurationForm | None,
    weights: str | None,
    offset: str | None,
    policy_effects: PolicyEffects,
    also: Sequence[str] = (),
) -> ModelFrame:
    """Model frame and design matrix, with what was left out of either.

    Parameters
    ----------
    text : str
        The formula.
    panel : frame or panel
    duration, weights, offset, policy_effects
        As for `event_history`.
    also : sequence of str
        Further columns that must not be missing, such as clusters.

    Returns
    -------
    ModelFrame
    """
    frame = frame_of(panel)
    formula = read_formula(text, frame.columns)
    if policy_effects not in ("none", "fixed"):
        raise PlanError(
            f"policy_effects is {policy_effects!r}; it must be one of 'none', 'fixed'. For random effects "
            "use `diffuscope.pooled_history`."
        )
    if policy_effects == "fixed" and not formula.intercept:
        raise PlanError("Policy effects need an intercept; remove `0` or `-1` from the formula.")
    # a row that spans several periods has as many times the hazard (exactly so for cloglog): ln(gap) as an
    # offset
    offset = offset or _gap_offset(frame)
    rows, left_out, levels = _rows(
        frame, formula, also, duration=duration, weights=weights, offset=offset, policy_effects=policy_effects
    )
    y = outcome(rows, formula.outcome)
    basis = _basis(duration, rows, y, levels)
    policies = tuple(sorted(rows["policy"].unique().to_list())) if policy_effects == "fixed" else ()
    columns = learn_columns(formula, rows)
    x, names = _filled(columns, basis, (), rows), _names(columns, basis, ())
    undefined = ~_finite(x) if columns.spec is not None else np.zeros(0, dtype=bool)
    if undefined.any():
        return _without(
            undefined, rows, left_out, basis, text=text, duration=duration, weights=weights, offset=offset,
            policy_effects=policy_effects, also=also,
        )  # fmt: skip
    groups = _groups(rows, policies)
    x, back, kept, absorbed = _identified(x, names, len(columns.names), groups)
    design = Design(columns, basis, policies, (*kept, *(f"policy {name}" for name in policies[1:])), offset)
    own = numbers(rows, weights) if weights else None
    return ModelFrame(rows, x, groups, back, y, own, design.offsets(rows), design, left_out, absorbed)


def _basis(form: DurationForm | None, rows: pl.DataFrame, y: Numbers, levels: InfiniteLevels) -> Basis | None:
    made = duration_basis(form, numbers(rows, "duration"), y) if form else None
    return made and replace(made, never=levels.never, always=levels.always)


def _identified(
    x: Numbers, names: list[str], terms: int, groups: Codes | None
) -> tuple[Numbers, Numbers, list[str], tuple[str, ...]]:
    """Standardised columns, the way back from them, the names of those kept, and terms that were absorbed."""
    back = standardise(x, names)
    kept, absorbed = _identified_columns(x, names, terms, groups)
    if absorbed:
        x, back = np.asfortranarray(x[:, kept]), back[np.ix_(kept, kept)]
    wide = np.eye(len(kept) + (0 if groups is None else int(groups.max())))
    wide[: len(kept), : len(kept)] = back
    return x, wide, [names[at] for at in kept], absorbed


def _groups(rows: pl.DataFrame, policies: Sequence[str]) -> Codes | None:
    """Place of each row's policy among all."""
    import polars as pl

    if not policies:
        return None
    places = rows["policy"].replace_strict(list(policies), range(len(policies)), return_dtype=pl.Int64)
    return np.asarray(places.to_numpy())


def _without(
    undefined: NDArray[np.bool_],
    rows: pl.DataFrame,
    left_out: LeftOut,
    basis: Basis | None,
    *,
    text: str,
    duration: DurationForm | None,
    weights: str | None,
    offset: str | None,
    policy_effects: PolicyEffects,
    also: Sequence[str],
) -> ModelFrame:
    """The sample again without rows for which a term is not a number, such as the log of zero."""
    import polars as pl

    if undefined.all():
        raise MethodError(f"The formula `{text}` gives no valid number in any row.")
    framed = model_frame(
        text, rows.filter(pl.Series(~undefined)), duration=duration, weights=weights, offset=offset,
        policy_effects=policy_effects, also=also,
    )  # fmt: skip
    reason = (UNDEFINED, int(undefined.sum()))
    design = framed.design
    if basis is not None and design.basis is not None:
        never, always = basis.never + design.basis.never, basis.always + design.basis.always
        design = replace(design, basis=replace(design.basis, never=never, always=always))
    return replace(framed, left_out=(*left_out, reason, *framed.left_out), design=design)


def _finite(x: Numbers) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(x).all(axis=1))


def _gap_offset(frame: pl.DataFrame) -> str | None:
    """Uneven gaps between periods enter as exposure time."""
    if "gap" not in frame.columns or frame["gap"].min() == frame["gap"].max():
        return None
    return "ln(gap)"


def _rows(
    frame: pl.DataFrame,
    formula: Formula,
    also: Sequence[str],
    *,
    duration: str | None,
    weights: str | None,
    offset: str | None,
    policy_effects: str,
) -> tuple[pl.DataFrame, LeftOut, InfiniteLevels]:
    needed = [formula.outcome, *formula.variables]
    wanted = {
        "duration": ["duration"] if duration else [],
        "weights": [weights] if weights else [],
        "offset": ["gap"] if offset == "ln(gap)" else [offset] if offset else [],
        "policy_effects='fixed'": ["policy"] if policy_effects == "fixed" else [],
        "cluster": list(also),
    }
    for what, columns in wanted.items():
        need(frame, columns, what)
        needed += columns
    identity = [name for name in ("unit", "policy") if name in frame.columns]
    rows, left_out = complete(frame, [*needed, *identity])
    if weights:
        rows, left_out = _weighted(rows, weights, left_out)
    if offset == "ln(gap)" and rows.height and float(numbers(rows, "gap").min()) <= 0:
        raise MethodError(
            "A `gap` between periods is zero or negative, so its logarithm cannot be an offset."
        )
    if policy_effects == "fixed":
        rows, left_out = with_events_by_policy(rows, formula.outcome, left_out)
    levels = InfiniteLevels()
    if duration == "dummies" and rows.height:
        rows, left_out, levels = with_events_by_duration(rows, formula.outcome, left_out)
    if rows.is_empty():
        raise MethodError(
            "No row is left: " + "; ".join(f"{why} ({count:,})" for why, count in left_out) + "."
        )
    return rows, left_out, levels


def _weighted(rows: pl.DataFrame, weights: str, left_out: LeftOut) -> tuple[pl.DataFrame, LeftOut]:
    import polars as pl

    own = numbers(rows, weights)
    if own.size and own.min() < 0:
        raise MethodError(f"`{weights}` has {int((own < 0).sum()):,} negative weights.")
    absent = own == 0
    if not absent.any():
        return rows, left_out
    return rows.filter(pl.Series(~absent)), (*left_out, (f"`{weights}` is zero", int(absent.sum())))


def _names(columns: Columns, basis: Basis | None, policies: Sequence[str]) -> list[str]:
    names = [
        *([INTERCEPT] if columns.formula.intercept else []),
        *columns.names,
        *(basis.names() if basis else []),
        *(f"policy {name}" for name in policies[1:]),
    ]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise PlanError(
            f"Two columns of the model would be called `{twice}`: rename the column of the frame."
        )
    return names


def _filled(columns: Columns, basis: Basis | None, policies: Sequence[str], frame: pl.DataFrame) -> Numbers:
    width = len(_names(columns, basis, policies))
    if 8 * frame.height * width > LARGEST:
        raise MethodError(
            f"{frame.height:,} rows of {width:,} columns take {8e-9 * frame.height * width:.0f} GB. Leave "
            "out policy effects, or fit to fewer policies."
        )
    x = np.empty((frame.height, width), order="F")
    at = 0
    if columns.formula.intercept:
        x[:, 0], at = 1.0, 1
    columns.fill(frame, x[:, at : at + len(columns.names)])
    at += len(columns.names)
    # time at risk after the terms, policies last: the order of `Design.names`
    for column in basis.columns(numbers(frame, "duration")) if basis else []:
        x[:, at] = column
        at += 1
    for name in policies[1:]:
        x[:, at] = (frame["policy"] == name).to_numpy()
        at += 1
    return x


def standardise(x: Numbers, names: Sequence[str], *, centre: bool = False) -> Numbers:
    """Standardise in place: to mean 0 and standard deviation 1; only to length 1 where no intercept stands.

    Parameters
    ----------
    x : array of float, shape (n, k)
        Changed in place.
    names : sequence of str
        Of the columns; the first may be the intercept.
    centre : bool
        Bring them to mean 0 without an intercept too, for models to which it means nothing.

    Returns
    -------
    array of float, shape (k, k)
        Takes coefficients on the new columns to those on the old.

    Raises
    ------
    MethodError
        If a column is the same in all rows.
    """
    intercept = bool(names) and names[0] == INTERCEPT
    back = np.eye(len(names))
    for at in range(int(intercept), len(names)):
        column = x[:, at]
        middle = float(column.mean()) if intercept or centre else 0.0
        column -= middle
        sd = float(np.sqrt(column @ column / max(column.size, 1)))
        # relative to the mean: a constant such as 1e9 leaves a deviation of rounding alone
        if sd <= 1e-12 * abs(middle) or sd == 0:
            raise MethodError(f"`{names[at]}` is the same in all {column.size:,} rows that count.")
        column /= sd
        back[at, at] = 1 / sd
        if intercept:
            # beta'(x - m)/s = (beta/s)'x - beta m/s: the intercept takes up what centring took out
            back[0, at] = -middle / sd
    return back


def _identified_columns(
    x: Numbers, names: Sequence[str], terms: int, groups: Codes | None
) -> tuple[list[int], tuple[str, ...]]:
    """Columns that can be told apart, and the terms that time at risk or policy effects leave nothing of."""
    gram = np.zeros((len(names), len(names)))
    for rows in blocks(len(x)):
        gram += x[rows].T @ x[rows]
    first = [0] if names[:1] == [INTERCEPT] else []
    own = [len(first) + at for at in range(terms)]
    rest = [at for at in range(len(names)) if at not in (*first, *own)]
    collinear = independent(gram, [*first, *own])[1]
    if collinear:
        aliased = ", ".join(f"`{names[at]}`" for at in collinear)
        raise MethodError(
            f"{aliased} is an exact combination of other terms of the formula; leave one of them out."
        )
    if groups is None:
        # time at risk before the terms: of two columns that repeat each other, the term is the one that is
        # absorbed
        kept, absorbed = independent(gram, [*first, *rest, *own])
    else:
        sums = np.array([np.bincount(groups, weights=column) for column in x.T])
        # cross-products of deviations from group means (the within transformation), without a copy of the
        # columns
        within = gram - (sums / np.bincount(groups)) @ sums.T
        kept, absorbed = independent(within, [*rest, *own], np.diag(gram))
        kept = [*first, *kept]
    return sorted(kept), tuple(names[at] for at in absorbed)


def independent(
    gram: Numbers, order: Sequence[int], whole: Numbers | None = None
) -> tuple[list[int], list[int]]:
    """Linear independence: columns, in some order, that are no mixture of those before, and those that are.

    Parameters
    ----------
    gram : array of float, shape (k, k)
        X'X of columns of like length.
    order : sequence of int
    whole : array of float, shape (k,), optional
        Squared lengths to measure what is left of a column against, where `gram` holds residuals.

    Returns
    -------
    tuple of two lists of int
    """
    left, size = gram.copy(), np.diag(gram) if whole is None else whole
    kept: list[int] = []
    collinear: list[int] = []
    for at in order:
        if left[at, at] <= SAME * size[at]:
            collinear.append(at)
            continue
        kept.append(at)
        # one step of Gaussian elimination leaves the residual cross-products, given the columns kept so far
        left = left - np.outer(left[:, at], left[at]) / left[at, at]
    return kept, collinear
