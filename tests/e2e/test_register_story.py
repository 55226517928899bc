"""A network's year on its screens and by workbooks, from the open wave to the second edition."""

from __future__ import annotations

import io
import re
import shutil
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import time

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "register"))

from keyboard_alone import Keyboard
from messy import Form, moved, own_workbook
from network_people import CHAIR, OFFICER, SECOND, STATES, found

from diffuscope import read_case, register
from diffuscope.register.language import language

pytest.importorskip("django_otp")
pytestmark = [pytest.mark.slow, pytest.mark.browser]
WAVE, PHONE = "2026", {"width": 390, "height": 800}
LANGUAGE = {"THA": "th", "VNM": "vi", "IDN": "id"}
PASSWORD = "a long enough sentence"


@pytest.fixture
def network(tmp_path, monkeypatch):
    """The founding network, served; everybody but the chair is made up and needs no second factor."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    # the browser's driver keeps an event loop in this thread, in which Django would refuse to work
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    folder = found(tmp_path / "register")
    from diffuscope.register.database import opened, writing
    from diffuscope.register.models import Person
    from diffuscope.register.people import new_link
    from diffuscope.register.write import act_of, change

    with opened(folder):
        with writing():
            act = act_of(OFFICER)
            for one in Person.objects.exclude(code=CHAIR):
                change(act, one, {"invented": True})
            link = new_link(act, Person.objects.get(code=CHAIR))
        sessions = {one.code: _session(one.code) for one in Person.objects.exclude(code=CHAIR)}
        with _served() as address:
            yield folder, address, link, sessions


@contextmanager
def _served():
    """The pages in a thread of this process, as waitress serves them."""
    from django.core.handlers.wsgi import WSGIHandler
    from waitress.server import create_server

    server = create_server(WSGIHandler(), host="127.0.0.1", port=0, threads=2)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


def _session(code):
    """A session of somebody who signed in before."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    user = User.objects.create_user(code)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


class Network:
    """The people of the network, who take turns at one browser without scripts, on a phone."""

    def __init__(self, browser, made, desk):
        self.folder, self.address, self.link, sessions = made
        self.desk, self.at = desk, None
        self.cookies = {
            whom: [{"name": "sessionid", "value": session, "url": self.address}]
            for whom, session in sessions.items()
        }
        self.context = browser.new_context(
            java_script_enabled=False, viewport=PHONE, accept_downloads=True, base_url=self.address
        )
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()

    def as_(self, whom, address):
        """The page at an address, as somebody sees it; None is the public."""
        if whom != self.at:
            self.cookies[self.at] = self.context.cookies()
            self.context.clear_cookies()
            self.context.add_cookies(self.cookies.get(whom, []))
            self.at = whom
        assert self.page.goto(address, wait_until="domcontentloaded").ok, (whom, address)
        return self.page

    def press(self, button, exact=False):
        """Press a button or follow a link of the page, and wait for the page that comes."""
        if isinstance(button, str):
            button = self.page.get_by_role("button", name=button, exact=exact)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            button.click()
        return self.page

    def said(self):
        return self.page.get_by_role("status").inner_text()

    def shown(self):
        return self.page.locator("main").inner_text()

    def fetched(self, address):
        """A file as whoever is at the browser gets it."""
        answer = self.context.request.get(address)
        assert answer.ok, address
        return answer.body()

    def form(self, state):
        """The workbook of a state, as its representative gets it on the page."""
        page = self.as_(f"rep-{state}", f"/waves/{WAVE}/{state}")
        words = language(LANGUAGE.get(state, "en"))
        with page.expect_download() as coming:
            page.get_by_role("button", name=words.screen["workbook"]).click()
        file = self.desk / f"{state}.xlsx"
        coming.value.save_as(file)
        return Form(file, words.code)

    def preview(self, file, whom=OFFICER):
        """What a page says that a workbook would change."""
        page = self.as_(whom, f"/waves/{WAVE}/take-in")
        page.get_by_label("Files (.xlsx)").set_input_files(file)
        self.press("Look at them first")
        return self.shown()

    def take(self, file, whom=OFFICER):
        """The same, and it is taken in."""
        shown = self.preview(file, whom)
        self.press("Take in", exact=True)
        return shown, self.said()

    def board(self):
        """Members by name, as the board shows them."""
        told = [row.inner_text() for row in self.as_(OFFICER, f"/waves/{WAVE}").get_by_role("row").all()]
        return {text.partition("\n")[0].strip(): text for text in told}

    def questions(self, whom):
        """Addresses of open questions, and what they ask."""
        rows = self.as_(whom, "/queries").get_by_role("row").all()
        linked = [(row.get_by_role("link"), row.inner_text()) for row in rows]
        return {link.get_attribute("href"): text for link, text in linked if link.count()}

    def settle_rest(self, state):
        """Questions that a state answered by telephone: one is settled on its page, others by the command."""
        [address, *_] = [one for one, text in self.questions(OFFICER).items() if state in text]
        keys = Keyboard(self.as_(OFFICER, address))
        keys.write("answer", "by telephone")
        keys.press("Settle the question")
        while rest := register.queries(self.folder, person=OFFICER):
            for one in rest:
                register.settle(self.folder, one.number, answer="by telephone", person=OFFICER)


