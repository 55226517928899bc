"""Model formula in words of the field, and the columns it stands for.

`adopted ~ coercion + learning + log(gdp_per_head)`. Formulas may come out of a case file, so nothing in them
is run but the functions listed here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import PlanError
from diffuscope.models.design.formula_size import LONGEST, refuse_large
from diffuscope.models.design.terms import calls_in, term_of, term_of_column

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from diffuscope.models.design.terms import Term
    from diffuscope.records.arrays import Numbers

OUTCOMES = ("adopted", "event")
"""Names of the outcome in a formula; a panel keeps it in the column `event`."""
# the plain sum of columns, read without formulaic, whose import costs a second
SUM = re.compile(r"\s*([A-Za-z_]\w*)\s*~\s*([A-Za-z_]\w*(?:\s*\+\s*[A-Za-z_]\w*)*)\s*")
MOST_COLUMNS = 5_000
"""Columns that the terms of a formula may make: products of categories make very many."""


@dataclass(frozen=True)
class Formula:
    """Model formula, taken apart.

    Attributes
    ----------
    text : str
        As it was written.
    outcome : str
    variables : tuple of str
        Columns of the frame that the right-hand side needs, in order of the alphabet.
    plain : tuple of str
        Those that stand alone as a term and in no other: their numbers are taken as they are.
    rest : tuple of formulaic terms
        The other terms, the intercept before them; empty where there are none.
    intercept : bool
    terms : tuple of Term
        All terms but the intercept, as they stand in the formula.
    """

    text: str
    outcome: str
    variables: tuple[str, ...]
    plain: tuple[str, ...]
    rest: tuple[Any, ...]
    intercept: bool
    terms: tuple[Term, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """Names of all terms but the intercept, as they stand in the formula."""
        return tuple(term.name for term in self.terms)


@dataclass(frozen=True)
class Columns:
    """What turns rows of a frame into columns of a model, the same way every time.

    Attributes
    ----------
    formula : Formula
    names : tuple of str
        Of the columns, the intercept not among them.
    terms : tuple of Term
        The term of each of them.
    words : tuple of str
        Columns of the frame that hold words: categories, not numbers.
    spec : object or None
        What formulaic learnt from the first frame: levels, centres, knots.
    """

    formula: Formula
    names: tuple[str, ...]
    terms: tuple[Term, ...]
    words: tuple[str, ...] = ()
    spec: Any = field(repr=False, default=None)

    def fill(self, frame: pl.DataFrame, into: Numbers) -> None:
        """Write the columns of a frame's rows into an array of shape (n, columns)."""
        made = {}
        if self.spec is not None:
            with np.errstate(divide="ignore", invalid="ignore"):  # the log of zero is found and counted later
                view = _view(frame, self.formula.terms)
                made = _by_name(self.spec.get_model_matrix(view, context=_context()))
        for at, name in enumerate(self.names):
            into[:, at] = frame[name].to_numpy() if name in self.formula.plain else made[name]


def read_formula(text: str, names: Iterable[str]) -> Formula:
    """Take a formula apart and refuse what a frame does not have or a formula may not do.

    Parameters
    ----------
    text : str
        Such as ``"adopted ~ coercion + log(gdp_per_head)"``.
    names : iterable of str
        Columns of the frame.

    Returns
    -------
    Formula

    Raises
    ------
    PlanError
        If it cannot be read, names an unknown column, or calls what it may not.
    """
    known = list(names)
    if (plain_sum := SUM.fullmatch(text)) is not None and len(text) <= LONGEST:
        return _of_sum(text, plain_sum[1], plain_sum[2], known)
    left, right = _parsed(text)
    outcome = _outcome(text, [term_of(text, term).name for term in left], known)
    parsed = [term for term in right if str(term) not in ("1", "0")]
    terms = tuple(term_of(text, term) for term in parsed)
    variables = sorted({name for term in terms for name in term.columns})
    _known(text, variables, known)
    _refuse(text, outcome, terms, known, intercept=len(parsed) < len(right))
    many = Counter(name for term in terms for name in term.columns)
    plain = tuple(term.lone for term in terms if term.lone is not None and many[term.lone] == 1)
    first = [term for term in right if str(term) == "1"]
    others = [one for one, term in zip(parsed, terms, strict=True) if term.lone not in plain]
    return Formula(
        text=text,
        outcome=outcome,
        variables=tuple(variables),
        plain=plain,
        rest=(*first, *others) if others else (),
        intercept=bool(first),
        terms=terms,
    )


