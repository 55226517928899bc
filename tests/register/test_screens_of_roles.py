"""What each role finds beyond reporting: waves compared, support, errata, decisions, maps, lost phones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from network_people import CHAIR, OFFICER

from diffuscope import register
from diffuscope.errors import PlanError
from diffuscope.register.database import writing
from diffuscope.register.language import language
from diffuscope.register.write import act_of, add, change

pytest.importorskip("django_otp")
WAVE = "2026"


def shown(answer):
    """The words of a page, and nothing of its marks."""
    import html

    assert answer.status_code in (200, 422), answer.status_code
    main = answer.content.decode().partition("<main")[2].partition(">")[2]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


def row_of(answer, text):
    """The cells of the first row of a table that holds a text."""
    import html

    rows = re.findall(r"<tr>(.*?)</tr>", answer.content.decode(), re.DOTALL)
    row = next(one for one in rows if text in html.unescape(one))
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
    return [re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", cell))).strip() for cell in cells]


def ongoing(city="bangkok"):
    from diffuscope.register.models import Observation

    rows = Observation.objects.filter(city__code=city, wave__code="2025", status="ongoing")
    return rows.select_related("project").order_by("pk").first()


def report(own, city, code, **cells):
    """A project reported in the form, with some cells changed."""
    from diffuscope.register.models import Observation

    last = Observation.objects.filter(project__code=code, city__code=city).last()
    words = language("th")
    form = {"do": "report", "key": code, "filled": last.pk, "title": last.title, "unit": last.city.name,
            "area": last.area, "sub_area": last.sub_area, "status": words.status[last.status],
            "note": last.note}  # fmt: skip
    answer = own.post(f"/waves/{WAVE}/{city}/project", {**form, **cells})
    assert answer.status_code == 302, shown(answer)


def test_two_waves_stand_beside_each_other_with_what_changed_in_words(site, client):
    own, words, row = client("city-bangkok", language=None), language("th"), ongoing()
    page = f"/waves/{WAVE}/bangkok/compare"
    assert row_of(own.get(page), row.title)[3] == words.screen["not_yet"], "silence is no status"
    report(own, "bangkok", row.project.code, percent_complete="0", status=words.status["completed"])
    cells = row_of(own.get(page), row.title)
    assert cells[2:4] == [words.status["ongoing"], f"{words.status['completed']}, 0 %"]
    first = words.screen["stated_first"].format(what=words.heading["percent_complete"], new="0 %", old="")
    moved = words.screen["changed_from_to"].format(
        what=words.heading["status"], old=words.status["ongoing"], new=words.status["completed"]
    )
    assert cells[4] == f"{moved} {first}"
    assert client("rep-THA").get(f"/waves/{WAVE}/THA/compare").status_code == 200
    assert own.get(f"/waves/{WAVE}/THA/compare").url == page, "a focal point comes from its state"
    for other in ("rep-VNM", "city-bangkok"):
        assert client(other).get(f"/waves/{WAVE}/phuket/compare").status_code == 404
        assert client(other).get("/waves/2025/phuket/compare?with=2024").status_code == 200, "published"
    assert own.get(f"{page}?with=1999").status_code == 404


def test_a_city_that_has_nothing_to_report_is_told_apart_from_one_that_is_silent(site, client):
    officer = client(OFFICER)
    officer.post(f"/waves/{WAVE}/step", {"step": "nil", "member": "VNM", "why": "letter"})
    title = ongoing("ha-noi").title
    assert row_of(officer.get(f"/waves/{WAVE}/VNM/compare"), title)[3] == "Nothing to report"
    assert row_of(officer.get(f"/waves/{WAVE}/THA/compare"), ongoing().title)[3] == "not reported yet"
    assert "Nothing to report" in row_of(officer.get(f"/waves/{WAVE}/VNM"), title)[3]


def test_a_partner_writes_what_it_gives_and_a_city_sees_what_names_it(site, client):
    from diffuscope.register.models import Change, Support

    bank, city, other, officer = (client(code) for code in ("bank", "city-bangkok", "rep-VNM", OFFICER))
    organisation = register_partner()
    cells = {"organisation": organisation, "recipient": "bangkok", "kind": "finance", "name": "Loan",
             "amount": "-2500.50", "currency": "usd", "stage": "paid", "start": "2025-03"}  # fmt: skip
    wrong = bank.post("/support", {**cells, "start": "soon"})
    assert wrong.status_code == 422
    assert "“soon”" in shown(wrong)
    assert 'value="Loan"' in wrong.content.decode(), "what was typed is still there"
    assert "ISO 4217" in shown(bank.post("/support", {**cells, "currency": "dollars"}))
    assert "It takes 8000 letters" in shown(bank.post("/support", {**cells, "note": "x" * 8_001})), (
        "nothing is cut"
    )
    foreign = bank.post("/support", {**cells, "project": f"{ongoing().project.code}x"})
    assert "There is no project" in shown(foreign)
    assert "Did you mean" not in shown(foreign), "nothing is said of projects that may not be seen"
    assert bank.post("/support", cells).status_code == 302
    row = Support.objects.get(name="Loan")
    assert (row.amount_minor, row.currency, row.stage) == (-250050, "USD", "paid")
    assert row_of(city.get("/support"), "Loan")[3] == "-2,500.50 USD"
    assert "Loan" not in shown(other.get("/support"))
    assert row_of(officer.get("/support"), "Loan")[0] == "Bangkok"
    assert [one.get(f"/support/{row.pk}").status_code for one in (city, other)] == [404, 404]
    unnamed = {**cells, "amount": "", "currency": "", "stage": ""}
    assert "needs a reason" in shown(bank.post(f"/support/{row.pk}", unnamed))
    assert bank.post(f"/support/{row.pk}", {**unnamed, "why": "not signed"}).status_code == 302
    assert row_of(bank.get("/support"), "Loan")[3:5] == ["not stated", "not stated"]
    assert Change.objects.filter(entity="Support", row=row.pk, why="not signed").exists()
    taken = Support.objects.exclude(partner=organisation).first()
    assert bank.post(f"/support/{taken.pk}", {**cells, "why": "x"}).status_code == 404
    assert bank.post("/support", {**cells, "organisation": taken.partner}).status_code == 422


def register_partner():
    from diffuscope.register.models import Organisation

    return Organisation.objects.get(roles__person__code="bank").code


def test_an_erratum_is_entered_where_editions_are_and_told_to_everybody_once_confirmed(site, client):
    from diffuscope.register.models import Erratum

    officer, chair, public, row = client(OFFICER), client(CHAIR), client(None), ongoing()
    page = "/waves/2025/publish"
    assert "No erratum was entered" in shown(officer.get(page))
    found = officer.get(f"{page}?q={row.title.split()[0]}")
    assert f'value="{row.project.code}"' in found.content.decode()
    assert "Find the project" not in shown(chair.get(page)), "the secretariat corrects"
    form = {"do": "erratum", "project": row.project.code, "what": "percent_complete", "q": "x",
            "why": "letter of 3 October"}  # fmt: skip
    wrong = officer.post(page, {**form, "value": "much"})
    assert "is not a number" in shown(wrong)
    assert officer.post(page, {**form, "value": "0"}).status_code == 302
    assert row_of(officer.get(page), row.project.code)[3:6] == ["% complete", "not known", "0"]
    compare = "/waves/2025/bangkok/compare?with=2024"
    assert "0 %" not in shown(client("rep-VNM").get(compare)), "nobody else sees it before it is published"
    assert "0 %" in shown(client("rep-THA").get(compare))
    for code, version in (("rep-VNM", 1), ("rep-THA", 2), (OFFICER, 2)):
        assert versions_listed(row.project, code) == [(row.wave_id, version)] * 2, code
    first = proposed_beside_the_first()
    assert "Edition 2 of the wave 2025 is proposed" in shown(chair.get("/waves"))
    assert "It takes up 1 erratum" in shown(chair.get(page))
    with writing():
        change(act_of(CHAIR), Erratum.objects.get(), {"edition": first})
    edition = public.get("/editions/2025/1")
    told = ["Bangkok", "% complete", "not known", "0", "letter of 3 October"]
    assert row_of(edition, row.title)[1:] == told
    assert OFFICER not in shown(edition)


def versions_listed(project, code):
    """Which row of a project somebody finds in the list of all, and by its key."""
    from diffuscope.register.models import Observation, Person
    from diffuscope.register.search import ProjectsFound

    person = Person.objects.get(code=code)
    lists = (ProjectsFound(Observation.objects.all(), person, asked) for asked in ("", project.code))
    rows = [one for own in lists for one in own[: len(own)]]
    return [(one.wave_id, one.version) for one in rows if one.project_id == project.pk]


def proposed_beside_the_first():
    """Another edition of the wave 2025, proposed without its files; gives the published one."""
    from diffuscope.register.models import Edition

    first = Edition.objects.get(wave__code="2025", state="published")
    with writing():
        act = act_of(OFFICER)
        more = {"last_change": first.last_change, "fingerprint": first.fingerprint, "file": first.file}
        add(act, [Edition(wave=first.wave, number=2, state="proposed", proposed_by=act.person, **more)])
    return first


def test_projects_are_ticked_on_the_desk_and_a_decision_is_not_proposed_again(site, client):
    officer = client(OFFICER)
    page = officer.get("/desk?city=bangkok")
    keys = re.findall(r'name="earlier" value="([^"]+)"', page.content.decode())
    assert len(keys) >= 2
    form = {"city": "bangkok", "kind": "rename", "earlier": keys[0], "later": keys[1], "why": "letter"}
    wrong = officer.post("/desk", {**form, "kind": "merge"})
    assert "merge takes several earlier" in shown(wrong)
    assert f'name="earlier" value="{keys[0]}" checked' in wrong.content.decode()
    assert officer.post("/desk", form).status_code == 302
    decided = row_of(officer.get("/desk"), keys[1])
    assert decided[:3] == [keys[1], "renamed", keys[0]]
    assert decided[4].startswith(OFFICER)
    assert officer.post("/desk", form).status_code == 422, "once"


def test_who_lost_the_password_gets_a_link_and_nobody_else_stays_in(site, client):
    from django.contrib.auth.models import User
    from django_otp.plugins.otp_totp.models import TOTPDevice

    officer, siti = client(OFFICER), User.objects.create_user("siti", password="a long enough sentence")
    TOTPDevice.objects.create(user=siti, name="second factor", confirmed=True)
    own = client(None)
    own.post("/enter", {"name": "siti", "password": "a long enough sentence"})
    assert own.get("/waves").status_code == 200
    answer = officer.post("/people", {"do": "lost", "whom": "siti"})
    link = re.search(r"<code>http://[^/]+(/enter/[^<]+)</code>", answer.content.decode())[1]
    assert own.get("/waves").status_code == 302, "the open session has ended"
    assert TOTPDevice.objects.filter(user=siti).exists(), "a link alone lets no officer in as somebody else"
    again = client(None).post("/enter", {"name": "siti", "password": "a long enough sentence"})
    assert again.status_code == 403
    assert client(None).get(link).status_code == 200
    assert officer.post("/people", {"do": "lost", "whom": OFFICER}).status_code == 400, "nobody one's own"
    assert client("rep-THA").post("/people", {"do": "lost", "whom": "siti"}).status_code == 404


def test_an_edition_has_a_map_and_a_list_in_which_silence_is_not_zero(site, client):
    public = client(None)
    page = public.get("/editions/2025/1/map")
    told = dict(cells[::2] for cells in cities_of(page))
    assert told["Denpasar"] == "not known: no return"
    assert sum(int(says) for says in told.values() if says.isdigit()) == 134, "as the report counts them"
    text = page.content.decode()
    assert text.count('class="unknown"') == sum(says.startswith("not known") for says in told.values())
    assert not re.search(r"""(src|href|xlink:href|action)=["']?(https?:)?//""", text), (
        "nothing from elsewhere"
    )
    every = public.get("/editions/2025/1/projects")
    assert "Projects in the returns that came: 134." in shown(every)
    found = public.get("/editions/2025/1/projects?q=ha+noi&status=Planning")
    assert set(re.findall(r'data-label="City">([^<]+)<', found.content.decode())) == {"Ha Noi"}
    assert "Projects found: 0" in shown(public.get("/editions/2025/1/projects?q=zzz"))
    silent = shown(public.get("/editions/2025/1/projects?city=denpasar"))
    assert "Projects: not known: no return" in silent
    assert [public.get(f"/editions/2025/2/{name}").status_code for name in ("map", "projects")] == [404, 404]


