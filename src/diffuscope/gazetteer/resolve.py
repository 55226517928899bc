"""Which country a name or code means: one reading is given, several are a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from diffuscope.errors import PlanError
from diffuscope.gazetteer.country_key import forms, two_parts
from diffuscope.gazetteer.states import SCHEMES, Country, Gazetteer, Scheme, gazetteer
from diffuscope.records.base import Record
from diffuscope.records.phrases import listed

if TYPE_CHECKING:
    from collections.abc import Collection

Codes = Literal["ISO", "COW", "GW"]
_LONGEST_CODE = 3


class CountryCandidate(Record, frozen=True, kw_only=True):
    """A country that a text can mean.

    Attributes
    ----------
    country : Country
    read_as : str
        What the text is then: a name, or a code of which list.
    """

    country: Country
    read_as: str


class CountryReading(Record, frozen=True, kw_only=True):
    """What a text can mean as a country.

    Attributes
    ----------
    written : str
        The text.
    year : int or None
        The year for which was asked.
    country : Country or None
        The country, if there is one reading only.
    candidates : tuple of CountryCandidate
        Every reading. Where none existed in that year, the states that did in its place.
    note : str
        What else is to be known: why there is no reading, or that the country had another extent.
    """

    written: str
    year: int | None = None
    country: Country | None = None
    candidates: tuple[CountryCandidate, ...] = ()
    note: str = ""

    @property
    def description(self) -> str:
        """The reading in words.

        Examples
        --------
        >>> resolve_country("Siam").description
        '`Siam` is Thailand.'
        >>> resolve_country("Congo").description
        '`Congo` can be Republic of the Congo (COG) or Democratic Republic of the Congo (COD).'
        """
        if self.country is not None:
            sentence = f"`{self.written}` is {self.country.described}."
        elif self.candidates and not self.note:
            can = listed((_candidate_text(one) for one in self.candidates), "or")
            sentence = f"`{self.written}` can be {can}."
        else:
            sentence = ""
        return " ".join(part for part in (sentence, self.note) if part)


def _candidate_text(one: CountryCandidate) -> str:
    how = "" if one.read_as == "name" else f", {one.read_as}"
    return f"{one.country.described} ({one.country.id}{how})"


def resolve_country(name: str, year: int | None = None, *, codes: Codes | None = None) -> CountryReading:
    """The country that a name or code means, by ISO 3166, the Correlates of War, and Gleditsch and Ward.

    Names are compared without case, accents, punctuation and articles; former names (Burma, Siam, Zaire),
    codes of two and three letters, numbers and withdrawn codes are known. Nothing is guessed: `Congo`,
    `Korea`, or `AUS` (Australia by ISO 3166, Austria by COW) have several candidates and no country.

    Parameters
    ----------
    name : str
        A name or a code.
    year : int, optional
        When. Without it, a former state is meant only where no state of today bears the name or code. With
        it, `Germany` in 1970 is two candidates, and `Vietnam` in 1980 is one country.
    codes : {"ISO", "COW", "GW"}, optional
        Whose codes they are, where numbers and abbreviations come from one list.

    Returns
    -------
    CountryReading

    Raises
    ------
    PlanError
        If `codes` is none of the three.

    Examples
    --------
    >>> resolve_country("Burma").country.id, resolve_country("816", codes="COW").country.name
    ('MMR', 'Vietnam')
    >>> [one.country.name for one in resolve_country("Germany", 1970).candidates]
    ['East Germany', 'West Germany']
    """
    if codes not in (None, "ISO", "COW", "GW"):
        raise PlanError(f"`codes` is `ISO`, `COW` or `GW`, not `{codes}`.")
    known = gazetteer()
    met: dict[str, str] = {}
    today: dict[str, str] = {}
    for how, states in (("name", _by_name(known, name)), *by_code(name, codes).items()):
        for state in states:
            met.setdefault(state, how)
        for state in _of_today(known, states):
            today.setdefault(state, how)
    if not met:
        note = f"No country of the lists is called `{name.strip()}`."
        return CountryReading(written=name, year=year, note=note)
    if year is None:
        return _reading(known, name, None, today)
    lasted = {state: how for state, how in met.items() if known.countries[state].existed(year)}
    if lasted:
        return _reading(known, name, year, lasted)
    return _in_its_place(known, name, year, today)


def by_code(code: str, codes: Codes | None = None) -> dict[Scheme, list[str]]:
    """Ids of the countries that bear a code, today or formerly, by the scheme that it can belong to.

    Parameters
    ----------
    code : str
    codes : {"ISO", "COW", "GW"}, optional
        Whose codes are looked at; all, where it is left out.

    Returns
    -------
    dict of Scheme to list of str

    Examples
    --------
    >>> by_code("775")
    {'COW': ['MMR'], 'GW': ['MMR']}
    """
    plain = code.strip().upper()
    if not plain.isascii() or not plain.isalnum() or len(plain) > _LONGEST_CODE:
        return {}
    known = gazetteer()
    matches: dict[Scheme, list[str]] = {}
    for scheme in SCHEMES:
        if codes is not None and not scheme.startswith(codes):
            continue
        # numeric codes of ISO 3166 have three digits, but spreadsheets drop leading zeros
        states = known.codes[scheme].get(plain.lstrip("0"), [])
        if states:
            matches[scheme] = list(states)
    return matches


def _by_name(known: Gazetteer, name: str) -> list[str]:
    for key in forms(name):
        if key in known.names:
            return known.names[key]
    parts = two_parts(name)
    if parts is None or "(" not in name:
        return []
    # a name with another one in brackets: both must name the same country
    first, second = (_by_name(known, part) for part in parts)
    return [state for state in first if state in second]


def _of_today(known: Gazetteer, met: Collection[str]) -> list[str]:
    """Without the former states which another one that is met follows."""
    return [state for state in met if not any(_gave_way(known, state, one) for one in met)]


def _gave_way(known: Gazetteer, state: str, other: str) -> bool:
    # `follows` can run in a circle (Germany was divided, then united): the one that lasted longer is meant
    ended, later = known.countries[state].ended, known.countries[other].ended
    return ended is not None and (later is None or ended < later) and state in known.follow(other)


def _reading(known: Gazetteer, name: str, year: int | None, met: dict[str, str]) -> CountryReading:
    candidates = tuple(
        CountryCandidate(country=known.countries[one], read_as=how) for one, how in met.items()
    )
    country = candidates[0].country if len(candidates) == 1 else None
    note = "" if country is None or year is None else _extent(known, country, year)
    return CountryReading(written=name, year=year, country=country, candidates=candidates, note=note)


def _extent(known: Gazetteer, country: Country, year: int) -> str:
    """That states which left a country later were part of it."""
    parts = [
        one.described
        for one in known.countries.values()
        if country.id in one.follows and one.years and _left(country, one.years[-1][0], year)
    ]
    return f"In {year} it included {listed(parts)}." if parts else ""


def _left(country: Country, start: int, year: int) -> bool:
    """Whether a state that began later left a country which lasted on."""
    # a country without years has existed throughout
    spans = country.years or ((year, None),)
    return any(first <= year < start and (last is None or last > start) for first, last in spans)


def _in_its_place(known: Gazetteer, name: str, year: int, met: dict[str, str]) -> CountryReading:
    """The states that existed in a year when none of those met did: what they were made of, or became."""
    near = [
        state
        for state, country in known.countries.items()
        if country.existed(year)
        and any(state in known.follow(one) or one in known.follow(state) for one in met)
    ]
    if not near:
        return _reading(known, name, None, met)
    candidates = tuple(CountryCandidate(country=known.countries[one], read_as="in its place") for one in near)
    was = listed(known.countries[one].described for one in met)
    then = listed(f"{one.country.described} ({one.country.id})" for one in candidates)
    note = f"No state called `{name.strip()}` existed in {year}: {was}. In its place there was {then}."
    return CountryReading(written=name, year=year, candidates=candidates, note=note)
