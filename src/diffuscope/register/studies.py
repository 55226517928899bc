"""Studies as jobs: why practices spread among cities, asked for on a page and done by a worker."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.database import opened, writing
from diffuscope.register.rights import require
from diffuscope.register.write import act_of, add, change, lock

if TYPE_CHECKING:
    from diffuscope.register.place import Place

KIND = "study"
FOLDER = "studies"
PAGE = "report.html"
LIMIT = 3600
"""Seconds after which a study is ended."""
DAYS = 7
"""Days for which an upload waits for a decision."""
LOOK = 2.0
"""Seconds between two looks at the table of jobs."""


def ask_study(folder: str | Path, *, person: str) -> int:
    """Ask for a study of what the network has released; a worker does it.

    Parameters
    ----------
    folder : str or Path
    person : str
        Of the secretariat, or the chair.

    Returns
    -------
    int
        Number of the job.
    """
    with opened(folder), writing():
        from diffuscope.register.models import Job

        act = act_of(person, channel="form", why="asked for a study")
        require(act, "study")
        if Job.objects.filter(kind=KIND, state__in=("waiting", "running")).exists():
            raise PlanError("A study waits or runs already.")
        _last_wave()
        job = Job(kind=KIND, asked_by=act.person)
        add(act, [job])
        return int(job.pk)


def _last_wave() -> Any:
    from diffuscope.register.export import ordered_waves
    from diffuscope.register.models import Wave

    waves = ordered_waves(Wave.objects.filter(retired=False, state__in=("published", "imported")))
    if not waves:
        raise PlanError("Nothing is published yet that could be studied.")
    return waves[-1]


def work(folder: str | Path, *, once: bool = False) -> int:
    """Do jobs that wait, one after another, until it is stopped.

    Parameters
    ----------
    folder : str or Path
    once : bool
        End when no job waits.

    Returns
    -------
    int
        Jobs done, those that failed among them.
    """
    done = 0
    with opened(folder) as place:
        _forget(place)
        while True:
            job = _take()
            if job is not None:
                _do(place, job)
                done += 1
            elif once:
                return done
            else:
                time.sleep(LOOK)


def _forget(place: Place) -> None:
    """Delete what names persons and nobody needs: old sessions, failed sign-ins, uploads never taken in."""
    from django.core.management import call_command

    from diffuscope.register.accounts import forget_attempts
    from diffuscope.register.screens.taking_in import forget_uploads

    call_command("clearsessions")
    forget_attempts(DAYS)
    forget_uploads(place.folder, DAYS)


def _take() -> Any:
    """The next job, marked as running; also one that a worker began and never ended."""
    from django.db.models import Q

    from diffuscope.register.models import Job

    with writing():
        act = act_of_worker()
        if act is None:
            return None
        stale = Q(state="running", begun__lt=act.at - timedelta(seconds=LIMIT + 60))
        job = Job.objects.filter(Q(state="waiting") | stale, kind=KIND).order_by("pk").first()
        if job is not None:
            job = lock(job)
            change(act, job, {"state": "running", "begun": act.at, "ended": None})
        return job


def act_of_worker() -> Any:
    """The worker acts for whoever asked for the oldest job that is open; None where there is none."""
    from diffuscope.register.models import Job

    job = Job.objects.filter(state__in=("waiting", "running")).order_by("pk").first()
    return None if job is None else act_of(job.asked_by.code, channel="command", why="done by the worker")


def _do(place: Place, job: Any) -> None:
    out = place.folder / FOLDER / str(job.pk)
    try:
        with tempfile.TemporaryDirectory(prefix="diffuscope-") as work_in:
            says = _studied(Path(work_in), out)
    except (KeyboardInterrupt, SystemExit):  # the service is stopped; the next worker begins anew
        with writing():
            act = act_of(job.asked_by.code, channel="command", why="the worker was stopped")
            change(act, lock(job), {"state": "waiting", "begun": None})
        raise
    with writing():
        from datetime import UTC, datetime

        act = act_of(job.asked_by.code, channel="command", why="done by the worker")
        state = "failed" if says else "done"
        change(act, lock(job), {"state": state, "says": says, "ended": datetime.now(UTC)})


def _studied(work_in: Path, out: Path) -> str:
    """Study what is released in a process of its own; says why it failed, empty where it did not."""
    from diffuscope.register.place import PRIVATE_FOLDER

    try:
        case = study_case(work_in / "case")
    except PlanError as error:
        return str(error)
    made = work_in / "report"
    command = [sys.executable, "-m", "diffuscope", "run", str(case), "--out", str(made)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return f"It took longer than {LIMIT // 60} minutes and was ended."
    if done.returncode or not (made / PAGE).is_file():
        return " ".join((done.stderr or done.stdout).split())[-600:] or "It ended without a report."
    out.parent.mkdir(exist_ok=True, mode=PRIVATE_FOLDER)
    if out.exists():
        shutil.rmtree(out)
    shutil.copytree(made, out)
    return ""


def study_case(folder: Path) -> Path:
    """The case of a study: the latest published wave, what cities released, and the question of practices.

    Parameters
    ----------
    folder : Path
        Where its files go.
    """
    from diffuscope.register.as_of import public_change
    from diffuscope.register.export import case_files, write_files

    wave = _last_wave()
    files = case_files(wave, public_change(wave), public=True, learned_now=True)
    return write_files(files, folder)
