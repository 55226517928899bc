"""Cases drawn from the declarations, written as people have their files, read again, and damaged."""

from __future__ import annotations

import csv
import io
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import frictionless
import polars as pl
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from verify.drawn import examples

from diffuscope.case import Case, case_from_frames, read_case, write_data_package
from diffuscope.records.quoting import csv_cell_read
from diffuscope.tables.catalogue import CATALOGUE

sys.path.insert(0, str(Path(__file__).parents[1] / "tables"))

from strategies import ANALYSES, WAVES, Drawn, cases

few = settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
WAVE_DATES = {wave: f"202{at}-12" for at, wave in enumerate(WAVES)}
QUESTIONS = [{"id": name, "question": "Why?"} for name in ANALYSES]
NUMBERS = ("number", "probability", "fraction")


@dataclass(frozen=True)
class Dialect:
    """How a table is written to a file."""

    delimiter: str = ","
    decimal: str = "."
    end: str = "\n"
    mark: bool = False
    quote_all: bool = False
    last_end: bool = True

    def write(self, drawn: Drawn, name: str) -> bytes:
        out = io.StringIO(newline="")
        quoting = csv.QUOTE_ALL if self.quote_all else csv.QUOTE_MINIMAL
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator=self.end, quoting=quoting)
        columns = drawn.columns[name]
        writer.writerow(columns)
        for row in drawn.tables[name]:
            writer.writerow([self.cell(name, column, row.get(column, "")) for column in columns])
        text = out.getvalue()
        # A last row that looks empty would not be one without the end of its line.
        text = text if self.last_end else text.removesuffix(self.end)
        return text.encode("utf-8-sig" if self.mark else "utf-8")

    def cell(self, name: str, column: str, text: str) -> str:
        is_number = column in CATALOGUE[name].names and CATALOGUE[name].column(column).kind in NUMBERS
        return text.replace(".", self.decimal) if is_number else text


dialects = st.builds(
    Dialect,
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.booleans(),
    quote_all=st.booleans(),
    last_end=st.booleans(),
)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    lines = ["format = 1", 'id = "drawn"', 'title = "Drawn"', "[waves]"]
    lines += [f"{json.dumps(wave)} = {json.dumps(date)}" for wave, date in WAVE_DATES.items()]
    for asked in QUESTIONS:
        lines += [
            "[[analysis]]",
            *(f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in asked.items()),
        ]
    (folder / "case.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for document in ("documents/a.pdf", "ü b.txt"):
        (folder / document).parent.mkdir(exist_ok=True)
        (folder / document).write_bytes(b"")
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content)
    return folder


def read(files: dict[str, bytes]) -> Case:
    with tempfile.TemporaryDirectory() as folder:
        return read_case(write(Path(folder), files))


def as_frames(drawn: Drawn) -> Case:
    frames = {name: drawn.raw(name).cells for name in drawn.tables}
    return case_from_frames(id="drawn", title="Drawn", analyses=QUESTIONS, waves=WAVE_DATES, **frames)


def errors(case: Case) -> list[tuple[str | None, int | None, str | None]]:
    return [(problem.table, problem.row, problem.column) for problem in case.errors]


@few
@given(cases(), dialects)
def test_files_read_as_the_frames_they_were_written_from(drawn, dialect):
    case = read({name: dialect.write(drawn, name) for name in drawn.tables})
    assert [problem for problem in case.errors if problem.rule != "ambiguous-number"] == []
    assert {name: table.height for name, table in case.tables.items()} == {
        name: len(rows) for name, rows in drawn.tables.items()
    }
    if not case.errors:
        same = as_frames(drawn)
        assert same.errors == ()
        for name, table in same.tables.items():
            assert case.table(name).equals(table), name
        assert case.sha256 == same.sha256
    event(f"ambiguous numbers: {bool(case.errors)}")


@few
@given(cases(), st.sampled_from(";\t"))
def test_decimal_commas_are_read_as_decimals_or_told(drawn, delimiter):
    commas = {name: Dialect(delimiter=delimiter, decimal=",").write(drawn, name) for name in drawn.tables}
    case, same = read(commas), as_frames(drawn)
    told = set(errors(case))
    for name, rows in drawn.tables.items():
        for column in CATALOGUE[name].columns:
            values = (table.table(name)[column.name].to_list() for table in (case, same))
            pairs = zip(*values, strict=True)
            for at, (one, other) in enumerate(pairs):
                assert one == other or (one is None and (name, at + 2, column.name) in told)
        assert case.table(name).height == len(rows)


