"""Without a library of an extra, the message names the extra."""

from __future__ import annotations

import sys

import polars as pl
import pytest

from diffuscope import PlanError, import_case, read_frame, write_panel
from diffuscope.records.extras import library


def test_a_missing_library_names_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdata.parser", None)
    with pytest.raises(
        PlanError, match=r"^A file of R needs rdata.*`python -m pip install 'diffuscope\[formats\]'`"
    ):
        library("rdata.parser", "formats", "A file of R")


@pytest.mark.parametrize(("module", "ending"), [("pyreadstat", ".dta"), ("rdata", ".rds"), ("rdata", ".rda")])
def test_files_of_other_programs_name_the_extra(monkeypatch, tmp_path, module, ending):
    monkeypatch.setitem(sys.modules, module, None)
    file = tmp_path / f"laws{ending}"
    file.write_bytes(b"x")
    for read in (read_frame, lambda one: import_case([one], tmp_path / "case")):
        with pytest.raises(PlanError, match=rf"`laws{ending}`.*{module}.*diffuscope\[formats\]"):
            read(file)
    assert not (tmp_path / "case").exists()


def test_a_panel_for_stata_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(PlanError, match=r"diffuscope\[formats\]"):
        write_panel(pl.DataFrame({"unit": ["a"]}), tmp_path / "panel.dta")
