"""What of a case is private, and that neither rows nor problems give it away."""

from __future__ import annotations

import polars as pl

from diffuscope.case.frames import case_from_frames
from diffuscope.case.private import HIDDEN, Private
from diffuscope.records import Problem

DOCUMENTS = {
    "document": ["report", "memo", "draft"],
    "title": ["A report", "Secret Memo", "Draft"],
    "author": ["World Bank", "World Bank", None],
    "share": [None, "private", "privat"],
}


def passages(**cells: list[str | None]) -> pl.DataFrame:
    n = len(cells["id"])
    same = {"coder": "k", "analysis": "a", "mechanism": "learning", "criterion": "L-a", "document": "report"}
    same |= {"paraphrase": "It says so.", "direction": "for", "band": "weak", "cluster": "c", "share": None}
    return pl.DataFrame({name: cells.get(name, [value] * n) for name, value in {"id": "", **same}.items()})


def a_case(**tables: pl.DataFrame):
    return case_from_frames(documents=pl.DataFrame(DOCUMENTS), **tables)


def test_private_is_what_is_marked_and_what_cannot_be_read():
    private = Private.of(a_case())
    assert private.documents == {"memo", "draft"}
    assert private.rows == {("documents", 3), ("documents", 4)}
    assert private.passages == 0
    assert Private.of(case_from_frames()).rows == frozenset()


def test_whatever_any_table_says_of_a_private_document_is_private():
    claims = {"id": ["c1", "c2"], "document": ["memo", "report"], "paraphrase": ["x", "y"], "kind": "rises"}
    framework = {"kind": "enabler", "item": ["Data", "Skills", "Money"], "document": ["memo", None, "report"]}
    published = {"document": ["draft"], "quantity": "projects", "printed": "5", "value": 5, "decimals": 0}
    verdicts = {"analysis": "a", "mechanism": ["learning", "coercion"], "verdict": "at work"}
    private = Private.of(
        a_case(
            claims=pl.DataFrame(claims),
            framework=pl.DataFrame(framework),
            published=pl.DataFrame(published),
            author_verdicts=pl.DataFrame({**verdicts, "document": ["memo", None]}),
        )
    )
    assert {row for row in private.rows if row[0] != "documents"} == {
        ("claims", 2),
        ("framework", 2),
        ("published", 2),
        ("author_verdicts", 2),
    }


def test_a_passage_is_private_with_all_its_coders_and_likelihoods():
    evidence = passages(
        id=["p1", "p1", "p2", "p3", "p4"],
        coder=["k", "l", "k", "k", "k"],
        document=["report", "report", "memo", "report", "report"],
        share=["private", None, None, None, "oops"],
    )
    likelihoods = pl.DataFrame({"evidence": ["p1", "p2", "p3", "p4"], "hypothesis": "null", "p": 0.5})
    private = Private.of(a_case(evidence=evidence, likelihoods=likelihoods))
    assert {row for table, row in private.rows if table == "evidence"} == {2, 3, 4, 6}
    assert {row for table, row in private.rows if table == "likelihoods"} == {2, 3, 5}
    assert private.passages == 3


def test_words_are_taken_out_of_free_text_and_ids_stay():
    adoptions = pl.DataFrame(
        {
            "unit": ["memo", "b", "c", "d"],
            "policy": "plan",
            "time": 2018,
            "source": ["Memo, p. 3", "see the SECRET MEMO.", "a memorandum", "report, p. 1"],
        }
    )
    case = a_case(adoptions=adoptions)
    shown = Private.of(case).scrub_frame("adoptions", case.table("adoptions"))
    assert shown["source"].to_list() == [
        f"{HIDDEN}, p. 3",
        f"see the {HIDDEN}.",
        "a memorandum",
        "report, p. 1",
    ]
    assert shown["unit"].to_list() == ["memo", "b", "c", "d"], "an id of something public"
    documents = Private.of(case).scrub_frame("documents", case.table("documents"))
    assert documents["document"].to_list() == ["report"]
    assert documents["author"].to_list() == ["World Bank"]


def test_problems_of_private_rows_show_no_value_and_no_reading_of_it():
    evidence = passages(id=["p1", "p2"], document=["memo", "report"], share=[None, None])
    case = a_case(evidence=evidence.with_columns(date=pl.lit("25/12/2018")))
    shown = Private.of(case).scrub_problems(case.problems)
    dates = {problem.row: problem for problem in shown if problem.column == "date"}
    assert (dates[2].value, dates[3].value) == (None, "25/12/2018")
    assert "2018-12-25" not in dates[2].message + dates[2].mend
    assert dates[3].mend.startswith("write 2018-12-25")
    assert (dates[2].rule, dates[2].table, dates[2].column) == ("bad-date", "evidence", "date")


def test_problems_elsewhere_do_not_quote_private_words():
    told = Problem(
        level="error", rule="r", message="It names Secret Memo.", mend="ask memo", value="memo, p. 1"
    )
    (shown,) = Private.of(a_case()).scrub_problems([told])
    assert "memo" not in f"{shown.message}{shown.mend}{shown.value}".lower()
