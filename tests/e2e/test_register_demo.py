"""The register to try, as README and its guide promise it: made in one command, read and kept on screens."""

from __future__ import annotations

import stat
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    pytest.importorskip("django")
    from diffuscope.register import demo_register

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        # the browser's driver keeps an event loop in this thread, in which Django would refuse to work
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield demo_register(tmp_path_factory.mktemp("demo") / "register")


@pytest.fixture(scope="module")
def demo(made):
    return made.folder


@pytest.fixture(scope="module")
def address(made):
    """Where its pages are served, by the command, in a process of its own."""
    command = [sys.executable, "-u", "-m", "diffuscope", "register", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--folder", str(made.folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        said = server.stdout.readline()
        assert "http://127.0.0.1:" in said, said
        yield said[said.index("http") :].split()[0].rstrip("/")
        server.terminate()


@pytest.fixture(scope="module")
def signed_in(browser, made, address):
    """Pages of each role, without scripts, kept for all tests: a link works once."""
    contexts = {}
    for whom, link in made.links.items():
        contexts[whom] = browser.new_context(
            java_script_enabled=False, viewport={"width": 390, "height": 800}
        )
        page = contexts[whom].new_page()
        page.goto(address + link)
        page.locator("main button").first.click()  # its words are those of its person
    yield lambda whom: contexts[whom].pages[0]
    for one in contexts.values():
        one.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has rights of another kind")
def test_nobody_else_on_the_machine_reads_it(demo):
    assert stat.S_IMODE(demo.stat().st_mode) == 0o700


def test_the_demo_can_be_studied(demo, tmp_path):
    from diffuscope.case import read_case
    from diffuscope.register.database import opened
    from diffuscope.register.studies import study_case

    with opened(demo):
        case = read_case(study_case(tmp_path / "case"))
    assert {"practices", "exchanges"} <= set(case.tables)


def test_four_waves_are_published_and_one_is_open_in_every_state_of_a_return(demo):
    from diffuscope.register import check_register, status

    assert {one.state for one in status(demo, person="secretariat")} == {
        "cleared", "accepted", "queried", "nil", "excused", "expected",
    }  # fmt: skip
    assert len(list((demo / "editions").iterdir())) >= 4
    assert check_register(demo) == []


def test_a_returned_workbook_waits_in_which_something_of_each_kind_is_to_be_seen(demo):
    from diffuscope.register import take_in

    shown = take_in(demo, [demo / "inbox"], person="secretariat", preview=True)
    fresh = [one for one in shown if not one.again]
    assert [one.member for one in fresh] == ["MYS"]
    assert all(fresh[0].count(kind) for kind in ("new", "changed", "unchanged", "question"))
    assert fresh[0].missing


PAGES = {
    "secretariat": ("/waves", "/waves/2026", "/waves/2026/THA", "/waves/2026/THA/compare",
                    "/waves/2026/take-in", "/queries", "/projects", "/projects/bkk-smart-city", "/people",
                    "/desk?city=bangkok", "/me", "/waves/2025/publish?q=bang+sue", "/needs", "/exchanges",
                    "/support", "/waves/2026/indicators", "/practices/practice-0001"),
    "chair": ("/waves", "/waves/2026", "/waves/2025/publish"),
    "representative-tha": ("/waves/2026/THA", "/queries"),
    "city-bangkok": ("/waves/2026/bangkok", "/waves/2026/bangkok/project?key=bkk-smart-city",
                     "/waves/2026/bangkok/project?key=new", "/waves/2026/bangkok/compare",
                     "/practices/practice-0001", "/peers/bangkok", "/exchanges"),
    "partner-bank": ("/needs", "/support", "/projects"),
}  # fmt: skip
OPEN = ("/", "/editions/2025/1", "/editions/2025/1/map", "/editions/2025/1/projects", "/practices", "/enter")
"""Pages for everybody."""


def test_every_page_fits_a_phone_and_axe_finds_nothing(signed_in, browser, address):
    found = []
    for whom, pages in PAGES.items():
        cookies = signed_in(whom).context.cookies()
        look = browser.new_context(
            viewport={"width": 390, "height": 800}, color_scheme="dark", bypass_csp=True
        )
        look.add_cookies(cookies)
        page = look.new_page()
        heard = []
        page.on("console", lambda message, heard=heard: heard.append(message.text))
        for path in (*pages, *(OPEN if whom == "chair" else ())):
            assert page.goto(address + path).ok, path
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{path}: {wide} px wide"] if wide > 390 else []
            found += [
                f"{path}: {one['id']}: {node['html'][:120]}"
                for one in Axe().run(page).response["violations"]
                for node in one["nodes"]
            ]
        found += heard
        look.close()
    assert found == []


def test_every_screen_of_the_demonstration_shows_something_and_says_that_it_is_invented(signed_in, address):
    shown = {
        "secretariat": ("/practices", "/practices/practice-0003", "/exchanges", "/needs", "/support"),
        "city-bangkok": ("/practices", "/exchanges", "/needs", "/waves/2026/indicators", "/support"),
        "partner-bank": ("/practices", "/needs", "/support"),
    }
    for whom, pages in shown.items():
        page = signed_in(whom)
        for path in pages:
            answer = page.goto(address + path)
            if whom == "secretariat" and path.endswith("0003"):
                assert answer.status == 404, "a city has not released it"
                continue
            text = page.locator("main").inner_text()
            named = ("invented", "Flood alarms by message", "Hours a year under water")
            assert any(one.casefold() in text.casefold() for one in named), (whom, path)
    page = signed_in("partner-bank")
    page.goto(f"{address}/needs")
    text = page.locator("main").inner_text()
    assert "Invented: pumps for canals" in text
    assert "Invented: sensors" not in text, "Phnom Penh has not opted in"


def test_a_focal_point_reports_by_keyboard_and_the_state_clears(signed_in, address):
    """Without scripts, on a phone: a project is brought up to date, accepted and cleared."""
    city = signed_in("city-bangkok")
    city.goto(f"{address}/waves/2026/bangkok")
    city.get_by_role("link", name="Bang Sue Smart City").click()
    city.locator("#percent_complete").fill("half")
    city.locator("#percent_complete").press("Enter")
    assert "ไม่ใช่ตัวเลข" in city.locator("#percent_complete-problem-1").inner_text()  # its words are Thai
    city.locator("#percent_complete").fill("50")
    city.locator("#percent_complete").press("Enter")
    assert "รายงานแล้ว: Bang Sue Smart City" in city.get_by_role("status").inner_text()
    officer = signed_in("secretariat")
    while True:
        officer.goto(f"{address}/queries")
        own = officer.get_by_role("row").filter(has_text="Thailand").get_by_role("link")
        if not own.count():
            break
        own.first.click()
        officer.get_by_label("The answer, and how it came").fill("by telephone")
        officer.get_by_role("button", name="Settle the question").click()
    officer.goto(f"{address}/waves/2026")
    officer.get_by_role("button", name="Accept Thailand").click()
    state = signed_in("representative-tha")
    state.goto(f"{address}/waves/2026/THA")
    assert "50" in state.get_by_role("row").filter(has_text="Bang Sue Smart City").inner_text()
    state.locator("button[value=clear]").click()  # its words are Thai
    assert "รับรองรายงานของ Thailand แล้ว" in state.get_by_role("status").inner_text()


def test_an_erratum_goes_from_the_card_through_the_chair_to_the_public(signed_in, browser, address):
    officer, chair = signed_in("secretariat"), signed_in("chair")
    officer.goto(f"{address}/projects/bkk-smart-city")
    officer.get_by_label("Wave").select_option("2025")
    officer.get_by_label("What", exact=True).select_option("Status")
    officer.get_by_label("New value").fill("completed")
    officer.get_by_label("Reason, which the change list prints").fill("letter of 3 November")
    officer.get_by_role("button", name="Correct", exact=True).click()
    officer.goto(f"{address}/waves/2025/publish")
    officer.get_by_role("button", name="Propose an edition").click()
    chair.goto(f"{address}/waves/2025/publish")
    told = chair.locator("main").inner_text()
    assert "letter of 3 November" in told
    assert "134 in 35 cities: 6 planning" in told
    assert "35 of 37 cities reported. Nothing is known, which is not zero, of Denpasar, Semarang." in told
    assert not chair.get_by_role("link", name="returns.csv").is_visible(), "data is folded away"
    chair.get_by_role("button", name="Confirm and publish").click()
    public = browser.new_context(java_script_enabled=False).new_page()
    public.goto(address)
    public.get_by_role("link", name="Wave 2025, edition 2").click()
    public.get_by_role("link", name="Read the report").click()
    assert "ASEAN" in public.locator("body").inner_text()
    public.context.close()
