"""Painting: the same picture from another process as from this one, whatever happens to that process."""

from __future__ import annotations

import os
import signal
import sys
import xml.etree.ElementTree as ET

import estimated
import pytest

from diffuscope.compute import begin, stop
from diffuscope.report import figures
from diffuscope.report.charts_library import grammar
from diffuscope.report.figures import _painted as painted
from diffuscope.report.figures import draw
from diffuscope.report.names import Names
from diffuscope.report.painter import REFUSED, STOPPED, picture

STILL = {
    "$schema": f"https://vega.github.io/schema/vega-lite/v{grammar()}.0.json",
    "data": {"values": [{"who": "Đà Nẵng", "n": 3}, {"who": "<b>&", "n": 1}]},
    "mark": {"type": "bar", "clip": True},
    "encoding": {
        "x": {"field": "n", "type": "quantitative"},
        "y": {"field": "who", "type": "nominal"},
    },
}
PNG = b"\x89PNG\r\n"


def killed(*_order):
    """What a figure does that takes its process with it."""
    os.kill(os.getpid(), signal.SIGKILL)


def deadly_coefficients(group, *, files, png):
    """Figures of a question of which one, the coefficients, takes its process with it."""
    if any((one.drawn.analysis, one.title) == ("smart-cities", "Coefficients") for one in group.values()):
        killed()
    return painted(group, files=files, png=png)


@pytest.fixture
def fresh():
    """Processes that start in this test and end with it."""
    stop()
    yield
    stop()


def test_another_process_paints_the_same_as_this_one():
    here = picture(STILL, "Bars", "Two <bars>.", png=True)
    begun = [begin(picture, STILL, "Bars", "Two <bars>.", True) for _ in range(4)]
    assert [made.result() for made in begun] == [here] * 4
    root = ET.fromstring(here[0])
    assert [root[0].text, root[1].text] == ["Bars", "Two <bars>."]
    assert here[1].startswith(PNG)


def test_a_png_is_made_only_where_asked_for():
    assert picture(STILL, "Bars", "Two bars.", png=False)[1] == b""


def test_a_figure_whose_process_dies_says_so_and_takes_no_other_with_it(monkeypatch, fresh):
    result = estimated.result()
    whole = draw(result, Names(result))
    monkeypatch.setattr(figures, "_painted", deadly_coefficients)
    found = draw(result, Names(result))
    assert [one.title for one in found if one.failed] == ["Coefficients"]
    assert [one.failed for one in found if one.failed] == [STOPPED]
    lost = [one for one in whole if not one.name.endswith("coefficients")]
    assert [one for one in found if not one.failed] == lost
    assert len(lost) == len(whole) - 1 > 1


@pytest.mark.parametrize("program", [None, ""])
def test_where_no_process_can_be_started_this_one_paints(monkeypatch, fresh, program):
    monkeypatch.setattr(sys, "executable", program)
    result = estimated.result()
    assert not [one for one in draw(result, Names(result)) if one.failed]


def test_nothing_that_lies_in_the_folder_one_stands_in_is_run(tmp_path, monkeypatch, fresh):
    for name in ("json", "signal", "diffuscope", "joblib"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w').close()", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert begin(picture, STILL, "Bars", "Two bars.", False).result()[0].startswith("<svg")
    assert not (tmp_path / "ran").exists()


def test_what_cannot_be_painted_is_no_picture_and_not_a_wait():
    assert picture({**STILL, "mark": "nothing"}, "", "", png=False) is None


def test_a_figure_that_cannot_be_painted_says_so(monkeypatch):
    monkeypatch.setattr(figures, "picture", lambda *_: None)
    monkeypatch.setattr(sys, "executable", "")  # in this process, where the picture is the one above
    result = estimated.result()
    found = draw(result, Names(result))
    assert found
    assert {one.failed for one in found} == {REFUSED}
