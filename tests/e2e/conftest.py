"""The report of the founding case, written once, and a browser to read it in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from diffuscope.result import Result

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def report_page(tmp_path_factory: pytest.TempPathFactory, founding_result: Result) -> Path:
    """`report.html` of the founding case, in a folder whose name is not plain."""
    from diffuscope.report import write_report

    folder = tmp_path_factory.mktemp("reports") / "my report é"
    return write_report(founding_result, folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium; without it browser tests are skipped, or fail where `DIFFUSCOPE_REQUIRE_BROWSER=1` is set."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        if os.environ.get("DIFFUSCOPE_REQUIRE_BROWSER") == "1":
            pytest.fail("Chromium is required here, and none of its names is on the path.")
        pytest.skip("Chromium is not installed.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()
