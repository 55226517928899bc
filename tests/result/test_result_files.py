"""A result as files: what was written is what is read, long tables included, and nothing else is believed."""

from __future__ import annotations

import gzip
import hashlib
import json
import pickle
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


def test_rows_of_a_long_table_are_read_when_somebody_looks_at_them(result, tmp_path):
    rows = read_result(written(result, tmp_path)).frames["long"].rows
    assert (len(rows), rows.read) == (LONG.n, False)
    assert rows[3:5] == LONG.rows[3:5]
    assert (list(rows), rows.read) == (list(LONG.rows), True)


def test_a_copy_of_a_result_in_another_process_reads_long_tables_itself(result, tmp_path):
    read = read_result(written(result, tmp_path))
    assert read.frames["long"].rows[0] == LONG.rows[0]
    sent = pickle.dumps(read)
    assert len(sent) < 10_000 < len(pickle.dumps(result))
    assert pickle.loads(sent) == result


def test_a_file_beside_that_is_changed_after_the_result_was_read_is_not_believed(result, tmp_path):
    read = read_result(written(result, tmp_path))
    (beside,) = tmp_path.glob("*.parquet")
    beside.write_bytes(beside.read_bytes() + b" ")
    with pytest.raises(CaseError, match="changed since"):
        len(list(read.frames["long"].rows))


def test_a_short_table_in_a_file_beside_can_be_written_again(result, tmp_path):
    import polars as pl

    pl.DataFrame({"unit": ["a", None], "_row": [2, 3]}).write_parquet(tmp_path / "x.parquet")
    digest = hashlib.sha256((tmp_path / "x.parquet").read_bytes()).hexdigest()
    beside = msgspec.structs.replace(SHORT, rows=None, file="x.parquet", sha256=digest)
    made = msgspec.structs.replace(result, frames={"short": beside})
    (tmp_path / "result.json").write_bytes(to_json(made))
    files = to_files(read_result(tmp_path))
    assert list(files) == ["result.json"]
    assert from_json(files["result.json"]).frames == {"short": SHORT}


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
    assert [(row.verdict, row.description) for row in found.rule] == [
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


def test_a_result_of_format_2_is_read_by_its_later_names():
    old = json.loads(gzip.decompress((SAMPLE.parents[1] / "format-2" / "result.json.gz").read_bytes()))
    found = from_json(json.dumps(old).encode())
    assert (found.format, found.upgraded.format, found.upgraded.notes) == (FORMAT, 2, ())
    assert [(one.fix, one.message) for one in found.problems] == [
        (one["mend"], one["message"]) for one in old["problems"]
    ]
    assert [row.description for row in (*found.rule, *found.stance_rules, *found.audit, *found.claims)] == [
        row["says"] for name in ("rule", "stance_rules", "audit", "claims") for row in old[name]
    ]
    for now, then in zip(found.histories, old["histories"], strict=True):
        assert [(one.sd, one.min, one.max) for one in now.exposures] == [
            (one["spread"], one["low"], one["high"]) for one in then["exposures"]
        ]
        fits = [*now.estimates, *(each for model in now.models for each in (model.tested, model.alone))]
        before = [
            *then["estimates"],
            *(model[name] for model in then["models"] for name in ("tested", "alone")),
        ]
        assert [None if fit is None else _numbers_of(fit) for fit in fits] == [
            fit and [(one["std_error"], one["ci_low"], one["ci_high"]) for one in _later(fit["coefficients"])]
            for fit in before
        ]
        assert [(one.ci_low, one.description) for model in now.models for one in model.repeated] == [
            (one["low"], one["says"]) for model in then["models"] for one in model["repeated"]
        ]
    assert [
        (one.name, one.description, one.ci_low, one.ci_high)
        for finding in found.findings
        if finding.trial
        for one in finding.trial.safeguards
    ] == [
        (one["name"], one["says"], one["low"], one["high"])
        for finding in old["findings"]
        if finding["trial"]
        for one in finding["trial"]["safeguards"]
    ]
    assert from_json(to_json(found)) == found


def _numbers_of(fit):
    return [(one.std_error, one.ci_low, one.ci_high) for one in fit.coefficients]


def _later(coefficients):
    return [{"std_error": one["error"], "ci_low": one["low"], "ci_high": one["high"]} for one in coefficients]


# Results of strangers

BAD_NAMES = [
    "",
    "../a",
    "a/b",
    "a\\b",
    ".hidden",
    "a..b",
    "CON",
    "nul.csv",
    "a\nb",
    "a\x00",
    "C:",
    "a b",
    "x" * 300,
]


def changed(result: Result, path: str, value: object) -> bytes:
    said = json.loads(to_json(result))
    *parts, last = path.split(".")
    there = said
    for part in parts:
        there = there[part]
    there[last] = value
    return json.dumps(said).encode()


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_after_which_files_are_called_are_plain(result, name):
    with pytest.raises(CaseError, match=r"damaged.*may name no file"):
        from_json(changed(result, "case.id", name))
    for table in ("frames", "tables"):
        row = (
            json.loads(to_json(result))["frames"]["short"]
            if table == "frames"
            else {"a_row_is": "", "columns": {}}
        )
        with pytest.raises(CaseError, match=r"damaged.*may name no file"):
            from_json(changed(result, table, {name: row}))
    question = {"id": name, "question": "?", "policies": [], "units": [], "period": "year"}
    with pytest.raises(CaseError, match=r"damaged.*may name no file"):
        from_json(changed(result, "analyses", [question]))


def test_two_names_that_some_disks_take_for_one_are_refused(result):
    frame = json.loads(to_json(result))["frames"]["short"]
    with pytest.raises(CaseError, match=r"damaged.*twice"):
        from_json(changed(result, "frames", {"units": frame, "Units": frame}))


@pytest.mark.parametrize(
    "change",
    [
        {"columns": ["unit"]},
        {"columns": ["unit", "unit"]},
        {"columns": ["unit", "a\x1b[2J"]},
        {"rows": [["a"]], "n": 1},
        {"n": 3},
        {"n": -1},
        {"rows": None},
        {"file": "x.parquet", "sha256": "0" * 64},
        {"rows": None, "file": "x.parquet", "sha256": "0"},
        {"rows": None, "file": "x.parquet"},
        {"rows": [[["a", "b"], 2], ["c", 3]]},
        {"rows": "all"},
    ],
)
def test_a_table_whose_rows_do_not_fit_is_damaged(result, change):
    frame = json.loads(to_json(result))["frames"]["short"] | change
    with pytest.raises(CaseError, match="damaged"):
        from_json(changed(result, "frames", {"short": frame}))


def test_what_speaks_of_a_question_that_is_not_there_is_damaged(result):
    conclusion = {"analysis": "elsewhere", "coders": [], "items": 0, "alpha": None}
    said = changed(result, "agreement", [conclusion])
    with pytest.raises(CaseError, match="damaged"):
        from_json(said)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"format": 2, "run": ' + b"[" * 9])
def test_what_is_nested_too_deeply_is_refused(opening):
    with pytest.raises(CaseError, match=r"damaged|not a diffuscope result"):
        from_json(opening * 200_000)
    with pytest.raises(CaseError, match=r"damaged|not a diffuscope result"):
        from_json(b'{"format": 1, "run": ' + opening * 200_000)


def test_what_is_too_large_is_refused(result, monkeypatch, tmp_path):
    monkeypatch.setattr("diffuscope.result.MOST_BYTES", 100)
    with pytest.raises(CaseError, match="damaged: it is larger"):
        from_json(to_json(result))
    with pytest.raises(CaseError, match="damaged: it is larger"):
        read_result(written(result, tmp_path))


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.999])
def test_half_a_result_is_no_result(result, cut):
    text = to_json(result)
    with pytest.raises(CaseError, match=r"damaged|not a diffuscope result"):
        from_json(text[: int(len(text) * cut)])


