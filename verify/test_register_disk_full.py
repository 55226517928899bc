"""A full disk under a register, and under the server of PostgreSQL: a clear error, and nothing is lost."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("django")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "register"))
from network_people import OFFICER, found
from postgresql import database, runnable, server
from test_disk_full import disk, fill

from diffuscope import register
from diffuscope.errors import CaseError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts a disk of memory")


@pytest.fixture
def mounted(tmp_path):
    with disk(tmp_path / "disk") as folder:
        yield folder


@pytest.mark.parametrize("left", [4096, 80_000])
def test_what_cannot_be_written_leaves_no_half_file(mounted, left, tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    folder = found(mounted / "register")
    filling = fill(mounted, left)
    there = sorted(mounted.rglob("*"))
    for does in (
        lambda: register.backup(folder, mounted / "backup.zip", person=OFFICER),
        lambda: register.export_case(folder, mounted / "case"),
        lambda: register.new_register(mounted / "second", person=OFFICER, network="N"),
        lambda: register.publish_wave(folder, "2025", person=OFFICER),
    ):
        with pytest.raises(CaseError, match="Free space on the disk"):
            does()
        new = [one.name for one in sorted(mounted.rglob("*")) if one not in there]
        assert [name for name in new if not name.startswith("register.sqlite3-")] == []
    filling.unlink()
    assert register.check_register(folder) == []
    register.publish_wave(folder, "2025", person=OFFICER)
    backup = register.backup(folder, mounted / "backup.zip", person=OFFICER)
    filling = fill(mounted, 100_000)
    with pytest.raises(CaseError, match="Free space on the disk"):
        register.restore(backup, mounted / "restored")
    assert not (mounted / "restored").exists()
    filling.unlink()
    assert register.check_register(register.restore(backup, tmp_path / "restored")) == []


def test_a_full_disk_of_the_server_changes_nothing(tmp_path, monkeypatch):
    """The server cannot make its tables longer; it says so, and takes the same rows when there is space."""
    if not runnable():
        pytest.skip("no server of PostgreSQL can be started here")
    open_to_all = Path(tempfile.mkdtemp())  # the server runs as another user, who may not enter `tmp_path`
    open_to_all.chmod(0o755)
    with disk(open_to_all / "disk", megabytes=120) as mounted:
        mounted.chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", str(mounted))
        with server() as url, database(url, "network") as own:
            monkeypatch.setattr(tempfile, "tempdir", None)
            monkeypatch.setenv("DATABASE_URL", own)
            folder = register.new_register(tmp_path / "register", person=OFFICER, network="N")
            filling = fill(mounted, left=50_000)
            with pytest.raises(CaseError, match=r"No space left on device.* Free space on the disk"):
                register.import_case(folder, "asean-smart-cities", person=OFFICER)
            filling.unlink()
            assert register.check_register(folder) == []
            assert register.import_case(folder, "asean-smart-cities", person=OFFICER) > 4000
            assert register.check_register(folder) == []
