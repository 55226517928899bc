"""Networks with adoptions from R: what a `diffnet` holds comes into a case, and hostile files are refused."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import struct
import subprocess
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import rdata

from diffuscope import add_exposure, person_period
from diffuscope.case import limits
from diffuscope.case.importers import r_files, read_diffnet, read_diffnet_frames
from diffuscope.case.importers.r_files import r_objects
from diffuscope.case.importers.sparse_r import edges
from diffuscope.errors import CaseError, PlanError

R = """
library(Matrix)
ids <- c("101", "102", "103", "104", "105")
ties <- function(i, j, x) sparseMatrix(i = i, j = j, x = x, dims = c(5, 5), dimnames = list(ids, ids))
first <- ties(c(2, 3, 4, 5, 5), c(1, 1, 2, 1, 3), c(1, 2, 1, 1, 1))
later <- ties(c(2, 3, 4, 5), c(1, 1, 2, 1), c(1, 2, 1, 1))
graph <- setNames(list(first, first, later, later), 1:4)
toa <- setNames(c(1L, 2L, 2L, 4L, NA), ids)
cumadopt <- t(sapply(toa, function(when) as.integer(!is.na(when) & 1:4 >= when)))
cumadopt["102", 4] <- 0L
fixed <- data.frame(city = factor(c("Peoria", "Peoria", "Galesburg", "Galesburg", "Peoria")),
                    age = c(30.5, 41, NA, 52, 47))
dated <- setNames(lapply(1:4, function(at) data.frame(visits = c(at, 2, 3, 4, 5))), 1:4)
meta <- list(type = "dynamic", class = "list", ids = ids, pers = 1:4, nper = 4L, n = 5L, self = FALSE,
             undirected = FALSE, multiple = FALSE, name = "Tetracycline", behavior = "drug",
             version = "1.25.0")
found <- structure(list(graph = graph, toa = toa, adopt = cumadopt, cumadopt = cumadopt,
                        vertex.static.attrs = fixed, vertex.dyn.attrs = dated, graph.attrs = NULL,
                        meta = meta), class = "diffnet")
none <- as.data.frame(matrix(ncol = 0, nrow = 5, dimnames = list(ids, NULL)))
several <- found
several$toa <- cbind(drug = toa, diet = c(NA, 1L, NA, NA, 3L))
several$cumadopt <- several$adopt <- list(cumadopt, cumadopt)
several$vertex.static.attrs <- none
several$vertex.dyn.attrs <- setNames(rep(list(none), 4), 1:4)
saveRDS(several, "several.rds")
other <- found
odd <- 1:3
square <- function(x) x * x
saveRDS(found, "doctors.rds")
save(found, odd, square, file = "doctors.rda", compress = "xz")
save(found, other, file = "two.rda")
saveRDS(data.frame(origin_node = "a", destination_node = "b"), "inferred.rds")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files that R wrote."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    folder = tmp_path_factory.mktemp("diffnet")
    (folder / "make.R").write_text(R, encoding="utf-8")
    done = subprocess.run(["Rscript", "make.R"], cwd=folder, capture_output=True, text=True, check=False)
    if "there is no package called" in done.stderr:
        pytest.skip("the R package Matrix is not installed")
    assert done.returncode == 0, done.stderr
    return folder


def made(**changes):
    """A `diffnet` as lists and plain matrices, for files that need no R."""
    ties = np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0]])
    held = {
        "graph": [ties, ties],
        "toa": np.array([2001.0, 2002.0, np.nan]),
        "vertex.static.attrs": pd.DataFrame({"gdp": [1.0, 2.5, np.nan]}),
        "meta": {
            "ids": np.array(["a", "b", "c"]),
            "pers": np.array([2001, 2002]),
            "name": np.array(["Laws"]),
        },
    }
    return {**held, **changes}


def written(folder, held, name="made.rds"):
    file = folder / name
    rdata.write_rds(file, held)
    return file


def rows(case, table, *columns):
    return sorted(case.table(table).select(columns).rows(), key=str)


