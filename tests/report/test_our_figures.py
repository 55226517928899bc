"""Our own report passes its own audit: its figures, typed into `published`, are all confirmed."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from verify.drawn import examples

sys.path.insert(0, str(Path(__file__).parent))
from our_figures import DOCUMENT, our_figures

from diffuscope.case import case_from_frames
from diffuscope.study import run_study

WAVES = {"2024": "2024-09-30", "2025": "2025-09-30"}
UNITS = pl.DataFrame(
    {
        "unit": ["north", "south", "ash", "birch", "cedar"],
        "name": ["North", "South", "Ash", "Birch", "Cedar"],
        "kind": ["state", "state", "city", "city", "city"],
        "role": ["other", "other", "adopter", "adopter", "adopter"],
        "parent": [None, None, "north", "north", "south"],
    }
)
AREAS = pl.DataFrame({"area": ["Water", "Transport", "Energy"]})
DOCUMENTS = pl.DataFrame({"document": [DOCUMENT], "title": ["The report"]})
projects = st.lists(
    st.tuples(
        st.sampled_from(sorted(WAVES)),
        st.sampled_from(["ash", "birch", "cedar", "ash; cedar", "birch; ash"]),
        st.sampled_from(["Water", "Transport", "Energy"]),
        st.sampled_from(
            ["planning", "ongoing", "completed", "on hold", "cancelled", "undetermined", "not stated"]
        ),
    ),
    min_size=1,
    max_size=24,
)


def audited(rows: list[tuple[str, str, str, str]]) -> list:
    """What the audit makes of the figures that our report of these projects prints."""
    register = pl.DataFrame(
        {
            "wave": [wave for wave, *_ in rows],
            "unit": [unit for _, unit, *_ in rows],
            "title": [f"Project {at}" for at in range(len(rows))],
            "area": [area for _, _, area, _ in rows],
            "status": [status for *_, status in rows],
            "status_basis": "reported",
            "link_basis": "not linked",
            "source": "returns of the cities",
        }
    )
    asked = {
        "id": "towns",
        "title": "Towns",
        "waves": WAVES,
        "units": UNITS,
        "areas": AREAS,
        "projects": register,
    }
    counted = run_study(case_from_frames(**asked), parts=("monitoring",))
    printed = our_figures(counted)
    return list(
        run_study(case_from_frames(**asked, documents=DOCUMENTS, published=printed), parts=("audit",)).audit
    )


def not_confirmed(found: list) -> list[tuple[str, str, str, str]]:
    return [
        (row.kind, row.outcome, row.printed, row.description) for row in found if row.outcome != "confirmed"
    ]


@settings(max_examples=examples(6), deadline=None)
@given(rows=projects)
def test_our_report_passes_its_own_audit(rows):
    assert not_confirmed(audited(rows)) == []


def test_one_of_eight_is_the_same_everywhere():
    rows = [("2025", "birch", "Water", "completed"), *[("2025", "ash", "Transport", "ongoing")] * 7]
    found = audited(rows)
    assert not_confirmed(found) == []
    water = {
        row.printed for row in found if row.kind == "counted" and row.area == "Water" and row.status is None
    }
    assert water == {"1", "13 %", "12.50"}
    assert Counter(row.kind for row in found)["row of shares"] > 0


def test_thirds_and_small_shares_pass_too():
    thirds = [("2025", "ash", area, "ongoing") for area in ("Water", "Transport", "Energy")]
    assert not_confirmed(audited(thirds)) == []
    many = [("2025", "ash", "Water", "ongoing"), *[("2025", "cedar", "Transport", "completed")] * 250]
    found = audited(many)
    assert not_confirmed(found) == []
    assert "<1 %" in {row.printed for row in found}
