"""The audit on small registers whose every difference was planted."""

from __future__ import annotations

import time

import polars as pl
import pytest
from printed_figures import figure, published, rows_of

from diffuscope.monitoring.audit import audit
from diffuscope.monitoring.audit.lists import plain
from diffuscope.monitoring.returns import returns_of
from diffuscope.monitoring.waves import prepared
from register import SCHEMA, WAVES, register

UNITS = rows_of(
    "units",
    {"unit": "s1", "name": "Alphaland", "parent": None, "kind": "state", "role": "other"},
    {"unit": "c1", "name": "Alpha City", "parent": "s1", "kind": "city", "role": "adopter"},
    {"unit": "c2", "name": "Beta City", "parent": "s1", "kind": "city", "role": "adopter"},
    {"unit": "s2", "name": "Betaland", "parent": None, "kind": "state", "role": "other"},
)
AREAS = rows_of(
    "areas",
    {"area": "Transport"},
    {"area": "Water"},
    {"area": "Transport", "sub_area": "Bus & Rail"},
    {"area": "Water", "sub_area": "Pipes"},
)
SEVEN = register(
    ("w1", "a", "c1", "A", "Transport", "completed"),
    ("w1", "b", "c1", "B", "Transport", "ongoing"),
    ("w1", "c", "c1", "C", "Transport", "ongoing"),
    ("w1", "d", "c2", "D", "Water", "ongoing"),
    ("w1", "e", "c2", "E", "Water", "ongoing"),
    ("w1", "f", "c2", "F", "Water", "ongoing"),
    ("w1", "g", "c2", "G", "Water", "planning"),
).with_columns(source=pl.lit("report, p. 1"))


def audited(
    *figures: dict[str, object],
    projects: pl.DataFrame = SEVEN,
    returns: tuple[dict[str, object], ...] = (),
) -> list:
    rows = prepared(projects, UNITS, WAVES)
    who = returns_of(rows, UNITS, rows_of("returns", *returns), WAVES)
    return list(audit(published(*figures), rows, UNITS, AREAS, who))


def only(rows: list, kind: str, **about: object):
    found = [row for row in rows if row.kind == kind and all(getattr(row, k) == v for k, v in about.items())]
    assert len(found) == 1, found
    return found[0]


def shares(document: str, completed: str, ongoing: str, planning: str) -> list[dict[str, object]]:
    return [
        figure(document, "share", printed, unit="s1", status=status)
        for status, printed in (("completed", completed), ("ongoing", ongoing), ("planning", planning))
    ]


def test_a_row_of_shares_that_cannot_add_up_is_found_with_its_smallest_repair():
    found = audited(*shares("paper", "14.29%", "71.43%", "60%"), *shares("report", "14.29", "71.43", "14.29"))
    row = only(found, "row of shares", document="paper")
    assert (row.outcome, row.computed, row.own) == ("differs", "145.72", False)
    assert "Alphaland" in row.description
    assert row.suggestion == "14.29 instead of 60% (planning); report prints 14.29"
    assert [place.row for place in row.rows] == [2, 3, 4]
    report = only(found, "row of shares", document="report")
    assert (report.outcome, report.own) == ("confirmed", True)
    source = only(found, "against its source", document="paper", status="planning")
    assert (source.outcome, source.computed, source.suggestion) == ("differs", "14.29", "14.29")
    assert only(found, "against its source", document="paper", status="ongoing").outcome == "confirmed"


def test_shares_against_the_rows_of_the_register():
    found = audited(*shares("paper", "14.29%", "71.43%", "60%"))
    wrong = only(found, "counted", status="planning")
    assert (wrong.outcome, wrong.computed) == ("differs", "14 (1 of 7)")
    assert only(found, "counted", status="ongoing").outcome == "confirmed"


