"""Every page by every role that may read it: axe, widths, zoom, forced colours, keyboard, no scripts."""

from __future__ import annotations

import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from keyboard_alone import Keyboard
from serving import serving

pytestmark = pytest.mark.slow
WHO = {
    "secretariat": "secretariat", "chair": "chair", "representative": "representative-tha",
    "city": "city-bangkok", "partner": "partner-demo", "": "",
}  # fmt: skip
WAITING = "a" * 32 + "/2026-mys-invented.xlsx"
WITH = {"headings.headings": f"?file={WAITING}&sender=MYS"}
"""What the address of a page needs beside its parts."""
LONG = "ระบบเตือนภัยน้ำท่วมอัจฉริยะสำหรับชุมชนริมแม่น้ำเจ้าพระยาและคลองสาขาในเขตกรุงเทพมหานครและปริมณฑลพร้อมแผนที่เสี่ยงภัยแบบทันที"
"""A Thai title without a space, as officials write them."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """The demo with something on every page, and where its parts stand."""
    pytest.importorskip("django")
    from diffuscope import register
    from diffuscope.register.database import opened

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        made = register.demo_register(tmp_path_factory.mktemp("accessible") / "register")
        yield _fill(made, register, opened)


def _fill(made, register, opened):
    from diffuscope.register.needs import Wanted

    folder, officer = made.folder, "secretariat"
    comments = {"bkk-smart-city": "โปรดระบุปีที่แล้วเสร็จ"}
    register.send_back(folder, "2026", "THA", comments, person="representative-tha")
    with opened(folder):
        from diffuscope.register.models import Organisation, Query

        bank = Organisation.objects.first().code
        asked = Query.objects.get(rule="sent-back").pk
    upload = folder / "uploads" / WAITING
    upload.parent.mkdir(parents=True)
    shutil.copy(folder / "inbox" / upload.name, upload)
    link = register.invite(folder, "partner-demo", role="partner", member=bank, person=officer).link
    says = {
        "title": LONG, "description": "ส่งข้อความเตือนน้ำท่วมถึงบ้านทุกหลัง\nภายในสามชั่วโมง", "results": "9,000",
        "cost": "10,000–100,000 USD", "conditions": LONG, "contact": "สำนักการระบายน้ำ",
        "documents": "https://example.org/" + "report-" * 12,
    }  # fmt: skip
    own = register.write_practice(folder, "bangkok", says, person=officer)
    register.release_practice(folder, own, person="city-bangkok")
    register.review_practice(folder, own, person=officer)
    register.take_up(folder, own, "da-nang", since="2025-05", learned_from="bangkok", person="city-da-nang")
    register.write_practice(folder, "bangkok", {**says, "title": "ฉบับที่ยังไม่เผยแพร่"}, person="city-bangkok")
    first = register.request_exchange(folder, "da-nang", "bangkok", kind="visit", about=LONG, person=officer)
    register.request_exchange(folder, "bangkok", "da-nang", kind="call", about="buses", person=officer)
    register.move_exchange(folder, first, "agreed", person="city-bangkok")
    register.move_exchange(folder, first, "held", person="city-bangkok", day="2026-03-15")
    wanted = Wanted("", "money", LONG, "250000.50", "USD")
    need = register.add_need(folder, "bangkok", wanted, person=officer)
    register.add_need(folder, "bangkok", Wanted("", "advice", "pumps"), person=officer)
    offer = register.add_offer(folder, bank, wanted, person=officer)
    register.add_offer(folder, bank, wanted, person=officer)
    gift = {"recipient": "bangkok", "kind": "finance", "amount": "350000.50", "currency": "USD", "note": LONG}
    given = register.write_support(folder, bank, gift, person=officer)
    register.opt_in(folder, "bangkok", person="city-bangkok")
    register.match_offer(folder, offer, need, person=officer)
    cells = {"name": LONG, "baseline": "40", "target": "10", "actual": "22.5", "unit_of_measure": "ชั่วโมง"}
    register.set_indicator(folder, "2026", "bangkok", "flood-hours", cells, person="city-bangkok")
    meeting = register.Meeting(
        "Annual meeting", "annual meeting", "2026-07-14", "2026-07-15", "Jakarta", "IDN"
    )
    register.attended(
        folder, register.add_meeting(folder, meeting, person=officer), ["bangkok"], person=officer
    )
    register.correct(
        folder, "2025", "bkk-smart-city", {"status": "completed"}, why="letter of 3 November", person=officer
    )
    register.publish_wave(folder, "2025", person=officer)
    return made._replace(links={**made.links, "partner-demo": link[link.index("/enter/") :]}), {
        "wave": "2026", "member": "THA", "number": str(asked), "code": "bkk-smart-city", "practice": own,
        "secret": "x" * 32, "support": str(given),
    }  # fmt: skip


@pytest.fixture(scope="module")
def address(filled):
    """Where its pages are served, by the command, in a process of its own."""
    with serving(filled[0].folder) as where:
        yield where


@pytest.fixture(scope="module")
def cookies(filled, browser, address):
    """By role, what a browser keeps of somebody who is signed in; a link works once."""
    found = {}
    for role, whom in WHO.items():
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        if whom:
            page.goto(address + filled[0].links[whom])
            for field in page.locator("input[type=password]").all():
                field.fill("longer than twelve")
            page.locator("main button").first.click()
            assert page.locator("form[action='/leave']").count() == 1, f"{whom} is not signed in"
        found[role] = context.cookies()
        context.close()
    return found


@pytest.fixture
def look(browser, cookies, address):
    """A page of a role as a browser of some width, scheme or language shows it."""
    opened = []

    def new(role, *, language=None, **how):
        context = browser.new_context(bypass_csp=True, **how)
        context.add_cookies(cookies[role])
        if language:
            context.add_cookies([{"name": "language", "value": language, "url": address}])
        opened.append(context)
        return context.new_page()

    yield new
    for context in opened:
        context.close()


def addresses(role, parts):
    """Addresses of every page that a role reads, from the one list of pages."""
    from diffuscope.register.screens.pages import PAGES

    found = []
    for page in PAGES:
        if "GET" not in page.methods or (page.who and role not in page.who):
            continue
        if page.view in ("public.file", "public.style", "study.report", "publishing.draft"):
            continue  # files, and reports, which have tests of their own
        own = {**parts, **({"wave": "2025", "number": "1"} if page.path.startswith("editions") else {})}
        own |= {"code": parts["practice"]} if page.path.startswith("practices") else {}
        own |= {"number": parts["support"]} if page.path.startswith("support") else {}
        own |= {"member": "bangkok"} if role == "city" or page.path.startswith("peers") else {}
        own |= {"wave": "2025"} if page.path.endswith("publish") else {}
        address = re.sub(r"<\w+:(\w+)>", lambda part, own=own: own.get(part[1], part[1]), page.path)
        found.append(f"/{address}{WITH.get(page.view, '')}")
    if role in ("city", "representative", "secretariat"):
        member = "bangkok" if role == "city" else "THA"
        found += [f"/waves/2026/{member}/project?key=bkk-smart-city", f"/waves/2026/{member}/project?key=new"]
    return [*found, "/practices?q=nothing+of+the+kind", "/no-such-page"]


def _left(page, path, width):
    """What is wrong with a page at a width: faults that axe finds, sideways scroll, text that is cut off."""
    found = []
    wide = page.evaluate("document.documentElement.scrollWidth")
    found += [f"{path}: {wide} px wide at {width}"] if wide > width else []
    cut = page.evaluate(
        """() => [...document.querySelectorAll('main *, header *, footer *')].filter(one => {
            const how = getComputedStyle(one);
            return how.overflowX === 'hidden' && how.position !== 'absolute'
                && one.scrollWidth > one.clientWidth + 1;
        }).map(one => one.outerHTML.slice(0, 90))"""
    )
    return found + [f"{path}: cut off at {width}: {one}" for one in cut]


@pytest.mark.parametrize("role", list(WHO))
def test_axe_finds_nothing_on_any_page_and_every_page_fits(look, filled, address, role):
    found = []
    for width, scheme in ((390, "dark"), (1280, "light")):
        page = look(role, viewport={"width": width, "height": 800}, color_scheme=scheme)
        heard = []
        page.on("console", lambda message, heard=heard: heard.append(message.text))
        page.on("pageerror", lambda error, heard=heard: heard.append(str(error)))
        for path in addresses(role, filled[1]):
            answer = page.goto(address + path)
            assert answer.status == (404 if path == "/no-such-page" or "x" * 32 in path else 200), path
            found += _left(page, path, width)
            found += [
                f"{path} ({width}): {one['id']}: {node['html'][:120]}"
                for one in Axe().run(page).response["violations"]
                for node in one["nodes"]
            ]
        found += [text for text in heard if "404" not in text]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", ["id", "th", "vi"])
def test_pages_of_a_focal_point_fit_in_each_language_at_twice_the_size(look, filled, address, language):
    """200 % zoom of a window of 1,280 px is a viewport of 640, and 400 % one of 320 (WCAG 1.4.10)."""
    found = []
    for width in (640, 320):
        page = look("city", language=language, viewport={"width": width, "height": 500})
        for path in addresses("city", filled[1]):
            page.goto(address + path)
            found += _left(page, path, width)
        found += [
            f"{path} ({language}): {one['id']}: {node['html'][:120]}"
            for one in Axe().run(page).response["violations"]
            for node in one["nodes"]
        ]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("role", list(WHO))
def test_the_menu_is_short_and_a_keyboard_opens_every_page_of_it_without_scripts(look, filled, address, role):
    """At 390 px and at 200 % zoom; the languages of focal points are those with the longest words."""
    from diffuscope.register.language import LANGUAGES

    for width in (390, 640):
        for language in LANGUAGES if role in ("city", "representative") else ("en",):
            how = {"viewport": {"width": width, "height": 700}, "java_script_enabled": False}
            page = look(role, language=language, **how)
            page.goto(f"{address}/practices")
            top = page.locator("header.top").bounding_box()
            assert top["height"] <= 150, f"{language} at {width}: the menu takes {top['height']} px"
            wanted = {one.get_attribute("href") for one in page.locator("header nav a").all()}
            found = _reached(page, page.locator("header nav summary").count() + len(wanted) + 4, width)
            assert found == wanted, f"{language} at {width}"


def _reached(page, presses, width):
    """Addresses of the menu that Tab reaches, each group opened by Enter as it is met."""
    found = set()
    for _ in range(presses):
        page.keyboard.press("Tab")
        at = page.locator("header nav :focus")
        if not at.count():
            continue
        box = at.bounding_box()
        assert 0 <= box["x"] <= width - box["width"], at.inner_text()
        if at.evaluate("one => one.tagName") == "SUMMARY":
            page.keyboard.press("Enter")
        else:
            found.add(at.get_attribute("href"))
    return found


def test_nothing_is_said_by_a_background_alone_where_colours_are_forced(look, filled, address):
    """Forced colours take backgrounds away: whatever is drawn with one has a border as well."""
    found = []
    page = look("city", viewport={"width": 1280, "height": 800}, forced_colors="active")
    for path in addresses("city", filled[1]):
        page.goto(address + path)
        found += page.evaluate(
            """path => [...document.querySelectorAll(
                '.state, .said, .wrong, button:not(.plain), .button, input, select, textarea')]
                .filter(one => one.type !== 'hidden' && one.type !== 'checkbox' && one.offsetParent)
                .filter(one => {
                    const how = getComputedStyle(one);
                    const sides = ['Top', 'Right', 'Bottom', 'Left'];
                    return sides.every(side => parseFloat(how['border' + side + 'Width']) === 0);
                }).map(one => path + ': ' + one.outerHTML.slice(0, 90))""",
            path,
        )
        here = page.locator(".top nav a[aria-current]")
        if here.count():
            shown = here.first.evaluate("one => getComputedStyle(one).outlineStyle")
            assert shown != "none", path
    assert found == [], "\n".join(found)


def test_focus_is_seen_and_a_keyboard_reaches_everything_in_order(look, filled, address):
    page = look("city", viewport={"width": 1280, "height": 800}, java_script_enabled=True)
    for path in addresses("city", filled[1]):
        page.goto(address + path)
        page.keyboard.press("Tab")
        first = page.evaluate(
            "document.activeElement.className + ' ' + document.activeElement.getAttribute('href')"
        )
        assert first == "skip #main", path
        box = page.evaluate("document.activeElement.getBoundingClientRect().left")
        assert box >= 0, f"{path}: the skip link stays out of sight"
        seen, unseen = set(), []
        count = page.evaluate(
            """() => [...document.querySelectorAll(
                'a[href], button, input:not([type=hidden]), select, textarea, summary')]
                .filter(one => one.checkVisibility({visibilityProperty: true})).length"""
        )
        for _ in range(count + 60):
            which = page.evaluate(
                """() => { const one = document.activeElement; if (one === document.body) return '';
                    if (!one.dataset.at) one.dataset.at = String(Math.random());
                    const how = getComputedStyle(one);
                    const seen = how.outlineStyle !== 'none' && parseFloat(how.outlineWidth) >= 2;
                    return one.dataset.at + '|' + seen + '|' + one.outerHTML.slice(0, 80); }"""
            )
            if which:
                at, visible, html = which.split("|", 2)
                if at in seen:
                    break
                seen.add(at)
                unseen += [] if visible == "true" else [html]
            page.keyboard.press("Tab")
        assert unseen == [], path
        assert len(seen) >= count, f"{path}: a keyboard reaches {len(seen)} of {count}"


def test_an_officer_says_what_headings_mean_by_keyboard_alone(look, filled, address):
    page = look("secretariat", java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page.goto(f"{address}/waves/2026/headings?file={WAITING}")
    keys = Keyboard(page)
    keys.write("sender", "Malaysia")
    keys.write("column-2", "Remarks")
    assert page.locator("#column-2").input_value() == "note"
    keys.press("Keep it, and look")
    assert "cannot both mean “Remarks”" in page.get_by_role("alert").inner_text()
    assert page.locator("#sender").input_value() == "MYS", "what was chosen comes back"
    assert page.locator("#column-2").input_value() == "note"
    keys.write("column-2", "Project title")
    keys.write("word-0", "siap")
    keys.write("means-0", "completed")
    keys.press("Keep it, and look")
    assert "/take-in" in page.url, page.locator("main").inner_text()
    keys.reach("Look at them first")


def test_an_officer_settles_a_question_and_ticks_that_a_project_is_left_out_by_keyboard(
    look, filled, address
):
    page = look("secretariat", java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page.goto(f"{address}/queries")
    missing = page.get_by_role("row").filter(has_text="now it is not").get_by_role("link").first
    name, keys = missing.inner_text(), Keyboard(page)
    keys.press(name)
    keys.write("answer", "by telephone")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_label("leave it out").is_checked()
    keys.press("Settle the question")
    assert f"{name} is settled" in page.get_by_role("status").inner_text()


def test_a_focal_point_reports_from_sign_in_to_sent_by_keyboard_alone_in_thai(browser, filled, address):
    """Without scripts and without a pointer: link, form, a fault, the way to its field, and sent."""
    from diffuscope import register

    link = register.link_for(filled[0].folder, "city-bangkok", person="secretariat")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = context.new_page()

    keys = Keyboard(page)
    page.goto(address + link[link.index("/enter/") :])
    keys.press("เข้าใช้")
    assert "/waves/2026/bangkok" in page.url
    keys.press("Bang Sue Smart City")
    keys.write("percent_complete", "ครึ่ง")
    keys.enter()
    assert page.title().startswith("พบปัญหา")
    keys.press("ร้อยละที่แล้วเสร็จ")  # the summary above the form leads to the field
    assert page.url.endswith("#percent_complete")
    page.goto(page.url.partition("#")[0])  # back to the form as it is in the register
    keys.write("percent_complete", "50")
    keys.enter()
    assert "รายงานแล้ว: Bang Sue Smart City" in page.get_by_role("status").inner_text()
    context.close()
