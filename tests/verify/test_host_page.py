"""The script that tries the page on hosting leaves no line of it out."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from verify.host_page import BLOCK, DATABASES, PAGE, script

TEXT = PAGE.read_text(encoding="utf-8")


def test_every_line_of_every_block_is_tried():
    lines = set(script(TEXT, "postgresql").splitlines())
    shown = [line for _, body in BLOCK.findall(TEXT) for line in body.splitlines()]
    assert len(shown) > 100
    assert [line for line in shown if line not in lines] == []


def test_on_sqlite_lines_of_postgresql_alone_are_left_out():
    mine, other = (set(script(TEXT, name).splitlines()) for name in DATABASES)
    left_out = [line for line in mine - other if not line.startswith(("told", "section-", "}"))]
    assert left_out
    assert all("postgres" in line or "/etc/default/register" in line for line in left_out)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize("name", DATABASES)
def test_it_is_shell(name):
    subprocess.run(["bash", "-n"], input=script(TEXT, name), text=True, check=True)