def test_a_status_nobody_knows_leaves_a_range():
    open_rows = SEVEN.with_columns(
        status=pl.when(pl.col("project") == "g").then(pl.lit("undetermined")).otherwise("status")
    )
    found = audited(
        figure("report", "projects", "5", status="ongoing"),
        figure("report", "projects", "6", status="ongoing", locator="table 2"),
        figure("report", "projects", "7", status="ongoing", locator="table 3"),
        projects=open_rows,
    )
    outcomes = {row.locator: (row.outcome, row.computed) for row in found if row.kind == "counted"}
    assert outcomes == {
        "table 1": ("ambiguous", "5 to 6"),
        "table 2": ("ambiguous", "5 to 6"),
        "table 3": ("differs", "5 to 6"),
    }


def test_cities_of_a_state_and_of_the_whole_are_counted():
    found = audited(
        figure("report", "cities", "2", unit="s1"),
        figure("report", "cities", "3"),
        figure("report", "projects", "7", unit="s1"),
        figure("report", "projects", "3", unit="c1"),
    )
    counted = {(row.printed, row.unit): row.outcome for row in found if row.kind == "counted"}
    assert counted == {
        ("2", "s1"): "confirmed", ("3", None): "differs", ("7", "s1"): "confirmed", ("3", "c1"): "confirmed",
    }  # fmt: skip


def test_what_the_register_cannot_tell_is_said():
    found = audited(
        figure("report", "projects", "5", wave="w9"),
        figure("report", "projects", "2", area="Water", sub_area="Pipes"),
        figure("report", "amount", "10"),
        figure("report", "projects", "5", wave=None),
    )
    said = {row.description for row in found if row.kind == "counted"}
    assert said == {
        "Not checkable: the register has no rows for w9.",
        "Not checkable: the project rows of w1 name no sub-areas.",
        "Not checkable: the register has nothing called `amount`.",
        "Not checkable: the figure names no wave.",
    }


def test_slips_of_the_report_are_told_apart_from_the_papers():
    found = audited(
        figure("report", "projects", "4", area="Transport"),
        figure("report", "projects", "3", area="Transport", locator="annex"),
        figure("paper", "projects", "4", area="Transport"),
    )
    twice = only(found, "two places")
    assert (twice.document, twice.outcome, twice.own) == ("report", "differs", True)
    assert "table 1: 4; annex: 3" in twice.description
    paper = only(found, "against its source")
    assert (paper.outcome, paper.own) == ("confirmed", False)
    assert only(found, "counted", document="paper").outcome == "differs"


def test_a_share_beside_the_counts_printed_elsewhere():
    found = audited(
        figure("report", "share", "43", area="Transport"),
        figure("report", "share", "56", area="Water"),
        figure("report", "projects", "3", area="Transport", locator="annex"),
        figure("report", "projects", "4", area="Water", locator="annex"),
        figure("report", "projects", "7", locator="annex"),
    )
    assert only(found, "share of a count", area="Transport").outcome == "confirmed"
    wrong = only(found, "share of a count", area="Water")
    assert (wrong.outcome, wrong.suggestion) == ("differs", "57")
    assert only(found, "sum").outcome == "confirmed"


def test_parts_that_do_not_sum_to_the_printed_total():
    found = audited(
        figure("report", "projects", "3", area="Transport"),
        figure("report", "projects", "5", area="Water"),
        figure("report", "projects", "7", locator="p. 1"),
    )
    row = only(found, "sum")
    assert (row.outcome, row.computed) == ("differs", "8")


def listed(document: str, area: str, sub_area: str, printed: str, **about: object) -> dict[str, object]:
    return figure(document, "listed", printed, unit="s1", area=area, sub_area=sub_area, value=1.0, **about)


def test_lists_are_compared_as_sets_and_as_multisets():
    report = [
        figure("report", "projects", "2", unit="s1", area="Transport", sub_area="Bus & Rail"),
        figure("report", "projects", "1", unit="s1", area="Water", sub_area="Pipes"),
        figure("report", "projects", "0", unit="s1", area="Water", sub_area="Wells"),
    ]
    row = only(audited(*report, listed("paper", "Transport", "Rail and Bus", "Rail and Bus")), "list")
    assert (row.outcome, row.description) == ("incomplete", "Left out: Pipes.")
    both = [listed("paper", "Transport", "Bus & Rail", "Bus"), listed("paper", "Water", "Pipes", "Pipes")]
    assert only(audited(*report, *both), "list").outcome == "confirmed"
    repeated = only(audited(*report, *both, listed("paper", "Water", "Pipes", "Pipes")), "list")
    assert (repeated.outcome, repeated.description) == ("confirmed", "Named twice: Pipes.")
    extra = only(audited(*report, *both, listed("paper", "Water", "Wells", "Wells")), "list")
    assert (extra.outcome, extra.description) == ("differs", "Not in the source: Wells.")


