"""Editions of a network's report as files: one is never replaced, and the command prints them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from edition_towns import towns
from monitored import founding

from diffuscope import write_edition
from diffuscope.cli import main
from diffuscope.errors import PlanError
from diffuscope.report.edition.build import build
from diffuscope.report.edition.pdf import as_data
from diffuscope.report.edition.write import content


def test_a_pdf_is_set_from_texts_alone_or_what_it_needs_is_said():
    edition = build(towns())
    data = as_data(edition)
    assert data["language"] == "id"
    shown = [table for run in data["runs"] for part in run["parts"] for table in part["tables"]]
    assert all(
        len(row["cells"]) == len(one["head"]) == len(one["widths"]) for one in shown for row in one["rows"]
    )
    try:
        import typst  # noqa: F401
    except ImportError:
        with pytest.raises(PlanError, match=r"pip install 'diffuscope\[pdf\]'"):
            content(edition, ".pdf")
    else:
        assert content(edition, ".pdf").startswith(b"%PDF-")


# --- where it is written


def test_no_file_is_replaced_and_the_ending_says_what_is_written(tmp_path):
    kept = tmp_path / "report.docx"
    kept.write_text("mine")
    with pytest.raises(PlanError, match="exists"):
        write_edition(towns(), kept)
    assert kept.read_text() == "mine"
    for name in ("report", "report.odt"):
        with pytest.raises(PlanError, match="does not end in one of"):
            write_edition(towns(), tmp_path / name)


def test_a_result_that_counts_no_register_is_refused(tmp_path):
    from factory import result

    with pytest.raises(PlanError, match="no register"):
        write_edition(result(), tmp_path / "out.html")


def test_the_same_result_gives_the_same_bytes():
    one = founding()
    for ending in (".html", ".docx", ".xlsx"):
        assert content(build(one), ending) == content(build(one), ending), ending


def test_the_command_prints_an_edition_from_a_case_and_from_a_result(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for words, name in (
        (["report", "asean-smart-cities", "--edition", "public"], "asean-smart-cities-public.html"),
        (["report", "asean-smart-cities", "--edition", "working", "--out", "w.xlsx"], "w.xlsx"),
    ):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 0
        assert name in capsys.readouterr().out
        assert (tmp_path / name).is_file()
    page = (tmp_path / "asean-smart-cities-public.html").read_text(encoding="utf-8")
    assert all(area in page for area in ("Health &amp; Well-Being", "Safety &amp; Security"))
    from diffuscope.result import to_files

    for name, made in to_files(founding()).items():
        (tmp_path / name).write_bytes(made)
    with pytest.raises(SystemExit) as left:
        main(["report", "result.json", "--edition", "public", "--out", "again.html"])
    assert left.value.code == 0
    assert len((tmp_path / "again.html").read_text(encoding="utf-8")) == len(page)
