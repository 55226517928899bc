"""An edition passes its own audit: its figures, typed into `published` as printed, are all confirmed."""

from __future__ import annotations

import csv
import shutil
import sys
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from verify.drawn import examples

sys.path.insert(0, str(Path(__file__).parent))
from edition_figures import DOCUMENT, HEAD, READERS, edition_figures, of_edition
from monitored import FOUNDING
from test_our_figures import AREAS, DOCUMENTS, UNITS, WAVES, not_confirmed, projects

from diffuscope.case import case_from_frames, new_case, read_case
from diffuscope.report.edition.build import build
from diffuscope.report.edition.write import content
from diffuscope.study import run_study

WORDS = pl.DataFrame(
    {
        "column": ["status", "status", "area", "label"],
        "written": ["On-going", "Under way", "Smart Mobility", "Negara"],
        "means": ["ongoing", "ongoing", "Transport", "Country"],
    }
)


@settings(max_examples=examples(4), deadline=None, phases=[Phase.explicit, Phase.generate])
@given(rows=projects)
def test_an_edition_in_the_network_s_own_words_passes_its_own_audit(rows):
    register = pl.DataFrame(
        {
            "wave": [wave for wave, *_ in rows],
            "unit": [unit for _, unit, *_ in rows],
            "title": [f"Project {at}" for at in range(len(rows))],
            "area": [area for _, _, area, _ in rows],
            "status": [status for *_, status in rows],
            "status_basis": "reported",
            "link_basis": "not linked",
            "source": "returns of the cities",
        }
    )
    asked = {
        "id": "towns", "title": "Towns", "waves": WAVES, "units": UNITS, "areas": AREAS,
        "projects": register, "words": WORDS,
    }  # fmt: skip
    counted = run_study(case_from_frames(**asked), parts=("monitoring",))
    names = dict(UNITS.select("name", "unit").iter_rows())
    editions = {wave: build(counted, wave=wave) for wave in sorted(set(register["wave"]))}
    printed = [
        row
        for wave, edition in editions.items()
        for row in edition_figures(edition, of_edition(edition), wave, names)
    ]
    printed = list({tuple(row.items()): row for row in printed}.values())
    typed = pl.DataFrame(printed, infer_schema_length=None).with_columns(pl.col(pl.String).replace("", None))
    case = case_from_frames(
        **asked, documents=DOCUMENTS.with_columns(document=pl.lit(DOCUMENT)), published=typed
    )
    assert not case.errors
    found = run_study(case, parts=("audit",)).audit
    assert not_confirmed(list(found)) == []
    assert {row["status"] for row in printed} & {"On-going", "Planning"} == {"On-going", "Planning"}


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Path:
    return new_case(tmp_path_factory.mktemp("example") / "case", monitoring=True)


@cache
def working(case: Path):
    """The working edition of a case, and the units of its result."""
    counted = run_study(read_case(case), parts=("monitoring",))
    frame = counted.frames["units"]
    return build(counted, "working"), [dict(zip(frame.columns, row, strict=True)) for row in frame.rows]


@pytest.mark.parametrize("ending", READERS)
@pytest.mark.parametrize("which", ["founding", "example"])
def test_every_file_of_an_edition_passes_its_own_audit(which, ending, example, tmp_path):
    source = FOUNDING if which == "founding" else example
    case = tmp_path / "case"
    shutil.copytree(source, case)
    edition, names = working(source)
    shown = READERS[ending](content(edition, ending))
    printed = edition_figures(edition, shown, "2025", {row["name"]: row["unit"] for row in names})
    in_it = edition_figures(edition, of_edition(edition), "2025", {row["name"]: row["unit"] for row in names})
    assert len(printed) == len(in_it)
    with (case / "published.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEAD)
        writer.writeheader()
        writer.writerows(printed)
    with (case / "documents.csv").open(encoding="utf-8", newline="") as file:
        head = next(csv.reader(file))
    with (case / "documents.csv").open("a", encoding="utf-8", newline="") as file:
        about = {"document": DOCUMENT, "title": "Our edition", "share": "public", "licence": "CC0-1.0"}
        csv.DictWriter(file, head, restval="").writerow({k: v for k, v in about.items() if k in head})
    (case / "claims.csv").unlink()
    read = read_case(case)
    assert not read.errors
    found = run_study(read, parts=("audit",)).audit
    assert not_confirmed(list(found)) == []
    assert len(found) > 20
