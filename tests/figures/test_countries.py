"""The outlines that are shipped, and which unit is which country."""

from __future__ import annotations

import csv
import hashlib
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from diffuscope.figures.countries import joined, main_part, shape_of, world

SHAPES = files("diffuscope.figures").joinpath("shapes")


def codes():
    names = Path(__file__).parents[1] / "gazetteer" / "names_of_two_lists.csv"
    return list(csv.DictReader(names.read_text(encoding="utf-8").splitlines()))


def test_the_file_is_the_one_whose_origin_is_told():
    told = re.findall(r"`([0-9a-f]{64})`", SHAPES.joinpath("PROVENANCE.md").read_text(encoding="utf-8"))
    assert told == [hashlib.sha256(SHAPES.joinpath("countries-50m.json").read_bytes()).hexdigest()]


def test_every_country_with_a_code_has_the_shape_it_names():
    assert len(codes()) == 250
    assert {row["iso3"]: shape_of([row["iso3"]]) or "" for row in codes()} == {
        row["iso3"]: row["shape"] for row in codes()
    }
    assert len({row["iso3"] for row in codes()}) == 250
    # what the file of this scale has no shape for
    assert {row["iso3"] for row in codes() if not row["shape"]} == {
        "BES", "BVT", "CCK", "CXR", "GIB", "GLP", "GUF", "MTQ", "MYT", "REU", "SJM", "TKL", "TUV", "UMI",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("SGP", "702"), ("sgp", "702"), ("viet-nam", "704"), ("Vietnam", "704"), ("Lao PDR", "418"),
        ("Laos", "418"), ("Côte d'Ivoire", "384"), ("cote d ivoire", "384"), ("UK", "826"), ("XKX", "Kosovo"),
        ("Atlantis", None), ("", None), ("702", None),
        ("AL", None), ("Burma", "104"), ("Congo", None), ("Congo, Dem. Rep.", "180"), ("AUS", "036"),
    ],
)  # fmt: skip
def test_countries_are_found_by_code_and_by_name(word, shape):
    assert shape_of([word]) == shape


def test_the_first_word_that_is_known_decides():
    assert shape_of(["unknown", "LAO", "THA"]) == shape_of(["Laos"])


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        ("SGP", 103.82, 1.35),
        ("THA", 101.0, 15.0),
        ("BRA", -52.0, -10.0),
        ("NZL", 172.6, -43.5),
        ("ZAF", 24.0, -31.0),
    ],
)
def test_countries_lie_where_they_are(code, lon, lat):
    boxes = [line.min(axis=0).tolist() + line.max(axis=0).tolist() for line in main_part(shape_of([code]))]
    assert any(west <= lon <= east and south <= lat <= north for west, south, east, north in boxes)


def test_far_off_parts_do_not_belong_to_the_main_part():
    france = np.concatenate(main_part(shape_of(["FRA"])))
    assert france[:, 0].min() > -6
    assert france[:, 1].min() > 40
    states = np.concatenate(main_part(shape_of(["USA"])))
    assert states[:, 0].min() > -130


def test_no_outline_jumps_across_the_map():
    # the file breaks Russia, Fiji and Antarctica at the date line; only the pole may be so long a step
    steps = [(line, np.abs(np.diff(line.points[:, 0])).max()) for line in world().arcs]
    assert {float(line.points[:, 1].min()) for line, step in steps if step > 180} == {-90.0}
    fiji = np.concatenate(main_part(shape_of(["FJI"])))
    assert fiji[:, 0].min() > 177
    assert fiji[:, 0].max() < 181


def test_rings_close_and_neighbours_share_their_border():
    earth = world()
    arcs = [line.points for line in earth.arcs]
    for polygons in earth.polygons.values():
        for rings in polygons:
            for ring in rings:
                first = arcs[ring[0]] if ring[0] >= 0 else arcs[~ring[0]][::-1]
                last = arcs[ring[-1]] if ring[-1] >= 0 else arcs[~ring[-1]][::-1]
                assert np.array_equal(first[0], last[-1])
                assert len(joined(ring, arcs)) >= 3

    def edge(code):
        return {
            arc if arc >= 0 else ~arc
            for polygon in earth.polygons[shape_of([code])]
            for ring in polygon
            for arc in ring
        }

    assert edge("THA") & edge("MYS") <= set(earth.borders)
    assert edge("THA") & edge("MYS")
    assert not edge("SGP") & set(earth.borders)
