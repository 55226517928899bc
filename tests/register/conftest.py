"""A register of the founding case with invented people, on both databases; each test has its own copy."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from network_people import CHAIR, OFFICER, found
from postgresql import database, runnable, server

from diffuscope import register
from diffuscope.register.database import opened, writing

django = pytest.importorskip("django")

NUMBERS = count(1)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes():
    """Passwords of tests are hashed in no time; those of a register take a third of a second each."""
    from diffuscope.register.settings import ALWAYS

    ALWAYS["PASSWORD_HASHERS"] = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def migrated_once(tmp_path_factory):
    """Tables of an empty SQLite are made by the migrations once, then copied: a second each time."""
    from diffuscope.register import backups, create

    template, migrate = tmp_path_factory.mktemp("migrated") / "empty.sqlite3", create.migrate

    def copied():
        from django.db import connection

        if connection.vendor != "sqlite" or connection.introspection.table_names():
            migrate()
        elif template.exists():
            with sqlite3.connect(template) as made:
                made.backup(connection.connection)
        else:
            migrate()
            with sqlite3.connect(template) as kept:
                connection.connection.backup(kept)

    with pytest.MonkeyPatch.context() as patch:
        for module in (create, backups):
            patch.setattr(module, "migrate", copied)
        yield


@pytest.fixture(scope="session")
def founded(tmp_path_factory) -> Path:
    """A register of the founding case on SQLite, with people and languages; nobody writes into it."""
    return found(tmp_path_factory.mktemp("founded") / "register")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory, founded):
    """A server with the founded register as a template, and that register's folder."""
    if not runnable():
        if os.environ.get("DIFFUSCOPE_REQUIRE_POSTGRESQL"):
            pytest.fail("PostgreSQL is required here, and no server can be started.")
        pytest.skip("no server of PostgreSQL can be started here")
    pytest.importorskip("psycopg")
    with ExitStack() as stack:
        url = stack.enter_context(server())
        own = stack.enter_context(database(url, "founded"))
        backup = register.backup(founded, tmp_path_factory.mktemp("backup") / "founded.zip", person=OFFICER)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", own)
            folder = register.restore(backup, tmp_path_factory.mktemp("restored") / "register")
        yield url, folder


@pytest.fixture(params=["sqlite", "postgresql"])
def folder(request, tmp_path, monkeypatch):
    """A register of the founding case that the test may change, on each database."""
    copy = tmp_path / "register"
    if request.param == "sqlite":
        monkeypatch.delenv("DATABASE_URL", raising=False)
        shutil.copytree(request.getfixturevalue("founded"), copy)
        yield copy
        return
    url, restored = request.getfixturevalue("postgresql")
    shutil.copytree(restored, copy)
    with database(url, f"test_{next(NUMBERS)}", "founded") as own:
        monkeypatch.setenv("DATABASE_URL", own)
        yield copy


@pytest.fixture
def on_sqlite(founded, tmp_path, monkeypatch):
    """The same on SQLite alone, for what does not depend on the database."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return Path(shutil.copytree(founded, tmp_path / "register"))


@pytest.fixture(scope="session")
def begun(founded, tmp_path_factory):
    """A register with an open wave, a published one, and a partner; nobody writes into it."""
    folder = tmp_path_factory.mktemp("screens") / "register"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        shutil.copytree(founded, folder)
        register.open_wave(folder, "2026", due="2099-12-31", person=OFFICER)
        with opened(folder):
            from diffuscope.register.models import Organisation

            bank = Organisation.objects.first().code
        register.invite(folder, "bank", role="partner", member=bank, person=OFFICER)
        register.publish_wave(folder, "2025", person=OFFICER)
        register.publish_wave(folder, "2025", person=CHAIR)
    return folder


@pytest.fixture(scope="session")
def made_up(begun, tmp_path_factory):
    """The same with people who are made up, so that they need no second factor."""
    folder = tmp_path_factory.mktemp("made-up") / "register"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        with opened(shutil.copytree(begun, folder)), writing():
            from diffuscope.register.models import Person
            from diffuscope.register.write import act_of, change

            for one in Person.objects.all():
                change(act_of(OFFICER), one, {"invented": True})
    return folder


@pytest.fixture
def site(made_up, tmp_path, monkeypatch):
    """A copy of it, open."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with opened(shutil.copytree(made_up, tmp_path / "register")) as place:
        yield place


@pytest.fixture
def client(site):
    return _client


def _client(code, *, language="en", **more):
    """A browser of a person, who reads in a language; None: in that of their state."""
    from django.contrib.auth.models import User
    from django.test import Client

    own = Client(HTTP_HOST="localhost", **more)
    if language is not None:
        own.cookies["language"] = language
    if code is not None:
        user, _ = User.objects.get_or_create(username=code)
        own.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return own
