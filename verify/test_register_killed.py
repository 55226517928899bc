"""kill −9 at random moments of what changes a register: afterwards it is whole, before or after.

Each action runs in a process of its own, which is ended by SIGKILL. Half of the kills are drawn over the
steps of the action (before a statement of SQL, or before a file is opened for writing, renamed, made or
removed), half over its time by the clock. DIFFUSCOPE_KILLS sets how often each action is killed on each
database; DIFFUSCOPE_TOLD names a file that takes one line for each.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("django")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "register"))
from messy import Form
from network_people import OFFICER, found
from postgresql import database, runnable, server

from diffuscope import register
from diffuscope.errors import DiffuscopeError

KILLS = int(os.environ.get("DIFFUSCOPE_KILLS", "100"))
ACTIONS = {
    "take-in": lambda folder: register.take_in(folder, [folder / "sent.xlsx"], person=OFFICER),
    "accept": lambda folder: register.accept_return(folder, "2026", "VNM", person=OFFICER),
    "correct": lambda folder: register.correct(
        folder, "2025", "han-ioc", {"status": "ongoing"}, why="a letter", person=OFFICER
    ),
    "publish": lambda folder: register.publish_wave(folder, "2025", person=OFFICER),
    "confirm": lambda folder: register.publish_wave(folder, "2024", person="chair"),
    "migrate": register.migrate_register,
    "restore": lambda folder: register.restore(folder.with_suffix(".zip"), folder),
}
"""`publish` proposes an edition, `confirm` locks it."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate")


def act(action: str, folder: Path, at: int) -> None:
    """One action, ended by SIGKILL before its step of a number; 0: never. Prints how many steps it has."""
    from diffuscope.register import database as place

    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute, sql, params, many, context):
        step()
        return execute(sql, params, many, context)

    def file_changed(event, args):
        opened_to_write = event == "open" and isinstance(args[2], int) and args[2] & WRITES
        if (event in CHANGES or opened_to_write) and "__pycache__" not in str(args[0]):
            step()

    real = place._set_up

    def set_up(folder):
        real(folder)
        from django.db import connection

        connection.execute_wrappers.append(statement)

    for name in ("publish", "intake"):  # what is imported takes no time of the action
        import_module(f"diffuscope.register.{name}")
    place._set_up = set_up
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    sys.addaudithook(file_changed)
    ACTIONS[action](folder)
    step()
    sys.stdout.write(str(count))


def run(action: str, folder: Path, at: int = 0, after: float | None = None) -> tuple[int, int, float]:
    """An action in a process of its own: its exit code, its number of steps, and its seconds."""
    words = [sys.executable, __file__, action, str(folder), str(at)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True) as one:
        assert one.stdout.readline() == "begun\n"
        begun = time.perf_counter()
        try:
            code = one.wait(timeout=300 if after is None else after)
        except subprocess.TimeoutExpired:
            one.kill()
            code = one.wait()
        seconds = time.perf_counter() - begun
        with suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)  # processes that it began hold its output open
        told = one.stdout.read().strip()
    return code, int(told or 0), seconds


def state(folder: Path) -> tuple[object, ...]:
    """What anybody would notice: rows by table, states, what observations say, and files that rows name."""
    from diffuscope.register.database import opened

    with opened(folder):
        from diffuscope.register import models

        counted = tuple(getattr(models, name).objects.count() for name in models.__all__)
        states = tuple(models.ExpectedReturn.objects.order_by("pk").values_list("state", flat=True))
        editions = tuple(models.Edition.objects.order_by("pk").values_list("number", "state", "file"))
        said = hash(
            tuple(models.Observation.objects.order_by("pk").values_list("title", "status", "version"))
        )
    return counted, states, editions, said


def prepared(folder: Path) -> None:
    """An open wave with one return that came in, another on its way, and an edition that is proposed."""
    register.publish_wave(folder, "2024", person=OFFICER)
    register.open_wave(folder, "2026", due="2026-09-30", person=OFFICER)
    files = register.write_forms(folder, "2026", person=OFFICER, members=["VNM", "SGP"])
    register.take_in(folder, [files[0]], person=OFFICER)
    form = Form(files[1])
    form.put(form.row_of("Marine"), status="completed")
    form.add(unit="Singapore (city)", title="New lamps", status="planning")
    form.add(unit="Nowhere", title="Lost", status="planning")
    form.save(folder / "sent.xlsx")


