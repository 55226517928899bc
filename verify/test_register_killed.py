"""kill −9 at any statement of what changes a register: afterwards it is whole, before or after.

Each action runs in a process of its own, which ends itself by SIGKILL before the n-th statement. The
number n is drawn over all statements of the action. DIFFUSCOPE_KILLS sets how often each action is killed on
each database.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("django")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "register"))
from messy import Form
from network_people import OFFICER, found
from postgresql import database, runnable, server

from diffuscope import register

KILLS = int(os.environ.get("DIFFUSCOPE_KILLS", "100"))
ACTIONS = {
    "take-in": "register.take_in(folder, [folder / 'sent.xlsx'], person='sari')",
    "accept": "register.accept_return(folder, '2026', 'VNM', person='sari')",
    "correct": "register.correct(folder, '2025', 'han-ioc', {'status': 'ongoing'}, why='x', person='sari')",
    "publish": "register.publish_wave(folder, '2025', person='sari')",
    "confirm": "register.publish_wave(folder, '2024', person='chair')",
    "migrate": "register.restore(folder / 'backup.zip', folder / 'restored')",
}
PROGRAM = """
import os, signal, sys
from pathlib import Path
from diffuscope import register
from diffuscope.register import database
folder, at, count = Path(sys.argv[1]), int(sys.argv[2]), 0
def watched(execute, sql, params, many, context):
    global count
    count += 1
    if count == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
real = database._set_up
def set_up(place):
    real(place)
    from django.db import connection
    connection.execute_wrappers.append(watched)
database._set_up = set_up
{action}
print(count)
"""


def run(action: str, folder: Path, at: int) -> tuple[int, str]:
    """An action in a process of its own, killed before one statement; 0: never."""
    program = PROGRAM.replace("{action}", ACTIONS[action])
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(at)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout.strip() or done.stderr[-2000:]


def state(folder: Path) -> tuple[object, ...]:
    """What anybody would notice: rows by table, states, and files that rows name."""
    from diffuscope.register.database import opened

    with opened(folder):
        from diffuscope.register import models

        counted = tuple(getattr(models, name).objects.count() for name in models.__all__)
        states = tuple(models.ExpectedReturn.objects.order_by("pk").values_list("state", flat=True))
        editions = tuple(models.Edition.objects.order_by("pk").values_list("state", "file"))
    return counted, states, editions


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
    register.backup(folder, folder / "backup.zip", person=OFFICER)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def copies(request, tmp_path_factory):
    """Makes copies of the prepared register, each with a database of its own."""
    base = tmp_path_factory.mktemp("base") / "register"
    patch = pytest.MonkeyPatch()
    patch.delenv("DATABASE_URL", raising=False)
    with ExitStack() as stack:
        stack.callback(patch.undo)
        if request.param == "postgresql":
            if not runnable():
                pytest.skip("no server of PostgreSQL can be started here")
            url = stack.enter_context(server())
            patch.setenv("DATABASE_URL", stack.enter_context(database(url, "base")))
        prepared(found(base))

        def copy(folder: Path, held: ExitStack) -> Path:
            shutil.copytree(base, folder)
            if request.param == "postgresql":
                patch.setenv("DATABASE_URL", held.enter_context(database(url, f"copy_{folder.name}", "base")))
            return folder

        yield copy


@pytest.mark.parametrize("action", ACTIONS)
def test_a_killed_action_leaves_the_register_whole(copies, action, tmp_path):
    if action == "migrate" and os.environ.get("DATABASE_URL"):
        pytest.skip("a restore needs an empty database")
    with ExitStack() as held:
        folder = copies(tmp_path / "whole", held)
        before = state(folder)
        code, told = run(action, folder, 0)
        assert code == 0, told
        after, statements = state(folder), int(told.splitlines()[-1])
    assert after != before or action == "migrate"
    drawn = np.random.default_rng(1).integers(1, statements + 1, KILLS)
    for at in sorted(set(drawn.tolist())):
        with ExitStack() as held:
            folder = copies(tmp_path / f"killed{at}", held)
            code, _ = run(action, folder, at)
            assert code == -9
            assert register.check_register(folder) == []
            found_state = state(folder)
            # a proposal is a row first and a report later; in between nobody can confirm it
            between = action == "publish" and found_state[1:] == after[1:]
            assert found_state in (before, after) or between, (action, at)
            code, told = run(action, folder, 0)
            assert code == 0 or "already" in told or "not open" in told or action == "migrate", told
            assert register.check_register(folder) == []
            shutil.rmtree(folder)
