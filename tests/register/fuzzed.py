"""Every form of the register filled with what no person would write, and what must hold after each."""

from __future__ import annotations

import random
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes

from network_people import CHAIR, OFFICER
from secret_words import PEOPLE, WAVE, Planted, addresses, body_of, client_of, fewer

from diffuscope.register.screens.pages import PAGES

ODD = (
    "", " ", "x" * 5_000, "\0", "\x01", "\ud800", "\uffff", "\u202eabc\u202c", "אבג", "🦜",
    "a" + "\u0301" * 500,
    "1e309", "-1e309", "1e-400", "nan", "inf", "-0", "0", "-1", "1.5", "²", "٣", "9" * 30, "1_000", "0x10",
    "0000-01-01", "0000", "9999-99-99", "2026-02-30", "2026-13", "1", "99", "12345678901234567890",
    "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{ 7|add:7 }}", "{% load x %}",
    "=HYPERLINK(\"http://x\")", "@SUM(1)", "+1", "-1+1", "\t=1", "%00", "../../etc/passwd", "'; DROP TABLE",
    "None", "null", "true", "[]", "{}", ";", ";;", "a;b", "\r\n", "\u200b", "\u00a0", "//evil.example", "new",
)  # fmt: skip
SOUND = {
    "since": "2024", "day": "2025-03-01", "due": "2031-01-01", "wave": "2031", "reference": "2031",
    "why": "x",
    "amount": "5", "currency": "USD", "about": "x", "kind": "x", "title": "x", "description": "x",
    "indicator": "hours", "actual": "4", "name": "x", "whom": "somebody", "offer": "1", "need": "1",
    "answer": "x", "outcome": "x", "earlier": "bkk-station", "later": "bkk-smart-city", "member": "bangkok",
    "budget": "5", "start": "2024", "start_planned": "2024", "percent_complete": "50", "code": "123456",
    "password": "a long enough sentence", "again": "a long enough sentence", "value": "x",
}  # fmt: skip
"""What a field holds that a page shows empty."""
MAY_CHANGE = {
    "city-bangkok": {"bangkok"}, "city-phuket": {"phuket"}, "city-da-nang": {"da-nang"},
    "rep-THA": "THA", "rep-VNM": "VNM",
}  # fmt: skip
"""Members whose rows a person may change, written by hand; a state stands for all its cities."""
OF_STATE = {"Return", "ExpectedReturn", "Query", "Form"}
"""Rows of a state's return, which a focal point's row belongs to."""
OWNERS = {
    "Observation": ("city",), "Return": ("member",), "ExpectedReturn": ("member",), "Query": ("member",),
    "Form": ("member",), "Draft": ("member",), "Practice": ("member",), "TakeUp": ("member",),
    "Need": ("member",), "Project": ("lead",), "Partnership": ("project.lead",),
    "Exchange": ("asking", "asked"),
    "Succession": ("earlier.lead", "later.lead"), "Member": ("",),
}  # fmt: skip
"""How a row leads to the member that it belongs to."""


class Form(NamedTuple):
    """One form of a page: where it goes, its fields, and what may be chosen."""

    address: str
    fields: dict[str, list[str]]
    files: tuple[str, ...]


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found = address, []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        says = dict(attrs)
        if tag == "form" and (says.get("method") or "").lower() == "post":
            self.found.append(Form(says.get("action") or self.address, {}, ()))
        elif self.found and tag in ("input", "textarea", "button") and says.get("name"):
            self._field(str(says["name"]), str(says.get("value") or ""), says.get("type"))
        elif self.found and tag == "select":
            self.choosing = str(says.get("name"))
        elif self.found and tag == "option":
            self._field(self.choosing, str(says.get("value") or ""), None)

    def _field(self, name: str, value: str, kind: str | None) -> None:
        last = self.found[-1]
        if kind == "file":
            self.found[-1] = last._replace(files=(*last.files, name))
        else:
            last.fields.setdefault(name, []).append(value)


def forms_of(own: Any, address: str) -> list[Form]:
    """Forms of a page as somebody sees it."""
    answer = own.get(address)
    if answer.status_code != 200 or answer.streaming or "html" not in answer["Content-Type"]:
        return []
    parser = _Forms(address.partition("?")[0])
    parser.feed(answer.content.decode())
    for form in parser.found:
        form.fields.pop("csrfmiddlewaretoken", None)
    return [form for form in parser.found if form.address != "/leave"]


