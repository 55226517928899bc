"""Response: on how many of the expected returns each count, change and offer of a register rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.monitoring.returns import CARRIED, EXCUSED, NIL, RECEIVED, SILENT
from diffuscope.monitoring.waves import counts, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diffuscope.monitoring.returns import Returns

_KEYS = ["wave", "dimension", "area", "name", "status"]


def every_wave(totals: pl.DataFrame, returns: Returns, waves: Mapping[str, str]) -> pl.DataFrame:
    """The totals of each wave, with waves in which no project is listed: they have returns alone.

    Parameters
    ----------
    totals : polars.DataFrame
        From `monitoring.waves.totals`.
    returns : Returns
    waves : mapping of str to str
        Date of each wave.

    Returns
    -------
    polars.DataFrame
        The totals, earliest wave first. What a wave without projects shows is zero where somebody reported,
        and null where nobody did: then nothing is known.
    """
    listed = set(totals["wave"])
    columns = [name for name in totals.columns if name not in ("wave", "date")]
    lines = [
        {"wave": wave, "date": waves[wave]} | dict.fromkeys(columns, 0 if returns.returned(wave) else None)
        for wave in returns.waves
        if wave in waves and wave not in listed
    ]
    if not lines:
        return totals
    added = pl.DataFrame(lines, schema=totals.schema)
    order = in_order(waves)
    return pl.concat([totals, added]).sort(pl.col("wave").replace_strict(order, list(range(len(order)))))


def response(totals: pl.DataFrame, prepared: pl.DataFrame, returns: Returns) -> pl.DataFrame:
    """The totals of each wave, with the response rate of the wave.

    Parameters
    ----------
    totals : polars.DataFrame
        From `monitoring.waves.totals`.
    prepared : polars.DataFrame
        From `monitoring.waves.prepared`.
    returns : Returns

    Returns
    -------
    polars.DataFrame
        The totals and `expected`, `returned` (those that reported nothing to report among them), `nil`,
        `missing` (units, separated by semicolons), `carried_forward`: units of which rows of an earlier wave
        stand in, and `carried_projects`: how many of the projects those are.
    """
    fresh = dict(returns.fresh(prepared).group_by("wave").len().iter_rows())
    waves = totals["wave"].to_list()
    missing = [";".join(returns.missing(wave)) or None for wave in waves]
    shown = totals.select("wave", "projects").iter_rows()
    carried = [None if total is None else total - fresh.get(wave, 0) for wave, total in shown]
    return totals.with_columns(
        pl.Series("expected", [len(returns.expected(wave)) for wave in waves], dtype=pl.Int64),
        pl.Series("returned", [len(returns.returned(wave)) for wave in waves], dtype=pl.Int64),
        pl.Series("nil", [len(returns.nil(wave)) for wave in waves], dtype=pl.Int64),
        pl.Series("missing", missing, dtype=pl.String),
        pl.Series("carried_forward", [len(returns.carried(wave)) for wave in waves], dtype=pl.Int64),
        pl.Series("carried_projects", carried, dtype=pl.Int64),
    )


def count_response(counted: pl.DataFrame, prepared: pl.DataFrame, returns: Returns) -> pl.DataFrame:
    """Counts of a wave, each with the returns it rests on.

    Parameters
    ----------
    counted : polars.DataFrame
        From `monitoring.waves.counts`.
    prepared : polars.DataFrame
    returns : Returns

    Returns
    -------
    polars.DataFrame
        The counts and `expected`, `returned`: of the whole network for an area, else of the state or city;
        `carried_projects`: how many of the projects are carried forward.
    """
    fresh = counts(returns.fresh(prepared)).select(*_KEYS, pl.col("projects").alias("fresh"))
    with_fresh = counted.join(fresh, on=_KEYS, how="left", nulls_equal=True, maintain_order="left")
    places = [
        (wave, name if dimension in ("state", "city") else None)
        for wave, dimension, name in counted.select("wave", "dimension", "name").iter_rows()
    ]
    return with_fresh.with_columns(
        pl.Series("expected", [len(returns.expected(*place)) for place in places], dtype=pl.Int64),
        pl.Series("returned", [len(returns.returned(*place)) for place in places], dtype=pl.Int64),
        carried_projects=pl.col("projects") - pl.col("fresh").fill_null(0),
    ).drop("fresh")


def settled(movements: pl.DataFrame, returns: Returns) -> pl.DataFrame:
    """Movements of projects, unknown where a return that would show them is absent.

    A project has not left because its city is silent, nor entered because the city was silent before; and
    what rows carried forward show has neither stayed nor moved.

    Parameters
    ----------
    movements : polars.DataFrame
        From `monitoring.change.movements`.
    returns : Returns

    Returns
    -------
    polars.DataFrame
        The movements with `change` unknown in these cases, and `why` in words wherever it is unknown.
    """
    columns = ("change", "unit", "from_wave", "to_wave")
    whys = [_why(cells, returns) for cells in movements.select(columns).iter_rows()]
    reason = pl.Series("why", whys, dtype=pl.String)
    return movements.with_columns(
        change=pl.when(reason.is_not_null()).then(pl.lit("unknown")).otherwise("change"), why=reason
    )


def _why(cells: tuple[str, str | None, str, str], returns: Returns) -> str | None:
    """Why nobody can tell what became of a project; None where one can."""
    change, unit, before, after = cells
    units = (unit or "").split(";")
    if change in ("succeeds", "succeeded"):
        return None
    waves = {"entered": [before], "left": [after]}.get(change, [before, after])
    for wave in waves:
        for one in units:
            reason = _absence(one, wave, change, returns)
            if reason is not None:
                return reason
    return "a status is not known" if change == "unknown" else None


def _absence(unit: str, wave: str, change: str, returns: Returns) -> str | None:
    unit_return = returns.waves.get(wave, {}).get(unit)
    name = returns.names.get(unit, unit)
    if unit_return is None or unit_return.standing in (RECEIVED, NIL):
        return None
    if unit_return.standing == CARRIED:
        return f"for {wave}, rows of an earlier wave are used for {name}"
    if change not in ("entered", "left"):
        return None
    if unit_return.standing == SILENT:
        return f"{name} sent no return in {wave}"
    if unit_return.standing == EXCUSED:
        # who is excused before it ever reported had not come in yet; who is excused later has not gone
        known = change == "entered" and not _reported_before(unit, wave, returns)
        return None if known else f"{name} was excused from reporting in {wave}"
    return f"it is not recorded whether {name} reported in {wave}"


def _reported_before(unit: str, wave: str, returns: Returns) -> bool:
    for earlier, own in returns.waves.items():
        if earlier == wave:
            return False
        if unit in own and own[unit].projects:
            return True
    return False


def change_response(changes: pl.DataFrame, returns: Returns) -> pl.DataFrame:
    """Changes between waves, with the response rate of both.

    Parameters
    ----------
    changes : polars.DataFrame
        From `monitoring.change.changes`.
    returns : Returns

    Returns
    -------
    polars.DataFrame
        The changes and `expected_before`, `returned_before`, `expected`, `returned`.
    """
    made = []
    for suffix, column in (("_before", "from_wave"), ("", "to_wave")):
        waves = changes[column].to_list()
        made += [
            pl.Series(f"expected{suffix}", [len(returns.expected(wave)) for wave in waves], dtype=pl.Int64),
            pl.Series(f"returned{suffix}", [len(returns.returned(wave)) for wave in waves], dtype=pl.Int64),
        ]
    return changes.with_columns(made)


def offer_response(
    offers: pl.DataFrame, prepared: pl.DataFrame, returns: Returns, rows: Iterable[str] = ()
) -> pl.DataFrame:
    """Offers that are drawn from the latest wave, with the response rate they rest on.

    Parameters
    ----------
    offers : polars.DataFrame
        From `monitoring.peers.peers` or `monitoring.peers.gaps`.
    prepared : polars.DataFrame
    returns : Returns
    rows : iterable of str
        Columns that lead to project rows.

    Returns
    -------
    polars.DataFrame
        The offers and `expected`, `returned`, `missing` (units, separated by semicolons); where `rows` are
        given also `carried_forward`: whether one of them is carried forward from an earlier wave.
    """
    latest = prepared.filter(pl.col("k") == pl.col("k").max())
    wave = latest["wave"].first() if latest.height else None
    wave = None if wave is None else str(wave)
    offers = offers.with_columns(
        pl.lit(len(returns.expected(wave)), dtype=pl.Int64).alias("expected"),
        pl.lit(len(returns.returned(wave)), dtype=pl.Int64).alias("returned"),
        pl.lit(";".join(returns.missing(wave)) or None, dtype=pl.String).alias("missing"),
    )
    named = list(rows)
    if not named:
        return offers
    fresh = returns.fresh(latest)["_row"].cast(pl.Int64).implode()
    stale = pl.any_horizontal(~pl.col(name).is_in(fresh) for name in named)
    return offers.with_columns(carried_forward=stale)
