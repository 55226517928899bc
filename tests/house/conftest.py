"""What tests of the house share: the module that writes the generated pages."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PAGES = Path(__file__).parents[2] / "docs" / "generated_pages.py"


@pytest.fixture(scope="session")
def generated() -> ModuleType:
    """The module `docs/generated_pages.py`."""
    spec = importlib.util.spec_from_file_location("pages_of_the_house", PAGES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
