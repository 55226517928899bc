"""Learning between cities on screens: practices, exchanges, peers, needs, indicators; who sees what."""

from __future__ import annotations

import re
import sys

import pytest
from network_people import CHAIR, OFFICER

from diffuscope import register
from diffuscope.register.search import search_key

pytest.importorskip("django_otp")
TEXT = {
    "title": "Cảnh báo lũ bằng tin nhắn", "description": "ส่งข้อความเตือนน้ำท่วมถึงบ้าน",
    "results": "ការព្រមាន 3 ម៉ោង",
    "conditions": "ຕ້ອງມີເຄືອຂ່າຍ", "contact": "ရေးရာဌာန", "cost": "below 100,000 USD",
    "documents": "", "area": "",
}  # fmt: skip


def test_a_practice_is_written_released_reviewed_and_taken_up(site, client):
    city, state, officer, other, public = (
        client(code) for code in ("city-bangkok", "rep-THA", OFFICER, "rep-VNM", None)
    )
    answer = city.post("/practices/write", {"member": "bangkok", **TEXT})
    page = answer.url
    assert page.startswith("/practices/practice-")
    assert city.get(page).status_code == 200
    assert [own.get(page).status_code for own in (state, officer, other, public)] == [404] * 4
    assert other.post(f"{page}/step", {"do": "release"}).status_code == 404
    assert city.post(f"{page}/step", {"do": "release"}).status_code == 302
    assert [own.get(page).status_code for own in (state, officer, other, public)] == [200, 200, 404, 404]
    assert city.post(f"{page}/step", {"do": "review"}).status_code == 400, "the secretariat reviews"
    officer.post(f"{page}/step", {"do": "review", "comment": "Since when?"})
    assert "Since when?" in city.get(page).content.decode()
    city.post(f"{page}/step", {"do": "write", **TEXT, "cost": "since 2023: 90,000 USD"})
    officer.post(f"{page}/step", {"do": "review"})
    assert public.get(page).status_code == 200
    assert "since 2023" in public.get(page).content.decode()
    took = {"do": "take-up", "member": "da-nang", "since": "2024-05", "learned_from": "bangkok"}
    assert other.post(f"{page}/step", took).status_code == 302
    assert other.post(f"{page}/step", took).status_code == 400, "once"
    text = public.get(page).content.decode()
    assert "Da Nang" in text
    assert "May 2024" in text
    assert other.post(f"{page}/step", {**took, "member": "hanoi", "since": "2999"}).status_code == 400


@pytest.mark.parametrize("words", ["lũ", "lu tin nhan", "น้ำท่วม", "ព្រមាន", "ເຄືອຂ່າຍ", "ဌာန", "100,000"])
def test_words_of_every_script_are_found(site, client, words):
    city = client("city-bangkok")
    city.post("/practices/write", {"member": "bangkok", **TEXT})
    assert TEXT["title"] in city.get("/practices", {"q": words}).content.decode()
    assert TEXT["title"] not in city.get("/practices", {"q": words + "ฉ"}).content.decode()


def test_latin_letters_are_found_without_their_marks_and_others_keep_them():
    assert search_key("Đà Nẵng, Thừa Thiên Huế") == search_key("da nang, thua thien hue")
    assert search_key("น้ำ") != search_key("นำ")
    assert search_key("Smart  City") == search_key("smart city")


def test_an_exchange_goes_from_request_to_follow_up_and_is_a_tie(site, client):
    asking, asked, third = client("rep-VNM"), client("city-bangkok"), client("rep-IDN")
    form = {
        "do": "request",
        "asking": "da-nang",
        "asked": "bangkok",
        "kind": "visit",
        "about": "flood alarms",
    }
    assert asking.post("/exchanges", form).status_code == 302
    from diffuscope.register.models import Exchange

    number = Exchange.objects.get().pk

    def move(own, state, day=""):
        return own.post("/exchanges", {"number": number, "state": state, "day": day}).status_code

    assert move(asking, "agreed") == 400, "the city that was asked agrees"
    assert move(third, "agreed") == 400
    assert move(asked, "held", "2025-03-01") == 400, "it is not agreed yet"
    assert move(asked, "agreed") == 302
    assert move(asking, "held", "2999-01-01") == 400
    assert move(asking, "held", "2025-03-01") == 302
    assert move(asked, "followed up") == 302
    assert "flood alarms" not in third.get("/exchanges").content.decode()
    assert "followed up" in asking.get("/exchanges").content.decode()
    from diffuscope.register.learning import learning_tables
    from diffuscope.register.models import Member

    (row,) = learning_tables(dict(Member.objects.values_list("pk", "code")), None)["exchanges"]
    assert (row["asking"], row["asked"], row["state"], row["held"]) == (
        "da-nang", "bangkok", "followed up", "2025-03-01",
    )  # fmt: skip
    assert row["requested"] is None, "it was asked for before it was entered; when is not known"


