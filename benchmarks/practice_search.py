"""Search among 10,000 practices in six languages, as the page asks: how many are found, and the first 30.

Prints milliseconds (median and slowest of 20) for words that are rare, common and nowhere. DATABASE_URL is
that of an empty database of PostgreSQL; without it SQLite is used. The locale of the database must be one of
UTF-8, such as C.UTF-8: in the locale C only Latin letters are letters, and words of other scripts are found
without the index.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path

from diffuscope import register
from diffuscope.register.database import opened, writing

PRACTICES, TIMES, SHOWN = 10_000, 20, 30
WORDS = {
    "vi": [
        "cảnh",
        "báo",
        "lũ",
        "quét",
        "thành",
        "phố",
        "nước",
        "sạch",
        "xe",
        "buýt",
        "giao",
        "thông",
        "năng",
        "lượng",
        "mặt",
        "trời",
        "chiếu",
        "sáng",
        "công",
        "cộng",
    ],
    "th": ["ระบบเตือนภัย", "น้ำท่วม", "ขนส่งมวลชน", "พลังงานแสงอาทิตย์", "ชุมชน", "แม่น้ำเจ้าพระยา", "ไฟถนน"],
    "km": ["ប្រព័ន្ធព្រមាន", "ទឹកជំនន់", "ថាមពល", "ទន្លេមេគង្គ", "គ្រួសារ", "ផ្លូវ"],
    "lo": ["ລະບົບເຕືອນໄພ", "ນ້ຳຖ້ວມ", "ພະລັງງານ", "ແມ່ນ້ຳຂອງ", "ຄົວເຮືອນ", "ຖະໜົນ"],
    "my": ["ရေကြီးမှု", "သတိပေးစနစ်", "စွမ်းအင်", "ဧရာဝတီမြစ်", "အိမ်ထောင်စု", "လမ်းမီး"],
    "en": [
        "early",
        "flood",
        "warning",
        "street",
        "lights",
        "buses",
        "solar",
        "energy",
        "open",
        "data",
        "waste",
        "water",
        "sensors",
        "households",
    ],
}
RARE = {
    "vi": "thủy triều",
    "th": "คลองแสนแสบ",
    "km": "ទន្លេសាប",
    "lo": "ນະຄອນຫຼວງ",
    "my": "အင်းလေး",
    "en": "tsunami",
}
ASKED = {
    "rare": [*RARE.values(), "thuy trieu"],
    "common": ["lu", "lũ", "น้ำท่วม", "ទឹកជំនន់", "ນ້ຳຖ້ວມ", "ရေကြီး", "flood warning"],
    "nowhere": ["xyzzy", "ฮฮฮฮ", "ဿဿဿ"],
}


def practices_of(member: object) -> list[object]:
    """Practices of about 1,500 letters, a fifth of each script's words common to all."""
    from diffuscope.register.learning import folded
    from diffuscope.register.models import Practice

    drawn, made = random.Random(20261130), []
    for at in range(PRACTICES):
        code = list(WORDS)[at % len(WORDS)]
        gap = " " if code in ("vi", "en") else ""
        says = {
            name: gap.join(drawn.choices(WORDS[code], k=count))
            for name, count in (("title", 6), ("description", 60), ("results", 30), ("conditions", 30))
        }
        if at < 3 * len(WORDS):
            says["description"] += gap + RARE[code]
        day = "2026-01-01"
        made.append(
            Practice(
                code=f"practice-{at:05}", member=member, position=at, released=day, reviewed=day,
                folded=folded(says), **says,
            )
        )  # fmt: skip
    return made


def main() -> None:
    """Fill a register and search."""
    with tempfile.TemporaryDirectory() as work:
        folder = register.new_register(Path(work) / "register", person="a", source="asean-smart-cities")
        with opened(folder):
            from django.db import connection

            from diffuscope.register.lookup import member_named
            from diffuscope.register.practices import practices_found
            from diffuscope.register.write import act_of, add

            with writing():
                add(act_of("a"), practices_of(member_named("bangkok")))
            print(connection.vendor)
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE register_practice")
            for kind, words in ASKED.items():
                took, found = [], []
                for word in words:
                    for _ in range(TIMES // len(words) + 1):
                        begun = time.perf_counter()
                        rows = practices_found(None, word)
                        count = rows.count()
                        list(rows[:SHOWN])
                        took.append(1000 * (time.perf_counter() - begun))
                    found.append(count)
                middle, most = statistics.median(took), max(took)
                print(f"{kind:<8} found {found}: median {middle:.0f} ms, slowest {most:.0f} ms")


if __name__ == "__main__":
    main()
