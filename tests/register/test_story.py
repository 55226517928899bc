"""A network's year from end to end: ten messy workbooks become one published wave, without a line of code."""

from __future__ import annotations

import csv
import html
import re
import shutil
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest
from messy import Form, moved, own_workbook
from network_people import CHAIR, OFFICER, SECOND

from diffuscope import read_case, register, run_study
from diffuscope.errors import CaseError, PlanError
from diffuscope.study import counted_register

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))
from edition_figures import DOCUMENT, HEAD, READERS, edition_figures

WAVE = "2026"
SENT = ("New", "Changed")


def by_member(folder, wave=WAVE):
    return {one.member: one for one in register.status(folder, wave, person=OFFICER)}


def taken(folder, file, person=OFFICER, **more):
    [one] = register.take_in(folder, [file], person=person, **more)
    return one


def kinds(preview):
    names = ("new", "changed", "unchanged", "ended", "left out", "question", "refused")
    return {name: preview.count(name) for name in names if preview.count(name)}


def rules_of(preview):
    return sorted(asked.rule for row in preview.rows for asked in row.questions)


class Inbox:
    """The forms of a wave, and a folder for what comes back."""

    def __init__(self, folder: Path, inbox: Path) -> None:
        self.folder, self.inbox = folder, inbox
        inbox.mkdir()
        files = register.write_forms(folder, WAVE, person=OFFICER)
        self.forms = {file.stem.removeprefix(f"{WAVE}-"): file for file in files}

    def form(self, name: str, code: str = "en") -> Form:
        return Form(self.forms[name], code)

    def file(self, name: str) -> Path:
        return self.inbox / name


def test_ten_messy_workbooks_become_one_wave(folder, tmp_path, monkeypatch):
    assert len(register.open_wave(folder, WAVE, due="2026-09-30", person=OFFICER)) == 11
    inbox = Inbox(folder, tmp_path / "inbox")
    brunei_renamed_its_sheet_and_moved_columns(inbox)
    cambodia_sent_a_workbook_of_its_own(inbox)
    indonesia_split_a_project(inbox)
    laos_has_nothing_to_report(inbox)
    malaysia_has_headings_nobody_knows(inbox)
    myanmar_filled_an_old_form(inbox)
    philippines_sent_one_file_twice(inbox)
    singapore_sent_last_year_s_and_is_carried_forward(inbox)
    thailand_wrote_thai_and_two_cities_in_one_cell(inbox)
    viet_nam_s_doubtful_row_came_back_corrected(inbox)
    two_projects_were_one_after_all(folder)
    where_the_wave_stands(folder)
    case = published(folder, tmp_path)
    silence_is_unknown(case)
    edition_two(folder, tmp_path, case)
    assert register.check_register(folder) == []
    moved_to_sqlite(folder, tmp_path, monkeypatch)


def brunei_renamed_its_sheet_and_moved_columns(inbox):
    form = inbox.form("brunei-darussalam")
    row = form.row_of("Bus Passenger")
    form.put(row, status="On-going", percent_complete=0.65, start="30.9.2026")
    form.sheet.cell(row, form.places["percent_complete"]).number_format = "0%"
    form.sheet.title = "Brunei final (2)"
    moved(form, lambda columns: [*columns[2:6], *columns[:2], *columns[6:]])
    preview = taken(inbox.folder, form.save(inbox.file("brunei.xlsx")), preview=True)
    assert by_member(inbox.folder)["BRN"].state == "expected", "a preview changes nothing"
    assert kinds(preview) == {"changed": 1, "unchanged": 6}
    [changed] = [one for one in preview.rows if one.kind == "changed"]
    assert changed.changed == [
        ("status", "planning", "ongoing"),
        ("start", "", "2026-09-30"),
        ("percent_complete", None, 65.0),
    ]
    read = " ".join(preview.readings)
    assert "`On-going` is read as `ongoing`" in read
    assert "`30.9.2026` is read as `2026-09-30`" in read
    assert kinds(taken(inbox.folder, inbox.file("brunei.xlsx"))) == {"changed": 1, "unchanged": 6}


