"""Languages of pages: every word in every file, and no English left where a focal point reads another."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from importlib import resources
from itertools import product
from pathlib import Path
from string import Formatter

import pytest
from network_people import OFFICER

from diffuscope import register
from diffuscope.errors import PlanError
from diffuscope.register import language as languages
from diffuscope.register import messages
from diffuscope.register.language import LANGUAGES, PARTS, day_in, language
from diffuscope.register.messages import TOLD, Choices, Message, Term, kept, read_again

OTHERS = tuple(code for code in LANGUAGES if code != "en")
ROOM = Path(str(resources.files("diffuscope.register")))
SAME = {
    "heading.status", "status.planning", "text.tick", "message.about-project",
    "word.partner", "screen.register", "word.demo", "word.project", "message.peer-reason",
}  # fmt: skip
"""Words that are the same in English and another language."""


def _words(code):
    words = language(code)
    return {f"{part}.{key}": text for part in PARTS for key, text in getattr(words, part).items()}


def test_every_key_stands_in_every_file_with_the_same_places():
    english = _words("en")
    for code in OTHERS:
        own = _words(code)
        assert own.keys() == english.keys(), code
        assert all(own.values()), code
        for key, text in own.items():
            places, known = (
                {name for _, name, *_ in Formatter().parse(one) if name} for one in (text, english[key])
            )
            allowed = (
                {"value", "column", "other", "status", "area", "count", "cited"}
                if "problem" in key or "peer" in key or "history-" in key
                else known
            )
            more = {"value"} if key in ("message.money-parts",) else set()
            if key.endswith("read-as"):  # a command says in English all that there is to say of a reading
                more = {"column", "written", "means", "row", "rows"}
            assert places <= known | allowed | more, (code, key)
            if not key.startswith(
                (
                    "message.problem",
                    "message.peer",
                    "message.money",
                    "message.amount",
                    "message.history-",
                    "message.read-as",
                    "message.heading-read-as",
                )
            ):
                assert known - places <= {"entity", "field", "state"}, (code, key)
        assert len(language(code).months) == 12
        assert len(language(code).guidance) == len(language("en").guidance) + (not language(code).reviewed)


def test_nothing_is_left_in_english_in_another_language():
    english = _words("en")
    for code in OTHERS:
        left = {key for key, text in _words(code).items() if text.casefold() == english[key].casefold()}
        assert {key for key in left if not _is_name(english[key])} <= SAME, code


def _is_name(text):
    """Whether a text has no word of a language: places, signs and abbreviations alone."""
    return not re.search(r"[A-Za-z]{3}", re.sub(r"\{\w+\}", "", text))


def test_every_code_that_is_used_has_a_sentence_and_every_sentence_is_used():
    used = {f"message.problem-{rule}" for rule in TOLD} | {"message.problem-other", "message.missing-row"}
    for file in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used |= {f"message.{node.value}", f"screen.{node.value}"}
    for file in ROOM.rglob("*.html"):
        text = file.read_text()
        used |= {f"screen.{key}" for key in re.findall(r"\bt\.(\w+)", text)}
        used |= {f"message.{key}" for key in re.findall(r'{% say "([\w-]+)"', text)}
        assert not re.findall(r"\bt\.(\w+)", text) or all(
            key in language("en").screen for key in re.findall(r"\bt\.(\w+)", text)
        ), file
        assert all(key in language("en").message for key in re.findall(r'{% say "([\w-]+)"', text)), file
    fields = {f"screen.practice_{name}" for name in ("title", "description", "results", "cost", "conditions",
                                                     "contact", "documents")}  # fmt: skip
    own = {key for key in _words("en") if key.startswith(("message.", "screen."))}
    assert own - used - fields == set()


def test_a_message_is_kept_as_code_and_values_and_said_in_each_language():
    asked = Message("status-back", {
        "before": Term("status", "completed"), "after": Term("status", "ongoing"),
        "note": Term("heading", "note"),
    })  # fmt: skip
    choice = Message("no-status", {"value": "{x}", "choices": Choices("status", ("ongoing", "completed"))})
    again = read_again(kept([asked, choice, "typed `as it is` {}"]))
    assert [str(one) for one in again] == [str(asked), str(choice), "typed `as it is` {}"]
    for code in OTHERS:
        words = language(code)
        text = again[0].said_in(words)
        assert f"“{words.status['completed']}”" in text
        assert words.heading["note"] in text
        assert "“{x}”" in again[1].said_in(words)
        assert words.status["ongoing"] in again[1].said_in(words)


@pytest.mark.parametrize(("code", "day", "month"), [
    ("en", "30 September 2026", "March 2026"), ("id", "30 September 2026", "Maret 2026"),
    ("th", "30 กันยายน ค.ศ. 2026", "มีนาคม ค.ศ. 2026"), ("vi", "ngày 30 tháng 9 năm 2026", "tháng 3 năm 2026"),
])  # fmt: skip
def test_days_are_written_as_each_language_does(code, day, month):
    assert day_in("2026-09-30", language(code)) == day
    assert day_in("2026-03", language(code)) == month
    assert day_in("2026", language(code)) == "2026"
    assert day_in("2026-13", language(code)) == "2026-13"


class _Seen(HTMLParser):
    """What a person reads or hears of a page."""

    SPOKEN = ("aria-label", "title", "placeholder", "data-label", "alt")

    def __init__(self):
        super().__init__()
        self.texts, self.lang, self.skip, self.foreign, self.forms, self.option = [], "", 0, 0, [], None

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        if tag == "html":
            self.lang = own["lang"]
        self.skip += tag in ("style", "pre", "code")
        if own.get("lang") and tag == "a":
            self.foreign += 1
        self.texts += [own[name] for name in self.SPOKEN if own.get(name)]
        if tag == "form":
            self.forms.append((own.get("action", ""), own.get("method", "get"), {}))
        if tag in ("input", "select", "textarea", "button") and own.get("name") and self.forms:
            self.forms[-1][2].setdefault(
                own["name"], own.get("value") or "" if own.get("type") == "hidden" else None
            )

    def handle_endtag(self, tag):
        self.skip -= tag in ("style", "pre", "code")
        if tag == "a" and self.foreign:
            self.foreign -= 1

    def handle_data(self, data):
        if not self.skip and not self.foreign and data.strip():
            self.texts.append(data.strip())


def _read(answer):
    page = _Seen()
    page.feed(answer.content.decode())
    return page


OPEN, SHUT = "⟦", "⟧"


@pytest.fixture
def marked(monkeypatch):
    """Thai with every word of its file put between marks: what stands outside them is in no file."""
    plain = languages.tomllib.loads

    def loads(text):
        says = plain(text)
        if says.get("language") != "ไทย":
            return says
        mark = {"language": "ไทย", "reviewed": False, "format": says["format"], "guidance": says["guidance"]}
        return mark | {
            part: {key: f"{OPEN}{word}{SHUT}" for key, word in says[part].items()} for part in PARTS
        } | {"format": {**says["format"], "day": f"{OPEN}{says['format']['day']}{SHUT}",
                        "month": f"{OPEN}{says['format']['month']}{SHUT}"}}  # fmt: skip

    caches = (languages.language, languages.headings, languages.own_headings, languages.statuses,
              languages.reports, languages.nothing_words)  # fmt: skip
    monkeypatch.setattr(languages.tomllib, "loads", loads)
    for one in caches:
        one.cache_clear()
    yield
    monkeypatch.undo()
    for one in caches:
        one.cache_clear()


def _outside(text, data):
    """What of a text comes neither from the language's file nor from a row of the register."""
    while (shorter := re.sub(rf"{OPEN}[^{OPEN}{SHUT}]*{SHUT}", " ", text)) != text:
        text = shorter
    if text.strip() in data or not re.search(r"[^\W\d_]{2}", text):
        return ""
    for known in data:  # the longest first
        text = text.replace(known, " ")
    return " ".join(re.findall(r"[^\W\d_]{2,}", text))


