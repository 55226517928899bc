"""Firth's logit in base R, and its bootstrap by cluster: lines of a script."""

from __future__ import annotations

_R_SEARCH = (
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
)


_R_CORRECTED = (
    "# the intercept again, so that the mean hazard is the share of events (FLIC)",
    'own <- which(colnames(x) == "(Intercept)")',
    "rest <- drop(x %*% estimate) + shift",
    "for (step in 1:100) {",
    "  p <- plogis(rest)",
    "  move <- sum(weight * (y - p)) / sum(weight * p * (1 - p))",
    "  rest <- rest + move",
    "  estimate[own] <- estimate[own] + move",
    "  if (abs(move) < 1e-12) break",
    "}",
    "w <- rep_len(weight, length(p)) * p * (1 - p)",
    "moves <- colSums(w * x[, -own, drop = FALSE]) / sum(w)",
    "along <- drop(bread[-own, -own, drop = FALSE] %*% moves)",
    "bread[own, -own] <- bread[-own, own] <- -along",
    "bread[own, own] <- 1 / sum(w) + sum(moves * along)",
)


def r_firth(formula: str, weights: str | None, *, corrected: bool = False) -> list[str]:
    """Firth's modified score, in base R."""
    return [
        "# the package logistf has this estimator too, with intervals by profile",
        f"model <- {formula}",
        "frame <- model.frame(model, panel)",
        "x <- model.matrix(model, frame)",
        "y <- model.response(frame)",
        "shift <- if (is.null(model.offset(frame))) 0 else model.offset(frame)",
        f"weight <- {f'panel${weights}' if weights else '1'}",
        "firth <- function(x, y, shift, weight) {",
        *(f"  {line}" for line in (*_R_SEARCH, *(_R_CORRECTED if corrected else ()))),
        "  list(estimate = estimate, bread = bread, converged = all(abs(move) < 1e-8))",
        "}",
        "found <- firth(x, y, shift, weight)",
        "estimate <- found$estimate",
        "bread <- found$bread",
    ]


def r_drawn(by: str) -> list[str]:
    """Lines that draw clusters with replacement; R's random numbers are others, so ends agree roughly."""
    return [
        "# errors by drawing clusters; where the model's own are larger, those count",
        f"cluster <- match(panel${by}, unique(panel${by}))",
        "set.seed(1)",
        "drawn <- replicate(999, {",
        "  times <- tabulate(sample(max(cluster), replace = TRUE), max(cluster))[cluster]",
        "  kept <- times > 0",
        "  one <- function(value) if (length(value) == 1) value else value[kept]",
        "  found <- tryCatch(firth(x[kept, ], y[kept], one(shift), one(weight) * times[kept]),",
        "    error = function(problem) list(converged = FALSE))",
        "  if (found$converged) found$estimate else NA * estimate",
        "})",
        "error <- pmax(apply(drawn, 1, sd, na.rm = TRUE), sqrt(diag(bread)))",
        "percentiles <- t(apply(drawn, 1, quantile, c(0.025, 0.975), na.rm = TRUE))",
    ]
