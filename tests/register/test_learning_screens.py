"""Learning between cities on screens: practices, exchanges, peers, needs, indicators; who sees what."""

from __future__ import annotations

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


def test_peers_come_with_their_reason_and_lead_to_a_request(site, client):
    text = client("city-bangkok").get("/peers/bangkok").content.decode()
    assert "/exchanges?asking=bangkok&amp;asked=" in text
    assert client("city-bangkok").get("/peers/phuket").status_code == 404


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
    # the worker runs the command in a process of its own; here one that ends at once stands for a fault of it
    monkeypatch.setattr(studies.sys, "executable", "false")
    assert register.work(site.folder, once=True) == 1
    assert "failed" in officer.get("/studies").content.decode()
    assert officer.get("/studies/1").status_code == 404