@pytest.fixture
def people(network, browser, tmp_path):
    desk = tmp_path / "desk"
    desk.mkdir()
    own = Network(browser, network, desk)
    yield own
    own.context.close()


def test_a_year_on_screens_and_by_workbooks(people):
    a_wave_is_opened_and_a_focal_point_is_invited(people)
    brunei_sends_a_form_with_columns_moved(people)
    cambodia_sends_a_workbook_of_its_own(people)
    indonesia_splits_a_project(people)
    laos_has_nothing_to_report(people)
    malaysia_has_headings_that_nobody_knows(people)
    two_workbooks_of_myanmar_change_one_cell(people)
    the_philippines_send_one_file_twice(people)
    singapore_is_carried_forward(people)
    bangkok_reports_in_the_form_and_thailand_sends_it_back(people)
    da_nang_reports_by_itself_and_a_city_is_misspelt(people)
    projects_are_linked_and_merged_on_the_desk(people)
    the_wave_is_accepted_cleared_and_closed(people)
    first = the_chair_reads_the_draft_and_confirms(people)
    the_public_reads_it_and_silence_is_no_zero(people)
    an_erratum_makes_a_second_edition(people, first)
    assert register.check_register(people.folder) == []


def a_wave_is_opened_and_a_focal_point_is_invited(people):
    page = people.as_(OFFICER, "/waves")
    page.get_by_label("Name of the wave").fill(WAVE)
    page.get_by_label("Due date").fill("2026-09-30")
    people.press("Open the wave")
    assert "11 members are asked" in people.said()
    page = people.as_(OFFICER, "/people")
    page.get_by_label("Short name").fill("city-da-nang")
    page.get_by_label("Role", exact=True).select_option("city")
    page.get_by_label("For", exact=True).select_option("da-nang")
    people.press("Make the link")
    link = page.get_by_role("status").locator("code").inner_text()
    people.as_("city-da-nang", link)
    choose_password(people)
    assert "Da Nang" in people.shown(), "a focal point begins with the own city"
    assert page.goto(link).status == 404, "a link lets in once"


def choose_password(people):
    for name in ("password", "again"):  # the page speaks the language of whoever is invited
        people.page.locator(f"#{name}").fill(PASSWORD)
    people.press(people.page.locator("main button.main"))


def brunei_sends_a_form_with_columns_moved(people):
    form = people.form("BRN")
    row = form.row_of("Bus Passenger")
    form.put(row, status="On-going", percent_complete=0.65, start="30.9.2026")
    form.sheet.cell(row, form.places["percent_complete"]).number_format = "0%"
    moved(form, lambda columns: [*columns[2:6], *columns[:2], *columns[6:]])
    file = form.save(people.desk / "brunei.xlsx")
    shown = people.preview(file, whom="rep-BRN")
    assert "On-going" in shown
    assert "% complete: empty → 65" in shown
    assert "expected" in people.board()["Brunei Darussalam"], "a preview changes nothing"
    assert "1 changed, 6 unchanged, 0 asked" in people.take(file)[1]
    page = people.as_("rep-BRN", f"/waves/{WAVE}/BRN/compare")
    row = page.get_by_role("row").filter(has_text="Bus Passenger").inner_text()
    assert "Status: from planning to ongoing" in row
    assert "% complete: 65 %, which was not stated before" in row


