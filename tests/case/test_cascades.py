"""Cascades of R's NetworkInference as a frame of adoptions."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date

import numpy as np
import pytest
import rdata

from diffuscope import CaseError, PlanError, person_period, read_cascades

R = """
made <- list(cascade_nodes = list(lottery = c("NY", "NH", "VT"), tax = c("CA", "NY"), nothing = character(0)),
             cascade_times = list(lottery = c(1967, 1964, 1978), tax = c(1911L, NA), nothing = numeric(0)),
             node_names = c("CA", "NH", "NY", "VT", "TX"))
cascades <- structure(made, class = c("cascade", "list"))
half <- cascades
half$cascade_times$lottery[1] <- 1967.5
saveRDS(cascades, "cascades.rds")
unnamed <- cascades
unnamed$cascade_nodes <- unname(cascades$cascade_nodes)
unnamed$cascade_times <- unname(cascades$cascade_times)
saveRDS(unnamed, "unnamed.rds")
save(cascades, half, file = "two.rda")
days <- cascades
days$cascade_times <- list(lottery = as.Date(c("1967-05-02", "1964-03-12", NA)),
                           tax = as.Date(c("1911-01-01", NA)),
                           nothing = as.Date(character(0)))
saveRDS(days, "days.rds")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files that R wrote."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    folder = tmp_path_factory.mktemp("cascades")
    (folder / "make.R").write_text(R, encoding="utf-8")
    done = subprocess.run(["Rscript", "make.R"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_row_is_an_adoption(folder):
    assert read_cascades(folder / "cascades.rds").rows() == [
        ("NH", "lottery", 1964), ("NY", "lottery", 1967), ("VT", "lottery", 1978), ("CA", "tax", 1911),
    ]  # fmt: skip
    assert read_cascades(folder / "unnamed.rds")["policy"].to_list() == ["1", "1", "1", "2"]


def test_dates_are_days(folder):
    assert read_cascades(folder / "days.rds").rows() == [
        ("NH", "lottery", date(1964, 3, 12)),
        ("NY", "lottery", date(1967, 5, 2)),
        ("CA", "tax", date(1911, 1, 1)),
    ]


def test_who_never_adopted_can_have_a_row_and_is_at_risk(folder):
    found = read_cascades(folder / "cascades.rds", never=True)
    assert found.height == 3 * 5
    assert ("TX", "nothing", None) in found.rows()
    lottery = found.filter(policy="lottery")
    panel = person_period(lottery, origin=1963)
    assert set(panel.frame["unit"]) == {"NH", "NY", "VT", "CA", "TX"}
    assert panel.frame["event"].sum() == 3


def test_one_of_several_is_named_and_fractions_stay(folder):
    with pytest.raises(PlanError, match="`cascades`, `half`: name one"):
        read_cascades(folder / "two.rda")
    with pytest.raises(PlanError, match="no `cascade` called `third`"):
        read_cascades(folder / "two.rda", name="third")
    assert read_cascades(folder / "two.rda", name="half")["time"].to_list()[1] == 1967.5


def made(**changes):
    held = {
        "cascade_nodes": {"law": np.array(["a", "b"])},
        "cascade_times": {"law": np.array([1.0, 2.0])},
        "node_names": np.array(["a", "b"]),
    }
    return {**held, **changes}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cascade_times": {"law": np.array([1.0])}}, "2 nodes and 1 time"),
        ({"cascade_times": {"tax": np.array([1.0, 2.0])}}, "not of the same cascades"),
        ({"cascade_times": {"law": np.array(["x", "y"])}}, "not numbers"),
        ({"node_names": np.array(["a"])}, "`b` in the cascade `law` is not one of the nodes"),
    ],
)
def test_what_contradicts_itself_is_refused_in_words(tmp_path, changes, says):
    rdata.write_rds(tmp_path / "made.rds", made(**changes))
    with pytest.raises(CaseError, match=says):
        read_cascades(tmp_path / "made.rds")


def test_other_objects_are_told_apart(tmp_path):
    rdata.write_rds(tmp_path / "made.rds", {"a": np.array([1.0])})
    with pytest.raises(CaseError, match="no `cascade`"):
        read_cascades(tmp_path / "made.rds")