def columns_in(text: str) -> frozenset[str]:
    """Columns that the right-hand side of a formula uses; none where it cannot be read.

    >>> sorted(columns_in("adopted ~ log(wealth) + `a-b`"))
    ['a-b', 'wealth']
    """
    if (plain_sum := SUM.fullmatch(text)) is not None and len(text) <= LONGEST:
        return frozenset(name.strip() for name in plain_sum[2].split("+"))
    try:
        terms = [term_of(text, term) for term in _parsed(text)[1]]
    except PlanError:  # `read_formula` says why, where the formula is used
        return frozenset()
    return frozenset(name for term in terms for name in term.columns)


def computed_in(text: str) -> frozenset[str]:
    """Columns of which a formula computes something, so that they must hold numbers.

    >>> sorted(computed_in("adopted ~ log(wealth) + C(region) + faith:wealth + I(a * b)"))
    ['a', 'b', 'wealth']
    """
    if SUM.fullmatch(text) is not None and len(text) <= LONGEST:
        return frozenset()  # a sum computes nothing; formulaic would load pandas, which takes a second
    try:
        terms = [term_of(text, term) for term in _parsed(text)[1]]
    except PlanError:  # `read_formula` says why, where the formula is used
        return frozenset()
    factors = [factor for term in terms for factor in term.factors if factor.expression is not None]
    return frozenset(
        name for factor in factors if not factor.text.startswith("C(") for name in factor.columns
    )


def _parsed(text: str) -> tuple[list[Any], list[Any]]:
    """Terms on both sides of the tilde, once the formula is known to be small."""
    from formulaic.errors import FormulaParsingError

    try:
        refuse_large(text)
        return _sides(text)
    except (FormulaParsingError, SyntaxError, ValueError, IndexError, RecursionError) as error:
        why = str(error).strip().partition("\n")[0]
        raise PlanError(f"The formula `{text}` cannot be read: {why}") from error


def _sides(text: str) -> tuple[list[Any], list[Any]]:
    """Terms on both sides of the tilde, as formulaic parses them."""
    import formulaic

    parsed = formulaic.Formula(text)
    if not (hasattr(parsed, "lhs") and hasattr(parsed, "rhs")) or isinstance(parsed.rhs, tuple):
        raise PlanError(f"The formula `{text}` needs one outcome, a tilde and terms: `adopted ~ learning`.")
    if not text.rpartition("~")[2].strip():
        raise PlanError(
            f"The formula `{text}` has nothing to the right of the tilde; write `1` for a mean only."
        )
    return list(parsed.lhs), list(parsed.rhs)


def _refuse(text: str, outcome: str, terms: tuple[Term, ...], known: list[str], *, intercept: bool) -> None:
    """Refuse what explains nothing or itself, and a function whose name is that of a column."""
    if not terms and not intercept:
        raise PlanError(f"The formula `{text}` has no term to estimate. Add one.")
    if any(outcome in term.columns for term in terms):
        # an outcome among its own terms predicts itself exactly: separation by construction
        raise PlanError(f"The formula `{text}` uses the outcome `{outcome}` as a term.")
    for name in calls_in(terms):
        if name in known:
            raise PlanError(
                f"The formula `{text}` calls `{name}`, which is also a column of the frame: rename the "
                "column."
            )


def _of_sum(text: str, left: str, right: str, known: list[str]) -> Formula:
    """The formula of one column and a sum of others, as most are: no library is needed to read it."""
    order = tuple(dict.fromkeys(name.strip() for name in right.split("+")))
    outcome, terms = _outcome(text, [left], known), tuple(map(term_of_column, order))
    _known(text, sorted(order), known)
    _refuse(text, outcome, terms, known, intercept=True)
    return Formula(text, outcome, tuple(sorted(order)), plain=order, rest=(), intercept=True, terms=terms)


