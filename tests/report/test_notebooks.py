"""How results, verdicts, cases, panels, layers and figures show themselves: in a few lines, and folded."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import estimated
import msgspec
import numpy as np
import polars as pl
import pytest

import diffuscope
from diffuscope.figures import Figure
from diffuscope.models import firth
from diffuscope.models.fit import MOST_SHOWN
from diffuscope.records.notebook import MOST_ROWS, folded


@pytest.fixture(scope="module")
def result():
    return estimated.result()


def shown(thing):
    """What a notebook shows of it; it must be well-formed."""
    html = thing._repr_html_()
    ET.fromstring(f"<div>{html}</div>")
    return html


def test_a_result_is_printed_in_a_few_lines_with_its_verdicts(result):
    printed = repr(result)
    assert len(printed) < 2_000
    assert printed.count("\n") <= 7
    for verdict in result.verdicts:
        assert f"{verdict.mechanism} {verdict.verdict}" in printed
    assert all(verdict.sentence.split()[0] in shown(result) for verdict in result.verdicts)


def test_verdicts_and_tables_are_printed_without_what_they_hold(result):
    verdict = result.verdicts[0]
    assert repr(verdict) == f"<Verdict {verdict.analysis}, {verdict.mechanism}: {verdict.verdict}>"
    assert verdict.rule in shown(verdict)
    assert all(len(repr(frame)) < 1_000 for frame in result.frames.values())


def test_a_panel_and_a_layer(tmp_path):
    laws = pl.DataFrame({"unit": ["a", "b", "c"], "time": [2001, 2003, None]})
    panel = diffuscope.person_period(laws)
    assert repr(panel) == "<Panel: 4 rows by year, 1 event; 3 units, 1 policy>"
    assert "Left out: 1, adopted before the policy" in shown(panel)
    ties = pl.DataFrame({"sender": ["<b>", "b"], "receiver": ["b", "c"]})
    layer = diffuscope.layer_from_frame(ties, "borders")
    assert "&lt;b&gt;" in shown(layer)


def test_a_case_shows_its_questions_and_how_much_there_is():
    case = diffuscope.case_from_frames(
        units=pl.DataFrame({"unit": ["a"], "name": ["A"], "kind": ["town"], "role": ["adopter"]}),
        analyses=[{"id": "q", "question": "Why <so>?"}],
    )
    assert "Why &lt;so&gt;?" in shown(case)
    assert "<td>units</td><td>1</td>" in shown(case)


def test_a_result_without_questions_shows_its_tables(result):
    alone = msgspec.structs.replace(result, analyses=(), verdicts=())
    assert "<th>table</th><th>rows</th>" in shown(alone)
    assert all(f"<td>{name}</td><td>{frame.n}</td>" in shown(alone) for name, frame in alone.frames.items())


def test_a_fit_is_printed_in_a_few_lines():
    frame = pl.DataFrame(
        {"unit": [str(at) for at in range(40)], "event": [1, 0, 0, 0] * 10, "x": [*range(40)]}
    )
    shape = [f"x{at}" for at in range(MOST_SHOWN)]
    drawn = np.random.default_rng(1).normal(size=(len(shape), 40))
    wide = frame.with_columns(pl.Series(name, own) for name, own in zip(shape, drawn, strict=True))
    assert repr(firth("adopted ~ x", frame)).splitlines()[0] == (
        "<Fit, Firth logit: adopted ~ x; 40 rows, 10 events"
    )
    printed = repr(firth(f"adopted ~ {' + '.join(shape)}", wide, interval="wald"))
    assert printed.count("\n") == MOST_SHOWN + 1
    assert printed.endswith("and 1 more coefficient>")


def test_a_figure_draws_itself():
    import altair as alt

    chart = alt.Chart(pl.DataFrame({"x": [1, 2]})).mark_point().encode(x="x:Q")
    figure = Figure(name="points", title="Points", caption="", alt="Two points.", chart=chart)
    assert repr(figure) == "<Figure points: Points>"
    assert ET.fromstring(figure._repr_svg_()).tag.endswith("svg")


def test_what_is_too_long_is_counted():
    assert f"{MOST_ROWS} more rows." in folded("rows", ["n"], [(n,) for n in range(2 * MOST_ROWS)])
