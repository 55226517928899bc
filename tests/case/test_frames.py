"""Data frames become a case: every way a value is held, unknown as unknown, problems with their place."""

from __future__ import annotations

import datetime as dt
import inspect
from decimal import Decimal
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from diffuscope.case.from_frames import case_from_frames
from diffuscope.case.read import read_case
from diffuscope.case.scaffold import new_case
from diffuscope.case.shipped import shipped_cases
from diffuscope.records import Analysis
from diffuscope.tables.catalogue import CATALOGUE

UNITS = {
    "unit": ["vnm", "sgp", "hanoi"],
    "name": ["Viet Nam", "Singapore", "Hà Nội"],
    "kind": ["state", "state", "city"],
    "role": ["adopter", "adopter", "adopter"],
    "parent": [None, None, "vnm"],
    "lat": [None, 1.35, 21.03],
    "lon": [None, 103.8, 105.85],
}
POLICIES = {"policy": ["plan"], "name": ["A plan"]}
ADOPTIONS = {
    "unit": ["vnm", "sgp", "hanoi"],
    "policy": ["plan"] * 3,
    "time": [2018, 2014, None],
    "source": ["p. 1", "p. 2", "p. 3"],
}
MAKERS = {
    "pandas": pd.DataFrame,
    "pandas, nullable": lambda columns: pd.DataFrame(columns).convert_dtypes(),
    "pandas, objects": lambda columns: pd.DataFrame(columns, dtype=object),
    "pandas, Arrow": lambda columns: pd.DataFrame(columns).convert_dtypes(dtype_backend="pyarrow"),
    "Polars": pl.DataFrame,
    "Polars, lazy": pl.LazyFrame,
    "Arrow": pa.table,
}


def times(values: object) -> tuple[list[str | None], list[tuple[int | None, str, str | None]]]:
    """The dates of adoptions whose `time` is that column, and what is told of them."""
    if isinstance(values, pl.Series | pa.Array | pa.ChunkedArray):
        n = len(values)
        columns = {
            "unit": pl.Series([f"u{at}" for at in range(n)]),
            "policy": ["plan"] * n,
            "source": ["p"] * n,
        }
        frame = pl.DataFrame(columns).with_columns(time=pl.Series(values))
    else:
        n = len(values)
        frame = pd.DataFrame(
            {"unit": [f"u{at}" for at in range(n)], "policy": "plan", "source": "p", "time": values}
        )
    case = case_from_frames(adoptions=frame)
    told = [(p.row, p.rule, p.value) for p in case.problems if p.column == "time"]
    return case.table("adoptions")["time"].to_list(), told


@pytest.mark.parametrize("maker", MAKERS)
def test_every_kind_of_frame_gives_the_same_case(maker):
    make = MAKERS[maker]
    analysis = Analysis(id="a", question="Why?", policies=("plan",), units=("vnm", "sgp"))
    case = case_from_frames(
        id="mine",
        title="Mine",
        analyses=[analysis],
        waves={"2018": "2018-12"},
        units=make(UNITS),
        policies=make(POLICIES),
        adoptions=make(ADOPTIONS),
    )
    assert case.problems == ()
    assert (case.id, case.title, case.analyses, case.waves) == (
        "mine",
        "Mine",
        (analysis,),
        {"2018": "2018-12"},
    )
    assert case.table("units")["parent"].to_list() == [None, None, "vnm"]
    assert case.table("units")["lat"].to_list() == [None, 1.35, 21.03]
    assert case.table("adoptions")["time"].to_list() == ["2018", "2014", None]
    assert case.table("adoptions")["_row"].to_list() == [2, 3, 4]
    assert case.files == {name: f"{name} (frame)" for name in ("units", "policies", "adoptions")}
    reference = case_from_frames(
        analyses=[analysis],
        waves={"2018": "2018-12"},
        units=pl.DataFrame(UNITS),
        policies=pl.DataFrame(POLICIES),
        adoptions=pl.DataFrame({**ADOPTIONS, "time": ["2018", "2014", ""]}),
    )
    assert case.sha256 == reference.sha256


