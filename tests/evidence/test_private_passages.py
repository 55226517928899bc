"""Private passages keep their weight; their words, places and names reach nobody."""

from __future__ import annotations

import msgspec
import polars as pl
import pytest

from diffuscope.evidence import evidence_findings
from diffuscope.tables.typed import empty

PLANT = "planted"
PRIVATE = {
    "coder": f"{PLANT}-coder",
    "document": f"{PLANT}-memo",
    "locator": f"{PLANT} page",
    "paraphrase": f"{PLANT} words",
    "rival": f"{PLANT} rival",
    "note": f"{PLANT} note",
    "unit": f"{PLANT}-unit",
    "date": "1999-09-09",
}


def documents(*private: str) -> pl.DataFrame:
    rows = [{"document": name, "title": name, "share": "private", "_row": 2} for name in private]
    return pl.DataFrame(rows, schema=empty("documents").schema)


def hidden(name, criterion, chances, cluster=None, **more):
    named = {
        "id": f"{PLANT}-{name}",
        "cluster": cluster or f"{PLANT}-cluster-{name}",
        "mechanism": "learning",
        "locator": f"{PLANT} page {name}",
    }
    return {**PRIVATE, **named, "criterion": criterion, "chances": chances, "share": "private", **more}


@pytest.fixture
def learning(coded, analysis):
    def find(*passages, private=()):
        found = evidence_findings(coded(*passages), documents(*private), analysis, ())
        return next(each for each in found if each.mechanism == "learning")

    return find


@pytest.mark.parametrize(
    ("share", "private"), [("private", ()), (None, (f"{PLANT}-memo",)), ("public", (f"{PLANT}-memo",))]
)
def test_nothing_private_is_said(learning, share, private):
    public = {"id": "L1", "criterion": "L-b", "chances": ".7/.5"}
    secret = [
        hidden("one", "L-a", ".9/.1", share=share),
        hidden("two", "L-d3", ".6/.5", share=share),
        hidden("three", "L-c", ".7/.6", cluster="L1", share=share),
    ]
    found = learning(public, *secret, private=private)
    text = msgspec.json.encode(found).decode()
    assert PLANT not in text
    assert "1999" not in text
    shares = {item.id: item.share for item in found.evidence.items}
    assert shares == {"L1": "public", "private 1": "private", "private 2": "private", "private 3": "private"}
    assert found.evidence.decibans == pytest.approx(
        learning(public, *({**each, "share": "public"} for each in secret)).evidence.decibans
    )


def test_one_private_coder_makes_the_passage_private(learning):
    rows = [hidden("one", "L-a", ".9/.1"), hidden("one", "L-a", ".9/.1", coder="x", share="public")]
    found = learning(*rows)
    assert [item.id for item in found.evidence.items] == ["private 1"]
    assert PLANT not in msgspec.json.encode(found).decode()


def test_a_cluster_shared_with_public_passages_keeps_its_public_name(learning):
    found = learning(
        {"id": "L1", "criterion": "L-b", "chances": ".7/.5", "cluster": "workshop"},
        hidden("one", "L-a", ".9/.1", cluster="workshop"),
        hidden("two", "L-a", ".8/.1"),
    )
    clusters = {item.id: item.cluster for item in found.evidence.items}
    assert sorted(clusters.values()) == ["private cluster 1", "workshop", "workshop"]


def test_neutral_names_follow_from_no_word_and_no_row(learning):
    passages = [
        ("one", "L-a", ".9/.1", "x"),
        ("two", "L-a", ".8/.1", "x"),
        ("three", "L-b", ".7/.5", "y"),
        ("four", "L-a", ".9/.1", "y"),
    ]
    other_words = {"one": "zz", "two": "aa", "three": "mm", "four": "bb", "x": "q", "y": "p"}
    renamed = [(other_words[name], criterion, p, other_words[k]) for name, criterion, p, k in passages]

    def shown(rows):
        found = learning(*(hidden(name, criterion, p, f"{PLANT}{k}") for name, criterion, p, k in rows))
        items = [msgspec.structs.replace(item, places=()) for item in found.evidence.items]
        return items, found.evidence.leave_one_out

    first = shown(passages)
    assert shown(passages[::-1]) == first
    assert shown(renamed) == first
    assert shown([renamed[at] for at in (2, 0, 3, 1)]) == first


def test_a_public_passage_may_already_bear_a_neutral_name(learning):
    public = {"id": "private 1", "mechanism": "learning", "criterion": "L-b", "chances": ".7/.5"}
    found = learning(public, hidden("one", "L-a", ".9/.1"))
    assert [(item.id, item.share) for item in found.evidence.items] == [
        ("private 1", "public"),
        ("private 2", "private"),
    ]


def test_a_document_is_named_only_if_something_public_stands_in_it(learning):
    found = learning(
        {"id": "L1", "criterion": "L-b", "chances": ".7/.5", "document": "report"},
        hidden("one", "L-a", ".9/.1", document="report"),
        hidden("two", "L-a", ".8/.1"),
        hidden("three", "L-a", ".8/.1", document=f"{PLANT}-letter"),
    )
    assert [posterior.setting for posterior in found.evidence.leave_one_source_out] == [
        "without report",
        "without private source 1",
        "without private source 2",
    ]
