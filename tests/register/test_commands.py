"""The commands of the register as a person types them."""

from __future__ import annotations

import stat
import subprocess
import sys

import pytest
from network_people import CHAIR, OFFICER

from diffuscope import register
from diffuscope.cli import main
from diffuscope.errors import CaseError, PlanError
from diffuscope.register.place import new_place


@pytest.fixture
def run(on_sqlite, capsys):
    """What a command prints, and its exit code."""

    def typed(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(["register", *words, "--folder", str(on_sqlite)])
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out + told.err

    return typed


def test_a_year_by_commands(run, tmp_path):
    assert run("open", "2026", "--due", "2026-09-30", "--as", OFFICER)[0] == 0
    code, told = run("form", "2026", "SGP", "TLS", "--as", OFFICER, "--out", str(tmp_path))
    assert (code, len(told.split())) == (0, 2)
    form = str(tmp_path / "2026-singapore.xlsx")
    assert "would be taken in for SGP" in run("take-in", form, "--as", OFFICER, "--preview")[1]
    assert "unchanged: 6" in run("take-in", form, "--as", OFFICER)[1]
    code, told = run("take-in", str(tmp_path / "2026-timor-leste.xlsx"), "--as", OFFICER)
    assert (code, "does not say that there is nothing to report" in told) == (1, True)
    assert run("mark", "2026", "TLS", "nil", "--why", "letter", "--as", OFFICER)[1] == "Timor-Leste: nil\n"
    told = run("status", "--as", OFFICER)[1]
    assert "SGP    received         Singapore, 6 projects" in told
    assert run("accept", "2026", "SGP", "--as", OFFICER)[0] == 0
    assert run("clear", "2026", "SGP", "--as", "rep-THA")[0] == 2
    assert run("clear", "2026", "SGP", "--as", "rep-SGP")[0] == 0
    assert "No question is open." in run("queries", "--as", OFFICER)[1]
    assert "silent: BRN" in run("close", "2026", "--as", OFFICER)[1]
    assert run("check") == (0, "No fault was found.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has rights of another kind")
def test_nobody_else_on_the_machine_reads_a_register_made_in_a_folder_that_was_there(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    tmp_path.chmod(0o755)
    with new_place(tmp_path, network="A network", zone="UTC"):
        pass
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    files = [one for one in tmp_path.iterdir() if one.is_file()]
    assert {one.name: stat.S_IMODE(one.stat().st_mode) for one in files} == {
        "register.sqlite3": 0o600,
        "register.toml": 0o600,
        "secret-key": 0o600,
    }


def test_what_was_in_a_folder_stays_where_no_register_can_be_made_in_it(tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years of work", encoding="utf-8")
    with pytest.raises(CaseError, match="already in use"), new_place(tmp_path, network="N", zone="UTC"):
        pass
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "ten years of work"
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(PlanError, match="no time zone"), new_place(empty, network="N", zone="Mars"):
        pass
    assert list(empty.iterdir()) == []


def test_what_is_refused_names_the_way_out(run):
    code, told = run("status", "2029", "--as", OFFICER)
    assert (code, "has no wave `2029`" in told) == (2, True)
    code, told = run("correct", "2025", "han-ioc", "status=done", "--why", "x", "--as", OFFICER)
    assert code == 1
    assert "completed" in told
    code, told = run("correct", "2025", "han-ioc", "state=x", "--why", "x", "--as", OFFICER)
    assert (code, "cannot be corrected" in told) == (2, True)
    code, told = run("publish", "2025", "--as", CHAIR)
    assert (code, "the secretariat proposes" in told) == (2, True)


def test_without_the_extra_the_command_names_it(tmp_path):
    """In a process that finds no Django."""
    lines = [
        "import sys",
        "sys.modules['django'] = None",
        "from diffuscope.cli import main",
        f"main(['register', 'new', {str(tmp_path / 'register')!r}, '--as', 'sari'])",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "extra `register`" in done.stderr
    assert not (tmp_path / "register").exists()


def test_a_register_on_another_database_is_not_taken_for_an_empty_one(on_sqlite, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///network")
    with pytest.raises(CaseError, match="unset it"):
        register.migrate_register(on_sqlite)
    monkeypatch.delenv("DATABASE_URL")
    (on_sqlite / "register.sqlite3").unlink()
    with pytest.raises(CaseError, match="set DATABASE_URL"):
        register.migrate_register(on_sqlite)
    assert not (on_sqlite / "register.sqlite3").exists()
