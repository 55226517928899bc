"""The command as typed: what it prints, writes, and leaves with."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from diffuscope.case import read_case
from diffuscope.cli import main


@pytest.fixture
def run(capsys):
    def typed(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(list(words))
        screen = capsys.readouterr()
        return left.value.code, screen.out, screen.err

    return typed


@pytest.fixture
def case(run, tmp_path: Path) -> Path:
    folder = tmp_path / "my case é"
    assert run("new", str(folder))[0] == 0
    return folder


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A new case and the folder of its run, which no test changes."""
    folder, out = tmp_path_factory.mktemp("untouched") / "case é", tmp_path_factory.mktemp("ran") / "out"
    for words in (("new", folder), ("run", folder, "--out", out)):
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        assert left.value.code == 0
    return folder, out


def test_a_new_case_checks_and_runs_untouched(run, case):
    code, out, _ = run("check", str(case))
    assert code == 0
    assert "No problems in" in out


def test_a_run_says_what_it_wrote(ran, run, tmp_path):
    code, out, _ = run("run", str(ran[0]), "--parts", "mechanisms", "--out", str(tmp_path / "out"))
    assert code == 0
    assert "report.html" in out
    assert (tmp_path / "out" / "result.json").is_file()
    assert (ran[1] / "result.json").is_file()


def test_a_copy_has_a_report_of_its_own_and_no_report_of_another_case_is_replaced(
    ran, run, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ran[0], tmp_path / "copy")
    assert run("run", "copy", "--parts", "mechanisms")[0] == 0
    first = Path("copy-report/result.json").read_bytes()
    adopted = tmp_path / "copy" / "adoptions.csv"
    adopted.write_text(adopted.read_text(encoding="utf-8").replace(",2013,", ",2012,"), encoding="utf-8")
    code, out, _ = run("run", "copy", "--parts", "mechanisms")
    assert (code, "which was of other data" in " ".join(out.split())) == (0, True)
    changed = Path("copy-report/result.json").read_bytes()
    assert changed != first
    toml = tmp_path / "copy" / "case.toml"
    named = re.sub("(?m)^id = .*", 'id = "another"', toml.read_text(encoding="utf-8"), count=1)
    toml.write_text(named, encoding="utf-8")
    code, _, err = run("run", "copy", "--parts", "mechanisms")
    assert (code, "holds the report of the case" in " ".join(err.split())) == (2, True)
    assert Path("copy-report/result.json").read_bytes() == changed


def test_new_does_not_write_over_a_folder_in_use(run, case):
    code, _, err = run("new", str(case))
    assert code in (1, 2)
    assert err.strip()


def test_check_shows_every_problem_with_its_place_and_fix(run, case):
    adoptions = case / "adoptions.csv"
    adoptions.write_text(
        adoptions.read_text(encoding="utf-8").replace("\n", "x\n", 1) + "nobody,nothing,soon,,,,,,,,,\n"
    )
    code, out, _ = run("check", str(case))
    assert code == 1
    assert "adoptions.csv, row" in out
    assert "value nobody" in out
    assert "Fix:" in out


def test_check_as_json(run, case):
    (case / "units.csv").write_text("unit,name,kind,role\na,A,state,king\n", encoding="utf-8")
    code, out, _ = run("check", str(case), "--json")
    found = json.loads(out)
    assert code == 1
    assert found["errors"] >= 1
    king = next(problem for problem in found["problems"] if problem["value"] == "king")
    assert (king["file"], king["row"], king["column"]) == ("units.csv", 2, "role")