def test_peers_come_with_their_reason_and_lead_to_a_request(site, client):
    text = client("city-bangkok").get("/peers/bangkok").content.decode()
    assert "/exchanges?asking=bangkok&amp;asked=" in text
    assert client("city-bangkok").get("/peers/phuket").status_code == 404


def test_a_list_of_several_cities_begins_empty_so_that_nobody_writes_for_the_first(site, client):
    officer, found = client(OFFICER), {}
    for page in ("/exchanges", "/waves/2026/indicators"):
        text = officer.get(page).content.decode()
        for name, options in re.findall(
            r'<select id="[^"]*" name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL
        ):
            values = re.findall(r'<option value="([^"]*)"', options)
            if name in ("member", "asking", "asked") and " selected" not in options:
                found[page, name] = (len(values) > 2, values[0])
    assert len(found) == 3
    assert set(found.values()) == {(True, "")}


def test_partners_see_needs_of_cities_that_opted_in_and_match_their_own_offers(site, client):
    from diffuscope.register.models import Need, Offer

    city, bank, officer = client("city-bangkok"), client("bank"), client(OFFICER)
    need = {"do": "need", "member": "bangkok", "kind": "money", "about": "pumps", "amount": "250000.50",
            "currency": "USD", "area": ""}  # fmt: skip
    assert city.post("/needs", need).status_code == 302
    assert city.post("/needs", {**need, "amount": "nan"}).status_code == 400
    assert city.post("/needs", {**need, "member": "phuket"}).status_code == 400
    assert "pumps" not in bank.get("/needs").content.decode()
    city.post("/needs", {"do": "opt-in", "member": "bangkok"})
    assert "250,000.50 USD" in bank.get("/needs").content.decode()
    from diffuscope.register.models import Organisation

    own = Organisation.objects.get(roles__person__code="bank").code
    offer = {"do": "offer", "organisation": own, "kind": "loan", "about": "water", "area": ""}
    assert bank.post("/needs", offer).status_code == 302
    other = Organisation.objects.exclude(code=own).first().code
    assert bank.post("/needs", {**offer, "organisation": other}).status_code == 400
    pair = {"do": "match", "offer": Offer.objects.get().pk, "need": Need.objects.get().pk}
    assert bank.post("/needs", pair).status_code == 302
    done = {"do": "outcome", "offer": pair["offer"], "outcome": "signed in May", "met": "yes"}
    assert client("rep-VNM").post("/needs", done).status_code == 400
    assert city.post("/needs", done).status_code == 302
    assert Need.objects.get().state == "met"
    assert "signed in May" in officer.get("/needs").content.decode()


def test_indicators_of_an_open_wave_are_seen_by_their_own(site, client):
    city, other, officer = client("city-bangkok"), client("rep-VNM"), client(OFFICER)
    cells = {"member": "bangkok", "indicator": "flood-hours", "name": "Hours under water", "baseline": "40",
             "target": "10", "actual": "22", "unit_of_measure": "hours"}  # fmt: skip
    assert city.post("/waves/2026/indicators", cells).status_code == 302
    assert city.post("/waves/2026/indicators", {**cells, "actual": "many"}).status_code == 400
    assert city.post("/waves/2026/indicators", {**cells, "member": "phuket"}).status_code == 400
    assert other.post("/waves/2026/indicators", cells).status_code == 400
    assert "Hours under water" in officer.get("/waves/2026/indicators").content.decode()
    assert "Hours under water" in city.get("/waves/2026/indicators").content.decode()
    assert "Hours under water" not in other.get("/waves/2026/indicators").content.decode()
    assert "Hours under water" in client(CHAIR).get("/waves/2026/indicators").content.decode()