def cambodia_sent_a_workbook_of_its_own(inbox):
    headings = ("No.", "City", "Project Name", "Focus Area", "Status", "% completed", "Start date", "Remarks")
    rows = [
        (
            1,
            "Phnom Penh",
            "Phnom Penh Public Bus Service ",
            "Built Infrastructure",
            "On-going",
            0.4,
            "2022",
            None,
        ),
        (2, "Phnom Penh", "Smart City Strategic Planning", "Civic & Social", "COMPLETED", 1, "2021-03", None),
        (3, "Siem Reap", "Smart tourism", "Civic & Social", "on going", None, "30.9.2025", "as of May"),
        (4, "Siem Reap", "Bicycle sharing", "Built Infrastructure", "Planning", None, None, None),
        (5, "Siem Reap", "Data Platforms", "Civic & Social", "ongoing", None, None, None),
        (6, "Bangkok", "Night buses", "Built Infrastructure", "ongoing", None, None, None),
    ]
    file = own_workbook(
        inbox.file("Kingdom of Cambodia.xlsx"), ["SMART CITIES NETWORK", "Country: Cambodia", "M&E 2026"],
        headings, rows, sheet="M&E 2026", percents={"% completed": (0, 1)},
    )  # fmt: skip
    one = taken(inbox.folder, file)
    assert one.member == "KHM"
    assert kinds(one) == {"changed": 3, "new": 1, "question": 1, "refused": 1}
    assert rules_of(one) == ["other-state", "same-project"]
    assert len(one.missing) == 10, (
        "of 17 projects 3 were sent, 1 is asked about, 3 others were completed before"
    )
    states = {row.row.values["title"]: row.values["status"] for row in one.rows if row.kind == "changed"}
    assert states["Smart tourism"] == "ongoing"
    again = Form(one.questions)
    for row in range(6, again.sheet.max_row + 1):
        title = str(again.get(row, "title"))
        if title in ("Night buses", "Data Platforms"):
            again.put(row, report="leave out")
    answered = taken(inbox.folder, again.save(inbox.file("cambodia answers.xlsx")))
    assert kinds(answered) == {"left out": 2, "unchanged": 10}
    assert [text.partition(":")[0] for text in answered.missing] == ["rep-data"], "asked again"
    last = Form(answered.questions)
    last.put(6, report=last.report("same"))
    assert kinds(taken(inbox.folder, last.save(inbox.file("cambodia last.xlsx")))) == {"unchanged": 1}
    assert by_member(inbox.folder)["KHM"].queries == 0
    assert by_member(inbox.folder)["KHM"].projects == 15


def indonesia_split_a_project(inbox):
    form = inbox.form("indonesia", "id")
    old = form.row_of("Tourism Alleys")
    key = form.get(old, "key")
    form.put(old, report=form.report("split"))
    for title in ("Tourism Alleys: old town", "Tourism Alleys: harbour"):
        form.add(
            unit="Makassar", title=title, area="Civic & Social", status=form.status("ongoing"), continues=key
        )
    other = form.row_of("Living Lab")
    form.put(other, report=form.report("merged"), continues=form.get(form.row_of("JakPreneur"), "key"))
    one = taken(inbox.folder, form.save(inbox.file("indonesia.xlsx")))
    assert kinds(one) == {"new": 2, "unchanged": 16, "ended": 2}
    lines = [line.what for line in register.history(inbox.folder, key, person=OFFICER)]
    assert sum("continues upg-tourism-alleys" in line for line in lines) == 2


def laos_has_nothing_to_report(inbox):
    form = inbox.form("lao-pdr")
    form.sheet.cell(3, 2).value = "Yes"
    changed = form.row_of("Wastewater")
    form.put(changed, status="completed")
    refused = taken(inbox.folder, form.save(inbox.file("laos.xlsx")))
    assert "nothing to report, but rows" in refused.refused
    form.put(changed, status="ongoing")
    assert taken(inbox.folder, form.save(inbox.file("laos.xlsx"))).nothing
    assert by_member(inbox.folder)["LAO"].state == "nil"


