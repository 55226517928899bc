"""Names and codes instead of ids: one reading is taken and told, several are a question."""

from __future__ import annotations

import polars as pl
import pytest

from diffuscope.tables.unit_names import UnitNames

STATES = [
    ("mm", "Myanmar"), ("thai", "Thailand"), ("LAO", "Lao PDR"), ("kor", "South Korea"),
    ("zaire", "DR Congo"),
    ("phl", "Philippines"), ("usa", "United States"), ("gnb", "Guinea-Bissau"), ("west", "West Germany"),
    ("east", "East Germany"),
]  # fmt: skip
CITIES = [
    ("bkk", "Bangkok", "Krung Thep", "thai"), ("dn", "Đà Nẵng", None, "vn-south"),
    ("spr-1", "Springfield", None, "usa"), ("spr-2", "Springfield", None, "phl"),
    ("vte", "Vientiane, Laos", None, None), ("pa", "Panama", None, "usa"), ("far", "Faro", None, None),
]  # fmt: skip


def names(states=STATES, cities=CITIES) -> UnitNames:
    rows = [(unit, name, None, "state", None, None) for unit, name in states]
    rows += [(unit, name, alias, "city", parent, None) for unit, name, alias, parent in cities]
    rows.append(("hue", "Huế", None, "city", "thai", "1580240"))
    columns = ["unit", "name", "aliases", "kind", "parent", "geonames"]
    return UnitNames(pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row"))


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        ("Burma", "mm"), ("Siam", "thai"), ("Lao P.D.R.", "LAO"), ("Republic of Korea", "kor"),
        ("Zaire", "zaire"),
        ("thailand", "thai"), ("THA", "thai"), ("mmr", "mm"), ("FRG", "west"), ("GDR", "east"),
        ("Da Nang", "dn"), ("ĐÀ NẴNG", "dn"), ("krung-thep", "bkk"), ("Bangkok, Thailand", "bkk"),
        ("Bangkok (TH)", "bkk"),
        ("Bangkok, Siam", "bkk"), ("Springfield, USA", "spr-1"), ("Springfield, Philippines", "spr-2"),
        ("Vientiane", "vte"), ("1580240", "hue"), ("geonames:1580240", "hue"),
        ("Hue", "hue"), ("Panama", "pa"),
    ],
)  # fmt: skip
def test_one_reading_is_taken(cell, unit):
    assert names().readings([cell])[cell].unit == unit


@pytest.mark.parametrize(
    ("cell", "can"),
    [
        ("Springfield", ("`spr-1` (Springfield, usa)", "`spr-2` (Springfield, phl)")),
        ("Korea", ("`kor` (South Korea)", "North Korea (from 1948) (PRK, no unit of the case)")),
        ("Guinea", ("Guinea (GIN, no unit of the case)", "`gnb` (Guinea-Bissau)")),
        ("Congo", ("Republic of the Congo (COG, no unit of the case)", "`zaire` (DR Congo)")),
        ("Germany", ("`east` (East Germany)", "`west` (West Germany)")),
        ("840", ("`usa` (United States)", "`phl` (Philippines)")),
    ],
)
def test_several_readings_are_a_question_that_names_each(cell, can):
    reading = names().readings([cell])[cell]
    assert reading.unit is None
    assert all(one in reading.candidates for one in can), reading.candidates


@pytest.mark.parametrize(
    "cell",
    [
        "Bangkok, Laos",
        "Faro, Portugal",
        "Thialand",
        "PAN",
        "unknown",
        "n/a",
        "-",
        "NA",
        "Atlantis",
        "France",
        "in",
    ],
)
def test_what_cannot_be_read_is_left(cell):
    assert names().readings([cell]) == {}


def test_codes_of_a_column_come_from_one_list():
    assert names().readings(["840"])["840"].unit is None
    by_cow = names().readings(["840", "732", "2"])
    assert {cell: (read.unit, read.how) for cell, read in by_cow.items()} == {
        "840": ("phl", "COW code"),
        "732": ("kor", "COW code"),
        "2": ("usa", "COW code"),
    }
    by_iso = names().readings(["840", "410", "608"])
    assert [read.unit for read in by_iso.values()] == ["usa", "kor", "phl"]
    austria = names([("aut", "Austria"), ("aul", "Australia"), ("deu", "Germany")], [])
    assert austria.readings(["AUS"])["AUS"].unit is None
    assert austria.readings(["AUS", "AUL", "GMY"])["AUS"].unit == "aut"
    assert austria.readings(["AUS", "BEL", "GMY"])["AUS"].unit is None, "Belgium is no unit: no list fits"
    at = names([("oz", "Australia"), ("os", "Austria"), ("ger", "Germany")], [])
    assert at.readings(["AUS", "DEU"])["AUS"].unit == "oz"


def test_a_state_of_a_federation_is_no_country():
    federal = [("ga", "Georgia"), ("fl", "Florida"), ("al", "Alabama"), ("ca", "California")]
    assert names(federal, []).readings(["GEO", "Gabon", "268", "Albania", "Republic of Georgia"]) == {}
    both = [("geo", "Georgia"), ("arm", "Armenia"), ("us-ga", "Georgia")]
    assert names(both, []).readings(["Georgia"])["Georgia"].units == ("geo", "us-ga")


def test_a_former_state_is_a_question_where_only_its_successors_are_units():
    after = names([("cze", "Czechia"), ("svk", "Slovakia"), ("rus", "Russia")], [])
    reading = after.readings(["Czechoslovakia"])["Czechoslovakia"]
    assert reading.candidates == (
        "Czechoslovakia (1918–1992) (CSK, no unit of the case)",
        "`cze` (Czechia)",
        "`svk` (Slovakia)",
    )
    assert after.readings(["Ukraine"]) == {}, "nobody writes Ukraine for Russia"
    assert after.absent_country("Ukraine").id == "UKR"


def test_a_country_that_is_no_unit_is_named_where_units_are_countries():
    assert names().absent_country("Siam") is None, "it is a unit"
    assert names().absent_country("Persia").name == "Iran"
    towns = names([("jordon", "Jordon"), ("cam", "Cam")], [])
    assert towns.absent_country("Jordan") is None
    assert towns.absent_country("can") is None


def test_leading_zeros_and_numbers_make_other_units():
    counties = [("01001", "Autauga"), ("01003", "Baldwin")]
    assert names(counties, []).readings(["1001", "1003"]) == {}


def test_an_id_that_is_another_countrys_code_is_not_taken_for_a_country():
    """`in` for Indonesia is India's code: which of the two is wrong, nobody knows."""
    units = names([("in", "Indonesia"), ("th", "Thailand"), ("ph", "Philippines")], [])
    assert units.readings(["IDN"]) == {}
    assert units.readings(["THA"])["THA"].unit == "th"