def test_why_practices_spread_is_asked_on_released_rows_alone_and_answered_by_a_worker(
    site, client, monkeypatch
):
    from diffuscope.case import read_case
    from diffuscope.register import studies

    officer, city = client(OFFICER), client("city-bangkok")
    for title in ("Released", "Kept to oneself"):
        city.post("/practices/write", {"member": "bangkok", "title": title, "description": "x"})
    city.post("/practices/practice-0001/step", {"do": "release"})
    waits = read_case(studies.study_case(site.folder / "waits"))
    assert waits.table("practices").is_empty(), "what nobody reviewed is shown to other cities in no report"
    officer.post("/practices/practice-0001/step", {"do": "review"})
    case = read_case(studies.study_case(site.folder / "case"))
    assert not case.errors
    assert case.table("practices")["title"].to_list() == ["Released"]
    asked = next(one for one in case.analyses if one.id == "practices")
    assert "practice-0001" in asked.policies
    own = case.table("adoptions").filter(policy="practice-0001")
    assert own["unit"].to_list() == ["bangkok"], "the city that has it was first"
    assert city.post("/studies").status_code == 400
    assert officer.post("/studies").status_code == 302
    assert officer.post("/studies").status_code == 400, "one at a time"
    with monkeypatch.context() as stopping:  # the service is stopped while the study runs
        stopping.setattr(studies.subprocess, "run", lambda *_, **__: sys.exit(0))
        with pytest.raises(SystemExit):
            register.work(site.folder, once=True)
    assert "waiting" in officer.get("/studies").content.decode(), "the next worker takes it up at once"
    # the worker runs the command in a process of its own; here one that ends at once stands for a fault of it
    monkeypatch.setattr(studies.sys, "executable", "false")
    assert register.work(site.folder, once=True) == 1
    assert "failed" in officer.get("/studies").content.decode()
    assert officer.get("/studies/1").status_code == 404


def test_what_came_of_an_exchange_is_written_when_it_is_followed_up(site, client):
    from diffuscope.register.models import Exchange

    asking, asked = client("rep-VNM"), client("city-bangkok")
    page = asking.get("/exchanges?asking=da-nang&asked=bangkok&about=Flood+alarms").content.decode()
    assert '<option value="bangkok" selected>' in page
    assert 'value="Flood alarms"' in page
    form = {
        "do": "request",
        "asking": "da-nang",
        "asked": "bangkok",
        "kind": "twinning",
        "about": "Flood alarms",
    }
    asking.post("/exchanges", form)
    one = Exchange.objects.get()
    asked.post("/exchanges", {"number": one.pk, "state": "agreed"})
    asking.post("/exchanges", {"number": one.pk, "state": "held", "day": "2025-03"})
    asked.post(
        "/exchanges", {"number": one.pk, "state": "followed up", "note": "We bought the same sensors."}
    )
    text = asking.get("/exchanges").content.decode()
    for said in ("twinning", "followed up", "held March 2025", "We bought the same sensors."):
        assert said in text, said


def test_meetings_are_kept_by_the_secretariat_and_members_say_that_they_were_there(site, client):
    from diffuscope.register.models import Attendance, Event

    officer, city, state, partner = (client(code) for code in (OFFICER, "city-bangkok", "rep-VNM", "bank"))
    meeting = {"do": "meeting", "name": "Peer day", "kind": "workshop", "start": "2026-03-02",
               "end": "2026-03-03", "place": "Hue", "host": "VNM"}  # fmt: skip
    assert city.post("/meetings", meeting).status_code == 400
    for wrong in (
        {"end": "2026-03-01"},
        {"start": "2999"},
        {"start": "soon"},
        {"name": ""},
        {"host": "nowhere"},
    ):
        assert officer.post("/meetings", {**meeting, **wrong}).status_code == 400, wrong
    before = Event.objects.count()
    assert officer.post("/meetings", meeting).status_code == 302
    assert Event.objects.count() == before + 1
    code = Event.objects.get(name="Peer day").event
    text = city.get("/meetings").content.decode()
    assert "2 March 2026" in text
    assert "hosted by Viet Nam" in text
    here = {"do": "attended", "meeting": code}
    assert city.post("/meetings", {**here, "member": ["phuket"]}).status_code == 400, "of another city"
    assert city.post("/meetings", {**here, "member": []}).status_code == 400
    assert (
        city.post("/meetings", {"do": "attended", "meeting": "none", "member": ["bangkok"]}).status_code
        == 400
    )
    assert city.post("/meetings", {**here, "member": ["bangkok"]}).status_code == 302
    assert state.post("/meetings", {**here, "member": ["hanoi", "da-nang"]}).status_code == 302
    assert state.post("/meetings", {**here, "member": ["hanoi"]}).status_code == 302, "known already"
    there = Attendance.objects.filter(event=code).values_list("unit", flat=True)
    assert sorted(there) == ["bangkok", "da-nang", "ha-noi"]
    assert "Attended: 3" in officer.get("/meetings").content.decode()
    assert partner.get("/meetings").status_code == 404
    from diffuscope.case import read_case
    from diffuscope.register.studies import study_case

    case = read_case(study_case(site.folder / "with-meeting"))
    assert not case.errors
    assert sorted(case.table("attendance").filter(event=code)["unit"]) == sorted(there), "meetings are ties"


