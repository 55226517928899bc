"""An invented network of any size: its case, rows of everything that screens show, people of every role."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope import register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STATUSES = ("planning", "ongoing", "completed")
AREAS, PARTNERS = 6, 40
LAST, NOW = "2025", "2026"
"""Waves: one that was taken over with the case, and one that is open."""
OFFICER = "sari"
PAGES = {
    "": "/", "style.css": "/style.css", "enter": "/enter", "me": "/me", "waves": "/waves?all=",
    "waves/<str:wave>": f"/waves/{NOW}", "waves/<str:wave>/take-in": f"/waves/{NOW}/take-in",
    "waves/<str:wave>/publish": f"/waves/{NOW}/publish",
    "waves/<str:wave>/indicators": f"/waves/{NOW}/indicators",
    "waves/<str:wave>/<str:member>": f"/waves/{NOW}/s0-c0",
    "waves/<str:wave>/<str:member>/project": f"/waves/{NOW}/s0-c0/project?key=s0-p0",
    "queries": "/queries", "queries/<int:number>": "/queries/1", "projects": "/projects",
    "projects/<str:code>": "/projects/s0-p0", "desk": "/desk", "practices": "/practices",
    "practices/<str:code>": "/practices/practice-0-0", "peers/<str:member>": "/peers/s0-c0",
    "exchanges": "/exchanges", "meetings": "/meetings", "needs": "/needs",
    "studies": "/studies", "people": "/people", "support": "/support", "support/<int:number>": "/support/1",
    "waves/<str:wave>/<str:member>/compare": f"/waves/{NOW}/s0-c0/compare",
}  # fmt: skip
"""A page of the network for each address that reads rows, as the list of pages writes it."""
MORE = (
    f"/waves/{NOW}/s0", f"/waves/{LAST}", f"/waves/{LAST}/s1", f"/waves/{NOW}/s0-c0/project",
    "/projects?q=number", "/projects?q=invented+work+city", "/projects?q=nowhere", "/projects?page=2",
    "/practices?q=water", "/practices?page=2", "/queries?page=2", f"/waves/{NOW}/s0/compare",
)  # fmt: skip
ROLES = {
    "city": "city-0-0", "representative": "state-0", "secretariat": OFFICER, "chair": "chair",
    "partner": "partner-0", "public": "",
}  # fmt: skip


class Read(NamedTuple):
    """A page as somebody of a role read it: the browser, queries and bytes."""

    role: str
    page: str
    browser: Any
    queries: int
    size: int


class Size(NamedTuple):
    """States of a network, cities of each, and projects of each in one wave."""

    states: int
    cities: int
    projects: int


def write_case(folder: Path, size: Size) -> None:
    """An invented network with one wave."""
    folder.mkdir()
    text = 'format = 1\nid = "large"\ntitle = "Large"\nlicence = "CC0-1.0"\n\n[waves]\n2025 = "2025-09-30"\n'
    (folder / "case.toml").write_text(text, encoding="utf-8")
    units = [("unit", "name", "kind", "role", "parent", "source")]
    for state in range(size.states):
        units.append((f"s{state}", f"State number {state:03}", "state", "other", "", "invented"))
        units += [
            (
                f"s{state}-c{city}",
                f"City {state:03}-{city:03}",
                "city",
                "adopter",
                f"s{state}",
                "invented",
            )
            for city in range(size.cities)
        ]
    units += [
        (f"partner-{at}", f"Partner {at:03}", "bank", "promoter", "", "invented") for at in range(PARTNERS)
    ]
    projects = [
        ("wave", "project", "unit", "title", "area", "status", "status_basis", "link_basis", "source")
    ]
    for state in range(size.states):
        for at in range(size.projects):
            unit, title = (
                f"s{state}-c{at % size.cities}",
                f"Project number {state:03}-{at:03} of invented work",
            )
            cells = (f"Area {at % AREAS}", STATUSES[at % 3], "reported", "judged", "invented")
            projects.append((LAST, f"s{state}-p{at}", unit, title, *cells))
    areas = [("area", "source"), *((f"Area {at}", "invented") for at in range(AREAS))]
    for name, rows in {"units": units, "areas": areas, "projects": projects}.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)


def network(work: Path, size: Size) -> Path:
    """A register of that size, with an open wave."""
    case, folder = work / "case", work / "register"
    write_case(case, size)
    register.new_register(folder, person=OFFICER, source=case)
    register.open_wave(folder, NOW, due="2026-09-30", person=OFFICER)
    return folder


def fill(folder: Path) -> None:
    """Add people of every role, returns of half the states, and a row of everything for each city."""
    from diffuscope.register.database import analyze, opened, writing

    with opened(folder), writing():
        from diffuscope.register.models import Member
        from diffuscope.register.write import act_of

        act = act_of(OFFICER)
        cities = list(Member.objects.filter(state__isnull=False).order_by("pk"))
        _people(act, cities)
        _returns(act)
        _questions(act, cities)
        _learning(act, cities)
        _needs(act, cities)
        _meetings(act, cities)
    with opened(folder):
        analyze()


def _people(act: Any, cities: list[Any]) -> None:
    from django.contrib.auth.models import User

    from diffuscope.register.models import Member, Organisation, Person, Role
    from diffuscope.register.write import add, change

    change(act, act.person, {"invented": True})  # so that no second factor is asked for
    wanted = [("chair", "chair", None, None)]
    wanted += [(f"city-{one.code[1:].replace('-c', '-')}", "city", one, None) for one in cities]
    states = Member.objects.filter(state__isnull=True).order_by("pk")
    wanted += [(f"state-{one.code[1:]}", "representative", one, None) for one in states]
    banks = Organisation.objects.order_by("pk")
    wanted += [(one.code, "partner", None, one) for one in banks]
    people = [Person(code=code, name=f"Invented {code}", invented=True) for code, *_ in wanted]
    add(act, people)
    day = date(2026, 1, 1)
    add(
        act,
        [
            Role(person=person, kind=kind, member=member, organisation=bank, first_day=day)
            for person, (_, kind, member, bank) in zip(people, wanted, strict=True)
        ],
    )
    User.objects.bulk_create(User(username=name) for name in ROLES.values() if name)


def _returns(act: Any) -> None:
    """Half of the states have reported; every tenth project under another key, as if it were new."""
    from diffuscope.register.models import ExpectedReturn, Observation, Project, Return, Wave
    from diffuscope.register.waves import COPIED
    from diffuscope.register.write import add, change

    wave = Wave.objects.get(code=NOW)
    waiting = ExpectedReturn.objects.filter(wave=wave, state="expected").order_by("pk")
    for at, expected in enumerate(waiting):
        if at % 2:
            continue
        sent = Return(
            wave=wave, member=expected.member, person=act.person, at=act.at, channel="form", file="form"
        )
        add(act, [sent])
        before = list(Observation.objects.filter(wave__code=LAST, city__state=expected.member).order_by("pk"))
        renamed = {
            one.pk: Project(code=f"again-{one.project_id}", lead_id=one.city_id) for one in before[::10]
        }
        add(act, list(renamed.values()))
        add(
            act,
            [
                Observation(
                    project_id=renamed[one.pk].pk if one.pk in renamed else one.project_id,
                    wave=wave,
                    city_id=one.city_id,
                    sent=sent,
                    **{name: getattr(one, name) for name in COPIED},
                )
                for one in before
            ],
        )
        change(act, expected, {"state": "queried", "received": "2026-09-01"})


def _questions(act: Any, cities: list[Any]) -> None:
    from diffuscope.register.models import Indicator, IndicatorValue, Job, Project, Query, Wave
    from diffuscope.register.write import add

    wave = Wave.objects.get(code=NOW)
    leads = {one.lead_id: one for one in Project.objects.order_by("-pk")}
    add(
        act,
        [
            Query(
                wave=wave,
                member_id=one.state_id,
                project=leads.get(one.pk),
                rule="bad-date",
                column="start",
                asks="When did it start?",
                row={"title": "Something"},
            )
            for one in cities
        ],
    )
    indicator = Indicator(code="water-loss")
    add(act, [indicator])
    add(act, [IndicatorValue(indicator=indicator, unit=one.code, wave=NOW, actual=12.5) for one in cities])
    add(act, [Job(kind="study", state="done", asked_by=act.person) for _ in range(min(len(cities), 200))])


def _learning(act: Any, cities: list[Any]) -> None:
    from diffuscope.register.learning import folded
    from diffuscope.register.models import Exchange, Practice, TakeUp
    from diffuscope.register.write import add

    practices = []
    for one in cities:
        cells = {"title": f"Water meters of {one.name}", "description": "Metering by district."}
        practices.append(
            Practice(
                code=f"practice-{one.code[1:].replace('-c', '-')}",
                member=one,
                released="2026-01-01",
                reviewed=date(2026, 2, 1),
                folded=folded(cells),
                **cells,
            )
        )
    add(act, practices)
    first, other = practices[0], [*cities[1:], cities[0]]
    add(act, [TakeUp(practice=first, member=one, first_seen="2026-03/") for one in cities[1:]])
    pairs = zip(cities, other, strict=True)
    add(act, [Exchange(asking=one, asked=two, kind="visit", about="Water") for one, two in pairs])
    first_city = cities[0]
    add(act, [Exchange(asking=first_city, asked=two, kind="call", about="Water") for two in cities[1:]])


def _needs(act: Any, cities: list[Any]) -> None:
    from diffuscope.register.models import Need, Offer, Organisation, Support
    from diffuscope.register.write import add

    banks = list(Organisation.objects.order_by("pk"))
    needs = [
        Need(member=one, kind="money", about="Meters", amount_minor=100, currency="USD") for one in cities
    ]
    add(act, needs)
    offers = [
        Offer(organisation=banks[at % len(banks)], need=need, kind="money", about="Meters")
        for at, need in enumerate(needs)
    ]
    offers += [Offer(organisation=banks[0], kind="advice", about="Meters") for _ in cities]
    add(act, offers)
    given = {"kind": "finance", "basis": "reported", "source": "invented", "stage": "pledged"}
    add(act, [
        Support(position=at, partner=banks[at % len(banks)].code, recipient=one.code, **given)
        for at, one in enumerate(cities)
    ])  # fmt: skip


def _meetings(act: Any, cities: list[Any]) -> None:
    from diffuscope.register.models import Attendance, Event
    from diffuscope.register.write import add

    many = [
        Event(event=f"meeting-{at}", name=f"Meeting {at}", start="2026-01-15") for at in range(len(cities))
    ]
    add(act, many)
    there = [(event, city) for event in many for city in cities[:20]]
    add(act, [Attendance(event=event.event, unit=city.code) for event, city in there])


def client_of(role: str) -> Any:
    """A browser in which somebody of a role is signed in."""
    from django.contrib.auth.models import User
    from django.test import Client

    own = Client(HTTP_HOST="localhost")
    if ROLES[role]:
        user = User.objects.get(username=ROLES[role])
        own.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return own


def pages_read() -> Iterator[Read]:
    """Every page of the open register that a role can read."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for role in ROLES:
        own = client_of(role)
        for page in (*PAGES.values(), *MORE):
            with CaptureQueriesContext(connection) as queries:
                answer = own.get(page)
                count = len(queries)
            if answer.status_code == 200:
                yield Read(role, page, own, count, len(answer.content))
