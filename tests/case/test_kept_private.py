"""What of a case is private, and that neither rows nor problems give it away."""

from __future__ import annotations

import re
import time

import msgspec
import polars as pl
import pytest

from diffuscope.case.from_frames import case_from_frames
from diffuscope.case.private import HIDDEN, Private
from diffuscope.records import Problem
from diffuscope.study import run_study
from diffuscope.tables.typed import empty

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
    assert "2018-12-25" not in dates[2].message + dates[2].fix
    assert dates[3].fix.startswith("write 2018-12-25")
    assert (dates[2].rule, dates[2].table, dates[2].column) == ("bad-date", "evidence", "date")


def test_problems_elsewhere_do_not_quote_private_words():
    told = Problem(
        level="error", rule="r", message="It names Secret Memo.", fix="ask memo", value="memo, p. 1"
    )
    (shown,) = Private.of(a_case()).scrub_problems([told])
    assert "memo" not in f"{shown.message}{shown.fix}{shown.value}".lower()


VARIANTS = (
    "Secret Memo",
    "SECRET  MEMO",
    "secret-memo",
    "secret_memo",
    "SecretMemo",
    "Se\u200bcret\u00a0Memo",
)


def planted(record, word):
    """A record in which a word stands in every text, wherever that is, by introspection."""
    if isinstance(record, str):
        return f"{record} {word}"
    if isinstance(record, msgspec.Struct):
        fields = {name: planted(getattr(record, name), word) for name in record.__struct_fields__}
        return msgspec.structs.replace(record, **fields)
    if isinstance(record, dict):
        return {planted(key, word): planted(value, word) for key, value in record.items()}
    if isinstance(record, tuple | list):
        return type(record)(planted(one, word) for one in record)
    return record


@pytest.mark.parametrize("word", VARIANTS)
def test_no_text_of_any_record_of_a_result_keeps_a_private_word_however_it_is_spelt(word, founding_result):
    short = msgspec.structs.replace(
        founding_result,
        frames={
            name: msgspec.structs.replace(one, rows=one.rows[:2])
            for name, one in founding_result.frames.items()
        },
    )
    kinds = {type(one).__name__ for one in records(short)}
    assert {"Finding", "Estimate", "ExposureRecord", "AuditRow", "ClaimRow", "Verdict"} <= kinds
    shown = Private.of(a_case()).scrub_all(planted(short, word))
    squeezed = re.sub(r"[\W_]+", "", str(msgspec.to_builtins(shown)).replace("\\u200b", "")).casefold()
    assert "secretmemo" not in squeezed
    assert HIDDEN in str(msgspec.to_builtins(shown))


def records(record):
    """Every record inside a record."""
    if isinstance(record, msgspec.Struct):
        yield record
        for name in record.__struct_fields__:
            yield from records(getattr(record, name))
    elif isinstance(record, dict):
        for one in record.values():
            yield from records(one)
    elif isinstance(record, tuple | list):
        for one in record:
            yield from records(one)


def test_the_name_of_a_private_file_an_author_and_an_id_are_private_and_what_is_public_too_stays():
    documents = pl.DataFrame(
        {
            "document": ["report", "memo-2019"],
            "title": ["A report", "Draft"],
            "author": ["World Bank; Ann Other", "Ms Only Here"],
            "path": [None, "hidden/Minutes of March.docx"],
            "share": [None, "private"],
        }
    )
    private = Private.of(case_from_frames(documents=documents))
    for text in ("see minutes_of_march", "Minutes of March.docx", "by Ms Only  Here", "MEMO-2019, p. 3"):
        assert private.scrub(text).startswith(HIDDEN) or HIDDEN in private.scrub(text), text
    for text in ("World Bank; Ann Other", "a report", "p. 3", "March"):
        assert private.scrub(text) == text


def test_a_private_passage_cut_short_is_still_taken_out():
    long = "The ministry was told that the loan depends on the programme and on nothing else"
    evidence = passages(id=["p1"], share=["private"], paraphrase=[long])
    private = Private.of(a_case(evidence=evidence))
    assert private.scrub(f"It says: {long[:45]}…") == f"It says: {HIDDEN}…"


