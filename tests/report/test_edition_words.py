"""Editions of a network's report in the network's own words, with sub-areas told in words."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from edition_towns import ROWS, WORDS, table, towns

from diffuscope.records.labels import LABELS
from diffuscope.report.edition.build import build
from diffuscope.report.edition.contents import text


def with_sub_areas():
    columns = ("wave", "unit", "title", "area", "sub_area", "status")
    rows = [
        ("2025", "ash", "Bus lanes", "Transport", "Buses", "ongoing"),
        ("2025", "ash", "Night buses", "Transport", "Buses", "completed"),
        ("2025", "cedar", "Cycle paths", "Transport", "Cycling", "ongoing"),
        ("2025", "cedar", "River link", "Transport", None, "ongoing"),
        ("2025", "ash", "Pumps", "Water", "Floods", "planning"),
    ]
    projects = pl.DataFrame(rows, schema=list(columns), orient="row").with_columns(
        status_basis=pl.lit("reported"), link_basis=pl.lit("not linked"), source=pl.lit("mail")
    )
    areas = pl.DataFrame(
        {
            "area": ["Water", "Transport", "Transport", "Energy"],
            "sub_area": ["Floods", "Buses", "Cycling", None],
        }
    )
    own = pl.DataFrame({"column": ["sub_area"], "written": ["Bus services"], "means": ["Buses"]})
    return towns(projects=projects, areas=areas, words=own)


def test_sub_areas_stand_below_their_areas():
    head, *rows = table(build(with_sub_areas()), "sub-areas")
    assert head == ("Area", "Sub-area", "Projects", "Planning", "Ongoing", "Completed")
    assert rows == [
        ("Water", "", "1 (20 %)", "1 (100 %)", "0 (0 %)", "0 (0 %)"),
        ("Water", "Floods", "1 (20 %)", "1 (100 %)", "0 (0 %)", "0 (0 %)"),
        ("Transport", "", "4 (80 %)", "0 (0 %)", "3 (75 %)", "1 (25 %)"),
        ("Transport", "Bus services", "2 (40 %)", "0 (0 %)", "1 (50 %)", "1 (50 %)"),
        ("Transport", "Cycling", "1 (20 %)", "0 (0 %)", "1 (100 %)", "0 (0 %)"),
        ("Transport", "no sub-area named", "1 (20 %)", "–", "–", "–"),
        ("Energy", "", "0 (0 %)", "0", "0", "0"),
        ("All", "", "5", "1 (20 %)", "3 (60 %)", "1 (20 %)"),
    ]
    assert table(build(with_sub_areas()), "completed")[1][3:] == ("Transport", "Bus services", "Completed")


def test_each_area_is_told_in_words_with_its_sub_areas_and_cities():
    (part,) = [part for part in build(with_sub_areas()).parts if part.id == "areas"]
    told = {group.title: group.points for group in part.groups}
    assert told["Transport"] == (
        "Projects: 4 (80 %); Ongoing (3), Completed (1)",
        "Sub-areas: Bus services (2), Cycling (1)",
        "Cities (2): Ash (2), Cedar (2)",
    )
    assert told["Energy"] == ("Projects: 0 (0 %)",)


# --- in the network's own words


VIETNAMESE = {
    "Project": "Dự án", "City": "Thành phố", "Countries": "Quốc gia", "September": "tháng 9",
    "hosted by": "chủ trì:", "Changes since the last report": "Thay đổi", "New": "Mới", "In short": "Tóm tắt",
}  # fmt: skip


def test_what_is_told_in_words_is_in_the_network_s_words():
    own = pl.DataFrame({"column": "label", "written": list(VIETNAMESE.values()), "means": list(VIETNAMESE)})
    statuses = pl.DataFrame({"column": ["status"], "written": ["Đang thực hiện"], "means": ["ongoing"]})
    more = WORDS.filter(pl.col("column") != "label")
    edition = build(towns(words=pl.concat([own, statuses, more]), language="vi"))
    assert edition.subtitle.endswith("2025 (30 tháng 9 2025)")
    # one word for one and several: the language declares it once
    assert edition.parts[0].says == ("2025: Dự án: 4 · Thành phố: 2 · Quốc gia: 2",)
    (part,) = [part for part in edition.parts if part.id == "changes"]
    (north, _) = part.groups
    assert north.points[:2] == (
        "Dự án: 1 → 4",
        "Mới (3): =Pumps() (Ash; Completed); Resting (Ash; On hold); "
        "River link <b> (Ash, Cedar; Đang thực hiện)",
    )
    assert table(edition, "countries")[0][:2] == ("Quốc gia", "Thành phố")


def test_every_label_of_an_edition_can_be_put_into_other_words():
    own = pl.DataFrame({"written": [f"⟦{at}⟧" for at in range(len(LABELS))], "means": LABELS})
    words = pl.concat([WORDS.head(2), own.select(pl.lit("label").alias("column"), "written", "means")])
    returns = pl.DataFrame(
        {
            "wave": ["2025"] * 2,
            "unit": ["birch", "ash"],
            "state": ["silent", "carried_forward"],
            "source": "mail",
        }
    )
    edition = build(towns(words=words, returns=returns))
    said = [edition.subtitle, edition.summary, *(part.title for part in edition.parts)]
    said += [note for part in edition.parts for note in part.notes]
    said += [
        one for part in edition.parts for table in part.tables for one in (*table.notes, *table.head[:4])
    ]
    statuses = {"Planning", "On-going", "Completed", "On hold"}
    assert [one for one in said if "⟦" not in one and one not in statuses] == []


def test_a_public_edition_can_be_in_the_network_s_words_to_the_last_word():
    own = [("label", f"⟦{at}⟧", label) for at, label in enumerate(LABELS)]
    statuses = ("planning", "ongoing", "completed", "on hold")
    own += [("status", f"⟦{status}⟧", status) for status in statuses]
    own += [("area", "smart mobility", "Transport")]
    words = pl.DataFrame(own, schema=["column", "written", "means"], orient="row")
    rows = [(*row[:4], row[4] and row[4].replace("Smart mobility", "Transport"), row[5]) for row in ROWS]
    rows = [(*row[:5], {"On-going": "ongoing", "on going": "ongoing"}.get(row[5], row[5])) for row in rows]
    columns = ("wave", "project", "unit", "title", "area", "status")
    projects = pl.DataFrame(rows, schema=list(columns), orient="row").with_columns(
        status_basis=pl.lit("judged: by a photo"), link_basis=pl.lit("exact title"), source=pl.lit("mail"),
        partner=pl.lit("birch"),
    )  # fmt: skip
    returns = pl.DataFrame(
        {
            "wave": ["2025"] * 2,
            "unit": ["birch", "ash"],
            "state": ["silent", "carried_forward"],
            "source": "m",
        }
    )
    events = pl.DataFrame(
        {"event": ["e"], "name": ["NAME"], "kind": ["KIND"], "start": ["2025-03-01"], "end": ["2025-04-02"],
         "place": ["PLACE"], "host": ["ash"]}
    )  # fmt: skip
    edition = build(towns(words=words, projects=projects, returns=returns, events=events))
    assert {"partners", "meetings", "response", "changes"} <= {part.id for part in edition.parts}
    data = {"North", "South", "Ash", "Birch", "Cedar", "NAME", "KIND", "PLACE", "Water", "Energy"}
    data |= {"smart mobility", *(row[3] for row in ROWS)}
    known = re.compile("|".join(map(re.escape, sorted(data, key=len, reverse=True))))
    left = (re.sub("⟦[^⟧]*⟧", "", known.sub("", one)) for one in every_word(edition))
    assert [one for one in left if re.search("[A-Za-z]", one)] == []


def every_word(edition):
    yield from (edition.subtitle, edition.summary)
    for part in edition.parts:
        yield from (part.title, *part.says, *part.notes)
        for group in part.groups:
            yield from (group.title, *group.points)
        for one in part.tables:
            yield from (
                one.caption,
                *one.head,
                *one.notes,
                *(text(cell) for row in one.rows for cell in row.cells),
            )
