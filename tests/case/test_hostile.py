"""Cases made to do harm: each gets a clear error, soon, in little memory, and nothing is written anywhere."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from made import SETTINGS, TABLES, one, place, rules, text, write

from diffuscope.case import limits, read_case
from diffuscope.errors import CaseError
from diffuscope.study import case_problems

UNITS = text(TABLES["units"])


def zipped(
    path: Path, members: dict[str, bytes | str] | list[tuple[zipfile.ZipInfo | str, bytes | str]]
) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items() if isinstance(members, dict) else members:
            packed.writestr(name, content)
    return path


def refusal(path: Path) -> CaseError:
    with pytest.raises(CaseError) as told:
        read_case(path)
    return told.value


@pytest.fixture
def whole(tmp_path):
    """The members of a sound zip."""
    return {"case.toml": SETTINGS, **{f"{name}.csv": text(rows) for name, rows in TABLES.items()}}


def test_a_bomb_is_recognised_by_what_comes_out_of_it(tmp_path, whole, monkeypatch):
    monkeypatch.setattr(limits, "ZIP_RATIO_FROM", 100_000)
    bomb = zipped(tmp_path / "a.zip", {**whole, "ties.csv": b"layer,sender\n" * 1_000_000})
    assert [problem.rule for problem in refusal(bomb).problems] == ["zip-bomb"]
    # The sizes that the zip states are lies: nothing follows from them.
    data = bytearray(bomb.read_bytes())
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.rindex(signature)
        struct.pack_into("<I", data, start + at, 10)
    bomb.write_bytes(bytes(data))
    assert one_of(refusal_or_problems(bomb), "damaged-zip", "zip-bomb")


def refusal_or_problems(path: Path) -> list[str]:
    try:
        return rules(read_case(path))
    except CaseError as error:
        return [problem.rule for problem in error.problems]


def one_of(found: list[str], *expected: str) -> bool:
    return bool(set(found) & set(expected))


def test_many_members_together_are_a_bomb_too(tmp_path, whole, monkeypatch):
    monkeypatch.setattr(limits, "ZIP_BYTES", 10_000)
    large = {name: rows if name == "case.toml" else f"{rows}{'x' * 9_000}" for name, rows in whole.items()}
    assert "zip-bomb" in refusal_or_problems(zipped(tmp_path / "a.zip", large))


def test_small_tables_may_be_packed_tightly(tmp_path, whole):
    ties = "layer,sender,receiver,weight,start,source\n" + "".join(
        f"x,sg,hn,1,{1900 + at % 100},aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n" for at in range(100)
    )
    assert read_case(zipped(tmp_path / "a.zip", {**whole, "ties.csv": ties})).errors == ()


@pytest.mark.parametrize(
    "name",
    [
        "../units.csv",
        "/units.csv",
        "C:/units.csv",
        "a/../../units.csv",
        "..\\units.csv",
        "\\\\server\\units.csv",
    ],
)
def test_names_that_lead_out_are_not_read_and_nothing_is_written(tmp_path, whole, name):
    before = sorted(tmp_path.parent.rglob("*"))
    del whole["units.csv"]
    path = zipped(tmp_path / "a.zip", {**whole, name: UNITS})
    case = read_case(path)
    assert "path-outside" in rules(case)
    assert "units" not in case.tables
    assert sorted(tmp_path.parent.rglob("*")) == sorted([*before, path])


def test_links_and_locked_and_doubled_members_are_not_read(tmp_path, whole):
    link = zipfile.ZipInfo("units.csv")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    members = [(name, content) for name, content in whole.items() if name != "units.csv"]
    case = read_case(zipped(tmp_path / "a.zip", [*members, (link, "/etc/passwd")]))
    assert place(one(case, "link-outside"))[0] == "units.csv"
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zipped(tmp_path / "b.zip", [*members, ("units.csv", UNITS), ("units.csv", UNITS)])
    assert place(one(read_case(path), "name-twice"))[0] == "units.csv"
    path = zipped(tmp_path / "c.zip", [*members, ("units.csv", UNITS)])
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(signature) + at] |= 1
    path.write_bytes(bytes(data))
    assert place(one(read_case(path), "encrypted"))[0] == "units.csv"


def test_members_packed_in_other_ways_or_damaged_are_told(tmp_path, whole):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in whole.items():
            packed.writestr(name, content, zipfile.ZIP_LZMA if name == "units.csv" else zipfile.ZIP_STORED)
    assert place(one(read_case(path), "damaged-zip"))[0] == "units.csv"
    path.write_bytes(path.read_bytes().replace(b"A law", b"A lav"))
    assert {problem.file for problem in read_case(path).problems} == {"units.csv", "policies.csv"}


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + b"\0" * 18, b"PK\x05\x06" + b"\xff" * 18]
)
def test_what_is_no_zip_is_refused(tmp_path, content):
    for ending in ("zip", "xlsx"):
        (tmp_path / f"a.{ending}").write_bytes(content)
    assert refusal(tmp_path / "a.zip")
    assert one_of(refusal_or_problems(tmp_path / "a.xlsx"), "damaged-zip", "damaged-workbook")


def test_a_list_of_contents_beyond_measure_is_not_loaded(tmp_path, monkeypatch):
    many = zipped(tmp_path / "a.zip", {f"{at}.txt": b"" for at in range(300)})
    monkeypatch.setattr(limits, "FILES", 100)
    assert [problem.rule for problem in refusal(many).problems] == ["too-many-files"]
    monkeypatch.setattr(limits, "ZIP_DIRECTORY_BYTES", 5_000)
    assert [problem.rule for problem in refusal(many).problems] == ["zip-bomb"]


def test_zips_in_zips_stay_closed(tmp_path, whole):
    inner = zipped(tmp_path / "inner.zip", whole).read_bytes()
    warned = one(read_case(zipped(tmp_path / "a.zip", {**whole, "old.zip": inner})), "zip-in-zip")
    assert warned.level == "warning"


def test_names_in_old_letters_are_found(tmp_path, whole):
    documents = "document,title,path\na,A,docs/Hà Nội.pdf\n"
    path = zipped(tmp_path / "a.zip", {**whole, "documents.csv": documents, "docs/Hà Nội.pdf": b"%PDF"})
    data = path.read_bytes()
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.rindex(signature)
        data = data[: start + at + 1] + bytes([data[start + at + 1] & ~8]) + data[start + at + 2 :]
    path.write_bytes(data)
    assert read_case(path).problems == ()


def test_a_folder_of_countless_files_is_no_case(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "FILES", 20)
    for at in range(30):
        (tmp_path / f"{at}.jpg").touch()
    assert [problem.rule for problem in refusal(tmp_path).problems] == ["too-many-files"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
@pytest.mark.parametrize("name", ["units.csv", "case.toml", "tables.xlsx"])
def test_pipes_and_devices_are_not_waited_for(tmp_path, name):
    folder = write(tmp_path / "case")
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    assert place(one(read_case(folder), "not-a-file"))[0] == name
    os.mkfifo(tmp_path / "a.zip")
    assert "device or a pipe" in str(refusal(tmp_path / "a.zip"))
    (folder / "ties.csv").symlink_to("/dev/zero")
    assert "link-outside" in rules(read_case(folder))


def test_private_words_stay_out_of_every_refusal(tmp_path):
    rows = "document,title,share\na,Plant Title,private\n"
    for broken in (
        rows.replace("Title", 'Title "x" y"'),
        rows.replace("Plant", '"Plant" x'),
        rows.replace(",private", ",private,Plant,Plant"),
        rows.replace("Plant Title,private", "Plant Title"),
        rows.replace("Title", "Tit\udce9le"),
        rows.replace("a,", '"a,'),
        rows.replace("Plant", "Plant\0"),
        rows.replace("private", "privat"),
    ):
        data = broken.encode("utf-8", "surrogateescape")
        case = read_case(write(tmp_path / "case", documents=data))
        assert "Plant" not in str(case.problems)
        assert "Plant" not in str(case_problems(case))


def workbook(path: Path, sheet: str, **parts: str) -> Path:
    """A workbook whose sheet `units` is this XML; other parts are replaced by name (dots for slashes)."""
    made = openpyxl.Workbook()
    made.active.title = "units"
    made.active["A1"] = "x"
    made.save(path)
    with zipfile.ZipFile(path) as book:
        content = {name: book.read(name) for name in book.namelist()}
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    if sheet:
        content["xl/worksheets/sheet1.xml"] = (
            sheet
            if sheet.startswith("<?")
            else f'<worksheet xmlns="{namespace}"><sheetData>{sheet}</sheetData></worksheet>'
        ).encode()
    content |= {name: text.encode() for name, text in parts.items()}
    return zipped(path, dict(content))


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!doctype x [<!entity a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
)
CELL = '<c r="{}" t="str"><v>x</v></c>'


@pytest.mark.parametrize(
    ("sheet", "rule"),
    [
        (LAUGHS, "hostile-workbook"),
        (OUTSIDE, "hostile-workbook"),
        (f'<row r="1">{CELL.format("XFD1048576")}</row>', "too-many-cells"),
        (f"<row r='1'>{CELL.format('XFD1048576')}</row>".replace('"', "'"), "too-many-cells"),
        (f'<row r="1">{CELL.format("XFD1048576")}</row>'.replace("r=", "r\n =\t"), "too-many-cells"),
        ('<row r="1"><x:c s="0" r="XFD1048576"><v>1</v></x:c></row>', "too-many-cells"),
        (
            '<row r="1">' + "<c><v>1</v></c>" * 9_000 + '</row><row r="1048576"><c><v>1</v></c></row>',
            "too-many-cells",
        ),
        (f'<row r="1">{CELL.format("A99999999")}</row>', "damaged-workbook"),
        (f'<row r="1">{CELL.format("&#88;FD1048576")}</row>', "damaged-workbook"),
        ("<row><c>" * 100, "damaged-workbook"),
        ("\0\0\0", "hostile-workbook"),
    ],
    ids=lambda told: told[:30],
)
def test_sheets_made_to_do_harm_are_refused(tmp_path, sheet, rule):
    assert rule in rules(read_case(workbook(tmp_path / "a.xlsx", sheet)))


def test_sheets_in_utf16_hide_nothing(tmp_path):
    path = workbook(tmp_path / "a.xlsx", "")
    with zipfile.ZipFile(path) as book:
        content = {name: book.read(name) for name in book.namelist()}
    content["xl/worksheets/sheet1.xml"] = LAUGHS.encode("utf-16")
    assert "hostile-workbook" in rules(read_case(zipped(path, content)))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"]
)
def test_no_part_of_a_workbook_may_define_its_own_words(tmp_path, part):
    path = workbook(tmp_path / "a.xlsx", "", **{part: LAUGHS})
    assert rules(read_case(path))[0] == "hostile-workbook"


def test_links_between_workbooks_are_not_followed_or_read(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        f'<row r="1">{CELL.format("A1")}<c r="B1"><f>[1]x!A1</f><v>7</v></c></row>',
        **{
            "xl/externalLinks/externalLink1.xml": LAUGHS,
            "xl/vbaProject.bin": "x",
            "xl/media/i.png": "x" * 1000,
        },
    )
    found = rules(read_case(path))
    assert "formulas" in found
    assert "hostile-workbook" not in found


def test_a_bomb_in_a_workbook_is_one_in_its_case(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ZIP_RATIO_FROM", 100_000)
    path = workbook(tmp_path / "a.xlsx", '<row r="1">' + " " * 10_000_000 + "</row>")
    assert [problem.rule for problem in refusal(path).problems] == ["zip-bomb"]


def test_an_old_or_locked_workbook_says_how_to_save_it(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    assert "password" in one(read_case(tmp_path / "a.xlsx"), "damaged-workbook").message


@pytest.mark.parametrize(
    "data",
    [b"", b"PAR1", b"PAR1" + b"\0" * 20 + b"PAR1", b"PAR1" + b"\xff" * 100 + b"\xff\xff\xff\x7fPAR1"],
    ids=["empty", "short", "zeros", "huge footer"],
)
def test_what_is_no_parquet_is_told(tmp_path, data):
    folder = write(tmp_path / "case", units=None)
    (folder / "units.parquet").write_bytes(data)
    assert place(one(read_case(folder), "damaged-file"))[0] == "units.parquet"


def test_parquet_that_holds_more_than_it_weighs_is_refused(tmp_path, monkeypatch):
    folder = write(tmp_path / "case", units=None)
    pl.DataFrame({"unit": ["a"]}).select(pl.col("unit").repeat_by(100_000).explode()).write_parquet(
        folder / "units.parquet"
    )
    monkeypatch.setattr(limits, "CELLS", 50_000)
    assert rules(read_case(folder)) == ["too-many-cells"]


MEASURED = """
import resource, sys, time
from diffuscope.case import read_case
from diffuscope.errors import CaseError
read_case(sys.argv[1])  # the libraries are loaded
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    found = read_case(sys.argv[2]).problems
except CaseError as error:
    found = error.problems