@pytest.mark.parametrize(
    ("values", "dates"),
    [
        ([2018, 2019], ["2018", "2019"]),
        ([2018.0, np.nan], ["2018", None]),
        ([2018, None, "2019-05", 2020.0], ["2018", None, "2019-05", "2020"]),
        (pd.array([2018, None], dtype="Int64"), ["2018", None]),
        (pd.to_datetime(["2018-07-08", None]), ["2018-07-08", None]),
        (pd.to_datetime(["2018-07-08"]).tz_localize("Asia/Jakarta"), ["2018-07-08"]),
        (pd.PeriodIndex(["2018", "2019"], freq="Y"), ["2018", "2019"]),
        (pd.PeriodIndex(["2018-07"], freq="M"), ["2018-07"]),
        (pd.Categorical([2018, None, 2019]), ["2018", None, "2019"]),
        (pd.Categorical(["2018", None]), ["2018", None]),
        ([dt.date(2018, 7, 8), pd.NaT, None], ["2018-07-08", None, None]),
        ([dt.datetime(2018, 7, 8), "2018"], ["2018-07-08", "2018"]),
        (
            [np.datetime64("2018-07-08"), pd.Timestamp("2018-07-09"), pd.NaT],
            ["2018-07-08", "2018-07-09", None],
        ),
        ([pd.NA, float("nan"), None, "  ", ""], [None] * 5),
        ([np.int32(2018), np.float32(2019), Decimal(2020)], ["2018", "2019", "2020"]),
        (["  2018 ", "2019"], ["2018", "2019"]),
        (pl.Series([dt.date(2018, 7, 8), None]), ["2018-07-08", None]),
        (pl.Series([dt.datetime(2018, 7, 8), None]), ["2018-07-08", None]),
        (pl.Series([2018.0, float("nan"), None]), ["2018", None, None]),
        (pl.Series(["2018", None], dtype=pl.Categorical), ["2018", None]),
        (pl.Series(["2018"], dtype=pl.Enum(["2018"])), ["2018"]),
        (pl.Series([None, None]), [None, None]),
        (pl.Series([2018, None], dtype=pl.UInt16), ["2018", None]),
    ],
    ids=str,
)
def test_dates_in_every_shape(values, dates):
    assert times(values) == (dates, [])


@pytest.mark.parametrize(
    ("values", "value"),
    [
        (["2018", "nan"], "nan"),
        ([2018.5, 2018], "2018.5"),
        ([float("inf"), 2018], "inf"),
        (["8.7.2018"], "8.7.2018"),
        (pd.to_datetime(["2018-07-08 12:30"]), "2018-07-08T12:30:00"),
        ([dt.datetime(2018, 7, 8, 12, 30), "2018"], "2018-07-08 12:30:00"),
        ([True, False], "yes"),
    ],
)
def test_what_is_no_date_is_told_with_its_value(values, value):
    found, told = times(values)
    assert value in [shown for _, rule, shown in told if rule == "bad-date"]
    assert len(found) == len(values)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([{"year": 2018}, "2018"], "dict"),
        ([b"2018", None], "bytes"),
        ([dt.timedelta(days=1), None], "Timedelta"),
        ([object(), "2018"], "object"),
        (pl.Series([{"year": 2018}]), "dict"),
        (pl.Series([dt.time(12)]), "time"),
        (pl.Series([b"2018"]), "bytes"),
        ([{2018, 2019}], "set"),
    ],
)
def test_objects_that_no_table_can_hold_are_told(values, kind):
    found, told = times(values)
    assert found[0] is None
    assert [(rule, shown) for row, rule, shown in told if row == 2] == [("bad-value", kind)]


def numbers(values: object) -> list[float | None]:
    n = len(values)
    frame = pd.DataFrame(
        {
            "unit": [f"u{at}" for at in range(n)],
            "name": "N",
            "kind": "k",
            "role": "other",
            "lat": values,
            "lon": 0,
        }
    )
    return case_from_frames(units=frame).table("units")["lat"].to_list()


def test_numbers_keep_their_value():
    assert numbers([1.35, -0.1, 1e-7, 2.0]) == [1.35, -0.1, 1e-7, 2.0]
    assert numbers([1, 2]) == [1.0, 2.0]
    assert numbers([Decimal("1.50"), None]) == [1.5, None]
    assert numbers(np.array([0.1], dtype=np.float32)) == [0.1]
    third = 1 / 3
    assert numbers([third, None]) == [third, None]
    assert numbers(pd.array([third, None], dtype="Float64")) == [third, None]


def one_unit(**cells: object) -> pl.DataFrame:
    frame = pd.DataFrame({name: [value] for name, value in cells.items()})
    row = {"unit": "u", "name": "N", "kind": "k", "role": "other"}
    return case_from_frames(units=frame.assign(**{name: row[name] for name in row if name not in cells}))


@pytest.mark.parametrize(
    "aliases",
    [["a", "b"], ("a", "b"), np.array(["a", "b"]), ["a", None, " b "], "a; b", ["a;b"], ["a", pd.NA, "b"]],
    ids=str,
)
def test_several_ids_are_a_list_or_text(aliases):
    assert one_unit(aliases=aliases).table("units")["aliases"].to_list() == [["a", "b"]]


