"""A workbook as a state gets it: what is protected, what is offered in its language, what it remembers."""

from __future__ import annotations

import openpyxl
import pytest
from messy import HEADINGS, Form
from network_people import LANGUAGES, OFFICER

from diffuscope import register
from diffuscope.register.database import opened
from diffuscope.register.language import language


@pytest.fixture(scope="module")
def forms(founded, tmp_path_factory):
    """The workbooks of all states, by name; the register that wrote them."""
    import shutil

    folder = shutil.copytree(founded, tmp_path_factory.mktemp("forms") / "register")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        register.open_wave(folder, "2026", due="2026-09-30", person=OFFICER)
        files = register.write_forms(folder, "2026", person=OFFICER)
    return folder, {file.stem.removeprefix("2026-"): file for file in files}


def test_every_state_has_one_that_others_on_the_machine_cannot_read(forms):
    _, files = forms
    assert len(files) == 11
    assert {"thailand", "viet-nam", "indonesia", "singapore", "timor-leste"} <= set(files)
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o600}


@pytest.mark.parametrize(
    ("name", "code"), [("thailand", "th"), ("viet-nam", "vi"), ("indonesia", "id"), ("singapore", "en")]
)
def test_keys_are_protected_and_choices_are_in_the_language(forms, name, code):
    _, files = forms
    form, words = Form(files[name], code), language(code)
    assert form.sheet.protection.sheet
    keys = {form.sheet.cell(row, form.places["key"]).protection.locked for row in form.rows}
    others = {
        form.sheet.cell(row, at).protection.locked
        for row in form.rows
        for column, at in form.places.items()
        if column != "key"
    }
    assert (keys, others) == ({True}, {False})
    assert all(form.places.values()), "every heading is in the language"
    offered = {str(rule.sqref): rule.formula1 for rule in form.sheet.data_validations.dataValidation}
    at = openpyxl.utils.get_column_letter(form.places["status"])
    [source] = [text for where, text in offered.items() if where.startswith(f"{at}{HEADINGS + 1}:")]
    first, _, last = source.partition("!")[2].replace("$", "").partition(":")
    listed = [cell.value for row in form.book["lists"][f"{first}:{last}"] for cell in row]
    assert listed == list(words.status.values())
    assert form.sheet.cell(3, 1).value == words.text["nothing"]
    assert offered["B3"] == f'"{words.text["tick"]}"'
    guidance = [row[0] for row in form.book[words.sheet["guidance"]].iter_rows(values_only=True)]
    assert tuple(line for line in guidance if line) == words.guidance
    assert {name: form.book[name].sheet_state for name in ("register", "lists")} == {
        "register": "veryHidden", "lists": "veryHidden",
    }  # fmt: skip


def test_it_remembers_with_what_each_row_was_filled(forms):
    folder, files = forms
    shown = {
        form.get(row, "key"): form.get(row, "title")
        for form in [Form(files["viet-nam"], "vi")]
        for row in form.rows
    }
    with opened(folder):
        from diffuscope.register.models import Form as Written
        from diffuscope.register.models import Observation

        written = Written.objects.get(member__code="VNM", wave__code="2026")
        filled = {one.pk: one.title for one in Observation.objects.filter(pk__in=written.keys.values())}
    assert {key: filled[pk] for key, pk in written.keys.items()} == shown
    assert len(shown) == 6


def test_first_versions_of_languages_are_marked_for_review():
    assert {code: language(code).reviewed for code in ("en", *LANGUAGES.values())} == {
        "en": True, "id": False, "th": False, "vi": False,
    }  # fmt: skip
    lines = {code: len(language(code).guidance) for code in ("en", *LANGUAGES.values())}
    assert lines == {"en": 11, "id": 12, "th": 12, "vi": 12}, "every line, and one that asks for a review"