def cities_of(page):
    import html

    rows = re.findall(r"<tr>\s*(<th scope.*?)</tr>", page.content.decode(), re.DOTALL)
    for row in rows:
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        yield [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]


@pytest.mark.parametrize("asked", ["den duong", "Đèn", "đa nang đèn", "DEN", "den-duong"])
def test_projects_are_found_without_their_marks(site, client, asked):
    state = client("rep-VNM")
    form = {"do": "report", "key": "new", "title": "Đèn đường thông minh", "unit": "Da Nang",
            "area": "Safety & Security", "status": language("vi").status["ongoing"]}  # fmt: skip
    assert state.post(f"/waves/{WAVE}/VNM/project", form).status_code == 302
    assert form["title"] in shown(state.get("/projects", {"q": asked}))
    assert form["title"] not in shown(state.get("/projects", {"q": f"{asked} bangkok"}))
    assert form["title"] not in shown(client("rep-THA").get("/projects", {"q": asked})), "not published yet"


def test_projects_whose_status_is_not_known_are_reported_as_they_were(site, client):
    from diffuscope.register.models import Observation

    row = Observation.objects.filter(
        wave__code="2025", status="undetermined", city__state__code="THA"
    ).first()
    state = client("rep-THA")
    key = row.project.code
    assert state.post(f"/waves/{WAVE}/THA/unchanged", {"key": [key]}).status_code == 302
    new = Observation.objects.get(project=row.project, wave__code=WAVE)
    assert new.status == "undetermined"


