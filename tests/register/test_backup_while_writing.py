"""A backup while another process writes, and where it goes: the same rows, the same fingerprints."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile

from network_people import CHAIR, OFFICER
from postgresql import database

from diffuscope import register

WRITER = """
import sys
from diffuscope import register
count = 0
while True:
    count += 1
    register.correct(sys.argv[1], "2025", "han-ioc", {"note": f"seen {count} times"}, why="x", person="sari")
    if count == 3:
        print("writing", flush=True)
"""


def rows_of(backup):
    """Hash of each table in a backup."""
    with zipfile.ZipFile(backup) as packed:
        said = json.loads(packed.read("manifest.json"))["sha256"]
        names = [name for name in packed.namelist() if name.startswith("tables/")]
        assert {name: hashlib.sha256(packed.read(name)).hexdigest() for name in names}.items() <= said.items()
    return {name: said[name] for name in names}


def editions_of(folder):
    from diffuscope.register.database import opened

    with opened(folder):
        from diffuscope.register.models import Edition

        return list(Edition.objects.order_by("pk").values_list("wave__code", "number", "fingerprint"))


def test_a_backup_while_somebody_writes_is_of_one_moment(folder, tmp_path, monkeypatch):
    """Corrections by another process, each of several rows; every backup restores without a fault."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True
    ) as writer:
        try:
            assert writer.stdout.readline() == "writing\n"
            backups = [register.backup(folder, tmp_path / f"{at}.zip", person=OFFICER) for at in range(3)]
            assert writer.poll() is None, "it writes all the while"
        finally:
            writer.kill()
    assert len({rows_of(one)["tables/Change.jsonl"] for one in backups}) > 1, "it did write between them"
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for at, backup in enumerate(backups[-1:]):
        restored = register.restore(backup, tmp_path / f"restored{at}")  # which checks every row
        assert rows_of(register.backup(restored, tmp_path / f"again{at}.zip", person=OFFICER)) == rows_of(
            backup
        )


def test_sqlite_goes_into_postgresql_with_every_row_and_fingerprint(
    on_sqlite, postgresql, tmp_path, monkeypatch
):
    register.publish_wave(on_sqlite, "2025", person=OFFICER)
    edition = register.publish_wave(on_sqlite, "2025", person=CHAIR)
    with zipfile.ZipFile(edition.file) as packed:
        assert packed.read("report.pdf").startswith(b"%PDF"), "its letters are in the fonts that Typst brings"
    register.correct(on_sqlite, "2025", "han-ioc", {"status": "ongoing"}, why="a letter", person=OFFICER)
    there = editions_of(on_sqlite)
    backup = register.backup(on_sqlite, tmp_path / "sqlite.zip", person=OFFICER)
    export = register.export_case(on_sqlite, tmp_path / "before")
    url, _ = postgresql
    with database(url, "moved") as own:
        monkeypatch.setenv("DATABASE_URL", own)
        moved = register.restore(backup, tmp_path / "moved")
        assert editions_of(moved) == there
        assert rows_of(register.backup(moved, tmp_path / "moved.zip", person=OFFICER)) == rows_of(backup)
        again = register.export_case(moved, tmp_path / "after")
        files = {file.name: file.read_bytes() for file in export.iterdir()}
        assert {file.name: file.read_bytes() for file in again.iterdir()} == files
        register.open_wave(moved, "2026", due="2026-09-30", person=OFFICER)  # new rows have new numbers
        assert register.check_register(moved) == []
