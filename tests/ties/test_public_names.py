"""What the room offers is documented, and reached without knowing its files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import diffuscope
from diffuscope import ties

DOCS = Path(__file__).parents[2] / "docs"


def test_every_maker_of_ties_is_documented_once():
    text = (DOCS / "reference" / "ties.md").read_text(encoding="utf-8")
    shown = re.findall(r"auto(?:function|class):: (\w+)", text)
    assert sorted(shown) == sorted(set(ties.__all__) - set(diffuscope.__all__))


def test_names_at_the_top_are_those_of_the_room():
    for name in set(ties.__all__) & set(diffuscope.__all__):
        assert getattr(diffuscope, name) is getattr(ties, name)
        assert not isinstance(getattr(ties, name), type(ties)), "a file of the same name hides it"


def test_the_room_is_reached_from_the_top_and_loads_nothing_before():
    code = """
import sys, diffuscope
assert "ties" in dir(diffuscope) and "numpy" not in sys.modules
assert diffuscope.ties.co_attendance and "scipy.stats" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
