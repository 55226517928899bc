"""A script that fits the same model in R, with nothing but what comes with R, for anybody to check."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from diffuscope.errors import MethodError
from diffuscope.models.design.model_frame import UNDEFINED
from diffuscope.models.design.terms import NUMERIC
from diffuscope.models.export.r_errors import r_errors
from diffuscope.models.export.r_firth import r_drawn, r_firth
from diffuscope.models.export.scripts import (
    categories_of,
    coded,
    columns_of,
    design_of,
    drawn_by,
    expected,
    is_conditional,
    strata_of,
    terms_of,
    ways_of,
)
from diffuscope.records.quoting import FORMULA_SIGNS, r_comment, r_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.models.design.terms import Factor, Term
    from diffuscope.models.fit import Fit

NEAR = 1e-5
"""How far coefficients and errors may differ between programs."""
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._]{0,59}")
"""Names of columns that stand in a script as they are; any other column gets a name of the script's own."""
TAKEN = re.compile(
    r"(column|duration)_\d+|if|else|repeat|while|function|for|in|next|break|TRUE|FALSE|NULL|Inf|NaN"
    r"|NA(_(integer|real|complex|character)_)?"
)
"""Words of R, and what the script itself calls columns."""
OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^", ast.Eq: "==", ast.NotEq: "!=",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


STRATUM = "panel$column_0"
"""Where a script keeps the stratum of each row: a name that no column of a frame keeps."""


class RNames:
    """What columns of a frame are called in a script: plain names stay, all others get one of its own.

    No name that came from a file stands anywhere in a script but inside a string.
    """

    def __init__(self) -> None:
        self._own: dict[str, str] = {}

    def __call__(self, column: str) -> str:
        """The name of a column in the script."""
        if PLAIN.fullmatch(column) and not TAKEN.fullmatch(column):
            return column
        return self._own.setdefault(column, f"column_{len(self._own) + 1}")

    def lines(self) -> list[str]:
        """Lines that give columns the names of the script."""
        if not self._own:
            return []
        return [
            f"given <- c({_r_texts(self._own)})",
            'names(panel)[!names(panel) %in% given & grepl("^column_[0-9]+$", names(panel))] <- "unused"',
            f"names(panel)[match(given, names(panel))] <- c({_r_texts(self._own.values())})",
        ]


def r_script(fit: Fit, data: str, *, guarded: bool = False) -> str:
    """A script that fits the same model in R and stops where a coefficient or an error differs.

    It needs nothing but what comes with R.

    Parameters
    ----------
    fit : Fit
    data : str
        File with the rows of the panel, as the script's reader finds it.
    guarded : bool
        Whether an apostrophe stands before texts that look like formulas, as in the tables of a report.
    """
    design, name, drawn = design_of(fit), RNames(), drawn_by(fit)
    columns = columns_of(design)
    rows = _r_rows(fit, name)
    right = [
        *(":".join(_r_factor(term, factor, name) for factor in term.factors) for term in terms_of(fit)),
        *(f"duration_{at + 1}" for at in range(len(columns))),
    ]
    if design.policies:
        right.append(f"factor(policy, levels = c({_r_texts(design.policies)}))")
    if not (design.columns.formula.intercept or fit.span or is_conditional(fit)):
        right.insert(0, "0")
    if design.offset:
        right.append("offset(log(gap))" if design.offset == "ln(gap)" else f"offset({name(design.offset)})")
    model = [
        *_r_model(fit, " + ".join(right) or "1", name),
        *(r_drawn(name(drawn)) if drawn else r_errors(fit, [name(one) for one in ways_of(fit)], name)),
        *_r_check(fit),
    ]
    lines = [
        r_comment(f"{fit.model}: {fit.formula}"),
        'invisible(Sys.setlocale("LC_COLLATE", "C"))  # the order of categories is that of their codes',
        f'panel <- read.csv({r_text(data)}, check.names = FALSE, na.strings = "", '
        'colClasses = "character", encoding = "UTF-8")',
        *(_R_GUARDED if guarded else ()),
        *name.lines(),
        *rows,
    ]
    if columns:
        lines.append('duration <- panel[["duration"]]')
    lines += [f"panel$duration_{at} <- {text}" for at, text in enumerate(columns, start=1)]
    return "\n".join([*lines, *model]) + "\n"


