"""Uploads: what is no sound workbook is refused in words, and no page shows it again."""

from __future__ import annotations

import io
import zipfile

import pytest
from network_people import OFFICER

from diffuscope.register.screens import taking_in

pytest.importorskip("django_otp")
SHEET = "xl/worksheets/sheet1.xml"


def upload(own, name, data):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return own.post("/waves/2026/take-in", {"files": [SimpleUploadedFile(name, data)], "sender": "THA"})


def book(rows=3, **parts):
    """A small workbook, some parts of which are replaced."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        for row in range(rows):
            sheet.write_row(
                row, 0, ["City", "Project Name", "Status"] if row == 0 else ["Phuket", "x", "ongoing"]
            )
    if not parts:
        return out.getvalue()
    packed, again = zipfile.ZipFile(out), io.BytesIO()
    with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as whole:
        for name in packed.namelist():
            whole.writestr(name, parts.pop(name, packed.read(name)))
        for name, data in parts.items():
            whole.writestr(name, data)
    return again.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.xlsx", b""),
        ("page.xlsx", b"<html><script>alert(1)</script></html>"),
        ("half.xlsx", book()[:-60]),
        ("macros.xlsm", book()),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)),
        ("table.csv", b"City,Project\nPhuket,x\n"),
        ("entities.xlsx", book(**{SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'})),
        ("bomb.xlsx", lambda: book(**{SHEET: b"<worksheet>" + b" " * 40_000_000})),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_no_workbook_is_refused_in_words(site, client, name, data):
    from diffuscope.register.models import Change

    changes = Change.objects.count()
    answer = upload(client(OFFICER), name, data() if callable(data) else data)
    assert answer.status_code in (200, 400)
    text = answer.content.decode()
    assert name.partition(".")[0] in text
    assert "Traceback" not in text
    assert "<script>" not in text
    assert Change.objects.count() == changes


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/x.xlsx",
        "..\\..\\x.xlsx",
        "/etc/passwd",
        "x/../../y.xlsx",
        ".hidden",
        "a\u202excod.xlsx",
        "=1.xlsx",
    ],
)
def test_an_uploaded_file_lies_under_a_name_of_our_own(site, client, name):
    upload(client("rep-THA"), name, book())
    outside = [file for file in site.folder.parent.iterdir() if file != site.folder]
    assert outside == []
    files = [file for file in (site.folder / taking_in.FOLDER).rglob("*") if file.is_file()]
    assert len(files) == 1
    assert files[0].stat().st_mode & 0o077 == 0
    assert files[0].parent.parent == site.folder / taking_in.FOLDER


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(site, client, monkeypatch):
    monkeypatch.setattr("diffuscope.register.sent.LARGEST", 1_000)
    answer = upload(client(OFFICER), "large.xlsx", bytes(1_001))
    assert answer.status_code == 400
    assert "larger than" in answer.content.decode()
    assert not (site.folder / taking_in.FOLDER).exists()


def test_files_come_back_as_attachments_that_no_browser_guesses_about(site, client):
    own = client("rep-THA")
    for answer in (
        own.post("/waves/2026/THA/form"),
        own.get("/editions/2025/1/projects.csv"),
        own.post("/me"),
    ):
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "html" not in answer.headers["Content-Type"]


def test_what_waits_for_a_decision_is_deleted_after_a_week(site, client):
    import os
    import time

    from diffuscope import register

    upload(client("rep-THA"), "x.xlsx", book())
    [file] = [one for one in (site.folder / taking_in.FOLDER).rglob("*") if one.is_file()]
    register.work(site.folder, once=True)
    assert file.is_file()
    week = time.time() - 8 * 86_400
    os.utime(file, (week, week))
    register.work(site.folder, once=True)
    assert not file.exists()
    assert not file.parent.exists()
