"""A network's year on its screens and by workbooks, from the open wave to the second edition."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from time import time

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "register"))

from messy import Form, moved, own_workbook
from network_people import CHAIR, OFFICER, SECOND, STATES, found

from diffuscope import read_case, register
from diffuscope.register.language import language

pytest.importorskip("django_otp")
WAVE, PHONE = "2026", {"width": 390, "height": 800}
LANGUAGE = {"THA": "th", "VNM": "vi", "IDN": "id"}
PASSWORD = "a long enough sentence"


@pytest.fixture
def network(tmp_path, monkeypatch):
    """The founding network; everybody but the chair is made up, so that they need no second factor."""
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
    return folder, link, sessions


def _session(code):
    """A session of somebody who signed in before."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    user = User.objects.create_user(code)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


class Network:
    """The people of the network, each in a browser of their own without scripts, on a phone."""

    def __init__(self, browser, address, made, desk):
        self.browser, self.address, self.desk = browser, address, desk
        self.folder, self.link, self.sessions = made
        self.pages = {}

    def page(self, whom=None):
        context = self.browser.new_context(
            java_script_enabled=False, viewport=PHONE, accept_downloads=True, base_url=self.address
        )
        context.set_default_timeout(10_000)
        if whom is not None:
            session = {"name": "sessionid", "value": self.sessions[whom], "url": self.address}
            context.add_cookies([session])
        return context.new_page()

    count = 0
    def as_(self, whom, address=None):
        Network.count += 1; import os; print('T', Network.count, whom, address, os.times()[0])
        if whom not in self.pages:
            self.pages[whom] = self.page(whom)
        if address is not None:
            assert self.pages[whom].goto(address).ok, (whom, address)
        return self.pages[whom]

    def representative(self, state, address=""):
        return self.as_(f"rep-{state}", f"/waves/{WAVE}/{state}{address}")

    def form(self, state):
        """The workbook of a state, as its representative gets it on the page."""
        page = self.representative(state)
        words = language(LANGUAGE.get(state, "en"))
        with page.expect_download() as coming:
            page.get_by_role("button", name=words.screen["workbook"]).click()
        file = self.desk / f"{state}.xlsx"
        coming.value.save_as(file)
        return Form(file, words.code)

    def preview(self, *files, whom=OFFICER, sender=""):
        """What a page says that workbooks would change."""
        page = self.as_(whom, f"/waves/{WAVE}/take-in")
        page.get_by_label("Files (.xlsx)").set_input_files(list(files))
        page.get_by_label("Sender").fill(sender)
        page.get_by_role("button", name="Look at them first").click()
        return page

    def take(self, *files, **more):
        """The same, and they are taken in."""
        page = self.preview(*files, **more)
        shown = page.locator("main").inner_text()
        page.get_by_role("button", name="Take in", exact=True).click()
        return shown, page.get_by_role("status").inner_text()

    def board(self):
        """Members by name, as the board shows them."""
        rows = self.as_(OFFICER, f"/waves/{WAVE}").get_by_role("row").all()
        shown = (row.inner_text() for row in rows[1:])
        return {text.partition("\n")[0].strip(): text for text in shown}

    def questions(self, whom=OFFICER, of=""):
        """Addresses of open questions, and what they ask."""
        rows = self.as_(whom, "/queries").get_by_role("row").filter(has=self.as_(whom).get_by_role("link"))
        told = ((row.get_by_role("link").first.get_attribute("href"), row.inner_text()) for row in rows.all())
        return {address: text for address, text in told if of in text}

    def settle_all(self, of):
        while asked := self.questions(of=of):  # what a row was not may be asked about next
            for address in asked:
                page = self.as_(OFFICER, address)
                page.get_by_label("The answer, and how it came").fill("by telephone")
                page.get_by_role("button", name="Settle the question").click()