_R_GUARDED = (
    "# an apostrophe keeps spreadsheets from computing texts",
    f"signs <- c({', '.join(map(r_text, FORMULA_SIGNS))})",
    "as_written <- function(text) {",
    """  guarded <- startsWith(text, "'") & substr(sub("^'+", "", text), 1, 1) %in% signs""",
    "  ifelse(guarded, substring(text, 2), text)",
    "}",
    "names(panel) <- as_written(names(panel))",
    "panel[] <- lapply(panel, as_written)",
)


_R_NUMBER = (
    'number <- function(text) as.numeric(ifelse(text %in% c("true", "yes"), "1",',
    '  ifelse(text %in% c("false", "no"), "0", text)))',
)
_R_SPANS = (
    'if (is.null(panel[["stop"]])) {',
    '  gap <- if (is.null(panel[["gap"]])) 1 else number(panel[["gap"]])',
    '  panel$stop <- number(panel[["duration"]])',
    "  panel$start <- panel$stop - gap",
    "} else {",
    "  panel$start <- number(panel$start)",
    "  panel$stop <- number(panel$stop)",
    "}",
)


def _r_rows(fit: Fit, name: RNames) -> list[str]:
    """Lines that read numbers and categories, and leave out the rows that the fit left out."""
    words, design = categories_of(fit), fit.design
    made = bool(fit.span and fit.span[1] == "stop")
    given = [fit.outcome, *design.needs(), *([fit.weights] if fit.weights else [])]
    numbers = [*given, *(() if made else fit.span or ())]
    lines = [*_R_NUMBER, *(_R_SPANS if made else ())]
    read = [one for one in dict.fromkeys(numbers) if one not in (*words, "policy")]
    lines += [f"panel${name(one)} <- number(panel[[{r_text(name(one))}]])" for one in read]
    lines += [f"panel${name(one)} <- factor(panel[[{r_text(name(one))}]])" for one in words]
    identity = [
        column for column, many in (("unit", fit.units), ("policy", fit.policies)) if many is not None
    ]
    named = [*strata_of(fit), *(fit.span or ())]
    needed = dict.fromkeys([*given, *named, *ways_of(fit), *identity])
    lines.append(f"panel <- panel[complete.cases(panel[c({_r_texts(map(name, needed))})]), ]")
    if fit.weights:
        lines.append(f"panel <- panel[panel${name(fit.weights)} > 0, ]")
    if design.policies:
        lines.append(f"panel <- panel[panel$policy %in% c({_r_texts(design.policies)}), ]")
    if design.basis is not None and design.basis.form == "dummies":
        lines.append(f"panel <- panel[panel$duration %in% c({', '.join(map(repr, design.basis.knots))}), ]")
    if any(why == UNDEFINED for why, _ in fit.left_out):
        computed = [
            factor.expression for term in terms_of(fit) for factor in term.factors if factor.expression
        ]
        lines += [
            f"panel <- panel[with(panel, is.finite({_r_expression(one, name)})), ]"
            for one in computed
            if coded(one) is None
        ]
    if is_conditional(fit):
        columns = _r_texts(map(name, strata_of(fit)))
        lines += [
            f'{STRATUM} <- do.call(paste, c(unname(panel[c({columns})]), sep = "\\r"))',
            f"share <- ave(panel${name(fit.outcome)}, {STRATUM})",
            "panel <- panel[share > 0 & share < 1, ]  # other strata say nothing",
        ]
    return [*lines, f"stopifnot(nrow(panel) == {fit.rows})"]