def cambodia_sends_a_workbook_of_its_own(people):
    headings = ("No.", "City", "Project Name", "Focus Area", "Status", "% completed")
    rows = [
        (1, "Phnom Penh", "Phnom Penh Public Bus Service ", "Built Infrastructure", "On-going", 40),
        (2, "Siem Reap", "Smart tourism", "Civic & Social", "on going", None),
        (3, "Siem Reap", "Bicycle sharing", "Built Infrastructure", "Planning", 0),
        (4, "Siem Reap", "Data Platforms", "Civic & Social", "ongoing", None),
        (5, "Bangkok", "Night buses", "Built Infrastructure", "ongoing", None),
    ]
    titles = ["SMART CITIES NETWORK", "Country: Cambodia", "M&E 2026"]
    file = own_workbook(people.desk / "Kingdom of Cambodia.xlsx", titles, headings, rows, sheet="M&E 2026")
    shown, told = people.take(file)
    assert "Bangkok does not belong to Cambodia" in shown
    assert "1 new" in told
    asked = people.questions("rep-KHM")
    [night] = [address for address, text in asked.items() if "does not belong" in text]
    people.as_("rep-KHM", night).get_by_label("City").fill("Phnom Penh")
    people.press("Answer with this row")
    assert "is answered" in people.said()
    people.settle_rest("Cambodia")


def indonesia_splits_a_project(people):
    form = people.form("IDN")
    old = form.row_of("Tourism Alleys")
    key = form.get(old, "key")
    form.put(old, report=form.report("split"))
    for title in ("Tourism Alleys: old town", "Tourism Alleys: harbour"):
        form.add(
            unit="Makassar", title=title, area="Civic & Social", status=form.status("ongoing"), continues=key
        )
    people.take(form.save(people.desk / "indonesia.xlsx"))
    people.as_(OFFICER, f"/projects/{key}")
    assert people.shown().count("It is continued by p-") == 2


def laos_has_nothing_to_report(people):
    people.as_("rep-LAO", f"/waves/{WAVE}/LAO")
    people.press("There is nothing to report")
    assert "nothing to report" in people.said()
    board = people.board()
    assert "nothing to report\n0\n" in board["Lao PDR"], "nothing to report is a count"
    assert "not known" in board["Timor-Leste"], "silence is none"


def malaysia_has_headings_that_nobody_knows(people):
    headings = ("Bil.", "Bandar", "Projek", "Bidang", "Peringkat")
    rows = [
        (1, "Ipoh", "Air Quality Monitoring System", "Quality Environment", "sedang berjalan"),
        (2, "Kuching", "Smart Parking", "Built Infrastructure", "siap"),
    ]
    people.preview(own_workbook(people.desk / "Malaysia.xlsx", ["Malaysia 2026"], headings, rows))
    people.press(people.page.get_by_role("link", name="Say here what the headings"))
    keys = Keyboard(people.page)  # nobody needs a pointer for it
    keys.write("sender", "Malaysia")
    for at, column in enumerate(("City", "Project title", "Area", "Status"), start=1):
        keys.write(f"column-{at}", column)
    for at, (word, means) in enumerate((("sedang berjalan", "ongoing"), ("siap", "completed"))):
        keys.write(f"word-{at}", word)
        keys.write(f"means-{at}", means)
    keys.press("Keep it, and look at the workbook again")
    keys.press("Take in")
    assert "1 changed, 1 unchanged" in people.said()
    people.settle_rest("Malaysia")


