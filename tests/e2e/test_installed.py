"""The wheel in an environment of its own, run from the command line on every shipped case."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "cases"))

from expected import differences, expected, shipped, summary  # noqa: E402

pytestmark = pytest.mark.slow
WITHOUT_STATISTICS, COLD_SECONDS = 10, 60
CORES, ADDITIONS, ADDING_SECONDS = 2, 10**7, 0.36
"""What the promise is made for: two cores that make ten million additions in 0.36 seconds. Computing is
measured, not waiting, for machines may be busy; on a slower machine the promise is as much longer."""
REPORT_BYTES = 4_000_000
INSTALLED_BYTES = 750_000_000


def call(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, encoding="utf-8", cwd=cwd, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def computing() -> float:
    """Seconds that the commands called so far have computed."""
    used = os.times()
    return used.children_user + used.children_system


def slowness() -> float:
    """How many times slower this machine is than the one for which the promise is made; at least 1."""
    start, total = time.process_time(), 0
    for number in range(ADDITIONS):
        total += number
    return max((time.process_time() - start) / ADDING_SECONDS, 1.0)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in a fresh environment that holds the wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("a place é")
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    call(*wheel, "--wheel-dir", folder, ROOT)
    venv.create(folder / "env", with_pip=True)
    scripts = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    pip = [scripts / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    call(*pip, "--only-binary", ":all:", next(folder.glob("diffuscope-*.whl")))
    return scripts / "diffuscope"


@pytest.mark.parametrize("case", shipped())
def test_the_installed_command_gives_what_is_expected(installed, tmp_path, case):
    before = computing()
    done = call(installed, "run", case, "--out", tmp_path / "my report", cwd=tmp_path)
    seconds = computing() - before
    assert "report.html" in done.stdout
    result = json.loads((tmp_path / "my report" / "result.json").read_text(encoding="utf-8"))
    assert differences(expected(case), summary(result)) == []
    assert (tmp_path / "my report" / "report.html").stat().st_size <= REPORT_BYTES
    assert seconds <= COLD_SECONDS * CORES * slowness()


def test_a_plain_installation_is_small_and_names_the_extra(installed, tmp_path):
    environment = installed.parent.parent
    assert sum(file.lstat().st_size for file in environment.rglob("*")) <= INSTALLED_BYTES
    (tmp_path / "laws.dta").write_bytes(b"x")
    words = [str(installed), "import", "laws.dta", "--out", "case"]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert "diffuscope[formats]" in done.stderr


def test_evidence_and_register_alone_are_quick(installed, tmp_path):
    before = computing()
    parts = "mechanisms,monitoring,audit"
    call(installed, "run", "asean-smart-cities", "--parts", parts, "--out", tmp_path / "out", cwd=tmp_path)
    assert computing() - before <= WITHOUT_STATISTICS * CORES * slowness()


def test_a_new_case_runs_untouched(installed, tmp_path):
    call(installed, "new", tmp_path / "mine")
    call(installed, "check", tmp_path / "mine")
    call(installed, "run", tmp_path / "mine", "--out", tmp_path / "out")


def test_the_command_answers_at_once(installed):
    took = []
    for _ in range(5):
        start = time.perf_counter()
        call(installed, "--help")
        took.append(time.perf_counter() - start)
    assert min(took) <= 0.5


def test_importing_the_package_is_quick(installed):
    code = "import time; t = time.perf_counter(); import diffuscope; print(time.perf_counter() - t)"
    assert min(float(call(installed.parent / "python", "-c", code).stdout) for _ in range(5)) <= 0.1


@pytest.mark.skipif("DIFFUSCOPE_DEMO" not in os.environ, reason="no demo was run before")
def test_the_demo_gave_what_is_expected():
    demo = ROOT / os.environ["DIFFUSCOPE_DEMO"]
    result = json.loads((demo / "result.json").read_text(encoding="utf-8"))
    assert differences(expected("asean-smart-cities"), summary(result)) == []
    assert (demo / "report.html").is_file()