def malaysia_has_headings_nobody_knows(inbox):
    headings = ("Bil.", "Bandar", "Projek", "Bidang", "Peringkat")
    rows = [
        (1, "Ipoh", "Air Quality Monitoring System", "Quality Environment", "sedang berjalan"),
        (2, "Kuching", "Smart Parking", "Built Infrastructure", "siap"),
    ]
    file = own_workbook(inbox.file("Malaysia.xlsx"), ["Malaysia 2026"], headings, rows)
    refused = taken(inbox.folder, file)
    assert "--column" in refused.refused
    register.save_column_map(
        inbox.folder, "MYS", person=OFFICER,
        columns={"Bandar": "unit", "Projek": "title", "Bidang": "area", "Peringkat": "status"},
        values={"status": {"sedang berjalan": "ongoing", "siap": "completed"}},
    )  # fmt: skip
    one = taken(inbox.folder, file)
    assert kinds(one) == {"changed": 1, "unchanged": 1}
    answers = Form(one.questions)
    for row in range(6, answers.sheet.max_row + 1):
        answers.put(row, report="leave out")
    taken(inbox.folder, answers.save(inbox.file("malaysia answers.xlsx")))
    later = own_workbook(inbox.file("Malaysia more.xlsx"), ["Malaysia 2026"], headings,
                         [(1, "Kuala Lumpur", "Smart Bin", "Quality Environment", "siap")])  # fmt: skip
    assert kinds(taken(inbox.folder, later)) == {"changed": 1}, "the column map was kept"
    settle_all(inbox.folder, "MYS")


def settle_all(folder, member):
    for one in register.queries(folder, WAVE, person=OFFICER):
        if one.member == member:
            register.settle(folder, one.number, answer="by telephone", person=OFFICER)


def myanmar_filled_an_old_form(inbox):
    """Two officers change one project: the second is asked, and the answer decides."""
    first, second = inbox.form("myanmar"), inbox.form("myanmar")
    row = first.row_of("Safe City")
    first.put(row, status="completed")
    first.put(first.row_of("Public Parks"), note="opened in May")
    assert kinds(taken(inbox.folder, first.save(inbox.file("myanmar 1.xlsx"))))["changed"] == 2
    second.put(row, status="on hold")
    second.put(second.row_of("Knowledge Hub"), status="completed")
    one = taken(inbox.folder, second.save(inbox.file("myanmar 2.xlsx")), person=SECOND)
    assert kinds(one) == {"changed": 1, "question": 1, "unchanged": 12}, (
        "what the first changed elsewhere stays"
    )
    assert rules_of(one) == ["changed-by-both"]
    assert by_member(inbox.folder)["MMR"].state == "queried"
    with pytest.raises(PlanError, match="1 question to Myanmar is open"):
        register.accept_return(inbox.folder, WAVE, "MMR", person=OFFICER)
    answers = Form(one.questions)
    assert "from “ongoing” to “completed” after this was filled in" in str(answers.sheet.cell(6, 1).value)
    assert kinds(taken(inbox.folder, answers.save(inbox.file("myanmar 3.xlsx")))) == {"changed": 1}
    lines = register.history(inbox.folder, "nyt-safe-city", person=OFFICER)
    moved_status = [(line.person, line.old, line.new) for line in lines if line.what.endswith(": status")]
    assert moved_status == [(OFFICER, "completed", "on hold")]
    assert by_member(inbox.folder)["MMR"].projects == 14


