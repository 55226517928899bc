"""What a question asks of ties and models that the case, or the mechanisms, do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.mechanisms import mechanisms
from diffuscope.panel.decisions import DECIDER
from diffuscope.panel.global_share import GLOBAL_SHARE, TIME_AT_RISK
from diffuscope.records import Problem
from diffuscope.records.phrases import in_code
from diffuscope.study.channels import NEIGHBOURS, column_of
from diffuscope.study.estimates import in_formula
from diffuscope.tables.suggest import nearest
from diffuscope.tables.variables import CATEGORY, measures

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from diffuscope.case import Case
    from diffuscope.records import Analysis, Specification
    from diffuscope.study.channels import Layers
    from diffuscope.tables.variables import Measure
    from diffuscope.ties import Layer

OF_PANEL = (
    "adopted", "event", "duration", "time", "gap", "spell", "unit", "policy", "period", GLOBAL_SHARE,
    TIME_AT_RISK, DECIDER,
)  # fmt: skip
"""Columns that every panel has (the last where units enter at different dates), and the word for its
outcome."""
TAKEN = frozenset({*OF_PANEL, "start", "stop", "year", "known", "_row", "_known", "_at", "_key"})
"""What no covariate may be called: columns of panels, and of what is joined to them."""


def asked_ties(case: Case, layers: Layers) -> list[Problem]:
    """Mechanisms, layers and terms that questions name and nobody knows.

    Parameters
    ----------
    case : Case
    layers : Layers
        Of the case; made only if a question names one.

    Returns
    -------
    list of Problem
        Of layers nothing is said where the tables they are made from cannot be relied on.
    """
    problems: list[Problem] = []
    for analysis in case.analyses:
        problems += _of_one(case, analysis, analysis, layers, f"The analysis `{analysis.id}`")
        of = f"The analysis `{analysis.id}`"
        problems += _of_names("ruled_out", analysis.ruled_out, {*mechanisms()}, of)
        for again in analysis.repeat:
            of = f"The repetition `{again.id}` of the analysis `{analysis.id}`"
            problems += _of_one(case, analysis, again, layers, of)
    return problems


def _of_one(
    case: Case, analysis: Analysis, question: Analysis | Specification, layers: Layers, of: str
) -> Iterator[Problem]:
    known = mechanisms()
    named = question.layers or {}
    near = (analysis.layers | named).get(NEIGHBOURS, ())
    near = (near,) if isinstance(near, str) else near
    yield from _of_names("layers", named, {*known, NEIGHBOURS}, of)
    yield from _of_names("forms", question.forms or {}, {*known}, of)
    covariates = _covariates(case, analysis, question)
    yield from _of_names("lags", question.lags or {}, {*known, *near, *covariates}, of)
    for name, lag in (question.lags or {}).items():
        if not lag and name in {*known, *near} and name not in covariates:
            message = f"{of} counts adoptions of the same period as a cause (a lag of 0)."
            fix = "write 1 or more; 0 is only for covariates that are fixed beforehand"
            yield _problem("lags", "bad-lag", message, fix, name)
    units = question.units or analysis.units
    if named and units and _sound(case):
        yield from _of_layers(named, layers.among(units), of)
    yield from _of_names_taken({*covariates, *(question.covariates or ())}, near, of)
    measured = measures(case.table("attributes"))
    yield from _of_mixed({*covariates, *(question.covariates or ())}, measured, of)
    if question.formula is not None:
        yield from _of_formula(case, question.formula, near, of)
        yield from _of_computed(question.formula, measured, of)


def _of_mixed(covariates: Collection[str], measured: Mapping[str, Measure], of: str) -> Iterator[Problem]:
    """Covariates with numbers and words: they are neither numeric nor categories."""
    for name in sorted(covariates):
        if measured.get(name) == "mixed":
            message = f"{of} uses a covariate with some values that are numbers and others that are words."
            fix = (
                "write numbers throughout, empty where unknown; where the numbers are names, write "
                f"`{CATEGORY}` into `unit_of_measure` of its rows"
            )
            yield _problem("covariates", "mixed-variable", message, fix, name)


def _of_computed(formula: str, measured: Mapping[str, Measure], of: str) -> Iterator[Problem]:
    """Categories of which a formula computes something, such as a logarithm."""
    from diffuscope.models.design.formula import computed_in

    for name in sorted(computed_in(formula)):
        if measured.get(name) == "categories":
            message = f"{of} calculates with a covariate whose values are words."
            fix = f"write only `{name}`, to compare its categories"
            yield _problem("formula", "bad-formula", message, fix, name)


def _of_names_taken(covariates: Collection[str], near: Collection[str], of: str) -> Iterator[Problem]:
    """Covariates called like a column that the panel has already: one would be taken for the other."""
    exposures = {*mechanisms(), *map(column_of, near), *_plain_shares()}
    for name in sorted(covariates):
        if name in exposures:
            why = "its exposure has this name"
        elif name in TAKEN or name.startswith("isolate_"):
            why = "panels have, or can have, a column of this name"
        else:
            continue
        message = f"{of} uses a covariate whose name is taken: {why}."
        fix = f"rename the variable in `attributes` and here, such as `own_{name.strip('_')}`"
        yield _problem("covariates", "name-taken", message, fix, name)


def _covariates(case: Case, analysis: Analysis, question: Analysis | Specification) -> set[str]:
    """Variables that a question uses, by any of its settings."""
    known = set(case.table("attributes")["variable"].drop_nulls())
    words = {*in_formula(question.formula or analysis.formula, known), *analysis.drivers}
    words |= {
        *(analysis.covariates if question.covariates is None else question.covariates),
        *analysis.covariates,
    }
    return words & known


def _of_names(setting: str, names: Iterable[str], may: set[str], of: str) -> Iterator[Problem]:
    """Names in a table of the question that name nothing it could speak of."""
    for name in names:
        if name not in may:
            meant = nearest(name, sorted(may))
            fix = f"write `{meant}`" if meant else f"write one of {', '.join(sorted(may))}"
            what = "no mechanism here" if setting != "lags" else "no mechanism or covariate here"
            yield _problem(setting, "unknown-mechanism", f"{of} names {what}.", fix, name)


def _sound(case: Case) -> bool:
    """Whether layers can be made: tables with errors would be blamed on the question."""
    return not any(problem.level == "error" and problem.table is not None for problem in case.problems)


def _of_layers(
    named: dict[str, str | tuple[str, ...]], made: tuple[Mapping[str, Layer], tuple[str, ...]], of: str
) -> Iterator[Problem]:
    layers, trouble = made
    for name, wanted in named.items():
        mechanism = mechanisms().get(name)
        for layer in (wanted,) if isinstance(wanted, str) else wanted:
            if layer not in layers and trouble:
                continue  # it may be the one that cannot be made, which the record says
            if layer not in layers:
                meant = nearest(layer, sorted(layers))
                there = in_code(sorted(layers)) or "none"
                fix = f"write `{meant}`" if meant else "name one of these, or add its ties to `ties`"
                message = f"{of} names a layer that the case does not have (there are: {there})."
                yield _problem("layers", "unknown-layer", message, fix, layer)
            else:
                try:
                    made_now = layers[layer]
                    if mechanism is not None:
                        mechanism.refuse_bare(made_now)
                except PlanError as error:
                    fix = f"name a layer that can carry {name}, or write it under `{NEIGHBOURS}`"
                    yield _problem("layers", "layer-bears-nothing", f"{of}: {error}", fix, layer)
                except (MethodError, CaseError) as error:
                    fix = "name another layer, or use fewer units"
                    yield _problem("layers", "layer-not-made", f"{of}: {error}", fix, layer)


def _of_formula(case: Case, formula: str, near: Collection[str], of: str) -> Iterator[Problem]:
    from diffuscope.models.design.formula import read_formula

    variables = case.table("attributes")["variable"].drop_nulls().unique().sort().to_list()
    names = [*OF_PANEL[1:], *mechanisms(), *map(column_of, near), *_plain_shares(), *variables]
    try:
        read_formula(formula, dict.fromkeys(names))
    except PlanError as error:
        fix = "write it as `adopted ~ learning + log(gdp_per_head)`, of mechanisms, covariates and neighbours"
        yield _problem("formula", "bad-formula", f"{of}: {error}", fix, formula)


def _plain_shares() -> list[str]:
    """Columns of the plain shares that stand beside exposures."""
    return [column_of(word) for one in mechanisms().values() if one.beside_plain for word in one.layers]


def _problem(setting: str, rule: str, message: str, fix: str, value: str) -> Problem:
    return Problem(
        level="error", rule=rule, message=message, fix=fix, file="case.toml", column=setting, value=value
    )
