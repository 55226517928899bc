"""Load test of the register's screens (locust): people sign in, read and save; nothing may be lost.

One command does all of it: it starts a private server of PostgreSQL if asked, makes a register of the
founding case with an open wave and people who have passwords, serves it, loads it, and compares what was
confirmed with what stands in the database::

    python verify/register_load.py --people 200 --postgresql
    python verify/register_load.py --people 30

It needs locust in the environment of diffuscope (``python -m pip install locust``; locust is no dependency of
the project), and for ``--postgresql`` the programs of a server. PostgreSQL writes through to the disk
(``fsync``), as it does where a register is hosted. It ends with 0 if 95 of 100 requests were answered within
500 ms, none failed, and every save that was confirmed is in the database.

Each person asks for something every ten seconds. In three of ten cases it is a save: the form of a project is
asked for, filled, and sent, or kept as a draft in three of ten. Everybody signs in with name and password,
spread evenly over the first minutes (``--ramp``). Of 40 people 35 are focal points, four are representatives
of states, and one is of the secretariat. The notes of all saves differ, so that each can be found again.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "a sentence that is long enough"
WAVE = "2026"
PAUSE, SAVES, DRAFTS = 10, 0.3, 0.3
BAR = 500
"""Milliseconds within which 95 of 100 requests are to be answered."""
SHARES = (0.5, 0.95, 0.99)


def prepare(folder: Path, people: int) -> None:
    """A register of the founding case with an open wave, and people who have passwords."""
    from diffuscope import register
    from diffuscope.register.database import opened, writing

    register.new_register(folder, person="sari", source="asean-smart-cities", zone="Asia/Jakarta")
    register.open_wave(folder, WAVE, due="2099-12-31", person="sari")
    with opened(folder):
        from django.contrib.auth.hashers import make_password
        from django.contrib.auth.models import User

        from diffuscope.register.models import Observation
        from diffuscope.register.people import invited
        from diffuscope.register.write import act_of

        rows = Observation.objects.filter(wave__code="2025", withdrawn=False, status="ongoing")
        pairs = list(rows.order_by("pk").values_list("city__code", "project__code", "city__state__code"))
        hashed = make_password(PASSWORD)
        told = []
        with writing():
            act = act_of("sari")
            for at in range(people):
                city, project, state = pairs[at % len(pairs)]
                role = "secretariat" if at % 40 == 0 else "representative" if at % 10 == 5 else "city"
                member = {"secretariat": None, "representative": state, "city": city}[role]
                name = f"person-{at}"
                invited(act, name, role, (member, f"Invented {at}", ""), made_up=True)
                told.append({"name": name, "role": role, "city": city, "state": state, "project": project})
        User.objects.bulk_create(User(username=one["name"], password=hashed) for one in told)
    (folder / "people.json").write_text(json.dumps(told), encoding="utf-8")


def saves_in(folder: Path) -> dict[str, list[str]]:
    """Saves that are in the database: notes of reported rows, and who kept a draft, once for each draft.

    The history keeps a keyed hash of a draft; no two notes are alike, so each draft has a hash of its own.
    """
    from diffuscope.register.database import opened

    with opened(folder):
        from diffuscope.register.check import check_register
        from diffuscope.register.models import Change, Observation
        from diffuscope.register.write import recorded

        rows = Observation.objects.filter(wave__code=WAVE, sent__channel="form")
        drafts = Change.objects.filter(entity="Draft", field__in=("", "cells"))
        kept = (
            drafts.exclude(new=recorded("Draft", "cells", {})).values_list("person__code", "new").distinct()
        )
        return {
            "report": sorted(rows.values_list("note", flat=True)),
            "draft": [who for who, _ in kept],
            "problems": [str(one) for one in check_register(folder)],
        }


def say(text: str) -> None:
    """One line of what was found."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Prepare, serve, load, compare, and say how long people waited and whether anything was lost."""
    asked = arguments()
    with ExitStack() as stack:
        work = stack.enter_context(tempfile.TemporaryDirectory(prefix="diffuscope-load-"))
        folder = Path(work) / "register"
        os.environ.pop("DATABASE_URL", None)
        if asked.postgresql:
            os.environ["DATABASE_URL"] = _postgresql(stack)
        _apart("prepare", folder, asked.people)
        before = time.monotonic(), _cpu()
        with _served(folder, asked.processes) as server:
            address = _address(server)
            people = json.loads((folder / "people.json").read_text(encoding="utf-8"))
            saved, stats = load(address, people, asked.ramp * 60, asked.minutes * 60)
            server.terminate()
        spent = _cpu() - before[1]
        found = json.loads(_apart("compare", folder, asked.people))
    return told(asked, stats, (saved, found), (spent, time.monotonic() - before[0]))


