"""What scripts for other programs have in common: the terms to write out, the coefficients to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.errors import MethodError
from diffuscope.models.clusters import ENDS, UNITS_OF_DYADS
from diffuscope.models.sample import INTERCEPT

if TYPE_CHECKING:
    from diffuscope.models.fit import Fit
    from diffuscope.models.sample import Design


def design_of(fit: Fit) -> Design:
    """The design of a fit; refused where terms were absorbed."""
    if fit.absorbed:
        raise MethodError("A fit with absorbed terms has no plain counterpart; fit it without them first.")
    return fit.design


def terms_of(fit: Fit) -> tuple[str, ...]:
    """Terms of the formula, the intercept not among them."""
    return design_of(fit).columns.formula.order


def columns_of(design: Design) -> list[str]:
    """Time at risk as expressions that R and Stata both read."""
    return design.basis.expressions() if design.basis else []


def ways_of(fit: Fit) -> list[str]:
    """Columns that say which rows hang together."""
    named = [name for name, _ in fit.clusters]
    return list(ENDS) if named == [UNITS_OF_DYADS] else named


def expected(fit: Fit, line: str) -> str:
    """A line for each coefficient to expect."""
    pairs = zip(fit.names, fit.coefficients, strict=True)
    return "\n".join(line.format(name=_label(name), value=repr(float(value))) for name, value in pairs)


def _label(name: str) -> str:
    return '"(Intercept)"' if name == INTERCEPT else f'"{quoted(name)}"'


def quoted(text: str) -> str:
    """Text that can end neither a quotation nor a comment."""
    return text.replace("\\", "/").replace('"', "'").replace("\n", " ")
