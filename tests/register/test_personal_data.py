"""Personal data: handed out, erased, in backups and in nothing that leaves the register."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from network_people import OFFICER
from secret_words import client_of

from diffuscope import register
from diffuscope.errors import PlanError
from diffuscope.register.database import opened, writing
from diffuscope.register.place import KEY

pytest.importorskip("django_otp")
WORD = "correct horse battery"
SECRETS = ("Ana Maria Lopes", "ana@mail.example")


def entered(folder):
    """An officer with a name, an address, a password, a second factor and recovery codes; gives its key."""
    register.invite(folder, "ana", role="secretariat", name=SECRETS[0], email=SECRETS[1], person=OFFICER)
    with opened(folder):
        from django.contrib.auth.models import User
        from django_otp.plugins.otp_totp.models import TOTPDevice

        from diffuscope.register.screens.accounts import confirm_device

        user = User.objects.create_user("ana", password=WORD)
        device = TOTPDevice.objects.create(user=user, name="second factor", confirmed=False)
        codes = confirm_device(user, device)
        return device.bin_key, codes


def code_of(key, ahead=0):
    from django_otp.oath import TOTP

    totp = TOTP(key)
    totp.time = time.time() + ahead
    return f"{totp.token():06}"


def signed_in(key, *, word=WORD):
    """What a browser gets that signs in with password and code."""
    own = client_of(None)
    first = own.post("/enter", {"name": "ana", "password": word}).status_code
    return own, first, own.post("/enter/code", {"code": code_of(key)}).status_code


def test_after_a_restore_people_sign_in_as_before(folder, tmp_path, monkeypatch):
    key, codes = entered(folder)
    file = register.backup(folder, tmp_path / "backup.zip", person=OFFICER)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.delenv("DATABASE_URL", raising=False)  # from PostgreSQL it moves to SQLite
    again = register.restore(file, tmp_path / "again")
    with opened(again):
        own, first, second = signed_in(key)
        assert (first, second) == (302, 302)
        assert own.get("/people").status_code == 200
        other = client_of(None)
        other.post("/enter", {"name": "ana", "password": WORD})
        assert other.post("/enter/code", {"code": codes[3]}).status_code == 302, "and by a recovery code"
        from django.contrib.sessions.models import Session

        assert Session.objects.count() >= 1, "of the two that have just begun; none came with the backup"
    assert register.check_register(again) == []


def test_a_code_used_before_a_backup_lets_nobody_in_after_the_restore(on_sqlite, tmp_path):
    key, _ = entered(on_sqlite)
    with opened(on_sqlite):
        code = code_of(key)
        own = client_of(None)
        own.post("/enter", {"name": "ana", "password": WORD})
        assert own.post("/enter/code", {"code": code}).status_code == 302
    file = register.backup(on_sqlite, tmp_path / "backup.zip", person=OFFICER)
    again = register.restore(file, tmp_path / "again")
    with opened(again):
        other = client_of(None)
        other.post("/enter", {"name": "ana", "password": WORD})
        assert other.post("/enter/code", {"code": code}).status_code == 403


def test_accounts_of_an_old_backup_let_nobody_in(on_sqlite, tmp_path):
    key, _ = entered(on_sqlite)
    file = register.backup(on_sqlite, tmp_path / "backup.zip", person=OFFICER)
    old = made_at(file, tmp_path / "old.zip", datetime.now(UTC) - timedelta(days=91))
    again = register.restore(old, tmp_path / "again")
    with opened(again):
        from django.contrib.auth.models import User

        assert User.objects.count() == 0
    assert "/enter/" in register.link_for(again, "ana", person=OFFICER)
    assert key


def made_at(file, to, when):
    """A backup as if it had been made at another time."""
    with zipfile.ZipFile(file) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    says = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps({**says, "made": when.isoformat()}).encode()
    with zipfile.ZipFile(to, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return to


def test_a_backup_deletes_older_ones_of_this_register_and_nothing_else(on_sqlite, founded, tmp_path):
    inbox = tmp_path / "backups"
    inbox.mkdir()
    first = register.backup(on_sqlite, tmp_path / "first.zip", person=OFFICER)
    days = datetime.now(UTC) - timedelta(days=31)
    made_at(first, inbox / "old.zip", days)
    made_at(first, inbox / "young.zip", days + timedelta(days=2))
    other = shutil.copytree(founded, tmp_path / "other")
    (other / KEY).write_bytes(b"another register's key")
    theirs = register.backup(other, tmp_path / "theirs.zip", person=OFFICER)
    made_at(theirs, inbox / "theirs.zip", days)
    (inbox / "holiday.zip").write_bytes(b"no zip at all")
    register.backup(on_sqlite, inbox / "new.zip", person=OFFICER, keep=30)
    assert sorted(one.name for one in inbox.iterdir()) == [
        "holiday.zip",
        "new.zip",
        "theirs.zip",
        "young.zip",
    ]


def test_a_person_gets_everything_that_is_held_and_no_secret(on_sqlite, tmp_path):
    key, codes = entered(on_sqlite)
    register.open_wave(on_sqlite, "2026", due="2026-09-30", person="ana")
    with opened(on_sqlite):
        from django.contrib.auth.models import User

        own, _, _ = signed_in(key)
        client_of(None).post("/enter", {"name": "ana", "password": "wrong"}, REMOTE_ADDR="192.0.2.77")
        data = own.post("/me")
        says = json.loads(b"".join(data.streaming_content))
        assert data.headers["Content-Disposition"].startswith("attachment")
        hashed = User.objects.get(username="ana").password
        with writing():
            from diffuscope.register.models import Person
            from diffuscope.register.write import act_of, change

            change(act_of(OFFICER), Person.objects.get(code=OFFICER), {"invented": True})
        officer = client_of(OFFICER)
        told = b"".join(officer.post("/people", {"do": "hand-out", "whom": "ana"}).streaming_content)
        assert json.loads(told)["person"] == says["person"]
        assert client_of("rep-THA").post("/people", {"do": "hand-out", "whom": "ana"}).status_code == 404
    assert says["person"] == {"code": "ana", "name": SECRETS[0], "email": SECRETS[1], "invented": False}
    assert [one["kind"] for one in says["roles"]] == ["secretariat"]
    assert says["sign_in"]["failed_sign_ins"][0]["ip_address"] == "192.0.2.77"
    assert says["sign_in"]["second_factor"] is True
    assert ("Wave", "") in {(one["entity"], one["field"]) for one in says["changes"]}
    text = json.dumps(says)
    assert not [one for one in (hashed, key.hex(), *codes) if one in text]
    with pytest.raises(PlanError, match="may not do this"):
        register.personal_data(on_sqlite, "ana", person="rep-THA")
    program = [sys.executable, "-m", "diffuscope", "register", "person", "ana", "--as", OFFICER]
    out = tmp_path / "held.json"
    done = subprocess.run(
        [*program, "--out", str(out), "--folder", str(on_sqlite)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(out.read_bytes())["person"] == says["person"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_an_erased_person_is_in_no_table_and_no_longer_signs_in(on_sqlite):
    key, _ = entered(on_sqlite)
    register.open_wave(on_sqlite, "2026", due="2026-09-30", person="ana")
    register.mark_return(on_sqlite, "2026", "BRN", "nil", person="ana", why="by telephone")
    register.link_for(on_sqlite, "ana", person=OFFICER)
    with opened(on_sqlite):
        from diffuscope.register.models import Draft, Member, Person, Wave
        from diffuscope.register.write import act_of, add, change

        with writing():  # a form that was begun, gone on with, and never sent; and a name that was put right
            ana, act = Person.objects.get(code="ana"), act_of("ana", channel="form")
            about = {"wave": Wave.objects.get(code="2026"), "member": Member.objects.get(code="bangkok")}
            draft = Draft(person=ana, key="new", cells={"note": "ask Ana Maria"}, **about)
            add(act, [draft])
            change(act, draft, {"cells": {"note": "ask ana@mail.example"}})
            change(act, ana, {"name": "Ana Maria Lopez"})
            change(act, ana, {"name": SECRETS[0]})
        own, _, _ = signed_in(key)
        client_of(None).post("/enter", {"name": "ana", "password": "wrong"})
    register.erase_person(on_sqlite, "ana", why="asked on 1 May", person=OFFICER)
    with opened(on_sqlite) as place:
        from django.apps import apps

        from diffuscope.register.models import Change

        assert own.get("/me").status_code == 302
        assert client_of(None).post("/enter", {"name": "ana", "password": WORD}).status_code == 403
        left = [
            f"{model.__name__}: {row}"
            for model in apps.get_models()
            if model.__name__ != "AccessAttempt"  # the one just now
            for row in model.objects.values()
            if re.search(r"\bana\b|Ana Maria|ana@mail", " ".join(map(str, row.values())))
        ]
        assert left == []
        kept = Change.objects.filter(entity="Person", field="name").last()
        of_draft = Change.objects.filter(entity="Draft", field="cells")
        assert {one.old[:12] for one in of_draft} == {"hmac-sha256:"}
        assert of_draft.last().why == "asked on 1 May"
        assert kept.why == "asked on 1 May"
        assert kept.old.startswith("hmac-sha256:")
        assert hashlib.sha256(SECRETS[0].encode()).hexdigest() not in kept.old, "trying names finds nothing"
        assert place.key
    assert register.check_register(on_sqlite) == []


def test_no_person_is_in_a_case_an_edition_or_a_study(on_sqlite, begun, tmp_path):
    """Whoever did something; what a city writes in its own words is not read for names."""
    from diffuscope.register.export import case_files
    from diffuscope.register.studies import study_case

    entered(on_sqlite)
    with opened(on_sqlite), writing():
        from diffuscope.register.models import Person, Wave
        from diffuscope.register.write import act_of, change

        for number, one in enumerate(Person.objects.all()):
            change(act_of("ana"), one, {"name": f"Zyx Person{number}", "email": f"zyx{number}@mail.example"})
        people = set(Person.objects.values_list("code", flat=True)) - {"chair"}
    register.open_wave(on_sqlite, "2026", due="2026-09-30", person="ana")
    for state in register.status(on_sqlite, "2026", person="ana"):
        mark = "carried-forward" if state.member == "BRN" else "nil"
        register.mark_return(on_sqlite, "2026", state.member, mark, person="ana", why="by telephone")
    text = {"title": "Alarms", "description": "x"}
    code = register.write_practice(on_sqlite, "bangkok", text, person="city-bangkok")
    register.release_practice(on_sqlite, code, person="city-bangkok")
    register.review_practice(on_sqlite, code, person="ana")
    register.close_wave(on_sqlite, "2026", person="ana")
    with opened(on_sqlite):
        study_case(tmp_path / "study")
        files = case_files(Wave.objects.get(code="2026"), public=True)
    assert b"by telephone" in files["returns.csv"]
    for one in (register.export_case(on_sqlite, tmp_path / "case"), tmp_path / "study"):
        files |= {f"{one.name}/{file.name}": file.read_bytes() for file in one.iterdir()}
    [edition] = (begun / "editions").glob("*.zip")
    files |= _unpacked("edition", edition.read_bytes())
    for name, data in files.items():
        found = re.findall(rb"Zyx Person|zyx\d+@|hmac-sha256|pbkdf2", data)
        words = set(re.findall(r"[\w.@-]+", data.decode("utf-8", "replace")))
        assert (found, words & people) == ([], set()), name


def _unpacked(name, data):
    """Files of a zip, and of the Word files in it."""
    if not data.startswith(b"PK"):
        return {name: data}
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        inner = {one: packed.read(one) for one in packed.namelist()}
    return {
        place: file for one, held in inner.items() for place, file in _unpacked(f"{name}/{one}", held).items()
    }