@pytest.mark.parametrize("name", ["doctors.rds", "doctors.rda"])
def test_what_r_wrote_comes_into_a_case(folder, name):
    case = read_diffnet(folder / name, start="1953-11", kind="doctor")
    assert case.problems == ()
    assert case.title == "Tetracycline"
    assert rows(case, "units", "unit", "kind") == [(str(at), "doctor") for at in range(101, 106)]
    assert rows(case, "adoptions", "unit", "policy", "time", "until") == [
        ("101", "drug", "1953-11", None),
        ("102", "drug", "1953-12", "1954-02"),
        ("103", "drug", "1953-12", None),
        ("104", "drug", "1954-02", None),
    ]
    assert rows(case, "ties", "sender", "receiver", "weight", "start", "end") == [
        ("101", "102", 1.0, None, None),
        ("101", "103", 2.0, None, None),
        ("101", "105", 1.0, None, None),
        ("102", "104", 1.0, None, None),
        ("103", "105", 1.0, None, "1953-12"),
    ], "an edge leads from who is exposed to whom it is exposed to"
    facts = rows(case, "attributes", "unit", "time", "variable", "value")
    assert ("103", None, "city", "Galesburg") in facts
    assert ("101", None, "age", "30.5") in facts
    assert ("101", "1954-01", "visits", "3") in facts
    assert len(facts) == 5 + 4 + 20


def test_a_period_can_stand_for_never(folder):
    case = read_diffnet(folder / "doctors.rds", start="1953", never=4)
    assert [unit for unit, _ in rows(case, "adoptions", "unit", "time")] == ["101", "102", "103"]
    assert rows(case, "adoptions", "time")[-1] == ("1954",)


def test_several_behaviours_are_several_policies(folder):
    case = read_diffnet(folder / "several.rds", start="1953")
    assert case.problems == ()
    assert rows(case, "adoptions", "policy", "unit", "time") == [
        ("diet", "102", "1953"), ("diet", "105", "1955"), ("drug", "101", "1953"), ("drug", "102", "1954"),
        ("drug", "103", "1954"), ("drug", "104", "1956"),
    ]  # fmt: skip
    assert rows(case, "attributes", "unit") == []


def test_one_of_several_is_named(folder):
    with pytest.raises(PlanError, match="`found`, `other`: name one"):
        read_diffnet(folder / "two.rda", start="1953")
    assert len(rows(read_diffnet(folder / "two.rda", name="other", start="1953"), "units", "unit")) == 5
    with pytest.raises(PlanError, match="no object `third`"):
        read_diffnet(folder / "two.rda", name="third", start="1953")


def test_the_other_class_of_that_name_is_told_apart(folder):
    with pytest.raises(CaseError, match="NetworkInference"):
        read_diffnet(folder / "inferred.rds")


def test_periods_that_are_no_years_need_a_date(folder):
    days = read_diffnet(folder / "doctors.rds", start="1953-12-30")
    assert rows(days, "adoptions", "time")[-1] == ("1954-01-02",)
    for wrong in ("soon", "1953-13", "9999-12-31"):
        with pytest.raises(PlanError, match="start"):
            read_diffnet(folder / "doctors.rds", start=wrong)


def test_a_file_that_python_wrote_is_read_too(tmp_path):
    case = read_diffnet(written(tmp_path, made()))
    assert case.problems == ()
    assert rows(case, "adoptions", "unit", "policy", "time") == [
        ("a", "adoption", "2001"), ("b", "adoption", "2002"),
    ]  # fmt: skip
    assert rows(case, "ties", "sender", "receiver", "weight") == [("a", "b", 1.0), ("b", "c", 2.0)]
    assert rows(case, "attributes", "unit", "value") == [("a", "1"), ("b", "2.5")]


def test_periods_without_dates_are_read_without_an_invented_start(folder):
    case = read_diffnet(folder / "doctors.rds")
    assert rows(case, "adoptions", "unit", "time") == [(str(at), None) for at in range(101, 105)]
    (told,) = case.problems
    assert (told.level, told.rule) == ("warning", "undated-periods")
    assert "1 tie that begins or ends and 20 attributes of single periods are left out" in told.message
    assert rows(case, "ties", "sender", "receiver") == [
        ("101", "102"), ("101", "103"), ("101", "105"), ("102", "104"),
    ]  # fmt: skip


