"""Response rate: who was expected to report in each wave, who did, and whose return is missing.

A missing return is missing data, never a zero. What is counted over the returns that came in is a lower bound
of what there is: an absent return can add any number of projects, in any area and of any status, and can take
none away. Rows carried forward from an earlier wave say what was, not what is; they may all be gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from diffuscope.monitoring.waves import by_unit
from diffuscope.records.phrases import counted
from diffuscope.records.work_bounds import RETURNS, refuse_beyond
from diffuscope.tables.dates import first_day, last_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

RECEIVED, NIL, CARRIED, EXCUSED, SILENT, UNKNOWN = (
    "received",
    "nil",
    "carried forward",
    "excused",
    "silent",
    "unknown",
)
NAMED = 5
"""Units named in one sentence; more are counted."""
COLUMNS = {
    "wave": pl.String,
    "unit": pl.String,
    "state": pl.String,
    "standing": pl.String,
    "basis": pl.String,
    "projects": pl.Int64,
    "row": pl.Int64,
}


class Return(NamedTuple):
    """What became of one unit's return in one wave.

    Attributes
    ----------
    unit : str
    standing : str
        received, nil, carried forward, excused, silent, or unknown: no rows, and nothing says whether it
        reported.
    projects : int
        Project rows of the wave that name it.
    row : int or None
        Row of `returns` that says so.
    """

    unit: str
    standing: str
    projects: int
    row: int | None


@dataclass(frozen=True)
class Returns:
    """Every return that was expected, by wave.

    Attributes
    ----------
    waves : mapping of str to mapping of str to Return
        By wave, earliest first, and unit; the excused stand among them.
    parents, names : mapping of str to str
        State of each unit, and what units are called.
    """

    waves: Mapping[str, Mapping[str, Return]]
    parents: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _by_place(self) -> dict[tuple[str, str | None], dict[str, list[str]]]:
        """Units by standing, of each wave: of all together, of each state, and of each by itself."""
        units_by_place: dict[tuple[str, str | None], dict[str, list[str]]] = {}
        for wave, own in self.waves.items():
            for one in own.values():
                for place in {None, one.unit, self.parents.get(one.unit)}:
                    standings = units_by_place.setdefault((wave, place), {})
                    standings.setdefault(one.standing, []).append(one.unit)
        return units_by_place

    def _of(self, wave: str | None, within: str | None, *standings: str) -> tuple[str, ...]:
        own = self._by_place.get((wave or "", within), {})
        return tuple(unit for standing in standings for unit in own.get(standing, ()))

    def expected(self, wave: str | None, within: str | None = None) -> tuple[str, ...]:
        """Units whose return was expected in a wave: all, or those of one state (or one unit)."""
        return self._of(wave, within, RECEIVED, NIL, CARRIED, SILENT, UNKNOWN)

    def returned(self, wave: str | None, within: str | None = None) -> tuple[str, ...]:
        """Units that reported in a wave, those without projects included."""
        return self._of(wave, within, RECEIVED, NIL)

    def nil(self, wave: str | None, within: str | None = None) -> tuple[str, ...]:
        """Units that reported that they have no projects."""
        return self._of(wave, within, NIL)

    def carried(self, wave: str | None, within: str | None = None) -> tuple[str, ...]:
        """Units of which an earlier wave's rows stand in."""
        return self._of(wave, within, CARRIED)

    def missing(self, wave: str | None, within: str | None = None) -> tuple[str, ...]:
        """Units that were expected to report and of which nothing came, or nobody knows whether it did."""
        return self._of(wave, within, SILENT, UNKNOWN)

    def absent(self, wave: str | None, within: str | None = None) -> tuple[str, ...]:
        """Units of which a wave says nothing fresh: missing, or carried forward."""
        return self._of(wave, within, SILENT, UNKNOWN, CARRIED)

    def is_known(self, wave: str | None, within: str | None = None) -> bool:
        """Whether all that were expected reported, and somebody was."""
        return bool(self.expected(wave, within)) and not self.absent(wave, within)

    def rate(self, wave: str | None, within: str | None = None) -> str:
        """On how many returns what a wave shows rests, in words; empty where nothing is known of returns.

        Parameters
        ----------
        wave : str or None
        within : str, optional
            A unit or state that is asked about: its own missing returns are named first.
        """
        expected = self.expected(wave)
        if not expected:
            return ""
        phrases = [f"{len(self.returned(wave))} of {counted(len(expected), 'return')}"]
        near = set(self.expected(wave, within))
        for word, units in (("missing", self.missing(wave)), ("carried forward", self.carried(wave))):
            if units:
                order = sorted(units, key=lambda unit: (unit not in near, self.names.get(unit, unit)))
                phrases.append(f"{word}: {self.listed(order)}")
        return "; ".join(phrases)

    def rates(self, waves: Iterable[str | None], within: str | None = None) -> str:
        """The same of several waves; each is named where there is more than one."""
        rates_by_wave = {
            wave: phrase for wave in waves if wave is not None and (phrase := self.rate(wave, within))
        }
        if len(rates_by_wave) == 1:
            return next(iter(rates_by_wave.values()))
        return "; ".join(f"{wave}: {phrase}" for wave, phrase in rates_by_wave.items())

    def listed(self, units: Collection[str]) -> str:
        """Units by name, the first few."""
        shown = [self.names.get(unit, unit) for unit in units][:NAMED]
        more = f" and {len(units) - NAMED} more" if len(units) > NAMED else ""
        return f"{', '.join(shown)}{more}"

    def fresh(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Project rows without those that are carried forward."""
        pairs = [(wave, unit) for wave in self.waves for unit in self.carried(wave)]
        if not pairs:
            return rows
        carried = pl.DataFrame(pairs, schema={"wave": pl.String, "unit": pl.String}, orient="row")
        fresh = by_unit(rows).join(carried, on=["wave", "unit"], how="anti")
        return rows.filter(pl.col("_row").is_in(fresh["_row"].unique().implode()))


def returns_of(
    prepared: pl.DataFrame,
    units: pl.DataFrame,
    returns: pl.DataFrame,
    waves: Mapping[str, str],
    expected_units: Collection[str] = (),
) -> Returns:
    """Who was expected to report in each wave, and what became of it.

    Expected is every unit of the network by then: those with projects in any wave, those of the same kind
    that have `entered` or that a question by waves asks about, and those that `returns` names. A unit is not
    expected in waves before it entered or after it left, or where it is excused.

    Parameters
    ----------
    prepared : polars.DataFrame
        Project rows, from `monitoring.waves.prepared`.
    units, returns : polars.DataFrame
        Tables of the case, typed.
    waves : mapping of str to str
        Date of each wave.
    expected_units : collection of str
        Units of questions by waves.

    Returns
    -------
    Returns
        Of waves that have project rows, or rows in `returns`. Without a row there, a unit with projects in
        the wave has returned, and of one without nothing is known.
    """
    rows = _shown(prepared)
    shown: dict[tuple[str, str], int] = {(wave, unit): count for wave, unit, count in rows.iter_rows()}
    states = returns.select("wave", "unit", "state", "_row").drop_nulls().iter_rows()
    stated: dict[tuple[str, str], tuple[str, int]] = {
        (wave, unit): (state, row) for wave, unit, state, row in states
    }
    parents = dict(units.filter(pl.col("parent").is_not_null()).select("unit", "parent").iter_rows())
    network = network_of(prepared, units, returns, expected_units)
    refuse_beyond(RETURNS, len(network) * len(waves))
    there = _there(units.filter(pl.col("unit").is_in(list(network))), waves)
    waves_of_units: dict[str, dict[str, Return]] = {}
    held = {wave for wave, _ in (*shown, *stated)}
    for wave in sorted(held, key=lambda wave: (waves.get(wave, ""), wave)):
        own = waves_of_units.setdefault(wave, {})
        for unit in network:
            projects = shown.get((wave, unit), 0)
            state, row = stated.get((wave, unit)) or _of_state(
                stated.get((wave, parents.get(unit, ""))), projects
            )
            if state is not None or projects or (wave, unit) in there:
                own[unit] = Return(unit, state or (RECEIVED if projects else UNKNOWN), projects, row)
    return Returns(waves_of_units, parents, dict(units.select("unit", "name").iter_rows()))


def _of_state(state_return: tuple[str, int] | None, projects: int) -> tuple[str | None, int | None]:
    """What a state's row says of a city that has none of its own.

    That a state sent something does not say that each of its cities is in it; and a city with rows has sent
    them, unless all rows of the state are carried forward.
    """
    if state_return is None or state_return[0] == RECEIVED or (projects and state_return[0] != CARRIED):
        return None, None
    if state_return[0] == CARRIED and not projects:
        return UNKNOWN, state_return[1]
    return state_return


def _shown(prepared: pl.DataFrame) -> pl.DataFrame:
    """Projects of each unit in each wave; a row that lacks either belongs to no return."""
    return by_unit(prepared).drop_nulls(["wave", "unit"]).group_by("wave", "unit").len()


def network_of(
    prepared: pl.DataFrame, units: pl.DataFrame, returns: pl.DataFrame, expected_units: Collection[str]
) -> tuple[str, ...]:
    """Units that are to report, in the order of `units`; a state that speaks for its cities is none.

    Parameters
    ----------
    prepared, units, returns, expected_units
        As for `returns_of`.
    """
    reporting = set(_shown(prepared)["unit"])
    stated = set(returns.select("wave", "unit", "state", "_row").drop_nulls()["unit"])
    kinds = units.filter(pl.col("unit").is_in(list(reporting)))["kind"].unique().to_list()
    same_kind = units.filter(
        pl.col("kind").is_in(kinds)
        & (pl.col("role") == "adopter")
        & (pl.col("entered").is_not_null() | pl.col("unit").is_in(list(expected_units)))
    )
    network = reporting | stated | set(same_kind["unit"])
    above = set(units.filter(pl.col("unit").is_in(list(network)))["parent"].drop_nulls())
    network -= above - reporting
    named = [unit for unit in units["unit"] if unit in network]
    return (*named, *sorted(network - set(named)))


def _there(units: pl.DataFrame, waves: Mapping[str, str]) -> set[tuple[str, str]]:
    """Units that may have been of the network at each wave: entered by then and not left, as dates tell."""
    dated = pl.DataFrame(
        {"wave": list(waves), "date": list(waves.values())}, schema={"wave": pl.String, "date": pl.String}
    )
    pairs = units.select("unit", "entered", "left").join(dated, how="cross")
    entered = (first_day(pl.col("entered")) <= last_day(pl.col("date"))).fill_null(True)
    stays = (last_day(pl.col("left")) >= first_day(pl.col("date"))).fill_null(True)
    return set(pairs.filter(entered & stays).select("wave", "unit").iter_rows())


def wave_returns(returns: Returns) -> pl.DataFrame:
    """Every unit that belongs to the network in a wave, and what became of its return.

    Returns
    -------
    polars.DataFrame
        `wave`, `unit`, `state` (it belongs to), `standing` (received, nil, carried forward, excused, silent,
        unknown), `basis`: what that rests on, `projects` (null where nothing came), `row` of `returns`.
    """
    rows = [
        (
            wave,
            one.unit,
            returns.parents.get(one.unit, one.unit),
            one.standing,
            _basis(one),
            one.projects if one.standing in (RECEIVED, NIL, CARRIED) else None,
            one.row,
        )
        for wave, own in returns.waves.items()
        for one in own.values()
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _basis(one: Return) -> str:
    if one.row is not None:
        return "the table returns"
    return (
        "it has projects in the wave"
        if one.projects
        else "no projects, and it is not recorded whether it reported"
    )