@settings(few, max_examples=examples(2))
@given(cases(names=tuple(CATALOGUE)))
def test_all_tables_make_a_valid_data_package_that_reads_back_the_same(drawn):
    case = as_frames(drawn)
    assume(not case.errors)
    with tempfile.TemporaryDirectory() as folder:
        descriptor = write_data_package(case, Path(folder) / "package")
        found = frictionless.validate(str(descriptor))
        assert found.valid, found.flatten(["fieldName", "type", "note"])
        says = json.loads(descriptor.read_text(encoding="utf-8"))
        again = {
            part["name"]: pl.read_csv(descriptor.parent / part["path"], infer_schema=False).with_columns(
                pl.all().map_elements(csv_cell_read, return_dtype=pl.String)
            )
            for part in says["resources"]
        }
    left_out = says.get("rowsLeftOut", {})
    assert {name: table.height + left_out.get(name, 0) for name, table in again.items()} == {
        name: len(rows) for name, rows in drawn.tables.items()
    }
    if not left_out:
        back = case_from_frames(id="drawn", title="Drawn", analyses=QUESTIONS, waves=WAVE_DATES, **again)
        assert back.sha256 == case.sha256


# --- damage: it is found, or nothing was lost


def accounted(case: Case, name: str, rows: int) -> bool:
    """Whether every row that the file holds was read, or it is told that the file was not."""
    if name not in case.tables:
        return any(problem.file == f"{name}.csv" for problem in case.errors)
    return case.table(name).height >= rows


@few
@given(cases(), st.data())
def test_a_file_that_is_cut_off_loses_no_row_in_silence(drawn, data):
    dialect = data.draw(dialects)
    name = data.draw(st.sampled_from(sorted(drawn.tables)))
    files = {table: dialect.write(drawn, table) for table in drawn.tables}
    heading = len(files[name].split(dialect.end.encode(), 1)[0]) + len(dialect.end)
    assume(heading < len(files[name]))
    cut = files[name][: data.draw(st.integers(heading, len(files[name]) - 1))]
    case = read({**files, name: cut})
    text = cut.decode("utf-8-sig", "replace")
    left = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter) if any(row)]
    assert accounted(case, name, len(left) - 1)
    inside_quotes = text.count('"') % 2 == 1
    assert not inside_quotes or any(problem.file == f"{name}.csv" for problem in case.errors)


@few
@given(cases(), st.data())
def test_lines_of_other_dialects_among_the_rows_are_told(drawn, data):
    """A line pasted in from a file parted otherwise has too few cells, or a cell that cannot be one."""
    name = data.draw(st.sampled_from(sorted(drawn.tables)))
    delimiter, other = data.draw(st.sampled_from([(",", ";"), (";", "\t"), ("\t", ",")]))
    written = Dialect(delimiter=delimiter)
    files = {table: written.write(drawn, table) for table in drawn.tables}
    needed = [column.name for column in CATALOGUE[name].columns if column.required]
    assume(len(needed) > 1)
    line = other.join("q" for _ in drawn.columns[name]).encode() + b"\n"
    case = read({**files, name: files[name] + line})
    last = len(drawn.tables[name]) + 2
    assert case.table(name).height == last - 1 or name not in case.tables
    assert any(problem.file == f"{name}.csv" and problem.row in (last, None) for problem in case.errors)


@few
@given(cases(), st.data())
def test_rows_of_wrong_length_are_told(drawn, data):
    name = data.draw(st.sampled_from(sorted(drawn.tables)))
    files = {table: Dialect().write(drawn, table) for table in drawn.tables}
    line = ",".join("q" for _ in range(len(drawn.columns[name]) + data.draw(st.integers(1, 3))))
    case = read({**files, name: files[name] + line.encode() + b"\n"})
    # Lines are counted as they are in a spreadsheet: a cell of two lines is still one row.
    row = len(drawn.tables[name]) + 2
    assert any(problem.file == f"{name}.csv" and problem.row in (row, None) for problem in case.errors)


@few
@given(cases(), st.data())
def test_bytes_of_other_encodings_are_told(drawn, data):
    name = data.draw(st.sampled_from(sorted(drawn.tables)))
    files = {table: Dialect().write(drawn, table) for table in drawn.tables}
    at = data.draw(st.integers(0, len(files[name])))
    damaged = files[name][:at] + b"\xe9\xff" + files[name][at:]
    case = read({**files, name: damaged})
    assert any(problem.file == f"{name}.csv" for problem in case.errors)
    assert case.table(name).height in (0, len(drawn.tables[name]))


@few
@given(cases(), st.data())
def test_columns_named_twice_are_told(drawn, data):
    name = data.draw(st.sampled_from(sorted(drawn.tables)))
    files = {table: Dialect().write(drawn, table) for table in drawn.tables}
    first = data.draw(st.sampled_from(drawn.columns[name]))
    lines = files[name].decode("utf-8").split("\n", 1)
    case = read({**files, name: f"{lines[0]},{first}\n{lines[1]}".encode()})
    told = [problem for problem in case.errors if problem.rule == "repeated-column"]
    assert [(problem.file, problem.column) for problem in told] == [(f"{name}.csv", first)]
    assert case.table(name).height == len(drawn.tables[name])