def test_a_result_of_an_older_format_that_lacks_a_part_is_damaged():
    said = json.loads(gzip.decompress(SAMPLE.read_bytes()))
    # one of each is kept of what is long: a part is refused for its kind, not for how much it holds
    said = {name: value[:1] if isinstance(value, list) else value for name, value in said.items()}
    for part in [name for name in said if name != "format"]:
        for value in (None, 7, "x", [1], {"a": 1}):
            try:
                from_json(json.dumps({**said, part: value}).encode())
            except CaseError as error:
                assert "damaged" in str(error) or "not a diffuscope" in str(error)  # noqa: PT017 it may be read too


def test_a_file_beside_that_holds_another_table_is_damaged(result, tmp_path):
    import polars as pl

    pl.DataFrame({"unit": [["a"]] * LONG.n}).write_parquet(tmp_path / "x.parquet")
    digest = hashlib.sha256((tmp_path / "x.parquet").read_bytes()).hexdigest()
    for frame in (
        msgspec.structs.replace(LONG, rows=None, file="x.parquet", sha256=digest),
        Frame(columns=("unit",), rows=None, n=LONG.n, file="x.parquet", sha256=digest),
        Frame(columns=("unit",), rows=None, n=3, file="x.parquet", sha256=digest),
    ):
        made = msgspec.structs.replace(result, frames={"long": frame})
        (tmp_path / "result.json").write_bytes(to_json(made))
        with pytest.raises(CaseError, match="damaged"):
            read_result(tmp_path)
