"""Screens: who may ask for what, forms with checks at the field, drafts, second factor, hostile text."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap

import pytest
from network_people import CHAIR, OFFICER

from diffuscope import register
from diffuscope.register.database import writing
from diffuscope.register.screens.pages import PAGES, PEOPLE

pytest.importorskip("django_otp")

WAVE = "2026"
WHO = {
    None: (), "secretariat": (OFFICER,), "chair": (CHAIR,), "representative": ("rep-THA",),
    "city": ("city-bangkok",), "partner": ("bank",),
}  # fmt: skip
UNKNOWN = {
    *((role, "publishing.draft") for role in WHO), ("secretariat", "board.step"),
    *(("city", f"reporting.{view}") for view in ("form_file",)),
    ("partner", "projects.project"), ("partner", "support.row"), ("secretariat", "headings.headings"),
    ("city", "learning.peers"), *((role, "study.report") for role in WHO),
}  # fmt: skip
"""There is no draft, no step without a name, no workbook of a city, no unpublished row for a partner."""
HOSTILE = "<script>alert(1)</script>\"'{{ 7|add:7 }}"


def _samples(site):
    """What stands in the place of each part of an address."""
    from diffuscope.register.models import Observation, Query, Return

    row = Observation.objects.filter(city__code="bangkok").select_related("project").last()
    with writing():
        from diffuscope.register.lookup import member_named, wave_named
        from diffuscope.register.write import act_of, add

        asked = Query(
            wave=wave_named(WAVE), member=member_named("THA"), project=row.project, rule="test", asks="Why?",
            sent=Return.objects.last(), row={"title": row.title, "unit": "Bangkok"},
        )  # fmt: skip
        add(act_of(OFFICER), [asked])
    practice = register.write_practice(
        site.folder, "bangkok", {"title": "Alarms", "description": "By message"}, person=OFFICER
    )
    register.release_practice(site.folder, practice, person="city-bangkok")
    register.review_practice(site.folder, practice, person=OFFICER)
    return {
        "practice": practice, "wave": WAVE, "member": "THA", "number": str(asked.pk),
        "name": "report.html", "secret": "x" * 32, "code": row.project.code,
    }  # fmt: skip


def _address(page, samples):
    filled = {**samples, **({"wave": "2025", "number": "1"} if page.path.startswith("editions") else {})}
    filled |= {"code": samples["practice"]} if page.path.startswith("practices") else {}
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: filled[found[1]], page.path)


def test_every_address_by_every_role_and_method(site, client):
    samples = _samples(site)
    clients = {role: client(*(codes or (None,))) for role, codes in WHO.items()}
    for page in PAGES:
        address = _address(page, samples)
        for role, own in clients.items():
            for method in ("get", "post", "put", "delete", "patch"):
                if page.view == "entering.leave" and method == "post":
                    continue  # it ends the session of the others
                answer = getattr(own, method)(address)
                what = (role, method, address, answer.status_code)
                if method.upper() not in page.methods:
                    assert answer.status_code == 405, what
                elif page.who and role is None:
                    assert answer.status_code == 302, what
                    assert answer.url.startswith("/enter"), what
                elif page.who and role not in page.who:
                    assert answer.status_code == 404, what
                else:
                    assert answer.status_code in (200, 302, 400, 403, 404, 422), what
                    assert answer.status_code != 404 or (role, page.view) in UNKNOWN or "x" * 32 in address, (
                        what
                    )


def test_a_page_without_roles_shows_nothing_but_what_is_published():
    views = {page.view for page in PAGES if not page.who}
    assert {one for one in views if one.partition(".")[0] not in ("public", "entering", "atlas")} == {
        "learning.practices", "learning.practice",
    }  # fmt: skip
    assert all(
        page.methods == ("GET",) for page in PAGES if not page.who and not page.path.startswith("enter")
    )
    assert all(set(page.who) <= set(PEOPLE) for page in PAGES)


def test_nobody_sees_or_writes_what_belongs_to_another_member(site, client):
    from diffuscope.register.models import Change, Observation

    other = (
        Observation.objects.filter(city__code="phuket", wave__code="2025").select_related("project").first()
    )
    bangkok, vietnam = client("city-bangkok"), client("rep-VNM")
    changes = Change.objects.count()
    for own in (bangkok, vietnam):
        for address in ("/waves/2026/phuket", f"/waves/2026/phuket/project?key={other.project.code}"):
            assert own.get(address).status_code == 404
        form = {
            "do": "report",
            "key": other.project.code,
            "title": "x",
            "unit": "Phuket",
            "status": "ongoing",
        }
        assert own.post("/waves/2026/phuket/project", form).status_code == 404
    form["unit"] = "Phuket; Bangkok"
    answer = bangkok.post("/waves/2026/bangkok/project", {**form, "key": "new"})
    assert answer.status_code == 422
    assert "return of Bangkok" in answer.content.decode()
    assert bangkok.post("/waves/2026/bangkok/project", form).status_code == 404
    assert vietnam.post("/waves/2026/THA/review", {"do": "clear"}).status_code == 404
    assert Change.objects.count() == changes


def _row(city="bangkok"):
    from diffuscope.register.models import Observation

    rows = Observation.objects.filter(city__code=city, wave__code="2025", status="ongoing")
    return rows.select_related("project").order_by("pk").first()


def _filled(own, address, **cells):
    """The form as a browser sends it back: what it showed, with some fields changed."""
    text = own.get(address).content.decode()
    form = dict(re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', text))
    form |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', text))
    for name, body in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        form[name] = chosen[1] if chosen else ""
    form.pop("csrfmiddlewaretoken", None)
    import html

    return {**{name: html.unescape(value) for name, value in form.items()}, "do": "report", **cells}


def test_a_focal_point_reports_with_checks_at_the_field(site, client):
    from diffuscope.register.language import language
    from diffuscope.register.models import Change, ExpectedReturn, Observation

    own, row, words = client("city-bangkok"), _row(), language("th").status
    address = f"/waves/2026/bangkok/project?key={row.project.code}"
    form = _filled(own, address, percent_complete="forty", status=words["planning"])
    answer = own.post("/waves/2026/bangkok/project", form)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="percent_complete-problem-1"' in text
    assert "forty" in text
    assert not Observation.objects.filter(project=row.project, wave__code=WAVE).exists()
    form["percent_complete"] = "40"
    text = own.post("/waves/2026/bangkok/project", form).content.decode()
    assert 'id="status-problem-1"' in text
    assert "say why" in text, "an odd jump asks for a reason"
    form["note"] = "the council postponed it " * 400
    answer = own.post("/waves/2026/bangkok/project", form)
    assert 'id="note-problem-1"' in answer.content.decode(), "a long text is refused, and not cut"
    assert form["note"].strip() in answer.content.decode()
    form["note"] = "the council postponed it"
    assert own.post("/waves/2026/bangkok/project", form).status_code == 302
    new = Observation.objects.get(project=row.project, wave__code=WAVE)
    assert (new.status, new.percent_complete, new.sent.channel) == ("planning", 40.0, "form")
    change = Change.objects.get(entity="Observation", row=new.pk)
    assert (change.person.code, change.channel) == ("city-bangkok", "form")
    assert ExpectedReturn.objects.get(wave__code=WAVE, member__code="THA").state == "received"


def test_projects_are_reported_as_unchanged_all_together_or_none(site, client):
    from diffuscope.register.models import Observation

    own, row, other = client("city-bangkok"), _row(), _row("phuket")
    keys = [row.project.code]
    both = own.post("/waves/2026/bangkok/unchanged", {"key": [*keys, other.project.code]})
    assert both.status_code == 400
    assert not Observation.objects.filter(wave__code=WAVE).exists()
    assert own.post("/waves/2026/bangkok/unchanged", {"key": keys}).status_code == 302
    new = Observation.objects.get(wave__code=WAVE)
    assert (new.project_id, new.status, new.title) == (row.project_id, row.status, row.title)
    assert own.post("/waves/2026/bangkok/unchanged", {"key": keys}).status_code == 400, "once"


def test_a_return_that_did_not_come_is_not_zero_projects(site, client):
    own = client(OFFICER)
    form = {"step": "nil", "member": "VNM", "why": "letter"}
    assert own.post("/waves/2026/step", form).status_code == 302
    text = own.get("/waves/2026").content.decode()
    shown = dict(
        re.findall(r'row"><a href="/waves/2026/(\w+)">.*?data-label="Projects">(.*?)</td>', text, re.DOTALL)
    )
    assert "not known" in shown["THA"]
    assert shown["VNM"].strip() == "0", "nothing to report is a count"


def test_a_draft_comes_back_to_whoever_wrote_it_and_to_nobody_else(site, client):
    own, row = client("city-bangkok"), _row()
    address = f"/waves/2026/bangkok/project?key={row.project.code}"
    form = _filled(own, address, do="draft", note="half a sentence")
    assert own.post("/waves/2026/bangkok/project", form).status_code == 302
    assert "half a sentence" in own.get(address).content.decode()
    for code in (OFFICER, "rep-THA", CHAIR):
        other = client(code)
        for page in (address, "/waves/2026/bangkok", f"/projects/{row.project.code}"):
            assert "half a sentence" not in other.get(page).content.decode()
    assert own.post("/waves/2026/bangkok/project", {**form, "do": "report"}).status_code == 302
    assert "Your drafts" not in own.get("/waves/2026/bangkok").content.decode()


def test_what_the_register_changed_meanwhile_is_asked(site, client):
    own, officer, row = client("city-bangkok"), client(OFFICER), _row()
    address = f"/waves/2026/bangkok/project?key={row.project.code}"
    assert own.post("/waves/2026/bangkok/project", _filled(own, address)).status_code == 302
    form = _filled(own, address, title="Our title")
    theirs = _filled(officer, f"/waves/2026/THA/project?key={row.project.code}", title="Their title")
    assert officer.post("/waves/2026/THA/project", theirs).status_code == 302
    text = own.post("/waves/2026/bangkok/project", form).content.decode()
    assert 'id="title-problem-1"' in text
    assert "Their title" in text
    assert "Our title" in text


def test_values_of_a_conflict_are_shown_as_people_write_them(site, client):
    own, row = client("city-bangkok"), _row()
    address = f"/waves/2026/bangkok/project?key={row.project.code}"
    first = _filled(own, address, percent_complete="12.5")
    assert own.post("/waves/2026/bangkok/project", first).status_code == 302
    text = own.post("/waves/2026/bangkok/project", {**first, "percent_complete": "50"}).content.decode()
    assert "from “empty” to “12.5” after this was filled in, and you wrote “50”" in text


def test_a_representative_clears_or_sends_back_with_comments(site, client):
    from diffuscope.register.models import ExpectedReturn, Query

    own, officer, row = client("rep-THA"), client(OFFICER), _row()
    city = client("city-bangkok")
    address = f"/waves/2026/bangkok/project?key={row.project.code}"
    city.post("/waves/2026/bangkok/project", _filled(city, address))
    sent = own.post("/waves/2026/THA/review", {"do": "back", f"comment-{row.project.code}": "Which year?"})
    assert sent.status_code == 302
    query = Query.objects.get(rule="sent-back")
    assert "Which year?" in city.get("/queries").content.decode()
    answer = _filled(city, f"/queries/{query.pk}", note="2027")
    assert city.post(f"/queries/{query.pk}", answer).status_code == 302
    query.refresh_from_db()
    assert query.state == "settled"
    assert officer.post("/waves/2026/step", {"step": "accept", "member": "THA"}).status_code == 302
    typed = own.post("/waves/2026/THA/review", {"do": "clear", "comment-bkk-smart-city": "Since when?"})
    assert typed.status_code == 400, "a comment is not thrown away"
    assert "Since when?" in typed.content.decode()
    assert own.post("/waves/2026/THA/review", {"do": "clear"}).status_code == 302
    assert ExpectedReturn.objects.get(wave__code=WAVE, member__code="THA").state == "cleared"


def test_hostile_text_is_text_everywhere(site, client):
    own, officer, row = client("city-bangkok"), client(OFFICER), _row()
    address = f"/waves/2026/bangkok/project?key={row.project.code}"
    hostile = dict.fromkeys(("title", "note"), HOSTILE)
    own.post("/waves/2026/bangkok/project", _filled(own, address, **hostile))
    pages = ("/waves/2026/THA", f"/projects/{row.project.code}", "/projects?q=script", address, "/queries")
    for page in (*pages, "/projects?q=" + HOSTILE, "/enter?next=" + HOSTILE):
        text = officer.get(page).content.decode()
        assert "<script" not in text, page
        assert "14" not in re.findall(r"alert\(1\)[^<]{0,60}", text), page
    assert "&lt;script&gt;" in officer.get(f"/projects/{row.project.code}").content.decode()


def test_headers_of_every_page(site, client):
    from diffuscope.register.screens.middleware import POLICY

    answer = client(OFFICER).get("/waves/2026")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "'none'" in POLICY
    assert "script" not in POLICY
    assert "unsafe" not in POLICY
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    for page in ("/editions/2025/1/report.docx", "/editions/2025/1/edition.zip"):
        assert client(None).get(page).headers["Content-Disposition"].startswith("attachment")
    report = client(None).get("/editions/2025/1/report.html")
    assert "sandbox" in report.headers["Content-Security-Policy"]


def test_forms_of_other_sites_are_refused(site, client):
    own = client(OFFICER, enforce_csrf_checks=True)
    answer = own.post("/waves/2026/step", {"step": "close"})
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


def test_after_signing_in_nobody_is_sent_elsewhere(site, client):
    from django.contrib.auth.models import User

    User.objects.create_user("city-bangkok", password="correct horse battery")
    for asked in ("https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"):
        form = {"name": "city-bangkok", "password": "correct horse battery", "next": asked}
        answer = client(None).post("/enter", form)
        assert (answer.status_code, answer.url) == (302, "/waves"), asked
    form["next"] = "/projects"
    assert client(None).post("/enter", form).url == "/projects"
    wrong = client(None).post("/enter", {**form, "password": "wrong"})
    assert 'value="city-bangkok"' in wrong.content.decode(), "the name that was typed stands there"


@pytest.mark.parametrize("kind", ["city", "representative", "secretariat", "chair", "partner"])
def test_everybody_begins_on_a_page_that_they_may_read(kind):
    from types import SimpleNamespace

    from diffuscope.register.screens.entering import home_of
    from diffuscope.register.screens.pages import PAGES

    begins = home_of(SimpleNamespace(kinds={kind}))
    assert kind in next(page.who for page in PAGES if f"/{page.path}" == begins)


def test_guessing_a_password_is_slowed_down(site, client):
    from django.contrib.auth.models import User

    User.objects.create_user("city-bangkok", password="correct horse battery")
    own = client(None)
    codes = [
        own.post("/enter", {"name": "city-bangkok", "password": f"guess {at}"}).status_code
        for at in range(11)
    ]
    assert codes[:9] == [403] * 9
    assert codes[-1] == 429
    right = {"name": "city-bangkok", "password": "correct horse battery"}
    assert own.post("/enter", right).status_code == 429, "nor does the right one help for a while"


def test_an_officer_enters_with_a_second_factor_until_the_server_takes_it_away(site, client):
    from django_otp.oath import TOTP
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from diffuscope.register.models import Person
    from diffuscope.register.write import act_of, change

    with writing():
        change(act_of(OFFICER), Person.objects.get(code="siti"), {"invented": False})
    link = register.invite(site.folder, "siti", role="secretariat", person=OFFICER).link
    own = client(None)
    short = own.post(link, {"password": "short", "again": "short"})
    assert "at least 12" in short.content.decode()
    word = "a long enough sentence"
    assert own.post(link, {"password": word, "again": word}).status_code == 302
    assert client(None).post(link, {"password": word, "again": word}).status_code == 404, "it works once"
    assert own.get("/waves").url == "/enter/code"
    own.get("/enter/code")
    device = TOTPDevice.objects.get(user__username="siti")

    def code(step=0):
        totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
        totp.time = __import__("time").time() + step * device.step
        return f"{totp.token():06}"

    assert own.post("/enter/code", {"code": "000000"}).status_code == 403
    device.throttle_reset()
    kept = re.findall(r"<code>(\w+)</code>", own.post("/enter/code", {"code": code()}).content.decode())
    assert len(kept) == 8
    assert own.get("/people").status_code == 200
    later = client(None)
    later.post("/enter", {"name": "siti", "password": word})
    assert later.get("/people").url == "/enter/code"
    assert later.post("/enter/code", {"code": kept[0]}).status_code == 302
    assert later.get("/people").status_code == 200
    again = client(None)
    again.post("/enter", {"name": "siti", "password": word})
    assert again.post("/enter/code", {"code": kept[0]}).status_code == 403, "each recovery code works once"
    link = register.invite(site.folder, "siti", role="secretariat", person=OFFICER).link
    lost = client(None)
    lost.post(link, {"password": word + "!", "again": word + "!"})
    assert "Add this key to an authenticator app" not in lost.get("/enter/code").content.decode()
    link = register.link_for(site.folder, "siti", person=OFFICER, forget_factor=True)[len(site.address) :]
    lost.post(link, {"password": word, "again": word})
    assert "Add this key to an authenticator app" in lost.get("/enter/code").content.decode()


def test_uploads_are_previewed_and_taken_in(site, client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from diffuscope.register.models import Observation

    own = client(OFFICER)
    made = client("rep-THA").post("/waves/2026/THA/form")
    data = b"".join(made.streaming_content)
    upload = SimpleUploadedFile("../../Thailand 2026.xlsx", data)
    page = own.post("/waves/2026/take-in", {"files": [upload]})
    text = page.content.decode()
    assert "unchanged" in text
    assert "From Thailand." in text
    assert not Observation.objects.filter(wave__code=WAVE).exists()
    name = re.search(r'name="file" value="([^"]+)"', text)[1]
    assert ".." not in name
    assert name.endswith("Thailand-2026.xlsx")
    assert own.post("/waves/2026/take-in", {"do": "take", "file": [name]}).status_code == 302
    assert Observation.objects.filter(wave__code=WAVE, city__state__code="THA").exists()
    assert own.post("/waves/2026/take-in", {"do": "take", "file": ["../register.toml"]}).status_code == 400
    macro = SimpleUploadedFile("x.xlsm", data)
    assert "no .xlsx workbook" in own.post("/waves/2026/take-in", {"files": [macro]}).content.decode()


def test_pages_ask_the_database_a_bounded_number_of_times(site, client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    row = _row()
    pages = {
        "/": 8, "/waves": 8, "/waves/2026": 14, "/waves/2026/THA": 30, "/queries": 10, "/projects": 12,
        f"/projects/{row.project.code}": 24, "/desk": 20, "/people": 14, "/waves/2025/publish": 16,
        "/practices": 12, "/exchanges": 12, "/needs": 16, "/waves/2026/indicators": 16,
    }  # fmt: skip
    own, asked = client(OFFICER), {}
    for page in pages:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert own.get(page).status_code == 200
        asked[page] = len(seen)
    assert {page: count for page, count in asked.items() if count > pages[page]} == {}


def test_settings_beyond_this_machine_pass_the_check_for_deployment(founded, tmp_path):
    program = textwrap.dedent("""
        import shutil, sys
        from pathlib import Path
        from diffuscope.register.database import opened
        folder = Path(shutil.copytree(sys.argv[1], sys.argv[2]))
        settings = folder / "register.toml"
        settings.write_text(settings.read_text() + 'host = "register.example.org"\\n')
        with opened(folder):
            from django.core.management import call_command
            call_command("check", deploy=True, fail_level="WARNING")
    """)
    clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(founded), str(tmp_path / "copy")],
        check=False, capture_output=True, text=True, env=clean,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
