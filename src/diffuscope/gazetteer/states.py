"""Countries of the world: their names, codes and years, from ISO 3166 and from lists of states since 1816."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from diffuscope.gazetteer.country_key import forms
from diffuscope.records.base import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

Scheme = Literal["ISO 3166 alpha-2", "ISO 3166 alpha-3", "ISO 3166 numeric", "COW", "GW"]
"""Whose codes they are: ISO 3166, Correlates of War, Gleditsch and Ward."""
SCHEMES: tuple[Scheme, ...] = ("ISO 3166 alpha-2", "ISO 3166 alpha-3", "ISO 3166 numeric", "COW", "GW")
Span = tuple[int, int | None]
"""First and last year; no last year where it goes on."""


class Membership(Record, frozen=True, kw_only=True):
    """A spell in which a list of states has a country as a member of the state system.

    Attributes
    ----------
    list : str
        COW (State System Membership, v2016) or GW (Gleditsch and Ward).
    number : int
    abbreviation : str
    start : int
        First year.
    end : int or None
        Last year; None where the list ends with it.
    """

    list: Literal["COW", "GW"]
    number: int
    abbreviation: str
    start: int
    end: int | None


class Country(Record, frozen=True, kw_only=True):
    """A country or former state, with its codes.

    Attributes
    ----------
    id : str
        Its ISO 3166 code of three letters, of today or withdrawn; where it never had one, `XKX` (Kosovo) or
        its list and number, such as `COW 817`.
    name : str
        Usual name in English.
    alpha_2, alpha_3, numeric : str or None
        ISO 3166-1, or 3166-3 for former countries.
    memberships : tuple of Membership
        All spells in the lists of states; `cow` and `gw` give its numbers there, the latest of several.
    years : tuple of (int, int or None)
        When it existed, where states were united, divided or dissolved. Empty where that does not matter: a
        country that was a colony before is the same country.
    follows : tuple of str
        Ids of states that it was made of, or was part of.
    """

    id: str
    name: str
    alpha_2: str | None = None
    alpha_3: str | None = None
    numeric: str | None = None
    memberships: tuple[Membership, ...] = ()
    years: tuple[tuple[int, int | None], ...] = ()
    follows: tuple[str, ...] = ()

    @property
    def cow(self) -> int | None:
        """Number in the list of the Correlates of War project."""
        return self._number("COW")

    @property
    def gw(self) -> int | None:
        """Number in the list of Gleditsch and Ward."""
        return self._number("GW")

    def _number(self, name: str) -> int | None:
        return next((one.number for one in reversed(self.memberships) if one.list == name), None)

    def existed(self, year: int) -> bool:
        """Whether it can have acted in a year; true where no years are given."""
        spans = self.years
        return not spans or any(start <= year <= (year if end is None else end) for start, end in spans)

    @property
    def ended(self) -> int | None:
        """Its last year; None if it exists, or nothing is said of it."""
        return self.years[-1][1] if self.years else None

    @property
    def described(self) -> str:
        """Its name with its years, where they matter.

        Examples
        --------
        >>> Country(id="DDR", name="East Germany", years=((1949, 1990),)).described
        'East Germany (1949–1990)'
        """
        spans = [f"{start}–{end}" if end is not None else f"from {start}" for start, end in self.years]
        return f"{self.name} ({', '.join(spans)})" if spans else self.name


@dataclass
class Gazetteer:
    """All countries, and what they are met by.

    Attributes
    ----------
    countries : dict of str to Country
        By id.
    names : dict of str to list of str
        Ids by key of a name.
    codes : dict of Scheme to dict of str to list of str
        Ids by code: in capital letters, numbers without leading zeros.
    """

    countries: dict[str, Country]
    names: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[Scheme, dict[str, list[str]]] = field(default_factory=lambda: {name: {} for name in SCHEMES})

    def add_name(self, name: str, state: str) -> None:
        """Keep a name of a country, in each of its forms."""
        for key in forms(name):
            _append(self.names, key, state)

    def add_code(self, scheme: Scheme, code: str, state: str) -> None:
        """Keep a code of a country."""
        _append(self.codes[scheme], code.upper().lstrip("0"), state)

    def follow(self, state: str) -> set[str]:
        """Ids of all states that a country was made of or part of, however far back; never itself."""
        # transitive closure of `follows`
        related: set[str] = set()
        left = [state]
        while left:
            for before in self.countries[left.pop()].follows:
                if before not in related:
                    related.add(before)
                    left.append(before)
        return related - {state}


def _append(known: dict[str, list[str]], key: str, state: str) -> None:
    states = known.setdefault(key, [])
    if state not in states:
        states.append(state)


@cache
def gazetteer() -> Gazetteer:
    """All countries: ISO 3166-1 and 3166-3 from pycountry, and the tables beside this file."""
    rows = _rows("states.csv")
    renamed = {row["state"]: row["renamed"] for row in rows if row["renamed"]}
    own = {row["state"]: row for row in rows if not row["renamed"]}
    spells = _memberships()
    today, former = _iso("countries"), _iso("historic_countries")
    iso = {one["alpha_3"]: one for one in (*former, *today) if one["alpha_3"] not in renamed}
    built = Gazetteer({})
    for state in dict.fromkeys((*iso, *own)):
        built.countries[state] = _country(state, iso.get(state, {}), own.get(state), spells.get(state, ()))
    _fill(built, today, {})
    _fill(built, former, renamed)
    for country in built.countries.values():
        built.add_name(country.name, country.id)
    for row in _rows("system_membership.csv"):
        scheme: Scheme = "COW" if row["list"] == "COW" else "GW"
        built.add_code(scheme, row["number"], row["state"])
        built.add_code(scheme, row["abbreviation"], row["state"])
    for row in _rows("names.csv"):
        built.add_name(row["name"], row["state"])
    return built


def _country(
    state: str, iso: dict[str, str], own: dict[str, str] | None, spells: Sequence[Membership]
) -> Country:
    return Country(
        id=state,
        name=own["name"] if own else iso.get("common_name", _in_order(iso.get("name", state))),
        alpha_2=iso.get("alpha_2"),
        alpha_3=iso.get("alpha_3"),
        numeric=iso.get("numeric"),
        memberships=tuple(spells),
        years=_years(own["years"]) if own else (),
        follows=tuple(own["follows"].split(";")) if own and own["follows"] else (),
    )


def _in_order(name: str) -> str:
    """A name of ISO 3166 as it is said: State of Palestine, not Palestine, State of."""
    first, _, rest = name.partition(", ")
    return f"{rest} {first}" if rest.endswith((" of", " of the")) else name


def _fill(built: Gazetteer, listed: list[dict[str, str]], renamed: dict[str, str]) -> None:
    """Names and codes of ISO 3166; a withdrawn code that is in use again means its country of today."""
    # as it was before this list, for within it two countries may share a code
    before = {scheme: set(known) for scheme, known in built.codes.items()}
    for one in listed:
        state = renamed.get(one["alpha_3"], one["alpha_3"])
        for scheme, part in zip(SCHEMES, ("alpha_2", "alpha_3", "numeric"), strict=False):
            code = one.get(part, "").lstrip("0")
            if code and code not in before[scheme]:
                built.add_code(scheme, code, state)
        for part in ("name", "common_name", "official_name"):
            if part in one:
                built.add_name(one[part], state)


def _iso(name: str) -> list[dict[str, str]]:
    import pycountry  # a tenth of a second, where no country is named

    return [dict(iter(one)) for one in getattr(pycountry, name)]


def _years(text: str) -> tuple[Span, ...]:
    spans = [span.partition("-")[::2] for span in text.split(";") if span]
    return tuple((int(start), int(end) if end else None) for start, end in spans)


def _memberships() -> dict[str, list[Membership]]:
    spells: dict[str, list[Membership]] = {}
    for row in _rows("system_membership.csv"):
        spells.setdefault(row["state"], []).append(
            Membership(
                list="COW" if row["list"] == "COW" else "GW",
                number=int(row["number"]),
                abbreviation=row["abbreviation"],
                start=int(row["from"]),
                end=int(row["until"]) if row["until"] else None,
            )
        )
    return spells


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
