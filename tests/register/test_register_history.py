"""History: who changed what, by whichever way it came; and what the database itself refuses to change."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from messy import Form
from network_people import CHAIR, OFFICER

from diffuscope import register
from diffuscope.errors import CaseError, PlanError
from diffuscope.register.database import opened, writing

ROOM = Path(register.__file__).parent
WRITERS = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "execute", "executescript", "aupdate", "adelete", "asave", "acreate", "abulk_create",
}  # fmt: skip
ACCOUNTS = {"create", "delete", "get_or_create", "save"}
"""Passwords and second factors are no rows of the register: Django keeps them, and no history shows them."""
ASKS = {
    "check.py": {"execute"}, "backups.py": {"execute"}, "database.py": {"execute"}, "accounts.py": ACCOUNTS,
}  # fmt: skip
"""Statements that ask the database, or set its sequences, and write no row."""


def test_only_one_module_writes_rows():
    found = {}
    for file in sorted(ROOM.rglob("*.py")):
        if file.name == "write.py" or file.parent.name == "migrations":
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        called = {
            node.func.attr for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }  # fmt: skip
        # a hash is updated as well, and lists what it reads
        wrong = (called & WRITERS) - ASKS.get(file.name, set()) - {"update"}
        if wrong or ("update" in called and "objects.update" in file.read_text(encoding="utf-8")):
            found[file.name] = wrong
    assert found == {}


def test_every_route_leaves_a_trace(folder, tmp_path):
    """A row of each route, and its change record with person, way, and what it was."""
    register.open_wave(folder, "2026", due="2026-09-30", person=OFFICER)
    [file] = register.write_forms(folder, "2026", person=OFFICER, members=["SGP"], out=tmp_path)
    form = Form(file)
    form.put(form.row_of("Marine"), status="completed")
    register.take_in(folder, [form.save(tmp_path / "singapore.xlsx")], person=OFFICER)
    register.correct(folder, "2026", "sin-e-payments", {"note": "seen"}, why="a letter", person=OFFICER)
    with opened(folder):
        from diffuscope.register.models import Change, ExpectedReturn, Observation

        ways = {}
        for row in Observation.objects.filter(
            project__code__in=("sin-marine-digital-twin", "sin-e-payments")
        ):
            [added] = Change.objects.filter(entity="Observation", row=row.pk, field="")
            ways.setdefault(added.channel, set()).add((row.wave.code, added.person.code, added.why))
        assert ways["import"] >= {("2025", OFFICER, "taken from the case `asean-smart-cities`")}
        assert ways["take-in"] == {("2026", OFFICER, "")}
        assert ways["command"] == {("2026", OFFICER, "a letter")}
        expected = ExpectedReturn.objects.get(wave__code="2026", member__code="SGP")
        moved = Change.objects.filter(entity="ExpectedReturn", row=expected.pk, field="state")
        assert [(one.old, one.new) for one in moved] == [("expected", "received")]
    lines = register.history(folder, "sin-marine-digital-twin", person=OFFICER)
    assert [line.channel for line in lines if line.wave == "2026"] == ["take-in"]
    assert register.check_register(folder) == []


@pytest.mark.parametrize("channel", ["form", "take-in", "bulk", "command", "import"])
def test_each_row_of_each_channel_has_its_record(folder, channel):
    """More rows than are written at once, and a change of one; each with person, way and reason."""
    from diffuscope.register.write import PIECE

    count = PIECE + 20
    with opened(folder), writing():
        from diffuscope.register.models import Area
        from diffuscope.register.write import act_of, add, change

        act = act_of(OFFICER, channel=channel, why="a letter")
        rows = [Area(area=f"{channel} {at}") for at in range(count)]
        add(act, rows)
        change(act, rows[-1], {"note": "seen"})
    with opened(folder):
        from diffuscope.register.models import Change

        ours = Change.objects.filter(act=act.id)
        assert {(one.channel, one.person.code, one.why) for one in ours.select_related("person")} == {
            (channel, OFFICER, "a letter")
        }
        assert set(ours.filter(field="").values_list("row", flat=True)) == {row.pk for row in rows}
        assert [(one.row, one.field, one.old, one.new) for one in ours.exclude(field="")] == [
            (rows[-1].pk, "note", "", "seen")
        ]
    assert register.check_register(folder) == []


def test_returns_are_accepted_together_or_none_of_them(folder, tmp_path):
    register.open_wave(folder, "2026", due="2026-09-30", person=OFFICER)
    files = register.write_forms(folder, "2026", person=OFFICER, members=["SGP", "VNM"], out=tmp_path)
    register.take_in(folder, files, person=OFFICER)
    with pytest.raises(PlanError, match="The return of Thailand is expected"):
        register.accept_return(folder, "2026", ["SGP", "VNM", "THA"], person=OFFICER)
    states = {one.member: one.state for one in register.status(folder, "2026", person=OFFICER)}
    assert (states["SGP"], states["VNM"]) == ("received", "received")
    register.accept_return(folder, "2026", ["SGP", "VNM"], person=OFFICER)
    with opened(folder):
        from diffuscope.register.models import Change

        moved = Change.objects.filter(entity="ExpectedReturn", new="accepted")
        assert {(one.channel, one.old) for one in moved} == {("bulk", "received")}
        assert len({one.act for one in moved}) == 1


@pytest.mark.parametrize("model", ["Return", "Observation", "Change"])
def test_the_database_refuses_to_change_or_delete_history(folder, model):
    for does in ("update", "delete"):
        with pytest.raises(CaseError, match="history: a correction is another version"), opened(folder):  # noqa: PT012
            from diffuscope.register import models

            row = getattr(models, model).objects.first()
            rows = getattr(models, model).objects.filter(pk=row.pk)
            if does == "update":
                rows.update(
                    **{"why" if model == "Change" else "file" if model == "Return" else "title": "forged"}
                )
            else:
                rows._raw_delete(rows.db)
    assert register.check_register(folder) == []


def test_a_change_behind_the_register_s_back_is_found(on_sqlite):
    import sqlite3

    with sqlite3.connect(on_sqlite / "register.sqlite3") as one:
        one.execute("UPDATE register_wave SET reference = '1999' WHERE code = '2025'")
        one.execute("DROP TRIGGER register_return_no_DELETE")
        one.execute("INSERT INTO register_area (position, retired, source, note, area, sub_area) "
                    "VALUES (99, 0, '', '', 'Forged', '')")  # fmt: skip
    found = register.check_register(on_sqlite)
    assert "Wave 6 was changed without a record." in found
    assert any("trigger `register_return_no_delete` is missing" in one for one in found)
    assert any(one.startswith("Area ") and "no change record" in one for one in found)


def test_rows_and_their_records_are_one_transaction(folder):
    with pytest.raises(RuntimeError, match="power"), opened(folder), writing():  # noqa: PT012
        from diffuscope.register.models import Area
        from diffuscope.register.write import act_of, add

        add(act_of(OFFICER), [Area(area="Lost")])
        raise RuntimeError("power")
    with opened(folder):
        from diffuscope.register.models import Area, Change

        assert not Area.objects.filter(area="Lost").exists()
        last = Change.objects.last()
        assert last.entity != "Area"
    with pytest.raises(RuntimeError, match="in a transaction"), opened(folder):  # noqa: PT012
        from diffuscope.register.write import act_of, add

        add(act_of(OFFICER), [Area(area="Lost")])


def test_who_may_what(folder):
    register.open_wave(folder, "2026", due="2026-09-30", person=OFFICER)
    asks = {
        "city-bangkok": lambda who: register.open_wave(folder, "2027", due="2027-09-30", person=who),
        "rep-THA": lambda who: register.close_wave(folder, "2026", person=who),
        "rep-VNM": lambda who: register.correct(
            folder, "2025", "han-ioc", {"note": "x"}, why="x", person=who
        ),
        CHAIR: lambda who: register.backup(folder, folder / "b.zip", person=who),
        "rep-KHM": lambda who: register.invite(folder, "friend", role="chair", person=who),
        "rep-IDN": lambda who: register.write_forms(folder, "2026", person=who, members=["THA"]),
    }
    for who, does in asks.items():
        with pytest.raises(PlanError, match="may not do this"):
            does(who)
    with pytest.raises(PlanError, match="Nobody gives themselves"):
        register.invite(folder, OFFICER, role="chair", person=OFFICER)
    with pytest.raises(PlanError, match="Did you mean `sari`"):
        register.status(folder, "2026", person="sary")


def test_a_city_sees_its_own_rows_and_what_is_published(folder, tmp_path):
    register.open_wave(folder, "2026", due="2026-09-30", person=OFFICER)
    for state in ("THA", "SGP"):
        files = register.write_forms(folder, "2026", person=OFFICER, members=[state], out=tmp_path)
        register.take_in(folder, files, person=OFFICER)
    seen = {one.member for one in register.status(folder, "2026", person="rep-THA")}
    assert seen == {"THA"}
    assert [one.wave for one in register.history(folder, "sin-e-payments", person="rep-THA")][-1] == "2025"
    assert [one.wave for one in register.history(folder, "sin-e-payments", person=OFFICER)][-1] == "2026"
    assert [one.wave for one in register.history(folder, "bkk-smart-city", person="city-bangkok")][
        -1
    ] == "2026"


def test_who_does_not_see_everything_exports_what_is_public(on_sqlite, tmp_path):
    whole = register.export_case(on_sqlite, tmp_path / "whole", person=CHAIR)
    public = register.export_case(on_sqlite, tmp_path / "public", person="rep-THA")
    assert [file.read_bytes() for file in sorted(whole.iterdir())] == [
        file.read_bytes() for file in sorted(register.export_case(on_sqlite, tmp_path / "all").iterdir())
    ]
    private = [
        line for line in (whole / "documents.csv").read_text("utf-8").splitlines() if ",private," in line
    ]
    kept = (public / "documents.csv").read_text("utf-8").splitlines()
    assert not [line for line in kept if ",private," in line]
    assert len(kept) + len(private) == len((whole / "documents.csv").read_text("utf-8").splitlines())
    with pytest.raises(PlanError, match="may not do this"):
        register.check_register(on_sqlite, person="rep-THA")
    assert register.check_register(on_sqlite, person=CHAIR) == []


def test_erasure_keeps_what_was_done_and_not_who(folder):
    register.invite(folder, "gone", role="secretariat", name="Ana Maria", email="a@b.example", person=OFFICER)
    register.open_wave(folder, "2026", due="2026-09-30", person="gone")
    assert register.held_about(folder, "gone", person=OFFICER).email == "a@b.example"
    register.erase_person(folder, "gone", why="asked on 1 May", person=OFFICER)
    with pytest.raises(PlanError, match="no person"):
        register.status(folder, "2026", person="gone")
    with opened(folder) as place:
        from diffuscope.register.models import Change, Person

        person = Person.objects.get(code__startswith="erased-")
        assert (person.name, person.email) == ("(erased)", "")
        assert Change.objects.filter(person=person).exists()
        told = " ".join(f"{one.old} {one.new}" for one in Change.objects.filter(entity="Person"))
        assert "Ana Maria" not in told
        assert place.network
    assert register.check_register(folder) == []
