"""What once told one city of another, or let it change another's rows; each of these was a fault."""

from __future__ import annotations

import re

import pytest
from network_people import CHAIR, OFFICER

from diffuscope import register
from diffuscope.errors import PlanError
from diffuscope.register.needs import Wanted

pytest.importorskip("django_otp")


def row(city="bangkok", wave="2025"):
    from diffuscope.register.models import Observation

    rows = Observation.objects.filter(city__code=city, wave__code=wave, status="ongoing")
    return rows.select_related("project").order_by("pk").first()


def typed(city="Bangkok", **cells):
    return {"do": "report", "key": "", "unit": city, "title": "x", "status": "กำลังดำเนินการ", **cells}


def test_a_message_at_a_field_quotes_no_title_of_another_city(site, client):
    own, theirs = client("city-bangkok"), row("phuket")
    near = theirs.title[:-1] + "z"
    answer = own.post("/waves/2026/bangkok/project", typed("Phuket", title=near))
    assert answer.status_code == 422
    assert theirs.title not in answer.content.decode()
    ours = row()
    answer = own.post("/waves/2026/bangkok/project", typed(title=ours.title[:-1] + "z"))
    assert ours.title in answer.content.decode(), "of the own city it is asked"


def test_a_row_continues_projects_of_its_own_city_alone(site, client):
    from diffuscope.register.models import Succession

    own = client("city-bangkok")
    links = Succession.objects.count()
    for key in (row("phuket").project.code, row("da-nang").project.code, "nobody-knows"):
        answer = own.post("/waves/2026/bangkok/project", typed(key="new", continues=key))
        assert answer.status_code == 422
        assert f"no project with the key `{key}`" in answer.content.decode().replace("&#x27;", "'")
    assert Succession.objects.count() == links
    continues = row().project.code
    assert own.post("/waves/2026/bangkok/project", typed(key="new", continues=continues)).status_code == 302
    assert Succession.objects.count() == links + 1
    card = f"/projects/{continues}"
    assert "p-000001" in own.get(card).content.decode()
    for other in ("rep-VNM", "bank"):
        assert "p-000001" not in client(other).get(card).content.decode(), "the wave is open"


def test_errors_do_not_tell_whether_there_is_a_row_of_that_number(site, client):
    folder = site.folder
    register.request_exchange(folder, "bangkok", "da-nang", kind="visit", about="x", person="city-bangkok")
    code = register.write_practice(
        folder, "bangkok", {"title": "x", "description": "x"}, person="city-bangkok"
    )
    register.add_need(folder, "bangkok", Wanted("", "money", "x"), person="city-bangkok")
    register.invite(folder, "fund", role="partner", member=_partner(1), person=OFFICER)
    offer = register.add_offer(folder, _partner(1), Wanted("", "loan", "x"), person="fund")
    other = client("rep-IDN")

    def said(own, address, **form):
        answer = own.post(address, form)
        text = re.sub(r'value="\w{64}"', "", answer.content.decode())
        return answer.status_code, text.replace("99", "1")

    for state in ("agreed", "held"):
        assert said(other, "/exchanges", number="1", state=state) == said(
            other, "/exchanges", number="99", state=state
        )
    bank = client("bank")
    there = said(bank, "/needs", do="outcome", offer=str(offer), outcome="x")
    assert there == said(bank, "/needs", do="outcome", offer="99", outcome="x")
    assert said(bank, "/needs", do="match", offer=str(offer), need="1") == said(
        bank, "/needs", do="match", offer="99", need="1"
    )
    with pytest.raises(PlanError, match="has no practice"):
        register.take_up(folder, code, "jakarta", since="2024", person="rep-IDN")
    with pytest.raises(PlanError, match="has no practice"):
        register.release_practice(folder, code, person="rep-IDN")


def _partner(at):
    from diffuscope.register.models import Organisation

    return Organisation.objects.order_by("pk")[at].code


def test_after_publication_others_see_what_was_published_and_not_what_was_sent_before(site, client):
    from diffuscope.register.models import Observation

    one, gone = row(), row("phuket")
    folder, code = site.folder, one.project.code
    before, after = "Sent at first", "Sent in the end"
    for title in (before, after):
        register.correct(folder, "2025", code, {"title": title}, why="put right", person=OFFICER)
    register.correct(folder, "2025", gone.project.code, {}, why="ended", person=OFFICER, withdraw=True)
    outside, own = client("rep-VNM"), client("city-bangkok")
    lines = register.history(folder, code, person="rep-VNM")
    assert {before, after} & {line.new for line in lines} == set(), "both wait for an edition"
    assert register.change_list(folder, "2025", person="rep-VNM") == []
    assert gone.title in outside.get(f"/projects/{gone.project.code}").content.decode()
    register.publish_wave(folder, "2025", person=OFFICER)
    register.publish_wave(folder, "2025", person=CHAIR)
    text = outside.get(f"/projects/{code}").content.decode()
    assert after in text
    assert before not in text
    assert before in own.get(f"/projects/{code}").content.decode()
    assert "0 projects" in outside.get(f"/projects?q={before.replace(' ', '+')}").content.decode()
    published = Observation.objects.filter(project=gone.project, wave__code="2025")
    assert published.count() == 2
    text = outside.get(f"/projects/{gone.project.code}").content.decode()
    assert '<th scope="row">2025</th>' not in text, "what was withdrawn is not published"
    people = {line.person for line in register.history(folder, code, person="rep-VNM")}
    people |= {line.person for line in register.change_list(folder, "2025", person="rep-VNM")}
    assert people == {""}, "names of persons are for those who see the returns"
    assert OFFICER in {line.person for line in register.history(folder, code, person="city-bangkok")}


