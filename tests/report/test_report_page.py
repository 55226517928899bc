"""The page as text: what it says, what it refuses to carry, and what it does where something is missing."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from concurrent.futures import BrokenExecutor, Future
from html.parser import HTMLParser

import msgspec
import pytest

from diffuscope.compute.executors import InProcess
from diffuscope.errors import MethodError
from diffuscope.records import Analysis, Frame, MechanismRecord, Verdict
from diffuscope.report import figure_plans
from diffuscope.report import figures as drawing
from diffuscope.report.figures import Drawn, draw
from diffuscope.report.names import SHOWN_ROWS, Names
from diffuscope.report.page import page
from diffuscope.report.sections.answer import MOST_WORDS
from diffuscope.report.tables import out_tables
from diffuscope.result import to_json

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}"
VOID = {"meta", "img", "br", "path", "circle", "rect", "input", "link", "hr"}


class Page(HTMLParser):
    """Text by the id of the section it stands in, and every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(dict(attributes).get("id"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for id_ in filter(None, self._open):
            self.texts.setdefault(id_, []).append(data)

    def text(self, id_: str) -> str:
        return " ".join(" ".join(self.texts.get(id_, [])).split())


def written(result, figures: tuple[Drawn, ...] = ()) -> str:
    return page(result, Names(result), figures, out_tables(result), "").decode()


def read(result, figures: tuple[Drawn, ...] = ()) -> Page:
    return Page(written(result, figures))


def words(text: str) -> int:
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def test_text_from_a_case_is_never_markup(make_result):
    result = make_result()
    record = json.loads(to_json(result))
    record["case"]["title"] = record["case"]["cite"] = record["case"]["description"] = HOSTILE
    record["analyses"][0]["question"] = record["analyses"][0]["note"] = HOSTILE
    record["verdicts"][0]["sentence"] = record["verdicts"][0]["difference"] = HOSTILE
    record["findings"][0]["evidence"]["items"][0] |= {
        "paraphrase": HOSTILE,
        "note": HOSTILE,
        "locator": HOSTILE,
    }
    record["problems"][0]["message"] = HOSTILE
    for frame in record["frames"].values():
        frame["rows"] = [
            [HOSTILE if isinstance(cell, str) else cell for cell in row] for row in frame["rows"]
        ]
    html = written(msgspec.convert(record, type(result)))
    found = Page(html)
    assert "alert(1)" in found.text("answer")
    assert {tag for tag, _ in found.elements if tag in ("img", "iframe", "object")} == set()
    assert sum(tag == "script" for tag, _ in found.elements) == 1
    assert not [name for _, attributes in found.elements for name in attributes if name.startswith("on")]
    assert "49" not in found.text("answer")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", " https://x"]
)
def test_only_addresses_of_the_web_become_links(make_result, make_frame, url):
    documents = make_frame("document title url", (("paper", "A paper", url, 2),))
    html = written(make_result(frames={"documents": documents}))
    assert url not in html
    assert "A paper" in html


def test_the_policy_names_what_the_page_holds_and_nothing_else(make_result):
    html = written(make_result())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy
    for kind, pattern in (("style-src", r"<style>(.*?)</style>"), ("script-src", r"<script>(.*?)</script>")):
        held = re.findall(pattern, html, re.S)
        hashes = {
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in held
        }
        assert set(rules[kind].split()) == hashes
    assert " style=" not in html


def test_every_id_is_given_once(make_result):
    ids = [attributes["id"] for _, attributes in read(make_result()).elements if attributes.get("id")]
    assert sorted(ids) == sorted(set(ids))


def test_links_inside_lead_somewhere(make_result):
    found = read(make_result())
    ids = {attributes.get("id") for _, attributes in found.elements}
    inside = {
        attributes["href"][1:]
        for tag, attributes in found.elements
        if tag == "a" and attributes["href"].startswith("#")
    }
    assert inside - ids - {"adoptions-10", "adoptions-11", "adoptions-12"} == set()


def test_each_verdict_stands_beside_the_authors(make_result):
    text = read(make_result()).text("verdicts")
    assert text.count("The author’s verdict: at work") == 4
    assert "Holds that learning played its part." in text
    assert "Bustamante 2025" in text
    assert "Row 2 of the rule" in text
    assert "Coercion, competition, emulation, learning not testable" in text


def test_what_cannot_be_said_is_said(make_result):
    text = read(make_result()).text("limits")
    assert "4 of 4 dated adoptions (100 %) fall in 2018" in text
    assert "Smart cities, coded evidence on emulation: inconclusive." in text
    assert "Membership, coded evidence on every mechanism: no data." in text
    assert "limited to leaning, because one person coded it and it rests on one document." in text
    assert "2 rows of adoptions left out" in text
    assert "An event has no source. [events.csv, row 2, column source]" in text


def test_what_an_older_format_does_not_say_is_said(make_result):
    assert "older format" not in read(make_result()).text("limits")
    record = json.loads(to_json(make_result()))
    record["upgraded"] = {"format": 1, "notes": ["Format 1 carries no stance rules."]}
    text = read(msgspec.convert(record, type(make_result()))).text("limits")
    assert "What an older format lacks" in text
    assert "Format 1 carries no stance rules." in text


def test_private_passages_are_counted_and_not_shown(make_result):
    result = make_result()
    record = json.loads(to_json(result))
    item = record["findings"][0]["evidence"]["items"][0]
    item |= {"share": "private", "paraphrase": None, "document": None, "locator": None, "places": []}
    record["case"] |= {"private_documents": 1, "private_passages": 1}
    found = read(msgspec.convert(record, type(result)))
    assert "A private passage: it counts, but its text is not shown." in found.text("know")
    assert "1 private document and 1 private passage count" in found.text("limits")


def test_a_fifth_mechanism_gets_its_place_everywhere(make_result):
    result = make_result()
    fifth = MechanismRecord(
        name="persuasion",
        claim="Advocates talked others into {policy}.",
        definition="An advocate.",
        source="A source",
        criteria=(("P-a", "An advocate is named.", "necessary"),),
    )
    verdict = Verdict(
        analysis="smart-cities",
        mechanism="persuasion",
        verdict="opposed",
        sentence="Opposed — because P-a fails.",
        rule="One body is against; none is for or leaning for.",
        evidence="against",
        statistics="silent",
        statistics_silence="no data",
    )
    more = make_result(mechanisms=(*result.mechanisms, fifth), verdicts=(*result.verdicts, verdict))
    found = read(more)
    assert "Persuasion opposed No evidence was coded; statistics: not tested: no data." in found.text(
        "answer"
    )
    assert "Advocates talked others into the policy." in found.text("rule")
    assert ("a", "#criterion-P-a") in {(tag, attributes.get("href")) for tag, attributes in found.elements}
    assert words(found.text("answer")) <= MOST_WORDS


def test_the_first_screen_stays_short_whatever_the_case_says(make_result):
    result = make_result()
    long = Analysis(id="smart-cities", question="Why " * 300 + "?", units=("SGP",))
    case = msgspec.structs.replace(result.case, title="A very long title " * 40)
    found = read(make_result(case=case, analyses=(long, result.analyses[1])))
    assert words(found.text("answer")) <= MOST_WORDS


def test_many_mechanisms_do_not_crowd_the_first_screen(make_result):
    one = make_result().verdicts[0]
    many = tuple(msgspec.structs.replace(one, mechanism=f"mechanism {at}") for at in range(30))
    found = read(make_result(verdicts=many))
    assert words(found.text("answer")) <= MOST_WORDS
    assert re.search(r"And 2\d more", found.text("answer"))
    assert "Mechanism 29" in found.text("verdicts")


def test_a_case_without_evidence_or_dates_still_has_a_page(make_result):
    result = make_result()
    alone = [msgspec.structs.replace(verdict, author=None, difference=None) for verdict in result.verdicts]
    nothing = dict.fromkeys(("findings", "chronology", "agreement", "author_verdicts", "problems"), ())
    empty = make_result(**nothing, frames={}, tables={}, verdicts=tuple(alone))
    found = read(empty)
    assert "Why did four states adopt" in found.text("answer")
    assert "Cite this" in found.text("data")


def test_long_tables_go_on_in_their_file(make_result):
    rows = tuple((f"u{at}", f"Unit {at}", at) for at in range(2, SHOWN_ROWS + 12))
    found = read(
        make_result(frames={"units": Frame(columns=("unit", "name", "_row"), rows=rows, n=len(rows))})
    )
    assert "10 more rows are in tables/units.csv" in found.text("units")
    assert ("tr", f"units-{SHOWN_ROWS + 1}") in {(tag, attrs.get("id")) for tag, attrs in found.elements}
    assert f"units-{SHOWN_ROWS + 2}" not in {attrs.get("id") for _, attrs in found.elements}


def test_an_odd_weight_is_told_as_it_is(make_result):
    result = make_result()
    record = json.loads(to_json(result))
    record["findings"][0]["evidence"]["items"][0] |= {"decibans": 0.0, "direction": "mixed", "coders": 2}
    mixed = msgspec.convert(record, type(result))
    assert {figure.failed for figure in draw(mixed, Names(mixed))} == {None}
    text = read(mixed).text("know")
    assert "C1 coders differ" in text
    assert "none; as likely either way" in text
    assert "Mean of 2 coders." in text


def test_a_figure_that_cannot_be_drawn_says_why(make_result, monkeypatch):
    result = make_result()

    def fails(plan):
        def make() -> None:
            raise MethodError("there are too many of them")

        return plan._replace(make=make)

    overview = figure_plans._overview
    monkeypatch.setattr(figure_plans, "_overview", lambda frames: fails(overview(frames)))
    monkeypatch.setattr(figure_plans, "_of_evidence", lambda *_: ())
    monkeypatch.setattr(figure_plans, "_of_spread", lambda *_: ())
    monkeypatch.setattr(sys, "executable", None)  # no other process: it would not know the changed functions
    figures = draw(result, Names(result))
    found = read(result, figures)
    assert "This figure could not be drawn. there are too many of them" in found.text("figure-verdicts")
    assert "Verdicts: there are too many of them" in found.text("limits")


def test_a_fault_of_ours_is_not_taken_for_a_limit_of_the_data(make_result, monkeypatch):
    def fails(frames):
        raise ZeroDivisionError

    monkeypatch.setattr("diffuscope.figures.verdicts.verdict_strip", lambda *_: fails(None))
    monkeypatch.setattr(sys, "executable", None)
    with pytest.raises(ZeroDivisionError):
        draw(make_result(), Names(make_result()))


def test_figures_whose_process_stops_are_drawn_one_by_one(make_result, monkeypatch):
    """One figure that takes its process with it must not take the other figures of its question."""
    result = make_result()
    whole = draw(result, Names(result))

    def stopped(work, group=(), **_):
        broken: Future[None] = Future()
        broken.set_exception(BrokenExecutor("a process was killed"))
        return InProcess().submit(work, group) if len(group) == 1 else broken

    monkeypatch.setattr(drawing, "begin", stopped)
    assert len(whole) > 2
    assert draw(result, Names(result)) == whole
