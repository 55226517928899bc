"""What tests of the house share: the module that writes the generated pages."""

from __future__ import annotations

from types import ModuleType

import generated_pages
import pytest


@pytest.fixture(scope="session")
def generated() -> ModuleType:
    """The module `docs/generated_pages.py`."""
    return generated_pages
