"""A script that fits the same model in R, with nothing but what comes with R, for anybody to check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.errors import MethodError
from diffuscope.models.clusters import UNITS_OF_DYADS
from diffuscope.models.sample import UNDEFINED
from diffuscope.models.scripts import columns_of, design_of, expected, quoted, terms_of, ways_of
from diffuscope.models.warn import MENDED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.models.fit import Fit

NEAR = 1e-5
"""How far coefficients and errors may differ between programs."""
NAME = r"[A-Za-z][\w.]*"
"""What R reads as a name without quotes."""


def r_script(fit: Fit, data: str) -> str:
    """A script that fits the same model in R and stops where a coefficient or an error differs.

    It needs nothing but what comes with R.

    Parameters
    ----------
    fit : Fit
    data : str
        File with the rows of the panel, as the script's reader finds it.
    """
    design = design_of(fit)
    columns = columns_of(design)
    lines = [
        f"# {quoted(fit.model)}: {quoted(fit.formula)}",
        'invisible(Sys.setlocale("LC_COLLATE", "C"))  # the order of categories is that of their codes',
        f'panel <- read.csv("{quoted(data)}", check.names = FALSE, na.strings = "", stringsAsFactors = TRUE)',
        *_r_rows(fit),
    ]
    if columns:
        lines.append("duration <- panel$duration")
    lines += [f"panel$duration_{at} <- {text}" for at, text in enumerate(columns, start=1)]
    right = [
        *(_r_term(term) for term in terms_of(fit)),
        *(f"duration_{at + 1}" for at in range(len(columns))),
    ]
    if design.policies:
        right.append(f"factor(policy, levels = c({_r_names(design.policies)}))")
    if not design.columns.formula.intercept and not fit.span:
        right.insert(0, "0")
    if design.offset:
        right.append("offset(log(gap))" if design.offset == "ln(gap)" else f"offset({_tick(design.offset)})")
    lines += [*_r_model(fit, " + ".join(right) or "1"), *_r_errors(fit), *_r_check(fit)]
    return "\n".join(lines) + "\n"


def _r_rows(fit: Fit) -> list[str]:
    """Lines that leave out the rows that the fit left out."""
    lines = []
    if fit.span and fit.span[1] == "stop":
        lines += [
            "if (is.null(panel$stop)) {",
            "  panel$start <- panel$duration - if (is.null(panel$gap)) 1 else panel$gap",
            "  panel$stop <- panel$duration",
            "}",
        ]
    identity = [name for name, count in (("unit", fit.units), ("policy", fit.policies)) if count is not None]
    named = [name for name in (fit.weights, fit.strata, *(fit.span or ())) if name]
    needed = dict.fromkeys([fit.outcome, *fit.design.needs(), *named, *ways_of(fit), *identity])
    lines.append(f"panel <- panel[complete.cases(panel[c({_r_names(needed)})]), ]")
    if fit.weights:
        lines.append(f"panel <- panel[panel${_tick(fit.weights)} > 0, ]")
    if fit.design.policies:
        lines.append(f"panel <- panel[panel$policy %in% c({_r_names(fit.design.policies)}), ]")
    if any(why == UNDEFINED for why, _ in fit.left_out):
        computed = [_r_term(term) for term in terms_of(fit) if "(" in term and not term.startswith("C(")]
        lines += [f"panel <- panel[with(panel, is.finite({term})), ]" for term in computed]
    return [*lines, f"stopifnot(nrow(panel) == {fit.rows})"]


def _r_model(fit: Fit, right: str) -> list[str]:
    """Lines that fit the model and leave `estimate`, `bread` and what each row adds to the scores."""
    left = _tick(fit.outcome)
    if fit.span:
        start, stop = (_tick(name) for name in fit.span)
        strata = f" + strata({_tick(fit.strata)})" if fit.strata else ""
        ties = fit.model.partition("(")[2].rstrip(")")
        return [
            "library(survival)  # comes with R",
            f"model <- coxph(Surv({start}, {stop}, {left}) ~ {right}{strata}, data = panel, "
            f'ties = "{ties}", control = coxph.control(eps = 1e-12, iter.max = 100))',
            "estimate <- coef(model)",
            "bread <- vcov(model)",
        ]
    formula = f"terms({left} ~ {right}, keep.order = TRUE)"
    if fit.model.startswith("Firth"):
        return _r_firth(formula, fit.weights)
    weights = "" if fit.weights is None else f", weights = {_tick(fit.weights)}"
    return [
        f'model <- glm({formula}, data = panel, family = binomial("{fit.model}"){weights}, '
        "control = glm.control(epsilon = 1e-12, maxit = 100))",
        "estimate <- coef(model)",
        "bread <- vcov(model)",
    ]


def _r_firth(formula: str, weights: str | None) -> list[str]:
    """Firth's modified score, in base R."""
    return [
        "# the package logistf has this estimator too, with intervals by profile",
        f"model <- {formula}",
        "frame <- model.frame(model, panel)",
        "x <- model.matrix(model, frame)",
        "y <- model.response(frame)",
        "shift <- if (is.null(model.offset(frame))) 0 else model.offset(frame)",
        f"weight <- {f'panel${_tick(weights)}' if weights else '1'}",
        "estimate <- setNames(numeric(ncol(x)), colnames(x))",
        "for (step in 1:1000) {",
        "  p <- plogis(drop(x %*% estimate) + shift)",
        "  w <- weight * p * (1 - p)",
        "  bread <- solve(crossprod(x, x * w))",
        "  leverage <- rowSums((x %*% bread) * x) * w",
        "  move <- drop(bread %*% crossprod(x, weight * (y - p) + leverage * (0.5 - p)))",
        "  estimate <- estimate + move / max(1, sqrt(sum(w * drop(x %*% move)^2)))",
        "  if (max(abs(move)) < 1e-10) break",
        "}",
    ]


