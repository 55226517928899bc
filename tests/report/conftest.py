"""A result made by hand, for tests of what is written from one."""

from __future__ import annotations

import factory
import pytest


@pytest.fixture
def make_result():
    """Makes the result, with whatever a test wants otherwise: ``make_result(problems=())``."""
    return factory.result


@pytest.fixture
def make_frame():
    """Makes a table of a result from its columns and rows; the last cell of a row is its row in the file."""
    return factory.frame
