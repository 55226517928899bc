"""Names of countries: which state a name or code means, and when it existed."""

from diffuscope.gazetteer.country_key import two_parts
from diffuscope.gazetteer.resolve import Codes, CountryCandidate, CountryReading, by_code, resolve_country
from diffuscope.gazetteer.states import Country, Membership, gazetteer

__all__ = [
    "Codes",
    "Country",
    "CountryCandidate",
    "CountryReading",
    "Membership",
    "by_code",
    "gazetteer",
    "resolve_country",
    "two_parts",
]