def test_frames_keep_the_numbers_of_periods(folder):
    found = read_diffnet_frames(folder / "doctors.rds")
    assert found.periods == range(1, 5)
    assert found.adoptions.rows() == [
        ("101", "drug", 1, None), ("102", "drug", 2, 4), ("103", "drug", 2, None), ("104", "drug", 4, None),
        ("105", "drug", None, None),
    ]  # fmt: skip
    assert ("103", "105", 1.0, None, 2) in found.ties.rows()
    panel = person_period(found.adoptions, period="wave", waves=found.periods)
    assert panel.frame["event"].sum() == 3
    exposed = add_exposure(panel, found.ties, name="colleagues", isolates="zero")
    assert "colleagues" in exposed.frame.columns
    assert repr(found) == "DiffnetFrames(adoptions: 5, ties: 5, attributes: 29; periods 1 to 4)"


CLASSIC = """
library(Matrix)
# three networks as netdiffuseR keeps its classic data: whole numbers with NA among the attributes
made <- function(name, behavior, ids, first, last, toa, static, edges, undirected = FALSE) {
  n <- length(ids)
  one <- sparseMatrix(i = edges[, 1], j = edges[, 2], x = 1, dims = c(n, n), dimnames = list(ids, ids))
  pers <- first:last
  graph <- setNames(rep(list(one), length(pers)), pers)
  toa <- setNames(toa, ids)
  cumadopt <- t(sapply(toa, function(when) as.integer(!is.na(when) & pers >= when)))
  none <- as.data.frame(matrix(ncol = 0, nrow = n))
  structure(list(graph = graph, toa = toa, adopt = cumadopt, cumadopt = cumadopt,
                 vertex.static.attrs = static, vertex.dyn.attrs = rep(list(none), length(pers)),
                 graph.attrs = NULL,
                 meta = list(type = "static", class = "list", ids = ids, pers = pers, nper = length(pers),
                             n = n, self = FALSE, undirected = undirected, multiple = FALSE, name = name,
                             behavior = behavior, version = "1.22.6")), class = "diffnet")
}
edges <- rbind(c(1, 2), c(2, 3), c(4, 1))
farmers <- data.frame(village = c(10L, 10L, NA, 20L), idold = 1:4, income = c(NA, 3L, 2L, NA),
                      radio = c(1.5, NA, 2, 3))
saveRDS(made("Brazilian Farmers", "Adoption of Hybrid Corn Seeds", as.character(1001:1004), 1946, 1950,
             c(1946L, 1950L, NA, 1949L), farmers, edges), "brfarmers.rds")
women <- data.frame(village = c(1L, 1L, 2L, NA), age = c(30L, NA, 28L, 41L), pregs = rep(NA_integer_, 4),
                    media = factor(c("radio", NA, "tv", "tv")))
saveRDS(made("Korean Family Planning", "Family Planning Methods", as.character(1:4), 1, 11,
             c(4L, 11L, 2L, NA), women, edges), "kfamily.rds")
doctors <- data.frame(city = c(1L, 1L, 2L, 2L), proage = c(NA, 1L, 2L, 3L),
                      science = c(TRUE, NA, FALSE, TRUE))
saveRDS(made("Medical Innovation", "Adoption of Tetracycline", as.character(1001:1004), 1, 18,
             c(1L, 12L, 18L, 9L), doctors, edges), "medInnovations.rds")
"""


