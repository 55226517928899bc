"""A script that fits the same model in Stata, with the coefficients to expect, for anybody to check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.errors import MethodError
from diffuscope.models.clusters import UNITS_OF_DYADS
from diffuscope.models.scripts import columns_of, design_of, expected, quoted, terms_of

if TYPE_CHECKING:
    from diffuscope.models.fit import Fit
    from diffuscope.models.sample import Design


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
    design = design_of(fit)
    lines = [
        f"* {quoted(fit.model)}: {quoted(fit.formula)}",
        f'import delimited "{quoted(data)}", clear case(preserve)',
        *_stata_rows(fit),
    ]
    right: list[str] = []
    for term in terms_of(fit):
        made, name = _stata_term(term, category=term not in design.columns.names)
        lines += made
        right.append(name)
    for at, text in enumerate(columns_of(design), start=1):
        lines.append(f"generate double duration_{at} = {text}")
        right.append(f"duration_{at}")
    if design.policies:
        lines.append("encode policy, generate(policy_code)")
        right.append("i.policy_code")
    options = _stata_options(fit, design, lines)
    lines.append(_stata_model(fit, right, options))
    return "\n".join([*lines, "* expected:", expected(fit, "*   {name} = {value}")]).rstrip() + "\n"


def _stata_rows(fit: Fit) -> list[str]:
    """Lines that leave out the rows that the fit left out, as far as the model itself would keep them."""
    lines = []
    if fit.span and fit.span[1] == "stop":
        lines += [
            "capture confirm variable stop",
            "if _rc {",
            "    capture generate double gap = 1",
            "    generate double start = duration - gap",
            "    generate double stop = duration",
            "}",
        ]
    identity = [name for name, count in (("unit", fit.units), ("policy", fit.policies)) if count is not None]
    lines += [f"drop if missing({name})" for name in identity]
    if fit.design.policies:
        lines.append("generate byte kept = 0")
        lines += [f'replace kept = 1 if policy == "{quoted(name)}"' for name in fit.design.policies]
        lines.append("keep if kept")
    return lines


def _stata_model(fit: Fit, right: list[str], options: list[str]) -> str:
    kind = "pweight" if "vce(cluster cluster_code)" in options else "iweight"
    weights = "" if fit.weights is None else f" [{kind} = {fit.weights}]"
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