@pytest.fixture
def people(network, browser, tmp_path):
    command = [sys.executable, "-u", "-m", "diffuscope", "register", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--folder", str(network[0])], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        line = server.stdout.readline()
        assert "http://127.0.0.1:" in line, line
        desk = tmp_path / "desk"
        desk.mkdir()
        own = Network(browser, line[line.index("http") :].split()[0].rstrip("/"), network, desk)
        yield own
        for page in own.pages.values():
            page.context.close()
        import os
        print("CPUSERVER", open(f"/proc/{server.pid}/stat").read().split()[13:17], os.times())
        server.terminate()


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
    page.get_by_role("button", name="Open the wave").click()
    assert "11 members are asked" in page.get_by_role("status").inner_text()
    page = people.as_(OFFICER, "/people")
    page.get_by_label("Short name").fill("city-da-nang")
    page.get_by_label("Role", exact=True).select_option("city")
    page.get_by_label("For", exact=True).select_option("da-nang")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_role("status").locator("code").inner_text()
    city = people.pages["city-da-nang"] = people.page()
    city.goto(link)
    for label in ("Password", "The same password again"):
        city.get_by_label(label, exact=True).fill(PASSWORD)
    city.get_by_role("button", name="Set the password and enter").click()
    assert city.goto(link).status == 404, "a link lets in once"


def brunei_sends_a_form_with_columns_moved(people):
    form = people.form("BRN")
    row = form.row_of("Bus Passenger")
    form.put(row, status="On-going", percent_complete=0.65, start="30.9.2026")
    form.sheet.cell(row, form.places["percent_complete"]).number_format = "0%"
    moved(form, lambda columns: [*columns[2:6], *columns[:2], *columns[6:]])
    file = form.save(people.desk / "brunei.xlsx")
    shown = people.preview(file, whom="rep-BRN").locator("main").inner_text()
    assert "`On-going` is read as `ongoing`" in shown
    assert "percent_complete: empty → 65.0" in shown
    assert "expected" in people.board()["Brunei Darussalam"], "a preview changes nothing"
    assert "1 changed, 6 unchanged, 0 asked" in people.take(file)[1]
    page = people.representative("BRN", "/compare")
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
    assert "queried" in people.board()["Cambodia"]
    own = people.questions("rep-KHM")
    [night] = [address for address, text in own.items() if "does not belong" in text]
    page = people.as_("rep-KHM", night)
    page.get_by_label("City").fill("Phnom Penh")
    page.get_by_role("button", name="Answer with this row").click()
    assert "is answered" in page.get_by_role("status").inner_text()
    people.settle_all("Cambodia")


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
    card = people.as_(OFFICER, f"/projects/{key}").locator("main").inner_text()
    assert card.count("It is continued by p-") == 2


def laos_has_nothing_to_report(people):
    page = people.representative("LAO")
    page.get_by_role("button", name="There is nothing to report").click()
    assert "nothing to report" in page.get_by_role("status").inner_text()
    board = people.board()
    assert "nil\n0\n" in board["Lao PDR"], "nothing to report is a count"
    assert "not known" in board["Timor-Leste"], "silence is none"


def malaysia_has_headings_that_nobody_knows(people):
    headings = ("Bil.", "Bandar", "Projek", "Bidang", "Peringkat")
    rows = [
        (1, "Ipoh", "Air Quality Monitoring System", "Quality Environment", "sedang berjalan"),
        (2, "Kuching", "Smart Parking", "Built Infrastructure", "siap"),
    ]
    file = own_workbook(people.desk / "Malaysia.xlsx", ["Malaysia 2026"], headings, rows)
    page = people.preview(file)
    page.get_by_role("link", name="Say here what the headings").click()
    page.get_by_label("Whose workbook it is").select_option("MYS")
    meant = {"Bandar": "City", "Projek": "Project title", "Bidang": "Area", "Peringkat": "Status"}
    for heading, column in meant.items():
        page.get_by_label(heading, exact=True).select_option(column)
    for at, (word, means) in enumerate((("sedang berjalan", "ongoing"), ("siap", "completed"))):
        page.get_by_label("Where it says").nth(at).fill(word)
        page.get_by_label("it means").nth(at).select_option(means)
    page.get_by_role("button", name="Keep it, and look at the workbook again").click()
    page.get_by_role("button", name="Take in", exact=True).click()
    assert "1 changed, 1 unchanged" in page.get_by_role("status").inner_text()
    people.settle_all("Malaysia")


def two_workbooks_of_myanmar_change_one_cell(people):
    first, second = people.form("MMR"), people.form("MMR")
    row = first.row_of("Safe City")
    first.put(row, status="completed")
    second.put(row, status="on hold")
    people.take(first.save(people.desk / "myanmar 1.xlsx"))
    people.take(second.save(people.desk / "myanmar 2.xlsx"), whom=SECOND)
    [question] = people.questions("rep-MMR")
    page = people.as_("rep-MMR", question)
    assert "from `ongoing` to `completed` after this workbook was filled" in page.locator("main").inner_text()
    page.get_by_label("Status").select_option("on hold")
    page.get_by_role("button", name="Answer with this row").click()
    assert "is answered" in page.get_by_role("status").inner_text()
    history = people.as_("rep-MMR", "/projects/nyt-safe-city").locator("main").inner_text()
    assert "on hold" in history


def the_philippines_send_one_file_twice(people):
    form = people.form("PHL")
    form.add(unit="Manila", title="Flood sensors", area="Quality Environment", status="planning")
    file = form.save(people.desk / "philippines.xlsx")
    assert "1 new, 0 changed, 8 unchanged" in people.take(file)[1]
    again = Path(shutil.copy(file, people.desk / "philippines (1).xlsx"))
    assert "taken before; nothing would change" in people.preview(again).locator("main").inner_text()


def singapore_is_carried_forward(people):
    rows = [("Singapore (city)", "E-Payments", "completed")]
    headings = ("City", "Project title", "Status")
    file = own_workbook(people.desk / "Singapore.xlsx", ["Singapore, M&E 2025"], headings, rows)
    assert "it is of the wave 2025" in people.preview(file).locator("main").inner_text()
    page = people.as_(OFFICER, f"/waves/{WAVE}")
    row = page.get_by_role("row").filter(has_text="Singapore")
    row.locator("summary").click()
    row.get_by_label("Mark Singapore as").select_option("carried-forward")
    row.get_by_label("How it is known").fill("no answer")
    row.get_by_role("button", name="Mark", exact=True).click()
    assert "carried forward, 6 projects" in page.get_by_role("status").inner_text()
    assert "6 (0 fresh)" in people.board()["Singapore"]


def bangkok_reports_in_the_form_and_thailand_sends_it_back(people):
    words, city = language("th"), people.as_("city-bangkok", f"/waves/{WAVE}")
    city.get_by_role("link", name="Bang Sue Smart City").click()
    form = city.url
    assert "Bang Sue Smart City" in city.locator("h1").inner_text()
    city.locator("#note").fill("half a sentence")
    city.get_by_role("button", name=words.screen["draft"]).click()
    assert city.get_by_role("heading", name=words.screen["drafts"]).count() == 1
    assert "half a sentence" not in people.as_("rep-THA", form).content()
    city.goto(form)
    assert city.locator("#note").input_value() == "half a sentence", "a draft comes back"
    city.locator("#note").fill("")
    city.locator("#percent_complete").fill("half")
    city.locator("#percent_complete").press("Enter")
    assert "is not a number" in city.locator("#percent_complete-problem-1").inner_text()
    city.locator("#percent_complete").fill("0")
    city.locator("#status").select_option(words.status["planning"])
    city.locator("#percent_complete").press("Enter")
    assert "The status goes back" in city.locator("#status-problem-1").inner_text()
    assert words.screen["was"] in city.locator(".field:has(#status)").inner_text(), "last year's value beside"
    city.locator("#note").fill("the council postponed it")
    city.locator("#percent_complete").press("Enter")
    assert "Reported: Bang Sue Smart City" in city.get_by_role("status").inner_text()
    city.goto(f"/waves/{WAVE}/bangkok/project?key=new")
    for name, text in (("title", "เซ็นเซอร์น้ำท่วม"), ("start_planned", "2027")):
        city.locator(f"#{name}").fill(text)
    city.locator("#area").select_option("Quality Environment")
    city.locator("#status").select_option(words.status["planning"])
    city.locator("button[value=report]").click()
    state = people.representative("THA")
    for box in state.get_by_role("checkbox").all():
        box.check()
    state.get_by_role("button", name=words.screen["unchanged"]).click()
    assert state.get_by_role("alert").count() == 0, state.get_by_role("alert").inner_text()
    state.locator("input[name=comment-bkk-smart-city]").fill("Since when?")
    state.get_by_role("button", name=words.screen["send_back"]).click()
    [question] = people.questions("city-bangkok")
    city = people.as_("city-bangkok", question)
    assert "Since when?" in city.locator("main").inner_text()
    assert city.locator("#percent_complete").input_value() == "0", "zero is a value"
    city.locator("#note").fill("since May; the council postponed it")
    city.locator("button[value=report]").click()
    row = people.representative("THA", "/compare").get_by_role("row").filter(has_text="Bang Sue Smart City")
    assert f"{words.status['ongoing']} {words.screen['changed_from_to'].split('{old}')[1].split('{new}')[0].strip()}" in row.inner_text()


def da_nang_reports_by_itself_and_a_city_is_misspelt(people):
    words, city = language("vi"), people.as_("city-da-nang", f"/waves/{WAVE}/da-nang")
    for box in city.get_by_role("checkbox").all():
        box.check()
    city.get_by_role("button", name=words.screen["unchanged"]).click()
    form = people.form("VNM")
    form.add(unit="Da Nag", title="Đèn đường thông minh", area="Safety & Security",
             status=form.status("ongoing"))  # fmt: skip
    people.take(form.save(people.desk / "việt nam.xlsx"))
    [question] = people.questions("rep-VNM")
    page = people.as_("rep-VNM", question)
    page.locator("#unit").fill("Đà Nẵng")
    page.locator("button[value=report]").click()
    assert "is answered" in page.get_by_role("status").inner_text()
    for asked in ("da nang den duong", "Đà Nẵng đèn"):
        page = people.as_("rep-VNM", "/projects")
        page.locator("#q").fill(asked)
        page.locator("#q").press("Enter")
        assert "Đèn đường thông minh" in page.locator("main").inner_text(), "found without its marks"


def projects_are_linked_and_merged_on_the_desk(people):
    for city, kind, earlier, later, why in (
        ("siem-reap", "link", ["rep-waste"], "Bicycle sharing", "the same project, says the city"),
        ("manila", "merge", ["mnl-command", "mnl-e-government-services"], "Flood sensors", "letter of Manila"),
    ):
        page = people.as_(OFFICER, "/desk")
        page.get_by_label("City").select_option(city)
        page.get_by_role("button", name="Show its projects").click()
        for key in earlier:
            page.locator(f"input[name=earlier][value={key}]").check()
        page.get_by_role("row").filter(has_text=later).get_by_label("after").check()
        page.get_by_role("radio", name=f"{kind}:").check()
        page.get_by_label("On what the decision rests").last.fill(why)
        page.get_by_role("button", name="Keep the decision").click()
        assert page.get_by_role("status").count() == 1, page.locator("main").inner_text()
    decided = page.locator("main").inner_text()
    assert decided.count("judged: letter of Manila") == 2
    assert OFFICER in decided


def the_wave_is_accepted_cleared_and_closed(people):
    came = {"BRN", "KHM", "IDN", "MYS", "MMR", "PHL", "THA", "VNM"}
    for address, text in people.questions().items():
        pytest.fail(f"{address}: {text}")
    page = people.as_(OFFICER, f"/waves/{WAVE}")
    while (accept := page.get_by_role("button", name="Accept")).count():
        accept.first.click()
    page.get_by_role("button", name="Close the wave").click()
    assert "Not cleared yet" in page.locator("main").inner_text()
    for state in sorted(came):
        page = people.representative(state)
        page.locator("button[value=clear]").click()
        assert "is cleared" in page.get_by_role("status").inner_text()
    page = people.as_(OFFICER, f"/waves/{WAVE}")
    page.get_by_role("button", name="Close the wave").click()
    assert "silent, which is not zero" in page.get_by_role("status").inner_text()
    board = people.board()
    assert "silent" in board["Timor-Leste"]
    assert "not known" in board["Timor-Leste"]


def the_chair_reads_the_draft_and_confirms(people):
    officer = people.as_(OFFICER, f"/waves/{WAVE}/publish")
    officer.get_by_role("button", name="Propose an edition").click()
    public = people.as_(None)
    assert public.goto(f"/editions/{WAVE}/1").status == 404, "a draft is not published"
    chair = enter_with_second_factor(people)
    chair.goto("/waves")
    chair.get_by_role("link", name="Read the draft").click()
    assert "10 of 11 returns are in it" in chair.locator("main").inner_text()
    assert "Dili" in chair.context.request.get(f"/waves/{WAVE}/publish/report.html").text()
    chair.get_by_role("button", name="Confirm and publish").click()
    assert "is published" in chair.get_by_role("status").inner_text()
    return public.context.request.get(f"/editions/{WAVE}/1/edition.zip").body()


def enter_with_second_factor(people):
    """The chair chooses a password, and adds the key that the page shows to an authenticator."""
    import base64

    from django_otp.oath import TOTP

    page = people.pages[CHAIR] = people.page()
    page.goto(people.link)
    for label in ("Password", "The same password again"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Set the password and enter").click()
    key = page.locator("code").inner_text().replace(" ", "")
    totp = TOTP(base64.b32decode(key + "=" * (-len(key) % 8)))
    totp.time = time()
    page.get_by_label("Code").fill(f"{totp.token():06}")
    page.get_by_role("button", name="Go on").click()
    assert page.locator("li code").count() == 8, "recovery codes"
    return page


def the_public_reads_it_and_silence_is_no_zero(people):
    page = people.as_(None, "/")
    page.get_by_role("link", name=f"Wave {WAVE}, edition 1").click()
    edition = page.url
    page.get_by_role("link", name="Map of cities").click()
    shown = {row.inner_text().split("\n")[0]: row.inner_text() for row in page.get_by_role("row").all()}
    assert "not known: no return" in shown["Dili"]
    assert "0, nothing to report" in shown["Vientiane"]
    assert "6, carried forward" in shown["Singapore (city)"]
    assert page.locator("svg circle.unknown").count() >= 1
    page.goto(edition)
    page.get_by_role("link", name="List of projects").click()
    page.get_by_label("Words of the title").fill("den duong")
    page.get_by_label("Words of the title").press("Enter")
    assert "1 project found" in page.locator("main").inner_text()
    report = page.context.request.get(f"{edition}/report.html").text()
    assert "No return" in re.sub(r"<[^>]+>", " ", report)


def an_erratum_makes_a_second_edition(people, first):
    locked = people.as_("rep-VNM").goto(f"/waves/{WAVE}/VNM/project?key=han-ioc")
    assert locked.status == 404, "the wave is locked"
    officer = people.as_(OFFICER, f"/waves/{WAVE}/publish")
    officer.get_by_label("Words of the title, the city or the key").fill("han-ioc")
    officer.get_by_role("button", name="Find the project").click()
    officer.get_by_label("What", exact=True).select_option("percent_complete")
    officer.get_by_label("New value").fill("much")
    officer.get_by_label("Reason, which the public change list prints").fill("letter of 3 October")
    officer.get_by_role("button", name="Enter the erratum").click()
    assert "is not a number" in officer.get_by_role("alert").inner_text()
    officer.get_by_label("What", exact=True).select_option("status")
    officer.get_by_label("New value").fill("ongoing")
    officer.get_by_role("button", name="Enter the erratum").click()
    officer.get_by_role("button", name="Propose an edition").click()
    chair = people.as_(CHAIR, f"/waves/{WAVE}/publish")
    assert "letter of 3 October" in chair.locator("main").inner_text()
    chair.get_by_role("button", name="Confirm and publish").click()
    public = people.as_(None, f"/editions/{WAVE}/2")
    corrected = public.locator("main").inner_text()
    assert "letter of 3 October" in corrected
    assert OFFICER not in corrected
    assert "A later edition" in people.as_(None, f"/editions/{WAVE}/1").locator("main").inner_text()
    again = public.context.request.get(f"/editions/{WAVE}/1/edition.zip").body()
    assert again == first, "the first edition keeps its bytes"
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
