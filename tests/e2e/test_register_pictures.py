"""Pictures of the guides, one guide per role: taken from the demo as each role sees it.

DIFFUSCOPE_PICTURES names the folder they go to, such as `docs/_static/register`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from serving import serving

pytestmark = pytest.mark.slow
ROOM = Path(__file__).parents[2]
ALL_BYTES = 1_500_000
"""What the pictures of the guides may take together."""
OFFICER = "secretariat"
FLOODS = {
    "title": "Flood warnings by text message",
    "description": "Sensors at twelve gates send a message to every household before the water comes.",
    "results": "Three hours of warning instead of half an hour.",
    "cost": "10,000–100,000 USD", "conditions": "A list of households with their telephone numbers.",
    "contact": "City drainage office", "documents": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def taken(tmp_path_factory, browser):
    """The folder of pictures: of the demo after an officer, cities and a partner have worked with it."""
    pytest.importorskip("django")
    from diffuscope import register

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        folder = register.demo_register(tmp_path_factory.mktemp("pictures") / "register").folder
        out = Path(os.environ.get("DIFFUSCOPE_PICTURES") or tmp_path_factory.mktemp("taken")).resolve()
        with serving(folder) as address:
            yield _Camera(browser, address, folder, out).take(*_worked(register, folder))


def _worked(register, folder):
    """What cities, an officer and a partner entered; gives the links of two people who are invited."""
    from diffuscope.register.database import opened
    from diffuscope.register.needs import Wanted

    comments = {"bkk-smart-city": "Please say in which year it was completed."}
    register.send_back(folder, "2026", "THA", comments, person="representative-tha")
    practice = register.write_practice(folder, "bangkok", FLOODS, person=OFFICER)
    register.release_practice(folder, practice, person=OFFICER)
    register.review_practice(folder, practice, person=OFFICER)
    register.take_up(
        folder, "practice-0001", "da-nang", since="2025-05", learned_from="bangkok", person=OFFICER
    )
    register.request_exchange(
        folder, "da-nang", "johor-bahru", kind="visit", about="Bus lanes", person=OFFICER
    )
    wanted = Wanted("", "money", "Pumps for the canal gates", "250000", "USD")
    register.add_need(folder, "johor-bahru", wanted, person=OFFICER)
    register.opt_in(folder, "johor-bahru", person=OFFICER)
    with opened(folder):
        from diffuscope.register.models import Organisation

        bank = Organisation.objects.get(name__contains="Asian Development Bank").code
    register.add_offer(
        folder, bank, Wanted("", "loan", "Water and drainage", "5000000", "USD"), person=OFFICER
    )
    why = {"status": "completed"}
    register.correct(folder, "2025", "bkk-smart-city", why, why="letter of 3 November", person=OFFICER)
    register.publish_wave(folder, "2025", person=OFFICER)
    city = register.invite(folder, "aisyah", role="city", member="johor-bahru", name="Aisyah (invented)",
                           person=OFFICER)  # fmt: skip
    partner = register.invite(folder, "partner", role="partner", member=bank, name="Invented adviser",
                              person=OFFICER)  # fmt: skip
    return city.link, partner.link


class _Camera:
    """A browser that goes through the register as each role and keeps what it sees."""

    def __init__(self, browser, address, folder, out):
        self.browser, self.address, self.folder, self.out, self.pages = browser, address, folder, out, {}

    def page(self, whom, link=None):
        """A page of somebody who is signed in."""
        if whom not in self.pages:
            context = self.browser.new_context(
                java_script_enabled=False, viewport={"width": 900, "height": 620}
            )
            self.pages[whom] = context.new_page()
            if whom:
                self.enter(whom, link)
        return self.pages[whom]

    def enter(self, whom, link):
        from diffuscope import register

        link = link or register.link_for(self.folder, whom, person=OFFICER)
        page = self.pages[whom]
        page.goto(self.address + link[link.index("/enter/") :])
        if page.locator("#password").count():
            if whom == "aisyah":
                self.shot(page, "invitation", 480)
            page.locator("#password").fill("longer than twelve")
            page.locator("#again").fill("longer than twelve")
        page.locator("main button").first.click()

    def shot(self, page, name, height=620):
        page.set_viewport_size({"width": 900, "height": height})
        page.screenshot(path=self.out / f"{name}.png")

    def take(self, city_link, partner_link):
        self.city(self.page("aisyah", city_link))
        self.other_languages()
        self.officers()
        page = self.page("partner", partner_link)
        page.goto(f"{self.address}/needs")
        self.shot(page, "partner", 700)
        page = self.page("")
        page.goto(self.address)
        self.shot(page, "editions", 480)
        page.goto(f"{self.address}/practices?q=flood")
        self.shot(page, "practices", 480)
        return self.out

    def city(self, page):
        where = f"{self.address}/waves/2026/johor-bahru"
        page.goto(where)
        self.shot(page, "return", 700)
        page.locator("tbody th a").first.click()
        page.locator("#percent_complete").fill("half")
        page.locator("#percent_complete").press("Enter")
        self.shot(page, "form-fault", 560)
        for path, name, height in (
            ("practices/practice-0001", "practice", 700), ("peers/johor-bahru", "peers", 480),
        ):  # fmt: skip
            page.goto(f"{self.address}/{path}")
            self.shot(page, name, height)

    def other_languages(self):
        bangkok, da_nang = ("city-bangkok", "bangkok"), ("city-da-nang", "da-nang")
        for (whom, member), code in ((bangkok, "th"), (da_nang, "vi"), (da_nang, "id")):
            page = self.page(whom)
            page.goto(f"{self.address}/waves/2026/{member}?language={code}")
            page.locator("tbody th a").first.click()
            page.locator("#percent_complete").fill("abc")
            page.locator("#percent_complete").press("Enter")
            self.shot(page, f"form-{code}", 560)
        page = self.page("city-bangkok")
        page.goto(f"{self.address}/queries?language=en")
        self.shot(page, "questions", 400)

    def officers(self):
        page = self.page("representative-tha")
        page.goto(f"{self.address}/waves/2026/THA?language=en")
        self.shot(page, "representative", 700)
        page = self.page(OFFICER)
        page.goto(f"{self.address}/waves/2026")
        self.shot(page, "board", 760)
        page.goto(f"{self.address}/waves/2026/take-in")
        page.locator("#files").set_input_files(self.folder / "inbox" / "2026-mys-invented.xlsx")
        page.get_by_role("button", name="Look at them first").click()
        self.shot(page, "take-in", 760)
        page.goto(f"{self.address}/people")
        self.shot(page, "people", 560)
        page = self.page("chair")
        page.goto(f"{self.address}/waves/2025/publish")
        page.get_by_role("button", name="Confirm").scroll_into_view_if_needed()
        self.shot(page, "publish", 620)


def test_pictures_of_the_guides_are_taken_and_small(taken):
    guides = [file.read_text() for file in (ROOM / "docs" / "how-to").glob("guide-*.md")]
    shown = {name.partition(".png")[0] for text in guides for name in text.split("_static/register/")[1:]}
    files = {file.stem: file for file in taken.glob("*.png")}
    assert shown <= files.keys(), shown - files.keys()
    assert len(shown) >= 15
    assert all(file.stat().st_size > 5_000 for file in files.values())
    assert sum(file.stat().st_size for file in files.values()) < ALL_BYTES


def test_every_guide_has_its_pictures_and_every_picture_is_small():
    kept = {file.stem: file.stat().st_size for file in (ROOM / "docs" / "_static" / "register").glob("*.png")}
    used = set()
    for file in (ROOM / "docs").rglob("*.md"):
        used |= {name.partition(".png")[0] for name in file.read_text().split("_static/register/")[1:]}
    assert used == kept.keys()
    assert sum(kept.values()) < ALL_BYTES
