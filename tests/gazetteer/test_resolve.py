"""Names and codes of countries: one reading is given, several are a question."""

from __future__ import annotations

import csv
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pycountry
import pytest
from babel import Locale

import diffuscope
from diffuscope.errors import PlanError
from diffuscope.gazetteer import by_code, gazetteer, resolve_country

SHARED = {"Congo": {"COG", "COD"}, "Guinea": {"GIN", "GNB", "GNQ"}, "St. Martin": {"MAF", "SXM"}}
"""Short names that other states bear, too."""


def ids(name: str, year: int | None = None, codes=None) -> set[str]:
    return {one.country.id for one in resolve_country(name, year, codes=codes).candidates}


def test_every_code_of_iso_3166_is_that_country():
    wrong = {
        (code, country.alpha_3): found
        for country in pycountry.countries
        for code in (country.alpha_2, country.alpha_3, country.numeric, country.alpha_3.lower())
        if (found := ids(code, codes="ISO")) != {country.alpha_3}
    }
    assert wrong == {}


def test_every_name_of_iso_3166_is_that_country_or_a_question_that_has_it():
    for country in pycountry.countries:
        kept = dict(iter(country))
        for part in ("name", "common_name", "official_name"):
            if part in kept:
                expected = SHARED.get(kept[part], {country.alpha_3})
                assert ids(kept[part]) == expected, kept[part]
                assert ids(kept[part].upper()) == ids(f" {kept[part].casefold()} ") == expected


def test_withdrawn_codes_and_names_are_known_where_they_are_not_in_use_again():
    today = {country.alpha_3 for country in pycountry.countries}
    for country in pycountry.historic_countries:
        if country.alpha_3 not in today:
            assert len(ids(country.alpha_3, codes="ISO")) == 1, country.alpha_3
        assert ids(country.name), country.name
    assert ids("BUR", codes="ISO") == {"MMR"}
    assert ids("ZAR") == {"COD"}
    assert ids("SU") == {"SUN"}
    assert ids("SK", codes="ISO") == {"SVK"}, "Sikkim's until 1975"


def test_names_of_the_common_locale_data_are_those_countries():
    """Unicode's CLDR is another list of English names."""
    wrong = {}
    for code, name in Locale("en").territories.items():
        country = pycountry.countries.get(alpha_2=code) if len(code) == 2 and code.isalpha() else None
        if country is None:
            continue
        found = ids(name)
        if found != SHARED.get(name, {country.alpha_3}):
            wrong[name] = found
    assert wrong == {}


def test_names_of_two_other_lists_are_those_countries():
    """Two further lists, Natural Earth's and i18n-iso-countries'; see `PROVENANCE.md`."""
    text = (Path(__file__).parent / "names_of_two_lists.csv").read_text(encoding="utf-8")
    wrong = {}
    for row in csv.DictReader(text.splitlines()):
        for name in (row["iso3"], *row["names"].split(";")):
            found = ids(name, codes="ISO")
            if found != SHARED.get(name.replace("-", ". "), {row["iso3"]}):
                wrong[name] = found
    assert wrong == {}


def test_no_name_means_two_countries_silently():
    for key, states in gazetteer().names.items():
        read = resolve_country(key)
        assert (read.country is None) == (len(read.candidates) > 1), key
        assert {one.country.id for one in read.candidates} <= set(states) | {
            state for found in by_code(key).values() for state in found
        }


FORMER = [
    ("Burma", "MMR"), ("Siam", "THA"), ("Zaire", "COD"), ("Swaziland", "SWZ"), ("Macedonia", "MKD"),
    ("Persia", "IRN"),
    ("Ceylon", "LKA"), ("Dahomey", "BEN"), ("Upper Volta", "BFA"), ("Lao P.D.R.", "LAO"), ("Lao PDR", "LAO"),
    ("Viet Nam", "VNM"), ("Brunei Darussalam", "BRN"), ("Brunei", "BRN"), ("Türkiye", "TUR"),
    ("Turkey", "TUR"),
    ("Côte d'Ivoire", "CIV"), ("COTE D’IVOIRE", "CIV"), ("Ivory Coast", "CIV"), ("Czechia", "CZE"),
    ("Czech Republic", "CZE"), ("Gold Coast", "GHA"), ("Bechuanaland", "BWA"), ("The Gambia", "GMB"),
    ("Gambia, The", "GMB"), ("Congo, Dem. Rep.", "COD"), ("Congo, Rep.", "COG"), ("Korea, Rep.", "KOR"),
    ("Korea, Dem. People's Rep.", "PRK"), ("Myanmar (Burma)", "MMR"), ("Iran (Islamic Republic of)", "IRN"),
    ("St. Lucia", "LCA"), ("Trinidad & Tobago", "TTO"), ("UK", "GBR"), ("U.S.A.", "USA"),
    ("USSR", "SUN"), ("Kosovo", "XKX"),
    ("East Germany", "DDR"), ("Niger", "NER"), ("Nigeria", "NGA"), ("Dominica", "DMA"), ("NA", "NAM"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "state"), FORMER)
