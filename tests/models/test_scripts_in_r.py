"""Scripts for R, run by R: it must find the same rows, coefficients and errors, or the script stops."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from made_panels import counting, panel, separated

from diffuscope.models import Fit, conditional_logit, cox, event_history, firth, firth_bootstrap
from diffuscope.models.inference.diagnostics import PSD_ADJUSTED

pytestmark = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")


def in_r(script: str, frame: pl.DataFrame, folder) -> subprocess.CompletedProcess[str]:
    frame.write_csv(folder / "panel.csv")
    (folder / "model.R").write_text(script, encoding="utf-8")
    return subprocess.run(
        ["Rscript", "--vanilla", "model.R"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def agrees(
    fits: dict[str, Fit], frame: pl.DataFrame, folder, more: Callable[[Fit], str] | None = None
) -> None:
    """Scripts of fits to one frame, each in an environment of its own, run by one R, which starts slowly."""
    lines = []
    for at, fit in enumerate(fits.values()):
        (folder / f"{at}.R").write_text(fit.r_script() + (more(fit) if more else ""), encoding="utf-8")
        lines += [f'cat("\\nscript {at}\\n")', f'source("{at}.R", local = new.env())']
    found = in_r("\n".join(lines), frame, folder)
    assert found.returncode == 0, f"{list(fits)}\n{found.stdout}{found.stderr}"
    shown = found.stdout.split("\nscript ")[1:]
    assert [name for name, text in zip(fits, shown, strict=True) if "expected" not in text] == []


def holed() -> pl.DataFrame:
    """Rows with values missing in columns of every kind, a logarithm of zero, and a policy without events."""
    at, rng = pl.int_range(2000), np.random.default_rng(6)
    frame = panel().with_columns(
        coercion=pl.when(at < 7).then(None).otherwise("coercion"),
        region=pl.when(at.is_between(10, 15)).then(None).otherwise("region"),
        unit=pl.when(at.is_between(20, 25)).then(None).otherwise("unit"),
        gdp=pl.when(at.is_between(30, 33)).then(0.0).otherwise("gdp"),
        gap=pl.Series(rng.integers(1, 4, 2000)),
        turn=at % 23,
        w=pl.Series(rng.integers(0, 4, 2000) / 2),
        flag=pl.Series(rng.integers(0, 2, 2000) > 0),
    )
    quiet = frame[100:160].with_columns(policy=pl.lit("a quiet one"), event=pl.lit(0, dtype=pl.Int64))
    return pl.concat([frame, quiet])


SANDWICH = """
if (requireNamespace("sandwich", quietly = TRUE)) {
  hang <- CLUSTER
  diagonal <- function(by) diag(sandwich::vcovCL(model, cluster = by, type = "HC0", cadjust = TRUE))
  every <- list(diagonal(hang))
  for (many in seq_len(ncol(hang) - 1)) {
    every <- c(every, lapply(combn(ncol(hang), many, simplify = FALSE), function(at) diagonal(hang[at])))
  }
  if (ncol(hang) > 1) every <- c(every, list(diag(bread)))
  theirs <- sqrt(do.call(pmax, every))
  stopifnot(max(abs(theirs - error)) < 1e-8)
}
"""


DISCRETE = [
    ("adopted ~ coercion + log(gdp) + C(region)", {"cluster": "unit"}),
    ("adopted ~ coercion*region + flag", {"link": "cloglog", "duration": "cubic"}),
    ("adopted ~ coercion + log(gdp)", {"link": "probit", "cluster": ("unit", "policy", "turn")}),
    ("adopted ~ coercion + {gdp / 1000}", {"policy_effects": "fixed", "cluster": None, "offset": "w"}),
    ("adopted ~ coercion + sqrt(gdp)", {"policy_effects": "fixed", "link": "cloglog"}),
    ("adopted ~ 0 + region + log(gdp)", {"weights": "w", "duration": "spline", "cluster": "unit"}),
    ("adopted ~ {coercion**2}", {"duration": "dummies", "cluster": ("unit", "turn")}),
    ("adopted ~ 1", {"cluster": "policy"}),
]


def sandwich(fit: Fit) -> str:
    """The same errors by the R package, where it is installed."""
    if not fit.clusters or PSD_ADJUSTED in fit.warnings:  # it fixes negative variances another way
        return ""
    named = ", ".join(f"panel${name}" for name, _ in fit.clusters)
    return SANDWICH.replace("CLUSTER", f"data.frame({named})")


def test_discrete_time(tmp_path):
    frame = holed()
    fits = {formula: event_history(formula, frame, **options) for formula, options in DISCRETE}
    assert len(fits) == len(DISCRETE)
    agrees(fits, frame, tmp_path, sandwich)


def test_pairs(tmp_path):
    rng = np.random.default_rng(8)
    receiver = rng.integers(0, 40, 600)
    sender = (receiver + rng.integers(1, 40, 600)) % 40
    ends = {"receiver": receiver, "sender": sender}
    frame = panel(600).drop("unit", "policy").with_columns(
        pl.Series(name, [f"u{at}" for at in values]) for name, values in ends.items()
    )  # fmt: skip
    fits = {"logit": event_history("adopted ~ coercion", frame), "Cox": cox("adopted ~ coercion", frame)}
    agrees(fits, frame, tmp_path)


def test_firth(tmp_path):
    frame = holed()[:900]
    weighed = firth("adopted ~ coercion + log(gdp) + region", frame, weights="w")
    fixed = firth("adopted ~ coercion", frame, policy_effects="fixed", offset="w", duration="cubic")
    agrees({"weighed": weighed, "fixed": fixed}, frame, tmp_path)


def test_firth_with_errors_by_drawing_units(tmp_path):
    """R draws other units, so errors and ends agree as far as 999 draws determine them."""
    rows = panel(400, units=15)
    fits = {
        "units": firth_bootstrap(firth("adopted ~ coercion", rows), rows, seed=1),
        "corrected": firth_bootstrap(
            firth("adopted ~ coercion", rows, interval="wald", correct_intercept=True), rows, seed=1
        ),
    }
    near = """
