"""A register in which every private row of two cities holds a word of its own, and who may read that word."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from network_people import CHAIR, OFFICER

from diffuscope import register
from diffuscope.register.database import opened, writing
from diffuscope.register.needs import Wanted

WAVE, BEFORE = "2026", "2025"
CITIES = {"bangkok": ("city-bangkok", "rep-THA"), "da-nang": ("city-da-nang", "rep-VNM")}
"""Cities with their focal point and the representative of their state."""
PEOPLE = (None, "bank", "city-bangkok", "city-phuket", "city-da-nang", "rep-THA", "rep-VNM", OFFICER, CHAIR)
HEADINGS = {
    "unit": "Phuket", "title": "Night buses", "area": "Built Infrastructure", "status": "ongoing",
}  # fmt: skip


class Planted(NamedTuple):
    """What was planted.

    Attributes
    ----------
    readers : dict of str to set of str
        By word, who may read it.
    parts : dict of str to list of str
        By part of an address, what may stand there: of both cities, and of what there is not.
    """

    readers: dict[str, set[str]]
    parts: dict[str, list[str]]


def client_of(code: str | None, **more: Any) -> Any:
    from django.contrib.auth.models import User
    from django.test import Client

    own = Client(HTTP_HOST="localhost", **more)
    if code is not None:
        user, _ = User.objects.get_or_create(username=code)
        own.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return own


def planted(folder: Path) -> Planted:
    """Plant words in a register with an open wave and a published one, whose people need no second factor."""
    for city in ("phuket", "da-nang"):
        register.invite(folder, f"city-{city}", role="city", member=city, person=OFFICER)
    with opened(folder):
        from diffuscope.register.models import Person
        from diffuscope.register.write import act_of, change

        with writing():
            for one in Person.objects.all():
                change(act_of(OFFICER), one, {"invented": True})
        readers: dict[str, set[str]] = {}
        parts: dict[str, list[str]] = {
            "wave": [BEFORE, WAVE, "1999"], "member": ["THA", "VNM", "bangkok", "da-nang", "phuket", "x"],
            "number": ["1", "2", "99"], "name": ["report.html", "projects.csv", "edition.zip", "case.toml"],
            "secret": ["x" * 32], "code": ["practice-0099"],
        }  # fmt: skip
        for city, (focal, representative) in CITIES.items():
            _plant(folder, (city, focal, representative), readers, parts)
        _plant_exchange(folder, readers)
    parts["key"] = [one for one in parts["code"] if not one.startswith("practice")]
    return Planted(readers, parts)


def word(kind: str, city: str) -> str:
    return f"zq{kind}{city.replace('-', '')}qz"


def _plant(folder: Path, who: tuple[str, str, str], readers: Any, parts: Any) -> None:
    from diffuscope.register.models import Observation, Practice, Query

    city, focal, representative = who
    wide = {focal, representative, OFFICER, CHAIR}

    def mark(kind: str, *more: str) -> str:
        readers[word(kind, city)] = set(more) or wide
        return word(kind, city)

    own, state = client_of(focal), client_of(representative)
    [first, second] = _rows(city)
    address = f"/waves/{WAVE}/{city}/project"
    sent = {**_filled(own, f"{address}?key={first}"), "title": mark("title"), "note": mark("note")}
    assert own.post(address, {**sent, "do": "report"}).status_code == 302
    sent = {**_filled(own, f"{address}?key={second}"), "note": mark("draft", focal)}
    assert own.post(address, {**sent, "do": "draft"}).status_code == 302
    state_code = representative.removeprefix("rep-")
    back = {"do": "back", f"comment-{first}": mark("comment")}
    assert state.post(f"/waves/{WAVE}/{state_code}/review", back).status_code == 302
    new = {**sent, "key": "new", "title": mark("newtitle"), "do": "report", "note": "x"}
    assert own.post(address, new).status_code == 302
    last = Observation.objects.order_by("pk").last()
    assert last is not None
    parts["code"] += [first, second, last.project.code]
    parts["number"] += [str(pk) for pk in Query.objects.values_list("pk", flat=True)]
    text = {"description": "x"}
    for kind, more in (("practice", (focal,)), ("released", ())):
        code = register.write_practice(folder, city, {"title": mark(kind, *more), **text}, person=focal)
        parts["code"].append(code)
    register.release_practice(folder, code, person=focal)
    register.review_practice(folder, code, person=OFFICER, comment=mark("review", *wide - {CHAIR}))
    assert Practice.objects.get(code=code).reviewed is None
    wanted = Wanted("", "money", mark("need"))
    register.add_need(folder, city, wanted, person=focal)
    cells = {"name": mark("indicator"), "actual": "4"}
    register.set_indicator(folder, WAVE, city, "hours", cells, person=focal)
    register.correct(folder, BEFORE, second, {"title": mark("erratum")}, why=mark("why"), person=OFFICER)


def _plant_exchange(folder: Path, readers: dict[str, set[str]]) -> None:
    from diffuscope.register.models import Need

    both = {"city-bangkok", "rep-THA", "city-da-nang", "rep-VNM", OFFICER, CHAIR}
    readers[word("exchange", "both")] = both
    about = word("exchange", "both")
    register.request_exchange(folder, "bangkok", "da-nang", kind="visit", about=about, person="city-bangkok")
    with opened(folder):
        from diffuscope.register.models import Organisation

        bank = Organisation.objects.get(roles__person__code="bank").code
    need = Need.objects.get(member__code="bangkok").pk
    offer = register.add_offer(folder, bank, Wanted("", "loan", "water"), person="bank")
    register.opt_in(folder, "bangkok", person="city-bangkok")
    register.match_offer(folder, offer, need, person="bank")
    outcome = word("outcome", "bangkok")
    readers[outcome] = {"bank", "city-bangkok", "rep-THA", OFFICER, CHAIR}
    register.say_outcome(folder, offer, outcome, person="bank")
    register.opt_in(folder, "bangkok", person="city-bangkok", yes=False)


def _rows(city: str) -> list[str]:
    from diffuscope.register.models import Observation

    rows = Observation.objects.filter(city__code=city, wave__code=BEFORE).exclude(status="completed")
    return list(rows.order_by("pk").values_list("project__code", flat=True))[:2]


def _filled(own: Any, address: str) -> dict[str, str]:
    """The form as a browser sends it back."""
    import html

    text = own.get(address).content.decode()
    form = dict(re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', text))
    form |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', text))
    for name, body in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        form[name] = chosen[1] if chosen else ""
    form.pop("csrfmiddlewaretoken", None)
    return {name: html.unescape(value) for name, value in form.items()}


def addresses(page: Any, parts: dict[str, list[str]], asked: tuple[str, ...] = ()) -> list[str]:
    """Every address of a page, with each value in each of its parts; where it searches, each question too."""
    names = re.findall(r"<\w+:(\w+)>", page.path)
    found = []
    for values in product(*(parts[name] for name in names)):
        filled = iter(values)
        found.append("/" + re.sub(r"<\w+:\w+>", lambda _, filled=filled: next(filled), page.path))
    if page.view == "reporting.row":
        found = [f"{one}?key={key}" for one in found for key in parts["key"]]
    if page.path in ("projects", "practices"):
        found += [f"/{page.path}?q={word}" for word in asked]
    return found


def fewer(parts: dict[str, list[str]], page: Any) -> dict[str, list[str]]:
    """A cross-section of the addresses, small enough for every run: both cities, each kind of row."""
    few = {
        **parts,
        "wave": [BEFORE, WAVE],
        "member": ["VNM", "bangkok", "da-nang"],
        "key": parts["code"][3:4],
    }
    if page.path.startswith("editions"):
        few |= {"wave": [BEFORE], "number": ["1"], "name": ["report.html", "edition.zip"]}
    practices = page.path.startswith("practices")
    few["code"] = [one for one in parts["code"] if one.startswith("practice") == practices]
    if page.view == "reporting.row":
        few |= {"wave": [WAVE], "key": parts["key"][1:4]}
    return few


def body_of(answer: Any) -> str:
    """What an answer says, files in it too."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    texts = [data, *_files_in(data)]
    return "\n".join(one.decode("utf-8", "replace") for one in texts) + str(answer.headers)


def _files_in(data: bytes) -> list[bytes]:
    import io
    import zipfile

    if not data.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = [packed.read(name) for name in packed.namelist()]
    return [*files, *(inner for one in files for inner in _files_in(one))]
