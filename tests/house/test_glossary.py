"""The glossary: every public noun has an entry, and pages link to it where a hard term first stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import diffuscope
from diffuscope.evidence.rule import rule
from diffuscope.records.conclusions import Finding
from diffuscope.safeguards.checks import checks
from tests.house.test_docs import GENERATED, MADE

DOCS = Path(__file__).parents[2] / "docs"
GLOSSARY = (DOCS / "explanation" / "glossary.md").read_text(encoding="utf-8")
