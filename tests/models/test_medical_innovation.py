"""Medical Innovation, as its page tells it: the page prints what it says, and says what is published.

The data are not part of the project; where they are absent, these tests are skipped.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "examples" / "medical-innovation.md"
DATA = ROOT.parent / "shared" / "data" / "reference"

pytestmark = pytest.mark.skipif(
    not (DATA / "medInnovations_toa.csv").is_file(), reason="the data of Medical Innovation are not here"
)


@pytest.fixture(scope="module")
def told() -> tuple[dict[str, object], list[tuple[str, str]]]:
    """What the page's code leaves behind, and what each block printed beside what stands below it."""
    import contextlib
    import io

    shown = re.findall(r"^```python\n(.*?)^```\n+```text\n(.*?)^```", PAGE.read_text("utf-8"), re.S | re.M)
    names: dict[str, object] = {}
    pairs = []
    with contextlib.chdir(DATA):
        for code, below in shown:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(code, PAGE.name, "exec"), names)
            pairs.append((printed.getvalue(), below))
    return names, pairs


def test_the_page_prints_what_stands_below_its_code(told):
    pairs = told[1]
    assert len(pairs) == 4
    for printed, below in pairs:
        assert printed == below


def test_the_data_are_those_of_the_published_analyses(told):
    names = told[0]
    assert (names["doctors"].height, names["ties"].height) == (125, 294)
    assert 125 - names["ties"]["receiver"].n_unique() == 11
    counts = names["doctors"]["toa"].value_counts().sort("toa")["count"].to_list()
    assert counts == [11, 9, 9, 11, 11, 11, 13, 7, 4, 1, 5, 3, 3, 4, 4, 2, 1, 16]


def test_the_hazard_by_month_is_the_published_one(told):
    """Of the R package netdiffuseR; its last one, of month 18, is no hazard but the end of watching."""
    hazard = told[0]["panel"].hazard()["hazard"].to_list()
    assert hazard == pytest.approx(
        [0.0789, 0.0857, 0.1146, 0.1294, 0.1486, 0.2063, 0.1400, 0.0930, 0.0256, 0.1316, 0.0909, 0.1,
         0.1481, 0.1739, 0.1053, 0.0588],
        abs=5e-5,
    )  # fmt: skip


def test_no_contagion_through_cohesion(told):
    plain, monthly = told[0]["plain"], told[0]["monthly"]
    assert (plain.rows, plain.events) == (856, 98)
    assert plain.coefficients == pytest.approx([-2.09542, 0.11033], abs=5e-6)
    assert plain.std_errors == pytest.approx([0.16024, 0.25991], abs=5e-6)
    assert plain.loglik == pytest.approx(-304.46868, abs=5e-6)
    at = monthly.names.index("colleagues")
    assert monthly.coefficients[at] == pytest.approx(-0.09716, abs=5e-6)
    assert monthly.std_errors[at] == pytest.approx(0.32512, abs=5e-6)
    assert monthly.loglik == pytest.approx(-297.21361, abs=5e-6)
    for fit in (plain, monthly):
        assert fit.ci_low[1] < 0 < fit.ci_high[1]
