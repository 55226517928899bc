"""All tables of a report, in the order in which a reader wants them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from diffuscope.records.soundness import damaged
from diffuscope.report.tables import (
    audit,
    case,
    conclusions,
    dates,
    estimates,
    evidence,
    inferred,
    safeguards,
)

if TYPE_CHECKING:
    from diffuscope.report.tables.base import OutTable
    from diffuscope.result import Result


def out_tables(result: Result) -> tuple[OutTable, ...]:
    """A result as tables: conclusions first, then evidence, dates and checks, then the data.

    Parameters
    ----------
    result : Result

    Returns
    -------
    tuple of OutTable
        Tables without rows are left out.

    Raises
    ------
    CaseError
        If a table of the case is called like one that every report has, which no run writes.
    """
    made = (
        conclusions.verdicts(result),
        conclusions.author_verdicts(result),
        conclusions.findings(result),
        evidence.evidence(result),
        evidence.criteria(result),
        evidence.robustness(result),
        evidence.agreement(result),
        evidence.drivers(result),
        dates.chronology(result),
        dates.order(result),
        dates.left_out(result),
        estimates.panels(result),
        estimates.panel_left_out(result),
        estimates.exposures(result),
        estimates.exposure_correlations(result),
        estimates.coefficients(result),
        estimates.fits(result),
        safeguards.safeguards(result),
        inferred.edges(result),
        inferred.overlaps(result),
        audit.audit(result),
        audit.claims(result),
        audit.readings(result),
        conclusions.rule(result),
        conclusions.stance_rules(result),
        conclusions.mechanisms(result),
        case.problems(result),
        *case.case_tables(result),
        *estimates.panel_tables(result),
    )
    tables = tuple(table for table in made if table.rows)
    names = Counter(table.name.casefold() for table in tables)
    if twice := next((name for name, count in names.items() if count > 1), None):
        raise damaged(f"two of its tables are called `{twice}`")
    return tables
