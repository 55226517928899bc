"""The register and its audit as an officer meets them: filters, one part on paper, a phone, no mouse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from diffuscope.case import new_case, read_case
from diffuscope.report import write_report
from diffuscope.result import Result
from diffuscope.study import run_study

pytestmark = pytest.mark.browser

WIDE, PHONE = 1280, 360


@pytest.fixture(scope="module")
def result() -> Result:
    return run_study(read_case("asean-smart-cities"), parts=("monitoring", "audit"))


@pytest.fixture(scope="module")
def founding(result, tmp_path_factory) -> Path:
    return write_report(result, tmp_path_factory.mktemp("founding") / "report")


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    new_case(folder / "towns", monitoring=True)
    return write_report(run_study(read_case(folder / "towns")), folder / "report")


@pytest.fixture
def read(browser) -> Iterator[Callable[..., object]]:
    contexts = []

    def opened(file: Path, width: int = WIDE, scheme: str = "light", **more):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        # a dialog of the system would stop the test
        page.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1; }")
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def shown(page) -> list[dict[str, str]]:
    """What the visible rows of the audit say of themselves."""
    return page.evaluate(
        "[...document.querySelectorAll('#audit-rows > tbody > tr')].filter((row) => row.checkVisibility())"
        ".map((row) => ({ ...row.dataset, says: row.textContent }))"
    )


def box(page, outcome: str):
    return page.get_by_role("group", name="Outcome").get_by_role("checkbox", name=re.compile(rf"^{outcome}"))


def choice(page, label: str):
    return page.get_by_role("combobox", name=re.compile(f"^{label}"))


def found(page) -> str:
    return page.get_by_role("status").inner_text()


def counts(page) -> dict[str, str]:
    told = {}
    for label in page.locator("form.filters fieldset label").all():
        *name, number = label.inner_text().split()
        told[" ".join(name)] = number
    return told


def test_differences_are_what_one_sees_first(read, founding, result):
    page = read(founding)
    rows = shown(page)
    met = Counter(row.outcome for row in result.audit)
    assert Counter(row["outcome"] for row in rows) == {"differs": 97, "incomplete": 5}
    assert found(page) == "Shown: 102 of 1,399 checks (differs, incomplete)."
    assert counts(page) == {outcome: f"{number:,}" for outcome, number in met.items()}
    assert page.complaints == []


def test_filters_narrow_down_by_mouse(read, founding, result):
    page = read(founding)
    choice(page, "Document").select_option(label="ASEAN Smart Cities Network 2023 (me-2023)")
    choice(page, "Kind of check").select_option(label="two places")
    own = [row for row in result.audit if row.document == "me-2023" and row.kind == "two places"]
    assert len(shown(page)) == sum(row.outcome == "differs" for row in own) > 0
    assert {row["document"] for row in shown(page)} == {"me-2023"}
    assert "ASEAN Smart Cities Network 2023 (me-2023); two places" in found(page)
    choice(page, "Whose figures").select_option(label="other documents")
    assert shown(page) == []
    assert found(page).startswith("Shown: 0 of 1,399 checks")
    page.get_by_role("button", name="Clear filters").click()
    page.locator("#audit-found", has_text=re.compile("^Shown: 102")).wait_for()
    assert len(shown(page)) == 102


def test_confirmed_checks_are_counted_for_whatever_is_asked(read, founding, result):
    page = read(founding)
    for outcome in ("differs", "incomplete"):
        box(page, outcome).click()
    assert shown(page) == []
    assert "no outcome chosen" in found(page)
    box(page, "confirmed").click()
    confirmed = [row for row in result.audit if row.outcome == "confirmed"]
    assert found(page) == f"Shown: {len(confirmed):,} of 1,399 checks (confirmed)."
    choice(page, "Place").select_option(label="Cambodia")
    choice(page, "Wave").select_option(label="2022")
    expected = sum((row.unit, row.wave) == ("KHM", "2022") for row in confirmed)
    assert found(page) == f"Shown: {expected} of 1,399 checks (confirmed; 2022; Cambodia)."
    assert sum(int(re.search(r"(\d+) confirmed$", row["says"])[1]) for row in shown(page)) == expected > 0


def test_filters_work_without_a_mouse(read, founding, result):
    page = read(founding)
    page.locator("#audit summary").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "differs"
    page.keyboard.press("Space")
    assert {row["outcome"] for row in shown(page)} == {"incomplete"}
    for _ in range(5):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "document"
    page.keyboard.press("ArrowDown")
    first = min(row.document for row in result.audit)
    assert {row["document"] for row in shown(page)} <= {first}
    assert "Bustamante" in found(page)
    page.keyboard.press("Enter")  # sends nothing and leaves the page where it is
    assert page.url == founding.as_uri()


def test_without_scripts_every_row_is_there(read, founding, result):
    page = read(founding, java_script_enabled=False)
    rows = page.locator("#audit-rows > tbody > tr")
    open_rows = sum(row.outcome != "confirmed" for row in result.audit)
    assert page.locator("#audit-rows > tbody > tr[id]").count() == open_rows
    assert rows.count() > open_rows
    assert rows.last.is_visible()
    assert page.locator("form.filters").is_hidden()
    assert page.locator("button.print").first.is_hidden()


@pytest.mark.parametrize("part", ["register", "places", "peers", "audit", "claims"])
def test_a_part_is_printed_by_itself(read, founding, part):
    page = read(founding)
    page.locator(f"button.print[data-part={part}]").click()
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    visible = page.evaluate(
        "[...document.querySelectorAll('main > section')].filter((part) => part.checkVisibility())"
        ".map((part) => part.id)"
    )
    assert visible == [part]
    assert page.locator(f"#{part} h2").is_visible()
    assert page.locator(f"#{part} > .source-line").is_visible()
    assert page.locator("form.filters").is_hidden()
    assert page.locator("nav").is_hidden()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("main > section:visible").count() > 4


def test_one_state_is_printed_by_itself(read, founding):
    page = read(founding)
    state = page.locator("details.state").nth(2)
    name = state.locator("summary .name").inner_text()
    state.locator("summary").click()
    state.get_by_role("button", name=f"Print {name}").click()
    page.emulate_media(media="print")
    assert page.locator("details.state:visible").count() == 1
    assert page.locator("main > section:visible").count() == 1
    assert page.locator("#places > p:visible").count() == 0
    assert state.locator(".source-line").is_visible()


def test_each_part_begins_a_page_and_paper_shows_what_the_filter_shows(read, founding):
    page = read(founding)
    choice(page, "Document").select_option(label="ASEAN Smart Cities Network 2023 (me-2023)")
    page.emulate_media(media="print")
    assert page.evaluate(
        "[...document.querySelectorAll('.part')]"
        ".every((part) => getComputedStyle(part).breakBefore === 'page')"
    )
    assert len(shown(page)) == 20
    assert page.get_by_role("status").is_visible()
    assert page.evaluate(
        "getComputedStyle(document.querySelector('#audit-rows > tbody > tr:not([hidden])')).display"
    ) == ("table-row")


def test_a_link_to_a_city_opens_its_state(read, founding):
    page = read(founding)
    city = page.locator("h3.city").nth(5)
    assert city.is_hidden()
    page.evaluate("(id) => { location.hash = id; }", city.get_attribute("id"))
    city.wait_for(state="visible")
    status = page.locator("a.status:visible").first
    status.click()
    row = page.url.partition("#")[2]
    assert re.fullmatch(r"projects-\d+", row)
    assert page.locator(f"#{row}").is_visible()


@pytest.mark.parametrize("width", [PHONE, 768])
@pytest.mark.parametrize("which", ["founding", "example"])
def test_nothing_runs_off_a_narrow_screen(read, founding, example, which, width):
    page = read(founding if which == "founding" else example, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    for outcome in ("ambiguous", "not checkable", "confirmed"):
        if box(page, outcome).count():
            box(page, outcome).check()
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def faults(page, context: str | None = None) -> list[tuple[str, list[object]]]:
    told = Axe().run(page, context).response["violations"]
    return [(fault["id"], [node["target"] for node in fault["nodes"]][:3]) for fault in told]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_nothing_stands_in_the_way_of_assistive_technology(read, example, width, scheme):
    page = read(example, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    box(page, "confirmed").check()
    page.wait_for_timeout(500)
    assert faults(page) == []


def test_nothing_stands_in_the_way_in_a_long_audit(read, founding):
    page = read(founding)
    assert faults(page, "#audit") == []
    page.locator("#claims details").first.locator("summary").click()
    assert faults(page, "#claims") == []


def test_nothing_is_asked_for(read, founding):
    page = read(founding)
    for figure in page.locator("figure[data-chart]").all():
        figure.scroll_into_view_if_needed()
        figure.and_(page.locator("[data-ready]")).wait_for(timeout=20_000)
    assert page.locator("#figure-register-areas .canvas svg").is_visible()
    assert {url for url in page.asked if not url.startswith("data:")} == {founding.as_uri()}
    assert page.complaints == []


def test_it_answers_at_once(read, founding):
    page = read(founding)
    took = page.evaluate(
        """() => {
            const start = performance.now();
            const form = document.querySelector("form.filters");
            form.querySelectorAll("input").forEach((box) => { box.checked = true; });
            form.dispatchEvent(new Event("change"));
            document.body.offsetHeight;
            return performance.now() - start;
        }"""
    )
    assert took < 1000
