"""What scripts for other programs have in common: the terms to write out, the coefficients to expect."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from diffuscope.errors import MethodError
from diffuscope.models.design.model_frame import INTERCEPT
from diffuscope.models.design.terms import CODED
from diffuscope.models.inference.clusters import ENDS, UNITS_OF_DYADS
from diffuscope.models.inference.wald import BOOTSTRAP
from diffuscope.models.types import CONDITIONAL_LOGIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.models.design.model_frame import Design
    from diffuscope.models.design.terms import Term
    from diffuscope.models.fit import Fit


def design_of(fit: Fit) -> Design:
    """The design of a fit; refused where terms were absorbed."""
    if fit.dropped_terms:
        raise MethodError(
            "A fit with absorbed terms has no equivalent script; fit the model without them first."
        )
    return fit.design


def terms_of(fit: Fit) -> tuple[Term, ...]:
    """Terms of the formula, the intercept not among them."""
    return design_of(fit).columns.formula.terms


def is_conditional(fit: Fit) -> bool:
    """Whether a fit compares rows within strata, without an intercept."""
    return fit.model == CONDITIONAL_LOGIT


def strata_of(fit: Fit) -> list[str]:
    """Columns whose values together name a stratum."""
    if not fit.strata:
        return []
    return fit.strata.split(" and ") if is_conditional(fit) else [fit.strata]


def drawn_by(fit: Fit) -> str | None:
    """The column whose values the bootstrap of a fit draws; None where its errors are of another kind."""
    return fit.clusters[0][0] if fit.interval.startswith(BOOTSTRAP) else None


def columns_of(design: Design) -> list[str]:
    """Time at risk as expressions that R and Stata both read."""
    return design.basis.expressions() if design.basis else []


def ways_of(fit: Fit) -> list[str]:
    """Columns that say which rows hang together."""
    named = [name for name, _ in fit.clusters]
    return list(ENDS) if named == [UNITS_OF_DYADS] else named


def categories_of(fit: Fit) -> tuple[str, ...]:
    """Columns of the formula that hold words."""
    return design_of(fit).columns.words


def coded(expression: ast.expr) -> ast.expr | None:
    """What ``C()`` makes a category of, without settings beside it; None of anything else.

    Raises
    ------
    MethodError
        If the expression is coded in a way that other programs do not share.
    """
    if not isinstance(expression, ast.Call) or not isinstance(expression.func, ast.Name):
        return None
    if expression.func.id not in CODED:
        return None
    if expression.func.id != "C" or len(expression.args) > 1 or expression.keywords:
        raise MethodError(
            f"The term `{ast.unparse(expression)}` is coded differently in other programs; write it out as "
            "columns of the frame."
        )
    return expression.args[0]


def expected(fit: Fit, line: Callable[[str, str], str]) -> list[str]:
    """A line for each coefficient to expect, from its name and its value."""
    pairs = zip(fit.names, fit.coefficients, strict=True)
    return [line("(Intercept)" if name == INTERCEPT else name, repr(float(value))) for name, value in pairs]