def _data(site):
    """Everything that rows of the register say, the longest first."""
    from django.apps import apps

    found = {site.network, "Excel", "Word", "PDF", "CSV", "UTC", "SHA", "USD"}
    for model in apps.get_app_config("register").get_models():
        if model.__name__ == "Change":
            continue
        for row in model.objects.all().values():
            for value in row.values():
                values = value.values() if isinstance(value, dict) else [value]
                found |= {str(one) for one in values if isinstance(one, str)}
                found |= {
                    part.strip() for one in values if isinstance(one, str) for part in re.split("[;\n]", one)
                }
    states = {*language("en").word, *language("en").status, "correction", "form"}
    return dict.fromkeys(sorted((one for one in found - states if len(one) > 1), key=len, reverse=True))


def _filled_register(site, client):
    """One of each thing that a focal point can see, and an address of each page for it."""
    from diffuscope.register.models import Event, Observation, Query
    from diffuscope.register.needs import Wanted

    folder = site.folder
    row = (
        Observation.objects.filter(city__code="bangkok", wave__code="2025").select_related("project").first()
    )
    officer, own, state = client(OFFICER), client("city-bangkok", language=None), client("rep-THA")
    fields = {"title": "9001", "description": "9002", "results": "9003", "cost": "9004", "documents": "9005"}
    mine = register.write_practice(folder, "bangkok", fields, person=OFFICER)
    register.release_practice(folder, mine, person="city-bangkok")
    theirs = register.write_practice(folder, "phuket", fields, person=OFFICER)
    register.release_practice(folder, theirs, person=OFFICER)
    register.review_practice(folder, theirs, person=OFFICER)
    took = {"since": "2024-05", "person": "city-bangkok"}
    with pytest.raises(PlanError, match="from itself"):
        register.take_up(folder, theirs, "bangkok", learned_from="bangkok", **took)
    register.take_up(folder, theirs, "bangkok", learned_from="phuket", **took)
    register.write_practice(folder, "bangkok", fields, person=OFFICER)
    for state_of in ("requested", "agreed", "held", "followed up"):
        number = register.request_exchange(
            folder, "bangkok", "phuket", kind="visit", about="9006", person=OFFICER
        )
        for step in ("agreed", "held", "followed up")[
            : ("requested", "agreed", "held", "followed up").index(state_of)
        ]:
            register.move_exchange(folder, number, step, person=OFFICER, day="2025-03-01")
    wanted = Wanted("", "9007", "9008", "500", "USD")
    need = register.add_need(folder, "bangkok", wanted, person=OFFICER)
    from diffuscope.register.models import Organisation

    bank = Organisation.objects.first().code
    offer = register.add_offer(folder, bank, wanted, person=OFFICER)
    register.match_offer(folder, offer, need, person=OFFICER)
    register.add_offer(folder, bank, wanted, person=OFFICER)
    register.opt_in(folder, "bangkok", person=OFFICER)
    cells = {"name": "9009", "baseline": "1.5", "target": "3", "actual": "2", "unit_of_measure": "m"}
    register.set_indicator(folder, "2026", "bangkok", "9010", cells, person="city-bangkok")
    meeting = register.Meeting("9011", "9012", "2025-03-01", "2025-03-02", "9013", "bangkok")
    code = register.add_meeting(folder, meeting, person=OFFICER)
    register.attended(folder, code, ["phuket"], person=OFFICER)
    assert Event.objects.filter(event=code).exists()
    key = row.project.code
    state.post("/waves/2026/THA/project", {"key": key, "filled": row.pk, "unit": "Bangkok", "do": "report",
                                           "title": row.title, "status": "completed"})  # fmt: skip
    state.post("/waves/2026/THA/review", {"do": "back", f"comment-{key}": "9014"})
    own.post("/waves/2026/bangkok/project", {"key": "new", "do": "draft", "title": "9015"})
    officer.post(
        f"/projects/{key}", {"wave": "2025", "column": "status", "value": "cancelled", "why": "9016"}
    )
    return {
        "wave": "2026", "member": "bangkok", "number": str(Query.objects.last().pk), "code": key,
        "name": "edition.zip", "secret": "9" * 32, "practice": mine, "theirs": theirs,
    }  # fmt: skip


