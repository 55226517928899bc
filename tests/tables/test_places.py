"""Problems have a place; private rows are never quoted; thousands alike are counted."""

from __future__ import annotations

import polars as pl
import pytest
from raws import DOCUMENTS, UNITS, place, problems, raw

from diffuscope.tables.places import TOLD, Wording, of_rows, private_rows, shorten
from diffuscope.tables.raw import ROW


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Hà Nội", "Hà Nội"),
        ("a" * 80, "a" * 80),
        ("a" * 81, "a" * 79 + "…"),
        ("a\x00\x1b[31m\n", "a␀␛[31m␊"),
        ("a\u202eb\x7f", "a�b�"),
        ("a\u00a0b\u2028c", "a b c"),
    ],
)
def test_a_cell_is_shown_on_one_line_without_controls(value, shown):
    assert shorten(value) == shown


def broken(values: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame({ROW: range(2, len(values) + 2), "value": values}).cast({ROW: pl.UInt32})


def word(value: str | None) -> Wording:
    return Wording("some-rule", "It is wrong.", "fix it", None if value is None else f"write {value}!")


TABLE = raw("units", UNITS)


def test_up_to_the_limit_each_row_is_told():
    found = of_rows(TABLE, "name", broken(["x"] * TOLD), word)
    assert [problem.row for problem in found] == list(range(2, TOLD + 2))
    assert {problem.count for problem in found} == {1}


def test_beyond_it_every_value_is_told_before_any_is_told_again():
    values = ["often"] * 2000 + [f"rare-{at}" for at in range(100)]
    found = of_rows(TABLE, "name", broken(values), word)
    assert len(found) == TOLD + 1
    assert sum(problem.count for problem in found) == 2100
    assert {problem.value for problem in found} == set(values)
    assert [problem.row for problem in found[:-1]] == sorted(problem.row for problem in found[:-1])
    told_rows = {problem.row for problem in found[:-1]}
    assert found[-1].row == min(set(range(2, 2102)) - told_rows)
    assert found[-1].count == 2100 - TOLD
    assert f"{2100 - TOLD:,} more rows" in found[-1].message


def test_a_second_row_is_named_in_message_and_fix():
    rows = broken(["x"]).with_columns(other=pl.lit(7, dtype=pl.UInt32))
    wording = Wording("r", "It repeats row {other}.", "remove row {other}")
    (found,) = of_rows(TABLE, "name", rows, lambda _: wording, level="warning")
    assert (found.message, found.fix, found.level) == ("It repeats row 7.", "remove row 7", "warning")


def test_braces_in_a_cell_are_only_braces():
    found = problems(raw("units", UNITS), raw("units", "unit\n{other}\n", file="again.csv"))
    assert found[0].rule == "table-twice"
    (found,) = of_rows(TABLE, "name", broken(["{other}{0}"]), word)
    assert found.value == "{other}{0}"


DOCS = "document,title,share,year,url\n"


def test_whatever_is_not_plainly_public_counts_as_private():
    table = raw(
        "documents", DOCS + "a,A,,,\nb,B,public,,\nc,C,private,,\nd,D,Public,,\ne,E,privat,,\nf,F,no,,\n"
    )
    assert private_rows(table) == {4, 6, 7}
    assert private_rows(raw("units", UNITS)) == frozenset()


def test_a_private_row_is_told_without_its_value_or_a_reading_of_it():
    text = DOCS + "plant-id,Plant,private,25/12/2018,plant.example\n;,Other,,25/12/2018,other.example\n"
    found = problems(raw("documents", text))
    private = [problem for problem in found if problem.row == 2]
    assert [place(problem) for problem in private] == [
        ("documents.csv", 2, "url", "(private)"),
        ("documents.csv", 2, "year", "(private)"),
    ]
    assert "2018-12-25" not in repr(private)
    assert "plant" not in repr(private).lower()
    public = {problem.column: problem for problem in found if problem.row == 3}
    assert public["year"].fix.startswith("write 2018-12-25")
    assert public["url"].value == "other.example"


def test_private_evidence_keeps_its_numbers_and_names_to_itself():
    text = (
        "id,coder,analysis,mechanism,criterion,document,paraphrase,direction,p_if_true,p_if_false,cluster,share,unit\n"
        "plant-1,plant-2,plant-3,learning,L-a,plant-4,Plant,forr,90,plant-5,c,private,Vietnam\n"
        "e,k,a,learning,L-a,report,Public,forr,90,.5,c,,Vietnam\n"
    )
    found = problems(raw("units", UNITS), raw("documents", DOCUMENTS), raw("evidence", text), analyses=("a",))
    private = [problem for problem in found if problem.row == 2]
    assert {problem.column for problem in private} == {
        *("analysis", "document", "direction", "p_if_true", "p_if_false", "unit")
    }
    assert {problem.value for problem in private} == {"(private)"}
    for words in ("plant", "90", "vnm", "`for`, `against`"):
        shown = " ".join(problem.fix for problem in private)
        assert (words in shown) == (words == "`for`, `against`")
    public = {problem.column: problem.fix for problem in found if problem.row == 3}
    assert public["unit"] == "write `vnm`"
    assert public["direction"] == "write `for`"


def test_repeated_private_rows_are_not_quoted():
    text = "document,title,share\nplant,A,private\nplant,B,private\n"
    (found,) = problems(raw("documents", text))
    assert (found.rule, found.row, found.value) == ("repeated-key", 3, "(private)")
