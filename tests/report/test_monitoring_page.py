"""The register, its audit, its claims and its peers as a page shows them: whole, traceable, safe."""

from __future__ import annotations

import re
import sys
from collections import Counter
from html import unescape
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from monitored import EXAMPLE, FOUNDING, changed, check, example, founding, html, rows, section, words

from diffuscope.case import read_case
from diffuscope.records.statuses import STATUSES
from diffuscope.report.names import Names
from diffuscope.report.sections import audit as audit_section
from diffuscope.report.sections import places as places_section
from diffuscope.report.sections.answer import MOST_WORDS
from diffuscope.report.sections.audit import audit
from diffuscope.report.sections.claims import in_short
from diffuscope.report.sections.limits import limits
from diffuscope.report.sections.peers import peers
from diffuscope.report.sections.places import places
from diffuscope.report.sections.register import register, register_sentences
from diffuscope.report.write import report_files
from diffuscope.study import run_study

HOSTILE = "<script>alert('x')</script>\"'><b>&amp; =1+1"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return example(tmp_path_factory.mktemp("register") / "towns")


@pytest.fixture(scope="module")
def page_of_founding():
    return html(founding())


def of_file(kept=FOUNDING, **asked):
    return [row for row in rows(kept, "projects") if all(row[name] == value for name, value in asked.items())]


# The register


def test_the_first_sentences_say_what_the_rows_say(small):
    # by hand from the example: three rows of 2025 have no link; one project was finished before and is gone
    assert register_sentences(small, Names(small)) == [
        "In 2025 the register shows 6 projects in 4 cities: 2 planned, 2 under way and 2 completed.",
        "Since 2024, 3 projects entered the register and 2 left it; of the 3 in both waves, 3 moved on.",
    ]
    # by hand from the published totals: 108 in 2024 and 134 in 2025, in 35 cities
    first, rests, second = register_sentences(founding(), Names(founding()))
    # two cities joined in 2025 and stand in no report of it (README of the case)
    assert rests == "It rests on 35 of 37 returns; missing: Denpasar and Semarang."
    assert first.startswith("In 2025 the register shows 134 projects in 35 cities: ")
    assert int(re.search(r"(\d+) projects entered", second)[1]) + 103 == 134
    assert "of the 103 in both waves" in second
    assert int(re.search(r"and (\d+) left", second)[1]) + 103 == 108


def test_totals_are_those_of_the_file():
    shown = register(founding(), Names(founding()))["totals"]
    met = [status for status in STATUSES if of_file(status=status)]
    assert shown["statuses"] == [STATUSES[status] for status in met]
    assert [(row["wave"], row["projects"]) for row in shown["rows"]] == [
        ("2018", "53"), ("2022", "77"), ("2023", "86"), ("2024", "108"), ("2025", "134"),
    ]  # fmt: skip
    for row in shown["rows"]:
        counted = [cell["n"] for cell in row["counts"]]
        assert counted == [str(len(of_file(wave=row["wave"], status=status))) for status in met]
        assert row["units"] == str(len({project["unit"] for project in of_file(wave=row["wave"])}))


def test_areas_are_counted_with_and_without_judged_statuses():
    shown = register(founding(), Names(founding()))["areas"]
    assert (shown["waves"], shown["without"]) == (["2022", "2023", "2024", "2025"], ["2018"])
    for row in shown["rows"]:
        for wave, cell in zip(shown["waves"], row["cells"], strict=True):
            own = of_file(wave=wave, area=row["name"])
            sure = sum(not project["status_basis"].startswith("judged") for project in own)
            assert cell["n"] == str(len(own))
            assert cell["share"] == f"{100 * len(own) / len(of_file(wave=wave)):.0f} %"
            assert cell["sure"] == ("" if sure == len(own) else str(sure))
    assert any(cell["sure"] for row in shown["rows"] for cell in row["cells"])


def test_who_entered_and_left_is_told_one_by_one():
    change = register(founding(), Names(founding()))["change"]
    assert (change["before"], change["after"]) == ("2024", "2025")
    linked = {wave: {row["project"] for row in of_file(wave=wave)} for wave in ("2024", "2025")}
    for part, expected in (
        ("entered", linked["2025"] - linked["2024"]),
        ("left", linked["2024"] - linked["2025"]),
    ):
        listed = next(found for found in change["lists"] if found["change"] == part)
        by_row = {row["row"]: row["project"] for row in of_file()}
        assert {by_row[str(row["row"])] for row in listed["rows"]} == expected
        assert len(listed["rows"]) == len(expected)


def test_links_to_confirm_say_how(small):
    told = words(section(html(small), "register"))
    assert "write the id in the last column into project of the row" in told
    assert "Safer cycling to school Cedar, 2025; projects.csv, row 12" in told
    assert "cedar-cycle" in told
    assert "3 rows of 2025 are not linked to an earlier wave" in told


