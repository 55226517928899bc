"""Several at once: saves of people of one state, a wave that is closed meanwhile, and requests by threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from network_people import OFFICER
from verify.register_load import filled

from diffuscope import register
from diffuscope.errors import PlanError
from diffuscope.register.database import opened, writing

TOGETHER, TIMES = 4, 3


def people_of(state: str) -> list[tuple[str, str, str]]:
    """Made-up focal points of a state's cities, each with a project of its own."""
    from django.contrib.auth.models import User

    from diffuscope.register.models import Observation
    from diffuscope.register.people import invited
    from diffuscope.register.write import act_of

    rows = Observation.objects.filter(wave__code="2025", city__state__code=state, status="ongoing")
    pairs = list(rows.order_by("pk").values_list("city__code", "project__code"))[:TOGETHER]
    with writing():
        for at, (city, _) in enumerate(pairs):
            invited(act_of(OFFICER), f"one-{at}", "city", (city, f"Invented {at}", ""), made_up=True)
    User.objects.bulk_create(User(username=f"one-{at}") for at in range(len(pairs)))
    return [(f"one-{at}", city, project) for at, (city, project) in enumerate(pairs)]


def saved(who: tuple[str, str, str]) -> list[tuple[int, str]]:
    """Answers to some saves by one person, in a thread of its own, each with its note."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    name, city, project = who
    own = Client(HTTP_HOST="localhost", raise_request_exception=False)
    own.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    path, answers = f"/waves/2026/{city}/project", []
    for at in range(TIMES):
        form = filled(own.get(f"{path}?key={project}").content.decode())
        note = f"{name}, save {at}"
        answers.append((own.post(path, {**form, "do": "report", "note": note}).status_code, note))
    connection.close()
    return answers


def test_people_of_one_state_save_at_once_and_nothing_is_lost(folder):
    register.open_wave(folder, "2026", due="2099-12-31", person=OFFICER)
    with opened(folder):
        from diffuscope.register.models import Observation

        people = people_of("MYS")
        assert len(people) == TOGETHER
        with ThreadPoolExecutor(TOGETHER) as pool:
            answers = [one for ones in pool.map(saved, people) for one in ones]
        assert {status for status, _ in answers} == {302}
        kept = Observation.objects.filter(wave__code="2026").values_list("note", flat=True)
        assert sorted(kept) == sorted(note for _, note in answers)
    assert register.check_register(folder) == []


def test_a_wave_that_was_closed_meanwhile_takes_no_row(site, client, monkeypatch):
    from diffuscope.register.models import Observation, Wave
    from diffuscope.register.screens import row_form
    from diffuscope.register.write import act_of, change

    path = "/waves/2026/bangkok/project"
    [key] = Observation.objects.filter(wave__code="2025", city__code="bangkok", status="ongoing").values_list(
        "project__code", flat=True
    )[:1]
    own = client("city-bangkok")
    form = filled(own.get(f"{path}?key={key}").content.decode())
    judged = row_form._judged

    def closed_meanwhile(*told):
        change(act_of(OFFICER), Wave.objects.get(code="2026"), {"state": "cleared"})
        return judged(*told)

    monkeypatch.setattr(row_form, "_judged", closed_meanwhile)
    answer = own.post(path, {**form, "do": "report", "note": "too late"})
    assert (answer.status_code, b"is cleared, not open" in answer.content) == (400, True)
    assert not Observation.objects.filter(wave__code="2026").exists()


@pytest.mark.parametrize("processes", [0, 33])
def test_as_many_processes_as_a_machine_can_have(on_sqlite, processes):
    with pytest.raises(PlanError, match="1 to 32"):
        register.serve(on_sqlite, port=0, processes=processes)
