"""Drivers of ties (homophily): does the permutation test still pass with them in the model?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from diffuscope.models.design.terms import in_backticks
from diffuscope.records import Safeguard
from diffuscope.records.numbers import decimal, p_equals
from diffuscope.records.phrases import in_code
from diffuscope.safeguards.checks.permuted_ties import permuted_ties
from diffuscope.safeguards.engine.check import LEVEL, Check, SafeguardOptions, missing, not_asked
from diffuscope.safeguards.engine.holm import holm
from diffuscope.safeguards.engine.homophily import driver_tests, joined_covariates
from diffuscope.safeguards.engine.respecify import respecified_fit

if TYPE_CHECKING:
    from diffuscope.safeguards.tested_model import TestedModel


def drivers_of_ties(tested: TestedModel, column: str, options: SafeguardOptions) -> Safeguard:
    """Drivers of ties: the permutation test of the coefficient with all declared drivers in the model.

    A declared covariate that does not go with the ties (QAP, p at least .05) is no driver. Passed where the
    permutation test passes with all that are in the model: to ask that the interval stay above zero would
    punish whoever declares a true driver.

    Parameters
    ----------
    tested : TestedModel
    column : str
        The exposure.
    options : SafeguardOptions

    Returns
    -------
    Safeguard
        As of `permuted_ties`, with the drivers in the model.
    """
    declared = options.drivers.get(column, ())
    others = _undeclared(tested, column, options)
    if not declared:
        return not_asked(f"No drivers of these ties are declared. {others}".strip())
    lacking = [name for name in declared if name not in tested.panel.table().columns]
    if lacking:
        return missing(
            f"The panel does not have `{lacking[0]}`, which is declared as a driver of these ties."
        )
    tests = driver_tests(tested, column, declared, options)
    associations = "; ".join(
        f"`{name}`: r = {decimal(one.r)}, {p_equals(one.p)}" for name, one in tests.items()
    )
    going = [name for name, one in tests.items() if one.goes]
    if not going:
        named = in_code(declared)
        says = f"The declared drivers are not associated with the ties ({associations or named}). {others}"
        return not_asked(says.strip())
    inside = tested.fit.design.columns.formula.variables
    new = [name for name in going if name not in inside]
    extended = tested
    if new:
        fit = respecified_fit(tested, " + ".join((tested.fit.formula, *map(in_backticks, new))))
        extended = replace(tested, fit=fit)
    permuted = permuted_ties(extended, column, options)
    named = in_code(going)
    with_drivers = f"With the drivers of the ties in the model ({named}; {associations})"
    says = f"{with_drivers}: {permuted.description} {others}"
    return msgspec.structs.replace(permuted, description=says.strip())


def _undeclared(tested: TestedModel, column: str, options: SafeguardOptions) -> str:
    """Covariates that go with the ties and are neither declared nor in the model, in words."""
    inside = {*tested.fit.design.columns.formula.variables, *options.drivers.get(column, ())}
    names = [name for name in joined_covariates(tested) if name not in inside]
    tests = driver_tests(tested, column, names, options)
    # many covariates are tried: without Holm some would go with the ties by chance
    adjusted = holm({name: one.p for name, one in tests.items()})
    going = [name for name in tests if adjusted[name] < LEVEL]
    if not going:
        return ""
    each = ", ".join(f"`{name}` (r = {decimal(tests[name].r)}, {p_equals(adjusted[name])})" for name in going)
    return f"Associated with the ties, but neither declared nor in the model: {each}."


SAFEGUARD = Check(
    name="drivers of ties",
    asks="Does the permutation test still pass with the declared drivers of the ties in the model?",
    role="decisive",
    run=drivers_of_ties,
)
