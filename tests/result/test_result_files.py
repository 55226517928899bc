"""A result as files: what was written is what is read, long tables included, and nothing else is believed."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from diffuscope.errors import CaseError
from diffuscope.records import Frame
from diffuscope.result import (
    FORMAT,
    MOST_ROWS,
    CaseRecord,
    Result,
    RunRecord,
    from_json,
    read_result,
    schema,
    to_files,
    to_json,
)

LONG = Frame(
    columns=("unit", "lat", "n", "known", "note", "_row"),
    rows=tuple(
        (f"ü{at}", at / 8 if at % 3 else None, at, at % 2 == 0, None, at + 2) for at in range(MOST_ROWS + 1)
    ),
    n=MOST_ROWS + 1,
)
SHORT = Frame(columns=("unit", "_row"), rows=(("a", 2), (None, 3)), n=2)


@pytest.fixture
def result() -> Result:
    return Result(
        run=RunRecord(version="1", case_sha256="0", seed=0, time="2026-11-24T00:00:00+00:00", python="3.11"),
        case=CaseRecord(
            id="a",
            title="Ä",
            licence="",
            language="en",
            description="",
            cite="",
            waves={},
            tables={},
            files={},
        ),
        mechanisms=(),
        analyses=(),
        chronology=(),
        findings=(),
        verdicts=(),
        frames={"long": LONG, "short": SHORT},
    )


def written(result: Result, folder: Path) -> Path:
    for name, content in to_files(result).items():
        (folder / name).write_bytes(content)
    return folder


def test_a_result_reads_back_as_it_was(result, tmp_path):
    assert read_result(written(result, tmp_path)) == result
    assert read_result(tmp_path / "result.json") == result


def test_long_tables_stand_beside_named_with_their_hash(result):
    files = to_files(result)
    [beside] = [name for name in files if name != "result.json"]
    said = json.loads(files["result.json"])["frames"]["long"]
    assert (said["rows"], said["n"], said["file"]) == (None, MOST_ROWS + 1, beside)
    assert said["sha256"] == hashlib.sha256(files[beside]).hexdigest()
    assert said["sha256"][:16] in beside
    assert json.loads(files["result.json"])["frames"]["short"]["rows"] == [["a", 2], [None, 3]]


def test_a_result_written_again_is_the_same_to_the_byte(result, tmp_path):
    assert to_files(read_result(written(result, tmp_path))) == to_files(result)


def test_a_file_beside_that_was_changed_is_not_believed(result, tmp_path):
    written(result, tmp_path)
    [beside] = tmp_path.glob("*.parquet")
    beside.write_bytes(beside.read_bytes() + b" ")
    with pytest.raises(CaseError, match="changed since"):
        read_result(tmp_path)


def test_a_file_beside_that_is_missing_is_named(result, tmp_path):
    written(result, tmp_path)
    [beside] = tmp_path.glob("*.parquet")
    beside.unlink()
    with pytest.raises(CaseError, match=beside.name):
        read_result(tmp_path)


@pytest.mark.parametrize("name", ["../out.parquet", "/etc/hostname", "..\\out.parquet", "sub/x.parquet"])
def test_a_result_names_no_file_outside_its_folder(result, tmp_path, name):
    (tmp_path / "in").mkdir()
    (tmp_path / "out.parquet").write_bytes(b"x")
    outside = msgspec.structs.replace(LONG, rows=None, file=name, sha256=hashlib.sha256(b"x").hexdigest())
    text = to_json(msgspec.structs.replace(result, frames={"long": outside}))
    (tmp_path / "in" / "result.json").write_bytes(text)
    with pytest.raises(CaseError, match="not beside it"):
        read_result(tmp_path / "in")


def test_a_file_beside_that_is_no_parquet_is_an_error(result, tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"x")
    outside = msgspec.structs.replace(
        LONG, rows=None, file="x.parquet", sha256=hashlib.sha256(b"x").hexdigest()
    )
    (tmp_path / "result.json").write_bytes(to_json(msgspec.structs.replace(result, frames={"long": outside})))
    with pytest.raises(CaseError, match="cannot be read"):
        read_result(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "not a diffuscope result"),
        (b"\xff\xfe", "not a diffuscope result"),
        (b"[]", "not a diffuscope result"),
        (b'{"name": "another file"}', "not a diffuscope result"),
        (b'{"format": 99}', "Install a newer diffuscope"),
        (f'{{"format": {FORMAT}}}'.encode(), "damaged"),
    ],
)
def test_what_is_no_result_is_refused_in_words(text, says):
    with pytest.raises(CaseError, match=says):
        from_json(text)


def test_what_is_written_is_valid_by_the_schema(result):
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    assert list(validator.iter_errors(json.loads(to_files(result)["result.json"]))) == []
    broken = {**json.loads(to_json(result)), "verdicts": [{"verdict": "proved"}]}
    assert list(validator.iter_errors(broken))


SAMPLE = Path(__file__).parent / "samples" / "format-1" / "result.json.gz"


def test_a_result_of_format_1_keeps_what_it_says_and_tells_what_it_lacks():
    old = json.loads(gzip.decompress(SAMPLE.read_bytes()))
    found = from_json(json.dumps(old).encode())
    assert (found.format, found.upgraded.format) == (FORMAT, 1)
    assert [(one.verdict, one.sentence, one.rule) for one in found.verdicts] == [
        (one["verdict"], one["sentence"], one["rule"]) for one in old["verdicts"]
    ]
    assert [(row.verdict, row.says) for row in found.rule] == [
        (row["verdict"], row["says"]) for row in old["rule"]
    ]
    assert found.stance_rules == ()
    # format 1 held every row of `adoptions` for an adoption, whatever its tier
    assert {asked.tier for asked in found.analyses} == {"announced"}
    told = " ".join(found.upgraded.notes)
    assert "no stance rules" in told
    assert "two-sided" in told
    assert "percentage points" not in told
    again = from_json(to_json(found))
    assert again == found


def test_a_smallest_effect_that_cannot_be_carried_over_is_told():
    old = json.loads(gzip.decompress(SAMPLE.read_bytes()))
    old["analyses"][0]["smallest_effect"] = 2.5
    [note] = [one for one in from_json(json.dumps(old).encode()).upgraded.notes if "percentage" in one]
    assert note.startswith(
        "The question `smart-cities` declared a smallest effect of interest of 2.5 percent"
    )


def test_limits_of_format_1_follow_the_word_because():
    old = json.loads(gzip.decompress(SAMPLE.read_bytes()))
    said = {cap for one in old["findings"] if one["evidence"] for cap in one["evidence"]["caps"]}
    assert "one coder" in said
    found = {
        cap
        for one in from_json(json.dumps(old).encode()).findings
        if one.evidence
        for cap in one.evidence.caps
    }
    assert "one person coded it" in found
    assert not found & {"one coder", "one source document"}