def two_workbooks_of_myanmar_change_one_cell(people):
    first = people.form("MMR")
    second = Form(first.file)
    row = first.row_of("Safe City")
    first.put(row, status="completed")
    second.put(row, status="on hold")
    people.take(first.save(people.desk / "myanmar 1.xlsx"))
    people.take(second.save(people.desk / "myanmar 2.xlsx"), whom=SECOND)
    [question] = people.questions("rep-MMR")
    page = people.as_("rep-MMR", question)
    assert "from “ongoing” to “completed” after this" in people.shown()
    page.get_by_label("Status").select_option("on hold")
    people.press("Answer with this row")
    assert "is answered" in people.said()


def the_philippines_send_one_file_twice(people):
    form = people.form("PHL")
    form.add(unit="Manila", title="Flood sensors", area="Quality Environment", status="planning")
    file = form.save(people.desk / "philippines.xlsx")
    assert "1 new, 0 changed, 8 unchanged" in people.take(file)[1]
    again = shutil.copy(file, people.desk / "philippines (1).xlsx")
    assert "taken before; nothing would change" in people.preview(again)


def singapore_is_carried_forward(people):
    rows = [("Singapore (city)", "E-Payments", "completed")]
    headings = ("City", "Project title", "Status")
    file = own_workbook(people.desk / "Singapore.xlsx", ["Singapore, M&E 2025"], headings, rows)
    assert "it is of the wave 2025" in people.preview(file)
    row = people.as_(OFFICER, f"/waves/{WAVE}").get_by_role("row").filter(has_text="Singapore")
    row.locator("summary").click()
    row.get_by_label("Mark Singapore as").select_option("carried-forward")
    row.get_by_label("How it is known").fill("no answer")
    people.press(row.get_by_role("button", name="Mark", exact=True))
    assert "carried forward, 6 projects" in people.said()
    row = people.page.get_by_role("row").filter(has_text="Singapore")
    assert "6 (0 of this year)" in row.inner_text()


def bangkok_reports_in_the_form_and_thailand_sends_it_back(people):
    form = f"/waves/{WAVE}/bangkok/project?key=bkk-smart-city"
    words = language("th")
    a_draft_comes_back(people, form, words)
    what_is_wrong_stands_at_its_field(people, words)
    page = people.as_("city-bangkok", f"/waves/{WAVE}/bangkok/project?key=new")
    for name, text in (("title", "เซ็นเซอร์น้ำท่วม"), ("start_planned", "2027")):
        page.locator(f"#{name}").fill(text)
    page.locator("#area").select_option("Quality Environment")
    page.locator("#status").select_option(words.status["planning"])
    people.press(page.locator("button[value=report]"))
    page = people.as_("rep-THA", f"/waves/{WAVE}/THA")
    for box in page.get_by_role("checkbox").all():
        box.check()
    people.press(words.screen["unchanged"])
    page.locator("input[name=comment-bkk-smart-city]").fill("Since when?")
    people.press(words.screen["send_back"])
    [question] = people.questions("city-bangkok")
    page = people.as_("city-bangkok", question)
    assert "Since when?" in people.shown()
    assert page.locator("#percent_complete").input_value() == "0", "zero is a value"
    page.locator("#note").fill("since May; the council postponed it")
    people.press(page.locator("button[value=report]"))
    page = people.as_("rep-THA", f"/waves/{WAVE}/THA/compare")
    row = page.get_by_role("row").filter(has_text="Bang Sue Smart City").inner_text()
    what, old, new = words.heading["status"], words.status["ongoing"], words.status["planning"]
    assert words.screen["changed_from_to"].format(what=what, old=old, new=new) in row


def a_draft_comes_back(people, form, words):
    page = people.as_("city-bangkok", f"/waves/{WAVE}")
    people.press(page.get_by_role("link", name="Bang Sue Smart City"))
    page.locator("#note").fill("half a sentence")
    people.press(words.screen["draft"])
    assert page.get_by_role("heading", name=words.screen["drafts"]).count() == 1
    assert "half a sentence" not in people.as_("rep-THA", form).content()
    page = people.as_("city-bangkok", form)
    assert page.locator("#note").input_value() == "half a sentence"


