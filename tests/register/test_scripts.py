"""Numbers, years and areas as people write them in workbooks and forms, in the digits of their script."""

from __future__ import annotations

import re

import pytest
from messy import Form, own_workbook
from network_people import OFFICER

from diffuscope import register
from diffuscope.register.database import opened
from diffuscope.register.needs import Wanted

WAVE = "2026"
HEADINGS = ("City", "Project title", "Focus area", "Status", "Start", "% complete", "Budget", "Currency")
AREA = "Built Infrastructure"


@pytest.fixture
def take(on_sqlite, tmp_path):
    """Takes in a workbook of Malaysia's own making; gives what it brought by title, and what is asked."""
    register.open_wave(on_sqlite, WAVE, due="2026-09-30", person=OFFICER)

    def taken(*rows):
        file = own_workbook(tmp_path / "Malaysia.xlsx", ["Malaysia 2026"], HEADINGS, rows)
        [preview] = register.take_in(on_sqlite, [file], person=OFFICER, sender="MYS")
        with opened(on_sqlite):
            from diffuscope.register.models import Observation

            new = Observation.objects.filter(wave__code=WAVE, withdrawn=False)
            kept = {one.title: (one.start, one.percent_complete, one.budget_minor) for one in new}
        asked = register.queries(on_sqlite, WAVE, person=OFFICER)
        return kept, [one for one in asked if one.rule != "missing-row"], preview

    return taken


def row(title, area=AREA, start="", percent="", budget=""):
    return ("Ipoh", title, area, "ongoing", start, percent, budget, "MYR" if budget else "")


def test_digits_of_any_script_are_read_and_told(take):
    kept, asked, preview = take(
        row("Thai", start="๒๕๖๘", percent="๕๐", budget="๑๒๐๐๐๐"),
        row("Lao", start="໒໐໒໕-໐໓", percent="໕", budget="໗"),
        row("Khmer", start="២០២៥-០៣-០១", percent="៥.៥"),
        row("Burmese", start="၂၀၂၅", percent="၁၀၀"),
        row("Arabic", start="٢٠٢٥", percent="٥٫٥", budget="١٬٢٣٤"),
        row("Raised", percent="5²"),
        row("Western", start="2568"),
        row("Both", start="2568-03", percent="๑,๒๓๔"),
    )
    assert {title: values for title, values in kept.items() if title != "Western"} == {
        "Thai": ("2025", 50.0, 12_000_000),
        "Lao": ("2025-03", 5.0, 700),
        "Khmer": ("2025-03-01", 5.5, None),
        "Burmese": ("2025", 100.0, None),
        "Arabic": ("2025", 5.5, 123_400),
    }
    assert kept["Western"][0] == "2025", "as the same year in Thai digits"
    assert [(one.rule, one.asks.count("5²")) for one in asked] == [("bad-number", 1), ("ambiguous-number", 0)]
    told = "\n".join(preview.readings)
    for written, means in (("๒๕๖๘", "2025"), ("๕๐", "50"), ("٥٫٥", "5.5"), ("2568", "2025")):
        assert re.search(rf"`{written}`.*`{means}`", told), told


def test_an_unknown_area_is_asked_about_and_its_answer_is_taken(take, on_sqlite, tmp_path):
    kept, [asked], preview = take(row("Known"), row("Strange", area="Flying Carpets"))
    assert set(kept) == {"Known"}
    assert (asked.rule, asked.asks) == ("unknown-area", "The network has no area `Flying Carpets`.")
    answers = Form(preview.questions)
    answers.put(answers.row_of("Strange"), area=AREA)
    register.take_in(on_sqlite, [answers.save(tmp_path / "answers.xlsx")], person=OFFICER)
    assert not [
        one for one in register.queries(on_sqlite, WAVE, person=OFFICER) if one.rule == "unknown-area"
    ]


def test_dates_and_amounts_of_forms_are_read_in_any_script(on_sqlite):
    fields = {"title": "Alarms", "description": "x"}
    code = register.write_practice(on_sqlite, "bangkok", fields, person="city-bangkok")
    register.release_practice(on_sqlite, code, person="city-bangkok")
    register.take_up(on_sqlite, code, "phuket", since="๒๐๒๔-๐๕", person="rep-THA")
    wanted = Wanted("", kind="money", about="x", amount="๒๕๐", currency="THB")
    register.add_need(on_sqlite, "bangkok", wanted, person="city-bangkok")
    with opened(on_sqlite):
        from diffuscope.register.models import Need, TakeUp

        assert TakeUp.objects.get().first_seen == "2024-05/"
        assert Need.objects.get().amount_minor == 25_000
