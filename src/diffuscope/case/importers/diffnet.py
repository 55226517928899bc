"""Networks with adoptions, as R's netdiffuseR keeps them (class `diffnet`): a case, or frames."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from diffuscope.case.from_frames import case_from_frames
from diffuscope.case.importers.diffnet_parts import (
    Network,
    attributes_of,
    damaged,
    first,
    spells_of,
    ties_of,
)
from diffuscope.case.importers.r_files import r_objects
from diffuscope.errors import CaseError, PlanError
from diffuscope.records import Problem
from diffuscope.records.phrases import counted, in_code, listed, noun

if TYPE_CHECKING:
    from diffuscope.case.model import Case

_log = logging.getLogger("diffuscope")

YEARS = range(1000, 3000)
NEEDED = ("graph", "toa", "meta")


@dataclass(frozen=True)
class DiffnetFrames:
    """What a `diffnet` holds, by the whole numbers of its periods.

    Attributes
    ----------
    adoptions : polars.DataFrame
        unit, policy, time, until; empty times where a unit never adopted: for `person_period` and the
        statistics of adoptions, with ``period="wave"`` and `periods` as `waves`.
    ties : polars.DataFrame
        sender, receiver, weight, start, end: for `add_exposure` and `layer_from_frame`.
    attributes : polars.DataFrame
        unit, time (empty: fixed), variable, value.
    periods : range
    """

    adoptions: pl.DataFrame
    ties: pl.DataFrame
    attributes: pl.DataFrame
    periods: range

    def __repr__(self) -> str:
        """How much of each there is."""
        parts = {"adoptions": self.adoptions, "ties": self.ties, "attributes": self.attributes}
        rows = ", ".join(f"{name}: {frame.height:,}" for name, frame in parts.items())
        return f"DiffnetFrames({rows}; periods {self.periods[0]} to {self.periods[-1]})"


def read_diffnet(
    path: str | Path,
    *,
    name: str | None = None,
    start: str | None = None,
    never: int | None = None,
    policy: str | None = None,
    layer: str = "ties",
    kind: str = "unit",
) -> Case:
    """A case from a file with a `diffnet` of R's netdiffuseR: its units, adoptions, ties and attributes.

    Parameters
    ----------
    path : str or Path
        Written by ``saveRDS`` (`.rds`) or ``save`` (`.rda`).
    name : str, optional
        Of the object, where an `.rda` file holds several.
    start : str, optional
        Date of the first period, as ``1953``, ``1953-11`` or ``1953-11-05``: periods are then years, months
        or days from there on. Without it, periods that are no years have no date, and a warning says what
        that leaves out; `read_diffnet_frames` keeps them by number.
    never : int, optional
        Period that stands for not having adopted (18 in `medInnovations`).
    policy : str, optional
        Id of what is adopted; otherwise its name in the file, or `adoption`.
    layer : str
        What the ties are called.
    kind : str
        What the units are: state, city, person.

    Returns
    -------
    Case
        Checked as any other. In a `diffnet` an edge leads from who is exposed to whom it is exposed to: its
        target is the sender, its source the receiver. Ties that stay throughout are undated; a unit tied to
        itself is left out, with a warning. Where adoption ends in the file, it ends in the case.

    Raises
    ------
    CaseError
        If the file is not there, too large, damaged, or holds no `diffnet`.
    PlanError
        If it holds several and none is named, or `start` is no date.
    """
    file = Path(path)
    network = _network(_chosen(r_objects(file), name, file.name), file.name)
    dates = _dates(network.periods, start)
    ties, loops = ties_of(network)
    spells = spells_of(network, policy, never).drop_nulls("time")
    facts = attributes_of(network)
    left_out: list[str] = []
    if dates is None:
        ties, facts, left_out = _undated(ties, facts)
    named = list(dict.fromkeys(spells["policy"])) or [policy or "adoption"]
    source = f"{file.name}, read as netdiffuseR keeps it"
    case = case_from_frames(
        id=re.sub(r"[^\w.]+", "-", file.stem).strip("-._")[:80] or "case",
        title=str(first(network.held["meta"].get("name")) or file.stem),
        units=pl.DataFrame({"unit": network.units, "name": network.units}).with_columns(
            kind=pl.lit(kind), role=pl.lit("adopter"), source=pl.lit(source)
        ),
        policies=pl.DataFrame({"policy": named, "name": named}).with_columns(source=pl.lit(source)),
        adoptions=_in_time(spells, dates).with_columns(source=pl.lit(source)),
        ties=_in_time(ties, dates).with_columns(layer=pl.lit(layer), source=pl.lit(source)),
        attributes=_in_time(facts, dates).with_columns(source=pl.lit(source)),
    )
    caveats = (*_of_loops(loops, file.name), *([] if dates else [_of_dates(network, left_out)]))
    return replace(case, problems=(*case.problems, *caveats))


def read_diffnet_frames(
    path: str | Path, *, name: str | None = None, never: int | None = None, policy: str | None = None
) -> DiffnetFrames:
    """The same as frames with the numbers of periods, for panels and statistics without a case.

    Parameters
    ----------
    path, name, never, policy
        As for `read_diffnet`.

    Returns
    -------
    DiffnetFrames

    Raises
    ------
    CaseError
        If the file is not there, too large, damaged, or holds no `diffnet`.
    PlanError
        If it holds several and none is named.
    """
    file = Path(path)
    network = _network(_chosen(r_objects(file), name, file.name), file.name)
    ties, loops = ties_of(network)
    frames = DiffnetFrames(
        adoptions=spells_of(network, policy, never),
        ties=ties,
        attributes=attributes_of(network),
        periods=range(network.periods[0], network.periods[-1] + 1),
    )
    for problem in _of_loops(loops, file.name):
        _log.warning("%s: %s", file.name, problem.message)
    return frames


def _chosen(objects: Any, name: str | None, file: str) -> dict[str, Any]:
    """The one `diffnet` among the objects of a file."""
    if name is not None and name not in objects:
        raise PlanError(f"`{file}` has no object `{name}`; it has {in_code(objects)}.")
    networks = {
        one: held
        for one, held in objects.items()
        if (name is None or one == name) and isinstance(held, dict) and all(key in held for key in NEEDED)
    }
    if len(networks) > 1:
        raise PlanError(f"`{file}` holds {in_code(networks)}: name one of them.")
    if not networks:
        inferred = any(
            hasattr(held, "columns") and "origin_node" in held.columns for held in objects.values()
        )
        contents = (
            "a `diffnet` of NetworkInference, which is a list of inferred ties: save it as a data frame"
            if inferred
            else "no `diffnet` of netdiffuseR"
        )
        raise CaseError(f"`{file}` holds {contents}.")
    return {str(key): part for key, part in next(iter(networks.values())).items()}


def _network(held: dict[str, Any], file: str) -> Network:
    meta = held["meta"]
    if not isinstance(meta, dict):
        raise damaged(file, "`meta` is not a list")
    units = [str(one) for one in np.asarray(meta.get("ids", []), dtype=object).ravel()]
    if not units or len(set(units)) < len(units):
        raise damaged(file, "units have no ids, or two share one")
    try:
        periods = [int(one) for one in np.asarray(meta.get("pers", []), dtype=np.float64).ravel()]
    except (TypeError, ValueError) as error:
        raise damaged(file, "periods are not numbers") from error
    if not periods or periods != list(range(periods[0], periods[0] + len(periods))):
        raise damaged(file, "periods are not counted one by one")
    return Network(file, held, units, periods)


def _dates(periods: list[int], start: str | None) -> dict[int, str] | None:
    """The date of each period; None where they have none."""
    if start is None:
        if periods[0] not in YEARS or periods[-1] not in YEARS:
            return None
        return {period: str(period) for period in periods}
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", start):
        raise PlanError(f"start is {start!r}; write it as 1953, 1953-11 or 1953-11-05.")
    year, month, day = [*map(int, start.split("-")), 1, 1][:3]
    try:
        begin = date(year, month, day)
        if len(start) == 10:
            days = [(begin + timedelta(days=at)).isoformat() for at in range(len(periods))]
            return dict(zip(periods, days, strict=True))
    except (ValueError, OverflowError) as error:
        raise PlanError(
            f"start is {start!r}, which is not a date, or its periods run beyond the calendar."
        ) from error
    if len(start) == 4:
        return {period: f"{year + at:04d}" for at, period in enumerate(periods)}
    months = [12 * year + month - 1 + at for at in range(len(periods))]
    return {period: f"{at // 12:04d}-{at % 12 + 1:02d}" for period, at in zip(periods, months, strict=True)}


def _in_time(frame: pl.DataFrame, dates: dict[int, str] | None) -> pl.DataFrame:
    """Numbers of periods as their dates, or as nothing."""
    times = [name for name in ("time", "until", "start", "end") if name in frame.columns]
    if dates is None:
        return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in times)
    return frame.with_columns(
        pl.col(name).replace_strict(dates, default=None, return_dtype=pl.String) for name in times
    )


def _undated(ties: pl.DataFrame, facts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """What can be said without dates: ties and attributes that are the same throughout; the rest is named."""
    changing = ties["start"].is_not_null() | ties["end"].is_not_null()
    dated = facts["time"].is_not_null()
    notes = [
        counted(many, *words)
        for many, words in (
            (int(changing.sum()), ("tie that begins or ends", "ties that begin or end")),
            (int(dated.sum()), ("attribute of a single period", "attributes of single periods")),
        )
        if many
    ]
    return ties.filter(~changing), facts.filter(~dated), notes


def _of_dates(network: Network, left_out: list[str]) -> Problem:
    periods = f"{network.periods[0]} to {network.periods[-1]}"
    also = f"; {listed(left_out)} are left out" if left_out else ""
    return Problem(
        level="warning",
        rule="undated-periods",
        message=f"Periods {periods} are not dates, so when units adopted is unknown here{also}.",
        fix='give the date of the first period as `start`, such as "1953-11" where periods are months; or '
        "take `read_diffnet_frames`, which keeps their numbers",
        file=network.file,
        table="adoptions",
    )


def _of_loops(loops: int, file: str) -> tuple[Problem, ...]:
    if not loops:
        return ()
    return (
        Problem(
            level="warning",
            rule="not-itself",
            message=f"{counted(loops, 'unit is tied to itself', 'units are tied to themselves')}; "
            f"{noun(loops, 'this tie is', 'these ties are')} left out.",
            fix="nothing needs to be done: a unit is not exposed to its own adoption",
            file=file,
            table="ties",
            count=loops,
        ),
    )