seconds = time.process_time() - start
print(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, found[0].rule)
"""


def measured(tmp_path: Path, folder: Path) -> tuple[float, float, str]:
    """Seconds of computing and megabytes that reading takes, and the first rule that it meets.

    Computing is measured, not waiting, so that a busy machine gives the same answer.
    """
    small = write(tmp_path / "small")
    command = [sys.executable, "-c", MEASURED, str(small), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=100)
    seconds, megabytes, rule = done.stdout.split()
    return float(seconds), float(megabytes), rule


needs_measures = pytest.mark.skipif(sys.platform == "win32", reason="its memory is measured otherwise")


@needs_measures
def test_a_line_of_a_gigabyte_is_refused_at_once(tmp_path):
    folder = write(tmp_path / "large")
    with (folder / "ties.csv").open("wb") as file:
        file.write(b"layer,sender\nx")
        file.truncate(1_000_000_000)  # a hole: the disk holds nothing, the reader sees a gigabyte of NUL
    seconds, megabytes, rule = measured(tmp_path, folder)
    assert rule == "too-long"
    assert seconds < 2
    assert megabytes < 100


@needs_measures
def test_a_million_columns_are_refused_at_once(tmp_path):
    folder = write(tmp_path / "wide")
    header = ",".join(f"c{at}" for at in range(1_000_000))
    (folder / "ties.csv").write_text(f"{header}\n{header}\n", encoding="utf-8")
    seconds, megabytes, rule = measured(tmp_path, folder)
    assert rule == "too-many-columns"
    assert seconds < 5
    assert megabytes < 300


@needs_measures
@pytest.mark.slow
@pytest.mark.parametrize("letter", [b"\n", b'"', b",", b"a\n", b'"",\n'])
def test_files_of_one_sign_are_settled_in_bounded_memory(tmp_path, letter):
    folder = write(tmp_path / "odd")
    with (folder / "ties.csv").open("wb") as file:
        for _ in range(40):
            file.write(letter * (10_000_000 // len(letter)))
    seconds, megabytes, _ = measured(tmp_path, folder)
    assert seconds < 30
    assert megabytes < 1_500


@needs_measures
def test_a_real_bomb_is_refused_at_once(tmp_path, whole):
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, content in whole.items():
            made.writestr(name, content)
        with made.open("ties.csv", "w") as member:
            for _ in range(200):
                member.write(b"\0\n" * 500_000)
    assert bomb.stat().st_size < 2_000_000
    seconds, megabytes, rule = measured(tmp_path, bomb)
    assert rule == "zip-bomb"
    assert seconds < 2
    assert megabytes < 100


def test_nothing_is_written_beside_a_case(tmp_path):
    folder = write(tmp_path / "case")
    zipped(tmp_path / "a.zip", {file.name: file.read_bytes() for file in folder.iterdir()})
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    read_case(folder)
    read_case(tmp_path / "a.zip")
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == before
