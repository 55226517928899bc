"""`diffuscope run` on the founding case out of a register: every number as from the case itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("django")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "register"))
from network_people import found

from diffuscope import register


def test_every_part_of_the_study_gives_the_same_files(tmp_path, monkeypatch):
    """Models, safeguards and verdicts too: each file to the last byte, but for the time of the run."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    case = register.export_case(found(tmp_path / "register"), tmp_path / "case")
    results = []
    for name, source in (("theirs", "asean-smart-cities"), ("ours", str(case))):
        words = ["run", source, "--out", str(tmp_path / name)]
        subprocess.run([sys.executable, "-m", "diffuscope", *words], check=True, timeout=1800)
        result = json.loads((tmp_path / name / "result.json").read_bytes())
        assert result["run"].pop("time")
        frames = {one.name: one.read_bytes() for one in (tmp_path / name).rglob("*.parquet")}
        results.append((result, frames))
    assert results[0] == results[1]
