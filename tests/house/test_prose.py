"""README and the how-to pages can be read after ten years of school."""

from __future__ import annotations

from pathlib import Path

import pytest
from verify.reading_grade import ROOT, pages, reading, sentences_in

HARDEST = 10
PAGES = [page for page in pages() if page.parent.name != "explanation"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(Path(page).relative_to(ROOT)))
def test_a_page_can_be_read_after_ten_years_of_school(page):
    own = sentences_in(page)
    hardest = sorted(own, key=lambda sentence: -reading([sentence]).grade)[:3]
    assert reading(own).grade <= HARDEST, hardest