def test_labels_meet_only_within_their_area():
    report = figure("report", "projects", "2", unit="s1", area="Transport", sub_area="Pipes")
    found = only(audited(report, listed("paper", "Water", "Pipes", "Pipes")), "list")
    assert found.outcome == "differs"
    assert plain("Public Safety, City Surveillance & Crime Prevention") == plain(
        "City Surveillance, & Crime Prevention, Public Safety"
    )


def test_lists_of_cities():
    cities = [figure("paper", "listed-city", "Alpha", unit="c1", value=1.0)]
    row = only(audited(*cities), "list")
    assert (row.outcome, row.description) == ("incomplete", "Left out: Beta City.")


def test_a_caption_with_the_wrong_year():
    found = audited(figure("paper", "caption-year", "2022", wave="2023"), figure("paper", "projects", "7"))
    row = only(found, "caption")
    assert (row.outcome, row.suggestion) == ("differs", "2023")


def test_reconstruction_from_shares_and_a_total():
    two = pl.concat(
        [
            SEVEN,
            register(
                ("w1", "x", "s2", "X", "Water", "ongoing"), ("w1", "y", "s2", "Y", "Water", "planning")
            ).with_columns(source=pl.lit("report, p. 1")),
        ]
    )
    other = [
        figure("paper", "share", "50%", unit="s2", status="ongoing"),
        figure("paper", "share", "50%", unit="s2", status="planning"),
    ]
    total = figure("report", "projects", "9")
    found = audited(*shares("paper", "14.29%", "71.43%", "14.29%"), *other, total, projects=two)
    whole = {row.unit: row.computed for row in found if row.kind == "reconstruction"}
    assert whole == {"s1": "7", "s2": "2"}
    # without the second state's shares, its number is free, and so is the first's
    alone = audited(
        *shares("paper", "14.29%", "71.43%", "14.29%"), figure("report", "projects", "16"), projects=two
    )
    assert only(alone, "reconstruction").computed == "7 or 14"


def test_an_accepted_difference_stays_visible():
    found = audited(figure("paper", "projects", "9", known_by="secretariat", known_why="counted twice"))
    row = only(found, "counted")
    assert (row.outcome, row.known) == ("differs", "secretariat: counted twice")


def test_ids_do_not_depend_on_the_order_of_rows():
    figures = [*shares("paper", "14.29%", "71.43%", "60%"), figure("report", "projects", "7")]
    ids = [row.id for row in audited(*figures)]
    assert len(set(ids)) == len(ids)
    assert sorted(ids) == sorted(row.id for row in audited(*reversed(figures)))


def test_without_printed_figures_there_is_nothing_to_audit():
    assert audited() == []


@pytest.mark.parametrize("printed", ["sixty-five (65)", "US $10 million"])
def test_words_for_numbers_are_taken_by_their_value(printed):
    found = audited(figure("paper", "projects", "65") | {"printed": printed})
    assert only(found, "counted").description == "Printed 65; the register gives 7."


def test_a_large_register_is_audited_in_seconds():
    count = 100_000
    rows = pl.DataFrame(
        {
            "wave": "w1",
            "project": [f"p{at}" for at in range(count)],
            "unit": [f"u{at % 500}" for at in range(count)],
            "title": "T",
            "area": [("Transport", "Water")[at % 2] for at in range(count)],
            "status": [("planning", "ongoing", "completed")[at % 3] for at in range(count)],
            "status_basis": "reported",
            "link_basis": "exact title",
            "source": "report, p. 1",
        }
    )
    rows = rows.with_columns(
        *(pl.lit(None, dtype=SCHEMA[name]).alias(name) for name in SCHEMA if name not in rows.columns),
        pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("_row"),
    )
    figures = [figure("report", "projects", "200", unit=f"u{at}") for at in range(500)]
    start = time.process_time()
    found = audited(*figures, projects=rows)
    assert time.process_time() - start < 3
    assert {row.outcome for row in found} == {"confirmed"}


