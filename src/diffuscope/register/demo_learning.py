"""What cities of the demonstration learn from each other: all of it invented, and marked so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.register.database import opened, writing
from diffuscope.register.exchanges import move_exchange, request_exchange
from diffuscope.register.indicators import set_indicator
from diffuscope.register.needs import Wanted, add_need, add_offer, match_offer, opt_in, say_outcome
from diffuscope.register.people import invited
from diffuscope.register.practices import release_practice, review_practice, take_up, write_practice
from diffuscope.register.support import write_support
from diffuscope.register.write import act_of, add

if TYPE_CHECKING:
    from pathlib import Path

BANK, PARTNER = "invented-bank", "partner-bank"
INVENTED = "invented for the demonstration"
ACTS = {
    "bangkok": "city-bangkok", "da-nang": "city-da-nang", "jakarta": "representative-idn",
    "makassar": "representative-idn", "phnom-penh": "representative-khm", "phuket": "representative-tha",
}  # fmt: skip
"""Who writes for each city."""
PRACTICES = (
    ("bangkok", "Quality Environment", "Flood alarms by message",
     "Sensors in canals send messages to the people who live beside them. ระบบเตือนน้ำท่วมผ่านข้อความ",
     "Invented: people are warned three hours ahead, and twelve districts take part.",
     "Sensors, and one list of telephone numbers."),
    ("da-nang", "Built Infrastructure", "One card for buses and car parks",
     "One card pays for buses and car parks. Thẻ đi lại dùng chung",
     "Invented: one in four trips by bus is paid with it.", "One contract with all operators."),
    ("jakarta", "Civic & Social", "Open budget of the city",
     "Residents see for what the city pays, street by street.", "", "A council that agrees to it."),
    ("makassar", "Health & Well-Being", "Clinic on call",
     "A vehicle with a nurse comes to alleys that no ambulance enters.", "Invented: 40 visits a day.",
     "Nurses and a call centre."),
)  # fmt: skip
TAKEN = (
    (0, "da-nang", "2024-05", "bangkok"), (0, "jakarta", "2025", "bangkok"),
    (0, "phnom-penh", "2025-11", "da-nang"), (1, "bangkok", "2025-03", "da-nang"),
    (1, "phuket", "2026-02", "bangkok"), (3, "jakarta", "2024", ""),
)  # fmt: skip
INDICATORS = (
    ("bangkok", "flood-hours", "Hours a year under water", "40", "10", "22", "hours"),
    ("da-nang", "flood-hours", "Hours a year under water", "65", "20", "", "hours"),
    ("jakarta", "flood-hours", "Hours a year under water", "120", "60", "0", "hours"),
    ("da-nang", "bus-card", "Trips paid with the card", "0", "50", "27", "% of trips"),
)
SUPPORT = (
    {"recipient": "da-nang", "kind": "finance", "name": "Invented loan for sensors", "amount": "1200000",
     "currency": "USD", "stage": "committed", "start": "2025", "end": "2027", "conditional": "yes"},
    {"recipient": "bangkok", "kind": "finance", "name": "Invented grant for canals", "amount": "350000",
     "currency": "USD", "stage": "paid", "start": "2024-06", "conditional": "no"},
    {"recipient": "phnom-penh", "kind": "training", "name": "Invented course for planners",
     "stage": "pledged"},
)  # fmt: skip


def fill_learning(folder: Path, wave: str, officer: str) -> None:
    """Practices, exchanges, needs, offers, indicators and support, each by whom it takes.

    Parameters
    ----------
    folder : Path
    wave : str
        One that is open.
    officer : str
        Person of the secretariat.
    """
    _bank(folder, officer)
    _practices(folder, officer)
    _exchanges(folder)
    for member, code, name, *cells, measure in INDICATORS:
        values = dict(zip(("baseline", "target", "actual"), cells, strict=True))
        values |= {"name": name, "unit_of_measure": measure, "note": INVENTED}
        set_indicator(folder, wave, member, code, values, person=ACTS[member])
    _needs(folder)
    for row in SUPPORT:
        write_support(folder, BANK, {**row, "note": INVENTED}, person=PARTNER)


def _bank(folder: Path, officer: str) -> None:
    """A bank that does not exist, and somebody who acts for it."""
    with opened(folder), writing():
        from diffuscope.register.lookup import next_position
        from diffuscope.register.models import Organisation

        act = act_of(officer, channel="demo", why=INVENTED)
        cells = {"code": BANK, "name": "Invented Development Bank", "kind": "bank", "role": "promoter"}
        bank = Organisation(**cells, source=INVENTED, position=next_position(Organisation))
        add(act, [bank])
        invited(act, PARTNER, "partner", (BANK, "Invented officer of the bank", ""), made_up=True)


def _practices(folder: Path, officer: str) -> None:
    """Two that everybody sees, one that waits for its review, one that is not released."""
    codes = []
    for member, area, title, description, results, conditions in PRACTICES:
        values = {
            "title": title, "description": description, "results": results, "area": area,
            "conditions": conditions, "contact": "Invented office of the city", "documents": INVENTED,
            "cost": "below 100,000 USD" if results else "",
        }  # fmt: skip
        codes.append(write_practice(folder, member, values, person=ACTS[member]))
    for at in (0, 1, 3):
        release_practice(folder, codes[at], person=ACTS[PRACTICES[at][0]])
    for code in codes[:2]:
        review_practice(folder, code, person=officer)
    for at, member, since, teacher in TAKEN:
        whom = ACTS[member]
        take_up(folder, codes[at], member, since=since, learned_from=teacher, source=INVENTED, person=whom)


def _exchanges(folder: Path) -> None:
    """One followed up, one held, one agreed, and one that waits for an answer."""
    steps = (("agreed", ""), ("held", "2025-03-12"), ("followed up", ""))
    asked = (
        ("da-nang", "bangkok", "visit", "flood alarms by message", 3),
        ("phnom-penh", "da-nang", "call", "flood alarms by message", 2),
        ("phuket", "da-nang", "twinning", "one card for buses and car parks", 1),
        ("jakarta", "bangkok", "visit", "sensors in canals", 0),
    )
    for asking, whom, kind, about, done in asked:
        text = f"{about} ({INVENTED})"
        number = request_exchange(folder, asking, whom, kind=kind, about=text, person=ACTS[asking])
        for state, day in steps[:done]:
            move_exchange(folder, number, state, day=day, person=ACTS[whom])


def _needs(folder: Path) -> None:
    """Needs of two cities that opted in and of one that did not, and offers of the bank for them."""
    wanted = (
        ("bangkok", Wanted("Quality Environment", "money", "Invented: pumps for canals", "250000", "USD")),
        ("da-nang", Wanted("Built Infrastructure", "training", "Invented: staff for the card")),
        ("phnom-penh", Wanted("", "equipment", "Invented: sensors")),
    )
    numbers = [add_need(folder, member, need, person=ACTS[member]) for member, need in wanted]
    for member in ("bangkok", "da-nang"):
        opt_in(folder, member, person=ACTS[member])
    loan = Wanted("Quality Environment", "loan", "Invented: water in cities", "1000000", "USD")
    course = Wanted("", "training", "Invented: course of two weeks")
    first, _ = (add_offer(folder, BANK, offer, person=PARTNER) for offer in (loan, course))
    match_offer(folder, first, numbers[0], person=PARTNER)
    say_outcome(folder, first, "Invented: contract signed in May", person=PARTNER)
