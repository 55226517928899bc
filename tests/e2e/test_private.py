"""Private documents and passages count, and their words reach no output: planted strings are looked for."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest

from diffuscope.case import new_case, read_case
from diffuscope.cli import main
from diffuscope.study import run_study

PLANTS = {
    "document": "plant-document",
    "title": "Plant Title of a Memo",
    "author": "Plant Author",
    "path": "plant/memo.pdf",
    "url": "https://plant.example/memo",
    "licence": "Plant Licence",
    "document note": "plant note on the memo",
    "id": "plant-passage",
    "coder": "plant-coder",
    "locator": "plant locator 7",
    "paraphrase": "Plant paraphrase of the memo",
    "rival": "Plant rival",
    "cluster": "plant-cluster",
    "passage note": "plant note on the passage",
    "wording": "Plant wording",
}


def add(folder: Path, table: str, **cells: str) -> None:
    """One more row of a table, with whatever columns it needs."""
    file = folder / f"{table}.csv"
    rows = list(csv.DictReader(file.open(encoding="utf-8"))) if file.exists() else []
    names = list(dict.fromkeys([*(name for row in rows for name in row), *cells]))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names, restval="")
        writer.writeheader()
        writer.writerows([*rows, cells])


def plant(folder: Path, *, passage_share: str = "", p_if_true: str = "0.9") -> None:
    """A private memo, a passage from it, and public rows that name it."""
    case = read_case(folder)
    analysis = case.analyses[0]
    add(
        folder,
        "documents",
        document=PLANTS["document"],
        title=PLANTS["title"],
        author=PLANTS["author"],
        path=PLANTS["path"],
        url=PLANTS["url"],
        licence=PLANTS["licence"],
        note=PLANTS["document note"],
        share="private",
    )
    add(
        folder,
        "evidence",
        id=PLANTS["id"],
        coder=PLANTS["coder"],
        analysis=analysis.id,
        mechanism="learning",
        criterion="L-a",
        document=PLANTS["document"],
        locator=PLANTS["locator"],
        paraphrase=PLANTS["paraphrase"],
        direction="for",
        p_if_true=p_if_true,
        p_if_false="0.1",
        rival=PLANTS["rival"],
        cluster=PLANTS["cluster"],
        share=passage_share,
        note=PLANTS["passage note"],
    )
    add(
        folder,
        "support",
        partner=case.table("units")["unit"][0],
        recipient=case.table("units")["unit"][1],
        kind="training",
        source=f"{PLANTS['document']}, p. 3; also in {PLANTS['title']}",
    )
    add(
        folder,
        "author_verdicts",
        analysis=analysis.id,
        mechanism="learning",
        verdict="at work",
        wording=PLANTS["wording"],
        document=PLANTS["document"],
        locator=PLANTS["locator"],
    )


def texts(folder: Path) -> dict[str, str]:
    """Every file under a folder as text, workbooks sheet by sheet."""
    found = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        if file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as book:
                for name in book.namelist():
                    found[f"{file.name}!{name}"] = book.read(name).decode("utf-8", "replace")
        else:
            found[str(file.relative_to(folder))] = file.read_bytes().decode("utf-8", "replace")
    return found


def leaks(texts: dict[str, str]) -> list[str]:
    return [
        f"{name}: {what}"
        for name, text in texts.items()
        for what, words in PLANTS.items()
        if words.lower() in text.lower()
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new_case(tmp_path / "case")
    return tmp_path / "case"


def run(words: list[str]) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return left.value.code


@pytest.mark.parametrize("passage_share", ["", "private"])
def test_no_output_of_a_run_holds_private_words(folder, tmp_path, capsys, passage_share):
    plant(folder, passage_share=passage_share)
    (folder / "plant").mkdir()
    (folder / "plant" / "memo.pdf").write_bytes(b"%PDF-1.4")
    settings = folder / "case.toml"
    text = settings.read_text(encoding="utf-8").replace(
        'question = "', f'question = "As {PLANTS["title"]} asks: '
    )
    settings.write_text(
        text.replace('description = "', f'description = "See {PLANTS["document"]}. '), encoding="utf-8"
    )
    assert run(["run", str(folder), "--out", str(tmp_path / "out")]) == 0
    screen = capsys.readouterr()
    written = texts(tmp_path / "out")
    assert {"report.html", "result.json"} <= set(written)
    assert leaks({**written, "screen": screen.out + screen.err}) == []


def of_learning(result):
    found = [one for one in result.findings if (one.body, one.mechanism) == ("evidence", "learning")]
    return found[0]


def test_private_passages_count_though_they_are_not_shown(folder):
    before = of_learning(run_study(read_case(folder), parts=("mechanisms",)))
    plant(folder)
    (folder / "plant").mkdir()
    (folder / "plant" / "memo.pdf").write_bytes(b"%PDF-1.4")
    result = run_study(read_case(folder), parts=("mechanisms",))
    after = of_learning(result)
    assert after.evidence.p > before.evidence.p
    assert (result.case.private_documents, result.case.private_passages) == (1, 1)
    assert any(item.share == "private" for item in after.evidence.items)


def test_problems_of_private_rows_do_not_quote_them(folder, tmp_path, capsys):
    plant(folder, p_if_true="plant-number")
    (folder / "plant").mkdir()
    (folder / "plant" / "memo.pdf").write_bytes(b"%PDF-1.4")
    assert run(["check", str(folder), "--out", str(tmp_path / "problems.csv")]) == 1
    assert run(["check", str(folder), "--json"]) == 1
    assert run(["run", str(folder), "--out", str(tmp_path / "out")]) == 1
    screen = capsys.readouterr()
    assert "plant-number" not in screen.out + screen.err
    problems = (tmp_path / "problems.csv").read_text(encoding="utf-8")
    assert leaks({"screen": screen.out + screen.err, "problems.csv": problems}) == []
    assert "p_if_true" in problems
