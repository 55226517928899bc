"""Painting: the same picture from another process as from this one, whatever happens to that process."""

from __future__ import annotations

import os
import signal
import sys
import xml.etree.ElementTree as ET

import pytest

from diffuscope.compute import stop
from diffuscope.errors import MethodError
from diffuscope.report import painter
from diffuscope.report.painter import begin_library, begin_picture, grammar, library, picture

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
    """What a picture does that takes its process with it."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_by_a_title(still, title, alt, png):
    if title == "deadly":
        killed()
    return picture(still, title, alt, png)


@pytest.fixture
def fresh():
    """Processes that start in this test and end with it."""
    stop()
    yield
    stop()


def test_another_process_paints_the_same_as_this_one():
    here = picture(STILL, "Bars", "Two <bars>.", png=True)
    begun = [begin_picture(STILL, "Bars", "Two <bars>.", png=True) for _ in range(4)]
    assert [made() for made in begun] == [here] * 4
    root = ET.fromstring(here[0])
    assert [root[0].text, root[1].text] == ["Bars", "Two <bars>."]
    assert here[1].startswith(PNG)


def test_a_png_is_made_only_where_asked_for():
    assert begin_picture(STILL, "Bars", "Two bars.")()[1] == b""


def test_the_library_can_stand_inside_a_script():
    script = begin_library()()
    assert script == library()
    assert "vegaEmbed" in script
    assert "</script" not in script.lower()


def test_a_figure_whose_painter_dies_says_so_and_takes_no_other_with_it(monkeypatch, fresh):
    monkeypatch.setattr(painter, "picture", killed_by_a_title)
    begun = [begin_picture(STILL, title, "") for title in ("one", "deadly", "two")]
    assert [made()[0][:4] for made in (begun[0], begun[2])] == ["<svg"] * 2
    with pytest.raises(MethodError, match="stopped"):
        begun[1]()
    assert begin_picture(STILL, "three", "")()[0].startswith("<svg")


@pytest.mark.parametrize("program", [None, ""])
def test_where_no_process_can_be_started_this_one_paints(monkeypatch, fresh, program):
    monkeypatch.setattr(sys, "executable", program)
    assert begin_picture(STILL, "Bars", "Two bars.", png=True)()[1].startswith(PNG)


def test_nothing_that_lies_in_the_folder_one_stands_in_is_run(tmp_path, monkeypatch, fresh):
    for name in ("json", "signal", "diffuscope", "joblib"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w').close()", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert begin_picture(STILL, "Bars", "Two bars.")()[0].startswith("<svg")
    assert not (tmp_path / "ran").exists()


def test_what_cannot_be_painted_is_an_error_and_not_a_wait():
    with pytest.raises(MethodError, match="refused"):
        begin_picture({**STILL, "mark": "nothing"}, "", "")()
