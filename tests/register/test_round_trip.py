"""From a case into the register and out again: not a row, not a number is another."""

from __future__ import annotations

import pytest
from network_people import OFFICER

from diffuscope import new_case, read_case, register
from diffuscope.errors import CaseError
from diffuscope.register.database import opened
from diffuscope.register.export import fingerprint_of
from diffuscope.ties import layers_of


def test_the_founding_case_comes_out_as_it_went_in(folder, tmp_path):
    case = read_case(register.export_case(folder, tmp_path / "case"))
    was = read_case("asean-smart-cities")
    assert case.sha256 == was.sha256, "tables and questions have the same hash"
    assert case.hashes == was.hashes
    assert not case.problems


def test_an_exported_case_imported_again_gives_the_same_files(folder, tmp_path, monkeypatch):
    first = register.export_case(folder, tmp_path / "first")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    other = register.new_register(tmp_path / "other", person="sari", network="Another")
    assert register.import_case(other, first, person="sari") > 4000
    second = register.export_case(other, tmp_path / "second")
    files = {file.name: file.read_bytes() for file in first.iterdir()}
    assert {file.name: file.read_bytes() for file in second.iterdir()} == files


def test_every_column_of_a_case_survives(tmp_path, monkeypatch):
    """A case with what the founding one lacks: money, joint and unlinked projects, successions."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    case = new_case(tmp_path / "case", monitoring=True)
    rows = (case / "projects.csv").read_text(encoding="utf-8").splitlines()
    head = rows[0] + ",budget,currency,start,end_planned,percent_complete,succeeds,note,description"
    money = [",1250000.5,USD,2023,2026-05,12.5,,,Lanes for buses", ",7000000,VND,,,,,joint,"]
    changed = [head, rows[1] + money[0], rows[2].replace(",birch,", ',"birch;cedar",') + money[1]]
    changed += [f"{row},,,,,,,," for row in rows[3:]]
    changed += [
        "2025,alder-a,alder,Ring lanes A,Transport,Buses,ongoing,,reported,judged,invented,,,,,,alder-bus,,",
        "2025,alder-b,alder,Ring lanes B,Transport,Buses,ongoing,,reported,judged,invented,,,,,,alder-bus,,",
    ]
    (case / "projects.csv").write_text("\n".join(changed) + "\n", encoding="utf-8")
    (case / "indicators.csv").write_text(
        "unit,wave,indicator,name,baseline,target,actual,unit_of_measure,source\n"
        "alder,2024,lanes,Bus lanes,1.5,10,3.25,km,invented\n"
        "alder,2025,lanes,Bus lanes,1.5,10,4,km,invented\n",
        encoding="utf-8",
    )
    (case / "support.csv").write_text(
        "partner,recipient,kind,amount,currency,stage,source\n"
        "planners,alder,grant,1000.25,USD,pledged,invented\nplanners,birch,grant,5,USD,,invented\n",
        encoding="utf-8",
    )
    was = read_case(case)
    assert not was.errors
    folder = register.new_register(tmp_path / "register", person="sari", source=case)
    now = read_case(register.export_case(folder, tmp_path / "out"))
    assert now.hashes == was.hashes
    assert now.sha256 == was.sha256


LEARNING = {
    "practices": "practice,unit,title,description,area,released,source,note\n"
    "open-data,alder,Open data,Tables for all,Transport,2024-03,invented,\n"
    "no-policy,alder,Not asked about,,,2024,invented,\n",
    "policies": "policy,name,group,origin,source\nlanes,Bus lanes,,,invented\n"
    "open-data,Open data,practices,,invented\n",
    "adoptions": "unit,policy,time,time_latest,tier,learned_from,source,note\n"
    "alder,open-data,2024-03,,,,invented,its own practice\n"
    "birch,lanes,2024,,,cedar,invented,\nbirch,open-data,2024-07-01,2025-06-30,,alder,invented,seen\n"
    "cedar,open-data,2025,,in force,,invented,\n",
    "exchanges": "asking,asked,kind,state,requested,held,about,source,note\n"
    "birch,alder,visit,held,2024-04,2024-05-02,open data,invented,\n"
    "cedar,alder,visit,requested,2025,,,invented,\n",
}


def test_practices_take_up_and_exchanges_survive(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    case = new_case(tmp_path / "case", monitoring=True)
    for name, text in LEARNING.items():
        (case / f"{name}.csv").write_text(text, encoding="utf-8")
    was = read_case(case)
    assert not was.errors
    folder = register.new_register(tmp_path / "register", person=OFFICER, source=case)
    with opened(folder):
        from diffuscope.register.models import Exchange, KeptRow, Practice, TakeUp

        assert [one.code for one in Practice.objects.all()] == ["open-data"]
        assert [one.first_seen for one in TakeUp.objects.all()] == ["2024-07-01/2025-06-30"]
        assert [(one.asking.code, one.asked.code) for one in Exchange.objects.all()] == [
            ("birch", "alder"), ("cedar", "alder"),
        ]  # fmt: skip
        more = KeptRow.objects.filter(table="adoptions", cells__policy="open-data")
        assert [one.cells["tier"] for one in more] == ["in force"], (
            "what the register does not keep stays a row"
        )
    first = register.export_case(folder, tmp_path / "out")
    read = read_case(first)
    for name in LEARNING:
        plain = read.table(name).drop("_row")
        assert plain.sort(plain.columns[:2]).equals(was.table(name).drop("_row").sort(plain.columns[:2])), (
            name
        )
    layer = layers_of(read)["information-exchanges"]
    assert [str(since) for since, _ in layer.snapshots][-1] == "2024-05-02"
    assert [one.id for one in was.analyses] == []
    assert [one.policies for one in read.analyses] == [("open-data",)], "why practices spread is asked"
    other = register.new_register(tmp_path / "other", person=OFFICER, source=first)
    second = register.export_case(other, tmp_path / "second")
    assert files_of(second) == files_of(first)


def test_a_fraction_of_the_smallest_coin_is_refused_with_its_row(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    case = new_case(tmp_path / "case", monitoring=True)
    (case / "support.csv").write_text(
        "partner,recipient,kind,amount,currency,source\nplanners,alder,grant,10.005,USD,invented\n",
        encoding="utf-8",
    )
    with pytest.raises(CaseError) as caught:
        register.new_register(tmp_path / "register", person="sari", source=case)
    [problem] = caught.value.problems
    assert (problem.table, problem.row, problem.column) == ("support", 2, "amount")


def test_a_backup_goes_from_either_database_into_sqlite_with_the_same_fingerprints(
    folder, tmp_path, monkeypatch
):
    backup = register.backup(folder, tmp_path / "backup.zip", person=OFFICER)
    assert backup.stat().st_mode & 0o777 == 0o600
    before = register.export_case(folder, tmp_path / "before")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    other = register.restore(backup, tmp_path / "restored")
    assert register.check_register(other) == []
    after = register.export_case(other, tmp_path / "after")
    assert fingerprint_of(files_of(after)) == fingerprint_of(files_of(before))
    register.open_wave(other, "2026", due="2026-09-30", person=OFFICER)
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(backup.read_bytes()[:-400])
    with pytest.raises(CaseError, match="no backup"):
        register.restore(damaged, tmp_path / "never")


def files_of(case):
    return {file.name: file.read_bytes() for file in case.iterdir()}
