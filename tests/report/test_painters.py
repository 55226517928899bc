"""Painters: the same picture from another process as from this one, whatever happens to them."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from contextlib import suppress

import pytest

from diffuscope.report import painters as painting
from diffuscope.report.painter import fulfil, grammar
from diffuscope.report.painters import Painters

STILL = {
    "$schema": f"https://vega.github.io/schema/vega-lite/v{grammar()}.0.json",
    "data": {"values": [{"who": "Đà Nẵng", "n": 3}, {"who": "<b>&", "n": 1}]},
    "mark": {"type": "bar", "clip": True},
    "encoding": {
        "x": {"field": "n", "type": "quantitative"},
        "y": {"field": "who", "type": "nominal"},
    },
}
ORDER = {"still": STILL, "title": "Bars", "alt": "Two <bars>."}
PNG = b"\x89PNG\r\n"


def painted() -> list[list[bytes]]:
    with Painters() as painters:
        asked = [painters.still(STILL, "Bars", "Two <bars>.") for _ in range(4)]
        return [list(picture.result()) for picture in asked]


def test_every_painter_paints_the_same_as_this_process():
    here = fulfil(ORDER)
    assert painted() == [here] * 4
    root = ET.fromstring(here[0])
    assert [root[0].text, root[1].text] == ["Bars", "Two <bars>."]
    assert here[1].startswith(PNG)


def test_the_library_can_stand_inside_a_script():
    with Painters() as painters:
        script = painters.library()
    assert script.encode() == fulfil({"library": True})[0]
    assert "vegaEmbed" in script
    assert "</script" not in script.lower()


@pytest.mark.parametrize("program", [("-c", "pass"), ("-c", "print('[9, 9]')"), ("-c", "print('hello')")])
def test_a_painter_that_stops_is_stood_in_for(monkeypatch, program):
    monkeypatch.setattr(painting, "_PROGRAM", program)
    assert [picture[1][: len(PNG)] for picture in painted()] == [PNG] * 4


@pytest.mark.parametrize("program", [None, "", "/no/such/python"])
def test_where_no_process_can_be_started_this_one_paints(monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    assert [picture[1][: len(PNG)] for picture in painted()] == [PNG] * 4


def test_nothing_that_lies_in_the_folder_one_stands_in_is_run(tmp_path, monkeypatch):
    for name in ("json", "signal", "diffuscope"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w').close()", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert [picture[1][: len(PNG)] for picture in painted()] == [PNG] * 4
    assert not (tmp_path / "ran").exists()


def test_what_cannot_be_painted_is_an_error_and_not_a_wait():
    with Painters() as painters:
        asked = painters.still({**STILL, "mark": "nothing"}, "", "")
        with pytest.raises(ValueError, match="conversion failed"):
            asked.result()


def test_whoever_leaves_early_leaves_no_painter_behind():
    painters = Painters()
    with suppress(KeyboardInterrupt), painters:
        painters.still(STILL, "", "").result()
        for _ in range(20):
            painters.still(STILL, "", "")
        raise KeyboardInterrupt
    assert painters._started
    assert [painter.poll() is None for painter in painters._started] == [False] * len(painters._started)
