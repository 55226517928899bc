"""Captions and alternative texts of figures are plain: short sentences, readable by newcomers."""

from __future__ import annotations

import pytest
import test_matrix as matrix
import test_models as models
import test_register as register
import test_robustness as robust
import test_statistics_figures as statistics
import test_timeline as dated
import test_verdict_strip as strip
from test_map import drawn as drawn_map
from verify.reading_grade import reading, sentences_of

from diffuscope.figures.coefficients import coefficients
from diffuscope.figures.evidence_by_criterion import evidence_matrix
from diffuscope.figures.posterior_robustness import robustness
from diffuscope.figures.register import area_bars, wave_bars
from diffuscope.figures.verdicts import verdict_strip

HARDEST = 12
FIGURES = {
    **statistics.FIGURES,
    **models.FIGURES,
    "ratios": lambda: coefficients(models.TABLE, "odds", measure="ratio"),
    "points": lambda: coefficients(models.TABLE, "percentage points", measure="points"),
    "matrix": lambda: evidence_matrix(matrix.CRITERIA, matrix.ITEMS, matrix.ORDER),
    "robustness": lambda: robustness(robust.DETAILS),
    "waves": lambda: wave_bars(register.TOTALS),
    "areas": lambda: area_bars(register.COUNTS, ["2018", "2022", "2025"]),
    "verdicts": lambda: verdict_strip(strip.VERDICTS, strip.ORDER),
    "timeline": dated.drawn,
    "map": drawn_map,
}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("text", ["caption", "alt"])
def test_words_of_a_figure_can_be_read_by_newcomers(name, text):
    words = getattr(FIGURES[name](), text)
    assert reading(sentences_of([words])).grade <= HARDEST, words
