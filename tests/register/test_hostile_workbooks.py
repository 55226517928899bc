"""Workbooks that are damaged, forged or made to do harm: refused with the reason, and nothing is changed."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest
from messy import Form
from network_people import OFFICER

from diffuscope import register
from diffuscope.register.database import opened


@pytest.fixture
def wave(on_sqlite, tmp_path):
    """A register with an open wave, and the form of one state."""
    register.open_wave(on_sqlite, "2026", due="2026-09-30", person=OFFICER)
    [file] = register.write_forms(on_sqlite, "2026", person=OFFICER, members=["VNM"], out=tmp_path)
    return on_sqlite, file


def counts(folder):
    with opened(folder):
        from diffuscope.register.models import Change, Observation, Return

        return [model.objects.count() for model in (Change, Observation, Return)]


def refused(folder, file):
    before = counts(folder)
    [preview] = register.take_in(folder, [file], person=OFFICER)
    assert counts(folder) == before, "what is refused changes nothing"
    return preview.refused


def with_part(file, name, data):
    """A copy of a workbook with one more part in its zip, or another in place of one."""
    out = file.with_name(f"with-{file.name}")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, data)
    return out


def test_macros_bombs_and_what_is_no_workbook(wave, tmp_path):
    folder, file = wave
    assert "macros" in refused(folder, with_part(file, "xl/vbaProject.bin", b"\0"))
    bomb = b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"
    assert refused(folder, with_part(file, "xl/worksheets/sheet1.xml", bomb))
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    assert refused(folder, with_part(file, "xl/worksheets/sheet1.xml", entity))
    (tmp_path / "text.xlsx").write_bytes(b"no workbook")
    assert "no .xlsx workbook" in refused(folder, tmp_path / "text.xlsx")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    assert "save it as .xlsx" in refused(folder, tmp_path / "old.xls")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    assert refused(folder, tmp_path / "empty.xlsx")


@pytest.mark.parametrize(
    ("name", "value"),
    [("member", "THA"), ("version", "7"), ("form", "999"), ("form", "x"), ("token", "0" * 32)],
)
def test_a_form_whose_hidden_sheet_was_changed(wave, name, value):
    folder, file = wave
    book = openpyxl.load_workbook(file)
    hidden = book["register"]
    for row in hidden.iter_rows():
        if row[0].value == name:
            row[1].value = value
    book.save(file)
    said = refused(folder, file)
    assert "hidden sheet" in said


def test_keys_of_another_state_are_refused(wave):
    folder, file = wave
    form = Form(file, "vi")
    form.put(form.rows[0], key="bkk-smart-city", unit="Da Nang")
    form.put(form.rows[1], unit="Bangkok")
    form.put(form.rows[2], key="no-such-key")
    [preview] = register.take_in(folder, [form.save(file)], person=OFFICER)
    kinds = [(row.kind, [asked.rule for asked in row.questions]) for row in preview.rows[:3]]
    assert kinds == [
        ("refused", ["other-states-key"]),
        ("refused", ["other-state"]),
        ("question", ["unknown-key"]),
    ]
    with opened(folder):
        from diffuscope.register.models import Observation

        assert not Observation.objects.filter(wave__code="2026", project__code="bkk-smart-city").exists()


def test_formulas_are_text_in_what_is_written_again(wave):
    """A title that a spreadsheet would compute comes back as text, in forms and in questions."""
    folder, file = wave
    form = Form(file, "vi")
    evil = '=HYPERLINK("http://evil.example","x")'
    row = form.add(unit="Da Nang", title="x", status=form.status("ongoing"))
    cell = form.sheet.cell(row, form.places["title"])
    cell.value, cell.data_type = evil, "s"
    [preview] = register.take_in(folder, [form.save(file)], person=OFFICER)
    assert preview.count("new") == 1
    [again] = register.write_forms(folder, "2026", person=OFFICER, members=["VNM"], out=file.parent)
    with zipfile.ZipFile(again) as packed:
        xml = b"".join(packed.read(name) for name in packed.namelist() if "worksheets/" in name)
    assert b"<f>" not in xml
    titles = {str(cell.value) for cell in openpyxl.load_workbook(again).worksheets[0]["C"]}
    assert evil in titles


def test_odd_names_of_files_lead_nowhere_else(wave):
    folder, file = wave
    odd = file.with_name("..%2f..%2fetc; rm -rf ~ [bold]x.xlsx")
    file.rename(odd)
    [preview] = register.take_in(folder, [odd], person=OFFICER)
    assert not preview.refused
    kept = {one.name for one in (folder / "received").iterdir()}
    assert all(len(name) == 64 for name in kept)


def test_a_folder_that_another_program_copies_is_refused(tmp_path, monkeypatch):
    from diffuscope.errors import CaseError

    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(CaseError, match="copied to other machines"):
        register.new_register(tmp_path / "OneDrive - Ministry" / "register", person=OFFICER, network="N")
