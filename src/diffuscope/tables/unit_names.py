"""Which unit of a case a name or code means: its own names, a city with its country, or a country's codes.

Nothing is guessed. A cell is read if it means exactly one unit; with several readings it is a question, also
where only one of the countries that bear a name (Congo, Korea, Guinea) is a unit of the case.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from diffuscope.gazetteer import Country, by_code, gazetteer, resolve_country, two_parts
from diffuscope.tables.suggest import UNKNOWN, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from diffuscope.gazetteer import Codes

LISTS: tuple[Codes, ...] = ("ISO", "COW", "GW")
_CODE = re.compile(r"(?P<two>[A-Z]{2})|(?P<three>[A-Za-z]{3})|(?P<number>[0-9]{1,3})")
_GEONAMES = re.compile(r"(?i)^geonames:\s*")
_SHORTEST = 3
"""Letters of a code that is taken for a country without a unit: two-letter words are too many."""


class UnitReading(NamedTuple):
    """What a cell means.

    Attributes
    ----------
    units : tuple of str
        Ids of the units that it can mean; one is a reading, several are a question.
    candidates : tuple of str
        All that it can mean, in words, where that is a question.
    how : str
        Whose code it is; empty for a name.
    """

    units: tuple[str, ...]
    candidates: tuple[str, ...] = ()
    how: str = ""

    @property
    def unit(self) -> str | None:
        """The unit, if there is one reading only."""
        return self.units[0] if len(self.units) == 1 and not self.candidates else None


class _Index(NamedTuple):
    """Units by what they are called, by what stands before a place in a name, and by GeoNames' numbers."""

    called: dict[str, list[str]]
    heads: dict[str, list[str]]
    geonames: dict[str, list[str]]