def test_areas_nobody_finished_are_named(small):
    told = words(section(html(small), "register"))
    assert "Transport: Cycling : 2 projects planned or under way in 1 city." in told


# States and cities


def test_every_row_of_the_register_stands_with_its_city(page_of_founding):
    part = section(page_of_founding, "places")
    shown = re.findall(r'<a class="status ([\w-]+)" href="#projects-(\d+)">', part)
    expected = {row["row"]: row["status"].replace(" ", "-") for row in of_file()}
    assert {row: status for status, row in shown} == expected
    assert len(shown) == len(expected) == 458


def test_states_hold_their_cities_and_their_counts():
    told = places(founding(), Names(founding()))
    parents = {row["unit"]: row["parent"] for row in rows(FOUNDING, "units")}
    names = {row["unit"]: row["name"] for row in rows(FOUNDING, "units")}
    own = Counter(names[parents[row["unit"]] or row["unit"]] for row in of_file(wave="2025"))
    assert {state["name"]: int(state["waves"][-1]["all"]) for state in told["states"]} == dict(own)
    assert [state["name"] for state in told["states"]] == sorted(own)
    jakarta = next(city for state in told["states"] for city in state["cities"] if city["name"] == "Jakarta")
    titles = {row["title"] for row in of_file(unit="jakarta", wave="2025")}
    assert titles <= {project["title"] for project in jakarta["projects"]}


def test_partners_and_judgements_stand_beside_their_project(small):
    told = section(html(small), "places")
    assert "Planners&#39; Fund" in told
    judged = [
        row["row"] for row in rows(EXAMPLE, "projects") if "judged" in row["status_basis"] + row["link_basis"]
    ]
    marked = re.findall(r'href="#projects-(\d+)">[^<]+</a>\*<span class="unseen"> judged', told)
    assert sorted(marked) == sorted(judged) != []


def test_a_register_without_states_has_a_page_for_each_city(small):
    flat = changed(small, "units", "parent", None)
    counts = flat.frames["project_counts"]
    kept = tuple(row for row in counts.rows if row[1] != "state") + tuple(
        (*row[:1], "state", *row[2:]) for row in counts.rows if row[1] == "city"
    )
    frames = {**flat.frames, "project_counts": msgspec.structs.replace(counts, rows=kept)}
    flat = msgspec.structs.replace(flat, frames=frames)
    told = places(flat, Names(flat))
    assert told["flat"]
    assert [state["name"] for state in told["states"]] == ["Alder", "Birch", "Cedar", "Dogwood", "Elm"]
    assert "Cities" in words(section(html(flat), "places"))


# Peers


def test_peers_come_with_their_reason_and_rows_and_without_ranks(small, page_of_founding):
    told = peers(small, Names(small))
    cities = {city["name"]: city for city in told["cities"]}
    # by hand: of the open projects of 2025, only the planned ones of Transport have somebody further along
    assert set(cities) == {"Cedar", "Elm"}
    assert {group["status"] for city in cities.values() for group in city["groups"]} <= {
        "planned",
        "under way",
    }
    part = section(page_of_founding, "peers")
    named = re.findall(r'<details class="table"><summary>([^<]+) <span', part)
    assert [unescape(name) for name in named] == sorted(unescape(name) for name in named)
    for pair in founding().frames["learning_peers"].rows[:20]:
        assert f'href="#projects-{pair[10]}"' in part
    assert not re.search(
        r"\b(rank|best|worst|leading|first place)\b(?!ing)", words(part).replace("not a ranking", "")
    )
    assert "ongoing" not in words(part)


# The audit


def test_every_check_is_shown_or_counted(page_of_founding):
    part = section(page_of_founding, "audit")
    every = founding().audit
    one_by_one = re.findall(r'<tr role="row" id="audit-([\w-]+)" data-outcome="([\w ]+)"', part)
    expected = [(row.id, row.outcome) for row in every if row.outcome != "confirmed"]
    assert one_by_one == expected
    assert [outcome for _, outcome in one_by_one[:97]] == ["differs"] * 97
    counted = re.findall(r'data-count="(\d+)" data-places="([^"]*)"', part)
    assert sum(int(number) for number, _ in counted) == sum(row.outcome == "confirmed" for row in every)
    in_places = sum(int(pair.split(":")[1]) for _, pairs in counted for pair in pairs.split())
    assert in_places == sum(row.outcome == "confirmed" and row.unit is not None for row in every)