def test_check_writes_problems_for_a_spreadsheet(run, case, tmp_path):
    (case / "units.csv").write_text("unit,name,kind,role\na,A,state,=1+1\n", encoding="utf-8")
    run("check", str(case), "--out", str(tmp_path / "problems.csv"))
    text = (tmp_path / "problems.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("level,rule,")
    assert "'=1+1" in text
    assert ",=1+1" not in text


def test_a_new_workbook_checks_untouched(run, tmp_path):
    assert run("new", str(tmp_path / "my case.xlsx"))[0] == 0
    code, out, _ = run("check", str(tmp_path / "my case.xlsx"))
    assert (code, "No problems in" in out) == (0, True)


def test_check_corrects_a_copy_and_never_the_case(run, case, tmp_path):
    units = "unit,name,kind,role,entered\na,A,state,Adopter,March 2014\nb,B,state,king,2014\n"
    (case / "units.csv").write_text(units, encoding="utf-8")
    code, _, err = run("check", str(case), "--apply")
    assert code in (1, 2)
    assert "never corrected in place" in err
    said = " ".join(run("check", str(case))[1].split())
    assert "1 of them has one certain fix" in said
    assert "--apply --out 'my case é-corrected'" in said
    copy = tmp_path / "copy"
    code, out, _ = run("check", str(case), "--apply", "--out", str(copy))
    assert code == 1, "errors are left in the copy"
    assert "2 cells corrected" in out
    before, after = re.search(r"Errors: (\d+) before, (\d+) in the copy", " ".join(out.split())).groups()
    assert int(after) == int(before) - 1
    assert "a,A,state,adopter,2014-03" in (copy / "units.csv").read_text(encoding="utf-8")
    assert (case / "units.csv").read_text(encoding="utf-8") == units
    listed = (tmp_path / "copy-changes.csv").read_text(encoding="utf-8-sig").splitlines()
    assert listed[0] == "file,table,row,column,old,new,why"
    assert len(listed) == 3
    code, _, err = run("check", str(case), "--apply", "--out", str(copy))
    assert code in (1, 2)
    assert "exists already" in err


def test_a_case_with_errors_is_not_studied(run, case, tmp_path):
    (case / "units.csv").write_text("unit,name,kind,role\na,A,state,king\n", encoding="utf-8")
    code, _, err = run("run", str(case), "--out", str(tmp_path / "out"))
    assert code == 1
    assert "must be fixed" in err
    assert not (tmp_path / "out").exists()


def test_the_report_can_be_made_again_from_the_result(ran, run, tmp_path):
    code, _, _ = run("report", str(ran[1]), "--out", str(tmp_path / "two"))
    assert code == 0
    assert (ran[1] / "report.html").read_bytes() == (tmp_path / "two" / "report.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["run", "asean-smart-citys"], 1, "asean-smart-cities"),
        (["check", "no/such/folder"], 1, "no/such/folder"),
        (["report", "no-such-result.json"], 1, "no-such-result.json"),
        (["runn"], 2, "runn"),
        (["run"], 2, "CASE"),
        (["run", "asean-smart-cities", "--seed", "x"], 2, "seed"),
    ],
)
def test_mistakes_get_a_plain_answer_and_no_traceback(run, tmp_path, monkeypatch, words, code, says):
    monkeypatch.chdir(tmp_path)
    found, out, err = run(*words)
    assert found == code
    assert says.lower() in (out + err).lower()
    assert "Traceback" not in out + err
    assert list(tmp_path.iterdir()) == []


def test_our_own_fault_is_one_line_and_a_log(run, monkeypatch):
    import diffuscope.case

    def broken(_: object) -> None:
        raise RuntimeError("planted fault")

    monkeypatch.setattr(diffuscope.case, "read_case", broken)
    code, _, err = run("check", "asean-smart-cities")
    assert code == 3
    assert len(err.strip().splitlines()) == 1
    log = Path(err.split("with the file ")[1].strip().rstrip("."))
    assert "planted fault" in log.read_text(encoding="utf-8")
    log.unlink()


def test_ctrl_c_leaves_nothing_behind(run, case, tmp_path, monkeypatch):
    import diffuscope.study

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(diffuscope.study, "run_study", stopped)
    code, _, err = run("run", str(case), "--out", str(tmp_path / "out"))
    assert code == 130
    assert "Stopped" in err
    assert not (tmp_path / "out").exists()


def test_hostile_text_cannot_steer_the_terminal(run, case):
    (case / "units.csv").write_text(
        "unit,name,kind,role\na,A,state,\x1b[31mking\na b\x07,B,state,[bold]x[/bold]\n", encoding="utf-8"
    )
    _, out, err = run("check", str(case))
    assert "\x1b" not in out + err
    assert "\x07" not in out + err


def test_shipped_cases_are_listed(run):
    code, out, _ = run("cases")
    assert code == 0
    assert "asean-smart-cities" in out