def forms(made: Planted, people: tuple[str | None, ...]) -> dict[str, list[tuple[Any, Form]]]:
    """By view, every form that anybody sees; views without one get an empty form at their address."""
    from django.urls import resolve

    found: dict[str, list[tuple[Any, Form]]] = {page.view: [] for page in PAGES if "POST" in page.methods}
    found.pop("entering.leave")
    for person in people:
        own, seen = client_of(person), set()
        for page in PAGES:
            for address in addresses(page, fewer(made.parts, page)) if "GET" in page.methods else ():
                for form in forms_of(own, address):
                    key = (form.address, *sorted(form.fields))
                    if key not in seen:
                        seen.add(key)
                        found[resolve(form.address).url_name].append((person, form))
    for page in PAGES:
        if "POST" in page.methods and page.view in found and not found[page.view]:
            for address in addresses(page, fewer(made.parts, page)):
                found[page.view] += [(person, Form(address, {"do": [""]}, ())) for person in people]
    return found


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    """A form as bytes, lone surrogates too."""

    def quoted(text: str) -> str:
        return quote_from_bytes(text.encode("utf-8", "surrogatepass"))

    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs).encode()


class Fuzzer:
    """Sends forms one after another, and looks at what each of them did."""

    def __init__(self, made: Planted, seed: int, people: tuple[str | None, ...] = PEOPLE) -> None:
        self.made, self.chance, self.people = made, random.Random(seed), people
        self.forms = forms(made, people)
        self.ids = [
            *made.parts["code"],
            *made.parts["number"],
            *made.parts["member"],
            WAVE,
            "rep-VNM",
            "bank",
        ]
        self.sent: dict[str, int] = dict.fromkeys(self.forms, 0)
        self.answers: dict[int, int] = {}

    def one(self, view: str) -> None:
        """Send one form of a view, by whoever sees it or by somebody else."""
        chance = self.chance
        person, form = chance.choice(self.forms[view])
        if chance.random() < 0.4:
            person = chance.choice(PEOPLE)
        self._look_at(view, person, form, None)

    def _look_at(
        self, view: str, person: str | None, form: Form, pairs: list[tuple[str, str]] | None
    ) -> None:
        before = _last_change()
        answer = self._sent(person, form) if pairs is None else self._plain(person, form, pairs)
        self.sent[view] += 1
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        what = (view, person, form.address, answer.status_code)
        assert answer.status_code < 500, what
        text = body_of(answer)
        typed = answer.wsgi_request.body.decode("utf-8", "replace") if not form.files else ""
        readers = self.made.readers
        leaked = [one for one in readers if one in text and person not in readers[one] and one not in typed]
        assert leaked == [], what
        assert wrongly_changed(before, person) == [], what

    def every(self, share: float = 1.0) -> int:
        """Each field of each form with each odd text in it, one at a time; gives how many were sent."""
        done = set()
        for view, seen in sorted(self.forms.items()):
            for person, form in seen:
                for name in form.fields:
                    for odd in ODD:
                        key = (view, person in (OFFICER, CHAIR), tuple(sorted(form.fields)), name, odd)
                        if key not in done and self.chance.random() < share:
                            done.add(key)
                            values = {
                                one: values[-1] or SOUND.get(one, "") for one, values in form.fields.items()
                            }
                            self._look_at(view, person, form, list({**values, name: odd}.items()))
        return len(done)

    def look(self) -> None:
        """Every page is there after all that, with nothing of what was typed in its markup."""
        for person in self.people[-1:]:
            own = client_of(person)
            for page in PAGES:
                for address in addresses(page, fewer(self.made.parts, page)) if "GET" in page.methods else ():
                    answer = own.get(address)
                    assert answer.status_code < 500, (person, address)
                    if "sandbox" not in answer.headers.get("Content-Security-Policy", ""):
                        assert "<script" not in body_of(answer), (person, address)

    def _sent(self, person: str | None, form: Form) -> Any:
        own = client_of(person)
        own.raise_request_exception = True
        address = self._address(form.address)
        pairs = self._pairs(form)
        if form.files and self.chance.random() < 0.7:
            return own.post(address, {**dict(_plain(pairs)), form.files[0]: [self._file()]})
        return own.post(address, encoded(pairs), content_type="application/x-www-form-urlencoded")

    def _plain(self, person: str | None, form: Form, pairs: list[tuple[str, str]]) -> Any:
        kind = "application/x-www-form-urlencoded"
        return client_of(person).post(form.address, encoded(pairs), content_type=kind)

    def _address(self, address: str) -> str:
        parts = address.split("/")
        if self.chance.random() < 0.25 and len(parts) > 2 and parts[1] != "enter":
            at = self.chance.randrange(2, len(parts))
            if any(parts[at] in values for values in self.made.parts.values()):
                parts[at] = self.chance.choice(self.ids)
        return "/".join(parts)

    def _pairs(self, form: Form) -> list[tuple[str, str]]:
        chance = self.chance
        pairs = [(name, chance.choice(values)) for name, values in form.fields.items()]
        pairs = [(name, value or chance.choice(("", "x", "2025", "5"))) for name, value in pairs]
        for _ in range(chance.choice((0, 1, 1, 1, 2, 4))):
            if not pairs:
                break
            at = chance.randrange(len(pairs))
            name, value = pairs[at]
            kind = chance.randrange(6)
            if kind == 0:
                pairs.pop(at)
            elif kind == 1:
                pairs.append((name, chance.choice(ODD)))
            elif kind == 2:
                pairs[at] = (name, chance.choice(self.ids))
            elif kind == 3 and chance.random() < 0.3:
                pairs[at] = (chance.choice(ODD) or name, value)
            else:
                pairs[at] = (name, chance.choice(ODD))
        return pairs

    def _file(self) -> Any:
        from django.core.files.uploadedfile import SimpleUploadedFile

        names = (
            "../../x.xlsx",
            "a\\b.xlsx",
            "x.xlsm",
            "x" * 300 + ".xlsx",
            "ไทย.xlsx",
            ".xlsx",
            "x.csv",
            "CON.xlsx",
        )
        data = (
            b"",
            b"PK\x03\x04",
            b"\0" * 1000,
            b"<html>",
            workbook(self.chance),
            workbook(self.chance)[:-40],
        )
        return SimpleUploadedFile(self.chance.choice(names), self.chance.choice(data))