def test_a_check_has_what_is_printed_beside_what_is_computed(page_of_founding):
    part = section(page_of_founding, "audit")
    row = next(
        words(found)
        for found in re.findall(r'<tr role="row" id="audit-row-of-shares.*?</tr>', part, re.S)
        if "Cambodia" in found
    )
    assert "2022 · Cambodia" in row
    assert "Printed 14.29% + 71.43% + 60%" in row
    assert "Computed 145.72" in row
    assert "Suggested: 14.29 instead of 60% (planning); me-2022 prints 14.29." in row
    assert "published.csv, rows" in row


def test_reports_slips_are_told_from_those_of_who_cites_them():
    told = audit(founding(), Names(founding()))
    differ = [row for row in founding().audit if row.outcome == "differs"]
    documents = founding().frames["documents"]
    author, named = documents.columns.index("author"), documents.columns.index("document")
    authors = {row[named]: row[author] for row in documents.rows}
    # the monitoring reports say themselves who issued them
    own = sum(authors[row.document] == authors["me-2024"] for row in differ)
    others = len(differ) - own
    assert own
    assert others
    whose = (
        f"{own} of the differing figures are in the programme’s own reports ({authors['me-2024']}), "
        f"{others} in other documents."
    )
    assert told["lead"][1] == whose
    assert (own, others) == (76, 21)
    by_document = {row["id"]: row["own"] for row in told["documents"]}
    assert by_document == {
        "bustamante-2025": False, "me-2022": True, "me-2023": True, "me-2024": True, "me-2025": True,
    }  # fmt: skip


def test_an_accepted_difference_stays_visible_with_its_reason(small):
    part = words(section(html(small), "audit"))
    assert "accepted" in part
    assert "Accepted by the example: the report counts the two cycling projects as one." in part
    assert "1 difference was examined and accepted." in part


def test_filters_offer_what_occurs(small):
    told = {found["name"]: found["values"] for found in audit(founding(), Names(founding()))["filters"]}
    assert [value for value, _ in told["wave"]] == sorted({row.wave for row in founding().audit if row.wave})
    assert [words_ for _, words_ in told["own"]] == ["the programme’s own reports", "other documents"]
    assert {value for value, _ in told["kind"]} == {row.kind for row in founding().audit}
    # one owner and no places: nothing to choose there
    assert {found["name"] for found in audit(small, Names(small))["filters"]} == {"document", "kind", "wave"}


# Claims


def test_every_claim_has_its_outcome_readings_and_rows(page_of_founding):
    part = section(page_of_founding, "claims")
    for claim in founding().claims:
        row = re.search(
            rf'<tr role="row" id="claims-{claim.rows[0].row}">.*?(?=<tr role="row"|\Z)', part, re.S
        )
        told = words(row[0])
        assert claim.outcome in told
        assert words(claim.paraphrase) in told
        assert f"claims.csv, row {claim.rows[0].row}" in told
        for reading in claim.readings:
            assert reading.found.replace("`", "") in told
    outcomes = re.findall(r'<tr role="row" id="claims-\d+"><th[^>]*><span class="outcome ([\w-]+)', part)
    assert outcomes == sorted(outcomes, key=list(audit_section.OUTCOMES).index)
    assert len(outcomes) == 31


def test_a_long_finding_counts_its_readings():
    long = next(claim for claim in founding().claims if claim.id == "claim-01")
    # 26 cities: printed in four places of 2018 to 2023 or counted there, not in the four of 2024 and 2025; in
    # 2023 three cities had joined and sent nothing, so that up to 29 can have had projects
    said, _, returns = in_short(long).partition(" Returns: ")
    assert said == "Of 9 readings: true on 4, not true on 4 and 1 without an answer."
    assert "2023: 26 of 29 returns; missing: Chiang Mai, Khon Kaen, Rayong" in returns
    short = next(claim for claim in founding().claims if len(claim.readings) == 1)
    assert in_short(short) == short.description


# The whole page


def test_a_register_alone_has_no_sections_without_content(small):
    text = html(small)
    shown = re.findall(r'<section id="([\w-]+)"', text)
    assert shown == [
        *("answer", "register", "places", "peers", "programme"),
        *("audit", "claims", "limits", "data"),
    ]
    linked = re.findall(r'<li><a href="#([\w-]+)">', text.partition("</nav>")[0])
    assert linked == [*shown, "cite"]
    assert "This case asks no question" not in text


def test_parts_embed_nothing_else():
    case = read_case("asean-smart-cities")
    monitoring = html(run_study(case, parts=("monitoring",)))
    assert re.findall(r'<section id="([\w-]+)"', monitoring) == [
        "answer", "register", "places", "peers", "programme", "limits", "data",
    ]  # fmt: skip
    text = html(founding())
    assert 'id="evidence' not in text
    assert 'id="adoptions' not in text
    checked = html(run_study(case, parts=("audit",)))
    assert re.findall(r'<section id="([\w-]+)"', checked) == ["answer", "audit", "claims", "limits", "data"]