def test_two_results_are_compared_in_words_and_as_json(run, tmp_path):
    import gzip

    sample = Path(__file__).parents[1] / "result" / "samples" / "format-1" / "result.json.gz"
    old = json.loads(gzip.decompress(sample.read_bytes()))
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    changed = next(one for one in old["verdicts"] if one["verdict"] == "weak")
    changed["verdict"] = "supported"
    (tmp_path / "new.json").write_text(json.dumps(old), encoding="utf-8")
    code, out, _ = run("diff", str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    assert code == 0
    assert out.splitlines()[0] == "1 verdict changed."
    assert "smart-cities, learning: weak → supported" in out
    assert "the two results do not show what changed it" in out
    code, out, _ = run("diff", str(tmp_path / "old.json"), str(tmp_path / "new.json"), "--json")
    [line] = json.loads(out)["verdicts"]
    assert (line["before"], line["after"], line["reasons"][0]["because"]) == ("weak", "supported", "unknown")


def test_what_is_no_result_is_refused_by_diff(run, case, tmp_path):
    code, _, err = run("diff", str(case), str(tmp_path))
    assert code == 1
    assert "is a case, not a result" in err


@pytest.fixture(scope="module")
def plans():
    return {}


@pytest.fixture
def planned_once(plans, monkeypatch):
    """A plan takes seconds: one of the same case and question is printed again, not made again."""
    import diffuscope.study

    plan = diffuscope.study.plan_evidence

    def made_once(case, *asked, **how):
        key = (case.sha256, asked, how["result"], how["searched"])
        if key not in plans:
            plans[key] = plan(case, *asked, **how)
        return plans[key]

    monkeypatch.setattr(diffuscope.study, "plan_evidence", made_once)


def test_plan_evidence_says_what_to_look_for_and_that_no_statistics_were_run(run):
    code, out, err = run("plan-evidence", "asean-smart-cities", "--analysis", "smart-cities")
    assert (code, err) == (0, "")
    assert "Statistics: not run; treated as silent." in " ".join(out.split())
    assert "1. smart-cities, learning, L-b: A change of belief can be traced." in out
    assert "K-b" in out
    assert "--all" in out
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.usefixtures("planned_once")
def test_plan_evidence_as_json_and_as_a_file(run, case, tmp_path):
    file = tmp_path / "clues.csv"
    (asked,) = read_case(case).analyses
    words = ("plan-evidence", str(case), "--analysis", asked.id, "--searched", "0.5")
    code, out, _ = run(*words, "--json", "--out", str(file))
    assert code == 0
    plan = json.loads(out)
    assert plan["searched"] == 0.5
    assert {clue["analysis"] for clue in plan["clues"]} == {asked.id}
    rows = list(csv.DictReader(file.open(encoding="utf-8-sig")))
    assert [(row["mechanism"], row["criteria"]) for row in rows] == [
        (clue["mechanism"], ";".join(clue["criteria"])) for clue in plan["clues"]
    ]
    other = tmp_path / "notes.csv"
    other.write_text("mine", encoding="utf-8")
    assert run(*words, "--out", str(other))[0] == 2
    assert other.read_text(encoding="utf-8") == "mine"


@pytest.mark.usefixtures("planned_once")
def test_plan_evidence_shows_every_clue_if_asked(run, case):
    short, long = (run("plan-evidence", str(case), *more)[1] for more in ((), ("--all",)))
    assert len(long.splitlines()) > len(short.splitlines())
    assert "L-d2" in long


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("no-such-case",), 1),
        (("asean-smart-cities", "--analysis", "nothing"), 2),
        (("asean-smart-cities", "--searched", "2"), 2),
        (("asean-smart-cities", "--result", "nowhere.json"), 1),
    ],
)
def test_plan_evidence_refuses_what_it_cannot_answer(run, words, left):
    code, out, err = run("plan-evidence", *words)
    assert code == left
    assert err.strip()
    assert not out


def test_plan_evidence_refuses_a_case_with_errors_and_shows_them(run, case):
    with (case / "evidence.csv").open("a", encoding="utf-8") as file:
        file.write("broken\n")
    code, _, err = run("plan-evidence", str(case))
    assert code == 1
    assert "evidence.csv, row" in err