def philippines_sent_one_file_twice(inbox):
    form = inbox.form("philippines")
    form.add(unit="Manila", title="Flood sensors", area="Quality Environment", status="planning")
    file = form.save(inbox.file("philippines.xlsx"))
    assert kinds(taken(inbox.folder, file, preview=True)) == {"new": 1, "unchanged": 8}
    assert kinds(taken(inbox.folder, file)) == {"new": 1, "unchanged": 8}
    shutil.copy(file, inbox.file("philippines (1).xlsx"))
    assert taken(inbox.folder, inbox.file("philippines (1).xlsx")).again
    assert by_member(inbox.folder)["PHL"].projects == 9


def singapore_sent_last_year_s_and_is_carried_forward(inbox):
    headings = ("City", "Project title", "Status")
    rows = [("Singapore (city)", "E-Payments", "completed")]
    file = own_workbook(inbox.file("Singapore.xlsx"), ["Singapore, M&E 2025"], headings, rows)
    assert "it is of the wave 2025" in taken(inbox.folder, file).refused
    said = register.mark_return(inbox.folder, WAVE, "SGP", "carried-forward", person=OFFICER, why="no answer")
    assert said == "Singapore: carried forward, 6 projects"


def thailand_wrote_thai_and_two_cities_in_one_cell(inbox):
    form = inbox.form("thailand", "th")
    form.put(form.row_of("Smart Pier"), status=form.status("completed"))
    form.add(unit="Bangkok และ Phuket", title="เซ็นเซอร์น้ำท่วม", area="Quality Environment",
             status=form.status("planning"), start_planned="2027")  # fmt: skip
    one = taken(inbox.folder, form.save(inbox.file("ไทย.xlsx")))
    assert kinds(one) == {"new": 1, "changed": 1, "unchanged": 19}
    [new] = [row for row in one.rows if row.kind == "new"]
    assert new.row.values["unit"] == ["bangkok", "phuket"]
    assert any("`Bangkok และ Phuket` is read as `bangkok;phuket`" in text for text in one.readings)


def viet_nam_s_doubtful_row_came_back_corrected(inbox):
    form = inbox.form("viet-nam", "vi")
    form.add(
        unit="Da Nag", title="Đèn đường thông minh", area="Safety & Security", status=form.status("ongoing")
    )
    key = form.row_of("Smart Water")
    form.put(key, key="")
    gone = form.row_of("Transport Operation")
    for column in form.places:
        form.put(gone, **{column: ""})
    file = form.save(inbox.file("việt nam.xlsx"))
    preview = taken(inbox.folder, file, preview=True)
    assert (kinds(preview), len(preview.missing)) == ({"unchanged": 5, "question": 1}, 1)
    assert register.queries(inbox.folder, WAVE, person="rep-VNM") == [], "a preview asks nothing yet"
    one = taken(inbox.folder, file)
    assert kinds(one) == {"unchanged": 5, "question": 1}, "the row without its key is found by city and title"
    assert rules_of(one) == ["unknown-id"]
    assert [text.partition(":")[0] for text in one.missing] == ["han-transport"]
    answers = Form(one.questions, "vi")
    for row in answers.rows:
        if answers.get(row, "unit") == "Da Nag":
            answers.put(row, unit="Đà Nẵng")
        else:
            answers.put(row, report=answers.report("completed"))
    assert kinds(taken(inbox.folder, answers.save(inbox.file("trả lời.xlsx")))) == {"new": 1, "changed": 1}
    assert by_member(inbox.folder)["VNM"].state == "received"


def two_projects_were_one_after_all(folder):
    """By its own decision the secretariat links what a city had sent as new, and merges two others."""
    for kind, earlier, later, why in (
        ("link", ["rep-waste"], ["p-000001"], "the same project, says the city"),
        ("merge", ["mnl-command", "mnl-e-government-services"], ["p-000004"], "letter of Manila"),
    ):
        with pytest.raises(PlanError, match="may not do this"):
            register.succeed(folder, kind, earlier, later, why=why, person="rep-PHL")
        register.succeed(folder, kind, earlier, later, why=why, person=OFFICER)
    told = [
        (line.what, line.person, line.why)
        for line in register.history(folder, "p-000004", person=OFFICER)
        if "continues" in line.what
    ]
    assert told == [
        (f"merged: p-000004 continues {code}", OFFICER, "letter of Manila")
        for code in ("mnl-command", "mnl-e-government-services")
    ]


