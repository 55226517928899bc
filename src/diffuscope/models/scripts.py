"""Scripts that fit the same model in R or Stata, with the coefficients to expect, for anybody to check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.errors import MethodError
from diffuscope.models.clusters import UNITS_OF_DYADS
from diffuscope.models.sample import INTERCEPT

if TYPE_CHECKING:
    from diffuscope.models.fit import Fit
    from diffuscope.models.sample import Design

NEAR = 1e-4
"""How far coefficients may differ between programs."""


def r_script(fit: Fit, data: str) -> str:
    """A script that fits the same model in R and stops where a coefficient differs.

    Parameters
    ----------
    fit : Fit
    data : str
        File with the rows of the panel, as the script's reader finds it.
    """
    design = _design(fit)
    terms, columns = _terms(fit), _columns(design)
    lines = [
        f"# {fit.model}: {fit.formula}",
        f'panel <- read.csv("{_quoted(data)}", check.names = FALSE, stringsAsFactors = TRUE)',
    ]
    if columns:
        lines.append("duration <- panel$duration")
    lines += [f"panel$duration_{at} <- {text}" for at, text in enumerate(columns, start=1)]
    right = [*(_r_term(term) for term in terms), *(f"duration_{at}" for at in range(1, len(columns) + 1))]
    if design.policies:
        named = ", ".join(f'"{_quoted(name)}"' for name in design.policies)
        lines.append(f"panel <- panel[panel$policy %in% c({named}), ]")
        right.append(f"factor(policy, levels = c({named}))")
    if not design.columns.formula.intercept and not fit.model.startswith("Cox"):
        right.insert(0, "0")
    if design.offset:
        right.append("offset(log(gap))" if design.offset == "ln(gap)" else f"offset({_tick(design.offset)})")
    lines += _r_model(fit, " + ".join(right) or "1")
    lines += ["expected <- c(", _expected(fit, "  {name} = {value},").rstrip(",\n"), ")"]
    lines.append("print(cbind(estimate = coef(model), expected = expected))")
    lines.append(
        f"stopifnot(max(abs(unname(coef(model)) - unname(expected)) / pmax(1, abs(expected))) < {NEAR})"
    )
    return "\n".join(lines) + "\n"


def _r_model(fit: Fit, right: str) -> list[str]:
    left = _tick(fit.outcome)
    weights = "" if fit.weights is None else f", weights = {_tick(fit.weights)}"
    ways = [_tick(name) for name, _ in fit.clusters if name != UNITS_OF_DYADS]
    if fit.span:
        start, stop = (_tick(name) for name in fit.span)
        strata = f" + strata({_tick(fit.strata)})" if fit.strata else ""
        clusters = f", cluster = {ways[0]}" if len(ways) == 1 else ""
        ties = fit.model.partition("(")[2].rstrip(")")
        return [
            "library(survival)",
            f"model <- coxph(Surv({start}, {stop}, {left}) ~ {right}{strata}, data = panel, "
            f'ties = "{ties}"{clusters})',
        ]
    if fit.model.startswith("Firth"):
        return ["library(logistf)", f"model <- logistf({left} ~ {right}, data = panel{weights})"]
    lines = [f'model <- glm({left} ~ {right}, data = panel, family = binomial("{fit.model}"){weights})']
    if ways:
        told = " + ".join(ways)
        lines += [
            "library(sandwich); library(lmtest)",
            f'print(coeftest(model, vcov = vcovCL(model, cluster = ~ {told}, type = "HC0", cadjust = TRUE)))',
        ]
    return lines


def stata_script(fit: Fit, data: str) -> str:
    """A script that fits the same model in Stata and lists the coefficients to expect.

    Parameters
    ----------
    fit : Fit
    data : str
        File with the rows of the panel, as the script's reader finds it.

    Raises
    ------
    MethodError
        If a term has no plain counterpart in Stata.
    """
    design = _design(fit)
    lines = [f"* {fit.model}: {fit.formula}", f'import delimited "{_quoted(data)}", clear case(preserve)']
    right: list[str] = []
    for term in _terms(fit):
        made, name = _stata_term(term, category=term not in design.columns.names)
        lines += made
        right.append(name)
    for at, text in enumerate(_columns(design), start=1):
        lines.append(f"generate double duration_{at} = {text}")
        right.append(f"duration_{at}")
    if design.policies:
        lines.append("encode policy, generate(policy_code)")
        right.append("i.policy_code")
    options = _stata_options(fit, design, lines)
    lines.append(_stata_model(fit, right, options))
    return "\n".join([*lines, "* expected:", _expected(fit, "*   {name} = {value}")]).rstrip() + "\n"


def _stata_model(fit: Fit, right: list[str], options: list[str]) -> str:
    weights = "" if fit.weights is None else f" [iweight = {fit.weights}]"
    told = f", {' '.join(options)}" if options else ""
    if fit.span:
        start, stop = fit.span
        at_risk = f"stset {stop}, id(row) failure({fit.outcome}) time0({start}) exit(time .)"
        return (
            f"generate long row = _n\n{at_risk}\nstcox {' '.join(right)}, nohr {' '.join(options)}".rstrip()
        )
    command = "firthlogit" if fit.model.startswith("Firth") else fit.model
    return f"{command} {fit.outcome} {' '.join(right)}{weights}{told}"


def _stata_options(fit: Fit, design: Design, lines: list[str]) -> list[str]:
    options = [] if design.columns.formula.intercept or fit.model.startswith("Cox") else ["noconstant"]
    if design.offset == "ln(gap)":
        lines.append("generate double ln_gap = ln(gap)")
        options.append("offset(ln_gap)")
    elif design.offset:
        options.append(f"offset({design.offset})")
    ways = [name for name, _ in fit.clusters if name != UNITS_OF_DYADS]
    if len(ways) == 1:
        lines += [f"egen long cluster_code = group({ways[0]})"]
        options.append("vce(cluster cluster_code)")
    elif fit.clusters:
        lines.append("* clusters more than one way: errors differ here, coefficients do not")
    if fit.model.startswith("Cox"):
        options.append("efron" if "efron" in fit.model else "breslow")
        options += [f"strata({fit.strata})"] if fit.strata else []
    return options


def _design(fit: Fit) -> Design:
    if fit.absorbed:
        raise MethodError("A fit with absorbed terms has no plain counterpart; fit it without them first.")
    return fit.design


def _terms(fit: Fit) -> tuple[str, ...]:
    return _design(fit).columns.formula.order


def _columns(design: Design) -> list[str]:
    return design.basis.expressions() if design.basis else []


def _r_term(term: str) -> str:
    """A term as R reads it."""
    called = re.sub(r"\bC\(", "factor(", term)
    if re.fullmatch(r"[A-Za-z][\w.]*", called) or re.fullmatch(
        r"(log|log2|log10|log1p|exp|sqrt|abs|factor)\([\w.]+\)", called
    ):
        return called
    if ":" in called:
        return ":".join(_r_term(part) for part in called.split(":"))
    if re.match(r"(center|scale|poly|bs|cr|cc|cs)\(", called):
        raise MethodError(
            f"The term `{term}` is coded differently in R; write it out as columns of the frame."
        )
    return f"I({called.replace('**', '^')})" if re.search(r"[*+/^-]", called) else _tick(called)


def _stata_term(term: str, *, category: bool) -> tuple[list[str], str]:
    """A term as Stata reads it, with the lines that make its column."""
    levels = re.fullmatch(r"C\(([A-Za-z_]\w*)\)|([A-Za-z_]\w*)", term)
    if category and levels:
        column = levels[1] or levels[2]
        name = f"{column[:27]}_code"
        return [f"egen long {name} = group({column})"], f"i.{name}"
    if re.fullmatch(r"[A-Za-z_]\w{0,31}", term):
        return [], term
    called = re.fullmatch(r"(log|exp|sqrt|abs)\(([A-Za-z_]\w*)\)", term)
    if called:
        name = f"{called[1]}_{called[2]}"[:32]
        return [f"generate double {name} = {term}"], name
    raise MethodError(
        f"The term `{term}` has no plain counterpart in Stata; make it a column of the frame first."
    )


def _expected(fit: Fit, line: str) -> str:
    pairs = zip(fit.names, fit.coefficients, strict=True)
    return "\n".join(line.format(name=_label(name), value=repr(float(value))) for name, value in pairs)


def _label(name: str) -> str:
    return '"(Intercept)"' if name == INTERCEPT else f'"{_quoted(name)}"'


def _tick(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z][\w.]*", name) else f"`{name.replace('`', '')}`"


def _quoted(text: str) -> str:
    return text.replace("\\", "/").replace('"', "'").replace("\n", " ")
