"""Lines of R that compute errors as a fit did: model-based, by clusters in up to three ways, or by dyads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.models.export.scripts import is_conditional
from diffuscope.models.inference.clusters import UNITS_OF_DYADS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diffuscope.models.fit import Fit


def r_errors(fit: Fit, ways: Sequence[str], name: Callable[[str], str]) -> list[str]:
    """Lines that leave `error`, allowing for rows that hang together as the fit did.

    Parameters
    ----------
    fit : Fit
    ways : sequence of str
        Columns of clusters, by their names in the script.
    name : function
        What a column is called in the script.
    """
    if not fit.clusters:
        return ["error <- sqrt(diag(bread))"]
    if is_conditional(fit):
        offset = fit.design.offset
        lines = [
            f"y <- panel${name(fit.outcome)}",
            f"shift <- {f'panel${name(offset)}' if offset else 'numeric(nrow(panel))'}",
            *_STRATA,
        ]
    else:
        lines = [_pull(fit)]
    lines += _FUNCTIONS
    for held, way in zip(("one", "other", "third"), ways, strict=False):
        lines.append(f"{held} <- as.character(panel${way})")
    if fit.clusters[0][0] == UNITS_OF_DYADS:
        return [*lines, *_POSITIVE, *_DYADS]
    if len(ways) == 1:
        return [*lines, "error <- sqrt(diag(part(one)))"]
    return [*lines, *_POSITIVE, *(_TWO_WAYS if len(ways) == 2 else _THREE_WAYS)]


def _pull(fit: Fit) -> str:
    """A line that leaves how far each row moves the estimate."""
    return (
        'influence <- as.matrix(residuals(model, "dfbeta"))' if fit.span else
        'influence <- (model.matrix(model) * residuals(model, "working") * weights(model, "working"))'
        " %*% bread"
    )  # fmt: skip


_STRATA = (
    "# score of a stratum: of all ways to choose as many rows as had the event (Gail et al. 1981)",
    "x <- model.matrix(model)",
    "score <- function(rows) {",
    "  own <- x[rows, , drop = FALSE]",
    "  eta <- drop(own %*% estimate) + shift[rows]",
    "  weight <- exp(eta - max(eta))",
    "  many <- sum(y[rows])",
    "  total <- c(1, numeric(many))",
    "  slope <- matrix(0, many + 1, ncol(x))",
    "  for (row in seq_along(weight)) {",
    "    at <- 1 + seq_len(min(row, many))",
    "    slope[at, ] <- slope[at, ] + weight[row] * (slope[at - 1, ] + outer(total[at - 1], own[row, ]))",
    "    total[at] <- total[at] + weight[row] * total[at - 1]",
    "  }",
    "  colSums(own[y[rows] == 1, , drop = FALSE]) - slope[many + 1, ] / total[many + 1]",
    "}",
    "strata <- factor(panel$column_0, levels = unique(panel$column_0))",
    "scores <- do.call(rbind, lapply(split(seq_along(y), strata), score))",
    "influence <- scores %*% bread",
    "panel <- panel[!duplicated(strata), ]  # clusters hold whole strata",
)
_FUNCTIONS = (
    "count <- function(cluster) length(unique(cluster)) / max(length(unique(cluster)) - 1, 1)",
    "together <- function(cluster) crossprod(rowsum(influence, cluster))",
    "part <- function(cluster) together(cluster) * count(cluster)",
    'both <- function(...) paste(..., sep = "\\r")',
    "two <- function(a, b) part(a) + part(b) - part(both(a, b))",
)
_POSITIVE = (
    "positive <- function(variance) {  # a difference may have a negative part, which is set to zero",
    "  root <- t(chol(bread))",
    "  inner <- eigen(solve(root, t(solve(root, variance))), symmetric = TRUE)",
    "  turned <- root %*% inner$vectors",
    "  turned %*% (t(turned) * pmax(inner$values, 0))",
    "}",
)
_DYADS = (
    "ends <- c(one, other)",
    "pair <- both(pmin(one, other), pmax(one, other))",
    "either <- crossprod(rowsum(rbind(influence, influence), ends))",
    "error <- sqrt(diag(positive((either - together(pair)) * count(ends))))",
)
_TWO_WAYS = (
    "# for each coefficient the largest of two-way, one-way and unclustered",
    "single <- list(positive(two(one, other)), part(one), part(other), bread)",
    "error <- sqrt(do.call(pmax, lapply(single, diag)))",
)
_THREE_WAYS = (
    "three <- two(one, other) + part(third) - part(both(one, third)) - part(both(other, third)) +",
    "  part(both(one, other, third))",
    "# for each coefficient the largest of three-way, two-way, one-way and unclustered",
    "fewer <- list(positive(three), positive(two(one, other)), positive(two(one, third)),",
    "  positive(two(other, third)), part(one), part(other), part(third), bread)",
    "error <- sqrt(do.call(pmax, lapply(fewer, diag)))",
)
