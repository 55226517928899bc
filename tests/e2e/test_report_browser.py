"""The report as its readers meet it: offline, by mouse and by keyboard, wide and narrow, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

WIDE, PHONE = 1280, 360
FIRST_SCREEN_WORDS = 240
NOT_ON_THE_FIRST_SCREEN = re.compile(
    r"[Ͱ-Ͽ]|\bdB\b|deciban|posterior|prior|likelihood|odds|bayes|regression|logit|hazard|event history"
    r"|krippendorff|leave-one|permutation|p-value|confidence interval",
    re.I,
)


OPEN_AND_THIN = """() => {
    document.querySelectorAll("details").forEach((details) => { details.open = true; });
    for (const body of document.querySelectorAll("tbody"))
        for (const row of [...body.rows].slice(6)) row.remove();
}"""
"""Everything open, and of thousands of rows that are set alike a few."""


class Reader:
    """A page with everything the browser said and asked for while it was read."""

    def __init__(self, page, file: Path) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        page.goto(file.as_uri())

    def look_at_every_figure(self) -> None:
        """Scroll to each, as figures are drawn when they come near."""
        for figure in self.page.locator("figure[data-chart]").all():
            figure.scroll_into_view_if_needed()
            figure.and_(self.page.locator("[data-ready]")).wait_for(timeout=20_000)


@pytest.fixture
def read(browser, report_page) -> Iterator[Callable[..., Reader]]:
    contexts = []

    def opened(width: int = WIDE, scheme: str = "light", **more) -> Reader:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, **more
        )
        contexts.append(context)
        return Reader(context.new_page(), report_page)

    yield opened
    for context in contexts:
        context.close()


def visible_words(text: str) -> list[str]:
    return [word for word in text.split() if re.search(r"\w", word)]


@pytest.mark.parametrize(
    ("width", "scheme"), [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light"), (PHONE, "dark")]
)
def test_figures_are_drawn_without_a_complaint_and_nothing_leaves(read, report_page, width, scheme):
    reader = read(width, scheme)
    reader.look_at_every_figure()
    figures = reader.page.locator("figure[data-chart]")
    assert figures.count() >= 10
    for figure in figures.all():
        box = figure.locator(".canvas svg").bounding_box()
        assert box["width"] >= width * 0.5
        assert box["height"] >= 50
        assert figure.locator(".still").is_hidden()
    assert reader.complaints == []
    assert {url for url in reader.asked if not url.startswith("data:")} == {report_page.as_uri()}


def test_the_policy_refuses_whatever_would_load(read):
    reader = read()
    loaded = reader.page.evaluate(
        """async () => {
            const image = new Image();
            const seen = new Promise((done) => {
                image.onload = () => done("loaded");
                image.onerror = () => done("refused");
            });
            image.src = "report.png";
            const fetched = await fetch("result.json").then(() => "loaded", () => "refused");
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            return [await seen, fetched, window.ran ? "run" : "refused"];
        }"""
    )
    assert loaded == ["refused", "refused", "refused"]


def test_the_first_screen_is_short_and_plain(read):
    text = read().page.locator("#answer").inner_text()
    assert len(visible_words(text)) <= FIRST_SCREEN_WORDS
    assert NOT_ON_THE_FIRST_SCREEN.findall(text) == []
    assert "Why did national smart-city programmes spread" in text
    rows = {
        " ".join(row.locator("strong").inner_text().split()): row.locator(".chip").inner_text()
        for row in read().page.locator("#answer .answers li").all()
    }
    assert rows == {
        "Learning": "weak",
        "Coercion": "not shown",
        "Competition": "not shown",
        "Emulation": "not shown",
        "Neighbours (mechanism not identified)": "not shown",
    }


@pytest.mark.parametrize("width", [PHONE, 390, 768, WIDE])
def test_nothing_runs_off_the_side_with_everything_open(read, width):
    reader = read(width)
    reader.look_at_every_figure()
    reader.page.evaluate(
        "document.querySelectorAll('details').forEach((details) => { details.open = true; })"
    )
    reader.page.wait_for_timeout(300)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_slider_moves_the_map(read):
    page = read().page
    figure = page.locator("#figure-smart-cities-map")
    figure.scroll_into_view_if_needed()
    figure.and_(page.locator("[data-ready]")).wait_for()
    slider = figure.get_by_role("slider")
    last = figure.locator(".canvas").inner_html()
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "(html) => document.querySelector('#figure-smart-cities-map .canvas').innerHTML !== html", arg=last
    )
    first = figure.locator(".canvas").inner_text()
    assert "2014" in first
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    assert figure.locator(".canvas").inner_text() != first


def test_boundaries_can_be_switched_off(read):
    page = read().page
    figure = page.locator("#figure-smart-cities-map")
    figure.scroll_into_view_if_needed()
    figure.and_(page.locator("[data-ready]")).wait_for()
    unseen = figure.locator('.canvas path[opacity="0"]')
    shown, before = figure.locator(".canvas").inner_html(), unseen.count()
    box = figure.get_by_role("checkbox")
    assert box.is_checked()
    box.press("Space")
    page.wait_for_function(
        "(html) => document.querySelector('#figure-smart-cities-map .canvas').innerHTML !== html", arg=shown
    )
    assert unseen.count() == before + 1
    assert "disputed" in figure.locator("figcaption").inner_text()


def test_figures_follow_light_and_dark_and_keep_their_slider(read):
    page = read().page
    figure = page.locator("#figure-smart-cities-map")
    figure.scroll_into_view_if_needed()
    figure.and_(page.locator("[data-ready]")).wait_for()
    figure.get_by_role("slider").press("Home")
    page.wait_for_timeout(200)
    before = figure.locator(".canvas").inner_html()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "(html) => document.querySelector('#figure-smart-cities-map .canvas').innerHTML !== html", arg=before
    )
    page.wait_for_timeout(300)
    assert figure.get_by_role("slider").input_value() == figure.get_by_role("slider").get_attribute("min")
    assert "2014" in figure.locator(".canvas").inner_text()


def test_what_is_folded_opens_by_keyboard(read):
    page = read().page
    summary = page.locator("details.firm > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.firm").first.evaluate("(details) => details.open")
    assert page.locator("details.firm").first.get_by_text("Leaving out any one passage").is_visible()


def test_the_first_tab_skips_to_the_answer(read):
    page = read().page
    page.keyboard.press("Tab")
    focused = page.evaluate(
        "[document.activeElement.className, document.activeElement.getBoundingClientRect().left]"
    )
    assert focused[0] == "skip"
    assert focused[1] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#answer")


def test_every_link_inside_leads_somewhere(read, report_page):
    page = read().page
    hrefs = set(
        page.locator("a[href]").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    )
    ids = set(page.locator("[id]").evaluate_all("(parts) => parts.map((part) => part.id)"))
    inside = {href for href in hrefs if href.startswith("#")}
    files = {href.partition("#")[0] for href in hrefs if not re.match(r"#|https?:", href)}
    assert {href for href in inside if unquote(href[1:]) not in ids} == set()
    assert {href for href in files if not (report_page.parent / href).exists()} == set()
    assert len(inside) > 100


def test_numbers_lead_to_their_rows(read):
    page = read().page
    link = page.locator("#know a", has_text=re.compile(r"^adoptions\.csv, row \d+$")).first
    row = link.inner_text().rsplit(" ", 1)[1]
    link.evaluate("(link) => { link.closest('details').open = true; }")
    link.click()
    target = page.locator(f"#adoptions-{row}")
    target.wait_for(state="visible")
    assert target.locator("th").inner_text() == row
    top = target.evaluate("(row) => row.getBoundingClientRect().top")
    assert 0 <= top < 900


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (PHONE, "dark")])
def test_axe_finds_nothing(read, scheme, width):
    reader = read(width, scheme)
    reader.look_at_every_figure()
    reader.page.evaluate(OPEN_AND_THIN)
    # inside, drawings are hidden from assistive technology: their holder and the words below speak for them
    found = Axe().run(reader.page, context={"exclude": [".canvas > div"]})
    told = [
        f"{violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    assert told == []


def test_without_scripts_the_stills_stand(browser, report_page):
    context = browser.new_context(java_script_enabled=False, viewport={"width": WIDE, "height": 900})
    page = context.new_page()
    page.goto(report_page.as_uri())
    still = page.locator("figure .still").first
    still.scroll_into_view_if_needed()
    assert still.is_visible()
    assert len(still.get_attribute("alt")) > 40
    context.close()


def test_on_paper_everything_is_open_and_figures_are_stills(read):
    page = read().page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("figure .still").first.is_visible()
    assert page.locator("figure .canvas").first.is_hidden()
    assert page.locator("details:not([open])").count() == 0
    assert page.locator("nav").first.is_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


def test_no_entry_of_the_contents_is_cut_off_beside_the_page(read):
    page = read(width=1200).page
    assert page.evaluate("[...document.querySelectorAll('.side a')].length") > 5
    cut = """[...document.querySelectorAll('.side a')].filter(link =>
        link.getBoundingClientRect().right > document.querySelector('.side').getBoundingClientRect().right + 1
    ).map(link => link.textContent)"""
    assert page.evaluate(cut) == []


def test_nothing_runs_off_a_sheet_of_paper(read):
    # A4 less margins of 1 cm, at 96 pixels an inch
    page = read(width=718).page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.scrollWidth") <= 718


def test_no_sentence_says_that_one_government_coerced_another(read):
    text = re.sub(r"\s+", " ", read().page.locator("body").text_content())
    states = "Singapore|Indonesia|Malaysia|Thailand|Viet ?nam|Philippines|Cambodia|Myanmar|Brunei|Lao"
    names = f"(?:{states}|China|Japan|Australia|United States|Republic of Korea)"
    assert (
        re.findall(rf"{names}[^.]{{0,40}}\b(?:coerced|forced|compelled|pressured)\b[^.]{{0,40}}", text) == []
    )


OVERLAPPING = """figure => {
    const seen = [...figure.querySelectorAll(".canvas svg text")].filter((one) => one.textContent.trim());
    const boxes = seen.map((one) => [one.getBoundingClientRect(), one.textContent]);
    return boxes.flatMap(([a, first], at) => boxes.slice(at + 1)
        .filter(([b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
        .map(([, second]) => `${first} × ${second}`));
}"""
"""Texts of a figure that run into each other."""


@pytest.mark.slow
def test_no_word_of_the_evidence_runs_into_another_on_a_phone(read):
    reader = read(390)
    matrices = reader.page.locator("figure[data-chart$='evidence-matrix']").all()
    assert matrices
    for figure in matrices:
        figure.scroll_into_view_if_needed()
        figure.and_(reader.page.locator("[data-ready]")).wait_for(timeout=20_000)
        assert figure.evaluate(OVERLAPPING) == []


@pytest.mark.slow
def test_a_regression_table_of_its_own_fits_a_phone(browser, report_page):
    page = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme="dark").new_page()
    tables = sorted((report_page.parent / "models").glob("*.html"))
    assert tables
    for file in tables:
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, file.name
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:90]) for one in found] == [], file.name
    page.context.close()
