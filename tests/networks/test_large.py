"""Networks from files: the same as in memory, also after a run that was stopped; bad rows are named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from benchmarks.grown_cascades import grown, recovered

from diffuscope import infer_large_network, infer_network
from diffuscope.errors import CaseError, ComputeError, PlanError
from diffuscope.networks import event_files, large

WORLD = grown(300, 4000, 12, seed=3)
TABLE = WORLD.adoptions


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(large, "BATCH", 3000)
    monkeypatch.setattr(event_files, "CHUNK", 500)


@pytest.mark.parametrize(
    "asked",
    [
        {"edges": 200, "rate": 1.0},
        {"stop": 0.2},
        {"edges": 150, "dialect": "SNAP", "delay": "log-normal", "rate": (0.0, 1.0), "least_support": 2},
        {"edges": 100, "ties": "shared", "equal": "last", "rate": 1.0},
    ],
)
def test_the_network_is_that_of_a_search_in_memory(asked, tmp_path):
    # whole numbers, so that there are ties, in the order of time, so that sorting has something to do
    table = TABLE.with_columns((10 * pl.col("time")).floor().alias("time"))
    table.write_parquet(tmp_path / "laws.parquet")
    far = infer_large_network(tmp_path / "laws.parquet", tmp_path / "work", workers=1, **asked)
    near = infer_network(table, **asked)
    assert len(far) > 50
    assert far.table().equals(near.table())
    assert far.explained.explained == near.explained.explained


@pytest.mark.parametrize("many", [8, 20])
def test_a_receiver_with_many_of_the_wanted_edges_is_searched_again(many, tmp_path):
    rng = np.random.default_rng(4)
    rows = [(f"s{at % 15:02}", f"q{at}", rng.uniform(0, 1)) for at in range(150)]
    rows += [("z", f"q{at}", rng.uniform(1, 2)) for at in range(150)]
    own = pl.DataFrame(
        rows, schema={"unit": pl.String, "policy": pl.String, "time": pl.Float64}, orient="row"
    )
    table = pl.concat([TABLE.select(pl.col("unit", "policy").cast(pl.String), "time"), own])
    far = infer_large_network(table, tmp_path, edges=many, rate=1.0, workers=1)
    assert (far.table()["receiver"] == "z").sum() >= 5
    assert list(tmp_path.glob("batches-*/again-*.npy"))
    assert far.table().equals(infer_network(table, edges=many, rate=1.0).table())


def test_all_edges_are_those_that_improve_something(tmp_path):
    far = infer_large_network(TABLE, tmp_path, edges="all", rate=1.0, workers=1)
    near = infer_network(TABLE, edges="all", rate=1.0).table().filter(pl.col("improvement") > 0)
    assert far.table().equals(near)
    assert recovered(far.table(), WORLD.followers)[1] > 0.5


def test_a_window_and_names_of_columns(tmp_path):
    table = TABLE.rename({"unit": "who"})
    far = infer_large_network(table, tmp_path, edges=50, rate=1.0, window=(0, 3), columns={"unit": "who"})
    near = infer_network(
        TABLE.with_columns(pl.col("unit").cast(pl.String)), edges=50, rate=1.0, window=(0, 3)
    )
    assert far.table().equals(near.table())


def test_a_run_goes_on_where_it_was_stopped(tmp_path):
    said: list[tuple[str, int, int]] = []

    def stops(what, done, total):
        if what.startswith("searching") and done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        infer_large_network(TABLE, tmp_path, edges=200, rate=1.0, workers=1, progress=stops)
    kept = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("batches-*/*.npy")}
    assert len(kept) == 5
    (next(tmp_path.glob("batches-*")) / "first-000007.new").write_bytes(b"half a file")
    again = infer_large_network(
        TABLE, tmp_path, edges=200, rate=1.0, workers=1, progress=lambda *told: said.append(told)
    )
    assert next(done for what, done, _ in said if what.startswith("searching")) == 5
    assert kept.items() <= {f.name: f.stat().st_mtime_ns for f in tmp_path.glob("batches-*/*.npy")}.items()
    assert again.table().equals(infer_network(TABLE, edges=200, rate=1.0).table())


def test_a_run_that_was_stopped_while_it_sorted_sorts_again(tmp_path):
    (tmp_path / "by_time.parquet").write_bytes(b"half")
    (tmp_path / "units.npy").write_bytes(b"half")
    found = infer_large_network(TABLE, tmp_path, edges=20, rate=1.0)
    assert found.table().equals(infer_network(TABLE, edges=20, rate=1.0).table())
    assert not list(tmp_path.glob("by_*.parquet"))


@pytest.mark.parametrize(
    ("rows", "rule", "row"),
    [
        ([("a", "p", 1.0), (None, "p", 2.0)], "missing-value", 3),
        ([("a", "p", 1.0), ("b", "p", float("inf"))], "bad-date", 3),
        ([("a", "p", 1.0), ("b", "p", 2.0), ("a", "p", 5.0)], "repeated-adoption", 4),
    ],
)
def test_bad_rows_are_named(rows, rule, row, tmp_path):
    table = pl.DataFrame(
        rows, schema={"unit": pl.String, "policy": pl.String, "time": pl.Float64}, orient="row"
    )
    with pytest.raises(CaseError) as caught:
        infer_large_network(table, tmp_path, edges=1, rate=1.0)
    assert [(one.rule, one.row) for one in caught.value.problems] == [(rule, row)]
    # once the table is mended the same folder is used
    good = infer_large_network(TABLE, tmp_path, edges=5, rate=1.0)
    assert len(good) == 5


def test_a_folder_of_another_table_is_refused(tmp_path):
    infer_large_network(TABLE, tmp_path, edges=1, rate=1.0)
    with pytest.raises(PlanError, match="another table"):
        infer_large_network(TABLE.head(100), tmp_path, edges=1, rate=1.0)


def test_memory_is_a_number_of_bytes_that_suffices(tmp_path, monkeypatch):
    assert large.memory_of("2GB") == large.memory_of("2 gib") == 2_000_000_000
    assert large.memory_of("800M") == 800_000_000
    for wrong in ("much", "-1GB", "10MB", "", "inf"):
        with pytest.raises(PlanError, match="200MB"):
            large.memory_of(wrong)
    monkeypatch.setattr(large, "PER_PAIR", 10**7)
    with pytest.raises(PlanError, match=r"`\d+` comes after [\d,]+ adoptions"):
        infer_large_network(TABLE, tmp_path, edges=1, rate=1.0)


def test_files_of_another_run_are_not_read(tmp_path):
    infer_large_network(TABLE, tmp_path, edges=1, rate=1.0)
    with pytest.raises(ComputeError, match="are not what this run sorted"):
        event_files.EventFiles(str(tmp_path), "another token").open()


def test_dates_and_other_files_are_refused_with_their_fix(tmp_path):
    with pytest.raises(PlanError, match="must be numbers"):
        infer_large_network(TABLE.with_columns(time=pl.lit("2001-01-01")), tmp_path, edges=1)
    with pytest.raises(PlanError, match=r"\.parquet"):
        infer_large_network(tmp_path / "laws.xlsx", tmp_path / "w", edges=1)


def test_where_the_system_refuses_to_write_it_is_told_and_what_is_done_is_kept(tmp_path):
    """As on a full disk; here no file may grow beyond 100 bytes."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(what, done, total):
        if done == 4:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))

    try:
        with pytest.raises(ComputeError, match=r"cannot be written.*what is done is kept"):
            infer_large_network(TABLE, tmp_path, edges=200, rate=1.0, workers=1, progress=limit)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(list(tmp_path.glob("batches-*/*.npy"))) == 4
    again = infer_large_network(TABLE, tmp_path, edges=200, rate=1.0, workers=1)
    assert again.table().equals(infer_network(TABLE, edges=200, rate=1.0).table())


def test_grown_cascades_follow_their_network_as_often_as_they_say():
    world = grown(2000, 20_000, 10, carried=0.6, seed=5)
    sizes = world.adoptions.group_by("policy").len()["len"]
    assert sizes.max() <= 1000
    rows = world.adoptions.sort("policy", "time")
    first = rows.group_by("policy", maintain_order=True).agg("unit")["unit"].to_list()
    led = [
        any(unit in world.followers[before] for before in units[:at])
        for units in first
        for at, unit in enumerate(units)
        if at
    ]
    assert 0.5 < np.mean(led) < 0.6  # those who adopt twice are dropped, and are led more often
