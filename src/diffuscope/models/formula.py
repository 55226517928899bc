"""A formula in words of the field, and the columns it stands for.

`adopted ~ coercion + learning + log(gdp_per_head)`. Formulas may come out of a case file, so nothing in them
is run but the functions listed here.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from diffuscope.models.types import Numbers

OUTCOMES = ("adopted", "event")
"""Names of the outcome in a formula; a panel keeps it in the column `event`."""
FUNCTIONS = (
    "log", "log2", "log10", "log1p", "exp", "sqrt", "abs",
    "C", "I", "center", "scale", "poly", "bs", "cr", "cc", "cs",
)  # fmt: skip
"""What a formula may call."""
SUM = re.compile(r"\s*([A-Za-z_]\w*)\s*~\s*([A-Za-z_]\w*(?:\s*\+\s*[A-Za-z_]\w*)*)\s*")
LONGEST, HIGHEST_POWER = 5_000, 10
"""Characters of a formula, and the highest power in it: more would take no end of time."""
_NODES = (
    ast.Expression, ast.Call, ast.Name, ast.Load, ast.BinOp, ast.UnaryOp, ast.Constant, ast.keyword,
    ast.List, ast.Tuple, ast.Compare, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip


@dataclass(frozen=True)
class Formula:
    """A formula, taken apart.

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
    order : tuple of str
        Names of all terms but the intercept, as they stand in the formula.
    """

    text: str
    outcome: str
    variables: tuple[str, ...]
    plain: tuple[str, ...]
    rest: tuple[Any, ...]
    intercept: bool
    order: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """What turns rows of a frame into columns of a model, the same way every time.

    Attributes
    ----------
    formula : Formula
    names : tuple of str
        Of the columns, the intercept not among them.
    spec : object or None
        What formulaic learnt from the first frame: levels, centres, knots.
    """

    formula: Formula
    names: tuple[str, ...]
    spec: Any = field(repr=False, default=None)

    def fill(self, frame: pl.DataFrame, into: Numbers) -> None:
        """Write the columns of a frame's rows into an array of shape (n, columns)."""
        made = {}
        if self.spec is not None:
            with np.errstate(divide="ignore", invalid="ignore"):  # the log of zero is found and counted later
                made = _by_name(self.spec.get_model_matrix(_view(frame), context=_context()))
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
    import formulaic
    from formulaic.errors import FormulaParsingError

    powers = [int(power[:9]) for power in re.findall(r"(?:\*\*|\^)\s*\(*(\d+)", text)]
    if len(text) > LONGEST or max(powers, default=0) > HIGHEST_POWER:
        raise PlanError(
            f"The formula `{text[:60]}…` is too large: at most {LONGEST:,} characters, and powers up to "
            f"{HIGHEST_POWER}."
        )
    try:
        parsed = formulaic.Formula(text)
    except (FormulaParsingError, SyntaxError, ValueError) as error:
        why = str(error).strip().splitlines()[0]
        raise PlanError(f"The formula `{text}` cannot be read: {why}") from error
    if not (hasattr(parsed, "lhs") and hasattr(parsed, "rhs")) or isinstance(parsed.rhs, tuple):
        raise PlanError(f"The formula `{text}` needs one outcome, a tilde and terms: `adopted ~ learning`.")
    outcome = _outcome(text, [str(term) for term in parsed.lhs], known)
    terms = [term for term in parsed.rhs if str(term) not in ("1", "0")]
    named = {str(term): {name for factor in term.factors for name in _named(text, factor)} for term in terms}
    variables = sorted(set().union(*named.values()))
    _known(text, variables, known)
    if outcome in variables:
        raise PlanError(f"The formula `{text}` explains `{outcome}` by itself.")
    lone = [term for term in terms if len(term.factors) == 1 and str(term) in known]
    shared = {name for term in terms if term not in lone for name in named[str(term)]}
    plain = tuple(str(term) for term in lone if str(term) not in shared)
    first = [term for term in parsed.rhs if str(term) == "1"]
    others = [term for term in terms if str(term) not in plain]
    return Formula(
        text=text,
        outcome=outcome,
        variables=tuple(variables),
        plain=plain,
        rest=(*first, *others) if others else (),
        intercept=bool(first),
        order=tuple(str(term) for term in terms),
    )