def test_zero_stays_zero_where_a_row_is_asked_about_or_corrected(site, client):
    from diffuscope.register.models import Query

    own, state, row = client("city-bangkok"), client("rep-THA"), ongoing()
    code = row.project.code
    report(own, "bangkok", code, percent_complete="0")
    state.post(f"/waves/{WAVE}/THA/review", {"do": "back", f"comment-{code}": "Since when?"})
    query = Query.objects.get(rule="sent-back")
    assert 'name="percent_complete" value="0"' in own.get(f"/queries/{query.pk}").content.decode()
    [changed] = register.correct(
        site.folder, WAVE, code, {"percent_complete": "5"}, why="letter", person=OFFICER
    )
    assert (changed.old, changed.new) == ("0.0", "5.0")
    assert row_of(state.get(f"/projects/{code}"), "percent_complete")[5:7] == ["0", "5"]


def test_no_page_shows_an_empty_cell_or_zero_for_what_is_not_known():
    """Fields of which a register may know nothing are shown by the one filter that says so."""
    fields = ("percent_complete", "baseline", "target", "actual", "area", "status", "source", "projects")
    templates = Path(register.__file__).parent / "screens" / "templates"
    found = []
    for file in templates.glob("*.html"):
        text = file.read_text(encoding="utf-8")
        found += [f"{file.name}: {one}" for one in re.findall(r"default(?:_if_none)?:(?:\"0\"|0)", text)]
        found += [f"{file.name}: {one}" for one in re.findall(r"{{ [^}]*default_if_none:\"\"[^}]*}}", text)]
        cells = re.findall(r"<td[^>]*>\s*{{ (\w+\.\w+) }}", text)
        found += [f"{file.name}: {one}" for one in cells if one.partition(".")[2] in fields]
    assert found == []


