"""Load on the register's screens: people who sign in, read and save, and how long they wait (locust).

Run ``python -m verify.register_load``; with ``DATABASE_URL`` it loads a register on PostgreSQL, otherwise one
on SQLite. PEOPLE, MINUTES and RAMP (minutes in which all sign in) are taken from the environment. Locust is
no dependency of the project: ``python -m pip install locust``.

Each person asks for a page every ten seconds; three in ten times the form of a project is filled and sent. At
the end every save that was confirmed must be in the database.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEOPLE = int(os.environ.get("PEOPLE", "200"))
MINUTES = float(os.environ.get("MINUTES", "12"))
RAMP = float(os.environ.get("RAMP", "10"))
PASSWORD = "a sentence that is long enough"
WAVE = "2026"
PAUSE, SAVES = 10, 0.3
BAR = 500
"""Milliseconds within which 95 of 100 requests are to be answered."""


def prepare(folder: Path) -> None:
    """A register of the founding case with an open wave, and people of its cities who have passwords."""
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
        pairs = list(rows.order_by("pk").values_list("city__code", "project__code"))
        hashed = make_password(PASSWORD)
        lines = []
        with writing():
            act = act_of("sari")
            for at in range(PEOPLE):
                city, project = pairs[at % len(pairs)]
                invited(act, f"person-{at}", "city", (city, f"Invented {at}", ""), made_up=True)
                lines.append(f"person-{at} {city} {project}")
        User.objects.bulk_create(User(username=line.split()[0], password=hashed) for line in lines)
    (folder / "people.txt").write_text("\n".join(lines), encoding="utf-8")


def kept(folder: Path) -> int:
    """Observations that came in by a form."""
    from diffuscope.register.database import opened

    with opened(folder):
        from diffuscope.register.models import Observation

        return int(Observation.objects.filter(wave__code=WAVE, sent__channel="form").count())


def say(text: str) -> None:
    """One line of what was found."""
    sys.stdout.write(f"{text}\n")


def main() -> int:
    """Prepare, serve, load, and say how long people waited and whether anything was lost."""
    with tempfile.TemporaryDirectory(prefix="diffuscope-") as work:
        folder = Path(work) / "register"
        _in_process(f"prepare(Path({str(folder)!r}))")
        command = [sys.executable, "-u", "-m", "diffuscope", "register", "serve", "--port", "0"]
        with subprocess.Popen(
            [*command, "--folder", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as server:
            line = server.stdout.readline() if server.stdout else ""
            address = line[line.index("http") :].split()[0].rstrip("/")
            saved, stats = _load(address, (folder / "people.txt").read_text(encoding="utf-8").split("\n"))
            server.terminate()
        found = int(_in_process(f"print(kept(Path({str(folder)!r})))"))
    total = stats.total
    p95 = total.get_response_time_percentile(0.95)
    say(f"{PEOPLE} people, {total.num_requests} requests, {total.num_failures} failed")
    say(f"median {total.get_response_time_percentile(0.5)} ms, 95 % within {p95} ms (bar {BAR})")
    for name, one in sorted(stats.entries.items()):
        say(f"  {name[1]} {name[0]}: {one.num_requests}, {one.get_response_time_percentile(0.95)} ms")
    say(f"saves confirmed {saved}, in the database {found}")
    return 0 if found == saved and not total.num_failures and p95 <= BAR else 1


def _in_process(call: str) -> str:
    """Django and gevent do not share a process."""
    program = f"from pathlib import Path\nfrom verify.register_load import kept, prepare\n{call}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout


def _load(address: str, people: list[str]) -> tuple[int, object]:
    import random
    import re

    import gevent
    from locust import HttpUser, constant_pacing, task
    from locust.env import Environment

    waiting, saved = list(people), []

    class Person(HttpUser):
        """Somebody of a city."""

        host = address
        wait_time = constant_pacing(PAUSE)

        def on_start(self) -> None:
            """Sign in."""
            self.code, self.city, self.project = waiting.pop().split()
            self.turn = random.Random(self.code)
            token = self._token(self.client.get("/enter", name="/enter").text)
            form = {"csrfmiddlewaretoken": token, "name": self.code, "password": PASSWORD}
            self.client.post("/enter", form, name="/enter", headers={"Referer": f"{address}/enter"})

        @task
        def ask(self) -> None:
            """Read a page, or save a project."""
            if self.turn.random() < SAVES:
                self._save()
                return
            page = self.turn.choice(
                [
                    f"/waves/{WAVE}/{self.city}",
                    "/queries",
                    "/projects",
                    f"/projects/{self.project}",
                    "/practices",
                ]
            )
            self.client.get(page, name=re.sub(r"/[^/]*$", "/…", page) if page.count("/") > 1 else page)

        def _save(self) -> None:
            path = f"/waves/{WAVE}/{self.city}/project"
            text = self.client.get(f"{path}?key={self.project}", name="form").text
            form = dict(re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', text))
            form |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', text))
            for name, body in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL):
                chosen = re.search(r'value="([^"]*)" selected', body)
                form[name] = chosen[1] if chosen else ""
            import html

            form = {name: html.unescape(value) for name, value in form.items()}
            form |= {"do": "report", "note": f"{self.code} at {time.time():.6f}"}
            with self.client.post(
                path, form, name="save", allow_redirects=False, catch_response=True,
                headers={"Referer": f"{address}{path}"},
            ) as answer:  # fmt: skip
                if answer.status_code == 302:
                    saved.append(form["note"])
                    answer.success()
                elif answer.status_code == 422:  # somebody else changed the row meanwhile: it is asked
                    answer.success()

        @staticmethod
        def _token(text: str) -> str:
            return re.search(r'csrfmiddlewaretoken" value="([^"]+)"', text)[1]

    environment = Environment(user_classes=[Person])
    runner = environment.create_local_runner()
    runner.start(len(people), spawn_rate=len(people) / (RAMP * 60))
    gevent.sleep(MINUTES * 60)
    runner.quit()
    return len(saved), environment.stats


if __name__ == "__main__":
    raise SystemExit(main())
