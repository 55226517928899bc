"""A full disk: the error says so, and the register is as it was before.

The disk is a real one, of memory (tmpfs), where tests may mount one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from messy import Form
from network_people import OFFICER

from diffuscope import register
from diffuscope.errors import CaseError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts a disk of memory")


@contextmanager
def disk(folder: Path, megabytes: int = 60):
    """A disk of its own, for as long as the block lasts."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, left: int = 0) -> Path:
    """A file that leaves so many bytes free."""
    file = folder / "filling"
    free = shutil.disk_usage(folder).free - left
    with file.open("wb", buffering=0) as out:
        os.posix_fallocate(out.fileno(), 0, free)
    return file


@pytest.fixture
def small(founded, tmp_path, monkeypatch):
    """A register on a small disk, with an open wave and a workbook that is on its way."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with disk(tmp_path / "disk") as mounted:
        folder = Path(shutil.copytree(founded, mounted / "register"))
        register.open_wave(folder, "2026", due="2026-09-30", person=OFFICER)
        [file] = register.write_forms(folder, "2026", person=OFFICER, members=["SGP"], out=tmp_path)
        form = Form(file)
        form.put(form.row_of("Marine"), status="completed")
        form.add(unit="Nowhere", title="Lost", status="planning")
        yield folder, form.save(tmp_path / "singapore.xlsx")


def facts(folder):
    [singapore] = [one for one in register.status(folder, "2026", person=OFFICER) if one.member == "SGP"]
    return singapore, len(register.queries(folder, person=OFFICER))


def test_a_take_in_on_a_full_disk_changes_nothing_and_says_why(small):
    folder, file = small
    before = facts(folder)
    filling = fill(folder.parent, left=40_000)
    with pytest.raises(CaseError, match="Free space on the disk"):
        register.take_in(folder, [file], person=OFFICER)
    filling.unlink()
    assert facts(folder) == before
    assert register.check_register(folder) == []
    [preview] = register.take_in(folder, [file], person=OFFICER)
    assert not preview.refused
    assert facts(folder)[0].state == "queried"
    assert register.check_register(folder) == []