def test_a_need_shows_who_met_it_and_can_be_taken_back_by_its_city_alone(site, client):
    from diffuscope.register.models import Need, Offer, Organisation

    city, other, bank = client("city-bangkok"), client("rep-VNM"), client("bank")
    for about in ("pumps", "advice"):
        city.post("/needs", {"do": "need", "member": "bangkok", "kind": "money", "about": about, "area": ""})
    first, second = Need.objects.order_by("pk").values_list("pk", flat=True)
    city.post("/needs", {"do": "opt-in", "member": "bangkok"})
    own = Organisation.objects.get(roles__person__code="bank")
    bank.post("/needs", {"do": "offer", "organisation": own.code, "kind": "loan", "about": "w", "area": ""})
    bank.post("/needs", {"do": "match", "offer": Offer.objects.get().pk, "need": first})
    bank.post("/needs", {"do": "outcome", "offer": Offer.objects.get().pk, "outcome": "signed in May"})
    row = city.get("/needs").content.decode().partition("pumps")[2].partition("</tr>")[0]
    assert own.name in row
    assert "signed in May" in row
    for someone in (other, bank):
        assert someone.post("/needs", {"do": "withdraw", "need": second}).status_code == 400
    assert city.post("/needs", {"do": "withdraw", "need": second}).status_code == 302
    assert city.post("/needs", {"do": "withdraw", "need": second}).status_code == 400, "once"
    assert Need.objects.get(pk=second).state == "withdrawn"


def test_an_indicator_is_put_right_in_a_form_that_shows_it(site, client):
    city = client("city-bangkok")
    cells = {"member": "bangkok", "indicator": "flood-hours", "name": "Hours under water", "baseline": "40",
             "target": "10.25", "actual": "", "unit_of_measure": "hours"}  # fmt: skip
    city.post("/waves/2026/indicators", cells)
    text = city.get("/waves/2026/indicators?indicator=flood-hours&member=bangkok").content.decode()
    for said in (
        'value="Hours under water"',
        'value="40"',
        'value="10.25"',
        'name="actual" inputmode="decimal" value=""',
    ):
        assert said in text, said
    assert city.post("/waves/2026/indicators", {**cells, "actual": "22"}).status_code == 302
    assert ">22<" in city.get("/waves/2026/indicators").content.decode()


def test_a_refused_text_is_shown_again_so_that_nobody_writes_it_twice(site, client):
    text = "A long story of how the sensors came to the gates, which took an hour to write."
    answer = client("city-bangkok").post(
        "/practices/write", {"member": "bangkok", "title": "", "description": text, "password": text[::-1]}
    )
    assert answer.status_code == 400
    assert text in answer.content.decode()
    assert text[::-1] not in answer.content.decode()


def _table(answer):
    """The rows of a page, without the token of its forms."""
    return answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]


def test_nothing_is_computed_on_what_a_city_has_not_released(site, client):
    """Drafts, an open wave, unreleased practices and needs are in no case of a study, and make no peers."""
    from diffuscope.register.models import Observation
    from diffuscope.register.studies import study_case

    city, officer = client("city-bangkok"), client(OFFICER)
    row = (
        Observation.objects.filter(city__code="bangkok", wave__code="2025").select_related("project").first()
    )
    hidden = [f"hidden{number}" for number in range(8)]
    sent = {"key": "new", "unit": "Bangkok", "status": "ongoing"}
    city.post("/waves/2026/bangkok/project", {**sent, "do": "draft", "title": hidden[0]})
    city.post(
        "/waves/2026/bangkok/project", {**sent, "do": "report", "title": hidden[1], "description": hidden[2]}
    )
    city.post("/practices/write", {"member": "bangkok", "title": hidden[3], "description": hidden[4]})
    need = {"do": "need", "member": "bangkok", "kind": hidden[5], "about": hidden[6], "area": ""}
    city.post("/needs", need)
    cells = {"member": "bangkok", "indicator": "i", "name": hidden[7], "baseline": "1"}
    city.post("/waves/2026/indicators", cells)
    form = {
        "key": row.project.code,
        "unit": "Bangkok",
        "title": row.title,
        "status": "completed",
        "do": "report",
    }
    city.post("/waves/2026/bangkok/project", {**form, "filled": row.pk, "note": "done"})
    assert Observation.objects.filter(title=hidden[1]).exists()
    made = study_case(site.folder / "study")
    for file in made.rglob("*"):
        text = file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""
        assert not [one for one in hidden if one in text], file
    page = officer.get("/peers/bangkok").content.decode()
    assert not [one for one in hidden if one in page]
    before = _table(officer.get("/peers/phuket"))
    assert city.post("/practices/practice-0001/step", {"do": "release"}).status_code == 302
    assert _table(officer.get("/peers/phuket")) == before, "peers are those of the published edition"
    officer.post("/practices/practice-0001/step", {"do": "review"})
    files = list(study_case(site.folder / "again").rglob("*"))
    assert any(hidden[3] in file.read_text() for file in files if file.suffix == ".csv")