def test_the_first_screen_is_short(small):
    for result in (small, founding()):
        text = words(section(html(result), "answer"))
        assert len([word for word in text.split() if re.search(r"\w", word)]) <= MOST_WORDS
        assert "checks of printed figures" in text
    # counted by hand in the audit of the founding case: 76 in the programme's own reports, 21 elsewhere
    assert (
        "97 of 1,399 checks of printed figures differ: 76 are in the programme’s own reports, 21 elsewhere."
        in words(section(html(founding()), "answer"))
    )


def test_limits_say_what_weakens_the_counts(small):
    found = {group["title"]: group["says"] for group in limits(small, Names(small), {})}
    assert [says for says, _ in found["What the register can show"]] == [
        "In 2023 the status of 1 of 4 projects is not known.",
        "In 2024 1 status is judged, not reported.",
        "3 rows of 2025 are not linked to an earlier wave: counted as new.",
    ]


@pytest.mark.parametrize("which", ["example", "founding"])
def test_no_link_leads_nowhere_and_no_address_is_used_twice(small, which):
    files = report_files(small if which == "example" else founding())
    text = files["report.html"].decode()
    body = text[text.index("<body>") : text.index("<script")]
    ids = re.findall(r'\sid="([^"]+)"', body)
    assert [id_ for id_, count in Counter(ids).items() if count > 1] == []
    links = {unescape(href) for href in re.findall(r'href="([^"]+)"', body)}
    inside = {href[1:] for href in links if href.startswith("#")}
    assert inside - set(ids) == set()
    beside = {href for href in links if not href.startswith(("#", "http"))}
    assert beside - set(files) == {"tables/"}


def test_text_from_files_stays_text(small):
    result = small
    for table, column in (
        ("projects", "title"), ("projects", "area"), ("projects", "project"), ("units", "name"),
        ("movements", "title"), ("links_to_confirm", "title"), ("links_to_confirm", "reason"),
        ("learning_peers", "peer_title"), ("learning_peers", "reason"), ("unfinished_areas", "area"),
        ("project_counts", "name"), ("documents", "title"), ("wave_totals", "date"),
    ):  # fmt: skip
        result = changed(result, table, column, HOSTILE)
    fields = (
        "document",
        "description",
        "locator",
        "unit",
        "wave",
        "area",
        "printed",
        "computed",
        "suggestion",
        "known",
    )
    rows_ = [msgspec.structs.replace(result.audit[0], **dict.fromkeys(fields, HOSTILE), outcome=outcome)
             for outcome in ("differs", "confirmed")]  # fmt: skip
    claim = msgspec.structs.replace(
        result.claims[0], id=HOSTILE, paraphrase=HOSTILE, description=HOSTILE, known=HOSTILE
    )
    result = msgspec.structs.replace(result, audit=tuple(rows_), claims=(claim,))
    text = html(result)
    assert "alert(&#39;x&#39;)" in text
    assert "<script>alert" not in text
    assert "\"'><b>" not in text
    assert "\"'&gt;" not in re.sub(r">[^<]*<", "><", text), "an attribute was closed from inside"


def test_a_long_audit_stays_light_and_says_what_is_left_out(small):
    outcomes = ("differs", "ambiguous", "confirmed", "not checkable")
    kinds = list(audit_section.KINDS)
    many = tuple(
        check(
            at,
            outcome=outcomes[at % 4],
            kind=kinds[at % 9],
            unit=f"unit {at % 500}",
            wave=str(2000 + at % 10),
        )
        for at in range(10_000)
    )
    order = list(audit_section.OUTCOMES)
    result = msgspec.structs.replace(
        small, audit=tuple(sorted(many, key=lambda row: order.index(row.outcome)))
    )
    text = html(result)
    part = section(text, "audit")
    assert len(re.findall(r'<tr role="row" id="audit-', part)) == audit_section.SHOWN
    assert (
        f"{7500 - audit_section.SHOWN:,} more checks that are not confirmed are listed there only"
        in words(part)
    )
    assert "2,500" in words(part)
    assert len(text) < 3_000_000, "a page has room for 4 MB, its script for charts takes one"


def test_a_long_register_is_counted_and_not_listed(small, monkeypatch):
    monkeypatch.setattr(places_section, "MOST_ROWS", 10)
    monkeypatch.setattr(places_section, "MOST_CITIES", 3)
    part = section(html(small), "places")
    assert 'class="status' not in part
    assert "too long to list every project here" in words(part)
    assert "2 more places are in" in words(part)
    assert "tables/projects.csv" in part
