"""The case of work-injury laws: every fact stands in its source, and its estimates are found by hand."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from laws_by_hand import Laws, design, table

from diffuscope import Layer
from diffuscope.case import read_case
from diffuscope.models import event_history
from diffuscope.panel import add_exposure, panel_of
from diffuscope.study import case_problems
from diffuscope.ties import layers_of

LIBRARY = Path(__file__).resolve().parents[3] / "shared" / "data" / "library"
with_sources = pytest.mark.skipif(not LIBRARY.is_dir(), reason="the sources are not here")

RULERS = {
    "UK": "GBR", "France": "FRA", "Spain": "ESP", "Russian": "RUS", "Portugal": "PRT", "Belgium": "BEL",
    "Netherlands": "NLD", "Germany": "DEU",
}  # fmt: skip
RECODED = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB", "TMP": "TLS", "PAL": "PSE"}


def source(name: str) -> list[dict[str, str]]:
    with (LIBRARY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_number() -> dict[str, dict[str, str]]:
    """Rows of the source by unit, through the number that the unit's source gives."""
    rows = {row["cow_code"]: row for row in source("work_injury_laws_gwip")}
    return {row["unit"]: rows[row["source"].rsplit(" ", 1)[1]] for row in table("units")}


def test_the_case_has_no_problem():
    case = read_case("work-injury-laws")
    assert case_problems(case) == ()


def test_every_row_names_its_source():
    for name in ("units", "policies", "adoptions", "ties", "attributes"):
        for row in table(name):
            document = row["source"].split(",")[0]
            assert document in ("gwip", "cepii"), row


@with_sources
def test_first_laws_and_insurances_are_those_of_the_source():
    rows = by_number()
    assert len({row["cow_code"] for row in rows.values()}) == len(rows) == 189
    ours = {(row["policy"], row["unit"]): row["time"] for row in table("adoptions")}
    theirs = {("first-law", unit): row["firstlaw"] for unit, row in rows.items()}
    theirs |= {
        ("first-insurance", unit): row["firstins"] for unit, row in rows.items() if row["firstins"] != "none"
    }
    assert ours == theirs
    assert len(ours) == 189 + 183


@with_sources
def test_laws_before_independence_say_so():
    rows = by_number()
    told = {row["unit"] for row in table("adoptions") if "Before the state's independence" in row["note"]}
    assert told == {unit for unit, row in rows.items() if int(row["independence"]) > int(row["firstlaw"])}
    assert len(told) == 113


@with_sources
def test_a_coloniser_that_the_source_does_not_name_is_unknown():
    rows = by_number()
    held = {row["unit"]: row["value"] for row in table("attributes") if row["variable"] == "colonial_origin"}
    assert held == {
        unit: row["colonial_history"] if row["colonial_history"] in RULERS else ""
        for unit, row in rows.items()
    }
    assert Counter(value == "" for value in held.values()) == {False: 121, True: 61 + 7}
    ties = {(row["layer"], row["receiver"]): row for row in table("ties") if row["layer"] != "contiguity"}
    assert len(ties) == 2 * 121
    for (layer, unit), row in ties.items():
        assert row["sender"] == RULERS[rows[unit]["colonial_history"]]
        assert row["end"] == (rows[unit]["independence"] if layer == "dependence-colony" else "")


@with_sources
def test_types_in_four_spellings_are_two():
    held = {row["unit"]: row["value"] for row in table("attributes") if row["variable"] == "law_type"}
    plain = {
        unit: row["firstlaw_programtype"].strip().replace("-", " ").lower()
        for unit, row in by_number().items()
    }
    assert held == plain
    assert Counter(held.values()) == {"employer liability": 105, "risk pooling": 84}


@with_sources
def test_borders_are_those_of_the_source_with_its_codes_recoded():
    units = {row["unit"] for row in table("units")}
    pairs = set()
    for row in source("world_contiguity_colony_cepii"):
        ends = tuple(RECODED.get(row[end], row[end]) for end in ("state_a", "state_b"))
        if row["contiguous"] == "1" and units >= {*ends}:
            pairs |= {ends, ends[::-1]}
    ours = [(row["sender"], row["receiver"]) for row in table("ties") if row["layer"] == "contiguity"]
    assert set(ours) == pairs
    assert len(ours) == 2 * 293


def test_joint_decisions_share_their_year_and_are_marked_as_judged():
    rows = [row for row in table("adoptions") if row["policy"] == "first-law"]
    decided = {
        row["decision"]: {one["time"] for one in rows if one["decision"] == row["decision"]} for row in rows
    }
    assert all(len(years) == 1 for decision, years in decided.items() if decision)
    assert {row["basis"] for row in rows if row["decision"]} == {"judged"}
    assert Counter(bool(row["decision"]) for row in rows) == {False: 141, True: 48}


def test_another_program_gives_the_estimates_of_the_case():
    """The panel by plain loops, the model by statsmodels; errors cluster on those who decide."""
    from statsmodels.discrete.discrete_model import Logit

    laws = Laws()
    rows = laws.rows()
    other = Logit(rows[:, 2], design(rows)).fit(disp=0)
    case = read_case("work-injury-laws")
    panel = panel_of(case.tables, case.analyses[0], {})
    layers = layers_of(case)
    assert isinstance(layers["contiguity"], Layer)
    panel = add_exposure(panel, layers["dependence-coloniser"], name="coercion", form="sum")
    panel = add_exposure(panel, layers["shared-coloniser"], name="emulation")
    fit = event_history("event ~ coercion + emulation", panel, duration="spline")
    assert (fit.rows, fit.events) == (len(rows), int(rows[:, 2].sum())) == (9596, 120)
    assert np.allclose(fit.coefficients, other.params, rtol=1e-6)
