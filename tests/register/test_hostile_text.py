"""Markup, formulas and templates in every field: they are text on every page and in every file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from network_people import CHAIR, OFFICER
from secret_words import addresses, client_of, planted

from diffuscope import register
from diffuscope.register.database import opened, writing
from diffuscope.register.screens.pages import PAGES

pytest.importorskip("django_otp")
HOSTILE = "=HYPERLINK(1)<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7|add:7 }}{% now 'Y' %}"
SIGNS = "=+-@\t\r"
CSP = "Content-Security-Policy"
TAGS = ("script", "style", "img", "iframe", "svg", "object", "embed", "base")


class _Inline(HTMLParser):
    """Tags and attributes that run, load or restyle something."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        links = [value or "" for name, value in attrs if name in ("href", "action", "formaction", "src")]
        self.found += [tag] if tag in TAGS else []
        self.found += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.found += [one for one in links if not re.match(r"/(?!/)|#|\?|data:,$|otpauth:", one)]


def inline(text):
    parser = _Inline()
    parser.feed(text)
    return parser.found


@pytest.fixture
def poisoned(begun, tmp_path, monkeypatch):
    """A register in which names, titles, reasons and comments are hostile."""
    import shutil

    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("secret_words.word", lambda kind, city: f"{HOSTILE} {kind}{city}")
    folder = Path(shutil.copytree(begun, tmp_path / "register"))
    made = planted(folder)
    with opened(folder):
        from diffuscope.register import models
        from diffuscope.register.write import act_of, change

        with writing():
            for one in models.Member.objects.filter(code__in=("THA", "bangkok", "phuket")):
                change(act_of(OFFICER), one, {"name": f"{HOSTILE} {one.code}"})
            for one in models.Person.objects.all():
                change(act_of(OFFICER), one, {"name": f"{HOSTILE} {one.code}", "email": f'"{HOSTILE}"@x'})
            for one in models.Organisation.objects.all()[:3]:
                change(act_of(OFFICER), one, {"name": f"{HOSTILE} {one.code}"})
        yield folder, made


def test_pages_show_it_as_text_and_hold_nothing_inline(poisoned):
    """Of every page, by every role; also what the address itself says."""
    _, made = poisoned
    parts = {**made.parts, "wave": ["2025", "2026"], "member": ["THA", "bangkok"], "name": ["report.html"]}
    parts |= {"key": made.parts["key"][:3], "number": ["1", "2", "3"]}
    shown = 0
    for person in (None, "city-bangkok", "rep-THA", OFFICER):
        own = client_of(person)
        for page in PAGES:
            asked = (HOSTILE.replace("=", "%3D"),)
            for address in addresses(page, parts, asked) if "GET" in page.methods else ():
                answer = own.get(address)
                if answer.streaming or "html" not in answer["Content-Type"] or "sandbox" in answer[CSP]:
                    continue  # a report has a policy of its own, under which nothing runs
                text = answer.content.decode()
                shown += text.count("&lt;script&gt;")
                own_map = ["svg"] if page.view == "atlas.map_page" and answer.status_code == 200 else []
                assert inline(text) == own_map, address
                assert "{{ 7|add:7 }}" in text or "add:7" not in text, address
                assert "unsafe" not in answer[CSP]
    assert shown > 100


def test_workbooks_tables_and_reports_hold_it_as_text(poisoned):
    openpyxl = pytest.importorskip("openpyxl")
    folder, _ = poisoned
    data = b"".join(client_of("rep-THA").post("/waves/2026/THA/form").streaming_content)
    cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(data)) for row in sheet for cell in row]
    assert any(HOSTILE[:12] in str(cell.value) for cell in cells)
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert formulas == []
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert not [name for name in packed.namelist() if "vba" in name.lower() or "externalLink" in name]
    register.publish_wave(folder, "2025", person=OFFICER)
    own = client_of(OFFICER)
    table = b"".join(own.get("/waves/2025/publish/projects.csv").streaming_content).decode()
    rows = list(csv.reader(io.StringIO(table)))
    assert any(HOSTILE[:12] in cell for row in rows for cell in row), "an erratum is in the next edition"
    wrong = [cell for row in rows for cell in row if cell[:1] in SIGNS and cell and not _number(cell)]
    assert wrong == []
    decide = client_of(CHAIR).get("/waves/2025/publish").content.decode()
    order = ("cities reported", "It takes up", "Read the draft", "Confirm and publish", "projects.csv")
    places = [decide.index(text) for text in order]
    assert places == sorted(places), "what is decided on, the decision, then the files"
    page = own.get("/waves/2025/publish/report.html")
    assert "sandbox" in page[CSP]
    assert "<script>alert" not in page.content.decode()
    assert "<img src=x" not in page.content.decode()
    word_file = b"".join(own.get("/waves/2025/publish/report.docx").streaming_content)
    with zipfile.ZipFile(io.BytesIO(word_file)) as packed:
        body = packed.read("word/document.xml").decode()
        assert "&lt;script&gt;" in body or "HYPERLINK(1)" not in body
        assert "instrText" not in body or "HYPERLINK(1)" not in "".join(
            re.findall(r"<w:instrText.*?</w:instrText>", body)
        )
        assert not [name for name in packed.namelist() if "vba" in name.lower()]


def _number(text):
    return re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", text, re.IGNORECASE)