def _addresses(samples):
    """Addresses of every page that a focal point reads; reports are documents of their own."""
    from diffuscope.register.screens.pages import PAGES

    found = []
    for page in PAGES:
        reads = "GET" in page.methods and (not page.who or "city" in page.who)
        if not reads or page.view in ("public.file", "public.style", "study.report"):
            continue
        own = {**samples, **({"wave": "2025", "number": "1"} if page.path.startswith("editions") else {})}
        own |= {"code": samples["practice"]} if page.path.startswith("practices") else {}
        found.append("/" + re.sub(r"<\w+:(\w+)>", lambda part, own=own: own[part[1]], page.path))
    key = samples["code"]
    return [
        *found, f"/waves/2026/bangkok/project?key={key}", "/practices?q=9001", "/practices?q=777",
        "/projects?q=Bang", f"/practices/{samples['theirs']}", "/projects?page=2", "/waves?all", "/9999",
    ]  # fmt: skip


NONSENSE = "9?9?9"


def test_no_english_is_left_on_a_page_of_a_focal_point_with_faults_and_without(site, client, marked):
    samples = _filled_register(site, client)
    data, found, done = _data(site), [], set()

    def look(own, answer, what):
        while answer.status_code in (301, 302):
            answer = own.get(answer.url)
        if not answer["Content-Type"].startswith("text/html"):
            return None
        page = _read(answer)
        found.extend((what, text) for text in page.texts if _outside(text, data))
        assert page.lang == "th", what
        return page

    for who in ("city-bangkok", "rep-THA"):
        own = client(who, language=None)
        for address in _addresses(samples):
            page = look(own, own.get(address), address)
            for action, method, fields in [] if page is None else page.forms:
                to = action or address.partition("?")[0]
                shape = (to, tuple(sorted(fields)), fields.get("do"), fields.get("state"))
                if method != "post" or to == "/leave" or shape in done:
                    continue
                done.add(shape)
                for typed in ("", NONSENSE):
                    sent = {name: typed if value is None else value for name, value in fields.items()}
                    look(own, own.post(to, sent), (to, sent))
    assert len(done) > 15
    assert found == [], "\n".join(map(str, found))