def where_the_wave_stands(folder):
    states = {code: one.state for code, one in by_member(folder).items()}
    came = ("BRN", "KHM", "IDN", "MYS", "MMR", "PHL", "THA", "VNM")
    others = {"LAO": "nil", "SGP": "carried forward", "TLS": "expected"}
    assert states == {**dict.fromkeys(came, "received"), **others}
    for code in [code for code, state in states.items() if state == "received"]:
        register.accept_return(folder, WAVE, code, person=OFFICER)
        with pytest.raises(PlanError, match="letter of the representative"):
            register.clear_return(folder, WAVE, code, person=OFFICER)
        register.clear_return(folder, WAVE, code, person=f"rep-{code}")
    closed = register.close_wave(folder, WAVE, person=OFFICER)
    assert (closed["silent"], closed["nil"], closed["carried forward"]) == (["TLS"], ["LAO"], ["SGP"])


def published(folder, tmp_path) -> Path:
    """The draft is read, its own figures confirm it, and the chair's word locks it."""
    with pytest.raises(PlanError, match="No edition"):
        register.publish_wave(folder, WAVE, person=CHAIR)
    draft = register.publish_wave(folder, WAVE, person=OFFICER)
    assert draft.state == "proposed"
    counted = counted_register(draft.file)
    audited(draft.file, counted, tmp_path)
    three_different_things(draft)
    done = register.publish_wave(folder, WAVE, person=CHAIR)
    assert (done.state, done.edition, done.fingerprint) == ("published", 1, draft.fingerprint)
    with zipfile.ZipFile(done.file) as packed:
        names = set(packed.namelist())
        everything = b"".join(
            packed.read(name) for name in names if name.endswith((".csv", ".toml", ".json"))
        )
    assert {"case.toml", "projects.csv", "result.json", "report.html", "report.docx"} <= names
    for person in (OFFICER, SECOND, "rep-THA"):
        assert f'"{person}"'.encode() not in everything
    with pytest.raises(PlanError, match="is published, not open"):
        register.mark_return(folder, WAVE, "TLS", "nil", person=OFFICER)
    return register.export_case(folder, tmp_path / "case")


def three_different_things(draft):
    """Silence, *nothing to report* and rows carried forward, as a reader of the report meets them."""
    page = (draft.file / "report.html").read_text(encoding="utf-8")
    cells = re.sub(r"(\s*\|\s*)+", " | ", html.unescape(re.sub(r"<[^>]+>", "|", page)))
    for told in (
        "Dili | No return | – |",
        "Vientiane | Nothing to report | 0 (0 %) |",
        "Singapore (city) | Carried forward | 6 (5 %) |",
        "E-Payments (carried forward)",
    ):
        assert told in cells
    # a title is in Thai: without a font that has its letters there is no PDF, and the reason says which
    assert (draft.file / "report.pdf").is_file() == (draft.remark == "")
    assert not draft.remark or "letters of Thai" in draft.remark


