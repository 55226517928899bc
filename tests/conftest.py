"""What many tests share: the founding case, run once for all of them."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from diffuscope.result import Result

# Fixtures of one folder are no modules to look for examples in: several of them share a name.
collect_ignore_glob = ["*/conftest.py"]

# A busy machine is slow, which is no fault of an example.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

ONE_CORE = {
    "LOKY_MAX_CPU_COUNT": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}
"""Where several processes test at once each has a core, and threads for every core would wait for each other.

Read when numpy and Polars are imported, which nothing does before this file.
"""
if "PYTEST_XDIST_WORKER" in os.environ:
    for name, number in ONE_CORE.items():
        os.environ.setdefault(name, number)

LONGEST_RUN = 600.0
"""Seconds after which another process is no longer waited for."""


@pytest.fixture(scope="session")
def founding_result(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Result:
    """The result of the founding case as `diffuscope run` gives it, computed by one of the processes."""
    from diffuscope.result import read_result

    alone = not hasattr(request.config, "workerinput")
    base = tmp_path_factory.getbasetemp()
    folder = (base if alone else base.parent) / "founding"
    try:
        folder.mkdir()
    except FileExistsError:
        _wait_for(folder / "done")
    else:
        _run_into(folder)
    return read_result(folder)


def _run_into(folder: Path) -> None:
    """Run the founding case; the others are let go also where it fails, and then find no result."""
    from diffuscope.case import read_case
    from diffuscope.result import to_files
    from diffuscope.study import run_study

    try:
        # by two processes, so that questions asked beside each other are tried, and others wait less long
        result = run_study(read_case("asean-smart-cities"), workers=2)
        for name, content in to_files(result).items():
            (folder / name).write_bytes(content)
    finally:
        (folder / "done").touch()


def _wait_for(file: Path) -> None:
    until = time.monotonic() + LONGEST_RUN
    while not file.exists():
        if time.monotonic() > until:
            pytest.fail(f"The founding case was not run within {LONGEST_RUN:.0f} seconds.")
        time.sleep(0.2)
