"""A register to try: the founding case with four published waves, one that is open, and made-up people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.register.create import new_register
from diffuscope.register.database import opened, writing
from diffuscope.register.demo_learning import PARTNER, fill_learning
from diffuscope.register.form import form_content, workbook
from diffuscope.register.intake import take_in
from diffuscope.register.language import language
from diffuscope.register.lookup import member_named, wave_named
from diffuscope.register.people import invited, new_link
from diffuscope.register.publish import publish_wave
from diffuscope.register.waves import accept_return, clear_return, mark_return, open_wave
from diffuscope.register.write import act_of, change

if TYPE_CHECKING:
    from collections.abc import Callable

    from diffuscope.register.form import Content

CASE = "asean-smart-cities"
PUBLISHED = ("2022", "2023", "2024", "2025")
OPEN, DUE = "2026", "2026-09-30"
OFFICER, CHAIR = "secretariat", "chair"
ENTER = (OFFICER, CHAIR, "representative-tha", "city-bangkok", PARTNER)
"""Those for whom a link is made."""
LANGUAGES = {"IDN": "id", "THA": "th", "VNM": "vi"}
STATES = ("BRN", "KHM", "IDN", "LAO", "MYS", "MMR", "PHL", "SGP", "THA", "VNM")


class Demo(NamedTuple):
    """What was made.

    Attributes
    ----------
    folder : Path
    people : dict of str to str
        What each made-up person is, by short name.
    links : dict of str to str
        By short name, an address that lets a person in once: one person of each role.
    """

    folder: Path
    people: dict[str, str]
    links: dict[str, str]


def demo_register(folder: str | Path, *, say: Callable[[str], None] = lambda _: None) -> Demo:
    """Make a register filled with the founding case, to try everything on.

    Four waves are published, each as an edition of its own. The wave 2026 is open: some states have sent
    invented returns, one reported that it has nothing, two are asked about rows, and others are silent.
    Practices, exchanges, indicators, needs, offers and support are invented, and say so. All people are made
    up and marked so.

    Parameters
    ----------
    folder : str or Path
        One that does not exist yet, or is empty.
    say : callable, optional
        Is told what is being done.

    Returns
    -------
    Demo
    """
    say("reading the founding case")
    place = new_register(
        folder, person=OFFICER, source=CASE, network="ASEAN Smart Cities Network (demo)", zone="Asia/Jakarta"
    )
    people = _people(place)
    for wave in PUBLISHED:
        say(f"publishing the wave {wave}")
        publish_wave(place, wave, person=OFFICER)
        publish_wave(place, wave, person=CHAIR)
    say(f"opening the wave {OPEN}")
    open_wave(place, OPEN, due=DUE, person=OFFICER)
    _returns(place)
    say("inventing practices, exchanges, needs and support")
    fill_learning(place, OPEN, OFFICER)
    people[PARTNER] = "partner, of a bank that does not exist"
    return Demo(place, people, _links(place))


def _links(folder: Path) -> dict[str, str]:
    """Links of one person of each role."""
    with opened(folder), writing():
        from diffuscope.register.models import Person

        act = act_of(OFFICER, channel="demo", why="made up for the demonstration")
        people = [Person.objects.get(code=code) for code in ENTER]
        return {one.code: new_link(act, one) for one in people}


def _people(folder: Path) -> dict[str, str]:
    told = {OFFICER: "secretariat"}
    with opened(folder), writing():
        from diffuscope.register.models import Person

        act = act_of(OFFICER, channel="demo", why="made up for the demonstration")
        change(act, Person.objects.get(code=OFFICER), {"name": "Invented officer", "invented": True})
        invited(act, CHAIR, "chair", (None, "Invented chair", ""), made_up=True)
        told[CHAIR] = "chair"
        for code in STATES:
            member = member_named(code)
            whom = f"representative-{code.lower()}"
            invited(
                act,
                whom,
                "representative",
                (code, f"Invented representative of {member.name}", ""),
                made_up=True,
            )
            told[whom] = f"national representative of {member.name}"
            if code in LANGUAGES:
                change(act, member, {"language": LANGUAGES[code]})
        for code in ("bangkok", "da-nang"):
            whom = f"city-{code}"
            name = f"Invented focal point of {member_named(code).name}"
            invited(act, whom, "city", (code, name, ""), made_up=True)
            told[whom] = f"focal point of {member_named(code).name}"
    return told


def _returns(folder: Path) -> None:
    """Invented returns: one cleared, one accepted, two with questions, one with nothing to report."""
    inbox = folder / "inbox"
    inbox.mkdir(exist_ok=True)
    fillings = {"BRN": _same, "IDN": _progress, "THA": _doubtful, "VNM": _goes_back}
    for code, fill in fillings.items():
        take_in(folder, [_filled(folder, inbox, code, fill)], person=OFFICER)
    _filled(folder, inbox, "MYS", _mixed)  # nobody has taken it in yet
    for code in ("BRN", "IDN"):
        accept_return(folder, OPEN, code, person=OFFICER)
    clear_return(folder, OPEN, "BRN", person="representative-brn")
    mark_return(folder, OPEN, "TLS", "nil", person=OFFICER, why="invented for the demonstration")
    mark_return(folder, OPEN, "LAO", "excused", person=OFFICER, why="invented for the demonstration")


def _filled(folder: Path, inbox: Path, code: str, fill: Callable[[Content], Content]) -> Path:
    """A form as a state might have filled it."""
    with opened(folder) as place, writing():
        member = member_named(code)
        act = act_of(OFFICER, channel="demo", why="invented for the demonstration")
        content = fill(form_content(act, wave_named(OPEN), member))
        data = workbook(place, content, language(member.language))
    file = inbox / f"{OPEN}-{code.lower()}-invented.xlsx"
    file.write_bytes(data)
    return file


def _same(content: Content) -> Content:
    return content


def _progress(content: Content) -> Content:
    """Two projects under way are completed, and one is new."""
    words = language(content.form.member.language)
    rows: list[dict[str, Any]] = [dict(row) for row in content.rows]
    for row in [row for row in rows if row["status"] == words.status["ongoing"]][:2]:
        row["status"] = words.status["completed"]
    rows.append(
        {
            "unit": rows[0]["unit"],
            "title": "Invented: sensors for flood gates",
            "area": rows[0]["area"],
            "status": words.status["planning"],
            "start_planned": "2027",
        }
    )
    return content._replace(rows=rows)


def _doubtful(content: Content) -> Content:
    """A city that nobody knows, and a row that is gone."""
    rows: list[dict[str, Any]] = [dict(row) for row in content.rows[:-1]]
    rows.append({"unit": "Bangkokk", "title": "Invented: night buses", "status": "soon"})
    return content._replace(rows=rows)


def _goes_back(content: Content) -> Content:
    """A completed project is planned again, without a reason."""
    words = language(content.form.member.language)
    rows: list[dict[str, Any]] = [dict(row) for row in content.rows]
    row = next((row for row in rows if row["status"] != words.status["planning"]), rows[0])
    row["status"] = words.status["planning"]
    return content._replace(rows=rows)


def _mixed(content: Content) -> Content:
    """A completed project, a new one, a row that is gone, and a status that nobody knows."""
    words = language(content.form.member.language)
    rows: list[dict[str, Any]] = [dict(row) for row in _progress(content).rows]
    row = next(row for row in rows if row["status"] == words.status["ongoing"])
    row["status"] = "nearly there"
    gone = next(row for row in rows if row["status"] == words.status["ongoing"])
    return content._replace(rows=[row for row in rows if row is not gone])
