"""What the founding case allows, and what it does not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import diffuscope
from diffuscope.errors import PlanError
from diffuscope.mechanisms import mechanisms
from diffuscope.ties import exposure, layers_of

STATES = ("BRN", "KHM", "IDN", "LAO", "MYS", "MMR", "PHL", "SGP", "THA", "VNM")


@pytest.fixture(scope="module")
def tables():
    return diffuscope.read_case("asean-smart-cities").tables


@pytest.fixture(scope="module")
def layers(tables):
    return layers_of(tables)


def test_layers_are_those_the_tables_allow(layers):
    assert {"export-share", "import-share", "distance", "land-border", "support", "co-attendance"} <= set(
        layers
    )
    assert {"similarity", "vertical", "shared-religion", "shared-coloniser"} <= set(layers)
    assert all(
        layer.name == name and layer.direction == "sender acts on receiver" for name, layer in layers.items()
    )
    assert layers["similarity"].derived_from == ("export-share",)
    assert layers["shared-religion"].derived_from == ("attributes",)


def test_partners_act_and_are_at_no_risk(layers):
    exports = layers["export-share"].among(STATES)
    assert {"USA", "CHN", "JPN"} <= set(exports.senders)
    assert exports.at("2023")[STATES.index("LAO"), exports.senders.index("CHN")] == 39
    assert set(layers["support"].senders).isdisjoint(STATES)


def test_trade_of_2023_explains_no_earlier_programme(layers):
    for name in ("export-share", "similarity"):
        layer = layers[name].among(STATES)
        adopted = np.ones((len(layer.senders), 10), dtype=bool)
        found = exposure(layer, adopted, periods=range(2014, 2024))
        assert np.isnan(found.values).all()


def test_distance_becomes_nearness(layers, tables):
    km = tables["ties"].filter((pl.col("layer") == "distance") & (pl.col("receiver") == "SGP"))
    near = layers["distance"]
    row = near.weights[[near.units.index("SGP")]].toarray().ravel()
    closest = near.senders[int(row.argmax())]
    assert closest == km.sort("weight")["sender"][0]


def test_each_mechanism_has_ties_here_but_neighbours_bear_none(layers):
    for mechanism in mechanisms().values():
        borne = []
        for layer in layers.values():
            try:
                mechanism.refuse_bare(layer)
            except PlanError:
                continue
            borne.append(layer.name)
        assert borne, mechanism.name
        assert {"distance", "land-border", "vertical"}.isdisjoint(borne)


def test_what_was_left_out_is_told(layers, tables):
    undated = tables["support"].filter(
        pl.col("recipient").is_in(layers["support"].units) & pl.col("start").is_null()
    )
    assert f"{undated.height} rows of support have no date, and were left out" in layers["support"].notes


def test_conditions_are_the_programmes_that_have_any(tables, layers):
    assert "conditions" not in layers  # of no programme of this case it is known
    given = pl.DataFrame(
        {
            "partner": ["USA", "USA", "JPN", "JPN"],
            "recipient": ["LAO", "LAO", "LAO", "VNM"],
            "conditional": ["yes", "no", None, "yes"],
            "start": ["2018", "2018", "2019", None],
            "end": [None, None, None, None],
            "source": ["made"] * 4,
        },
        schema_overrides={"end": pl.String},
    )
    found = layers_of({"units": tables["units"], "support": given}, STATES)
    row, sender = STATES.index("LAO"), found["support"].senders.index("USA")
    assert found["support"].at("2018")[row, sender] == 2
    assert found["conditions"].at("2018").sum() == found["conditions"].at("2018")[row, sender] == 1
    assert found["conditions"].senders == found["support"].senders
    assert found["conditions"].notes[-1] == "for 1 programme it is unknown whether it has conditions"


def test_what_is_only_pledged_is_no_tie_of_support_and_its_condition_binds(tables):
    given = pl.DataFrame(
        {
            "partner": ["USA", "USA", "JPN"], "recipient": ["LAO", "LAO", "VNM"], "start": ["2018"] * 3,
            "conditional": ["yes", None, None], "stage": ["pledged", "paid", None], "end": [None] * 3,
            "source": ["made"] * 3,
        },
        schema_overrides={"end": pl.String, "conditional": pl.String},
    )  # fmt: skip
    found = layers_of({"units": tables["units"], "support": given}, STATES)
    assert found["support"].at("2018").sum() == 2
    assert "1 row of support is pledged only, and left out" in found["support"].notes
    assert found["conditions"].at("2018").sum() == 1
    promised = layers_of(
        {"units": tables["units"], "support": given.filter(pl.col("stage") == "pledged")}, STATES
    )
    assert "support" not in promised


def test_a_case_does_as_well_as_its_tables(layers):
    assert set(layers_of(diffuscope.read_case("asean-smart-cities"))) == set(layers)


def test_row_order_does_not_matter(tables, layers):
    turned = {name: frame.reverse() if name != "units" else frame for name, frame in tables.items()}
    for name, layer in layers_of(turned).items():
        other = layers[name]
        assert (layer.units, set(layer.senders)) == (other.units, set(other.senders))
        for (since, matrix), (at, same) in zip(layer.snapshots, other.snapshots, strict=True):
            assert since == at
            np.testing.assert_allclose(matrix.toarray(), same.toarray())


def test_a_case_without_adopters_has_nobody_to_act_on(tables):
    with pytest.raises(PlanError, match="no receivers"):
        layers_of({"units": tables["units"].filter(pl.col("role") == "promoter")})