def audited(case: Path, counted, tmp_path):
    """Figures as the page and the Word document print them, typed into `published`: all are confirmed."""
    own = tmp_path / "audited"
    shutil.copytree(case, own)
    frame = counted.frames["units"]
    rows = [dict(zip(frame.columns, row, strict=True)) for row in frame.rows]
    from diffuscope.report.edition.build import build

    edition = build(counted, "public", WAVE)
    for ending in (".html", ".docx"):
        shown = READERS[ending]((own / f"report{ending}").read_bytes())
        printed = edition_figures(edition, shown, WAVE, {row["name"]: row["unit"] for row in rows})
        assert len(printed) > 20
        with (own / "published.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEAD)
            writer.writeheader()
            writer.writerows(printed)
        documents = pl.read_csv(case / "documents.csv", infer_schema=False)
        about = {"document": DOCUMENT, "title": "Our edition", "share": "public", "licence": "CC0-1.0"}
        more = pl.DataFrame([about]).select(pl.all().cast(pl.String))
        pl.concat([documents, more], how="diagonal").write_csv(own / "documents.csv")
        (own / "claims.csv").unlink(missing_ok=True)
        read = read_case(own)
        assert not read.errors
        found = run_study(read, parts=("audit",)).audit
        assert [row.description for row in found if row.outcome != "confirmed"] == []


def silence_is_unknown(case):
    """The exported case counts what the register counted; the silent state is unknown, and nil is zero."""
    read = read_case(case)
    assert not read.errors
    frames = counted_register(case).frames
    total = {row[0]: row for row in frames["wave_totals"].rows}[WAVE]
    counts = dict(zip(frames["wave_totals"].columns, total, strict=True))
    ours = read.table("projects").filter(wave=WAVE)
    assert counts["projects"] == ours.height
    assert "dili" in counts["missing"].split(";"), "the only city of the silent state is unknown, not zero"
    assert not {"vientiane", "luang-prabang"} & set(counts["missing"].split(";"))
    assert counts["nil"] == 2, "both cities of the state that has nothing to report"
    assert counts["carried_projects"] == 6
    states = dict(read.table("returns").filter(wave=WAVE).select("unit", "state").iter_rows())
    assert (states["TLS"], states["LAO"], states["SGP"]) == ("silent", "nil", "carried forward")
    assert set(states.values()) == {"received", "nil", "carried forward", "silent"}
    fresh = ours.filter(~pl.col("source").str.contains("carried forward"))
    cited = r"\.xlsx › .+, row \d+ \(return \d+\)|by telephone \(question \d+, return \d+; as in 2025: "
    assert fresh["source"].str.contains(cited).all(), "every row cites its return"


def slipped_in(folder):
    from diffuscope.register.database import opened, writing
    from diffuscope.register.lookup import project_named, wave_named
    from diffuscope.register.waves import copied
    from diffuscope.register.write import act_of, add

    with opened(folder), writing():
        from diffuscope.register.models import Observation

        one = Observation.objects.filter(wave=wave_named(WAVE), project=project_named("han-ioc")).last()
        add(act_of(OFFICER), [copied(one, one.wave, one.sent)])


def moved_to_sqlite(folder, tmp_path, monkeypatch):
    """A backup of either database restores into SQLite, where both editions have their fingerprints."""
    backup = register.backup(folder, tmp_path / "backup.zip", person=OFFICER)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    other = register.restore(backup, tmp_path / "restored")  # checks every edition against its fingerprint
    assert register.check_register(other) == []
    assert len(list((other / "editions").iterdir())) == 2


def edition_two(folder, tmp_path, case):
    """An erratum makes edition 2; edition 1 keeps its bytes, and the change list says who and why."""
    with pytest.raises(CaseError, match="published and locked"):
        slipped_in(folder)
    register.correct(
        folder, WAVE, "han-ioc", {"status": "ongoing"}, why="letter of 3 October", person=OFFICER
    )
    register.publish_wave(folder, WAVE, person=OFFICER)
    second = register.publish_wave(folder, WAVE, person=CHAIR)
    assert second.edition == 2
    again = register.export_case(folder, tmp_path / "again", wave=WAVE, edition=1)
    files = {file.name: file.read_bytes() for file in case.iterdir()}
    assert {file.name: file.read_bytes() for file in again.iterdir()} == files
    now = register.export_case(folder, tmp_path / "now")
    assert (now / "projects.csv").read_bytes() != files["projects.csv"]
    [line] = register.change_list(folder, WAVE, person=OFFICER)
    assert line[:6] == (2, "han-ioc", "Ha Noi", "status", "planning", "ongoing")
    assert line[6:] == (OFFICER, "letter of 3 October")