def what_is_wrong_stands_at_its_field(people, words):
    page = people.page
    page.locator("#note").fill("")
    page.locator("#percent_complete").fill("half")
    report = page.locator("button[value=report]")
    people.press(report)
    assert "half" in page.locator("#percent_complete-problem-1").inner_text()
    page.locator("#percent_complete").fill("0")
    page.locator("#status").select_option(words.status["planning"])
    people.press(report)
    told = page.locator("#status-problem-1").inner_text()
    assert all(words.status[one] in told for one in ("ongoing", "planning")), "it goes back"
    beside = page.locator(".field:has(#status) .was").inner_text()
    assert words.status["ongoing"] in beside, "what it was last year"
    page.locator("#note").fill("the council postponed it")
    people.press(report)
    assert "Bang Sue Smart City" in people.said()


def da_nang_reports_by_itself_and_a_city_is_misspelt(people):
    words = language("vi")
    page = people.as_("city-da-nang", f"/waves/{WAVE}/da-nang")
    for box in page.get_by_role("checkbox").all():
        box.check()
    people.press(words.screen["unchanged"])
    form = people.form("VNM")
    form.add(unit="Da Nag", title="Đèn đường thông minh", area="Safety & Security",
             status=form.status("ongoing"))  # fmt: skip
    people.take(form.save(people.desk / "việt nam.xlsx"))
    [question] = people.questions("rep-VNM")
    page = people.as_("rep-VNM", question)
    page.locator("#unit").fill("Đà Nẵng")
    people.press(page.locator("button[value=report]"))
    number = question.rpartition("/")[2]
    assert people.said() == words.message["answered"].format(number=number), "in the reader's language"
    for asked in ("da nang den duong", "Đà Nẵng đèn"):
        people.as_("rep-VNM", f"/projects?q={asked}")
        assert "Đèn đường thông minh" in people.shown(), "found without its marks"


def projects_are_linked_and_merged_on_the_desk(people):
    for city, kind, earlier, later, why in (
        ("siem-reap", "link", ["rep-waste"], "Bicycle sharing", "the same project, says the city"),
        (
            "manila",
            "merge",
            ["mnl-command", "mnl-e-government-services"],
            "Flood sensors",
            "letter of Manila",
        ),
    ):
        page = people.as_(OFFICER, f"/desk?city={city}")
        for key in earlier:
            page.locator(f"input[name=earlier][value={key}]").check()
        page.get_by_role("row").filter(has_text=later).get_by_label("after").check()
        page.get_by_role("radio", name=f"{kind}:").check()
        page.get_by_label("On what the decision rests").last.fill(why)
        people.press("Keep the decision")
        assert page.get_by_role("alert").count() == 0, people.shown()
    assert people.shown().count("judged: letter of Manila") == 2
    assert OFFICER in people.shown()


def the_wave_is_accepted_cleared_and_closed(people):
    came = ("BRN", "IDN", "KHM", "MMR", "MYS", "PHL", "THA", "VNM")
    page = people.as_(OFFICER, f"/waves/{WAVE}")
    for _ in came:
        people.press(page.get_by_role("button", name="Accept").first)
    people.press("Close the wave")
    assert "Not cleared yet" in people.shown()
    for state in came:
        page = people.as_(f"rep-{state}", f"/waves/{WAVE}/{state}")
        people.press(page.locator("button[value=clear]"))
        assert page.locator(".state.cleared").count() == 1, people.shown()
    people.as_(OFFICER, f"/waves/{WAVE}")
    people.press("Close the wave")
    assert "silent, which is not zero" in people.said()
    row = people.page.get_by_role("row").filter(has_text="Timor-Leste").inner_text()
    assert "silent" in row
    assert "not known" in row


def the_chair_reads_the_draft_and_confirms(people):
    people.as_(OFFICER, f"/waves/{WAVE}/publish")
    people.press("Propose an edition")
    people.as_(None, "/")
    assert people.page.goto(f"/editions/{WAVE}/1").status == 404, "a draft is not published"
    enter_with_second_factor(people)
    page = people.as_(CHAIR, "/waves")
    people.press(page.get_by_role("link", name="Read the draft"))
    assert "cities reported" in people.shown()
    silent = re.search(r"Nothing is known, which is not zero, of ([^.]+)\.", people.shown())[1]
    assert "Dili" in silent.split(", ")
    assert b"Dili" in people.fetched(f"/waves/{WAVE}/publish/report.html")
    people.press("Confirm and publish")
    assert "is published" in people.said()
    people.as_(None, "/")
    return people.fetched(f"/editions/{WAVE}/1/edition.zip")


