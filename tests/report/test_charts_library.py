"""The JavaScript of charts: put together once, kept, and made anew where what is kept is not whole."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
import vl_convert

from diffuscope.report import charts_library
from diffuscope.report.charts_library import CACHE, begin_library, cache_file, library


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of this test's own, filled by this process; nothing is known from earlier reports."""
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.setattr(charts_library, "_LIBRARY", [])
    monkeypatch.setattr(charts_library, "begin", at_once)
    return tmp_path / "cache"


@pytest.fixture
def short(monkeypatch):
    """A library that takes no seconds to make; what it is made of."""
    made = []

    def bundle(exported, _grammar):
        made.append(exported)
        return "const đ = 1;\r\n" + exported

    monkeypatch.setattr(vl_convert, "javascript_bundle", bundle)
    return made


def at_once(work):
    done = Future()
    done.set_result(work())
    return done


def asked_anew():
    charts_library._LIBRARY.clear()
    return begin_library()()


def test_it_can_stand_inside_a_script_and_is_read_back_as_it_was(cache):
    whole = library()
    assert "vegaEmbed" in whole
    assert "</script" not in whole.lower()
    assert asked_anew() == whole


def test_it_is_put_together_once_and_then_read(cache, short):
    first = begin_library()()
    assert [file.name for file in cache.iterdir()] == [cache_file().name]
    assert asked_anew() == first
    assert len(short) == 1


@pytest.mark.parametrize("damage", [lambda kept: kept[:-1], lambda kept: b"", lambda kept: b"\xff" + kept])
def test_what_is_kept_and_not_whole_is_made_anew(cache, short, damage):
    whole = begin_library()()
    kept = cache_file().read_bytes()
    cache_file().write_bytes(damage(kept))
    assert asked_anew() == whole
    assert cache_file().read_bytes() == kept
    assert len(short) == 2


def test_another_version_of_a_library_has_another_file(cache, monkeypatch):
    own = cache_file()
    monkeypatch.setattr(charts_library, "version", lambda _name: "99.0")
    assert cache_file() != own


def test_a_cache_that_cannot_be_written_stops_no_report(cache, short):
    cache.write_text("a file where a folder is named", encoding="utf-8")
    assert begin_library()().startswith("const")
    assert cache.read_text(encoding="utf-8").startswith("a file")