def _of_sum(text: str, left: str, right: str, known: list[str]) -> Formula:
    """The formula of one column and a sum of others, as most are: no library is needed to read it."""
    outcome, order = _outcome(text, [left], known), tuple(dict.fromkeys(re.findall(r"\w+", right)))
    _known(text, sorted(order), known)
    if outcome in order:
        raise PlanError(f"The formula `{text}` explains `{outcome}` by itself.")
    variables = tuple(sorted(order))
    return Formula(text, outcome, variables, plain=order, rest=(), intercept=True, order=order)


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

    numeric = [
        name for name in formula.plain if frame[name].dtype.is_numeric() or frame[name].dtype == pl.Boolean
    ]
    words = [name for name in formula.plain if name not in numeric]
    rest = formula.rest
    if words:
        import formulaic

        # words are categories: their columns depend on the other terms and the intercept
        terms = formulaic.Formula(formula.text).rhs
        rest = tuple(term for term in terms if str(term) not in numeric)
    formula = Formula(**{**vars(formula), "plain": tuple(numeric), "rest": rest})
    if not rest:
        return Columns(formula, formula.order)
    import formulaic

    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            matrix = formulaic.model_matrix(
                formulaic.Formula(list(rest)),
                _view(frame),
                context=_context(),
                output="numpy",
                na_action="ignore",  # rows for which a term is no number are found and counted later
            )
    except formulaic.errors.FormulaicError as error:
        raise PlanError(f"The formula `{formula.text}` cannot be computed: {error}") from error
    spec = matrix.model_spec
    made = {
        str(term): [str(name) for name in spec.column_names[where]]
        for term, where in spec.term_slices.items()
    }
    names = [name for term in formula.order for name in ([term] if term in numeric else made.get(term, []))]
    return Columns(formula, tuple(names), spec)


def _by_name(matrix: Any) -> dict[str, Numbers]:
    values = np.asarray(matrix)
    return {str(name): values[:, at] for at, name in enumerate(matrix.model_spec.column_names)}


def _view(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    numbers = [name for name, kind in frame.schema.items() if kind == pl.Boolean or kind.is_integer()]
    # categories that carry no order of their own would be sorted by first appearance: by row order, that is
    texts = [name for name, kind in frame.schema.items() if kind == pl.Categorical]
    return frame.with_columns(pl.col(numbers).cast(pl.Float64), pl.col(texts).cast(pl.String))


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


def _bounded(node: ast.AST) -> bool:
    """Whether a part of an expression stays small: no tower of powers, no repeated text, no million knots."""
    if isinstance(node, ast.BinOp):
        sides = (node.left, node.right)
        listed = any(isinstance(side, (ast.List, ast.Tuple)) for side in sides)
        text = any(isinstance(getattr(side, "value", 0), str) for side in sides)
        power = isinstance(node.op, ast.Pow)
        plain = isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)) or power
        return plain and not listed and not text and (not power or _small(node.right, HIGHEST_POWER))
    if isinstance(node, ast.Call):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return all(_small(each, 100) for each in given if isinstance(each, ast.Constant))
    return True


def _small(node: ast.AST, limit: int) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _small(node.operand, limit)
    value = node.value if isinstance(node, ast.Constant) else float("inf")
    return isinstance(value, str) or (isinstance(value, (int, float)) and abs(value) <= limit)


def _named(text: str, factor: Any) -> set[str]:
    """Columns that a factor names, after making sure that it runs nothing but the listed functions."""
    expression, method = str(factor.expr), factor.eval_method.value
    if method != "python":
        return {expression} if method == "lookup" else set()
    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError as error:
        raise PlanError(f"The formula `{text}` has a term that cannot be read: `{expression}`.") from error
    called = {id(node.func): node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    strange = [node for node in called.values() if not (isinstance(node, ast.Name) and node.id in FUNCTIONS)]
    if strange or not all(isinstance(node, _NODES) and _bounded(node) for node in ast.walk(tree)):
        raise PlanError(
            f"The formula `{text}` has a term that is not allowed: `{expression}`. A formula may use "
            f"+ - * / ** and {', '.join(FUNCTIONS)}."
        )
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}
