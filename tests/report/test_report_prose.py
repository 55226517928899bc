"""The sentences of a report can be read after ten years of school."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import estimated
import factory
from monitored import example
from test_report_page import written
from verify.reading_grade import html_sentences, reading

HARDEST, FEW = 10, 30


@pytest.fixture(scope="module", params=["evidence", "estimates", "register"])
def sentences(request, tmp_path_factory) -> list[str]:
    """Sentences of a page on a result made by hand, without and with estimates, and on a register."""
    results = {
        "evidence": factory.result,
        "estimates": estimated.result,
        "register": lambda: example(tmp_path_factory.mktemp("register") / "towns"),
    }
    return html_sentences(written(results[request.param]()))


def test_a_report_can_be_read_after_ten_years_of_school(sentences):
    assert len(sentences) > FEW
    assert reading(sentences).grade <= HARDEST