# Rounding


def towns(*statuses: str) -> pl.DataFrame:
    rows = [("w1", f"p{at}", "c1", f"P{at}", "Water", status) for at, status in enumerate(statuses)]
    return register(*rows).with_columns(source=pl.lit("return"))


EIGHT = towns("completed", *["ongoing"] * 7)
THREE = towns("completed", "ongoing", "planning")


def by_status(**printed: str) -> list[dict[str, object]]:
    return [figure("report", "share", text, status=status) for status, text in printed.items()]


@pytest.mark.parametrize(
    ("completed", "ongoing", "told"),
    [
        ("13%", "88%", None),  # 12.5 and 87.5, halves up; the two sum to 101
        ("12%", "88%", "12.5 is printed as 12, with the half rounded to even (rounded up it is 13)"),
    ],
)
def test_half_to_even_is_no_mistake(completed, ongoing, told):
    found = audited(*by_status(completed=completed, ongoing=ongoing), projects=EIGHT)
    counted = only(found, "counted", status="completed")
    assert counted.outcome == "confirmed"
    assert (told or "as printed") in counted.description
    assert only(found, "counted", status="ongoing").outcome == "confirmed"
    row = [one for one in found if one.kind == "row of shares"]
    assert [one.outcome for one in row] in ([], ["confirmed"])


def test_a_row_rounded_to_even_can_be_shares_of_eight():
    found = audited(*by_status(completed="12%", ongoing="88%"), projects=EIGHT)
    says = only(found, "row of shares").description
    # 1/8 and 2/16 only with the half to even; 2/17 is 11.8 and 15/17 88.2
    said = "8 (halves rounded to even) or 16 (halves rounded to even) or 17"
    assert says == f"The shares sum to 100 and are possible for {said} projects."


def test_half_to_even_of_a_printed_count_is_confirmed_too():
    figures = [
        figure("report", "projects", "8"),
        figure("report", "projects", "1", status="completed"),
        figure("report", "share", "12", status="completed"),
    ]
    row = only(audited(*figures, projects=EIGHT), "share of a count")
    assert row.outcome == "confirmed"
    assert "rounded to even" in row.description


def test_a_cut_off_share_differs():
    # 2 of 3 is 66.67, never 66
    two = towns("completed", "completed", "ongoing")
    row = only(audited(figure("report", "share", "66", status="completed"), projects=two), "counted")
    assert (row.outcome, row.computed) == ("differs", "67 (2 of 3)")


def test_a_forced_sum_is_told():
    found = audited(*by_status(completed="34%", ongoing="33%", planning="33%"), projects=THREE)
    first = only(found, "counted", status="completed")
    assert first.outcome == "differs"
    assert "made to sum to 100 (a forced sum)" in first.description
    assert only(found, "counted", status="ongoing").outcome == "confirmed"
    honest = audited(*by_status(completed="33%", ongoing="33%", planning="33%"), projects=THREE)
    assert {row.outcome for row in honest if row.kind == "counted"} == {"confirmed"}


def test_a_wrong_figure_is_no_forced_sum():
    found = audited(*by_status(completed="50%", ongoing="25%", planning="25%"), projects=THREE)
    assert all("forced" not in row.description for row in found)


def test_less_than_one_per_cent_is_checked_as_such():
    many = towns("completed", *["ongoing"] * 299)
    row = only(
        audited(figure("report", "share", "<1 %", status="completed", value=1.0), projects=many), "counted"
    )
    assert row.outcome == "confirmed"
    none = only(
        audited(figure("report", "share", "<1 %", status="planning", value=1.0), projects=many), "counted"
    )
    assert none.outcome == "differs"