def told(asked: Any, stats: Any, notes: tuple[Any, Any], spent: tuple[float, float]) -> int:
    """Say what was found; 0 where every bar is met."""
    saved, found = notes
    total, (cpu, seconds) = stats.total, spent
    database = "PostgreSQL" if asked.postgresql else "SQLite"
    say(f"{asked.people} people on {database}, {asked.processes} processes, {seconds / 60:.1f} minutes")
    say(f"{'page':<34}{'requests':>9}{'p50':>7}{'p95':>7}{'p99':>7}  ms")
    for name, one in [*sorted(stats.entries.items()), (("all", ""), total)]:
        shares = "".join(f"{one.get_response_time_percentile(share):7.0f}" for share in SHARES)
        say(f"{f'{name[1]} {name[0]}':<34}{one.num_requests:>9}{shares}")
    say(f"failed {total.num_failures}; {1000 * cpu / max(total.num_requests, 1):.0f} ms of CPU per request")
    for one in list(stats.errors.values())[:5]:
        say(f"  {one.method} {one.name}: {one.error} ({one.occurrences})")
    lost = 0
    by_person = [note.partition(" at ")[0] for note in saved["draft"]]
    for kind, names in (("report", saved["report"]), ("draft", by_person)):
        confirmed, there = Counter(names), Counter(found[kind])
        lost += (confirmed - there).total()
        say(
            f"saves ({kind}): {confirmed.total()} confirmed, {(confirmed & there).total()} of them in the "
            f"database, {(there - confirmed).total()} there that were not confirmed"
        )
    say(f"asked again, as somebody else had changed the row meanwhile: {len(saved['asked'])}")
    say(f"lost: {lost}; `register check` finds {len(found['problems'])} problems")
    p95 = total.get_response_time_percentile(0.95)
    say(f"95 of 100 requests within {p95:.0f} ms; the bar is {BAR} ms")
    return 0 if not (lost or total.num_failures or found["problems"]) and p95 <= BAR else 1