class Copies:
    """Copies of the prepared register, each with a database of its own on SQLite or PostgreSQL."""

    def __init__(self, base: Path, url: str | None, patch: pytest.MonkeyPatch) -> None:
        self.base, self.url, self.patch = base, url, patch
        self.count = 0

    def one(self, held: ExitStack, action: str, work: Path) -> Path:
        self.count += 1
        folder = work / f"copy{self.count}"
        empty = action == "restore"
        if self.url is not None:
            template = "template0" if empty else "base"
            own = held.enter_context(database(self.url, f"copy{self.count}", template))
            self.patch.setenv("DATABASE_URL", own)
        if empty:
            shutil.copy(self.base.with_suffix(".zip"), folder.with_suffix(".zip"))
            held.callback(folder.with_suffix(".zip").unlink)
        else:
            shutil.copytree(self.base, folder)
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        if action == "migrate":
            older(folder)
        return folder


def older(folder: Path) -> None:
    """The tables as the first version had them, with all rows."""
    from diffuscope.register.database import opened

    with opened(folder, migrated=False):
        from django.core.management import call_command

        call_command("migrate", "register", "0001", verbosity=0, interactive=False)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def copies(request, tmp_path_factory):
    base = tmp_path_factory.mktemp("base") / "register"
    patch = pytest.MonkeyPatch()
    patch.delenv("DATABASE_URL", raising=False)
    with ExitStack() as stack:
        stack.callback(patch.undo)
        url = None
        if request.param == "postgresql":
            if not runnable():
                pytest.skip("no server of PostgreSQL can be started here")
            url = stack.enter_context(server())
            patch.setenv("DATABASE_URL", stack.enter_context(database(url, "base")))
        prepared(found(base))
        register.backup(base, base.with_suffix(".zip"), person=OFFICER)
        yield Copies(base, url, patch)


def whole(folder: Path, action: str, before: object, after: object) -> None:
    """After a kill: no fault, and everything of the action or nothing of it."""
    if action == "migrate":
        return  # asked when it has been done again, as older tables are refused
    if action == "restore":
        if (folder / "register.toml").exists():
            assert register.check_register(folder) == []
            assert state(folder) == after
        return
    assert register.check_register(folder) == []
    now = state(folder)
    # a proposal is a row first and a report later; in between nobody can confirm it
    assert now in (before, after) or (action == "publish" and now[1:] == after[1:])


def again(folder: Path, action: str, after: object) -> None:
    """The action can be done again, and then everything of it is there."""
    if action == "restore":
        if (folder / "register.toml").exists():
            return
        shutil.rmtree(folder, ignore_errors=True)
    try:
        ACTIONS[action](folder)
    except DiffuscopeError as why:
        told = str(why)
        assert any(
            words in told for words in ("already", "not open", "No edition", "only one that is", "says")
        )
        if action == "restore":
            return  # rows were there, the register was not: PostgreSQL asks for an empty database
    assert register.check_register(folder) == []
    now = state(folder)
    if action == "publish":
        assert now[2][-1] == after[2][-1]
    else:
        assert now == after


@pytest.mark.parametrize("action", ACTIONS)
def test_a_killed_action_leaves_the_register_whole(copies, action, tmp_path):
    with ExitStack() as held:
        folder = copies.one(held, action, tmp_path)
        before = None if action in ("migrate", "restore") else state(folder)
        code, steps, seconds = run(action, folder)
        assert code == 0
        after = state(folder)
    assert after != before
    random = np.random.default_rng(1)
    killed = {"step": 0, "moment": 0}
    while sum(killed.values()) < KILLS:
        how = "step" if sum(killed.values()) % 2 == 0 else "moment"
        with ExitStack() as held:
            folder = copies.one(held, action, tmp_path)
            at, moment = int(random.integers(1, steps + 1)), random.uniform(0, seconds)
            code, _, took = run(action, folder, at) if how == "step" else run(action, folder, after=moment)
            if code == 0 and how == "moment":
                seconds = min(seconds, took)  # it was done before the moment came: drawn again
                continue
            assert code == -signal.SIGKILL, (how, at)
            whole(folder, action, before, after)
            again(folder, action, after)
        killed[how] += 1
    if told := os.environ.get("DIFFUSCOPE_TOLD"):
        kind = "PostgreSQL" if copies.url else "SQLite"
        with Path(told).open("a", encoding="utf-8") as file:
            file.write(f"{kind}: {action}: {steps} steps, {seconds:.2f} s; killed {killed}\n")


if __name__ == "__main__":
    act(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