def test_lists_of_polars_and_arrow():
    columns = {"unit": ["u", "v", "w"], "name": "N", "kind": "k", "role": "other"}
    lists = [["a", None, "b"], [], None]
    frame = pl.DataFrame(columns).with_columns(aliases=pl.Series(lists))
    for given in (frame, frame.to_arrow(), frame.lazy()):
        case = case_from_frames(units=given)
        assert case.table("units")["aliases"].to_list() == [["a", "b"], None, None]


def test_text_paths_and_truth():
    case = one_unit(note="  two\nlines ", name="n\u0303")
    assert case.table("units")["note"][0] == "two\nlines"
    assert case.table("units")["name"][0] == "ñ"
    documents = pd.DataFrame({"document": ["d"], "title": ["T"], "path": [PurePosixPath("a/b.pdf")]})
    assert case_from_frames(documents=documents).table("documents")["path"][0] == "a/b.pdf"
    support = pl.DataFrame(
        {"partner": "a", "recipient": "b", "kind": "aid", "source": "p", "conditional": [True]}
    )
    assert case_from_frames(support=support).table("support")["conditional"][0] == "yes"


def test_letters_broken_in_two_are_told_and_do_no_harm():
    case = one_unit(name=["a\ud800b"])
    assert [(p.row, p.column, p.rule) for p in case.errors] == [(2, "name", "damaged-text")]


def test_problems_name_the_frame_and_the_row_a_spreadsheet_would_show():
    wrong = {**UNITS, "role": ["adopter", "king", "adopter"], "colour": ["a", "b", "c"]}
    case = case_from_frames(units=pd.DataFrame(wrong, index=[7, 8, 9]))
    assert [(p.file, p.table, p.row, p.column, p.value) for p in case.problems] == [
        ("units (frame)", "units", 3, "role", "king"),
        ("units (frame)", "units", 1, "colour", None),
    ]


def test_references_between_frames_are_checked():
    wrong = {**ADOPTIONS, "unit": ["Viet Nam", "sgp", "hanoy"]}
    case = case_from_frames(
        units=pl.DataFrame(UNITS), policies=pl.DataFrame(POLICIES), adoptions=pl.DataFrame(wrong)
    )
    (problem,) = case.problems
    assert (problem.file, problem.row, problem.value, problem.fix) == (
        "adoptions (frame)",
        4,
        "hanoy",
        "write `hanoi` if that is meant, or add a row to `units`",
    )
    assert [(one.file, one.written, one.means) for one in case.read_as] == [
        ("adoptions (frame)", "Viet Nam", "vnm")
    ]


def test_what_is_no_frame_is_told_and_nothing_is_concluded_from_it():
    for given in ([1, 2], {"unit": ["a"]}, "units.csv", 5, pd.Series([1]), pl.Series([1])):
        case = case_from_frames(units=given, attendance=pl.DataFrame({"event": ["e"], "unit": ["a"]}))
        assert [(p.file, p.rule) for p in case.errors if p.table == "units"] == [
            ("units (frame)", "not-a-frame")
        ]
        assert "units" not in case.tables
        assert not [p for p in case.errors if p.rule == "missing-table" and p.column == "unit"]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame([["a", "b"]], columns=["unit", "unit"]),
        pd.DataFrame([["a", "b"]], columns=["unit", " unit "]),
        pa.table([["a"], ["b"]], names=["unit", "unit"]),
    ],
)
def test_two_columns_of_one_name_are_told(frame):
    case = case_from_frames(units=frame)
    assert [problem.rule for problem in case.errors if problem.rule != "missing-column"] == [
        "repeated-column"
    ]


def test_frames_of_odd_shape():
    assert case_from_frames(units=pl.DataFrame()).errors[0].rule == "missing-column"
    assert case_from_frames(units=pd.DataFrame(index=[0, 1])).errors[0].rule == "missing-column"
    assert "0" in [p.column for p in case_from_frames(units=pd.DataFrame([["a"]], columns=[0])).problems]
    assert case_from_frames(units=pl.DataFrame(schema=dict.fromkeys(UNITS, pl.String))).errors == ()
    assert case_from_frames().tables == {}


def test_tables_of_a_case_can_be_handed_back():
    case = case_from_frames(
        units=pl.DataFrame({**UNITS, "aliases": [["Vietnam"], None, ["Hanoi", "Ha Noi"]]})
    )
    units = case.table("units").filter(pl.col("unit") != "sgp")
    again = case_from_frames(units=units)
    assert again.problems == ()
    assert again.table("units").drop("_row").equals(units.drop("_row"))
    assert again.table("units")["_row"].to_list() == [2, 3]