def load(
    address: str, people: list[dict[str, str]], ramp: float, seconds: float
) -> tuple[dict[str, list[str]], Any]:
    """Let people come within `ramp` seconds and work until `seconds` are over.

    Returns
    -------
    dict of str to list of str
        Notes of saves that were confirmed, as a report or as a draft, and of those that were asked about.
    RequestStats
        Locust's.
    """
    import gevent
    from locust import HttpUser, constant_pacing, task
    from locust.env import Environment

    waiting = list(reversed(people))
    saved: dict[str, list[str]] = {"report": [], "draft": [], "asked": []}

    class Person(HttpUser):
        """Somebody with a role."""

        host = address
        wait_time = constant_pacing(PAUSE)

        def on_start(self) -> None:
            """Sign in."""
            self.told = waiting.pop()
            self.turn = random.Random(self.told["name"])
            text = self.client.get("/enter", name="/enter").text
            form = {"name": self.told["name"], "password": PASSWORD, **_inputs(text, "csrfmiddlewaretoken")}
            with self.client.post(
                "/enter", form, name="/enter", allow_redirects=False, catch_response=True
            ) as answer:
                if answer.status_code != 302:
                    answer.failure(f"not signed in: {answer.status_code}")

        @task
        def ask(self) -> None:
            """Read a page, or save a project."""
            if self.turn.random() < SAVES:
                self._save()
                return
            told = self.told
            pages = {
                f"/waves/{WAVE}/{told['city']}": "/waves/…/CITY", "/queries": "", "/projects": "",
                f"/projects/{told['project']}": "/projects/…", "/practices": "", "/exchanges": "",
                "/needs": "",
            }  # fmt: skip
            if told["role"] != "city":
                pages |= {f"/waves/{WAVE}": "/waves/…", f"/waves/{WAVE}/{told['state']}": "/waves/…/STATE"}
            page = self.turn.choice(list(pages))
            self.client.get(page, name=pages[page] or page)

        def _save(self) -> None:
            path = f"/waves/{WAVE}/{self.told['city']}/project"
            form = filled(self.client.get(f"{path}?key={self.told['project']}", name="form").text)
            kind = "draft" if self.turn.random() < DRAFTS else "report"
            form |= {"do": kind, "note": f"{self.told['name']} at {time.time():.6f}"}
            with self.client.post(
                path, form, name=f"save: {kind}", allow_redirects=False, catch_response=True
            ) as answer:
                if answer.status_code in (302, 422):  # 422: the page asks about a row instead of taking it
                    saved[kind if answer.status_code == 302 else "asked"].append(form["note"])
                    answer.success()

    environment = Environment(user_classes=[Person])
    runner = environment.create_local_runner()
    runner.start(len(people), spawn_rate=len(people) / ramp)
    gevent.sleep(seconds)
    runner.quit()
    return saved, environment.stats


def filled(text: str) -> dict[str, str]:
    """What a browser would send of a form that was left as it is."""
    form = _inputs(text, r"\w+")
    form |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', text))
    for name, body in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        form[name] = chosen[1] if chosen else ""
    return {name: html.unescape(value) for name, value in form.items()}


def _inputs(text: str, name: str) -> dict[str, str]:
    return dict(re.findall(rf'<input[^>]* name="({name})" value="([^"]*)"', text))


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--ramp", type=float, default=10, help="minutes in which all sign in")
    parser.add_argument("--processes", type=int, default=2, help="that answer requests")
    parser.add_argument("--postgresql", action="store_true")
    return parser.parse_args()


def _postgresql(stack: ExitStack) -> str:
    """A database on a server of its own, which writes through to the disk."""
    sys.path.insert(0, str(ROOT / "tests" / "register"))
    from postgresql import database, server

    return stack.enter_context(database(stack.enter_context(server(durable=True)), "load"))


def _apart(step: str, folder: Path, people: int) -> str:
    """A step with Django in a process of its own: it does not share one with gevent."""
    calls = {"prepare": f"prepare(folder, {people})", "compare": "print(json.dumps(saves_in(folder)))"}
    program = f"folder = Path({str(folder)!r})\n{calls[step]}"
    program = f"import json\nfrom pathlib import Path\nfrom register_load import prepare, saves_in\n{program}"
    path = os.pathsep.join(filter(None, (str(ROOT / "verify"), os.environ.get("PYTHONPATH", ""))))
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    return done.stdout


def _served(folder: Path, processes: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", "-m", "diffuscope", "register", "serve", "--port", "0"]
    command += ["--processes", str(processes), "--folder", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _address(server: subprocess.Popen[str]) -> str:
    line = server.stdout.readline() if server.stdout else ""
    found = re.search(r"http://\S+[^/\s]", line)
    if found is None:
        raise SystemExit(f"The pages are not served: {line}")
    return found[0]


def _cpu() -> float:
    """Seconds of CPU of processes that were started and have ended."""
    import resource  # not on Windows, where tests read this file too

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