def test_a_case_warns_where_a_public_text_names_a_private_document():
    adoptions = pl.DataFrame(
        {"unit": ["a", "b"], "policy": "plan", "time": 2018, "source": ["Secret  memo, p. 3", "report"]}
    )
    case = a_case(adoptions=adoptions)
    told = [problem for problem in case.problems if problem.rule == "names-private"]
    assert [(one.level, one.table, one.row, one.column, one.value) for one in told] == [
        ("warning", "adoptions", 2, "source", None)
    ]
    assert not any("memo" in f"{one.message}{one.fix}".lower() for one in told)


def test_nothing_private_stands_in_what_python_prints_of_a_case():
    evidence = passages(id=["p1"], document=["memo"], paraphrase=["They were told to."])
    case = a_case(evidence=evidence.with_columns(date=pl.lit("Secret Memo")))
    told = f"{case!r} {Private.of(case)!r} {case.problems!r}".lower()
    assert "memo" not in told
    assert "told to" not in told


def test_hashes_that_are_shown_do_not_depend_on_private_rows():
    one, other = (
        case_from_frames(documents=pl.DataFrame({**DOCUMENTS, "author": ["World Bank", author, None]}))
        for author in ("Smith", "Jones")
    )
    assert one.hashes != other.hashes
    assert Private.of(one).public_hashes(one) == Private.of(other).public_hashes(other)


def test_the_hash_in_a_result_does_not_depend_on_private_rows():
    """A guess of a private cell cannot be confirmed by hashing the case with it."""
    found = {}
    for author, public in (("Smith", "World Bank"), ("Jones", "World Bank"), ("Smith", "ADB")):
        documents = pl.DataFrame({**DOCUMENTS, "author": [public, author, None]}).head(2)
        projects = pl.DataFrame(
            {"wave": ["w1"], "project": ["p"], "unit": ["a"], "title": ["T"], "status": ["ongoing"],
             "status_basis": ["reported"], "link_basis": ["exact title"], "source": ["s"]}
        )  # fmt: skip
        case = case_from_frames(
            documents=documents, projects=projects, waves={"w1": "2022"},
            units=pl.DataFrame({"unit": ["a"], "name": ["A"], "kind": ["city"], "role": ["adopter"]}),
        )  # fmt: skip
        found[author, public] = (case.sha256, run_study(case).run.case_sha256)
    (own, shown), (other_own, other), (_, changed) = found.values()
    assert own != other_own
    assert shown == other
    assert shown != changed
    assert shown != own


def test_thousands_of_private_titles_in_thousands_of_texts_take_their_sum_not_their_product():
    """One pattern of all titles took four times as long for twice as many."""
    many = 4_000
    documents = {
        "document": [f"doc-{at}" for at in range(many)],
        "title": [f"Secret memo number {at} of the ministry" for at in range(many)],
        "share": ["private"] * many,
    }
    private = Private.of(case_from_frames(documents=pl.DataFrame(documents)))
    started = time.process_time()
    for at in (0, 77, many - 1):
        text = f"As the secret  MEMO number {at} of the ministry says; and doc-{at}, and doc-{at}x."
        assert private.scrub(text) == f"As the {HIDDEN} says; and {HIDDEN}, and doc-{at}x."
    texts = pl.Series([f"The secret memo number {at} of the ministry, {at}." for at in range(10_000)])
    found = private.scrub_texts("units", _noted(texts))["note"].to_list()
    assert found[:2] == [f"The {HIDDEN}, 0.", f"The {HIDDEN}, 1."]
    assert found[many] == f"The secret memo number {many} of the ministry, {many}."
    assert time.process_time() - started < 25


def _noted(texts: pl.Series) -> pl.DataFrame:
    return empty("units").clear(len(texts)).with_columns(note=texts)


def test_words_of_the_question_stay_though_every_passage_and_figure_of_them_is_private():
    held = a_case(
        evidence=passages(id=["c1", "c2"], mechanism=["coercion"] * 2, document=["memo"] * 2).with_columns(
            locator=pl.Series(["12", "p. 13"])
        ),
        published=pl.DataFrame(
            {"document": ["draft"], "quantity": "projects", "printed": "5", "value": 5, "decimals": 0}
        ),
        framework=pl.DataFrame({"kind": ["enabler"], "item": ["Hidden Lever"], "document": ["memo"]}),
    )
    private = Private.of(held)
    for word in ("coercion", "projects", "enabler", "learning", "a", "12", "5"):
        assert private.scrub(word) == word
    assert private.scrub("p. 13") == private.scrub("Hidden Lever") == HIDDEN
