"""What of a register is too much to be compared: refused at the check, or told after the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.errors import MethodError
from diffuscope.monitoring.returns import network_of
from diffuscope.monitoring.succession import ancestors
from diffuscope.monitoring.waves import prepared
from diffuscope.records import Problem
from diffuscope.records.work_bounds import NAMES_OF_UNITS, PEERS, RETURNS, TITLES, refuse_beyond

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from diffuscope.records.work_bounds import Allowance

LEFT_OUT = {
    TITLES.step: "rows without a link were not compared with earlier titles of their units",
    NAMES_OF_UNITS.step: "rows without a link were not compared with units with a nearly equal name",
    PEERS.step: "areas have no suggestions of peers: their projects were not compared",
}


def work_problems(
    tables: Mapping[str, pl.DataFrame],
    files: Mapping[str, str],
    waves: Mapping[str, str],
    expected_units: Collection[str],
) -> list[Problem]:
    """Errors where a register would take more than is done: of returns expected, and of predecessors.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        `projects`, `units` and `returns`, typed.
    files : mapping of str to str
        Where each table stands.
    waves : mapping of str to str
        Date of each wave.
    expected_units : collection of str
        Units of questions by waves.
    """
    rows = prepared(tables["projects"], tables["units"], waves)
    problems = []
    try:
        network = network_of(rows, tables["units"], tables["returns"], expected_units)
        refuse_beyond(RETURNS, len(network) * len(waves))
    except MethodError as error:
        problems.append(_problem("units", files, error, RETURNS.beyond))
    try:
        ancestors(rows, len(waves))
    except MethodError as error:
        problems.append(
            _problem("projects", files, error, "name in `succeeds` the projects of the wave before only")
        )
    return problems


def _problem(table: str, files: Mapping[str, str], error: MethodError, fix: str) -> Problem:
    file = files.get(table, f"{table}.csv")
    return Problem(
        level="error", rule="too-much-to-compare", message=str(error), fix=fix, file=file, table=table
    )


def not_compared(left: Allowance, file: str) -> Problem:
    """A warning of what was left out of a step, and how much of it."""
    bound = left.bound
    message = (
        f"{left.skipped:,} {LEFT_OUT[bound.step]}, as there are more than {bound.most:,} {bound.of} in all."
    )
    return Problem(
        level="warning", rule="not-compared", message=message, fix=bound.beyond, file=file, table="projects"
    )