def test_former_common_and_shortened_names(name, state):
    country = resolve_country(name).country
    assert country is not None
    assert country.id == state


@pytest.mark.parametrize(
    "name", ["unknown", "n/a", "-", "", "  ", "Atlantis", "Myanmar (Thailand)", "XQZ", "9999"]
)
def test_what_is_no_country_is_none(name):
    read = resolve_country(name)
    assert (read.country, read.candidates) == (None, ())
    assert "No country" in read.note


@pytest.mark.parametrize(
    ("name", "can"),
    [
        ("Congo", {"COG", "COD"}),
        ("Korea", {"KOR", "PRK"}),
        ("Guinea", {"GIN", "GNB", "GNQ"}),
        ("Virgin Islands", {"VIR", "VGB"}),
        ("AUS", {"AUS", "AUT"}),
        ("840", {"USA", "PHL"}),
    ],
)
def test_several_readings_are_candidates_and_no_country(name, can):
    read = resolve_country(name)
    assert read.country is None
    assert ids(name) == can
    assert all(one.country.name in read.description for one in read.candidates)


@pytest.mark.parametrize(
    ("name", "year", "can"),
    [
        ("Germany", None, {"DEU"}),
        ("Germany", 1930, {"DEU"}),
        ("Germany", 1970, {"COW 260", "DDR"}),
        ("Federal Republic of Germany", 1970, {"COW 260"}),
        ("Germany", 2000, {"DEU"}),
        ("Vietnam", 1970, {"VDR", "COW 817"}),
        ("Vietnam", 1980, {"VNM"}),
        ("Yemen", 1980, {"COW 678", "YMD"}),
        ("Yugoslavia", 1980, {"YUG"}),
        ("Czechoslovakia", 2000, {"CZE", "SVK"}),
        ("Korea", 1900, {"COW 730"}),
        ("Ukraine", 1970, {"SUN"}),
        ("South Sudan", 2005, {"SDN"}),
        ("India", 1930, {"IND"}),
        ("365", 1980, {"SUN"}),
    ],
)
def test_a_year_tells_which_state_existed(name, year, can):
    assert ids(name, year) == can


def test_a_state_that_did_not_exist_is_no_reading_and_the_note_says_what_did():
    read = resolve_country("Germany", 1970)
    assert read.country is None
    assert "in 1970" in read.note
    assert "East Germany (1949–1990)" in read.note
    assert resolve_country("South Sudan", 2005).country is None, "Sudan is not taken in its place"
    assert "South Sudan" in resolve_country("Sudan", 2000).note
    assert resolve_country("Sudan", 2015).note == ""


def test_lists_of_states_have_one_code_for_one_state_at_a_time():
    rows = csv.DictReader(
        files("diffuscope.gazetteer")
        .joinpath("system_membership.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    spells: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for row in rows:
        assert row["source"]
        assert row["state"] in gazetteer().countries
        spell = int(row["from"]), int(row["until"] or 9999), row["state"]
        for code in (row["number"], row["abbreviation"]):
            spells.setdefault((row["list"], code), []).append(spell)
    for code, own in spells.items():
        own.sort()
        assert all(first[1] <= later[0] for first, later in pairwise(own)), code


def test_every_row_of_our_tables_has_a_source_and_a_known_state():
    known = gazetteer().countries
    for name in ("names.csv", "states.csv"):
        text = files("diffuscope.gazetteer").joinpath(name).read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            assert row["source"], row
            assert (row.get("renamed") or row["state"]) in known, row
            assert all(state in known for state in (row.get("follows") or "").split(";") if state), row


def test_numbers_of_the_correlates_of_war():
    """As in the data set on work-injury laws (GWIP, CC0), a sample of its rows."""
    said = {
        700: "Afghanistan", 339: "Albania", 305: "Austria", 484: "Congo, Rep.", 490: "Congo, Dem. Rep.",
        437: "Ivory Coast", 316: "Czech Republic", 255: "Germany", 732: "South Korea", 731: "North Korea",
        775: "Myanmar", 800: "Thailand", 812: "Laos", 811: "Cambodia", 850: "Indonesia", 820: "Malaysia",
        840: "Philippines", 830: "Singapore", 835: "Brunei", 2: "United States of America", 679: "Yemen",
        572: "Eswatini", 343: "Macedonia", 510: "Tanzania", 560: "South Africa", 990: "Samoa",
    }  # fmt: skip
    for number, name in said.items():
        country = resolve_country(name).country
        assert country is not None, name
        assert resolve_country(str(number), codes="COW").country == country
        assert country.cow == number


def test_the_public_function_refuses_what_is_no_list():
    assert diffuscope.resolve_country is resolve_country
    with pytest.raises(PlanError, match="`ISO`, `COW` or `GW`"):
        resolve_country("THA", codes="FIFA")  # type: ignore[arg-type]