def test_questions_are_records_or_mappings_and_are_checked():
    frames = {
        "units": pl.DataFrame(UNITS),
        "policies": pl.DataFrame(POLICIES),
        "adoptions": pl.DataFrame(ADOPTIONS),
    }
    asked = {"id": "a", "question": "Why?", "policies": ["plan"], "units": "state", "window": [2014, 2020]}
    case = case_from_frames(analyses=(asked,), **frames)
    assert case.problems == ()
    assert case.analyses == (
        Analysis(id="a", question="Why?", policies=("plan",), units=("vnm", "sgp"), window=("2014", "2020")),
    )
    wrong = case_from_frames(
        analyses=[{**asked, "units": ["vnn"]}, {**asked, "id": "b", "polices": "x"}], **frames
    )
    assert [(p.rule, p.column, p.value) for p in wrong.problems] == [
        ("unknown-setting", "polices", None),
        ("unknown-id", "units", "vnn"),
    ]
    for odd in ("a", {"id": "a"}, [1], 5):
        assert case_from_frames(analyses=odd, **frames).errors


def test_there_is_one_keyword_for_every_table():
    words = inspect.signature(case_from_frames).parameters
    assert [name for name in words if name in CATALOGUE] == list(CATALOGUE)
    assert all(word.kind == inspect.Parameter.KEYWORD_ONLY for word in words.values())


def test_rows_keep_their_number_and_empty_ones_in_the_middle_are_told():
    frame = pl.DataFrame(UNITS).with_columns(pl.when(pl.col("unit") != "sgp").then(pl.all()))
    case = case_from_frames(units=frame)
    assert [(p.row, p.rule) for p in case.problems] == [(3, "empty-row")]
    assert case.table("units")["_row"].to_list() == [2, 3, 4]


def test_large_frames_are_read_whole():
    n = 200_000
    frame = pd.DataFrame(
        {"unit": np.arange(n) % 100, "policy": "plan", "time": 2000.0 + np.arange(n) % 20, "source": "p"}
    )
    case = case_from_frames(adoptions=frame.assign(policy=[f"p{at}" for at in range(n)]))
    assert case.table("adoptions").height == n


def as_pandas(file):
    return pd.read_csv(file, dtype={"value": str, "printed": str})


READERS = {
    "pandas": as_pandas,
    "pandas, all text": lambda file: pd.read_csv(file, dtype=str),
    "Polars": lambda file: pl.read_csv(file, infer_schema_length=None),
    "Polars, all text": lambda file: pl.read_csv(file, infer_schema=False),
    "Polars, lazy": lambda file: pl.scan_csv(file, infer_schema=False),
    "Arrow": lambda file: pl.read_csv(file, infer_schema=False).to_arrow(),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_case_of_frames_equals_the_same_case_read_from_files(tmp_path, reader):
    """`value` and `printed` are verbatim texts: whoever turns them into numbers first has another case."""
    folder = new_case(tmp_path / "mine")
    case = read_case(folder)
    frames = {name: READERS[reader](folder / f"{name}.csv") for name in case.tables}
    made = case_from_frames(id=case.id, title=case.title, analyses=case.analyses, waves=case.waves, **frames)
    assert made.problems == case.problems == ()
    assert made.sha256 == case.sha256
    for name, table in case.tables.items():
        assert made.table(name).equals(table), name


def test_the_shipped_case_handed_back_as_frames_is_the_same():
    for shipped in shipped_cases():
        case = read_case(shipped.id)
        about = {"id": case.id, "title": case.title, "tiers": case.tiers}
        made = case_from_frames(**about, analyses=case.analyses, waves=case.waves, **case.tables)
        assert made.errors == case.errors == ()
        assert made.sha256 == case.sha256


def test_a_frame_and_the_same_frame_as_a_parquet_file_are_one(tmp_path):
    support = pl.DataFrame(
        {
            "partner": pl.Series(["a", "b"], dtype=pl.Categorical),
            "recipient": ["b", "a"],
            "kind": "aid",
            "amount": [2.0, float("nan")],
            "currency": ["USD", None],
            "start": [dt.date(2018, 7, 8), None],
            "end": [dt.datetime(2019, 1, 1), dt.datetime(2020, 1, 1)],
            "conditional": [True, None],
            "name": [2018.0, 2019.5],
            "source": "p. 1",
        }
    )
    units = pl.DataFrame(
        {
            "unit": ["a", "b"],
            "name": ["A", "B"],
            "kind": "state",
            "role": "other",
            "aliases": [["x", "y"], None],
        }
    )
    support.write_parquet(tmp_path / "support.parquet")
    units.write_parquet(tmp_path / "units.parquet")
    (tmp_path / "case.toml").write_text('format = 1\nid = "mine"\ntitle = "Mine"\n', encoding="utf-8")
    read, made = read_case(tmp_path), case_from_frames(id="mine", title="Mine", units=units, support=support)
    assert read.errors == made.errors == ()
    assert read.table("support").equals(made.table("support"))
    assert read.sha256 == made.sha256
    assert read.table("support")["conditional"].to_list() == ["yes", None]