stopifnot(max(abs(unname(error) / expected_error - 1)) < 0.1)
stopifnot(all(percentiles[, 1] > expected_low - 0.3 * error))
stopifnot(all(percentiles[, 2] < expected_high + 0.3 * error))
"""
    agrees(fits, rows, tmp_path, lambda fit: near)


def test_firth_where_events_are_separated(tmp_path):
    plain, corrected = (firth("adopted ~ x", separated(), correct_intercept=one) for one in (False, True))
    agrees({"separated": plain, "corrected": corrected}, separated(), tmp_path)


def test_conditional_logit(tmp_path):
    """R's own recursion over the choices of a stratum gives the scores that clusters add up."""
    rows = panel().with_columns(turn=pl.int_range(pl.len()) % 23, off=pl.col("gdp").log() / 50)
    within = ("policy", "turn")
    fits = {
        "model": conditional_logit("adopted ~ coercion", rows, strata="policy", cluster=None),
        "terms": conditional_logit(
            "adopted ~ coercion + log(gdp) + C(region)", rows, strata=within, cluster="policy"
        ),
        "ways": conditional_logit("adopted ~ coercion", rows, strata=within, cluster=within, offset="off"),
    }
    agrees(fits, rows, tmp_path)
    assert "clogit event coercion log_gdp i.region_code, group(stratum_code)" in fits["terms"].stata_script()


def test_cox(tmp_path):
    frame = counting().with_columns(
        group=pl.Series([f"g{at % 7}" for at in range(400)]),
        z=pl.when(pl.int_range(400) < 9).then(None).otherwise("z"),
    )
    asked = [{}, {"strata": "group", "cluster": ("unit", "group")}, {"cluster": None}]
    fits = {
        f"{ties} {options}": cox("adopted ~ x + z", frame, ties=ties, **options)
        for ties in ("efron", "breslow")
        for options in asked
    }
    agrees(fits, frame, tmp_path)


def test_cox_on_the_rows_of_a_panel(tmp_path):
    agrees({"panel": cox("adopted ~ coercion", panel())}, panel(), tmp_path)


def test_cox_with_exact_ties(tmp_path):
    frame = counting().head(60)
    agrees({"exact": cox("adopted ~ x + z", frame, ties="exact")}, frame, tmp_path)


def test_one_script_that_stops_among_several_stops_them_all(tmp_path):
    fit = event_history("adopted ~ coercion", panel(), cluster="unit")
    wrong = f"\nstopifnot({float(fit.coefficients[1])!r} == 0)\n"
    with pytest.raises(AssertionError, match=r"== 0 is not TRUE"):
        agrees({"right": fit, "wrong": fit}, panel(), tmp_path, lambda _: wrong)


def test_a_script_stops_where_a_coefficient_or_an_error_differs(tmp_path):
    fit = event_history("adopted ~ coercion", panel(), cluster="unit")
    script = fit.r_script()
    for number in (fit.coefficients[1], fit.std_errors[1]):
        wrong = script.replace(repr(float(number)), repr(float(number) + 1e-3))
        assert wrong != script
        assert in_r(wrong, panel(), tmp_path).returncode != 0
    assert in_r(script, panel().head(1999), tmp_path).returncode != 0