@pytest.fixture(scope="module")
def classic(tmp_path_factory):
    """Objects as netdiffuseR's three classic data sets."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    folder = tmp_path_factory.mktemp("classic")
    (folder / "make.R").write_text(CLASSIC, encoding="utf-8")
    done = subprocess.run(["Rscript", "make.R"], cwd=folder, capture_output=True, text=True, check=False)
    if "there is no package called" in done.stderr:
        pytest.skip("the R package Matrix is not installed")
    assert done.returncode == 0, done.stderr
    return folder


def test_whole_numbers_that_are_missing_are_no_rows(classic):
    case = read_diffnet(classic / "brfarmers.rds", kind="farmer")
    assert case.problems == ()
    assert rows(case, "adoptions", "unit", "time") == [("1001", "1946"), ("1002", "1950"), ("1004", "1949")]
    facts = rows(case, "attributes", "variable", "unit", "value")
    assert [fact for fact in facts if fact[0] == "income"] == [
        ("income", "1002", "3"),
        ("income", "1003", "2"),
    ]
    assert [fact for fact in facts if fact[0] == "radio"] == [
        ("radio", "1001", "1.5"), ("radio", "1003", "2"), ("radio", "1004", "3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "never", "adopted"),
    [("kfamily", 11, ["1", "3"]), ("medInnovations", 18, ["1001", "1002", "1004"])],
)
def test_classic_data_without_dates_are_read(classic, name, never, adopted):
    case = read_diffnet(classic / f"{name}.rds", never=never)
    assert {problem.rule for problem in case.problems} == {"undated-periods"}
    assert rows(case, "adoptions", "unit", "time") == [(unit, None) for unit in adopted]
    assert rows(case, "ties", "sender", "receiver")[0][0] in case.table("units")["unit"].to_list()
    frames = read_diffnet_frames(classic / f"{name}.rds", never=never)
    assert sorted(frames.adoptions.drop_nulls("time")["unit"]) == adopted


def test_missing_truth_and_factors_are_no_rows(classic):
    case = read_diffnet(classic / "medInnovations.rds", never=18)
    facts = rows(case, "attributes", "variable", "unit", "value")
    assert [fact for fact in facts if fact[0] == "science"] == [
        ("science", "1001", "True"), ("science", "1003", "False"), ("science", "1004", "True"),
    ]  # fmt: skip
    women = rows(read_diffnet(classic / "kfamily.rds", never=11), "attributes", "variable", "unit", "value")
    assert not [fact for fact in women if fact[0] == "pregs"]
    assert [fact for fact in women if fact[0] == "media"] == [
        ("media", "1", "radio"), ("media", "3", "tv"), ("media", "4", "tv"),
    ]  # fmt: skip


def test_ties_that_come_and_go_have_their_dates(tmp_path):
    there, gone = np.array([[0, 0], [3, 0]]), np.zeros((2, 2), dtype=int)
    meta = {"ids": np.array(["a", "b"]), "pers": np.arange(2001, 2007)}
    held = made(
        graph=[gone, there, there, gone, there, 2 * there], meta=meta, toa=np.array([2001.0, 2002.0]),
        **{"vertex.static.attrs": None},
    )  # fmt: skip
    case = read_diffnet(written(tmp_path, held))
    assert rows(case, "ties", "weight", "start", "end") == [
        (3.0, "2002", "2003"), (3.0, "2005", "2005"), (6.0, "2006", None),
    ]  # fmt: skip


def test_loops_are_left_out_and_told(tmp_path):
    loops = np.array([[1, 0, 0], [1, 0, 0], [0, 2, 5]])
    case = read_diffnet(written(tmp_path, made(graph=[loops, loops])))
    assert len(rows(case, "ties", "sender")) == 2
    (told,) = case.problems
    assert (told.level, told.rule, told.count) == ("warning", "not-itself", 2)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"graph": [np.zeros((3, 3), dtype=int)]}, "one network for each period"),
        ({"graph": [np.zeros((2, 2), dtype=int)] * 2}, "square"),
        ({"graph": 5}, "one network"),
        ({"toa": np.array([2001.0, 2002.0])}, "one time of adoption"),
        ({"toa": np.array([2001.0, 2002.0, 2009.0])}, "`c` has an adoption date outside the periods"),
        ({"vertex.static.attrs": pd.DataFrame({"gdp": [1.0]})}, "1 row for 3 units"),
        ({"meta": {"ids": np.array(["a", "a", "c"]), "pers": np.array([2001, 2002])}}, "share one"),
        ({"meta": {"ids": np.array(["a", "b", "c"]), "pers": np.array([2001, 2005])}}, "one by one"),
        ({"meta": {"ids": np.array(["a", "b", "c"]), "pers": np.array(["x", "y"])}}, "not numbers"),
        ({"meta": {}}, "no ids"),
        ({"meta": [1, 2]}, "not a list"),
    ],
)
def test_what_contradicts_itself_is_refused_in_words(tmp_path, changes, words):
    with pytest.raises(CaseError, match=words):
        read_diffnet(written(tmp_path, made(**changes)))


def test_matrices_of_r_are_read_whatever_they_store():
    slots = {"i": np.array([0, 1]), "p": np.array([0, 0, 1, 2]), "Dim": np.array([3, 3])}
    plain = edges(SimpleNamespace(**slots, x=np.array([2.0, 3.0])), 3)
    assert [one.tolist() for one in plain] == [[0, 1], [1, 2], [2.0, 3.0]]
    pattern = edges(SimpleNamespace(**slots), 3)
    assert pattern[2].tolist() == [1, 1]
    half = SimpleNamespace(
        **slots, x=np.array([2.0, 3.0]), uplo=np.array(["U"]), **{"class": np.array(["dsCMatrix"])}
    )
    row, column, value = edges(half, 3)
    assert sorted(zip(row.tolist(), column.tolist(), value.tolist(), strict=True)) == [
        (0, 1, 2.0), (1, 0, 2.0), (1, 2, 3.0), (2, 1, 3.0),
    ]  # fmt: skip
    for broken in (
        {"i": np.array([0, 9])},
        {"p": np.array([0, 5, 1, 2])},
        {"Dim": np.array([2, 2])},
        {"i": "x"},
    ):
        assert edges(SimpleNamespace(**(slots | broken)), 3) is None


# Hostile files


@pytest.mark.parametrize(
    "content", [b"", b"nothing of the kind", b"X\n", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00"]
)
@pytest.mark.parametrize("ending", [".rds", ".rda"])
def test_damaged_files_are_refused_in_words(tmp_path, content, ending):
    (tmp_path / f"a{ending}").write_bytes(content)
    with pytest.raises(CaseError, match="not a file of R"):
        r_objects(tmp_path / f"a{ending}")


def test_a_cut_file_is_damaged(tmp_path):
    whole = gzip.decompress(written(tmp_path, made()).read_bytes())
    for kept in range(0, len(whole), 37):
        (tmp_path / "cut.rds").write_bytes(whole[:kept])
        with pytest.raises(CaseError, match="damaged"):
            read_diffnet(tmp_path / "cut.rds")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_unpacks_without_end_is_not_unpacked(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(limits, "R_BYTES", 100_000)
    (tmp_path / "bomb.rds").write_bytes(pack(bytes(10_000_000)))
    with pytest.raises(CaseError, match="more than"):
        r_objects(tmp_path / "bomb.rds")


def sequence(length):
    """An .rds that says 1:length in a few bytes, as R writes it."""
    header = b"X\n" + struct.pack(">iii", 3, 0x040202, 0x030500) + struct.pack(">i", 5) + b"UTF-8"

    def symbol(name):
        return struct.pack(">ii", 1, 0x00040009) + struct.pack(">i", len(name)) + name

    named = struct.pack(">i", 2) + symbol(b"compact_intseq") + struct.pack(">i", 2) + symbol(b"base")
    named += struct.pack(">i", 2) + struct.pack(">iii", 13, 1, 13) + struct.pack(">i", 254)
    state = struct.pack(">ii", 14, 3) + struct.pack(">ddd", length, 1, 1)
    return header + struct.pack(">i", 238) + named + state + struct.pack(">i", 254)


def test_a_short_sequence_is_not_made_long(tmp_path):
    (tmp_path / "few.rds").write_bytes(sequence(5))
    assert r_objects(tmp_path / "few.rds")["few"].tolist() == [1, 2, 3, 4, 5]
    (tmp_path / "many.rds").write_bytes(sequence(1e12))
    with pytest.raises(CaseError, match="more than"):
        r_objects(tmp_path / "many.rds")


def test_one_long_text_among_many_short_ones_takes_no_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "R_BYTES", 1_000_000)
    file = written(tmp_path, ["x" * 5_000, *["y"] * 500])
    r_objects(file)
    file = written(tmp_path, np.array(["x" * 5_000, *["y"] * 500]))
    with pytest.raises(CaseError, match="more than"):
        r_objects(file)


def test_code_in_a_file_is_not_run(tmp_path):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    lines = (
        'f <- function() file.create("touched"); e <- quote(file.create("touched")); x <- expression(stop());'
    )
    lines += (
        'delayedAssign("p", stop("run")); saveRDS(list(e, x), "code.rds"); save(f, e, x, file = "code.rda")'
    )
    subprocess.run(["Rscript", "-e", lines], cwd=tmp_path, check=True, capture_output=True)
    assert set(r_objects(tmp_path / "code.rda")) == {"e", "x"}
    for name in ("code.rds", "code.rda"):
        with pytest.raises(CaseError, match="no `diffnet`"):
            read_diffnet(tmp_path / name)
    assert not (tmp_path / "touched").exists()


def test_other_endings_and_absent_files_are_refused(tmp_path):
    with pytest.raises(PlanError, match="does not end in one of"):
        read_diffnet(tmp_path / "a.csv")
    with pytest.raises(CaseError, match="no file"):
        read_diffnet(tmp_path / "a.rds")
    assert r_files.ENDINGS == (".rds", ".rda", ".rdata")