def test_no_english_is_left_where_a_partner_writes_its_support(site, client, marked):
    from diffuscope.register.models import Organisation, Support

    own, data = client("bank", language="th"), _data(site)
    cells = {"organisation": Organisation.objects.get(roles__person__code="bank").code, "kind": "9500",
             "recipient": "bangkok", "name": "9501", "amount": "12.5", "currency": "usd", "stage": "paid",
             "start": "2025-03", "conditional": "yes"}  # fmt: skip
    assert own.post("/support", cells).status_code == 302
    row = f"/support/{Support.objects.get(name='9501').pk}"
    wrong = [
        {**cells, name: typed} for name in (*cells, "project", "end") for typed in ("", NONSENSE, "1999")
    ]
    answers = [own.get("/support"), own.get(row), own.post(row, cells), own.post(row, {"do": "withdraw"})]
    answers += [own.post("/support", one) for one in wrong]
    texts = [text for answer in answers if answer.status_code != 302 for text in _read(answer).texts]
    assert [text for text in texts if _outside(text, data)] == []


BAD = {
    "unit": ("Bangkokk", "Hanoi", "Zzzz", ""), "title": ("", "\x00x"), "area": ("x",), "sub_area": ("x",),
    "status": ("soon", "planning", ""), "budget": ("much", "-5", "1e30", "1,000", "0.001"),
    "currency": ("dollars", "a;b", "USD"),
    "start_planned": ("soon", "30/2/2026"), "start": ("2027", "in May"), "end_planned": ("1999",),
    "end": ("1999", "03/04/2026"), "percent_complete": ("half", "250", "12,5 %"), "partner": (";", "x" * 300),
    "report": ("perhaps", "split into", "merged with", "same"), "continues": ("p-999999",),
    "description": ("x" * 5000,),
}  # fmt: skip