def enter_with_second_factor(people):
    """The chair chooses a password, and adds the key that the page shows to an authenticator."""
    from base64 import b32decode

    from django_otp.oath import TOTP

    page = people.as_(CHAIR, people.link)
    choose_password(people)
    key = page.locator("code").inner_text().replace(" ", "")
    totp = TOTP(b32decode(key + "=" * (-len(key) % 8)))
    totp.time = time()
    page.get_by_label("Code").fill(f"{totp.token():06}")
    people.press("Go on")
    assert page.locator("li code").count() == 8, "recovery codes"


def the_public_reads_it_and_silence_is_no_zero(people):
    page = people.as_(None, "/")
    people.press(page.get_by_role("link", name=f"Wave {WAVE}, edition 1"))
    people.press(page.get_by_role("link", name="Map of cities"))
    shown = {
        text.split("\n")[0]: text for text in (row.inner_text() for row in page.get_by_role("row").all())
    }
    assert "not known: no return" in shown["Dili"]
    assert "0, nothing to report" in shown["Vientiane"]
    assert "6, carried forward" in shown["Singapore (city)"]
    assert page.locator("svg circle.unknown").count() >= 1
    page = people.as_(None, f"/editions/{WAVE}/1")
    people.press(page.get_by_role("link", name="List of projects"))
    page.get_by_label("Words of the title").fill("den duong")
    people.press("Show")
    assert "Projects found: 1" in people.shown()
    report = people.fetched(f"/editions/{WAVE}/1/report.html").decode()
    assert "No return" in re.sub(r"<[^>]+>", " ", report)


def an_erratum_makes_a_second_edition(people, first):
    people.as_("rep-VNM", f"/waves/{WAVE}/VNM")
    locked = people.page.goto(f"/waves/{WAVE}/VNM/project?key=han-ioc")
    assert locked.status == 404, "the wave is locked"
    page = people.as_(OFFICER, f"/waves/{WAVE}/publish?q=han-ioc")
    reason = page.get_by_label("Reason, which the public change list prints")
    for what, value in (("% complete", "much"), ("Status", "ongoing")):
        page.get_by_label("What", exact=True).select_option(what)
        page.get_by_label("New value").fill(value)
        reason.fill("letter of 3 October")
        people.press("Enter the erratum")
        if value == "much":
            assert "is not a number" in page.get_by_role("alert").inner_text()
    people.press("Propose an edition")
    people.as_(CHAIR, f"/waves/{WAVE}/publish")
    assert "letter of 3 October" in people.shown()
    people.press("Confirm and publish")
    people.as_(None, f"/editions/{WAVE}/2")
    assert "letter of 3 October" in people.shown()
    assert OFFICER not in people.shown()
    people.as_(None, f"/editions/{WAVE}/1")
    assert "A later edition" in people.shown()
    assert people.fetched(f"/editions/{WAVE}/1/edition.zip") == first, "the first edition keeps its bytes"
    what_is_exported(people, first)


def what_is_exported(people, first):
    """The frozen edition is a case: silence is unknown, every row cites its return, no person is in it."""
    folder = people.desk / "edition"
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        packed.extractall(folder)
        text = b"".join(packed.read(name) for name in packed.namelist() if name.endswith((".csv", ".toml")))
    case = read_case(folder)
    assert not case.errors
    states = dict(case.table("returns").filter(wave=WAVE).select("unit", "state").iter_rows())
    assert (states["TLS"], states["LAO"], states["SGP"]) == ("silent", "nil", "carried forward")
    for person in (OFFICER, SECOND, CHAIR, *(f"rep-{state}" for state in STATES)):
        assert f'"{person}"'.encode() not in text