def workbook(chance: random.Random) -> bytes:
    """A small workbook of a sender's own, with odd cells."""
    import io

    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["City", "Project Name", "Focus Area", "Status", "% completed", "Start date"])
        for row in range(1, 4):
            odd = [one for one in ODD if one.isprintable()]
            cells = ["Phuket", "Night buses", "Built Infrastructure", "ongoing", "40", "2022"]
            cells[chance.randrange(6)] = chance.choice(odd)
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell[:32_000])
    return out.getvalue()


def _plain(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs if f"{name}{value}".isprintable() and name]


def _last_change() -> int:
    from diffuscope.register.as_of import last_change

    return last_change()


def wrongly_changed(before: int, person: str | None) -> list[str]:
    """Rows changed since that the person may not change, by a rule of this file alone."""
    from diffuscope.register import models

    found = []
    for one in models.Change.objects.filter(pk__gt=before).select_related("person"):
        row = getattr(models, one.entity).objects.get(pk=one.row)
        if person is None:
            allowed = one.entity in ("Invitation",)  # whoever has the link
        else:
            allowed = one.person.code == person and _allowed(one.entity, row, person)
        if not allowed:
            found.append(f"{one.entity} {one.row} {one.field}")
    return found


def _allowed(entity: str, row: Any, person: str) -> bool:
    if person == OFFICER:
        return True
    if person == CHAIR:
        return entity in ("Edition", "Wave", "Erratum", "Job")
    if person == "bank":
        return entity in ("Offer", "Need", "Support")
    if entity == "Draft":
        return row.person.code == person
    if entity in ("Indicator", "Offer"):
        return True  # an offer's outcome is said by the city whose need it met
    if entity in ("IndicatorValue", "Attendance"):  # they name a member by its code
        from diffuscope.register.models import Member

        return _covers(person, Member.objects.get(code=row.unit), entity)
    for way in OWNERS.get(entity, ()):
        member = row
        for step in filter(None, way.split(".")):
            member = getattr(member, step)
        if _covers(person, member, entity):
            return True
    return False


def _covers(person: str, member: Any, entity: str) -> bool:
    own = MAY_CHANGE[person]
    if isinstance(own, str):
        return own in (member.code, getattr(member.state, "code", ""))
    state = {"bangkok": "THA", "phuket": "THA", "da-nang": "VNM"}[next(iter(own))]
    return member.code in own or (entity in OF_STATE and member.code == state)