def test_every_fault_of_a_row_has_its_sentence_in_each_language(site, client):
    """What tables say to their keepers in English reaches nobody who reads another language."""
    from diffuscope.register.models import Observation

    row = (
        Observation.objects.filter(city__code="bangkok", wave__code="2025").select_related("project").first()
    )
    sound = {"key": row.project.code, "filled": row.pk, "do": "report", "unit": "Bangkok", "title": row.title,
             "status": "ongoing", "start": "2020"}  # fmt: skip
    told, made = {}, messages.Message.said_in

    def heard(self, words):
        told[str(self)] = self
        return made(self, words)

    own = client("city-bangkok", language="th")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages.Message, "said_in", heard)
        for name, values in BAD.items():
            for value in values:
                answer = own.post("/waves/2026/bangkok/project", {**sound, name: value})
                whole = 400 if "\x00" in value else 422  # a damaged request is refused as a whole
                assert answer.status_code in (302, whole), (name, value, answer.status_code)
    codes = {one.code for one in told.values()}
    assert "problem-other" not in codes
    assert {"no-area", "no-sub-area", "status-back", "unknown-city", "unknown-city-near"} <= codes
    assert {one for one in codes if one.startswith("problem-")} >= {
        "problem-missing-value", "problem-bad-number", "problem-bad-date", "problem-dates-in-order",
        "problem-out-of-bounds", "problem-value-needs-another",
    }  # fmt: skip
    english = re.compile(r"\b(the|is|not|to|fix|write|must|of|a number)\b", re.IGNORECASE)
    typed = {value for values in BAD.values() for value in values} | {row.title}
    for message, code in product(told.values(), OTHERS):
        text = message.said_in(language(code))
        for one in sorted(typed, key=len, reverse=True):
            text = text.replace(one, "") if len(one) > 3 else text  # what was typed is data
        assert not english.search(text), (code, message.code, text)


def test_the_language_is_that_of_the_state_until_somebody_chooses_another(site, client):
    own = client("city-bangkok", language=None)
    assert _read(own.get("/waves/2026/bangkok")).lang == "th"
    page = own.get("/projects", {"q": "smart", "language": "vi"})
    assert _read(page).lang == "vi"
    assert "?q=smart&amp;language=id" in page.content.decode()
    assert _read(own.get("/me")).lang == "vi", "kept on this device"
    assert _read(own.get("/me?language=xx")).lang == "vi"
    assert own.cookies["language"]["samesite"] == "Lax"
    assert own.cookies["language"]["httponly"]
    public = client(None, language=None)
    assert _read(public.get("/")).lang == "en"
    assert _read(public.get("/?language=th")).lang == "th"
    assert _read(client(OFFICER, language="th").get("/waves")).lang == "en", (
        "officers' pages are in English alone"
    )


def test_digits_of_other_scripts_are_read_in_a_form(site, client):
    from diffuscope.register.models import Observation

    own = client("city-bangkok", language="th")
    form = {"key": "new", "do": "report", "unit": "Bangkok", "title": "ป้ายรถเมล์ ๙", "status": "ongoing",
            "percent_complete": "๕๐", "end_planned": "๓๐/๙/๒๕๖๙"}  # fmt: skip
    assert own.post("/waves/2026/bangkok/project", form).status_code == 302
    row = Observation.objects.get(wave__code="2026")
    assert (row.percent_complete, row.end_planned, row.title) == (50, "2026-09-30", "ป้ายรถเมล์ ๙")


def test_numbers_are_written_as_each_language_does(site, client):
    cells = {"name": "9009", "baseline": "1.5", "target": "3", "actual": "2"}
    register.set_indicator(site.folder, "2026", "bangkok", "9010", cells, person="city-bangkok")
    for code, written in (("en", "1.5"), ("th", "1.5"), ("id", "1,5"), ("vi", "1,5")):
        text = client("city-bangkok", language=code).get("/waves/2026/indicators").content.decode()
        assert re.search(rf'<td class="n"[^>]*>{re.escape(written)}</td>', text), code


def test_faults_of_a_password_are_said_in_the_language_of_the_invited(site, client):
    from django.test import Client

    link = register.invite(site.folder, "city-hanoi", role="city", member="hanoi", person=OFFICER).link
    address = link[link.index("/enter/") :]
    own = Client(HTTP_HOST="localhost")
    assert _read(own.get(address)).lang == "vi"
    english = re.compile(r"\b(This|password|must|least|too|the)\b")
    for password, again in (("short", "short"), ("short", "longer"), ("password1234", "password1234")):
        page = _read(own.post(address, {"password": password, "again": again}))
        assert [text for text in page.texts if english.search(text.replace("city-hanoi", ""))] == []