def learn_columns(formula: Formula, frame: pl.DataFrame) -> Columns:
    """Fix what the columns of a formula are: levels of categories, centres, knots.

    Parameters
    ----------
    formula : Formula
    frame : polars.DataFrame
        The rows that count; nothing in it is missing.

    Returns
    -------
    Columns
    """
    import polars as pl

    kinds = {name: frame[name].dtype for name in formula.variables}
    words = tuple(name for name, kind in kinds.items() if not (kind.is_numeric() or kind == pl.Boolean))
    numeric = [name for name in formula.plain if name not in words]
    rest = formula.rest
    if len(numeric) < len(formula.plain):
        # words are categories: their columns depend on the other terms and the intercept
        rest = tuple(
            one
            for one in _sides(formula.text)[1]
            if str(one) == "1" or term_of(formula.text, one).lone not in numeric
        )
    formula = replace(formula, plain=tuple(numeric), rest=rest)
    if not rest:
        return Columns(formula, formula.order, formula.terms)
    _refuse_wide(formula, frame)
    spec = _learnt(formula, frame)
    made = {
        term_of(formula.text, term).name: [str(name) for name in spec.column_names[where]]
        for term, where in spec.term_slices.items()
        if str(term) != "1"
    }
    pairs = [
        (name, term)
        for term in formula.terms
        for name in ([term.name] if term.lone in numeric else made.get(term.name, []))
    ]
    names = tuple(name for name, _ in pairs)
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise PlanError(f"In the formula `{formula.text}`, two columns would have the name `{twice[0]}`.")
    return Columns(formula, names, tuple(term for _, term in pairs), words, spec)


def _learnt(formula: Formula, frame: pl.DataFrame) -> Any:
    """What formulaic learns of the terms that are no plain columns."""
    import formulaic

    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            matrix = formulaic.model_matrix(
                formulaic.Formula(list(formula.rest)),
                _view(frame, formula.terms),
                context=_context(),
                output="numpy",
                na_action="ignore",  # rows for which a term is not a number are found and counted later
            )
    except formulaic.errors.FormulaicError as error:
        raise PlanError(f"The formula `{formula.text}` cannot be computed: {error}") from error
    return matrix.model_spec


def _refuse_wide(formula: Formula, frame: pl.DataFrame) -> None:
    """Refuse products of categories that make too many columns, before any is made."""
    levels = {
        name: 1 if frame[name].dtype.is_numeric() or frame[name].is_empty() else frame[name].n_unique()
        for name in formula.variables
    }
    wide = 0
    for term in formula.terms:
        made = 1
        for factor in term.factors:
            coded = factor.expression is not None and "C" in calls_in((term,))
            own = [frame[name].n_unique() if coded else levels[name] for name in factor.columns]
            made *= max(own, default=1)
        wide += made
    if wide > MOST_COLUMNS:
        raise PlanError(
            f"The formula `{formula.text}` would make up to {wide:,} columns of its categories; "
            f"{MOST_COLUMNS:,} are the most. Group the categories."
        )


def _by_name(matrix: Any) -> dict[str, Numbers]:
    values = np.asarray(matrix)
    return {str(name): values[:, at] for at, name in enumerate(matrix.model_spec.column_names)}


def _view(frame: pl.DataFrame, terms: tuple[Term, ...]) -> Any:
    """The frame for formulaic, in pandas: numbers as such, and columns under the name that it looks up."""
    import polars as pl

    from diffuscope.records.native_tables import pandas_frame

    numbers = [name for name, kind in frame.schema.items() if kind == pl.Boolean or kind.is_integer()]
    # categories that carry no order of their own would be sorted by first appearance: by row order, that is
    texts = [name for name, kind in frame.schema.items() if kind == pl.Categorical]
    typed = frame.with_columns(pl.col(numbers).cast(pl.Float64), pl.col(texts).cast(pl.String))
    spelt = {
        factor.text: factor.column
        for term in terms
        for factor in term.factors
        if factor.column is not None and factor.text != factor.column
    }
    return pandas_frame(typed.with_columns(typed[name].alias(text) for text, name in spelt.items()))


def _context() -> dict[str, Any]:
    return {"log1p": np.log1p, "sqrt": np.sqrt, "abs": np.abs}


def _outcome(text: str, left: list[str], known: list[str]) -> str:
    if len(left) != 1:
        raise PlanError(f"The formula `{text}` needs exactly one outcome on the left of the tilde.")
    if left[0] in known:
        return left[0]
    if left[0] in OUTCOMES and "event" in known:
        return "event"
    _known(text, left, known)
    return left[0]


def _known(text: str, wanted: Iterable[str], known: list[str]) -> None:
    missing = [name for name in wanted if name not in known]
    if not missing:
        return
    near = get_close_matches(missing[0], known, n=1)
    hint = f"; did you mean `{near[0]}`?" if near else f". It has: {', '.join(known[:20])}."
    raise PlanError(f"The formula `{text}` names `{missing[0]}`, which the frame does not have{hint}")