def test_characters_that_no_workbook_can_hold_are_refused_at_every_form(site, client):
    from diffuscope.register.models import Change
    from diffuscope.register.screens.pages import PAGES

    own, changes = client(OFFICER), Change.objects.count()
    for page in PAGES:
        if "POST" in page.methods and page.view != "entering.leave":
            address = "/" + re.sub(r"<\w+:(\w+)>", lambda part: {"number": "1"}.get(part[1], "x"), page.path)
            for wrong in ("a\x00b", "a\x01b", "\uffff"):
                answer = own.post(address, {"why": wrong})
                assert answer.status_code == 400, address
                assert "`why` holds a control character" in answer.content.decode()
    assert own.get("/projects", {"q": "\x00"}).status_code == 400
    assert Change.objects.count() == changes


def test_numbers_that_are_none_name_no_row(site, client):
    own = client(OFFICER)
    for odd in ("²", "٣", "9" * 40, "-1", "1e3", ""):
        assert own.post("/exchanges", {"number": odd, "state": "agreed"}).status_code == 400
        assert own.post("/needs", {"do": "match", "offer": odd, "need": odd}).status_code == 400
        assert own.post("/people", {"do": "end", "role": odd}).status_code == 400


def test_an_offer_names_the_need_it_went_to_for_those_who_see_that_need(site, client):
    folder = site.folder
    need = register.add_need(folder, "bangkok", Wanted("", "money", "pumps"), person="city-bangkok")
    offer = register.add_offer(folder, _partner(0), Wanted("", "loan", "water"), person="bank")
    register.opt_in(folder, "bangkok", person="city-bangkok")
    register.match_offer(folder, offer, need, person="bank")
    for who, told in (("city-bangkok", True), ("bank", True), ("rep-VNM", False), (CHAIR, True)):
        text = client(who).get("/needs").content.decode()
        assert (f"need {need}, Bangkok" in text) == told, who
        assert "water" in text


def test_an_officer_writes_and_releases_a_practice_for_a_city_that_never_signs_in(site, client):
    own = client(OFFICER)
    page = own.post("/practices/write", {"member": "phuket", "title": "Alarms", "description": "x"}).url
    assert own.get(page).status_code == 200
    assert client(CHAIR).get(page).status_code == 404
    assert own.post(f"{page}/step", {"do": "release"}).status_code == 302


def test_a_role_that_has_ended_shows_nothing(site, client):
    from datetime import date

    from diffuscope.register.database import writing
    from diffuscope.register.models import Role
    from diffuscope.register.write import act_of, change

    cells = {"name": "Hours under water", "actual": "4"}
    register.set_indicator(site.folder, "2026", "bangkok", "hours", cells, person="city-bangkok")
    register.invite(site.folder, "rep-VNM", role="city", member="bangkok", person=OFFICER)
    own = client("rep-VNM")
    assert "Hours under water" in own.get("/waves/2026/indicators").content.decode()
    with writing():
        role = Role.objects.get(person__code="rep-VNM", kind="city")
        change(act_of(OFFICER), role, {"last_day": date(2020, 1, 1), "first_day": date(2019, 1, 1)})
    assert "Hours under water" not in client("rep-VNM").get("/waves/2026/indicators").content.decode()


def test_amounts_and_days_that_no_database_keeps_are_asked_about(site, client):
    from diffuscope.register.models import Wave

    own = client("city-bangkok")
    form = typed(key="new", budget="9" * 18, currency="USD")
    answer = own.post("/waves/2026/bangkok/project", form)
    assert answer.status_code == 422
    assert "digits too many" in answer.content.decode()
    officer = client(OFFICER)
    for odd in ("x" * 300, "0000", "2026-13", "1e309"):
        form = {"wave": "2031", "due": "2031-01-01", "reference": odd}
        assert officer.post("/waves", form).status_code == 400
        assert officer.post("/waves", {"wave": "2031", "due": odd}).status_code == 400
    assert not Wave.objects.filter(code="2031").exists()


def test_questions_are_seen_alike_by_command_and_page_and_never_published(site, client):
    from diffuscope.register.database import writing
    from diffuscope.register.lookup import member_named, wave_named
    from diffuscope.register.models import Query
    from diffuscope.register.write import act_of, add

    for wave in ("2025", "2026"):
        asked = Query(
            wave=wave_named(wave), member=member_named("THA"), project=row().project, rule="test",
            asks=f"Why in {wave}?", row={"title": "x"},
        )  # fmt: skip
        with writing():
            add(act_of(OFFICER), [asked])
    for who, told in (("city-bangkok", 2), ("rep-THA", 2), (CHAIR, 2), ("rep-VNM", 0)):
        assert len(register.queries(site.folder, person=who)) == told, who
        text = client(who).get("/queries").content.decode()
        assert sum(f"Why in {wave}?" in text for wave in ("2025", "2026")) == told, who


def test_what_an_exchange_was_about_is_public_where_it_names_an_area_or_a_practice(site):
    from diffuscope.register.export import case_files
    from diffuscope.register.models import Area, Wave

    area = Area.objects.first().area
    for about in ("our quarrel with the mayor", area):
        number = register.request_exchange(
            site.folder, "bangkok", "da-nang", kind="visit", about=about, person="city-bangkok"
        )
        register.move_exchange(site.folder, number, "agreed", person="rep-VNM")
        register.move_exchange(site.folder, number, "held", person="rep-VNM", day="2025-03-01")
    wave = Wave.objects.get(code="2025")
    public = case_files(wave, public=True)["exchanges.csv"].decode()
    assert "quarrel" not in public
    assert public.count("2025-03-01") == 2
    assert public.count(area) == 1
    assert "quarrel" in case_files(wave)["exchanges.csv"].decode()
