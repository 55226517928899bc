"""A script that fits the same model in Stata, with the coefficients to expect, for anybody to check."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from diffuscope.errors import MethodError
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
from diffuscope.models.inference.clusters import UNITS_OF_DYADS
from diffuscope.records.quoting import csv_cell, stata_comment, stata_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diffuscope.models.design.model_frame import Design
    from diffuscope.models.design.terms import Term
    from diffuscope.models.fit import Fit

LONGEST = 32
"""Characters of a name in Stata."""
PLAIN = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{0,{LONGEST - 1}}}")
RESERVED = re.compile(
    r"_(all|b|coef|cons|n|N|pi|pred|rc|skip|se|r|t0?|d|st)|byte|double|float|if|in|int|long|using|with"
    r"|str(\d+|L)"
)
FUNCTIONS = {"log": "log", "exp": "exp", "sqrt": "sqrt", "abs": "abs", "log10": "log10"}
"""Functions that Stata calls so too."""


class StataNames:
    """Names of columns in a script: those of the frame, which must be plain, and those the script makes.

    Parameters
    ----------
    columns : iterable of str
        Every column of the frame that the script uses; what it makes takes no name of theirs.
    """

    def __init__(self, columns: Iterable[str]) -> None:
        self._used = {self(column).casefold() for column in columns}

    def __call__(self, column: str) -> str:
        """The name of a column of the frame.

        Raises
        ------
        MethodError
            If it is not a valid name in Stata.
        """
        if not PLAIN.fullmatch(column) or RESERVED.fullmatch(column):
            raise MethodError(
                f"`{column}` is not a valid name in Stata: at most {LONGEST} letters without accents, digits "
                "and _, no digit first, and no word of Stata. Rename the column first."
            )
        return column

    def made(self, wanted: str) -> tuple[list[str], str]:
        """A name for a column that the script makes, and the line that makes room for it."""
        name, count = wanted[:LONGEST], 1
        while name.casefold() in self._used:
            count += 1
            end = f"_{count}"
            name = f"{wanted[: LONGEST - len(end)]}{end}"
        self._used.add(name.casefold())
        return [f"capture drop {name}"], name


def stata_script(fit: Fit, data: str, *, guarded: bool = False) -> str:
    """A script that fits the same model in Stata and lists the coefficients to expect.

    Parameters
    ----------
    fit : Fit
    data : str
        File with the rows of the panel, as the script's reader finds it.
    guarded : bool
        Whether an apostrophe stands before texts that look like formulas, as in the tables of a report.

    Raises
    ------
    MethodError
        If a term, or the name of a column or of the file, has no plain counterpart in Stata.
    """
    design = design_of(fit)
    if re.search(r"[\"`$\\\x00-\x1f]", data):
        raise MethodError(f"Stata cannot be given the file name `{data}`; rename the file.")
    names = StataNames(_columns(fit))
    lines = [
        stata_comment(f"{fit.model}: {fit.formula}"),
        f'import delimited "{data}", clear case(preserve) encoding("UTF-8")',
        *_stata_rows(fit, names, guarded=guarded),
    ]
    right: list[str] = []
    for term in terms_of(fit):
        made, name = _stata_term(term, categories_of(fit), names)
        lines += made
        right.append(name)
    for at, text in enumerate(columns_of(design), start=1):
        room, name = names.made(f"duration_{at}")
        lines += [*room, f"generate double {name} = {text}"]
        right.append(name)
    if design.policies:
        room, name = names.made("policy_code")
        lines += [*room, f"encode policy, generate({name})"]
        right.append(f"i.{name}")
    options, clustered = _stata_options(fit, design, names, lines)
    lines.append(_stata_model(fit, right, options, names, clustered=clustered))
    coefficients = expected(fit, lambda name, value: f"*   {stata_comment(name)[2:]} = {value}")
    return "\n".join([*lines, "* expected:", *coefficients]).rstrip() + "\n"


def _columns(fit: Fit) -> list[str]:
    """Columns of the frame that a script uses."""
    own = [fit.outcome, *fit.design.needs(), *ways_of(fit)]
    own += [name for name in (fit.weights, *strata_of(fit), *(fit.span or ())) if name]
    own += [name for name, many in (("unit", fit.units), ("policy", fit.policies)) if many is not None]
    own += ["start", "stop", "gap", "duration"] if fit.span and fit.span[1] == "stop" else []
    return list(dict.fromkeys(own))


def _stata_rows(fit: Fit, names: StataNames, *, guarded: bool) -> list[str]:
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
        room, kept = names.made("kept")
        lines += ["capture tostring policy, replace", *room, f"generate byte {kept} = 0"]
        lines += [
            f"replace {kept} = 1 if policy == {stata_text(csv_cell(one) if guarded else one)}"
            for one in fit.design.policies
        ]
        lines.append(f"keep if {kept}")
    if fit.design.basis is not None and fit.design.basis.form == "dummies":
        room, timed = names.made("timed")
        lines += [*room, f"generate byte {timed} = 0"]
        lines += [f"replace {timed} = 1 if duration == {one!r}" for one in fit.design.basis.knots]
        lines.append(f"keep if {timed}")
    return lines


def _stata_model(
    fit: Fit, right: list[str], options: list[str], names: StataNames, *, clustered: bool
) -> str:
    # pweight makes errors robust, as clustered ones are; iweight leaves them model-based
    weights = "" if fit.weights is None else f" [{'pweight' if clustered else 'iweight'} = {fit.weights}]"
    listed = f", {' '.join(options)}" if options else ""
    if fit.span:
        start, stop = fit.span
        room, row = names.made("row")
        # each row is a subject of its own, with `exit(time .)`: else stset drops what comes after a unit's
        # first failure
        at_risk = f"stset {stop}, id({row}) failure({fit.outcome}) time0({start}) exit(time .)"
        model = f"stcox {' '.join(right)}, nohr {' '.join(options)}".rstrip()
        return "\n".join([*room, f"generate long {row} = _n", at_risk, model])
    if "FLIC" in fit.model:
        raise MethodError("Stata has no command for Firth's logit with intercept correction.")
    command = (
        "firthlogit" if fit.model.startswith("Firth") else "clogit" if is_conditional(fit) else fit.model
    )
    if drawn_by(fit):
        (room, code) = names.made("drawn_code")
        by = f"egen long {code} = group({names(drawn_by(fit) or '')})"
        prefix = f"bootstrap, cluster({code}) reps(999) seed(1): {command}"
        model = f"{prefix} {fit.outcome} {' '.join(right)}{weights}{listed}"
        return "\n".join([*room, by, model, "estat bootstrap, percentile"])
    return f"{command} {fit.outcome} {' '.join(right)}{weights}{listed}"


def _stata_options(fit: Fit, design: Design, names: StataNames, lines: list[str]) -> tuple[list[str], bool]:
    """Options of the model, and whether errors are clustered; what they need is added to the lines."""
    without = fit.model.startswith("Cox") or is_conditional(fit)  # these have no constant
    options = [] if design.columns.formula.intercept or without else ["noconstant"]
    if is_conditional(fit):
        room, name = names.made("stratum_code")
        lines += [*room, f"egen long {name} = group({' '.join(map(names, strata_of(fit)))})"]
        options.append(f"group({name})")
    if design.offset == "ln(gap)":
        room, name = names.made("ln_gap")
        lines += [*room, f"generate double {name} = ln(gap)"]
        options.append(f"offset({name})")
    elif design.offset:
        options.append(f"offset({design.offset})")
    ways = [] if drawn_by(fit) else [name for name, _ in fit.clusters if name != UNITS_OF_DYADS]
    if len(ways) == 1:
        room, name = names.made("cluster_code")
        lines += [*room, f"egen long {name} = group({ways[0]})"]
        options.append(f"vce(cluster {name})")
    elif fit.clusters and not drawn_by(fit):
        lines.append("* clusters more than one way: errors differ here, coefficients do not")
    if fit.model.startswith("Cox"):
        ties = fit.model.partition("(")[2].rstrip(")")
        options.append("exactp" if ties == "exact" else ties)
        options += [f"strata({fit.strata})"] if fit.strata else []
    return options, len(ways) == 1


def _stata_term(term: Term, words: tuple[str, ...], names: StataNames) -> tuple[list[str], str]:
    """A term as Stata reads it, with the lines that make its column."""
    if term.lone is not None:
        return _group(term.lone, names) if term.lone in words else ([], term.lone)
    expression = term.factors[0].expression if len(term.factors) == 1 else None
    if expression is not None:
        category = coded(expression)
        if isinstance(category, ast.Name):
            return _group(category.id, names)
        call = expression if isinstance(expression, ast.Call) and category is None else None
        inside = call.args[0] if call else None
        function = FUNCTIONS.get(call.func.id) if call and isinstance(call.func, ast.Name) else None
        if function and isinstance(inside, ast.Name):
            room, name = names.made(f"{function}_{inside.id}")
            return [*room, f"generate double {name} = {function}({inside.id})"], name
    raise MethodError(
        f"The term `{term.name}` has no direct equivalent in Stata; make it a column of the frame first."
    )


def _group(column: str, names: StataNames) -> tuple[list[str], str]:
    room, name = names.made(f"{column[:27]}_code")
    return [*room, f"egen long {name} = group({column})"], f"i.{name}"
