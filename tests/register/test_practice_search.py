"""Search of practices in every script of the network, on both databases: what is found, and what is not."""

from __future__ import annotations

import pytest
from network_people import OFFICER

from diffuscope import register
from diffuscope.register.database import opened
from diffuscope.register.practices import practices_found

PRACTICES = {
    "vi": {"title": "Cảnh báo lũ sớm cho Đà Nẵng", "description": "Nhắn tin đến từng hộ khi nước dâng."},
    "th": {"title": "ระบบเตือนภัยน้ำท่วมชุมชน", "description": "ส่งข้อความถึงทุกครัวเรือนริมแม่น้ำเจ้าพระยา"},
    "km": {"title": "ប្រព័ន្ធព្រមានទឹកជំនន់", "description": "ផ្ញើសារទៅគ្រប់គ្រួសារនៅតាមដងទន្លេមេគង្គ"},
    "lo": {"title": "ລະບົບເຕືອນໄພນ້ຳຖ້ວມ", "description": "ສົ່ງຂໍ້ຄວາມຫາທຸກຄົວເຮືອນຢູ່ແຄມແມ່ນ້ຳຂອງ"},
    "my": {"title": "ရေကြီးမှုကြိုတင်သတိပေးစနစ်", "description": "ဧရာဝတီမြစ်ကမ်းရှိအိမ်ထောင်စုများသို့စာတိုပို့သည်"},
    "en": {"title": "Early flood warning", "description": "Messages to every household, below 100,000 USD."},
}  # fmt: skip
FOUND = {
    # Vietnamese, with all marks, with none, with Đ as D, in capitals, and a part of a word
    "lũ": {"vi"}, "canh bao": {"vi"}, "CẢNH BÁO LŨ": {"vi"}, "da nang": {"vi"},
    "Đà Nẵng": {"vi"}, "nuoc": {"vi"},
    # parts of texts that no space divides
    "น้ำท่วม": {"th"}, "เตือนภัย": {"th"}, "เจ้าพระยา": {"th"}, "น\u0e4d\u0e49าท่วม": {"th"},
    "ទឹកជំនន់": {"km"}, "មេគង្គ": {"km"}, "គ្រួសារ": {"km"},
    "ນ້ຳຖ້ວມ": {"lo"}, "ເຕືອນໄພ": {"lo"}, "ຄົວເຮືອນ": {"lo"}, "ນ\u0ec9\u0ecd\u0eb2ຖ້ວມ": {"lo"},
    "သတိပေး": {"my"}, "ဧရာဝတီ": {"my"}, "အိမ်ထောင်စု": {"my"},
    # several words must all occur, wherever; signs are what they are
    "flood household": {"en"}, "household flood": {"en"}, "100,000": {"en"}, "flood เตือนภัย": set(),
    # another vowel or tone is another word; a wildcard of the database is a sign
    "นำท่วม": set(), "ນຳຖ້ວມ": set(), "l%": set(), "_": set(PRACTICES), "": set(PRACTICES),
}  # fmt: skip
"""What is typed, and whose practices are found."""


@pytest.fixture
def with_practices(folder):
    codes = {}
    for language, says in PRACTICES.items():
        code = register.write_practice(folder, "bangkok", says, person=OFFICER)
        register.release_practice(folder, code, person="city-bangkok")
        register.review_practice(folder, code, person=OFFICER)
        codes[code] = language
    own = register.write_practice(folder, "bangkok", {"title": "lũ", "description": "x"}, person=OFFICER)
    assert own not in codes
    return folder, codes


def test_words_of_every_script_are_found_and_nothing_else(with_practices):
    folder, codes = with_practices
    wrong = {}
    with opened(folder):
        for asked, whose in FOUND.items():
            found = {codes[one.code] for one in practices_found(None, asked)}
            if found != whose:
                wrong[asked] = found
        assert wrong == {}
        assert [codes[one.code] for one in practices_found(None, "flood")] == ["en"]


def test_whoever_has_the_word_in_the_title_comes_first(on_sqlite):
    for title, text in (("A", "about rain"), ("Rain", "about A"), ("B", "rain")):
        code = register.write_practice(
            on_sqlite, "bangkok", {"title": title, "description": text}, person=OFFICER
        )
        register.release_practice(on_sqlite, code, person=OFFICER)
        register.review_practice(on_sqlite, code, person=OFFICER)
    with opened(on_sqlite):
        assert [one.title for one in practices_found(None, "rain")] == ["Rain", "B", "A"]


def test_the_page_says_what_was_searched_how_many_were_found_and_how_to_go_on(site, client):
    for text in ("Cảnh báo lũ", "Lũ quét"):
        code = register.write_practice(
            site.folder, "bangkok", {"title": text, "description": "x"}, person=OFFICER
        )
        register.release_practice(site.folder, code, person=OFFICER)
        register.review_practice(site.folder, code, person=OFFICER)
    public = client(None)
    text = public.get("/practices", {"q": "lu"}).content.decode()
    assert "Searched for “lu”: 2 found." in text
    assert "Try fewer or shorter words" not in text
    text = public.get("/practices", {"q": "<b>tsunami</b>"}).content.decode()
    assert "Searched for “&lt;b&gt;tsunami&lt;/b&gt;”: 0 found." in text
    assert "Try fewer or shorter words" in text
    assert "Practices: 2" in public.get("/practices").content.decode()