def _r_model(fit: Fit, right: str, name: RNames) -> list[str]:
    """Lines that fit the model and leave `estimate`, `bread` and what each row adds to the scores."""
    left = name(fit.outcome)
    if fit.span:
        start, stop = (name(one) for one in fit.span)
        strata = f" + strata({name(fit.strata)})" if fit.strata else ""
        ties = fit.model.partition("(")[2].rstrip(")")
        return [
            "library(survival)  # comes with R",
            f"model <- coxph(Surv({start}, {stop}, {left}) ~ {right}{strata}, data = panel, "
            f'ties = "{ties}", control = coxph.control(eps = 1e-11, iter.max = 100))',
            "estimate <- coef(model)",
            # of exact ties, some versions return a plain list, which vcov() does not know
            "bread <- model$var" if ties == "exact" else "bread <- vcov(model)",
        ]
    if is_conditional(fit):
        return [
            "library(survival)  # comes with R; its clogit() is this model",
            f"model <- coxph(Surv(rep(1, nrow(panel)), {left}) ~ {right} + strata({STRATUM[6:]}), "
            'data = panel, ties = "exact", control = coxph.control(eps = 1e-11, iter.max = 100))',
            "estimate <- coef(model)",
            "bread <- model$var",
        ]
    formula = f"terms({left} ~ {right}, keep.order = TRUE)"
    if fit.model.startswith("Firth"):
        return r_firth(formula, fit.weights and name(fit.weights), corrected="FLIC" in fit.model)
    weights = "" if fit.weights is None else f", weights = {name(fit.weights)}"
    return [
        f'model <- glm({formula}, data = panel, family = binomial("{fit.model}"){weights}, '
        "control = glm.control(epsilon = 1e-12, maxit = 100))",
        "estimate <- coef(model)",
        *(_R_OBSERVED if fit.model == "probit" else ("bread <- vcov(model)",)),
    ]


_R_OBSERVED = (
    "# the observed information, as in Stata; vcov() has the expected one",
    "sign <- 2 * model$y - 1",
    "index <- sign * model$linear.predictors",
    "ratio <- dnorm(index) / pnorm(index)",
    "x <- model.matrix(model)",
    "bread <- solve(crossprod(x, x * model$prior.weights * ratio * (ratio + index)))",
)


def _r_check(fit: Fit) -> list[str]:
    if drawn_by(fit):
        ends = (", ".join(repr(float(end)) for end in ends) for ends in (fit.ci_low, fit.ci_high))
        return [
            *_r_expected(fit),
            *(f"expected_{name} <- c({text})" for name, text in zip(("low", "high"), ends, strict=True)),
            "print(cbind(estimate, expected, error, expected_error))",
            "print(cbind(percentiles, expected_low, expected_high))",
            f"stopifnot(max(abs(unname(estimate - expected)) / pmax(1, abs(expected))) < {NEAR})",
        ]
    return [
        *_r_expected(fit),
        "print(cbind(estimate, expected, error, expected_error))",
        f"stopifnot(max(abs(unname(estimate - expected)) / pmax(1, abs(expected))) < {NEAR})",
        f"stopifnot(max(abs(unname(error - expected_error)) / pmax(1, expected_error)) < {NEAR})",
    ]


def _r_expected(fit: Fit) -> list[str]:
    return [
        "expected <- c(",
        ",\n".join(expected(fit, lambda name, value: f"  {r_text(name)} = {value}")),
        ")",
        f"expected_error <- c({', '.join(repr(float(error)) for error in fit.std_errors)})",
    ]


def _r_texts(texts: Iterable[str]) -> str:
    return ", ".join(map(r_text, texts))


def _r_factor(term: Term, factor: Factor, name: RNames) -> str:
    """A factor of a term as R reads it."""
    if factor.column is not None:
        return name(factor.column)
    if factor.expression is None:
        raise MethodError(
            f"The term `{term.name}` is multiplied by a number, which R formulas treat differently."
        )
    category = coded(factor.expression)
    if category is not None:
        return f"factor({_r_expression(category, name)})"
    made = _r_expression(factor.expression, name)
    return made if isinstance(factor.expression, ast.Call) else f"I({made})"


def _r_expression(node: ast.expr, name: RNames) -> str:
    """An expression as R reads it, each part of it between brackets."""
    if isinstance(node, ast.Name):
        return name(node.id)
    if isinstance(node, ast.Constant):
        return r_text(node.value) if isinstance(node.value, str) else repr(float(node.value))  # type: ignore[arg-type]
    if isinstance(node, ast.UnaryOp):
        return f"({'-' if isinstance(node.op, ast.USub) else ''}{_r_expression(node.operand, name)})"
    if isinstance(node, ast.BinOp):
        left, right = (_r_expression(side, name) for side in (node.left, node.right))
        return f"({left} {OPERATORS[type(node.op)]} {right})"
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        left, right = (_r_expression(side, name) for side in (node.left, node.comparators[0]))
        return f"as.numeric({left} {OPERATORS[type(node.ops[0])]} {right})"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NUMERIC:
        return f"{node.func.id}({_r_expression(node.args[0], name)})"
    raise MethodError(
        f"The expression `{ast.unparse(node)}` is computed differently in R; write it out as columns of the "
        "frame."
    )
