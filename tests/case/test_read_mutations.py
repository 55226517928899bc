"""Sound cases with a few bytes changed: never a traceback, never a lost row, and wrong is never quiet."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from made import SETTINGS, TABLES, text, write
from verify.drawn import examples

from diffuscope.case import read_case
from diffuscope.errors import CaseError
from diffuscope.study import case_problems

SIGNS = [
    b'"',
    b"\n",
    b"\r",
    b",",
    b";",
    b"\t",
    b"\0",
    b"\xff",
    b"\xe9",
    b"=",
    b"[",
    b"'",
    b" ",
    b"",
    b"9" * 30,
    b"\\",
]
FILES = {
    "case.toml": SETTINGS.encode(),
    **{f"{name}.csv": text(rows).encode() for name, rows in TABLES.items()},
}
CHANGE = st.tuples(
    st.sampled_from(sorted(FILES)), st.integers(0, 400), st.integers(0, 3), st.sampled_from(SIGNS)
)


def changed(files: dict[str, bytes], changes: list[tuple[str, int, int, bytes]]) -> dict[str, bytes]:
    made = dict(files)
    for name, at, length, sign in changes:
        data = made[name]
        start = at % (len(data) + 1)
        made[name] = data[:start] + sign + data[start + length :]
    return made


@given(st.lists(CHANGE, min_size=1, max_size=4))
@settings(max_examples=examples(24), deadline=None)
def test_changed_files_are_read_or_refused_in_words(changes):
    files = changed(FILES, changes)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        case = read_case(folder)
        problems = case_problems(case)
    assert all(problem.message and problem.fix for problem in problems)
    for name in TABLES:
        if name not in case.tables:
            assert any(problem.file == f"{name}.csv" for problem in problems), files[f"{name}.csv"]
        elif headings(files, name) == headings(FILES, name):
            assert case.tables[name].height >= rows_with_content(files[f"{name}.csv"])


def headings(files: dict[str, bytes], name: str) -> bytes:
    return files[f"{name}.csv"].split(b"\n")[0]


def rows_with_content(data: bytes) -> int:
    """Rows below the headings in which anything stands, as the standard library parts them."""
    rows = list(csv.reader(io.StringIO(data.decode().replace("\r", " "), newline="")))
    return sum(any(cell.strip() for cell in row) for row in rows) - 1


@given(st.integers(0, 10_000), st.integers(0, 30), st.sampled_from(SIGNS))
@settings(max_examples=examples(20), deadline=None)
def test_changed_zips_are_read_or_refused_in_words(at, length, sign):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in FILES.items():
            made.writestr(name, data)
    _survives("zip", packed.getvalue(), at, length, sign)


@given(st.integers(0, 20_000), st.integers(0, 30), st.sampled_from(SIGNS))
@settings(max_examples=examples(20), deadline=None)
def test_changed_workbooks_are_read_or_refused_in_words(at, length, sign):
    book = openpyxl.Workbook()
    book.active.title = "units"
    for row in TABLES["units"]:
        book.active.append(row)
    saved = io.BytesIO()
    book.save(saved)
    _survives("xlsx", saved.getvalue(), at, length, sign)


def _survives(ending: str, data: bytes, at: int, length: int, sign: bytes) -> None:
    at %= len(data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(data[:at] + sign + data[at + length :])
        try:
            problems = case_problems(read_case(path))
        except CaseError as error:
            problems = error.problems or (None,)
    assert all(problem is None or (problem.message and problem.fix) for problem in problems)


def test_the_case_itself_is_sound(tmp_path):
    assert case_problems(read_case(write(tmp_path / "case"))) == ()