def test_a_reminder_and_a_workbook_of_questions_speak_the_language_of_their_member(site, client):
    from diffuscope.register.board import reminder_to, standings
    from diffuscope.register.models import Person, Wave

    wave = Wave.objects.get(code="2026")
    rows = {one.member: one for one in standings(site, wave, Person.objects.get(code=OFFICER))}
    assert "ครบกำหนด" in reminder_to(rows["THA"], wave, "X")
    assert "đến hạn" in reminder_to(rows["VNM"], wave, "X")
    assert "was due on 31 December 2099" in reminder_to(rows["BRN"], wave, "X")


def test_what_a_table_refuses_is_called_as_the_page_calls_it(site, client):
    """Refusals of rules of tables name a field by its label, in the language of the page."""
    from diffuscope.register import indicators, support
    from diffuscope.tables.catalogue import CATALOGUE

    typed = {"support": (*support.CELLS, "stage"), "indicators": (*indicators.CELLS, "indicator")}
    for code, (table, columns) in product(LANGUAGES, typed.items()):
        for column in columns:
            part, key = messages.LABELS[table][column]
            assert getattr(language(code), part).get(key), (code, table, column)
    sound = {"do": "give", "organisation": _bank(), "recipient": "bangkok", "kind": "loan", "amount": "5",
             "currency": "USD", "start": "2024", "end": "2025", "conditional": "no"}  # fmt: skip
    wrong = ({"amount": "5%"}, {"currency": ""}, {"start": "soon"}, {"end": "2023"}, {"kind": ""})
    for code, values in product(("en", "th"), wrong):
        said = client("bank", language=code).post("/support", {**sound, **values})
        assert said.status_code == 422, values
        text = re.search(r'class="wrong[^>]*>(.*?)</', said.content.decode(), re.DOTALL)[1]
        keys = [one for one in CATALOGUE["support"].names if re.search(rf"“{one}”|\b{one}_", text)]
        assert not keys, text
        column = next(iter(values))
        part, key = messages.LABELS["support"]["amount" if column == "currency" else column]
        assert getattr(language(code), part)[key].casefold() in text.casefold() or column in (
            "amount",
            "start",
        ), text


def _bank():
    from diffuscope.register.models import Role

    return Role.objects.get(person__code="bank").organisation.code


def test_a_representative_takes_a_workbook_in_in_the_language_of_the_page(site, client, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile
    from messy import own_workbook

    headings = ("City", "Project title", "Focus area", "Status", "Start")
    rows = [
        ("Bangkok", "9001", "Built Infrastructure", "On-going", "๒๕๖๘"),
        ("Bangkok", "9002", "9003", "completed", ""),
    ]
    file = own_workbook(tmp_path / "9004 Thailand.xlsx", ["Thailand 2026"], headings, rows)
    own = client("rep-THA", language=None)

    def sent(name, data):
        return own.post("/waves/2026/take-in", {"files": [SimpleUploadedFile(name, data)]})

    page = sent(file.name, file.read_bytes()).content.decode()
    refused = sent("9005.xlsx", b"none").content.decode()
    words = language("th")
    assert {words.word["new"], words.word["question"]} <= set(re.findall(r">([^<>]+)</td>", page))
    assert words.message["no-area"].format(value="9003").replace("`9003`", "“9003”") in page
    assert "“On-going” อ่านเป็น “กำลังดำเนินการ”" in page
    assert words.message["refused-damaged"] in refused
    english = _words("en")
    shown = [one for one in re.findall(r">([^<>]+)<", page + refused) if one.strip()]
    left = {one.strip() for one in shown} & {text for key, text in english.items() if len(text) > 3}
    assert left <= {"English"}, left
    name = re.search(r'name="file" value="([^"]+)"', page)[1]
    own.post("/waves/2026/take-in", {"do": "take", "file": [name]})
    says = re.search(r'class="said" role="status">([^<]+)', own.get("/waves/2026").content.decode())[1]
    assert says.startswith("9004-Thailand.xlsx: ใหม่ 1"), says