def _r_errors(fit: Fit) -> list[str]:
    """Lines that leave `error`, allowing for rows that hang together as the fit did."""
    if not fit.clusters:
        return ["error <- sqrt(diag(bread))"]
    pull = (
        'influence <- as.matrix(residuals(model, "dfbeta"))' if fit.span else
        'influence <- (model.matrix(model) * residuals(model, "working") * weights(model, "working"))'
        " %*% bread"
    )  # fmt: skip
    lines = [
        pull,
        "count <- function(cluster) length(unique(cluster)) / max(length(unique(cluster)) - 1, 1)",
        "together <- function(cluster) crossprod(rowsum(influence, cluster))",
    ]
    ways = [f"as.character(panel${_tick(name)})" for name in ways_of(fit)]
    lines += [f"{name} <- {way}" for name, way in zip(("one", "other"), ways, strict=False)]
    if len(ways) == 1:
        lines.append("variance <- together(one) * count(one)")
    elif fit.clusters[0][0] == UNITS_OF_DYADS:
        lines += [
            "ends <- c(one, other)",
            'pair <- paste(pmin(one, other), pmax(one, other), sep = "\\r")',
            "either <- crossprod(rowsum(rbind(influence, influence), ends))",
            "variance <- (either - together(pair)) * count(ends)",
        ]
    else:
        lines += [
            'both <- paste(one, other, sep = "\\r")',
            "variance <- together(one) * count(one) + together(other) * count(other)"
            " - together(both) * count(both)",
        ]
    return [*lines, *(_R_MEND if MENDED in fit.warnings else ()), "error <- sqrt(diag(variance))"]


_R_MEND = (
    "# the difference has a negative part, which is set to zero",
    "root <- t(chol(bread))",
    "inner <- eigen(solve(root, t(solve(root, variance))), symmetric = TRUE)",
    "turned <- root %*% inner$vectors",
    "variance <- turned %*% (t(turned) * pmax(inner$values, 0))",
)


def _r_check(fit: Fit) -> list[str]:
    return [
        "expected <- c(",
        expected(fit, "  {name} = {value},").rstrip(",\n"),
        ")",
        f"expected_error <- c({', '.join(repr(float(error)) for error in fit.errors)})",
        "print(cbind(estimate, expected, error, expected_error))",
        f"stopifnot(max(abs(unname(estimate - expected)) / pmax(1, abs(expected))) < {NEAR})",
        f"stopifnot(max(abs(unname(error - expected_error)) / pmax(1, expected_error)) < {NEAR})",
    ]


def _r_names(names: Iterable[str]) -> str:
    return ", ".join(f'"{quoted(name)}"' for name in names)


def _r_term(term: str) -> str:
    """A term as R reads it."""
    if ":" in term:
        return ":".join(_r_term(part) for part in term.split(":"))
    if re.match(r"(center|scale|poly|bs|cr|cc|cs)\(|C\(.*,", term):
        raise MethodError(
            f"The term `{term}` is coded differently in R; write it out as columns of the frame."
        )
    called = re.sub(r"^C\(", "factor(", term)
    if re.fullmatch(rf"{NAME}|(log|log2|log10|log1p|exp|sqrt|abs|factor)\({NAME}\)", called):
        return called
    return f"I({called.replace('**', '^')})" if re.search(r"[*+/^<>=-]", called) else _tick(called)


def _tick(name: str) -> str:
    return name if re.fullmatch(NAME, name) else f"`{name.replace('`', '')}`"
