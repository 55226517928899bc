"""Lines of R that compute errors as a fit did: model-based, by clusters in up to three ways, or by dyads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.models.inference.clusters import UNITS_OF_DYADS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.models.fit import Fit


def r_errors(fit: Fit, ways: Sequence[str]) -> list[str]:
    """Lines that leave `error`, allowing for rows that hang together as the fit did.

    Parameters
    ----------
    fit : Fit
    ways : sequence of str
        Columns of clusters, by their names in the script.
    """
    if not fit.clusters:
        return ["error <- sqrt(diag(bread))"]
    pull = (
        'influence <- as.matrix(residuals(model, "dfbeta"))' if fit.span else
        'influence <- (model.matrix(model) * residuals(model, "working") * weights(model, "working"))'
        " %*% bread"
    )  # fmt: skip
    lines = [pull, *_FUNCTIONS]
    for held, way in zip(("one", "other", "third"), ways, strict=False):
        lines.append(f"{held} <- as.character(panel${way})")
    if fit.clusters[0][0] == UNITS_OF_DYADS:
        return [*lines, *_POSITIVE, *_DYADS]
    if len(ways) == 1:
        return [*lines, "error <- sqrt(diag(part(one)))"]
    return [*lines, *_POSITIVE, *(_TWO_WAYS if len(ways) == 2 else _THREE_WAYS)]


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