def test_a_return_that_did_not_come_has_no_count_in_any_list(site):
    standing = {one.member: one for one in register.status(site.folder, WAVE, person=OFFICER)}
    assert (standing["THA"].projects, standing["THA"].fresh) == (None, None)
    register.mark_return(site.folder, WAVE, "VNM", "nil", person=OFFICER, why="letter")
    standing = {one.member: one for one in register.status(site.folder, WAVE, person=OFFICER)}
    assert (standing["VNM"].projects, standing["VNM"].fresh) == (0, 0)


def test_the_headings_of_a_workbook_are_said_on_a_page(site, client, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile
    from messy import own_workbook

    rows = [(1, "Ipoh", "Air Quality Monitoring System", "siap")]
    headings = ("Bil.", "Bandar", "Projek", "Peringkat")
    file = own_workbook(tmp_path / "Malaysia.xlsx", ["Malaysia 2026"], headings, rows)
    officer = client(OFFICER)
    upload = SimpleUploadedFile("Malaysia.xlsx", file.read_bytes())
    text = officer.post(f"/waves/{WAVE}/take-in", {"files": [upload]}).content.decode()
    assert "--column" not in text, "a page speaks of itself, not of a command"
    address = re.search(r'href="(/waves/2026/headings[^"]+)"', text)[1].replace("&amp;", "&")
    page = officer.get(address).content.decode()
    assert "first value below it: Ipoh" in page
    form = dict(re.findall(r'name="(heading-\d|file)" value="([^"]+)"', page))
    form |= {"sender": "MYS", "column-1": "unit", "word-0": "siap", "means-0": "completed"}
    assert "title" in shown(officer.post(f"/waves/{WAVE}/headings", form))
    twice = {**form, "column-2": "title", "column-3": "title"}
    assert "Two headings" in shown(officer.post(f"/waves/{WAVE}/headings", twice))
    kept = officer.post(f"/waves/{WAVE}/headings", {**form, "column-2": "title", "column-3": "status"})
    assert "completed" in shown(officer.get(kept.url))
    assert client("rep-MYS").get(address).status_code == 404


def test_support_of_somebody_else_cannot_be_taken_back(site):
    from diffuscope.register.models import Support
    from diffuscope.register.support import withdraw_support

    taken = Support.objects.exclude(partner=register_partner()).first()
    with pytest.raises(PlanError, match="secretariat"):
        withdraw_support(site.folder, taken.pk, why="x", person="bank")
    withdraw_support(site.folder, taken.pk, why="entered twice", person=OFFICER)
    assert Support.objects.get(pk=taken.pk).retired


def test_a_missing_project_is_left_out_or_stays_and_the_page_says_which(site, client, tmp_path):
    from messy import Form

    from diffuscope.register.models import Observation, Query

    city, officer, words = client("city-bangkok", language=None), client(OFFICER), language("th")
    [file] = [
        one for one in register.write_forms(site.folder, WAVE, person=OFFICER) if "thailand" in one.name
    ]
    form = Form(file, "th")
    gone = [row for row in form.rows if form.get(row, "unit") == "Bangkok"][:2]
    gone += [next(row for row in form.rows if form.get(row, "unit") == "Phuket")]
    titles = [str(form.get(row, "title")) for row in gone]
    for row in gone:
        form.put(row, **dict.fromkeys(form.places, ""))
    register.take_in(site.folder, [form.save(tmp_path / "thailand.xlsx")], person=OFFICER)
    asked = {one.row["title"]: one.pk for one in Query.objects.filter(rule="missing-row")}
    assert set(asked) == set(titles)
    page = city.get(f"/queries/{asked[titles[0]]}")
    assert words.report["leave_out"] in shown(page)
    fields = {"key": Query.objects.get(pk=asked[titles[0]]).project.code, "title": titles[0],
              "unit": "Bangkok", "report": words.report["leave_out"]}  # fmt: skip
    assert city.post(f"/queries/{asked[titles[0]]}", fields).status_code == 302
    settled = {"do": "settle", "answer": "by telephone"}
    officer.post(f"/queries/{asked[titles[1]]}", settled)
    told = shown(officer.get("/queries"))
    assert "stands in the wave as it was last reported" in told
    assert "--leave-out" not in told
    officer.post(f"/queries/{asked[titles[2]]}", {**settled, "leave_out": "yes"})
    assert not Query.objects.exclude(state="settled").exists()
    now = Observation.objects.filter(wave__code=WAVE, title__in=titles, withdrawn=False)
    assert [one.title for one in now] == [titles[1]]


def test_an_edition_whose_long_tables_stand_in_files_lists_the_same(begun, tmp_path, monkeypatch):
    import zipfile

    from diffuscope.register.screens.atlas import places_of
    from diffuscope.result import from_json, to_files

    [packed] = (begun / "editions").glob("2025-*.zip")
    with zipfile.ZipFile(packed) as kept:
        result = from_json(kept.read("result.json"))
    monkeypatch.setattr("diffuscope.result.MOST_ROWS", 3)
    with zipfile.ZipFile(tmp_path / "long.zip", "w") as long:
        for name, data in to_files(result).items():
            long.writestr(name, data)
    found, wanted = places_of(tmp_path / "long.zip", "2025"), places_of(packed, "2025")
    assert any(name.startswith("projects-") for name in long.namelist())
    assert len(found.projects) == len(wanted.projects) > 3
    assert found == wanted
