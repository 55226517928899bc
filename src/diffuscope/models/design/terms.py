"""The terms of a formula, each taken apart: which columns it uses, and what it computes of them.

Nothing else in the package says what a term is: a column may be called `x-y`, `a:b` or `log(x)`, so its name
tells nothing. Expressions are read, never run: what is not listed here is refused.
"""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.models.design.formula_size import MOST_OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMERIC = ("log", "log2", "log10", "log1p", "exp", "sqrt", "abs", "I")
"""What a formula may call with one expression."""
CODED = ("C", "center", "scale", "poly", "bs", "cr", "cc", "cs")
"""What a formula may call with settings beside it: the coding of a column."""
FUNCTIONS = (*NUMERIC, *CODED)
"""What a formula may call."""
HIGHEST_POWER = 10
LARGEST_SETTING = 100
"""Of degrees and knots, and the length of a list of them."""
_TICKED = re.compile(r"`([^`]*)`")
_HELD = "_column_{}_"


@dataclass(frozen=True)
class Factor:
    """One factor of a term.

    Attributes
    ----------
    text : str
        As the parsed formula has it.
    column : str or None
        The column, where the factor is one as it stands.
    expression : ast.expr or None
        What is computed otherwise; columns in it are names. None of a column, and of a number.
    columns : tuple of str
        Columns it uses, in order of the alphabet.
    """

    text: str
    column: str | None
    expression: ast.expr | None = field(repr=False, compare=False)
    columns: tuple[str, ...]

    @property
    def written(self) -> str:
        """The factor as a formula can hold it."""
        if self.column is not None:
            return in_backticks(self.column)
        bare = self.expression is None or isinstance(self.expression, ast.Call)
        return self.text if bare else f"{{{self.text}}}"


@dataclass(frozen=True)
class Term:
    """A term of a formula: a product of factors.

    Attributes
    ----------
    name : str
        As tables of coefficients show it; that of the column, where it is one as it stands.
    factors : tuple of Factor
    """

    name: str
    factors: tuple[Factor, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns the term uses, in order of the alphabet."""
        return tuple(sorted({name for factor in self.factors for name in factor.columns}))

    @property
    def written(self) -> str:
        """The term as a formula can hold it."""
        return ":".join(factor.written for factor in self.factors)

    @property
    def lone(self) -> str | None:
        """The column, where the term is one as it stands."""
        return self.factors[0].column if len(self.factors) == 1 else None


def term_of_column(name: str) -> Term:
    """The term that is a column as it stands."""
    return Term(name, (Factor(name, name, None, (name,)),))


def term_of(formula: str, parsed: Any) -> Term:
    """A term of formulaic's parsed formula, taken apart.

    Parameters
    ----------
    formula : str
        The whole of it, for messages.
    parsed : formulaic.parser.types.Term

    Raises
    ------
    PlanError
        If an expression calls or holds what it may not.
    """
    factors = tuple(_factor(formula, each) for each in parsed.factors)
    lone = factors[0].column if len(factors) == 1 else None
    return Term(str(parsed) if lone is None else lone, factors)


def column_named(text: str) -> str:
    r"""The name of a column as a formula spells it between backticks.

    >>> column_named("a\\`b")
    'a`b'
    """
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def in_backticks(name: str) -> str:
    r"""A column's name as a formula can hold it: bare, or between backticks.

    >>> in_backticks("gdp"), in_backticks("x-y"), in_backticks("a`b")
    ('gdp', '`x-y`', '`a\\`b`')
    """
    if re.fullmatch(r"[A-Za-z_]\w*", name):
        return name
    return "`" + re.sub(r"([\\`])", r"\\\1", name) + "`"


def _factor(formula: str, parsed: Any) -> Factor:
    text, method = str(parsed.expr), parsed.eval_method.value
    if method == "lookup":
        name = column_named(text)
        return Factor(text, name, None, (name,))
    if method != "python":
        return Factor(text, None, None, ())
    tree, held = _read(formula, text)
    if not _allowed(tree, MOST_OPERATIONS):
        raise _refused(formula, text)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    for node in names:
        node.id = held.get(node.id, node.id)
    return Factor(text, None, tree, tuple(sorted({node.id for node in names})))


def _read(formula: str, text: str) -> tuple[ast.expr, dict[str, str]]:
    """The expression, and the columns whose names stand between backticks in it."""
    # a backtick within a quoted text, or an escaped one, would be taken for the end of a name
    if "`" in text and any(sign in text for sign in "'\"\\"):
        raise _refused(formula, text)
    held: dict[str, str] = {}

    def hold(match: re.Match[str]) -> str:
        held[key := _HELD.format(len(held))] = match[1]
        return key

    try:
        return ast.parse(_TICKED.sub(hold, text), mode="eval").body, held
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise PlanError(f"The formula `{formula}` has a term that cannot be read: `{text}`.") from error


def _refused(formula: str, text: str) -> PlanError:
    return PlanError(
        f"The formula `{formula}` has a term that is not allowed: `{text}`. A formula may use "
        f"+ - * / ** and {', '.join(FUNCTIONS)}; make anything else a column of its own."
    )


def _allowed(node: ast.expr, left: int) -> bool:
    """Whether an expression is arithmetic over columns, small numbers and the listed functions alone."""
    if left < 0:
        return False
    if isinstance(node, ast.Name):
        return True
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (int, float)) and math.isfinite(node.value)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, (ast.UAdd, ast.USub)) and _allowed(node.operand, left - 1)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Pow):
            return _allowed(node.left, left - 1) and _setting(node.right, HIGHEST_POWER, texts=False)
        plain = isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div))
        return plain and _allowed(node.left, left - 1) and _allowed(node.right, left - 1)
    if isinstance(node, ast.Compare):
        sides = (node.left, *node.comparators)
        return len(sides) == 2 and all(_is_text(side) or _allowed(side, left - 1) for side in sides)
    return isinstance(node, ast.Call) and _may_call(node, left)


def _may_call(node: ast.Call, left: int) -> bool:
    if not isinstance(node.func, ast.Name) or not node.args or not _allowed(node.args[0], left - 1):
        return False
    if node.func.id in NUMERIC:
        return len(node.args) == 1 and not node.keywords
    settings = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
    return node.func.id in CODED and all(_setting(each, LARGEST_SETTING) for each in settings)


def _setting(node: ast.expr, limit: int, *, texts: bool = True) -> bool:
    """Whether a part is a small number, a text, or (at most a hundred) numbers or texts in a list."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, (ast.UAdd, ast.USub)) and _setting(node.operand, limit, texts=False)
    if isinstance(node, (ast.List, ast.Tuple)):
        return texts and len(node.elts) <= LARGEST_SETTING and all(map(_plain, node.elts))
    if _is_text(node):
        return texts
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and abs(node.value) <= limit
    )


def _plain(node: ast.expr) -> bool:
    return _is_text(node) or _setting(node, 10**15, texts=False)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def calls_in(terms: tuple[Term, ...]) -> Iterator[str]:
    """Functions that terms call."""
    for term in terms:
        for factor in term.factors:
            if factor.expression is not None:
                for node in ast.walk(factor.expression):
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                        yield node.func.id