class UnitNames:
    """The units of a case under every name that they are met by.

    Parameters
    ----------
    units : polars.DataFrame
        unit; name, aliases (a list, or text with semicolons), kind, parent and geonames where they are there.
    """

    def __init__(self, units: pl.DataFrame) -> None:
        self._rows = {str(row["unit"]): row for row in units.iter_rows(named=True) if row.get("unit")}

    @cached_property
    def _index(self) -> _Index:
        index = _Index({}, {}, {})
        for unit, row in self._rows.items():
            for name in (unit, *_names(row)):
                _keep(index.called, plain(name), unit)
                parts = two_parts(name) if "," in name or "(" in name else None
                if parts is not None:
                    _keep(index.heads, plain(parts[0]), unit)
            if row.get("geonames"):
                _keep(index.geonames, str(row["geonames"]), unit)
        return index

    def readings(self, cells: Iterable[str]) -> dict[str, UnitReading]:
        """What the cells of one column mean; cells that mean no unit, and raise no question, are left out.

        Codes of a column come from one list: the one by which all of them are units of the case.
        """
        readings_of: dict[str, UnitReading] = {}
        codes: dict[str, list[str]] = {}
        for cell in cells:
            if cell.strip().lower() in UNKNOWN:
                continue
            reading = self._by_own_name(cell) or self._by_country(cell)
            if reading is not None:
                readings_of[cell] = reading
            elif _CODE.fullmatch(cell.strip()) and by_code(cell):
                codes.setdefault("number" if cell.strip().isdigit() else str(len(cell.strip())), []).append(
                    cell
                )
        for same_kind in codes.values():
            readings_of |= self._by_codes(same_kind)
        return readings_of

    def absent_country(self, cell: str) -> Country | None:
        """The country that a cell names, if other units of the case are countries and none is this one."""
        if cell.strip().lower() in UNKNOWN or len(cell.strip()) < _SHORTEST or not self._units_of:
            return None
        country = resolve_country(cell, codes="ISO").country
        return country if country is not None and country.id not in self._units_of else None

    def country_of(self, unit: str) -> Country | None:
        """The country that a unit is; None for cities, firms, and where that is not certain."""
        state = self._states.get(unit)
        return None if state is None else gazetteer().countries[state]

    def _by_own_name(self, cell: str) -> UnitReading | None:
        units = self._index.geonames.get(_GEONAMES.sub("", cell.strip())) or self._index.called.get(
            plain(cell)
        )
        if units is None:
            parts = two_parts(cell)
            if parts is not None:
                head = plain(parts[0])
                near = [*self._index.called.get(head, ()), *self._index.heads.get(head, ())]
                units = [unit for unit in dict.fromkeys(near) if self._lies_in(unit, parts[1])]
            units = units or self._index.heads.get(plain(cell))
        return self._reading(units) if units else None

    def _lies_in(self, unit: str, place: str) -> bool:
        """Whether a unit belongs to a place, by its parents or by what stands behind its own name."""
        key, country = plain(place), resolve_country(place).country
        own = [parts[1] for name in _names(self._rows[unit]) if (parts := two_parts(name)) is not None]
        for name in (*own, *self._parents(unit)):
            if plain(name) == key or (country is not None and resolve_country(name).country == country):
                return True
        return False

    def _parents(self, unit: str) -> list[str]:
        names: list[str] = []
        visited = {unit}
        at = self._rows[unit].get("parent")
        while at and at not in visited:
            visited.add(at)
            row = self._rows.get(at)
            names += [at, *(_names(row) if row else ())]
            at = row.get("parent") if row else None
        return names

    def _reading(self, units: Sequence[str]) -> UnitReading:
        if len(units) == 1:
            return UnitReading((units[0],))
        return UnitReading(tuple(units), tuple(self._described(unit) for unit in units))

    def _described(self, unit: str) -> str:
        name = self._rows[unit].get("name")
        parent = self._rows[unit].get("parent")
        return f"`{unit}` ({name}{f', {parent}' if parent else ''})" if name and name != unit else f"`{unit}`"

    def _by_country(self, cell: str) -> UnitReading | None:
        read = resolve_country(cell)
        named = [one.country for one in read.candidates if one.read_as == "name"]
        if not named or not any(self._near(country) for country in named):
            return None
        if len(named) == 1 and (units := self._units_of.get(named[0].id)):
            return self._reading(units)
        return self._question(named)

    def _near(self, country: Country) -> list[str]:
        """Units that are a country, or states that it was made of or that were made of it."""
        known = gazetteer().countries
        near = [state for state in self._units_of if country.id in known[state].follows]
        states = dict.fromkeys((country.id, *country.follows, *near))
        return [unit for state in states for unit in self._units_of.get(state, ())]

    def _question(self, countries: Iterable[Country]) -> UnitReading:
        units: list[str] = []
        descriptions: list[str] = []
        for country in countries:
            near = self._near(country)
            if country.id not in self._units_of:
                descriptions.append(f"{country.described} ({country.id}, no unit of the case)")
            units += near
            descriptions += [self._described(unit) for unit in near]
        return UnitReading(tuple(dict.fromkeys(units)), tuple(dict.fromkeys(descriptions)))

    def _by_codes(self, cells: Sequence[str]) -> dict[str, UnitReading]:
        """Codes of one kind, read by each list in which all of them are units of the case."""
        fitting: dict[str, dict[str, list[str]]] = {}
        # AUS is Australia by ISO 3166 and Austria by COW: the other codes of the column show which list it is
        for name in LISTS:
            meant = {cell: self._units_by(cell, name) for cell in cells}
            if all(meant.values()):
                fitting[name] = meant
        readings_of: dict[str, UnitReading] = {}
        for cell in cells:
            if fitting:
                units = list(dict.fromkeys(unit for meant in fitting.values() for unit in meant[cell]))
                how = f"{next(iter(fitting))} code"
                readings_of[cell] = (
                    UnitReading((units[0],), how=how) if len(units) == 1 else self._reading(units)
                )
                continue
            meant_by = {one.country.id: one.country for one in resolve_country(cell).candidates}
            if any(state in self._units_of for state in meant_by):
                units = self._units_of.get(next(iter(meant_by)), [])
                alone = len(meant_by) == 1 and len(units) == 1
                readings_of[cell] = (
                    UnitReading((units[0],), how="code") if alone else self._question(meant_by.values())
                )
        return readings_of

    def _units_by(self, cell: str, name: Codes) -> list[str]:
        candidates = resolve_country(cell, codes=name).candidates
        return [unit for one in candidates for unit in self._units_of.get(one.country.id, ())]

    @cached_property
    def _states(self) -> dict[str, str]:
        """Units that are countries: most units of their kind bear names of countries, too."""
        written: dict[str, list[str]] = {}
        for unit, row in self._rows.items():
            written.setdefault(row.get("kind") or "", []).append(unit)
        kinds: dict[str, list[str]] = {}
        for kind, units in written.items():
            kinds.setdefault(plain(kind), []).extend(units)
        most = 2 * len(gazetteer().countries)  # more units of a kind than that are not mostly countries
        states: dict[str, str] = {}
        for units in kinds.values():
            named = [(unit, _state(unit, self._rows[unit])) for unit in units if len(units) < most]
            sure = {unit: state for unit, state in named if state is not None}
            if 2 * len(sure) > len(units):
                states |= sure
        return states

    @cached_property
    def _units_of(self) -> dict[str, list[str]]:
        units: dict[str, list[str]] = {}
        for unit, state in self._states.items():
            units.setdefault(state, []).append(unit)
        return units


def _state(unit: str, row: Mapping[str, object]) -> str | None:
    """The country that a unit's names agree on, where its id is no code of another country."""
    coded = {state for states in by_code(unit).values() for state in states}
    countries: set[str] = set()
    for name in _names(row):
        can = {one.country.id for one in resolve_country(name).candidates}
        sure = can & coded if len(can) > 1 else can
        if sure:
            countries = countries & sure if countries else sure
            if not countries:
                return None
    return next(iter(countries)) if len(countries) == 1 and (not coded or countries <= coded) else None


def _names(row: Mapping[str, object]) -> list[str]:
    aliases = row.get("aliases")
    several = aliases.split(";") if isinstance(aliases, str) else aliases if isinstance(aliases, list) else []
    name = row.get("name")
    return [text for one in (name, *several) if isinstance(one, str) and (text := one.strip())]


def _keep(known: dict[str, list[str]], key: str, unit: str) -> None:
    units = known.setdefault(key, [])
    if key and unit not in units:
        units.append(unit)


def said_of(country: Country) -> str:
    """A country in a sentence, with its code.

    Examples
    --------
    >>> said_of(resolve_country("Siam").country)
    'Thailand (THA)'
    """
    return f"{country.name} ({country.id})"
